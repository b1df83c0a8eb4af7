"""Medicines taken day after day: how long a supply lasts, what is needed for some days, what speaks against it.

An amount is in hundredths of a unit (half a tablet is 50), a supply in whole units. A supply lasts until the first day
that it does not fill: 60 tablets, two a day, handed out on 1 March, run out on 31 March.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from covidstation.domain.problems import Problem
from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table
from covidstation.domain.text import fold

WHOLE: Final = 100  # hundredths
MOST_DAYS: Final = 366
MOST_AMOUNT: Final = 100 * WHOLE  # a time; insulin is counted in units of its own
MOST_TIMES: Final = 24


class Place(StrEnum):
    """Where medicines are handed out."""

    STATION = "STATION"
    HOME = "HOME"


class Receiver(StrEnum):
    """Who takes them."""

    SELF = "SELF"
    PROXY = "PROXY"


class Origin(StrEnum):
    """Whose medicines they are: the station's ledger, or brought from elsewhere and only told."""

    STATION = "STATION"
    UPPER = "UPPER"  # handed out by a hospital or the health centre
    OWN = "OWN"  # bought by the family, or left from before


@dataclass(frozen=True, slots=True, kw_only=True)
class DispensingRule(Dated):
    """For how many days medicines may be handed out. `long_conditions`: ICD-10 beginnings; none: all diseases."""

    default_days: int
    ordinary_days: int  # the longest for a disease that is not in `long_conditions`
    longest_days: int
    long_conditions: tuple[str, ...]
    early_days: int  # of the old supply that may be left without a question
    warn_days: int  # before the end from which somebody is in the list

    def longest(self, conditions: Iterable[str]) -> int:
        """The most days for somebody with these ICD-10 codes."""
        named = not self.long_conditions or any(code.startswith(self.long_conditions) for code in conditions)
        return self.longest_days if named else self.ordinary_days

    def usual(self, conditions: Iterable[str]) -> int:
        """The days that are offered first."""
        return min(self.default_days, self.longest(conditions))


def read_dispensing_rule(table: dict[str, Any]) -> DispensingRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "dispensing")
    found = DispensingRule(
        **row.dated(),
        default_days=row.count("default_days"),
        ordinary_days=row.count("ordinary_days"),
        longest_days=row.count("longest_days"),
        long_conditions=tuple(row.texts("long_conditions", [])),
        early_days=row.count("early_days"),
        warn_days=row.count("warn_days"),
    )
    row.close()
    if not 0 < found.ordinary_days <= found.longest_days <= MOST_DAYS:
        raise row.trouble("longest_days")
    if not 0 < found.default_days <= found.longest_days:
        raise row.trouble("default_days")
    return found


def parse_dispensing_rules(text: str) -> tuple[DispensingRule, ...]:
    """Read the TOML of the rules. Raises RuleError."""
    return tuple(map(read_dispensing_rule, rule_tables(text)))


def dispensing_rule_on(rules: Iterable[DispensingRule], day: date) -> DispensingRule:
    """The one in force on that day; the oldest for a day before all of them. Raises RuleError when there are none."""
    known = sorted(rules, key=lambda rule: rule.valid_from)
    if known and day < known[0].valid_from:
        return known[0]
    return rule_on(known, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """How a medicine is taken: hundredths of a unit at a time, times a day."""

    amount: int
    times: int

    @property
    def per_day(self) -> int:
        """Hundredths of a unit."""
        return self.amount * self.times

    def units(self, days: int) -> int:
        """Whole units that these days need."""
        return -(-self.per_day * days // WHOLE)

    def days(self, units: int) -> int:
        """Full days that they last."""
        return units * WHOLE // self.per_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Units handed out on a day; negative when they came back. `counted`: what was left then, when somebody counted."""

    day: date
    units: int
    counted: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Where a person stands with one medicine after its supplies. All in days and units."""

    runs_out_on: date  # the first day that is not filled
    last_on: date
    missed: int = 0  # days without any, between the first supply and the last
    rest: int = field(default=0, compare=False)  # hundredths of a unit there on `last_on`, with what came on it

    def left(self, day: date) -> int:
        """Full days still there on that day."""
        return max(0, (self.runs_out_on - day).days)


def cover(regimen: Regimen, supplies: Iterable[Supply]) -> Cover | None:
    """What the supplies cover, in the order of their days; None when nothing was handed out yet.

    What is left of an earlier supply is used up first, so whoever comes early loses no day; a count replaces what was
    computed.
    """
    left, missed, last = 0, 0, None
    for supply in sorted(supplies, key=lambda one: one.day):
        if last is not None:
            used = regimen.per_day * (supply.day - last).days
            missed += max(0, (used - left) // regimen.per_day)
            left = max(0, left - used)
        if supply.counted is not None:
            left = supply.counted * WHOLE
        left = max(0, left + supply.units * WHOLE)
        last = supply.day
    if last is None:
        return None
    runs_out_on = last + timedelta(days=left // regimen.per_day)
    return Cover(runs_out_on=runs_out_on, last_on=last, missed=missed, rest=left)


def left_units(regimen: Regimen, supplies: Sequence[Supply], day: date) -> int:
    """Whole units that should still be there on that day, before anything is handed out on it; also those that make
    up no full day, and what was handed out later already."""
    found = cover(regimen, [*supplies, Supply(day=day, units=0)])
    if found is None:
        return 0
    return (found.rest + regimen.per_day * (found.last_on - day).days) // WHOLE if found.rest else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A medicine that somebody takes: what a second one of the same substance is compared with."""

    name: str
    substances: tuple[str, ...]


def same_substance(new: Iterable[str], others: Iterable[Taken]) -> tuple[tuple[str, str], ...]:
    """Active substances that are taken already, each with the medicine that holds it; letters and accents aside."""
    wanted = {fold(name): name for name in new}
    return tuple(
        (wanted[fold(name)], other.name) for other in others for name in other.substances if fold(name) in wanted
    )


def check_days(days: int, rule: DispensingRule, conditions: Iterable[str], left: int, until: date) -> list[Problem]:
    """What speaks against handing out for so many days; `left` are full days of the old supply, which ends on `until`.

    More than the rule allows, or much too early, is asked back; a number of days that cannot be is an error.
    """
    if not 1 <= days <= MOST_DAYS:
        return [Problem("days", "dispensing.days", {"most": str(MOST_DAYS)})]
    found = []
    longest = rule.longest(conditions)
    if days > longest:
        params = {"days": str(days), "most": str(longest), "rule": rule.title}
        found.append(Problem("days", "dispensing.longer", params, "warning"))
    if left > rule.early_days:
        params = {"left": str(left), "until": f"{until:%d/%m/%Y}"}
        found.append(Problem("days", "dispensing.early", params, "warning"))
    return found
