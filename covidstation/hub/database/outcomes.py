"""What becomes of a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.errors import UserError


class Outcome(StrEnum):
    """What became of a bundle."""

    TAKEN = "taken"
    ALREADY = "already"
    WAITING = "waiting"  # for an earlier one
    ASIDE = "aside"  # kept whole, not applied: somebody has to look at it
    REFUSED = "refused"
    KEYS = "keys"  # no lines: a station's keys that are in force from now on
    PARTLY = "partly"  # the rest of it follows; never the last word on a bundle


@dataclass(frozen=True, slots=True)
class Intake:
    """The outcome of one bundle. `trouble` says why it was refused or stands aside."""

    name: str
    outcome: Outcome
    station: UUID | None = None
    station_name: str = ""
    first: int = 0
    last: int = 0
    taken: int = 0  # changes that are new in the history
    set_aside: int = 0  # of these, how many could not be applied
    upto: int = 0  # the stream's high-water mark afterwards
    trouble: UserError | None = None

    @property
    def gap(self) -> tuple[int, int] | None:
        """The numbers that a waiting bundle waits for."""
        return (self.upto + 1, self.first - 1) if self.outcome is Outcome.WAITING else None


# What a file that comes a second time is told, by what became of it the first time.
OUTCOMES_KEPT: Final = {Outcome.TAKEN: Outcome.ALREADY, Outcome.WAITING: Outcome.WAITING, Outcome.ASIDE: Outcome.ASIDE}
