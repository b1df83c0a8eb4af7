"""Writing movements into the books of lots: all of one act together, none below nothing (docs/adr/0038)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.queries.supply_books import books_in, item_of, last_turn_in, standing
from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyMovementRow, SupplyStockRow
from covidstation.domain.problems import Problem
from covidstation.domain.supplies import BY_HAND, Link, MovementKind
from covidstation.domain.supply_book import Days, Entry, settle
from covidstation.domain.text import clean
from covidstation.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What all movements of one act say of themselves. `source` of a receipt; `partner`: from whom, to whom."""

    day: date
    source: str = ""
    partner: str = ""
    document: str = ""
    reason: str = ""
    by_name: str = ""

    def tidy(self) -> Said:
        """The texts as they are kept."""
        partner, document, reason, name = map(clean, (self.partner, self.document, self.reason, self.by_name))
        return replace(self, partner=partner, document=document, reason=reason, by_name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One movement to write: `quantity` signed; of a count `counted` alone. `voids`: the row that it stands for.

    `turn`: its place among those of its lot, where that is not the place of what it voids, nor the last.
    """

    lot_id: UUID
    kind: MovementKind
    quantity: int = 0
    counted: int | None = None
    link: Link = BY_HAND
    voids: SupplyMovementRow | None = None
    turn: int | None = None


def write_moves(
    session: Session, said: Said, moves: Sequence[Move], *, field: str = "quantity", even_below: bool = False
) -> UUID:
    """Write them as one act; the value is its id. Counts that come later on keep what they counted.

    Raises Refused supplies.below_zero, beside `field`, with the lot and the day on which there would not be enough;
    never with `even_below`: nobody is there to be asked, and the store shows what is wrong.
    """
    session.flush()
    said, act = said.tidy(), new_id()
    added: dict[UUID, list[SupplyMovementRow]] = {}
    dropped: dict[UUID, set[UUID]] = {}
    left: dict[UUID, int] = {}
    for move in moves:
        row = _row(session, act, said, move, len(added.get(move.lot_id, ())))
        added.setdefault(move.lot_id, []).append(row)
        if move.voids is not None:
            dropped.setdefault(move.voids.lot_id, set()).add(move.voids.id)
    lots = list(dict.fromkeys([*added, *dropped]))  # as the act names them: of two lots the first is emptied first
    books = books_in(session, lots)
    for lot in lots:
        before = sorted(books[lot], key=lambda one: one.place)
        kept = [one for one in before if one.id not in dropped.get(lot, ())]
        after = settle([*kept, *(_entry(row) for row in added.get(lot, ()) if row.kind != MovementKind.VOID.value)])
        if not even_below:
            _refuse_below(session, lot, before, after, field)
        _put(session, added.get(lot, ()), before, after)
        left[lot] = sum(one.quantity for one in after)
    session.flush()
    _mend_sums(session, left)
    return act


def _mend_sums(session: Session, left: Mapping[UUID, int]) -> None:
    """The triggers keep them; a sum that was damaged is put right by the next act with its lot."""
    query = select(SupplyStockRow).where(SupplyStockRow.lot_id.in_(left))
    for row in session.scalars(query.execution_options(populate_existing=True)):  # triggers wrote past the session
        if row.balance != left[row.lot_id]:
            row.balance = left[row.lot_id]
    session.flush()


def standing_rows(session: Session, ids: Sequence[UUID]) -> list[SupplyMovementRow]:
    """Those of these movements that still stand, in the order of their writing."""
    if not ids:
        return []
    query = select(SupplyMovementRow).where(SupplyMovementRow.id.in_(ids), standing())
    return list(session.scalars(query.order_by(SupplyMovementRow.n)))


def _row(session: Session, act: UUID, said: Said, move: Move, more: int) -> SupplyMovementRow:
    old, turn = move.voids, move.turn
    if turn is None:
        here = old if old is not None and old.lot_id == move.lot_id else None
        turn = here.turn if here is not None else last_turn_in(session, move.lot_id) + 1 + more
    return SupplyMovementRow(
        id=new_id(),
        lot_id=move.lot_id,
        act=act,
        day=said.day,
        turn=turn,
        kind=move.kind.value,
        quantity=move.quantity,
        counted=move.counted,
        source=said.source,
        partner=said.partner,
        document=said.document,
        reason=said.reason,
        link_kind=move.link.kind.value,
        link_id=move.link.id,
        by_name=said.by_name,
        voids=old.id if old is not None else None,
    )


def _entry(row: SupplyMovementRow) -> Entry:
    return Entry(row.id, row.day, row.turn, MovementKind(row.kind), row.quantity, row.counted)


def _put(session: Session, rows: Sequence[SupplyMovementRow], before: Sequence[Entry], after: Sequence[Entry]) -> None:
    """The new rows, a count with its difference; former counts whose difference changed are written anew: by this act,
    or because two lives of the station were brought together after a restore."""
    settled = {one.id: one for one in after}
    for row in rows:
        row.quantity = settled[row.id].quantity if row.id in settled else 0
        session.add(row)
    former = {one.id: one.quantity for one in before}
    changed = [one for one in after if one.id in former and former[one.id] != one.quantity]
    for old in standing_rows(session, [one.id for one in changed]):
        session.add(_recounted(old, settled[old.id].quantity))


def _recounted(old: SupplyMovementRow, quantity: int) -> SupplyMovementRow:
    """The same count with another difference, in its place."""
    same = ("lot_id", "day", "turn", "kind", "counted", "source", "partner", "document", "reason", "by_name")
    return SupplyMovementRow(
        id=new_id(), act=old.act, quantity=quantity, voids=old.id, **{name: getattr(old, name) for name in same}
    )


def _refuse_below(session: Session, lot: UUID, before: Sequence[Entry], after: Sequence[Entry], field: str) -> None:
    fallen = Days(after).fallen_below(Days(before))
    if fallen is None:
        return
    day, left = fallen
    found = session.execute(
        select(SupplyItemRow, SupplyLotRow)
        .join(SupplyLotRow, SupplyLotRow.item_id == SupplyItemRow.id)
        .where(SupplyLotRow.id == lot)
    ).one()
    item, row = found
    params = {"name": item_of(item).title, "lot": row.number or "—", "day": f"{day:%d/%m/%Y}", "short": f"{-left}"}
    raise Refused([Problem(field, "supplies.below_zero", {**params, "unit": item.unit})])
