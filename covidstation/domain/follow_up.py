"""The twelve months after an illness: when somebody asks how the person is. The months are dated data."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from covidstation.domain.care import VisitMeans
from covidstation.domain.rule_sets import Dated, RuleError, rule_on, rule_tables
from covidstation.domain.rule_tables import Table

MOST_MONTHS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRule(Dated):
    """A plan: so many months after recovery, each by visit or by phone."""

    months: tuple[int, ...]
    means: VisitMeans
    sentence: str
    confirmed: bool


def read_follow_up_rule(table: dict[str, Any]) -> FollowUpRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "follow_up")
    rule = FollowUpRule(
        **row.dated(),
        months=row.counts("months", 1),
        means=row.member("means", VisitMeans),
        sentence=row.text("sentence"),
    )
    row.close()
    if any(months > MOST_MONTHS for months in rule.months):
        raise row.trouble("months")
    return rule


def parse_follow_up_rules(text: str) -> tuple[FollowUpRule, ...]:
    """Read the TOML of the rules. Raises RuleError."""
    return tuple(map(read_follow_up_rule, rule_tables(text)))


def follow_up_rule_on(rules: Iterable[FollowUpRule], day: date) -> FollowUpRule | None:
    """The plan for somebody who recovered on that day; None when there is none."""
    try:
        return rule_on(rules, day)
    except RuleError:
        return None


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where it has no such day: 31/1 + 1 = 28/2."""
    at = day.year * 12 + day.month - 1 + months
    year, month = divmod(at, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_days(rule: FollowUpRule, recovered_on: date) -> tuple[date, ...]:
    """The days of the plan, the first one first."""
    return tuple(months_after(recovered_on, months) for months in sorted(rule.months))
