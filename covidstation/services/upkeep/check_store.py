"""Whether what the store keeps of each lot is the sum of what moved."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.queries.supply_books import item_of, standing
from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyMovementRow, SupplyStockRow
from covidstation.services.upkeep.findings import Finding, bad, fine, see_to

NAMED: Final = 3


def stock(session: Session) -> Iterator[Finding]:
    """The sums anew, beside those that triggers keep; a lot below nothing is no damage, but wants to be counted."""
    row = SupplyMovementRow
    query = select(row.lot_id, func.sum(row.quantity)).where(standing()).group_by(row.lot_id)
    sums = {lot: int(units) for lot, units in session.execute(query)}
    kept = {lot: left for lot, left in session.execute(select(SupplyStockRow.lot_id, SupplyStockRow.balance))}
    differ = {lot for lot in kept.keys() | sums.keys() if kept.get(lot, 0) != sums.get(lot, 0)}
    below = {lot for lot, left in sums.items() if left < 0}
    if differ:
        yield bad("stock.bad", n=len(differ), names=_names(session, differ))
    elif below:
        yield see_to("stock.below", n=len(below), names=_names(session, below))
    else:
        yield fine("stock.good", n=len(sums))


def _names(session: Session, lots: Collection[UUID]) -> str:
    """The first of them, by item."""
    query = (
        select(SupplyItemRow, SupplyLotRow.number)
        .join(SupplyLotRow, SupplyLotRow.item_id == SupplyItemRow.id)
        .where(SupplyLotRow.id.in_(sorted(lots)[:NAMED]))
        .order_by(SupplyItemRow.sort_key, SupplyLotRow.n)
    )
    return "; ".join(f"{item_of(item).title} {number}".strip() for item, number in session.execute(query))
