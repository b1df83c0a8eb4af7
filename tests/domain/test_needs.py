"""What an isolation needs: QĐ 250/QĐ-BYT of 28/1/2022, 7 days and a negative test, else 10 or 14 by doses."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.episodes import CaseOutcome, Episode, PathogenTest, QuarantineType, TestResult
from covidstation.domain.hours import hours_rule_on
from covidstation.domain.needs import Need, check_change, needs_of
from covidstation.domain.rules import isolation_rule_on
from covidstation.paths import resources

CATALOG = load_catalog(resources())
START = date(2022, 3, 10)
RULE = isolation_rule_on(CATALOG.isolation_rules, START)
EPISODE = Episode(
    id=UUID(int=1), person_id=UUID(int=2), report_date=START, isolation_start=datetime(2022, 3, 10, 7),
    isolation_days=7, doses_known=2, tests=(PathogenTest(id=UUID(int=3), sampled_on=START),),
)  # fmt: skip


def day(number):
    return START + timedelta(days=number - 1)


def with_test(number, result=TestResult.NEGATIVE, episode=EPISODE):
    test = PathogenTest(id=UUID(int=9), sampled_on=day(number), result=result)
    return replace(episode, tests=(*episode.tests, test))


@pytest.mark.parametrize(
    ("episode", "number", "need"),
    [
        (EPISODE, 1, Need.TEST_LATER),
        (EPISODE, 6, Need.TEST_LATER),
        (EPISODE, 7, Need.TEST),
        (EPISODE, 8, Need.TEST),
        (EPISODE, 10, Need.TEST),
        (EPISODE, 11, Need.FREE),  # ten days over, fully vaccinated
        (replace(EPISODE, doses_known=1), 11, Need.TEST),
        (replace(EPISODE, doses_known=1), 14, Need.TEST),
        (replace(EPISODE, doses_known=1), 15, Need.FREE),
        (replace(EPISODE, doses_known=None), 14, Need.TEST),
        (with_test(7), 7, Need.DAYS),
        (with_test(7), 8, Need.FREE),
        (with_test(7, TestResult.POSITIVE), 8, Need.TEST),
        (replace(EPISODE, isolation_type=QuarantineType.HOSPITAL), 8, Need.AWAY),
        (replace(EPISODE, outcome=CaseOutcome.RECOVERED), 8, Need.ENDED),
        (replace(EPISODE, isolation_start=None), 8, Need.NO_START),
    ],
)
def test_what_is_needed(episode, number, need):
    assert needs_of(episode, RULE, day(number)).need is need


def test_day_end_and_test_day_are_told():
    found = needs_of(EPISODE, RULE, day(3))
    assert (found.day, found.days, found.until, found.days_left) == (3, 7, date(2022, 3, 16), 4)
    assert (found.test_on, found.longest, found.free_on) == (date(2022, 3, 16), 10, date(2022, 3, 20))


def test_day_zero_shifts_the_count():
    found = needs_of(EPISODE, replace(RULE, first_day_number=0), day(1))
    assert (found.day, found.until) == (0, date(2022, 3, 17))


def codes(**changes):
    wanted = {
        "days": 10, "before": 7, "reason": "còn dương tính", "until": date(2022, 3, 19), "today": date(2022, 3, 16),
        "limits": hours_rule_on(CATALOG.hours_rules, START),
    }  # fmt: skip
    return [(problem.code, problem.level) for problem in check_change(**wanted | changes)]


def test_nd_101_extends_by_ten_days_and_not_beyond_21():
    assert codes() == [("care.other_extension", "warning")]
    assert codes(days=17) == []
    assert codes(days=21, before=11) == []
    assert codes(days=22, before=12) == [("care.over_most_days", "warning")]


def test_since_july_2026_there_is_no_limit():
    assert codes(days=30, limits=hours_rule_on(CATALOG.hours_rules, date(2026, 7, 1))) == []


def test_a_change_needs_a_reason_and_other_days():
    assert codes(reason=" ") == [("care.reason_missing", "error"), ("care.other_extension", "warning")]
    assert codes(days=7) == [("care.same_days", "error")]
    assert codes(days=None) == codes(days=0) == codes(days=61) == [("episodes.isolation_days", "error")]
    assert codes(days=5, until=date(2022, 3, 14)) == [("care.ends_past", "warning")]
    assert codes(days=5, until=date(2022, 3, 16)) == []
