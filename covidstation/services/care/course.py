"""The course of one illness: its checks, what the guideline says of each, and the limits that a chart draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.people import get_person
from covidstation.db.queries.rounds import visits_of
from covidstation.db.session import Database
from covidstation.domain.bands import OLDEST
from covidstation.domain.care import DangerSign, Level
from covidstation.domain.dates import months_possible
from covidstation.domain.guidelines import Guideline
from covidstation.domain.monitoring import Visit
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.access.audit import shows
from covidstation.services.care.alerts import guidelines_in
from covidstation.services.care.rounds import guideline_for, signs_of
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True)
class Limit:
    """A line of a chart: its value, how the guideline names it, and whether it is a danger or only a watch."""

    value: float
    text: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Standing checks, oldest first, with the signs of each."""

    episode_id: UUID
    visits: tuple[Visit, ...]
    signs: Mapping[UUID, tuple[DangerSign, ...]]
    temperature_limits: tuple[Limit, ...] = ()
    oxygen_limits: tuple[Limit, ...] = ()
    checks_a_day: int | None = None  # by the nurse's word
    usual_checks: int = 0  # by the guideline; 0 where none is known


@needs(Right.SEE)
@shows("course")
def course_of(db: Database, episode_id: UUID, *, catalog: Catalog) -> Course:
    """Raises UserError episodes.unknown."""
    episode = get_episode(db, episode_id)
    person = get_person(db, episode.person_id) if episode else None
    if episode is None or person is None or episode.report_date is None:
        raise UserError("episodes.unknown")
    with db.read() as session:
        guidelines = guidelines_in(session, catalog)
    visits = visits_of(db, episode_id)
    signs = {
        visit.id: signs_of(guideline_for(guidelines, visit.guideline, episode.report_date), person.birth, visit)
        for visit in visits
    }
    guideline = guideline_for(guidelines, "", episode.report_date)
    months = months_possible(person.birth, episode.report_date, OLDEST)
    return Course(
        episode_id=episode_id,
        visits=visits,
        signs=signs,
        temperature_limits=_limits(guideline, "temperature", months),
        oxygen_limits=_limits(guideline, "spo2", months),
        checks_a_day=episode.checks_a_day,
        usual_checks=guideline.rounds if guideline else 0,
    )


def _limits(guideline: Guideline | None, measure: str, months: tuple[int, int]) -> tuple[Limit, ...]:
    """The danger's line, or the watch's where the guideline knows no danger of that measure at this age."""
    for level in (Level.DANGER, Level.WATCH):
        rules = guideline.limits(measure, months, level) if guideline else ()
        if rules:
            return tuple(Limit(rule.limit, rule.limit_text, level) for rule in rules)
    return ()
