"""From which age somebody counts as an elder, until which as a small child, and the ages that a table is parted by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table

OLDEST: Final = 120  # years
MOST_BANDS: Final = 12  # that fit a sheet of A4

AgeSpan = tuple[int, int | None]
"""Full years: from the first on, below the second; None leaves it open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeGroups(Dated):
    """Full years. `band_starts` is where each line of a table begins, the first at 0."""

    elder_from: int
    child_below: int
    band_starts: tuple[int, ...]

    @property
    def spans(self) -> tuple[AgeSpan, ...]:
        """The bands, each below the next one's start, the last one open."""
        return (*pairwise(self.band_starts), (self.band_starts[-1], None))


def read_age_groups(table: dict[str, Any]) -> AgeGroups:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "age_groups")
    found = AgeGroups(
        **row.dated(),
        elder_from=row.count("elder_from"),
        child_below=row.count("child_below"),
        band_starts=row.counts("band_starts"),
    )
    row.close()
    if not 0 < found.child_below < found.elder_from <= OLDEST:
        raise row.trouble("elder_from")
    starts = found.band_starts
    if not starts or starts[0] != 0 or starts[-1] > OLDEST or len(starts) > MOST_BANDS:
        raise row.trouble("band_starts")
    return found


def parse_age_groups(text: str) -> tuple[AgeGroups, ...]:
    """Read the TOML of the rules. Raises RuleError."""
    return tuple(map(read_age_groups, rule_tables(text)))


def age_groups_on(rules: Iterable[AgeGroups], day: date) -> AgeGroups:
    """Those in force on that day; the oldest for a day before all of them. Raises RuleError when there are none."""
    known = sorted(rules, key=lambda rule: rule.valid_from)
    if known and day < known[0].valid_from:
        return known[0]
    return rule_on(known, day)
