"""Elders, small children and the bands of a table: from the rule of the day, and no damaged one."""

from datetime import date

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.age_groups import age_groups_on, read_age_groups
from covidstation.domain.rule_sets import Family, RuleError
from covidstation.paths import resources

RULES = load_catalog(resources()).age_groups
TODAY = date(2026, 7, 10)


def test_the_law_on_the_elderly_says_sixty():
    """Law of 23/11/2009, article 2; whether it still says so nobody has confirmed."""
    groups = age_groups_on(RULES, TODAY)
    assert (groups.elder_from, groups.child_below, groups.confirmed) == (60, 6, False)


def test_the_bands_leave_no_age_out_and_none_twice():
    spans = age_groups_on(RULES, TODAY).spans
    for age in range(121):
        assert len([one for one in spans if one[0] <= age and (one[1] is None or age < one[1])]) == 1


def test_a_day_before_all_rules_has_the_oldest():
    assert age_groups_on(RULES, date(1999, 1, 1)) == RULES[0]
    with pytest.raises(RuleError):
        age_groups_on((), TODAY)


def test_damaged_rules_are_refused():
    good = load_catalog(resources()).rule_tables(Family.AGE_GROUPS)[0]
    assert read_age_groups(good).band_starts[0] == 0
    for wrong in (
        {"elder_from": 6}, {"elder_from": 121}, {"child_below": 0}, {"elder_from": "60"}, {"band_starts": []},
        {"band_starts": [1, 5]}, {"band_starts": [0, 0]}, {"band_starts": [0, 200]}, {"band_starts": list(range(13))},
        {"older": 1},
    ):  # fmt: skip
        with pytest.raises(RuleError):
            read_age_groups(good | wrong)
