"""How long a home isolation lasts: dated rules read from `resources/rules/isolation.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


class RuleError(ValueError):
    """Rules that cannot be read, or a day without its one rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolationRule:
    """One rule: `days` in full, longer while the test stays positive, counted from `first_day_number`.

    The day on which isolation starts bears `first_day_number`: 1 makes it the first day of the count.
    """

    id: str
    valid_from: date
    valid_until: date | None
    days: int
    days_still_positive: int  # in total, for the fully vaccinated
    days_still_positive_unvaccinated: int
    full_doses: int  # as many doses make a person fully vaccinated
    needs_negative_test: bool
    first_day_number: int
    sentence: str
    source: str
    confirmed: bool

    def on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= day <= (self.valid_until or date.max)


def parse_isolation_rules(text: str) -> tuple[IsolationRule, ...]:
    """Read the TOML of the rules. Raises RuleError."""
    try:
        return tuple(IsolationRule(**{"valid_until": None, **rule}) for rule in tomllib.loads(text)["rule"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as trouble:
        raise RuleError(str(trouble)) from trouble


def isolation_rule_on(rules: Iterable[IsolationRule], day: date) -> IsolationRule:
    """The one rule for an isolation that starts on that day; RuleError when there is none, or more than one."""
    found = [rule for rule in rules if rule.on(day)]
    if len(found) != 1:
        raise RuleError(f"{day.isoformat()}: {len(found)} rules")
    return found[0]


def isolation_end(rule: IsolationRule, start: date, days: int | None = None) -> date:
    """The last day of isolation, itself included: 10/03 with 7 days and a first day number of 1 ends on 16/03."""
    return start + timedelta(days=(days or rule.days) - rule.first_day_number)
