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
from covidstation.domain.vaccination.doses import Dose, DoseClass, DoseDraft, course_of, in_order
from covidstation.domain.vaccination.schedule_rules import Further, Schedule, ScheduleRule
from covidstation.domain.vaccination.told_twice import may_be_one

AFTER: Final = "vaccination.too_soon"  # after the dose before it
BEFORE: Final = "vaccination.too_soon_before"  # the dose after it


def spacing_problems(
    schedule: Schedule, draft: DoseDraft, others: Sequence[Dose], birth: PartialDate | None
) -> tuple[Problem, ...]:
    """What its neighbours among `others` (those that stand) have against the day of a dose; each a warning."""
    told = [one for one in in_order(others) if not may_be_one(one, draft)]
    before = [one for one in told if one.given.latest < draft.given.earliest]
    after = [one for one in told if one.given.earliest > draft.given.latest]
    found: list[Problem] = []
    if before:
        found += _between(schedule, before[-1], draft, before, birth, AFTER)
    if after:
        found += _between(schedule, draft, after[0], [*before, draft], birth, BEFORE)
    return tuple(found)


def _between(
    schedule: Schedule,
    first: DoseDraft,
    second: DoseDraft,
    before: Sequence[DoseDraft],
    birth: PartialDate | None,
    code: str,
) -> Iterator[Problem]:
    rule = schedule.on(second.given.latest)
    kind, number = _place(schedule, second, before)
    earliest = _earliest(rule, first, kind, number, birth, second.given.latest)
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


def _place(schedule: Schedule, dose: DoseDraft, before: Sequence[DoseDraft]) -> tuple[DoseClass, int]:
    """The class of a dose and its number within it, as written or as it comes after those before."""
    course = course_of([*before, dose], schedule.products_on(dose.given.latest))
    if dose.dose_class is not DoseClass.UNKNOWN:
        same = sum(one.dose_class is dose.dose_class for one in before)
        return dose.dose_class, dose.number or same + 1
    at = dose.number or len(before) + 1
    return (DoseClass.PRIMARY, at) if at <= course else (DoseClass.BOOSTER, at - course)


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
