"""Where somebody is in charge: whole hamlets, and parts of hamlets by the way of the houses or by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar
from uuid import UUID

Hamlets = frozenset[UUID | None]
H = TypeVar("H")


@dataclass(frozen=True, slots=True)
class Part:
    """Some houses of a hamlet: those of one way, and of these those whose number lies between both, inclusive."""

    trip: str = ""
    first: int | None = None
    last: int | None = None

    @property
    def whole(self) -> bool:
        """Whether it is the whole hamlet."""
        return not self.trip and self.first is None and self.last is None

    def holds(self, trip: str, number: int | None) -> bool:
        """Whether a house of that way and number is in it; one without a number lies in no range."""
        if self.trip and self.trip.casefold() != trip.casefold():
            return False
        if self.first is None and self.last is None:
            return True
        return number is not None and (self.first or 0) <= number <= (self.last if self.last is not None else number)


WHOLE: Final = Part()


def part_words(part: Part) -> str:
    """As papers print it: `đường Khe suối, nhà số 1–40`; empty for the whole hamlet."""
    first, last = part.first, part.last
    numbers = ""
    if first is not None and last is not None:
        numbers = f"nhà số {first}–{last}"
    elif first is not None or last is not None:
        numbers = f"nhà từ số {first}" if first is not None else f"nhà đến số {last}"
    return ", ".join(filter(None, (f"đường {part.trip}" if part.trip else "", numbers)))


def share_of(mine: Iterable[Part], others: Iterable[Part], homes: Mapping[H, tuple[str, int | None]]) -> frozenset[H]:
    """Of the houses of a split hamlet (way and number by house) those of `mine`, and those that nobody's part holds:
    whatever was forgotten when the hamlet was split is everybody's."""
    mine, everybody = tuple(mine), (*mine, *others)
    return frozenset(
        home
        for home, (trip, number) in homes.items()
        if any(part.holds(trip, number) for part in mine) or not any(part.holds(trip, number) for part in everybody)
    )


class Places(frozenset[UUID | None]):
    """Whole hamlets, as lists filter by them, and with them houses of hamlets of which only a part is meant: `homes`
    is their hamlet by house. Who has no household in such a hamlet is everybody's there."""

    homes: Mapping[UUID, UUID]
    split: frozenset[UUID]

    def __new__(cls, whole: Iterable[UUID | None], homes: Mapping[UUID, UUID], split: Iterable[UUID]) -> Places:
        """`split`: the hamlets of which parts are meant, also where no house is in them yet."""
        found = super().__new__(cls, whole)
        found.homes, found.split = MappingProxyType(dict(homes)), frozenset(split)
        return found

    def __eq__(self, other: object) -> bool:
        """Two of the same hamlets and houses."""
        theirs = (other.homes, other.split) if isinstance(other, Places) else ({}, frozenset())
        return frozenset.__eq__(self, other) is True and (dict(self.homes), self.split) == (dict(theirs[0]), theirs[1])

    __hash__ = frozenset.__hash__


def narrowed(area: Hamlets | None, hamlet_id: UUID | None) -> Hamlets:
    """That hamlet alone; of a hamlet of which a part is meant that part."""
    if isinstance(area, Places) and hamlet_id in area.split and hamlet_id not in area:
        return Places((), {home: one for home, one in area.homes.items() if one == hamlet_id}, area.split & {hamlet_id})
    return frozenset({hamlet_id})
