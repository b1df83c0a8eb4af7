"""A target that the upper level gave: who is to have had which dose by when; how far it is reached (docs/adr/0046)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from covidstation.domain.age_groups import OLDEST
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.text import TEXT_LIMIT
from covidstation.domain.vaccination.coverage import ALL, Coverage, CoverageCell, Level, Share

MOST_PEOPLE: Final = 1_000_000
MOST_AHEAD: Final = timedelta(days=1100)


@dataclass(frozen=True, kw_only=True)
class Meant:
    """Who is to reach a level: those of the ages (full years, below `end_age`), of the priority group and of the hamlet
    that are named."""

    level: Level
    first_age: int | None = None
    end_age: int | None = None
    group: str = ""
    hamlet_id: UUID | None = None

    @property
    def meant(self) -> Meant:
        """This alone, of whatever more there is."""
        return Meant(**{one.name: getattr(self, one.name) for one in fields(Meant)})

    def means(self, cell: CoverageCell) -> bool:
        """Whether these people are meant; of an unknown age only when no age is named."""
        if self.first_age is not None or self.end_age is not None:
            if cell.age is None or cell.age < (self.first_age or 0):
                return False
            if self.end_age is not None and cell.age >= self.end_age:
                return False
        if self.group and cell.group != self.group:
            return False
        return self.hamlet_id is None or cell.hamlet_id == self.hamlet_id


@dataclass(frozen=True, kw_only=True)
class GoalDraft(Meant):
    """What was asked for: `level` by `percent` of the people meant, or by `count` of them, until a day."""

    percent: int | None = None
    count: int | None = None
    given_on: date
    until: date
    in_charge: str = ""
    document: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Goal(GoalDraft):
    """One in the register."""

    id: UUID
    by_name: str = ""
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a target is: the people meant, how many are wanted, how many of them have it, where the others live."""

    share: Share
    wanted: int
    done: int
    where: tuple[tuple[UUID | None, int], ...]

    @property
    def lacks(self) -> int:
        """How many more are needed."""
        return max(0, self.wanted - self.done)

    @property
    def met(self) -> bool:
        """Whether it is reached; a target over nobody is not."""
        return self.wanted > 0 and not self.lacks


def progress_of(goal: GoalDraft, coverage: Coverage) -> Progress:
    """By that day's coverage. A count is of the people meant who have it, however many they are."""
    share = coverage.share(goal.means)
    done = share.count(goal.level)
    wanted = goal.count if goal.count is not None else -(-share.people * (goal.percent or 0) // ALL)
    open_in: dict[UUID | None, int] = {}
    for cell in coverage.cells:
        if goal.means(cell):
            left = cell.people - cell.reached[tuple(Level).index(goal.level)]
            open_in[cell.hamlet_id] = open_in.get(cell.hamlet_id, 0) + left
    where = sorted(((one, left) for one, left in open_in.items() if left), key=lambda one: (-one[1], str(one[0])))
    return Progress(share, wanted, done, tuple(where))


def check_goal(draft: GoalDraft, *, today: date, groups: Mapping[str, str]) -> list[Problem]:
    """What cannot be. `groups`: the priority groups that there are."""
    found: list[Problem] = []
    if (draft.percent is None) == (draft.count is None):
        found.append(Problem("percent", "vaccine_target.one_goal"))
    elif draft.percent is not None and not 0 < draft.percent <= ALL:
        found.append(Problem("percent", "vaccine_target.percent"))
    elif draft.count is not None and not 0 < draft.count <= MOST_PEOPLE:
        found.append(Problem("count", "vaccine_target.count"))
    first, end = draft.first_age, draft.end_age
    if any(one is not None and not 0 <= one <= OLDEST for one in (first, end)) or (
        end is not None and end <= (first or 0)
    ):
        found.append(Problem("end_age", "vaccine_target.ages"))
    if draft.group and draft.group not in groups:
        found.append(Problem("group", "vaccination.group_unknown"))
    if draft.given_on > today:
        found.append(Problem("given_on", "vaccine_target.given_future"))
    if draft.until < draft.given_on:
        found.append(Problem("until", "vaccine_target.turned"))
    elif draft.until > today + MOST_AHEAD:
        found.append(Problem("until", "vaccine_target.far"))
    for field in ("in_charge", "document", "note"):
        found += too_long(field, getattr(draft, field), TEXT_LIMIT)
    return found
