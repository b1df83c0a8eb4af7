"""How many of whom have had which dose, over the managed population; what a target still lacks (docs/adr/0046).

One rule counts everybody: whoever the station manages at the end of that day, permanent and temporary, with every dose
that stands in their book, wherever it was given. Whoever died, left or was handed over is in neither number; who came
brings their doses along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from covidstation.domain.age_groups import OLDEST, AgeSpan
from covidstation.domain.people import Sex
from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table

ALL: Final = 100  # percent
K = TypeVar("K")


class Level(StrEnum):
    """What somebody can have reached, in the order of `states.Reached`."""

    FIRST = "FIRST"  # one dose at least
    BASIC = "BASIC"  # the basic course
    ADDED = "ADDED"  # the additional dose
    BOOSTER = "BOOSTER"
    BOOSTER2 = "BOOSTER2"


LEVELS: Final = tuple(Level)


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """So many people who are alike, and how many of them have reached each of `LEVELS`."""

    hamlet_id: UUID | None
    sex: Sex
    age: int | None  # full years by the earliest day that a birth can be
    group: str  # of those that are vaccinated first; empty for none
    diseased: bool
    people: int
    reached: tuple[int, ...]
    months: tuple[tuple[date, tuple[int, ...]], ...] = ()  # how many of them reached which level in a month


@dataclass(frozen=True, slots=True)
class Share:
    """Some of the population: `people`, of whom so many have reached each of `LEVELS`."""

    people: int
    reached: tuple[int, ...]

    def count(self, level: Level) -> int:
        """How many have reached it."""
        return self.reached[LEVELS.index(level)]

    def tenths(self, level: Level) -> int | None:
        """Tenths of a percent, never rounded up to a mark that was not reached; None of nobody."""
        return self.count(level) * ALL * 10 // self.people if self.people else None

    def lacks(self, level: Level, percent: int) -> int:
        """How many more are needed for that many percent."""
        return max(0, -(-self.people * percent // ALL) - self.count(level))


@dataclass(frozen=True, slots=True)
class Coverage:
    """The managed population at the end of that day, or some of it."""

    day: date
    cells: tuple[CoverageCell, ...]

    @property
    def months(self) -> tuple[tuple[date, tuple[int, ...]], ...]:
        """The first day of each month in which somebody reached something, and how many reached each of `LEVELS`."""
        found: dict[date, list[int]] = {}
        for cell in self.cells:
            for month, counts in cell.months:
                held = found.setdefault(month, [0] * len(LEVELS))
                for at, count in enumerate(counts):
                    held[at] += count
        return tuple((month, tuple(found[month])) for month in sorted(found))

    def of(self, fits: Callable[[CoverageCell], bool]) -> Coverage:
        """Of those alone whom `fits` takes."""
        return Coverage(self.day, tuple(cell for cell in self.cells if fits(cell)))

    def share(self, fits: Callable[[CoverageCell], bool] = lambda _cell: True) -> Share:
        """Those whom `fits` takes."""
        return _summed(cell for cell in self.cells if fits(cell))

    def by(self, key: Callable[[CoverageCell], K]) -> Mapping[K, Share]:
        """The whole, parted: each cell is in one part."""
        found: dict[K, list[CoverageCell]] = {}
        for cell in self.cells:
            found.setdefault(key(cell), []).append(cell)
        return {one: _summed(cells) for one, cells in found.items()}


def _summed(cells: Iterable[CoverageCell]) -> Share:
    people, reached = 0, [0] * len(LEVELS)
    for cell in cells:
        people += cell.people
        for at, count in enumerate(cell.reached):
            reached[at] += count
    return Share(people, tuple(reached))


def span_of(age: int | None, spans: Sequence[AgeSpan]) -> AgeSpan | None:
    """The band that an age is in; None for an unknown one."""
    if age is None:
        return None
    return next((one for one in spans if one[0] <= age and (one[1] is None or age < one[1])), None)


@dataclass(frozen=True, slots=True)
class LevelFigure:
    """One figure that is told with the epidemic level: how many from so many full years on have `level`."""

    label: str
    level: Level
    from_age: int = 0

    def takes(self, cell: CoverageCell) -> bool:
        """Whether these people are of that age; everybody where none is named."""
        return not self.from_age or (cell.age is not None and cell.age >= self.from_age)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRule(Dated):
    """What an epidemic level asks for: `level` by so many percent of everybody, and of those at risk: from `risk_age`
    full years on, or `risk_diseases` with an underlying disease. `figures` are told beside them."""

    level: Level
    percent: int
    risk_percent: int
    risk_age: int
    risk_diseases: bool
    figures: tuple[LevelFigure, ...] = ()

    def at_risk(self, cell: CoverageCell) -> bool:
        """Whether these people are."""
        return (cell.age is not None and cell.age >= self.risk_age) or (self.risk_diseases and cell.diseased)


def read_coverage_rule(table: dict[str, Any]) -> CoverageRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "vaccine_coverage")
    found = CoverageRule(
        **row.dated(),
        level=row.member("level", Level),
        percent=row.count("percent"),
        risk_percent=row.count("risk_percent"),
        risk_age=row.count("risk_age"),
        risk_diseases=row.flag("risk_diseases"),
        figures=tuple(map(_figure, row.plain_tables("figures"))),
    )
    row.close()
    for name in ("percent", "risk_percent"):
        if not 0 < getattr(found, name) <= ALL:
            raise row.trouble(name)
    if not 0 < found.risk_age <= OLDEST:
        raise row.trouble("risk_age")
    return found


def _figure(row: Table) -> LevelFigure:
    made = LevelFigure(row.text("label"), row.member("level", Level), row.count("from_age", 0))
    row.close()
    if made.from_age > OLDEST:
        raise row.trouble("from_age")
    return made


def parse_coverage_rules(text: str) -> tuple[CoverageRule, ...]:
    """The rules of the file. Raises RuleError."""
    return tuple(map(read_coverage_rule, rule_tables(text)))


def coverage_rule_on(rules: Iterable[CoverageRule], day: date) -> CoverageRule:
    """The one in force on that day; the oldest for a day before all of them. Raises RuleError when there are none."""
    known = sorted(rules, key=lambda one: one.valid_from)
    return known[0] if known and day < known[0].valid_from else rule_on(known, day)
