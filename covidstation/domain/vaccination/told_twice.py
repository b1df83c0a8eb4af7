"""Whether two records may be of one dose: told by two who remember its day differently, and nothing says otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, Protocol, TypeVar

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass

NEAR: Final = timedelta(days=3)  # so far apart do two people remember one day
_OF_ITS_CLASS: Final = frozenset({DoseClass.ADDITIONAL, DoseClass.BOOSTER})


class Told(Protocol):
    """A dose as far as somebody told of it."""

    @property
    def given(self) -> PartialDate:
        """Its day."""

    @property
    def product(self) -> str:
        """Its vaccine's code, empty for an unknown one."""

    @property
    def dose_class(self) -> DoseClass:
        """What it was for."""

    @property
    def number(self) -> int | None:
        """Its number within the class; without a class, of all doses."""


T = TypeVar("T", bound=Told)


def once_each(told: Iterable[T]) -> list[T]:
    """Of two records of one dose the one that says more, else the first. Of a month or a year nobody takes two for
    one."""
    found: list[T] = []
    for one in told:
        same = next((at for at, held in enumerate(found) if _is_same(held, one)), None)
        if same is None:
            found.append(one)
        else:
            found[same] = max(found[same], one, key=_said)
    return found


def _is_same(one: Told, other: Told) -> bool:
    return one.given.full is not None and other.given.full is not None and may_be_one(one, other)


def _said(one: Told) -> int:
    return sum((one.dose_class is not DoseClass.UNKNOWN, one.number is not None, bool(one.product)))


def may_be_one(one: Told, other: Told) -> bool:
    """Whether both can be one dose: of about one day, and neither vaccine nor class nor number contradict."""
    apart = one.given.earliest - NEAR > other.given.latest or one.given.latest + NEAR < other.given.earliest
    return not apart and _agree(one.product, other.product) and _is_same_place(one, other)


def _is_same_place(one: Told, other: Told) -> bool:
    kinds = {one.dose_class, other.dose_class}
    if DoseClass.UNKNOWN in kinds and kinds & _OF_ITS_CLASS:
        return True  # one number counts all doses, the other those of its class
    return _agree(one.dose_class, other.dose_class) and _agree(one.number, other.number)


def _agree(one: object, other: object) -> bool:
    return not one or not other or one == other
