"""QĐ 250/QĐ-BYT: seven days and a negative test, or ten days (fourteen without all doses) while it stays positive."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from covidstation.domain.episodes import Episode, PathogenTest, TestResult
from covidstation.domain.release import Release, may_end, release_of
from covidstation.domain.rules import isolation_rule_on, parse_isolation_rules
from covidstation.paths import resources

RULES = parse_isolation_rules((resources() / "rules" / "isolation.toml").read_text(encoding="utf-8"))
START = date(2022, 3, 10)
RULE = isolation_rule_on(RULES, START)


def ill(*tests: PathogenTest, doses: int | None = 2, days: int | None = 7) -> Episode:
    return Episode(
        id=UUID(int=1),
        person_id=UUID(int=2),
        report_date=START,
        isolation_start=datetime(2022, 3, 10, 8, 20),
        isolation_days=days,
        doses_known=doses,
        tests=(PathogenTest(sampled_on=START, result=TestResult.POSITIVE), *tests),
    )


def after(days: int) -> date:
    """The day with that number, the day on which isolation starts being 1."""
    return START + timedelta(days=days - 1)


@pytest.mark.parametrize(
    ("day", "found", "doses", "over", "free"),
    [
        (7, TestResult.NEGATIVE, 2, False, False),
        (8, None, 2, True, False),
        (8, TestResult.POSITIVE, 2, True, False),
        (8, TestResult.NEGATIVE, 0, True, True),
        (10, TestResult.POSITIVE, 2, True, False),
        (11, TestResult.POSITIVE, 2, True, True),
        (11, None, 1, True, False),
        (14, None, None, True, False),
        (15, None, None, True, True),
    ],
)
def test_days_test_and_doses(day, found, doses, over, free):
    tests = () if found is None else (PathogenTest(sampled_on=after(7), result=found),)
    episode = ill(*tests, doses=doses)
    longest = 10 if (doses or 0) >= 2 else 14
    assert release_of(episode, RULE, after(day)) == Release(over=over, free=free, days=7, longest=longest)
    assert may_end(episode, RULE, after(day)) is free


def test_the_days_of_the_decision_count_when_they_are_more():
    assert release_of(ill(days=21), RULE, after(21)) == Release(over=False, free=False, days=21, longest=21)
    assert may_end(ill(days=21), RULE, after(22))


def test_a_test_of_the_first_day_does_not_free_and_no_start_never_does():
    same_day = PathogenTest(sampled_on=START, result=TestResult.NEGATIVE)
    assert not may_end(ill(same_day), RULE, after(8))
    nowhere = Episode(id=UUID(int=1), person_id=UUID(int=2), report_date=START)
    assert release_of(nowhere, RULE, after(30)) == Release(over=False, free=False, days=7, longest=14)


@pytest.mark.parametrize(
    ("tested", "before_end", "free"),
    [(2, 0, False), (6, 0, False), (7, 0, True), (8, 0, True), (5, 2, True), (4, 2, False)],
)
def test_a_negative_test_counts_from_the_last_day_or_as_many_days_before_as_the_rule_says(tested, before_end, free):
    """Seven days and a negative test (QĐ 250/QĐ-BYT): one of the second day says nothing of the seventh."""
    rule = replace(RULE, test_days_before_end=before_end)
    case = ill(PathogenTest(sampled_on=after(tested), result=TestResult.NEGATIVE))
    assert release_of(case, rule, after(9)).free is free
