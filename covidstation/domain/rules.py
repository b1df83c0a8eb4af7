"""How long a home isolation lasts: dated rules read from `resources/rules/isolation.toml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_sets import RuleError as RuleError
from covidstation.domain.rule_tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolationRule(Dated):
    """One rule: `days` in full, longer while the test stays positive, counted from `first_day_number`.

    The day on which isolation starts bears `first_day_number`: 1 makes it the first day of the count. A negative test
    counts from the last day on, or from `test_days_before_end` days before it.
    """

    days: int
    days_still_positive: int  # in total, for the fully vaccinated
    days_still_positive_unvaccinated: int
    full_doses: int  # as many doses make a person fully vaccinated
    needs_negative_test: bool
    first_day_number: int
    test_days_before_end: int = 0
    sentence: str


def read_isolation_rule(table: dict[str, Any]) -> IsolationRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "isolation")
    rule = IsolationRule(
        **row.dated(),
        days=row.count("days"),
        days_still_positive=row.count("days_still_positive"),
        days_still_positive_unvaccinated=row.count("days_still_positive_unvaccinated"),
        full_doses=row.count("full_doses"),
        needs_negative_test=row.flag("needs_negative_test"),
        first_day_number=row.count("first_day_number"),
        test_days_before_end=row.count("test_days_before_end", 0),
        sentence=row.text("sentence"),
    )
    row.close()
    if not rule.days or rule.first_day_number > 1:
        raise row.trouble("days" if not rule.days else "first_day_number")
    return rule


def parse_isolation_rules(text: str) -> tuple[IsolationRule, ...]:
    """Read the TOML of the rules. Raises RuleError."""
    return tuple(map(read_isolation_rule, rule_tables(text)))


def isolation_rule_on(rules: Iterable[IsolationRule], day: date) -> IsolationRule:
    """The one rule for an isolation that starts on that day; RuleError when there is none, or more than one."""
    return rule_on(rules, day)


def isolation_end(rule: IsolationRule, start: date, days: int | None = None) -> date:
    """The last day of isolation, itself included: 10/03 with 7 days and a first day number of 1 ends on 16/03."""
    return start + timedelta(days=(days or rule.days) - rule.first_day_number)
