"""What the day asks for, each with its reason: dangers, rounds, isolations, papers, F1, calls, reports, sending."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from covidstation.catalog import Catalog
from covidstation.db.queries.care_due import CallDue, FollowUpDue, PersonDue, calls_due, due_follow_ups
from covidstation.db.queries.episodes import (
    EpisodeFilter,
    EpisodeLine,
    EpisodeSort,
    EpisodeState,
    count_episodes,
    list_episodes,
)
from covidstation.db.queries.places import hamlets_of
from covidstation.db.queries.rounds import AlertLine, checked_between, glances_between, open_alerts, people_of_day
from covidstation.db.queries.station import get_setting
from covidstation.db.session import Database
from covidstation.domain.care import Round, round_of
from covidstation.domain.missing import MissingKind, MissingLine
from covidstation.domain.packs import HomeIsolation, PaperKind, pack_on
from covidstation.domain.rights import Right
from covidstation.domain.rules import IsolationRule, isolation_rule_on
from covidstation.services.access.opening import Register
from covidstation.services.area import EVERYWHERE, Area, Hamlets, my_area
from covidstation.services.care.alerts import guidelines_in
from covidstation.services.care.isolation import RunningHours, running_hours
from covidstation.services.care.rounds import guideline_for, split, wants
from covidstation.services.contacts.work import DueContacts, due_contacts
from covidstation.services.dispensing.round import MedicinesWaiting, medicines_waiting
from covidstation.services.district.items import DistrictWork, district_work
from covidstation.services.drafts import Draft, drafts
from covidstation.services.papers.issuing import kind_on
from covidstation.services.papers.missing import missing_list
from covidstation.services.reports.daily import ReportState, report_state
from covidstation.services.reports.notices import NoticesWaiting, notices_waiting
from covidstation.services.rights import needs
from covidstation.services.rules.versions import station_catalog_of
from covidstation.services.status import Status, station_status
from covidstation.services.supplies.look import StoreWork, store_work

NAMED = 3
D = TypeVar("D", bound=PersonDue)


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
    missing: tuple[MissingLine, ...]
    contacts: DueContacts
    calls: tuple[CallDue, ...]
    follow_ups: tuple[FollowUpDue, ...]
    medicines: MedicinesWaiting
    store: StoreWork
    report: ReportState
    notices: NoticesWaiting
    district: DistrictWork
    kept: tuple[Draft, ...]
    status: Status
    area: Area = EVERYWHERE

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
    here = area.filter
    catalog = station_catalog_of(db, catalog)
    law = pack_on(catalog.packs, today).home_isolation
    found_today = EpisodeFilter(EpisodeState.ALL, found_from=today, found_to=today)
    missing = tuple(one for one in missing_list(db, catalog, today) if here is None or one.hamlet_id in here)
    may_end, over_days = _ending(register, missing, today, here)
    wall = now.replace(tzinfo=None)
    return TodaysWork(
        active=count_episodes(db, EpisodeState.ACTIVE, today=today),
        found_today=len(list_episodes(db, found_today, today=today)),
        alerts=open_alerts(db),
        round=round_progress(register, catalog, now, hamlets=here),
        hours=running_hours(db, catalog, wall),
        without_order=_without_order(register, today, here),
        may_end=may_end,
        over_days=over_days,
        rule=isolation_rule_on(catalog.isolation_rules, today),
        ending=kind_on(db, catalog, today, ending=True),
        home_isolation=get_setting(db, "home_isolation") if law.answer == "ask" else "",
        law=law,
        missing=missing,
        contacts=due_contacts(db, catalog, today, hamlets=here),
        calls=_within(db, calls_due(db, wall), here),
        follow_ups=_within(db, due_follow_ups(db, today), here),
        medicines=medicines_waiting(db, catalog, today, hamlets=here),
        store=store_work(db, catalog=catalog, today=today),
        report=report_state(db, now),
        notices=notices_waiting(db, catalog, now),
        district=district_work(db, today),
        kept=tuple(drafts(db, "f0")),
        status=station_status(db, register.folder),
        area=area,
    )


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


def _within(db: Database, due: Sequence[D], hamlets: Hamlets | None) -> tuple[D, ...]:
    """Those who live in these hamlets."""
    if hamlets is None:
        return tuple(due)
    living = hamlets_of(db, (one.person_id for one in due))
    return tuple(one for one in due if living.get(one.person_id) in hamlets)


def _without_order(register: Register, today: date, hamlets: Hamlets | None) -> Waiting:
    wanted = EpisodeFilter(EpisodeState.NEEDS_ORDER, hamlets=hamlets)
    found = list_episodes(register.db, wanted, today=today, sort=EpisodeSort.REPORTED)
    return Waiting(len(found), tuple(found.lines(0, NAMED)))


def _ending(
    register: Register, missing: tuple[MissingLine, ...], today: date, hamlets: Hamlets | None
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
