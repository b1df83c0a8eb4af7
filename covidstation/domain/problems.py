"""What is wrong with a value, in a form that a window, a command and a receipt can all show."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field.

    `code` is a key of `covidstation.messages`; an error stops a save, a warning is shown and may be passed.
    """

    field: str
    code: str
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)
    level: Level = "error"


Sure = bool | Sequence[Problem]
"""What somebody confirmed: what they were shown, and nothing else; True: whatever may be asked."""


def unconfirmed(problems: Iterable[Problem], sure: Sure) -> list[Problem]:
    """The warnings that nobody was shown yet: another one, or one that says something else by now."""
    shown = [] if isinstance(sure, bool) else sure
    return [one for one in problems if one.level == "warning" and sure is not True and one not in shown]


def too_long(field: str, text: str, most: int) -> list[Problem]:
    """One problem when the text has more letters than `most`."""
    if len(text) <= most:
        return []
    return [Problem(field, "episodes.text_long", {"count": str(len(text)), "most": str(most)})]


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Only those that stop a save."""
    return [problem for problem in problems if problem.level == "error"]
