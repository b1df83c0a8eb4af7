"""Who may call what: each service names the right it needs, and is refused to a role that lacks it (docs/roles.md).

A register that nobody unlocked (founding, training, tests of services) has no actor and asks nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, Protocol, TypeVar

from covidstation.domain.rights import Actor, Right
from covidstation.errors import UserError

P = ParamSpec("P")
R = TypeVar("R")

TABLE: Final[dict[str, Right]] = {}
"""Every guarded service, `care.rounds.record_visit`, and what it needs; filled as the modules are imported."""


class Acting(Protocol):
    """A register, open in somebody's hands."""

    @property
    def actor(self) -> Actor | None:
        """Who unlocked it."""


def may(place: Acting, right: Right) -> bool:
    """Whether whoever unlocked the register has that right."""
    return place.actor is None or place.actor.may(right)


def require(place: Acting, right: Right) -> None:
    """Raise UserError `rights.<right>` when whoever unlocked the register lacks it."""
    if not may(place, right):
        raise UserError(f"rights.{right.value}")


def needs(right: Right) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Guard a service whose first argument is the register (`db`), by name or by place."""

    def guard(service: Callable[P, R]) -> Callable[P, R]:
        TABLE[f"{service.__module__.removeprefix('covidstation.services.')}.{service.__name__}"] = right

        @wraps(service)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            place = args[0] if args else next(iter(kwargs.values()))
            require(place, right)  # type: ignore[arg-type]  # tests/services/test_rights.py looks at every signature
            return service(*args, **kwargs)

        return guarded

    return guard
