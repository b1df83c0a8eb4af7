"""What other books take out of the store and bring back, inside their own transaction: givings, dispensings, tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.cold_chain import waiting_lots_in
from covidstation.db.queries.supply_books import first_turn_since, item_of, shelves_in, standing, written_at
from covidstation.db.rows import SupplyItemRow, SupplyMovementRow
from covidstation.domain.problems import Problem
from covidstation.domain.supplies import Link, LinkKind, MovementKind, SupplyKind
from covidstation.domain.supply_book import Shelf, first_expired_first
from covidstation.errors import Refused, UserError
from covidstation.services.supplies.writing import Move, Said, write_moves


def item_in(session: Session, item_id: UUID) -> SupplyItemRow:
    """Raises UserError supplies.unknown."""
    row = session.scalars(select(SupplyItemRow).where(SupplyItemRow.id == item_id)).first()
    if row is None:
        raise UserError("supplies.unknown")
    return row


def _shelves(session: Session, item: SupplyItemRow, day: date, today: date) -> tuple[Shelf, ...]:
    """The lots that may be taken: none of a vaccine that was outside the bounds and waits for a decision."""
    found = shelves_in(session, item.id, day, today)
    if item.kind != SupplyKind.VACCINE.value:
        return found
    waiting = waiting_lots_in(session)
    return tuple(one for one in found if one.lot_id not in waiting)


def draw(
    session: Session,
    item: SupplyItemRow,
    quantity: int,
    said: Said,
    link: Link,
    *,
    today: date,
    field: str = "quantity",
) -> tuple[tuple[UUID, int], ...]:
    """Take so many units out, what expires first gone first; the value is how much came out of which lot.

    Raises Refused supplies.not_enough, beside `field`, with what there was on that day: nothing is taken then.
    """
    session.flush()
    found = first_expired_first(_shelves(session, item, said.day, today), quantity)
    if sum(taken for _lot, taken in found) < quantity:
        raise Refused([not_enough(session, item, quantity, said.day, today, field)])
    moves = [Move(lot_id=lot, kind=MovementKind.ISSUE, quantity=-taken, link=link) for lot, taken in found]
    write_moves(session, said, moves, field=field)
    return found


def draw_each(
    session: Session, item: SupplyItemRow, links: Sequence[Link], said: Said, *, today: date, field: str = "quantity"
) -> None:
    """Take one unit out for each of these rows, all of them in one act or none. Raises Refused as `draw`."""
    session.flush()
    found = first_expired_first(_shelves(session, item, said.day, today), len(links))
    lots = [lot for lot, taken in found for _unit in range(taken)]
    if len(lots) < len(links):
        raise Refused([not_enough(session, item, len(links), said.day, today, field)])
    moves = [
        Move(lot_id=lot, kind=MovementKind.ISSUE, quantity=-1, link=link) for lot, link in zip(lots, links, strict=True)
    ]
    write_moves(session, said, moves, field=field)


def not_enough(
    session: Session, item: SupplyItemRow, quantity: int, day: date, today: date, field: str = "quantity"
) -> Problem:
    """Why so many are not there: how many are, and whether more of them are there whose day is over."""
    free = sum(one.free for one in _shelves(session, item, day, today))
    over = sum(one.free for one in shelves_in(session, item.id, day, today, expired=True))
    params = {"name": item_of(item).title, "have": f"{free}", "unit": item.unit, "wanted": f"{quantity}"}
    if over:
        return Problem(field, "supplies.not_enough_expired", {**params, "expired": f"{over}"})
    return Problem(field, "supplies.not_enough" if day >= today else "supplies.not_enough_then", params | _day(day))


def _day(day: date) -> dict[str, str]:
    return {"day": f"{day:%d/%m/%Y}"}


def never_went(session: Session, kind: LinkKind, ids: Sequence[UUID], *, reason: str, by_name: str) -> int:
    """What served these rows was written by mistake: it neither left the store nor came back into it. The value is how
    many movements."""
    rows = _served(session, kind, ids, MovementKind.ISSUE, MovementKind.RETURN)
    for day in sorted({row.day for row in rows}):
        voids = [Move(lot_id=row.lot_id, kind=MovementKind.VOID, voids=row) for row in rows if row.day == day]
        write_moves(session, Said(day=day, reason=reason, by_name=by_name), voids)
    return len(rows)


def came_back(session: Session, kind: LinkKind, ids: Sequence[UUID], said: Said) -> int:
    """What served these rows was brought back on `said.day`, each unit into its own lot; how many movements."""
    rows = _served(session, kind, ids, MovementKind.ISSUE)
    moves = [
        Move(
            lot_id=row.lot_id,
            kind=MovementKind.RETURN,
            quantity=-row.quantity,
            link=Link(LinkKind(row.link_kind), row.link_id),
        )
        for row in rows
    ]
    if moves:
        write_moves(session, said, moves)
    return len(moves)


def went_for(session: Session, old: Link, new: Link, lot_id: UUID, said: Said) -> int:
    """What left the store for the old row left it for the new one, which corrects it, out of that lot; how many
    movements.

    In the place of the book that it had: whatever was counted since was counted without it. In another lot, too.
    """
    assert old.id is not None
    rows = _served(session, old.kind, [old.id], MovementKind.ISSUE)
    for row in rows:
        same = row.lot_id == lot_id
        turn = None if same else first_turn_since(session, lot_id, said.day, written_at(session, row))
        if not same:
            void = Move(lot_id=row.lot_id, kind=MovementKind.VOID, voids=row)
            write_moves(session, Said(day=row.day, by_name=said.by_name), [void])
        move = Move(
            lot_id=lot_id, kind=MovementKind.ISSUE, quantity=row.quantity, link=new, voids=row if same else None,
            turn=turn,
        )  # fmt: skip
        write_moves(session, said, [move])
    return len(rows)


def _served(session: Session, kind: LinkKind, ids: Sequence[UUID], *kinds: MovementKind) -> list[SupplyMovementRow]:
    row = SupplyMovementRow
    query = select(row).where(
        row.link_kind == kind.value, row.link_id.in_(ids), row.kind.in_([one.value for one in kinds]), standing()
    )
    return list(session.scalars(query.order_by(row.n)))
