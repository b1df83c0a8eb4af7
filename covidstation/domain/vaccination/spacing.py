"""Whether a dose came too soon after the one before, by the schedule of its own day (`vaccine_schedule.toml`).

Days that are only told to the month are given the benefit of the doubt. Infections and stances are not asked here: they
say when somebody should come, not how near two doses may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from covidstation.domain.bands import OLDEST
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.follow_up import months_after
from covidstation.domain.problems import Problem
from covidstation.domain.vaccination.course import meant_by, turn_of
from covidstation.domain.vaccination.doses import Dose, DoseClass, DoseDraft, in_order
from covidstation.domain.vaccination.schedule_rules import Further, Schedule, ScheduleRule
from covidstation.domain.vaccination.states import shot_of
from covidstation.domain.vaccination.told_twice import may_be_one, once_each

AFTER: Final = "vaccination.too_soon"  # after the dose before it
BEFORE: Final = "vaccination.too_soon_before"  # the dose after it


def spacing_problems(
    schedule: Schedule,
    draft: DoseDraft,
    others: Sequence[Dose],
    birth: PartialDate | None,
    conditions: frozenset[str] = frozenset(),
) -> tuple[Problem, ...]:
    """What its neighbours among `others` (those that stand) have against the day of a dose; each a warning."""
    told = [one for one in in_order(others) if not may_be_one(one, draft)]
    before = [one for one in told if one.given.latest < draft.given.earliest]
    after = [one for one in told if one.given.earliest > draft.given.latest]
    found: list[Problem] = []
    if before:
        place = _place(schedule, draft, before, conditions)
        found += _between(schedule, before[-1], draft, place, birth, AFTER)
    if after:
        place = _place(schedule, after[0], [*before, draft], conditions)
        found += _between(schedule, draft, after[0], place, birth, BEFORE)
    return tuple(found)


def _between(
    schedule: Schedule,
    first: DoseDraft,
    second: DoseDraft,
    place: tuple[DoseClass, int],
    birth: PartialDate | None,
    code: str,
) -> Iterator[Problem]:
    rule = schedule.on(second.given.latest)
    earliest = _earliest(rule, first, *place, birth, second.given.latest)
    if second.given.latest >= earliest:
        return
    other = first if code == AFTER else second
    params = {
        "day": other.given.text(),
        "days": str((second.given.latest - first.given.earliest).days),
        "first": f"{earliest:%d/%m/%Y}",
        "rule": rule.id,
    }
    yield Problem("given", code, params, "warning")


def _place(
    schedule: Schedule, dose: DoseDraft, before: Sequence[DoseDraft], conditions: frozenset[str]
) -> tuple[DoseClass, int]:
    """The class of a dose and its number within it, as written or as it is counted after those before."""
    told = [*once_each(sorted(map(shot_of, before), key=turn_of)), shot_of(dose)]
    *earlier, (kind, number) = meant_by(schedule, told, conditions, dose.given.latest)
    return kind, number or sum(one is kind for one, _number in earlier) + 1


def _earliest(
    rule: ScheduleRule, last: DoseDraft, kind: DoseClass, number: int, birth: PartialDate | None, day: date
) -> date:
    """The first day on which the dose may follow; between doses of the basic course, from when on it counts."""
    since = last.given.earliest
    interval = rule.interval(last.product)
    least = since + timedelta(days=interval.counts_from_days or interval.after_days)
    if kind is DoseClass.PRIMARY:
        return least - timedelta(days=rule.grace_days)
    lines = list(_lines(rule, kind, number, birth, day))
    return min((_after(since, line) for line in lines), default=least)


def _lines(rule: ScheduleRule, kind: DoseClass, number: int, birth: PartialDate | None, day: date) -> Iterator[Further]:
    """The rule's lines for that dose at the ages that somebody can have; beyond its last booster that one's."""
    months = months_possible(birth, day, OLDEST)
    for band in rule.bands:
        fitting = [one for one in band.further if one.dose_class is kind]
        if band.ages.meets(months) and fitting:
            yield next((one for one in fitting if one.number == number), fitting[-1])


def _after(since: date, line: Further) -> date:
    return months_after(since, line.after_months) if line.after_months else since + timedelta(days=line.after_days)
