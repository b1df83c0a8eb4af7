"""The hours of NĐ 165/2026/NĐ-CP Điều 15: two to propose, one to decide, three to tell; the limits of NĐ 101/2010."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.catalog import load_catalog
from covidstation.domain.hours import Step, hours_of, hours_rule_on, parse_hours_rules
from covidstation.domain.rule_sets import RuleError
from covidstation.paths import resources

RULES = load_catalog(resources()).hours_rules
NOW_RULE = hours_rule_on(RULES, date(2026, 7, 10))
FOUND = datetime(2026, 7, 10, 7, 15)


def at(hour, minute=0):
    return datetime(2026, 7, 10, hour, minute)


def hours(now, proposed=None, decided=None, told=None, rule=NOW_RULE, found=FOUND):
    return hours_of(rule, now, found=found, proposed=proposed, decided=decided, told=told)


def test_the_clock_began_on_1_july_2026():
    assert not hours_rule_on(RULES, date(2026, 6, 30)).has_clock
    assert hours_rule_on(RULES, date(2026, 7, 1)).has_clock
    assert hours_rule_on(RULES, date(2005, 1, 1)) is None
    assert hours(at(9), rule=hours_rule_on(RULES, date(2022, 3, 10))) is None
    assert hours(at(9), found=None) is None


def test_nd_101_allows_21_days_and_extensions_of_10():
    rule = hours_rule_on(RULES, date(2022, 3, 10))
    assert (rule.most_days, rule.extension_days, rule.hold_minutes) == (21, 10, 180)
    assert (NOW_RULE.most_days, NOW_RULE.extension_days) == (0, 0)


@pytest.mark.parametrize(
    ("now", "left", "late"),
    [
        (at(7, 15), timedelta(hours=2), None),
        (at(9, 15), timedelta(), None),  # the last minute is in time
        (at(9, 16), None, timedelta(minutes=1)),
    ],
)
def test_two_hours_to_propose(now, left, late):
    step = hours(now).running
    assert (step.step, step.due, step.left, step.late) == (Step.PROPOSED, at(9, 15), left, late)


def test_each_step_counts_from_the_one_before():
    shown = hours(at(9), proposed=at(8), decided=at(8, 50))
    assert [step.due for step in shown.steps] == [at(9, 15), at(9), at(11, 50)]
    assert shown.running.step is Step.TOLD
    assert shown.running.left == timedelta(hours=2, minutes=50)


def test_a_step_done_late_stays_late():
    decided = hours(at(12), proposed=at(8), decided=at(9, 30)).steps[1]
    assert (decided.late, decided.running) == (timedelta(minutes=30), False)


def test_a_step_that_nobody_wrote_is_not_asked_after_the_next_one():
    shown = hours(at(12), decided=at(9))
    assert not shown.steps[0].running
    assert shown.running.step is Step.TOLD


def test_held_at_home_three_hours_until_there_is_a_decision():
    assert hours(at(8)).hold_until == at(10, 15)
    assert hours(at(8), proposed=at(7, 30), decided=at(8)).hold_until is None


def test_all_done_runs_nothing():
    assert hours(at(12), at(8), at(8, 30), at(9)).running is None


@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 600))
def test_left_and_late_are_never_both(first, second, more):
    now = FOUND + timedelta(minutes=first + second + more)
    for step in hours(now, FOUND + timedelta(minutes=first), FOUND + timedelta(minutes=first + second)).steps:
        assert step.left is None or step.late is None
        assert step.late is None or step.late > timedelta()


@pytest.mark.parametrize("wrong", ["propose_minutes = -1", 'propose_minutes = "2"', "propose_minutes = true"])
def test_a_damaged_rule_is_refused(wrong):
    text = (resources() / "rules" / "isolation_hours.toml").read_text(encoding="utf-8")
    with pytest.raises(RuleError):
        parse_hours_rules(text.replace("propose_minutes = 120", wrong))
