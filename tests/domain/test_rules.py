"""How long isolation lasts, by the day on which it starts."""

from dataclasses import replace
from datetime import date

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.rules import RuleError, isolation_end, isolation_rule_on, parse_isolation_rules
from covidstation.paths import resources

RULES = load_catalog(resources()).isolation_rules


@pytest.mark.parametrize(
    ("day", "days", "confirmed"),
    [
        (date(2021, 9, 1), 14, False),
        (date(2021, 12, 28), 10, True),
        (date(2022, 1, 27), 10, True),
        (date(2022, 1, 28), 7, True),
        (date(2022, 3, 10), 7, True),
        (date(2026, 7, 1), 7, False),
    ],
)
def test_days_by_circular(day, days, confirmed):
    rule = isolation_rule_on(RULES, day)
    assert (rule.days, rule.confirmed) == (days, confirmed)
    assert rule.source and rule.sentence


def test_longer_while_the_test_stays_positive():
    rule = isolation_rule_on(RULES, date(2022, 3, 10))
    assert (rule.days_still_positive, rule.days_still_positive_unvaccinated) == (10, 14)
    assert rule.needs_negative_test


def test_seven_days_from_the_tenth_end_on_the_sixteenth():
    rule = isolation_rule_on(RULES, date(2022, 3, 10))
    assert isolation_end(rule, date(2022, 3, 10)) == date(2022, 3, 16)
    assert isolation_end(replace(rule, first_day_number=0), date(2022, 3, 10)) == date(2022, 3, 17)
    assert isolation_end(rule, date(2022, 3, 10), 14) == date(2022, 3, 23)


def test_a_day_has_one_rule_or_says_so():
    with pytest.raises(RuleError):
        isolation_rule_on(RULES, date(2019, 1, 1))
    with pytest.raises(RuleError):
        isolation_rule_on((*RULES, *RULES), date(2022, 3, 10))


@pytest.mark.parametrize("text", ["", "x", "[[rule]]\nid = 'a'", "rule = 3"])
def test_damaged_rules_are_refused(text):
    with pytest.raises(RuleError):
        parse_isolation_rules(text)
