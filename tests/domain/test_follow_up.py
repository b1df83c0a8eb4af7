"""The months after: same day of the month, its last day where it has no such."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.catalog import load_catalog
from covidstation.domain.follow_up import due_days, follow_up_rule_on, months_after, read_follow_up_rule
from covidstation.domain.rule_sets import Family, RuleError
from covidstation.paths import resources

RULE = follow_up_rule_on(load_catalog(resources()).follow_up_rules, date(2022, 3, 17))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2022, 3, 17), 1, date(2022, 4, 17)),
        (date(2022, 1, 31), 1, date(2022, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2022, 12, 31), 6, date(2023, 6, 30)),
        (date(2022, 12, 1), 12, date(2023, 12, 1)),
    ],
)
def test_months_after(day, months, then):
    assert months_after(day, months) == then


def test_the_plan_reaches_twelve_months_and_is_unconfirmed():
    assert due_days(RULE, date(2022, 3, 17)) == (
        date(2022, 4, 17), date(2022, 6, 17), date(2022, 9, 17), date(2023, 3, 17),
    )  # fmt: skip
    assert not RULE.confirmed


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 24))
def test_a_month_later_is_28_to_31_days_later(day, months):
    assert timedelta(28) <= months_after(day, months) - months_after(day, months - 1) <= timedelta(31)


def test_damaged_plans_are_refused():
    good = load_catalog(resources()).rule_tables(Family.FOLLOW_UP)[0]
    assert read_follow_up_rule(good).months == (1, 3, 6, 12)
    for wrong in ({"months": [0]}, {"months": [1, 1]}, {"months": ["1"]}, {"means": "FAX"}, {"months": 3}):
        with pytest.raises(RuleError):
            read_follow_up_rule(good | wrong)
