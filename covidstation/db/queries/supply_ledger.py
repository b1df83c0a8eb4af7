"""The ledger of a span of days: what stood before it, what came and went, what is left, by item or by lot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.queries.supply_books import standing, title_of
from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyMovementRow, SupplyStockRow
from covidstation.db.session import Database
from covidstation.domain.supplies import MovementKind, SupplyKind, vial_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One lot, or one item with all its lots (`lot_id` None). A count's difference stands in `more` or in `less`.
    `vial`: doses in a vial of a vaccine, else 0."""

    item_id: UUID
    lot_id: UUID | None
    kind: str
    title: str
    unit: str
    number: str = ""
    expiry: date | None = None
    opening: int = 0
    received: int = 0
    returned: int = 0
    issued: int = 0
    sent_back: int = 0
    lost: int = 0  # and destroyed as expired
    more: int = 0
    less: int = 0
    closing: int = 0
    vial: int = 0

    @property
    def came(self) -> int:
        """All that came in."""
        return self.received + self.returned + self.more

    @property
    def went(self) -> int:
        """All that went out."""
        return self.issued + self.sent_back + self.lost + self.less


_ORDER = {kind.value: at for at, kind in enumerate(SupplyKind)}
_COLUMNS = {
    MovementKind.RECEIPT.value: "received",
    MovementKind.RETURN.value: "returned",
    MovementKind.ISSUE.value: "issued",
    MovementKind.SENT_BACK.value: "sent_back",
    MovementKind.LOSS.value: "lost",
    MovementKind.EXPIRY.value: "lost",
}


def ledger_between(db: Database, first: date, last: date, *, by_lot: bool = False) -> tuple[LedgerLine, ...]:
    """What stood at the start of `first`, moved, and is left at the end of `last`, by kind and name; an item or lot of
    which nothing stood and nothing moved is left out."""
    with db.read() as session:
        lots = _lots(session, first, last)
    lots = tuple(sorted(lots, key=lambda one: _ORDER.get(one.kind, len(_ORDER))))  # stable: by name within
    if by_lot:
        return lots
    items: dict[UUID, list[LedgerLine]] = defaultdict(list)
    for one in lots:
        items[one.item_id].append(one)
    return tuple(_summed(found) for found in items.values())


def _lots(session: Session, first: date, last: date) -> tuple[LedgerLine, ...]:
    moved, later = _moved(session, first, last), _later(session, last)
    item, lot = SupplyItemRow, SupplyLotRow
    columns: tuple[Any, ...] = (item.id, item.kind, item.name, item.strength, item.unit, lot.id, lot.number, lot.expiry)
    columns = (*columns, item.pack_size)
    query = (
        select(*columns, func.coalesce(SupplyStockRow.balance, 0))
        .join(lot, lot.item_id == item.id)
        .outerjoin(SupplyStockRow, SupplyStockRow.lot_id == lot.id)
        .order_by(item.sort_key, item.n, lot.expiry, lot.n)
    )
    found = []
    for row in session.execute(query):
        item_id, kind, name, strength, unit, lot_id, number, expiry, pack, now = tuple(row)
        sums = moved.get(lot_id, {})
        closing = now - later.get(lot_id, 0)
        came = sum(sums.get(one, 0) for one in ("received", "returned", "more")) if sums else 0
        went = sum(sums.get(one, 0) for one in ("issued", "sent_back", "lost", "less")) if sums else 0
        opening = closing - came + went
        if not (any(sums.values()) or opening or closing):  # a count may have moved nothing
            continue
        line = LedgerLine(
            item_id=item_id, lot_id=lot_id, kind=kind, title=title_of(name, strength), unit=unit, number=number,
            expiry=expiry, opening=opening, closing=closing, vial=vial_of(kind, pack), **sums,
        )  # fmt: skip
        found.append(line)
    return tuple(found)


def _moved(session: Session, first: date, last: date) -> dict[UUID, dict[str, int]]:
    row = SupplyMovementRow
    query = (
        select(row.lot_id, row.kind, row.quantity > 0, func.sum(row.quantity))
        .where(row.day.between(first, last), standing())
        .group_by(row.lot_id, row.kind, row.quantity > 0)
    )
    found: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for lot, kind, more, total in session.execute(query):
        found[lot][_COLUMNS.get(kind, "more" if more else "less")] += abs(total)
    return found


def _later(session: Session, last: date) -> dict[UUID, int]:
    """What moved after the span: taken off what is left now."""
    row = SupplyMovementRow
    query = select(row.lot_id, func.sum(row.quantity)).where(row.day > last, standing()).group_by(row.lot_id)
    return {lot: total for lot, total in session.execute(query)}


def _summed(lots: Iterable[LedgerLine]) -> LedgerLine:
    found = list(lots)
    first = found[0]
    names = ("opening", "received", "returned", "issued", "sent_back", "lost", "more", "less", "closing")
    sums = {name: sum(getattr(one, name) for one in found) for name in names}
    same = {name: getattr(first, name) for name in ("item_id", "kind", "title", "unit", "vial")}
    return LedgerLine(lot_id=None, **same, **sums)
