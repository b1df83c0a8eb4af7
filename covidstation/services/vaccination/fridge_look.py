"""The book of a fridge as a window and its papers see it, and what Hôm nay says of fridges."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.cold_chain import (
    fridges_in,
    given_since,
    last_reading_in,
    outside_in,
    readings_around,
    readings_in,
    since_good_in,
    verdicts_in,
)
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.cold_rules import ColdChainRule, cold_rule_on
from covidstation.domain.vaccination.fridge import (
    Excursion,
    Fridge,
    Gap,
    LotInside,
    LotWaiting,
    Reading,
    Verdict,
    began,
    excursions,
    gaps,
    lots_waiting,
)
from covidstation.services.rights import needs
from covidstation.services.vaccination.fridge import cold_rules_in, lots_inside


@dataclass(frozen=True, slots=True)
class FridgeMonth:
    """One month of one fridge: what was read, what was not, and for how long it was outside."""

    fridge: Fridge
    first: date
    readings: tuple[Reading, ...]
    gaps: tuple[Gap, ...]
    excursions: tuple[Excursion, ...]

    def excursion_of(self, reading: Reading) -> Excursion | None:
        """The one that the reading belongs to."""
        return next((one for one in self.excursions if any(r.id == reading.id for r in one.readings)), None)


@dataclass(frozen=True, slots=True)
class FridgeLook:
    """What the page shows. `rule` and `rules` with the bounds of the fridge that is shown; `due`: the fridges without a
    reading in this turn, by id; `last`: the newest reading of each fridge in use; `given`: doses of each waiting lot
    that went into somebody since it can have been outside."""

    rule: ColdChainRule
    rules: tuple[ColdChainRule, ...]
    fridges: tuple[Fridge, ...]
    month: FridgeMonth | None
    waiting: tuple[LotWaiting, ...]
    verdicts: tuple[Verdict, ...]
    due: frozenset[UUID]
    last: tuple[Reading, ...]
    given: Mapping[UUID, int]

    @property
    def used(self) -> tuple[Fridge, ...]:
        """Those in use."""
        return tuple(one for one in self.fridges if one.ended_on is None)


@dataclass(frozen=True, slots=True)
class FridgesWaiting:
    """What Hôm nay says: turns of today and yesterday that nobody read, fridges that are outside the bounds by their
    last reading, lots of which nobody has decided."""

    missing: tuple[tuple[Fridge, Gap], ...] = ()
    outside: tuple[tuple[Fridge, Reading], ...] = ()
    lots: tuple[LotWaiting, ...] = ()


NO_FRIDGES: Final = FridgesWaiting()


@needs(Right.SEE)
def look_at_fridges(
    db: Database, fridge_id: UUID | None, month: date, *, catalog: Catalog, now: datetime
) -> FridgeLook:
    """Everything; of one fridge (None: the first) that month, of which `month` is a day."""
    with db.read() as session:
        fridges = fridges_in(session)
        one = next((one for one in fridges if one.id == fridge_id), fridges[0] if fridges else None)
        rules = _rules_of(session, catalog, one)
        local = now.replace(tzinfo=None)
        today = readings_in(session, now.date(), now.date())
        used = [one for one in fridges if one.ended_on is None]
        verdicts = verdicts_in(session)
        waiting = tuple(lots_waiting(outside_in(session), verdicts))
        return FridgeLook(
            rule=cold_rule_on(rules, now.date()),
            rules=rules,
            fridges=fridges,
            month=_month_in(session, one, month, rules, local) if one is not None else None,
            waiting=waiting,
            verdicts=verdicts,
            due=frozenset(gap.fridge_id for one in used for gap in _today(one, rules, today, local)),
            last=_last(session, used, local),
            given={one.lot.lot_id: given_since(session, one.lot.lot_id, _began(session, one)) for one in waiting},
        )


@needs(Right.SEE)
def fridge_month(
    db: Database, fridge_id: UUID, month: date, *, catalog: Catalog, now: datetime
) -> tuple[FridgeMonth, tuple[ColdChainRule, ...]] | None:
    """One month with the rules for that fridge; None when it is not there."""
    with db.read() as session:
        one = next((one for one in fridges_in(session) if one.id == fridge_id), None)
        if one is None:
            return None
        rules = _rules_of(session, catalog, one)
        found = _month_in(session, one, month, rules, now.replace(tzinfo=None))
        return found, rules


@needs(Right.SEE)
def lots_then(
    db: Database, fridge_id: UUID, at: datetime, since: datetime | None, *, now: datetime, but: UUID | None = None
) -> tuple[LotInside, ...]:
    """The lots that can have been inside while that fridge was outside until `at`, for the form of an alarm; `but`: the
    reading that it puts right."""
    with db.read() as session:
        return lots_inside(session, fridge_id, at, since, now, but=but)


@needs(Right.SEE)
def fridges_waiting(db: Database, *, catalog: Catalog, now: datetime) -> FridgesWaiting:
    """What asks for somebody today."""
    with db.read() as session:
        used = [one for one in fridges_in(session) if one.ended_on is None]
        waiting = tuple(lots_waiting(outside_in(session), verdicts_in(session)))
        if not used:
            return FridgesWaiting(lots=waiting)
        rules, local = cold_rules_in(session, catalog), now.replace(tzinfo=None)
        yesterday = now.date() - timedelta(days=1)
        read = readings_in(session, yesterday, now.date())
        last = {one.fridge_id: one for one in _last(session, used, local)}
        return FridgesWaiting(
            missing=tuple(
                (one, gap) for one in used for gap in gaps(one, rules, _of(one, read), yesterday, now.date(), local)
            ),
            outside=tuple((one, last[one.id]) for one in used if one.id in last and last[one.id].outside),
            lots=waiting,
        )


def _rules_of(session: Session, catalog: Catalog, fridge: Fridge | None) -> tuple[ColdChainRule, ...]:
    """With the bounds of that fridge."""
    rules = cold_rules_in(session, catalog)
    return rules if fridge is None else tuple(one.of(fridge.kind) for one in rules)


def last_of(month: date) -> date:
    """The last day of its month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _of(fridge: Fridge, readings: Iterable[Reading]) -> list[Reading]:
    return [one for one in readings if one.fridge_id == fridge.id]


def _today(fridge: Fridge, rules: Sequence[ColdChainRule], readings: Iterable[Reading], now: datetime) -> list[Gap]:
    """The turn that runs, if nobody has read it."""
    turn = cold_rule_on(rules, now.date()).turn_at(now)
    found = gaps(fridge, rules, _of(fridge, readings), now.date(), now.date(), now)
    return [one for one in found if one.turn == turn]


def _began(session: Session, waiting: LotWaiting) -> datetime:
    """The first moment at which the lot can have been outside, in whichever fridge."""
    return min(began(since_good_in(session, one.fridge_id, one.at), one.at, one.since) for one in waiting.readings)


def _last(session: Session, fridges: Iterable[Fridge], now: datetime) -> tuple[Reading, ...]:
    found = (last_reading_in(session, one.id, now + timedelta(minutes=2)) for one in fridges)
    return tuple(one for one in found if one is not None)


def _month_in(
    session: Session, fridge: Fridge, month: date, rules: Sequence[ColdChainRule], now: datetime
) -> FridgeMonth:
    first = month.replace(day=1)
    last = last_of(first)
    around = readings_around(session, fridge.id, first, last)
    readings = tuple(one for one in around if first <= one.at.date() <= last)
    inside = {one.id for one in readings}
    return FridgeMonth(
        fridge=fridge,
        first=first,
        readings=readings,
        gaps=tuple(gaps(fridge, rules, readings, first, last, now)),
        excursions=tuple(one for one in excursions(around) if any(r.id in inside for r in one.readings)),
    )
