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

from covidstation.db.queries.supply_books import item_of, standing
from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyMovementRow, SupplyStockRow
from covidstation.db.session import Database
from covidstation.domain.supplies import MovementKind, SupplyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One lot, or one item with all its lots (`lot_id` None). A count's difference stands in `more` or in `less`."""

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
    query = (
        select(SupplyItemRow, SupplyLotRow, func.coalesce(SupplyStockRow.balance, 0))
        .join(SupplyLotRow, SupplyLotRow.item_id == SupplyItemRow.id)
        .outerjoin(SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id)
        .order_by(SupplyItemRow.kind, SupplyItemRow.sort_key, SupplyItemRow.n, SupplyLotRow.expiry, SupplyLotRow.n)
    )
    found = []
    for item, lot, now in session.execute(query):
        closing, sums = now - later.get(lot.id, 0), moved.get(lot.id, {})
        came = sum(sums.get(name, 0) for name in ("received", "returned", "more"))
        went = sum(sums.get(name, 0) for name in ("issued", "sent_back", "lost", "less"))
        opening = closing - came + went
        if sums or opening or closing:
            said: dict[str, Any] = {"kind": item.kind, "title": item_of(item).title, "unit": item.unit}
            said |= {"number": lot.number, "expiry": lot.expiry, "opening": opening, "closing": closing, **sums}
            found.append(LedgerLine(item_id=item.id, lot_id=lot.id, **said))
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
    return LedgerLine(item_id=first.item_id, lot_id=None, kind=first.kind, title=first.title, unit=first.unit, **sums)
