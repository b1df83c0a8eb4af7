"""Whether an isolation may end today, by the rule in force for the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from covidstation.domain.episodes import Episode, TestResult
from covidstation.domain.rules import IsolationRule, isolation_end


@dataclass(frozen=True, slots=True)
class Release:
    """Where an isolation stands on a day: its `days` are `over` or not, and whether it may end (`free`).

    Over but not free it waits for a negative test, or for `longest` days in all.
    """

    over: bool
    free: bool
    days: int
    longest: int


def release_of(episode: Episode, rule: IsolationRule, today: date) -> Release:
    """The days are over and the last test is negative, or the longer term of those still positive is over."""
    days = episode.isolation_days or rule.days
    full = (episode.doses_known or 0) >= rule.full_doses
    longest = max(rule.days_still_positive if full else rule.days_still_positive_unvaccinated, days)
    if episode.isolation_start is None:
        return Release(over=False, free=False, days=days, longest=longest)
    start = episode.isolation_start.date()
    over = today > isolation_end(rule, start, days)
    negative = not rule.needs_negative_test or has_negative(episode, rule)
    free = over and (negative or today > isolation_end(rule, start, longest))
    return Release(over=over, free=free, days=days, longest=longest)


def has_negative(episode: Episode, rule: IsolationRule) -> bool:
    """Whether the newest test of the isolation is negative and late enough for the rule.

    QĐ 250/QĐ-BYT asks for seven days and a negative test: one of the second day says nothing of the seventh.
    """
    if episode.isolation_start is None:
        return False
    start = episode.isolation_start.date()
    counts_from = isolation_end(rule, start, episode.isolation_days) - timedelta(days=rule.test_days_before_end)
    last = next((test for test in reversed(episode.tests) if test.sampled_on and test.sampled_on > start), None)
    if last is None or last.sampled_on is None or last.result is not TestResult.NEGATIVE:
        return False
    return last.sampled_on >= counts_from


def may_end(episode: Episode, rule: IsolationRule, today: date) -> bool:
    """Whether the rule lets the isolation end on that day."""
    return release_of(episode, rule, today).free
