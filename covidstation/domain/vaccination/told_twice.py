"""Whether two records may be of one dose: told by two who remember its day differently, and nothing says otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Protocol

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
