"""What the day asks for: illnesses without their order, isolations that may end, changes that wait, with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from covidstation.catalog import Catalog
from covidstation.db.queries.episodes import (
    EpisodeFilter,
    EpisodeLine,
    EpisodeSort,
    EpisodeState,
    count_episodes,
    list_episodes,
)
from covidstation.db.queries.station import get_setting
from covidstation.domain.packs import HomeIsolation, PaperKind, pack_on
from covidstation.domain.rules import IsolationRule, isolation_rule_on
from covidstation.services.papers import kind_on, missing_papers
from covidstation.services.rules import station_catalog_of
from covidstation.services.setup import Register
from covidstation.services.status import Status, station_status

NAMED = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """Illnesses that wait for the same thing: how many, and the first of them, who have waited longest."""

    count: int = 0
    first: tuple[EpisodeLine, ...] = ()


@dataclass(frozen=True, slots=True)
class TodaysWork:
    """The whole page, asked in one go.

    `over_days` are over their days by the decision but not yet allowed to end by `rule`, `home_isolation` is the
    station's answer (ask, yes, no) where the law of today leaves it open, and empty where it does not.
    """

    active: int
    found_today: int
    without_order: Waiting
    may_end: Waiting
    over_days: Waiting
    rule: IsolationRule
    ending: PaperKind
    home_isolation: str
    law: HomeIsolation
    status: Status

    @property
    def waiting_papers(self) -> int:
        """How many papers could be made now."""
        return self.without_order.count + self.may_end.count


def todays_work(register: Register, catalog: Catalog, now: datetime) -> TodaysWork:
    """Ask the register what it waits for."""
    db, today = register.db, now.date()
    catalog = station_catalog_of(db, catalog)
    law = pack_on(catalog.packs, today).home_isolation
    found_today = EpisodeFilter(EpisodeState.ALL, found_from=today, found_to=today)
    may_end, over_days = _ending(register, catalog, today)
    return TodaysWork(
        active=count_episodes(db, EpisodeState.ACTIVE, today=today),
        found_today=len(list_episodes(db, found_today, today=today)),
        without_order=_without_order(register, today),
        may_end=may_end,
        over_days=over_days,
        rule=isolation_rule_on(catalog.isolation_rules, today),
        ending=kind_on(db, catalog, today, ending=True),
        home_isolation=get_setting(db, "home_isolation") if law.answer == "ask" else "",
        law=law,
        status=station_status(db, register.folder),
    )


def _without_order(register: Register, today: date) -> Waiting:
    wanted = EpisodeFilter(EpisodeState.NEEDS_ORDER)
    found = list_episodes(register.db, wanted, today=today, sort=EpisodeSort.REPORTED)
    return Waiting(len(found), tuple(found.lines(0, NAMED)))


def _ending(register: Register, catalog: Catalog, today: date) -> tuple[Waiting, Waiting]:
    """Those who may end by the rule, and those who are over their days only."""
    wanted = EpisodeFilter(EpisodeState.READY_TO_END)
    found = list_episodes(register.db, wanted, today=today, sort=EpisodeSort.UNTIL)
    ready = frozenset(missing_papers(register.db, ending=True, catalog=catalog, today=today))
    lines = found.lines(0, len(found))
    free = tuple(line for line in lines if line.id in ready)
    held = tuple(line for line in lines if line.id not in ready)
    return Waiting(len(free), free[:NAMED]), Waiting(len(held), held[:NAMED])
