"""Whether two records may be of one dose: told by two who remember its day differently, and nothing says otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, Protocol, Self, TypeVar

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass, DoseSource, Numbered

NEAR: Final = timedelta(days=3)  # so far apart do two people remember one day
_OF_ITS_CLASS: Final = frozenset({DoseClass.ADDITIONAL, DoseClass.BOOSTER})
_COUNT_ALL: Final = frozenset({DoseClass.UNKNOWN, DoseClass.PRIMARY})  # a number means the same in both
_SURE: Final = {DoseSource.OWN_RECORD: 2, DoseSource.CERTIFICATE: 1}  # whatever anybody else says of that dose


class Told(Numbered, Protocol):
    """A dose as far as somebody told of it."""

    @property
    def given(self) -> PartialDate:
        """Its day."""

    @property
    def source(self) -> DoseSource:
        """How the station knows of it."""

    def saying(self, product: str, dose_class: DoseClass, number: int | None) -> Self:
        """The same record with what another one says of that dose."""


T = TypeVar("T", bound=Told)


def once_each(told: Iterable[T]) -> list[T]:
    """Of two records of one dose the station's own, else the one of a certificate, else the one that says more, else
    the first; what it leaves open is said by the other one. Of a month or a year nobody takes two for one."""
    found: list[T] = []
    for one in told:
        same = next((at for at, held in enumerate(found) if _is_same(held, one)), None)
        if same is None:
            found.append(one)
        else:
            found[same] = _together(found[same], one)
    return found


def _is_same(one: Told, other: Told) -> bool:
    return one.given.full is not None and other.given.full is not None and may_be_one(one, other)


def _together(first: T, second: T) -> T:
    stands, other = (second, first) if _weight(second) > _weight(first) else (first, second)
    kind = other.dose_class if stands.dose_class is DoseClass.UNKNOWN else stands.dose_class
    numbers = [one.number for one in (stands, other) if one.dose_class is kind or {one.dose_class, kind} <= _COUNT_ALL]
    return stands.saying(stands.product or other.product, kind, next(filter(None, numbers), None))


def _weight(one: Told) -> tuple[int, int]:
    said = sum((one.dose_class is not DoseClass.UNKNOWN, one.number is not None, bool(one.product)))
    return _SURE.get(one.source, 0), said


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
