"""What an isolation still needs before it may end, and the check of a longer or shorter one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from covidstation.domain.episodes import MOST_DAYS, CaseOutcome, Episode, QuarantineType
from covidstation.domain.hours import HoursRule
from covidstation.domain.problems import Problem
from covidstation.domain.release import has_negative, release_of
from covidstation.domain.rules import IsolationRule, isolation_end
from covidstation.domain.text import TEXT_LIMIT, clean


class Need(StrEnum):
    """What comes next."""

    ENDED = "ended"  # nothing: the illness has its outcome
    AWAY = "away"  # in a hospital
    NO_START = "no_start"  # nobody wrote when it began
    DAYS = "days"  # days only
    TEST_LATER = "test_later"  # days, and a negative test on `test_on`
    TEST = "test"  # a negative test now; without one, `longest` days
    FREE = "free"  # may end


@dataclass(frozen=True, slots=True)
class Needs:
    """Where an isolation stands on a day: `day` of `days`, its last day `until`, and what it still needs.

    `test_on` is the first day on which a negative test is asked for; `free_on` the day on which it may end without.
    """

    need: Need
    day: int | None = None
    days: int | None = None
    until: date | None = None
    days_left: int = 0
    longest: int = 0
    test_on: date | None = None
    free_on: date | None = None


def day_number(rule: IsolationRule, start: date, day: date) -> int:
    """The number of that day in the count of the rule, whose first day is 0 or 1."""
    return (day - start).days + rule.first_day_number


def needs_of(episode: Episode, rule: IsolationRule, today: date) -> Needs:
    """What the isolation needs on that day by the rule in force for the case.

    The test is due on the last day: QĐ 250/QĐ-BYT of 28/1/2022 asks for seven days *and* a negative test.
    """
    if episode.outcome is not CaseOutcome.NO_OUTCOME:
        return Needs(Need.ENDED)
    if episode.isolation_type is QuarantineType.HOSPITAL:
        return Needs(Need.AWAY)
    if episode.isolation_start is None:
        return Needs(Need.NO_START)
    start = episode.isolation_start.date()
    release = release_of(episode, rule, today)
    until = isolation_end(rule, start, release.days)
    need = Need.FREE
    if not release.free:
        needs_test = rule.needs_negative_test and not has_negative(episode, rule)
        need = Need.DAYS if not needs_test else Need.TEST if today >= until else Need.TEST_LATER
    return Needs(
        need=need,
        day=day_number(rule, start, today),
        days=release.days,
        until=until,
        days_left=max((until - today).days, 0),
        longest=release.longest,
        test_on=until if need in (Need.TEST_LATER, Need.TEST) else None,
        free_on=isolation_end(rule, start, release.longest) + timedelta(days=1),
    )


def check_change(
    *,
    days: int | None,
    before: int | None,
    reason: str,
    until: date | None,
    today: date,
    limits: HoursRule | None,
) -> list[Problem]:
    """What is wrong or odd in making an isolation longer or shorter: `days` in all instead of `before`.

    Limits of the law in force for the case are warnings: it is the decision's issuer who answers for them.
    """
    found = []
    if not clean(reason):
        found.append(Problem("reason", "care.reason_missing"))
    elif len(reason) > TEXT_LIMIT:
        params = {"count": str(len(reason)), "most": str(TEXT_LIMIT)}
        found.append(Problem("reason", "episodes.text_long", params))
    if days is None or not 1 <= days <= MOST_DAYS:
        params = {"count": "?" if days is None else str(days), "most": str(MOST_DAYS)}
        return [*found, Problem("days", "episodes.isolation_days", params)]
    if days == before:
        return [*found, Problem("days", "care.same_days", {"count": str(days)})]
    if until is not None and until < today:
        found.append(Problem("days", "care.ends_past", {"until": f"{until:%d/%m/%Y}"}, "warning"))
    if limits is None or days < (before or 0):
        return found
    if limits.most_days and days > limits.most_days:
        params = {"most": str(limits.most_days), "source": limits.source}
        found.append(Problem("days", "care.over_most_days", params, "warning"))
    more = days - (before or 0)
    if limits.extension_days and before and more != limits.extension_days:
        params = {"more": str(more), "one": str(limits.extension_days), "source": limits.source}
        found.append(Problem("days", "care.other_extension", params, "warning"))
    return found
