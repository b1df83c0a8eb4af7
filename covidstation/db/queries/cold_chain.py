"""Fridges, readings and decisions, as the register has them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from covidstation.db.queries.supply_books import books_in, item_of
from covidstation.db.queries.vaccination import dose_stands
from covidstation.db.rows import (
    FridgeReadingRow,
    FridgeRow,
    FridgeVerdictRow,
    SupplyItemRow,
    SupplyLotRow,
    SupplyStockRow,
    VaccineDoseRow,
)
from covidstation.domain.supplies import SupplyKind
from covidstation.domain.supply_book import Days, settle
from covidstation.domain.vaccination.cold_rules import FridgeKind
from covidstation.domain.vaccination.fridge import (
    Fate,
    Fridge,
    LotInside,
    Reading,
    Verdict,
)


@lru_cache(maxsize=1)  # as `vaccination.dose_stands`
def reading_stands() -> ColumnElement[bool]:
    """A reading that no other row voids; the right one in the place of a wrong one stands, too."""
    other = aliased(FridgeReadingRow)
    voided = select(other.n).where(other.voids == FridgeReadingRow.id)
    return FridgeReadingRow.temperature.is_not(None) & ~voided.exists()


@lru_cache(maxsize=1)
def verdict_stands() -> ColumnElement[bool]:
    """A decision that nobody took back."""
    other = aliased(FridgeVerdictRow)
    voided = select(other.n).where(other.voids == FridgeVerdictRow.id)
    return (FridgeVerdictRow.fate != "") & ~voided.exists()


def fridge_of(row: FridgeRow) -> Fridge:
    """A row as a value."""
    same = ("id", "name", "place", "kept_from", "ended_on", "note")
    return Fridge(kind=FridgeKind(row.kind), **{name: getattr(row, name) for name in same})


def fridges_in(session: Session) -> tuple[Fridge, ...]:
    """All of them, those in use first, then by name."""
    rows = map(fridge_of, session.scalars(select(FridgeRow)))
    return tuple(sorted(rows, key=lambda one: (one.ended_on is not None, one.name.casefold(), one.id)))


def reading_of(row: FridgeReadingRow) -> Reading:
    """A row that stands as a value."""
    assert row.temperature is not None
    same = (
        "id", "fridge_id", "at", "temperature", "outside", "since", "action", "power_cut", "note", "by_name", "rule",
    )  # fmt: skip
    lots = tuple(lot for one in row.lots if (lot := _lot_of(one)) is not None)
    return Reading(lots=lots, **{name: getattr(row, name) for name in same})


def _lot_of(kept: object) -> LotInside | None:
    """None for what is no lot: a line from another copy is read here, too."""
    match kept:
        case {"lot": str(lot), "item": str(item), "number": str(number), "expiry": str(expiry), "doses": int(doses)}:
            with suppress(ValueError):
                return LotInside(UUID(hex=lot), item, number, date.fromisoformat(expiry) if expiry else None, doses)
    return None


def kept_lot(lot: LotInside) -> dict[str, Any]:
    """A lot as a reading keeps it."""
    expiry = lot.expiry.isoformat() if lot.expiry else ""
    return {"lot": lot.lot_id.hex, "item": lot.item, "number": lot.number, "expiry": expiry, "doses": lot.doses}


def readings_in(session: Session, first: date, last: date, *, fridge_id: UUID | None = None) -> tuple[Reading, ...]:
    """The readings that stand from `first` to `last`, the oldest first."""
    row = FridgeReadingRow
    begins, ends = datetime.combine(first, time()), datetime.combine(last, time()) + timedelta(days=1)
    query = select(row).where(row.at >= begins, row.at < ends, reading_stands())
    if fridge_id is not None:
        query = query.where(row.fridge_id == fridge_id)
    return tuple(map(reading_of, session.scalars(query.order_by(row.at, row.n))))


def readings_around(session: Session, fridge_id: UUID, first: date, last: date) -> tuple[Reading, ...]:
    """Those of one fridge from `first` to `last`, and before and after them up to the nearest good one, however far it
    is: an excursion has its whole length in every month that it touches. The oldest first."""
    row = FridgeReadingRow
    mine, begins = (row.fridge_id == fridge_id, reading_stands()), datetime.combine(first, time())
    ends = datetime.combine(last, time()) + timedelta(days=1)
    before = session.scalar(select(func.max(row.at)).where(*mine, ~row.outside, row.at < begins))
    after = session.scalar(select(func.min(row.at)).where(*mine, ~row.outside, row.at >= ends))
    query = select(row).where(*mine)
    if before is not None:
        query = query.where(row.at >= before)
    if after is not None:
        query = query.where(row.at <= after)
    return tuple(map(reading_of, session.scalars(query.order_by(row.at, row.n))))


def last_reading_in(session: Session, fridge_id: UUID, before: datetime, *, good: bool = False) -> Reading | None:
    """The newest one before that moment; the newest `good` one."""
    row = FridgeReadingRow
    query = select(row).where(row.fridge_id == fridge_id, row.at < before, reading_stands())
    if good:
        query = query.where(~row.outside)
    found = session.scalars(query.order_by(row.at.desc(), row.n.desc()).limit(1)).first()
    return reading_of(found) if found is not None else None


def since_good_in(
    session: Session, fridge_id: UUID, before: datetime, *, but: UUID | None = None
) -> tuple[Reading, ...]:
    """The readings of one fridge before that moment, from the last good one on, the oldest first; never the one that is
    put right now (`but`)."""
    row = FridgeReadingRow
    mine = [row.fridge_id == fridge_id, row.at < before, reading_stands()]
    if but is not None:
        mine.append(row.id != but)
    good = session.scalar(select(func.max(row.at)).where(*mine, ~row.outside))
    query = select(row).where(*mine)
    if good is not None:
        query = query.where(row.at >= good)
    return tuple(map(reading_of, session.scalars(query.order_by(row.at, row.n))))


def outside_in(session: Session) -> tuple[Reading, ...]:
    """Every reading outside the bounds that stands, the oldest first."""
    row = FridgeReadingRow
    query = select(row).where(row.outside, reading_stands()).order_by(row.at, row.n)
    return tuple(map(reading_of, session.scalars(query)))


def verdicts_in(session: Session) -> tuple[Verdict, ...]:
    """Every decision that stands, the oldest first."""
    row = FridgeVerdictRow
    same = ("id", "reading_id", "lot_id", "doses", "reason", "at", "by_name")
    return tuple(
        Verdict(fate=Fate(one.fate), **{name: getattr(one, name) for name in same})
        for one in session.scalars(select(row).where(verdict_stands()).order_by(row.at, row.n))
    )


def waiting_lots_in(session: Session) -> frozenset[UUID]:
    """The lots that were outside the bounds and of which nobody has decided (`fridge.lots_waiting`, told by ids)."""
    row, said = FridgeReadingRow, FridgeVerdictRow
    outside = session.execute(select(row.id, row.lots).where(row.outside, reading_stands())).all()
    if not outside:
        return frozenset()
    decided = {(one, lot) for one, lot in session.execute(select(said.reading_id, said.lot_id).where(verdict_stands()))}
    inside = ((one, lot) for one, lots in outside for each in lots if (lot := _lot_of(each)) is not None)
    return frozenset(lot.lot_id for one, lot in inside if (one, lot.lot_id) not in decided)


def given_since(session: Session, lot_id: UUID, moment: datetime) -> int:
    """How many doses out of that lot stand that were given after that moment; of one without an hour its day counts."""
    row = VaccineDoseRow
    day = (row.given_year, row.given_month, row.given_day)
    later = tuple_(*day) >= (moment.year, moment.month, moment.day)
    hour = case((row.given_at.is_not(None), row.given_at >= moment), else_=later)
    return session.scalars(select(func.count()).where(row.lot_id == lot_id, hour, dose_stands())).one()


def vaccine_lots_in(session: Session) -> tuple[LotInside, ...]:
    """The lots of vaccine that the store has something of, what expires first at the top."""
    query = (
        select(SupplyLotRow, SupplyItemRow, SupplyStockRow.balance)
        .join(SupplyItemRow, SupplyItemRow.id == SupplyLotRow.item_id)
        .join(SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id)
        .where(SupplyItemRow.kind == SupplyKind.VACCINE.value, SupplyStockRow.balance > 0)
    )
    return _in_order(_inside(lot, item, balance) for lot, item, balance in session.execute(query))


def lots_between_in(session: Session, first: date, last: date) -> tuple[LotInside, ...]:
    """The lots of vaccine that the store had something of at any hour of these days, each with the most doses that its
    book shows within them: what was given on a day was there in its morning, or came on that day."""
    query = (
        select(SupplyLotRow, SupplyItemRow)
        .join(SupplyItemRow, SupplyItemRow.id == SupplyLotRow.item_id)
        .where(SupplyItemRow.kind == SupplyKind.VACCINE.value)
    )
    lots = {lot.id: (lot, item) for lot, item in session.execute(query)}
    before = first - timedelta(days=1)
    found = []
    for lot_id, book in books_in(session, list(lots)).items():
        entries = settle(book)
        moved = [one for one in entries if first <= one.day <= last]
        there = Days(entries).at(before)
        running = accumulate((one.quantity for one in moved), initial=there)
        most = max(*running, *(one.quantity for one in moved), there)  # what left may stand above what came that day
        if most > 0:
            found.append(_inside(*lots[lot_id], most))
    return _in_order(found)


def _inside(lot: SupplyLotRow, item: SupplyItemRow, doses: int) -> LotInside:
    return LotInside(lot.id, item_of(item).title, lot.number, lot.expiry, doses)


def _in_order(found: Iterable[LotInside]) -> tuple[LotInside, ...]:
    return tuple(sorted(found, key=lambda one: (one.expiry or date.max, one.item, one.number)))


def balance_in(session: Session, lot_id: UUID) -> int:
    """How much of a lot the store has; 0 for one that is not there."""
    query = select(SupplyStockRow.balance).where(SupplyStockRow.lot_id == lot_id)
    return max(0, session.scalars(query).first() or 0)
