"""Groups that are vaccinated first, by date (`resources/rules/vaccine_priority.toml`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from covidstation.domain.code_lists import MOST_CODE, MOST_LABEL
from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table

MOST_GROUPS: Final = 40


@dataclass(frozen=True, slots=True)
class PriorityGroup:
    """One group. Who is `from_age` full years old (None: no age), or has an underlying disease when it is `chronic`,
    belongs to it when nobody said another one."""

    code: str
    label: str
    from_age: int | None = None
    chronic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityList(Dated):
    """The groups of one time, in their order."""

    groups: tuple[PriorityGroup, ...]

    def group(self, code: str) -> PriorityGroup | None:
        """The group of that code."""
        return next((one for one in self.groups if one.code == code), None)

    def group_of(self, said: str, age: int | None, conditions: Collection[str]) -> str:
        """The code of somebody's group: what was said, else the first that fits the age or the diseases; else empty."""
        if said:
            return said
        fitting = (
            one
            for one in self.groups
            if (one.chronic and conditions) or (one.from_age is not None and age is not None and age >= one.from_age)
        )
        found = next(fitting, None)
        return found.code if found else ""


def read_priority_list(table: dict[str, Any]) -> PriorityList:
    """One list from its table. Raises RuleError, which names the field."""
    row = Table(table, "vaccine_priority")
    dated = row.dated()
    groups = tuple(map(_group, row.plain_tables("groups")))
    row.close()
    if not 0 < len(groups) <= MOST_GROUPS or len({one.code for one in groups}) < len(groups):
        raise row.trouble("groups")
    return PriorityList(**dated, groups=groups)


def _group(row: Table) -> PriorityGroup:
    made = PriorityGroup(
        row.text("code"), row.text("label"), row.optional_count("from_age"), row.flag("chronic", False)
    )
    row.close()
    if len(made.code) > MOST_CODE:
        raise row.trouble("code")
    if len(made.label) > MOST_LABEL:
        raise row.trouble("label")
    return made


def parse_priority_lists(text: str) -> tuple[PriorityList, ...]:
    """The lists of the file. Raises RuleError."""
    return tuple(map(read_priority_list, rule_tables(text)))


def priority_on(lists: Iterable[PriorityList], day: date) -> PriorityList:
    """The one in force on that day; the oldest for a day before all of them. Raises RuleError when there are none."""
    known = sorted(lists, key=lambda one: one.valid_from)
    return known[0] if known and day < known[0].valid_from else rule_on(known, day)
