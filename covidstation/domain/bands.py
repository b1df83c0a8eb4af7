"""Age bands in months, and comparisons of a measured number with a limit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

YEAR: Final = 12  # months
OLDEST: Final = 200 * YEAR  # an age of which nothing is known ends here


class When(StrEnum):
    """How a value is held against a limit."""

    AT_MOST = "at_most"
    BELOW = "below"
    AT_LEAST = "at_least"
    ABOVE = "above"

    def holds(self, value: float, limit: float) -> bool:
        """Whether the value stands so to the limit."""
        return {
            When.AT_MOST: value <= limit,
            When.BELOW: value < limit,
            When.AT_LEAST: value >= limit,
            When.ABOVE: value > limit,
        }[self]


@dataclass(frozen=True, slots=True)
class Band:
    """Ages in full months: from `first` on, below `end`; None leaves the side open."""

    first: int | None = None
    end: int | None = None

    def meets(self, months: tuple[int, int]) -> bool:
        """Whether somebody whose age lies in `months` (both included) can be in the band."""
        return (self.first or 0) <= months[1] and (self.end is None or months[0] < self.end)

    def holds(self, months: tuple[int, int]) -> bool:
        """Whether somebody whose age lies in `months` is in the band for sure."""
        return (self.first or 0) <= months[0] and (self.end is None or months[1] < self.end)


ANY_AGE: Final = Band()
