"""One row of the table: where it comes from, the story, what must hold, and how it is played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.scenarios.district import District

Play = Callable[[District], None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`source`: the test or thread that asks it. `story`, `holds`: for docs/scenarios.md."""

    name: str
    source: str
    story: str
    holds: str
    play: Play


@dataclass(frozen=True, slots=True)
class Suite:
    """The scenarios that come from one system."""

    system: str
    place: str  # where its tests are
    scenarios: list[Scenario]

    def asks(self, name: str, source: str, *, story: str, holds: str) -> Callable[[Play], Play]:
        """Add a scenario: decorates the function that plays it."""

        def add(play: Play) -> Play:
            self.scenarios.append(Scenario(name, source, story, holds, play))
            return play

        return add
