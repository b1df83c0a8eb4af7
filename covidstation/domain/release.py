"""Whether an isolation may end today, by the rule in force for the case."""

from __future__ import annotations

from datetime import date
from typing import Final

from covidstation.domain.episodes import Episode, TestResult
from covidstation.domain.rules import IsolationRule, isolation_end

FULL_DOSES: Final = 2  # "đủ liều cơ bản" as QĐ 250/QĐ-BYT counts it, one product of three doses aside


def may_end(episode: Episode, rule: IsolationRule, today: date) -> bool:
    """The days are over and the last test is negative, or the longer term of those still positive is over."""
    if episode.isolation_start is None:
        return False
    start = episode.isolation_start.date()
    if today <= isolation_end(rule, start, episode.isolation_days):
        return False
    last = next((test for test in reversed(episode.tests) if test.sampled_on and test.sampled_on > start), None)
    if not rule.needs_negative_test or (last and last.result is TestResult.NEGATIVE):
        return True
    full = (episode.doses_known or 0) >= FULL_DOSES
    longest = rule.days_still_positive if full else rule.days_still_positive_unvaccinated
    return today > isolation_end(rule, start, max(longest, episode.isolation_days or 0))
