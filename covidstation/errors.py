"""The one kind of trouble that is shown to a person; anything else is a bug."""

from __future__ import annotations

from collections.abc import Sequence

from covidstation.domain.problems import Problem, Sure, errors, unconfirmed


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


def ask_back(found: Sequence[Problem], sure: Sure) -> None:
    """Raise Refused with the errors; without any with all warnings, when one of them is not confirmed by `sure`."""
    if errors(found) or unconfirmed(found, sure):
        raise Refused(errors(found) or found)
