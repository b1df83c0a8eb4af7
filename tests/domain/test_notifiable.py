"""The clock against the circulars: TT 54/2015 (24 h), QĐ 26/2023 (group B), TT 15/2026 (48 h, deaths 24 h, week)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from covidstation.domain.notifiable import (
    NoticeEvent,
    ReportClass,
    due_at,
    parse_notifiable_rules,
    read_notifiable_rule,
)
from covidstation.domain.rule_sets import RuleError, rule_on, rule_tables
from covidstation.paths import resources

TEXT = (resources() / "rules" / "notifiable.toml").read_text(encoding="utf-8")
RULES = parse_notifiable_rules(TEXT)


@pytest.mark.parametrize(
    ("day", "case", "death"),
    [
        (date(2022, 3, 10), 24, 24),
        (date(2023, 10, 19), 24, 24),
        (date(2023, 10, 20), 48, 48),
        (date(2026, 6, 30), 48, 48),
        (date(2026, 7, 1), 48, 24),
    ],
)
def test_the_hours_at_the_borders_of_the_regimes(day, case, death):
    rule = rule_on(RULES, day)
    known = datetime(day.year, day.month, day.day, 9)
    assert (due_at(rule, NoticeEvent.CASE, known) - known).total_seconds() == case * 3600
    assert (due_at(rule, NoticeEvent.DEATH, known) - known).total_seconds() == death * 3600


def test_the_codes_of_the_circular():
    assert rule_on(RULES, date(2026, 7, 1)).icd10 == ("U07.1", "U07.2")


def test_a_weekly_disease_is_due_before_wednesday_after_its_week():
    """Monday 00h to Sunday 24h, sent before Wednesday: a case of Monday and one of Sunday are due together."""
    rule = replace(RULES[-1], report_class=ReportClass.WEEKLY)
    for known in (datetime(2026, 7, 6, 0, 0), datetime(2026, 7, 12, 23, 59)):
        assert due_at(rule, NoticeEvent.CASE, known) == datetime(2026, 7, 15)


def test_what_was_not_read_in_its_source_says_so():
    assert [rule.confirmed for rule in RULES] == [True, False, False]
    assert all(rule.source for rule in RULES)


@pytest.mark.parametrize(
    "change", [{"case_hours": 0}, {"report_class": "NEVER"}, {"hours": 3}, {"icd10": None}, {"case_hours": "24"}]
)
def test_a_rule_that_cannot_be_kept_is_refused(change):
    with pytest.raises(RuleError):
        read_notifiable_rule(rule_tables(TEXT)[0] | change)
