"""How vaccines are kept: the bounds for each kind of fridge, when a day is read; dated data of
`resources/rules/cold_chain.toml`.

Temperatures are tenths of a degree Celsius.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table
from covidstation.domain.text import NAME_LIMIT

LEAST, MOST = -990, 500
"""What a thermometer can show; beyond it is a slip of the keyboard."""
_MOST_TURNS: Final = 6


class FridgeKind(StrEnum):
    """What it is. A box is read while something is in it, all others every day."""

    FRIDGE = "FRIDGE"
    COLD_BOX = "COLD_BOX"
    CARRIER = "CARRIER"
    FREEZER = "FREEZER"
    ULTRA = "ULTRA"

    @classmethod
    def _missing_(cls, value: object) -> FridgeKind:
        return cls.FRIDGE

    @property
    def daily(self) -> bool:
        """Whether somebody reads it in every turn."""
        return self not in (FridgeKind.COLD_BOX, FridgeKind.CARRIER)


@dataclass(frozen=True, slots=True)
class Turn:
    """A time of the day at which the thermometer is read: from an hour until the next turn begins, late from
    `by_hour`."""

    code: str
    label: str
    from_hour: int
    by_hour: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """Both are still good."""

    kind: FridgeKind
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdChainRule(Dated):
    """`low` and `high` are still good: of a fridge, and of whatever `kinds` does not name. At `freezing` and below it a
    vaccine that must not freeze is lost. The first turn begins with the day."""

    low: int
    high: int
    freezing: int = 0
    kinds: tuple[Bounds, ...] = ()
    turns: tuple[Turn, ...]

    def of(self, kind: FridgeKind) -> ColdChainRule:
        """The same with the bounds of that kind."""
        found = next((one for one in self.kinds if one.kind is kind), None)
        return self if found is None else replace(self, low=found.low, high=found.high)

    def outside(self, temperature: int) -> bool:
        """Whether that is no temperature for vaccines."""
        return self.beyond(temperature) > 0

    def beyond(self, temperature: int) -> int:
        """How far it is from the nearer bound; 0 between them."""
        return max(self.low - temperature, temperature - self.high, 0)

    def frozen(self, temperature: int) -> bool:
        """Whether vaccine froze that must not: no question where it is kept frozen."""
        return temperature <= self.freezing < self.low

    def slipped(self, temperature: int) -> bool:
        """Whether the comma was likely forgotten: `38` for 3,8."""
        return self.outside(temperature) and temperature % 10 == 0 and not self.outside(temperature // 10)

    def turn_at(self, at: datetime) -> Turn:
        """The turn that a reading of that moment counts for."""
        return [one for one in self.turns if one.from_hour <= at.hour][-1]


def read_cold_rule(table: dict[str, Any]) -> ColdChainRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "cold_chain")
    dated = row.dated()
    low, high = _span(row)
    freezing = _tenths(row, "freezing") if "freezing" in table else 0
    turns = tuple(map(_turn, row.plain_tables("turns")))
    kinds = tuple(map(_bounds, row.plain_tables("kinds")))
    row.close()
    if len({one.kind for one in kinds}) < len(kinds):
        raise row.trouble("kinds")
    hours = [one.from_hour for one in turns]
    if not 0 < len(turns) <= _MOST_TURNS or hours[0] != 0 or hours != sorted(set(hours)):
        raise row.trouble("turns")
    ends = [*hours[1:], 24]
    if any(one.by_hour > end for one, end in zip(turns, ends, strict=True)):
        raise row.trouble("turns")
    if len({one.code for one in turns}) < len(turns):
        raise row.trouble("turns")
    return ColdChainRule(**dated, low=low, high=high, freezing=freezing, kinds=kinds, turns=turns)


def _span(row: Table) -> tuple[int, int]:
    low, high = _tenths(row, "coldest"), _tenths(row, "warmest")
    if not LEAST <= low < high <= MOST:
        raise row.trouble("warmest")
    return low, high


def _tenths(row: Table, name: str) -> int:
    value = row.number(name)
    if not value.is_integer():
        raise row.trouble(name)
    return int(value)


def _bounds(row: Table) -> Bounds:
    word = row.text("kind")
    if word not in set(FridgeKind):
        raise row.trouble("kind")
    made = Bounds(FridgeKind(word), *_span(row))
    row.close()
    return made


def _turn(row: Table) -> Turn:
    made = Turn(row.text("code"), row.text("label"), row.count("from_hour"), row.count("by_hour"))
    row.close()
    if not made.from_hour < made.by_hour <= 24:
        raise row.trouble("by_hour")
    if max(len(made.code), len(made.label)) > NAME_LIMIT:
        raise row.trouble("label")
    return made


def parse_cold_rules(text: str) -> tuple[ColdChainRule, ...]:
    """The rules of the file. Raises RuleError."""
    return tuple(map(read_cold_rule, rule_tables(text)))


def cold_rule_on(rules: Iterable[ColdChainRule], day: date) -> ColdChainRule:
    """The one in force on that day; the oldest for a day before all of them. Raises RuleError when there are none."""
    known = sorted(rules, key=lambda one: one.valid_from)
    return known[0] if known and day < known[0].valid_from else rule_on(known, day)
