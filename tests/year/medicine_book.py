"""The book of medicines on paper: a box a person and medicine, from which a day's dose is taken each day.

Knows nothing of the program. From issue 6 and docs/adr/0041; what a rule allows is read from its TOML as data.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

DAY = timedelta(days=1)


def rules(path: Path) -> list[dict[str, Any]]:
    """The tables of a file of rules, the oldest first."""
    found: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["rule"]
    return sorted(found, key=lambda rule: rule["valid_from"])


def rule_on(tables: list[dict[str, Any]], day: date) -> dict[str, Any]:
    """The one of that day."""
    return next(
        rule for rule in reversed(tables) if rule["valid_from"] <= day and day <= rule.get("valid_until", date.max)
    )


@dataclass
class Supply:
    """What came into the house on a day, or went out of it; `counted` was there before."""

    act: object
    day: date
    units: int
    counted: int | None = None


@dataclass
class Taken:
    """One medicine of one person; the dose in hundredths of a unit a day."""

    id: UUID
    person: UUID
    item: UUID
    substance: str
    dose: int
    condition: str
    start: date
    ended: date | None = None
    supplies: list[Supply] = field(default_factory=list)

    def in_order(self) -> list[Supply]:
        """By their days, as written within one."""
        return sorted(self.supplies, key=lambda one: one.day)

    def box(self, day: date) -> int:
        """Hundredths of a unit that are there in the morning of that day, before anything comes into the house."""
        coming = self.in_order()
        if not coming or coming[0].day >= day:
            return 0
        today, left = coming[0].day, 0
        while today < day:
            for one in coming:
                if one.day == today:
                    left = one.counted * 100 if one.counted is not None else left
                    left = max(0, left + one.units * 100)
            left = max(0, left - self.dose)
            today += DAY
        return left

    def with_what_came(self, day: date) -> int:
        """The same with what comes into the house or leaves it on that day."""
        left = self.box(day)
        for one in self.in_order():
            if one.day == day:
                left = one.counted * 100 if one.counted is not None else left
                left = max(0, left + one.units * 100)
        return left

    def runs_out(self) -> date:
        """The first day without a whole day's dose, after the last time anything came into the house or left it."""
        coming = self.in_order()
        if not coming:
            return self.start
        day = coming[-1].day
        left = self.with_what_came(day)
        while left >= self.dose:
            left -= self.dose
            day += DAY
        return day

    def given(self) -> int:
        """Units that came into the house and did not come back; a rest that was taken over counts as what it was."""
        return sum(one.units or one.counted or 0 for one in self.supplies)


class MedicineBook:
    """Everybody's medicines."""

    def __init__(self, folder: Path) -> None:
        self.tables = rules(folder / "dispensing.toml")
        self.taken: dict[UUID, Taken] = {}
        self.of_person: dict[UUID, list[Taken]] = {}

    def add(self, one: Taken) -> None:
        """A new one."""
        self.taken[one.id] = one
        self.of_person.setdefault(one.person, []).append(one)

    def open(self, person: UUID) -> list[Taken]:
        """What somebody takes now."""
        return [one for one in self.of_person.get(person, ()) if one.ended is None]

    def longest(self, one: Taken, codes: list[str], day: date) -> int:
        """The most days that the rule of that day allows, for what the person is followed for and what it is for."""
        rule = rule_on(self.tables, day)
        wanted = tuple(rule.get("long_conditions", ()))
        known = [*codes, one.condition] if one.condition else codes
        return int(rule["longest_days"] if not wanted or any(map(lambda c: c.startswith(wanted), known)) else
                   rule["ordinary_days"])  # fmt: skip

    def asked_back(self, one: Taken, days: int, counted: int | None, codes: list[str], day: date) -> bool:
        """Longer than the rule allows, or much too early."""
        left = counted * 100 if counted is not None else self._left_then(one, day)
        early = left // one.dose > int(rule_on(self.tables, day)["early_days"])
        return days > self.longest(one, codes, day) or early

    def _left_then(self, one: Taken, day: date) -> int:
        """What was there on that day with all that had come by its evening."""
        known = Taken(one.id, one.person, one.item, one.substance, one.dose, one.condition, one.start)
        known.supplies = [supply for supply in one.supplies if supply.day <= day]
        return known.with_what_came(day)

    def running_out(self, until: date, in_care: set[UUID]) -> dict[UUID, tuple[date, int]]:
        """Who runs out by that day: when first, and of how many medicines."""
        found: dict[UUID, list[date]] = {}
        for one in self.taken.values():
            if one.ended is None and one.person in in_care and one.runs_out() <= until:
                found.setdefault(one.person, []).append(one.runs_out())
        return {person: (min(days), len(days)) for person, days in found.items()}
