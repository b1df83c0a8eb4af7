"""What the day asks for, each with its reason: dangers, rounds, isolations, papers, F1, calls, reports, sending."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.kept import counts_of, kept
from covidstation.db.queries.care_due import CallDue, FollowUpDue, calls_due, due_follow_ups
from covidstation.db.queries.episodes import (
    EpisodeFilter,
    EpisodeLine,
    EpisodeSort,
    EpisodeState,
    count_episodes,
    list_episodes,
)
from covidstation.db.queries.missing import lines_of
from covidstation.db.queries.places import people_within
from covidstation.db.queries.review_counts import RunningReview, running_reviews
from covidstation.db.queries.rounds import AlertLine, checked_between, glances_between, open_alerts, people_of_day
from covidstation.db.queries.station import get_setting
from covidstation.db.queries.vaccine_revisits import Revisit, revisits_due
from covidstation.db.session import Database
from covidstation.domain.care import Round, round_of
from covidstation.domain.missing import Lack, MissingKind, MissingLine
from covidstation.domain.packs import HomeIsolation, PaperKind, pack_on
from covidstation.domain.rights import Right
from covidstation.domain.rules import IsolationRule, isolation_rule_on
from covidstation.services.access.opening import Register
from covidstation.services.area import EVERYWHERE, Area, Hamlets, my_area
from covidstation.services.care.alerts import guidelines_in
from covidstation.services.care.isolation import RunningHours, running_hours
from covidstation.services.care.rounds import guideline_for, split, wants
from covidstation.services.chronic.overdue import ChronicWaiting, chronic_waiting
from covidstation.services.contacts.work import DueContacts, due_contacts
from covidstation.services.dispensing.round import MedicinesWaiting, medicines_waiting
from covidstation.services.district.items import DistrictWork, district_work
from covidstation.services.drafts import Draft, drafts
from covidstation.services.papers.issuing import kind_on
from covidstation.services.papers.missing import missing_list, missing_now
from covidstation.services.reports.daily import ReportState, report_state
from covidstation.services.reports.notices import NoticesWaiting, notices_waiting
from covidstation.services.rights import needs
from covidstation.services.rules.versions import station_catalog_of
from covidstation.services.status import Status, station_status
from covidstation.services.supplies.allotments import AllotmentsWaiting, allotments_waiting
from covidstation.services.supplies.look import StoreWork, store_work
from covidstation.services.vaccination.due import DueWork, due_work
from covidstation.services.vaccination.fridge_look import NO_FRIDGES, FridgesWaiting, fridges_waiting
from covidstation.services.vaccination.waiting import NOTHING_WAITS, SessionsWaiting, sessions_waiting

NAMED = 3
PAPERS_NAMED = 12  # more do not fit into their line
ISOLATION_PAPERS = frozenset({MissingKind.ORDER, MissingKind.ENDING})  # with lines of their own


class OfPerson(Protocol):
    """Work that is about somebody."""

    @property
    def person_id(self) -> UUID:
        """Whom."""


D = TypeVar("D", bound=OfPerson)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Illnesses that wait for the same thing: how many, and the first of them, who have waited longest."""

    count: int = 0
    first: tuple[EpisodeLine, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """The round that is on: how many are to be seen, how many were, and where the others live."""

    round: Round
    wanted: int
    done: int
    left: tuple[tuple[str, int], ...]  # hamlet, people; most first
    extra: int = 0  # who is to be checked once more today


@dataclass(frozen=True, slots=True, kw_only=True)
class TodaysWork:
    """The whole page, asked in one go.

    `over_days` are over their days by the decision but not yet allowed to end by `rule`, `home_isolation` is the
    station's answer (ask, yes, no) where the law of today leaves it open, and empty where it does not. Whoever chose to
    see `area` alone has its rounds, endings, papers, contacts, calls and visits; danger signs are everybody's, as is
    what the whole station answers for.
    """

    active: int
    found_today: int
    alerts: tuple[AlertLine, ...]
    round: RoundProgress
    hours: tuple[RunningHours, ...]
    without_order: Waiting
    may_end: Waiting
    over_days: Waiting
    rule: IsolationRule
    ending: PaperKind
    home_isolation: str
    law: HomeIsolation
    missing: tuple[Lack, ...]
    paper_names: tuple[str, ...]  # of the first who wait for another paper than an order or its end
    contacts: DueContacts
    calls: tuple[CallDue, ...]
    follow_ups: tuple[FollowUpDue, ...]
    medicines: MedicinesWaiting
    chronic: ChronicWaiting
    vaccines: DueWork
    reviews: tuple[RunningReview, ...]
    store: StoreWork
    report: ReportState
    notices: NoticesWaiting
    district: DistrictWork
    kept: tuple[Draft, ...]
    status: Status
    area: Area = EVERYWHERE
    allotments: AllotmentsWaiting
    revisits: tuple[Revisit, ...] = ()
    injections: SessionsWaiting = NOTHING_WAITS
    fridges: FridgesWaiting = NO_FRIDGES

    @property
    def waiting_papers(self) -> int:
        """How many papers wait to be made or brought."""
        return len(self.missing)

    @property
    def lacking(self) -> Mapping[MissingKind, int]:
        """How many of each kind."""
        return Counter(line.kind for line in self.missing)


@needs(Right.SEE)
def todays_work(register: Register, catalog: Catalog, now: datetime) -> TodaysWork:
    """Ask the register what it waits for."""
    db, today = register.db, now.date()
    area = my_area(db, today)
    here, wall = area.filter, now.replace(tzinfo=None)
    asked = _Asked(register, catalog, now, here)
    catalog = station_catalog_of(db, catalog)
    law = pack_on(catalog.packs, today).home_isolation
    may_end, over_days = asked.ending()
    return TodaysWork(
        active=asked.active(),
        found_today=asked.found_today(),
        alerts=open_alerts(db),
        round=asked.round(),
        hours=running_hours(db, catalog, wall),
        without_order=asked.without_order(),
        may_end=may_end,
        over_days=over_days,
        rule=isolation_rule_on(catalog.isolation_rules, today),
        ending=kind_on(db, catalog, today, ending=True),
        home_isolation=get_setting(db, "home_isolation") if law.answer == "ask" else "",
        law=law,
        missing=asked.missing(),
        paper_names=asked.paper_names(),
        contacts=asked.contacts(),
        calls=_within(db, calls_due(db, wall), here),
        follow_ups=_within(db, due_follow_ups(db, today), here),
        medicines=asked.medicines(),
        chronic=asked.chronic(),
        vaccines=asked.vaccines(),
        reviews=asked.reviews(),
        store=asked.store(),
        report=report_state(db, now),
        notices=asked.notices(),
        district=district_work(db, today),
        kept=tuple(drafts(db, "f0")),
        status=station_status(db, register.folder),
        area=area,
        allotments=allotments_waiting(db, today),
        revisits=asked.revisits(),
        injections=asked.injections(),
        fridges=asked.fridges(),
    )


class _Asked:
    """The parts that the clock does not move within a day: each is asked again once something was written into a table
    that it was read from (`db.kept`)."""

    def __init__(self, register: Register, shipped: Catalog, now: datetime, here: Hamlets | None) -> None:
        self._register, self._db, self._shipped = register, register.db, shipped
        self._now, self._today, self._here = now, now.date(), here
        self._counts = counts_of(register.db)

    def _part(self, name: str, ask: Callable[[], T], *more: object) -> T:
        key = ("today", name, self._today, self._here, *more)
        return kept(self._db, key, ask, of=self._shipped, counts=self._counts)

    def _catalog(self) -> Catalog:
        """With the station's rules, read within the part that goes by them."""
        return station_catalog_of(self._db, self._shipped)

    def active(self) -> int:
        return self._part("active", lambda: count_episodes(self._db, EpisodeState.ACTIVE, today=self._today))

    def found_today(self) -> int:
        wanted = EpisodeFilter(EpisodeState.ALL, found_from=self._today, found_to=self._today)
        return self._part("found", lambda: len(list_episodes(self._db, wanted, today=self._today)))

    def round(self) -> RoundProgress:
        return self._part(
            "round",
            lambda: round_progress(self._register, self._catalog(), self._now, hamlets=self._here),
            round_of(self._now),
        )

    def without_order(self) -> Waiting:
        return self._part("orders", lambda: _without_order(self._register, self._today, self._here))

    def missing(self) -> tuple[Lack, ...]:
        def ask() -> tuple[Lack, ...]:
            return _within(self._db, missing_now(self._db, self._shipped, self._today), self._here)

        return self._part("missing", ask)

    def paper_names(self) -> tuple[str, ...]:
        return self._part("names", lambda: _names(self._db, self.missing()))

    def ending(self) -> tuple[Waiting, Waiting]:
        return self._part("ending", lambda: _ending(self._register, self.missing(), self._today, self._here))

    def contacts(self) -> DueContacts:
        return self._part("contacts", lambda: due_contacts(self._db, self._shipped, self._today, hamlets=self._here))

    def medicines(self) -> MedicinesWaiting:
        return self._part(
            "medicines", lambda: medicines_waiting(self._db, self._catalog(), self._today, hamlets=self._here)
        )

    def chronic(self) -> ChronicWaiting:
        return self._part(
            "chronic", lambda: chronic_waiting(self._db, self._catalog(), self._today, hamlets=self._here)
        )

    def vaccines(self) -> DueWork:
        return due_work(self._db, catalog=self._shipped, now=self._now, hamlets=self._here)

    def revisits(self) -> tuple[Revisit, ...]:
        return self._part("revisits", lambda: _within(self._db, revisits_due(self._db, self._today), self._here))

    def injections(self) -> SessionsWaiting:
        ask = partial(sessions_waiting, self._db, self._today, catalog=self._shipped)
        return self._part("injections", ask)

    def fridges(self) -> FridgesWaiting:
        """What is late, and which turn runs, goes by the hour."""
        ask = partial(fridges_waiting, self._db, catalog=self._shipped, now=self._now)
        return self._part("fridges", ask, self._now.hour)

    def reviews(self) -> tuple[RunningReview, ...]:
        return self._part("reviews", lambda: running_reviews(self._db, hamlets=self._here))

    def notices(self) -> NoticesWaiting:
        """The zone tells on which day a record was made."""
        zone = self._now.utcoffset()
        return self._part("notices", lambda: notices_waiting(self._db, self._catalog(), self._now), zone)

    def store(self) -> StoreWork:
        return self._part("store", lambda: store_work(self._db, catalog=self._catalog(), today=self._today))


@needs(Right.SEE)
def round_progress(
    register: Register, catalog: Catalog, now: datetime, *, hamlets: Hamlets | None = None
) -> RoundProgress:
    """How far the round of this half of the day has come: the counts of `rounds.round_list`, without its lines; in
    these hamlets alone, if any are named."""
    db, day, round_ = register.db, now.date(), round_of(now)
    checks, between = glances_between(db, day - timedelta(days=1), day), checked_between(db, day)
    with db.read() as session:
        guidelines = guidelines_in(session, catalog)
    left = Counter[str]()
    wanted = done = extra = 0
    for one in people_of_day(db, day):
        if hamlets is not None and one.hamlet_id not in hamlets:
            continue
        check, latest = split(checks.get(one.episode_id, ()), day, round_)
        ask = partial(wants, guideline_for(guidelines, "", one.report_date), one.checks_a_day)
        due = one.open_on(day) and check is None and ask(round_, latest)
        done += check is not None
        wanted += due or check is not None
        left[one.hamlet] += due
        extra += one.open_on(day) and one.episode_id not in between and ask(Round.EXTRA, check or latest)
    return RoundProgress(round_, wanted, done, tuple(place for place in left.most_common() if place[1]), extra)


@needs(Right.SEE)
def missing_here(register: Register, catalog: Catalog, now: datetime) -> tuple[MissingLine, ...]:
    """Every paper that `TodaysWork.missing` counts, with its people: for the printed sheet."""
    db, today = register.db, now.date()
    return _within(db, missing_list(db, catalog, today), my_area(db, today).filter)


def _names(db: Database, missing: Sequence[Lack]) -> tuple[str, ...]:
    """Of the first who wait for a paper that has no line of its own."""
    waiting: dict[UUID, Lack] = {}
    for lack in missing:
        if lack.kind not in ISOLATION_PAPERS:
            waiting.setdefault(lack.person_id, lack)
            if len(waiting) == PAPERS_NAMED:
                break
    return tuple(dict.fromkeys(line.full_name for line in lines_of(db, tuple(waiting.values()))))


def _within(db: Database, due: Sequence[D], hamlets: Hamlets | None) -> tuple[D, ...]:
    """Those who live in these hamlets."""
    if hamlets is None:
        return tuple(due)
    with db.read() as session:
        living = people_within(session, (one.person_id for one in due), hamlets)
    return tuple(one for one in due if one.person_id in living)


def _without_order(register: Register, today: date, hamlets: Hamlets | None) -> Waiting:
    wanted = EpisodeFilter(EpisodeState.NEEDS_ORDER, hamlets=hamlets)
    found = list_episodes(register.db, wanted, today=today, sort=EpisodeSort.REPORTED)
    return Waiting(len(found), tuple(found.lines(0, NAMED)))


def _ending(
    register: Register, missing: tuple[Lack, ...], today: date, hamlets: Hamlets | None
) -> tuple[Waiting, Waiting]:
    """Those who may end by the rule, and those who are over their days only."""
    wanted = EpisodeFilter(EpisodeState.READY_TO_END, hamlets=hamlets)
    found = list_episodes(register.db, wanted, today=today, sort=EpisodeSort.UNTIL)
    ready = frozenset(line.subject_id for line in missing if line.kind is MissingKind.ENDING)
    ids = found.ids()
    free, held = [one for one in ids if one in ready], [one for one in ids if one not in ready]
    lines = {line.id: line for line in found.lines_of((*free[:NAMED], *held[:NAMED]))}
    first = [tuple(lines[one] for one in some[:NAMED] if one in lines) for some in (free, held)]
    return Waiting(len(free), first[0]), Waiting(len(held), first[1])
