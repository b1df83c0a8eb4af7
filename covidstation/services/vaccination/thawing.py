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
from covidstation.db.rows import SessionTakeRow, SupplyItemRow, SupplyLotRow, SupplyStockRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.supplies import SupplyKind
from covidstation.domain.supply_book import Entry, settle
from covidstation.domain.vaccination.cold_rules import FridgeKind
from covidstation.domain.vaccination.products import Product
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import products_in

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


def last_day_in(session: Session, product: Product | None, title: str, lot: SupplyLotRow) -> date | None:
    """Until when a lot may be given: its own day, or the end of its days at 2–8 °C where that comes first."""
    thawing = thawing_in(session, product, title, lot.id)
    return min(filter(None, (lot.expiry, thawing.until if thawing else None)), default=None)


def check_thawed(
    session: Session, day: date, lot: SupplyLotRow, product: Product | None, title: str, *, field: str
) -> list[Problem]:
    """What is asked back, beside `field`, of a lot that is given on that day: the label may have a day of its own."""
    thawing = thawing_in(session, product, title, lot.id)
    if thawing is None or day <= thawing.until:
        return []
    params = {"lot": lot.number or "—", "came": f"{thawing.came:%d/%m/%Y}", "days": f"{thawing.days}"}
    return [Problem(field, "vaccine_session.take_thawed", {**params, "until": f"{thawing.until:%d/%m/%Y}"}, "warning")]


def check_takes_thawed(session: Session, session_id: UUID, catalog: Catalog, day: date, *, field: str) -> list[Problem]:
    """The same of every lot that a session took along."""
    take, lot, item = SessionTakeRow, SupplyLotRow, SupplyItemRow
    query = (
        select(take.product, lot, item)
        .join(lot, lot.id == take.lot_id)
        .join(item, item.id == lot.item_id)
        .where(take.session_id == session_id, take.vials > 0)
        .order_by(take.n)
    )
    products, found = products_in(session, catalog, day), list[Problem]()
    for code, one, held in session.execute(query):
        found += check_thawed(session, day, one, products.product(code), item_of(held).title, field=field)
    return found


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
