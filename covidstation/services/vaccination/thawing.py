"""Vials that came frozen: at a station they lie at 2–8 °C from the day on which they came, and last so many days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.cold_chain import fridges_in
from covidstation.db.queries.supply_books import books_in, item_of
from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyStockRow
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.domain.supplies import SupplyKind
from covidstation.domain.supply_book import Entry, settle
from covidstation.domain.vaccination.cold_rules import FridgeKind
from covidstation.domain.vaccination.products import Product
from covidstation.services.rights import needs
from covidstation.services.vaccination.history import products_in

_FROZEN = frozenset({FridgeKind.FREEZER, FridgeKind.ULTRA})


@dataclass(frozen=True, slots=True)
class Thawing:
    """A lot that came on a day, and until when it may be used at 2–8 °C."""

    came: date
    days: int

    @property
    def until(self) -> date:
        """The last day."""
        return self.came + timedelta(days=self.days)


def thawing_in(session: Session, product: Product | None, title: str, lot_id: UUID) -> Thawing | None:
    """None for a vaccine that is not frozen, a lot that is not there, and a station that keeps vaccine frozen itself:
    when a vial thawed there nobody wrote."""
    if product is None or any(one.kind in _FROZEN and one.ended_on is None for one in fridges_in(session)):
        return None
    came = came_on(books_in(session, [lot_id])[lot_id])
    days = product.days_thawed(title, came) if came is not None else None
    return Thawing(came, days) if came is not None and days is not None else None


@needs(Right.SEE)
def thawed_lots(db: Database, item_id: UUID, *, catalog: Catalog, today: date) -> Mapping[UUID, Thawing]:
    """The lots of that item of which something is left and that came thawed; none of what is no vaccine."""
    lot, item, stock = SupplyLotRow, SupplyItemRow, SupplyStockRow
    query = (
        select(lot.id, item)
        .join(item, item.id == lot.item_id)
        .join(stock, stock.lot_id == lot.id)
        .where(item.id == item_id, item.kind == SupplyKind.VACCINE.value, stock.balance > 0)
    )
    with db.read() as session:
        products = products_in(session, catalog, today)
        found = {
            one: thawing_in(session, products.find(held.name), item_of(held).title, one)
            for one, held in session.execute(query).all()
        }
    return {one: thawing for one, thawing in found.items() if thawing is not None}


def came_on(book: Iterable[Entry]) -> date | None:
    """The day on which the oldest of what is left can have come: that after which the lot was never used up."""
    found, left = None, 0
    for entry in settle(book):
        if left <= 0 < left + entry.quantity:
            found = entry.day
        left += entry.quantity
    return found if left > 0 else None
