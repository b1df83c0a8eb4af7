"""The one kind of trouble that is shown to a person; anything else is a bug."""

from __future__ import annotations

from collections.abc import Sequence

from covidstation.domain.problems import Problem


class UserError(Exception):
    """A known trouble with a next step.

    `code` is a key of `covidstation.messages`, which makes the sentence in one place; `params` fill it in.
    Nothing was changed when it is raised, unless the code's sentence says so.
    """

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class Refused(UserError):
    """What was given has errors, each beside its field; nothing was saved."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("station.has_problems")
        self.problems = tuple(problems)
