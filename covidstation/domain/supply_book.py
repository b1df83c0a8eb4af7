"""The book of one lot: what moved on which day, what was counted, what is left at the end of each day.

A count says what is there; its difference follows from what was written before it. So whoever writes something late,
from before a count, changes that difference and nothing after the count (docs/adr/0038).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from uuid import UUID

from covidstation.domain.supplies import MovementKind


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement that stands. `turn` is its place among those of its day; `counted` is what a count found."""

    id: UUID
    day: date
    turn: int
    kind: MovementKind
    quantity: int  # signed
    counted: int | None = None

    @property
    def place(self) -> tuple[date, int, UUID]:
        """The order of the book."""
        return self.day, self.turn, self.id


def settle(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The book in its order, each count with the difference that leaves what was counted."""
    found: list[Entry] = []
    balance = 0
    for entry in sorted(entries, key=lambda one: one.place):
        if entry.counted is not None:
            entry = replace(entry, quantity=entry.counted - balance)
        balance += entry.quantity
        found.append(entry)
    return tuple(found)


class Days:
    """A settled book by the ends of its days."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        sums: dict[date, int] = {}
        for entry in entries:
            sums[entry.day] = sums.get(entry.day, 0) + entry.quantity
        self._days = sorted(sums)
        self._balances = list(accumulate(sums[day] for day in self._days))

    def at(self, day: date) -> int:
        """What is left at the end of that day."""
        place = bisect.bisect_right(self._days, day)
        return self._balances[place - 1] if place else 0

    def least(self, first: date, before: date | None) -> int:
        """The least that is left at the end of any day from `first` on, and before `before`."""
        start = bisect.bisect_right(self._days, first)
        end = len(self._days) if before is None else bisect.bisect_left(self._days, before)
        return min([self.at(first), *self._balances[start:end]])

    def fallen_below(self, other: Days) -> tuple[date, int] | None:
        """The first day on which less than nothing is left and less than in the `other` book, with what is left."""
        for day in sorted({*self._days, *other._days}):
            left = self.at(day)
            if left < 0 and left < other.at(day):
                return day, left
        return None


def free_on(entries: Sequence[Entry], day: date) -> int:
    """How much of a settled book may be taken on that day without any later day falling below nothing."""
    counts = [one.day for one in entries if one.counted is not None and one.day > day]
    return max(0, Days(entries).least(day, min(counts, default=None)))


@dataclass(frozen=True, slots=True)
class Shelf:
    """One lot as an issue sees it: how much is free on the day, when it expires."""

    lot_id: UUID
    expiry: date | None
    free: int
    age: int = 0  # the older of two with one expiry goes first


def first_expired_first(shelves: Iterable[Shelf], wanted: int) -> tuple[tuple[UUID, int], ...]:
    """How much of which lot makes up `wanted`, what expires first gone first; less than wanted if there is no more.

    A lot without an expiry comes last: nobody is hurt by it.
    """
    found: list[tuple[UUID, int]] = []
    for one in sorted(shelves, key=lambda shelf: (shelf.expiry or date.max, shelf.age)):
        taken = min(one.free, wanted)
        if taken > 0:
            found.append((one.lot_id, taken))
            wanted -= taken
    return tuple(found)
