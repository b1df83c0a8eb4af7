"""Vials that came frozen: at a station they lie at 2–8 °C from the day on which they came, and last so many days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.db.queries.cold_chain import fridges_in
from covidstation.db.queries.supply_books import books_in
from covidstation.domain.supply_book import Entry, settle
from covidstation.domain.vaccination.cold_rules import FridgeKind
from covidstation.domain.vaccination.products import Product

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


def came_on(book: Iterable[Entry]) -> date | None:
    """The day on which the oldest of what is left can have come: that after which the lot was never used up."""
    found, left = None, 0
    for entry in settle(book):
        if left <= 0 < left + entry.quantity:
            found = entry.day
        left += entry.quantity
    return found if left > 0 else None
