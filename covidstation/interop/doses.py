"""Doses that a person has had: those of the book, and what was said at each illness and each contact beyond them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from covidstation.domain.dates import PartialDate
from covidstation.interop.records import Dose


@dataclass(frozen=True, slots=True)
class Statement:
    """What was said on one day: how many doses, and when the last one was."""

    said_on: date
    doses: int | None
    last_on: date | None


def doses_of(statements: Iterable[Statement]) -> tuple[Dose, ...]:
    """Each dose once, in its order: the first that named a dose says when it was told, the latest its day.

    A last day without a number is a dose without one, unless another statement gives that day a number.
    """
    told = sorted(statements, key=lambda one: one.said_on)
    said: dict[int, date] = {}
    days: dict[int, date] = {}
    for one in told:
        for number in range(1, (one.doses or 0) + 1):
            said.setdefault(number, one.said_on)
        if one.doses and one.last_on:
            days[one.doses] = one.last_on
    found = [Dose(said_on=said[number], number=number, given=_partial(days.get(number))) for number in sorted(said)]
    loose = [one for one in told if one.doses is None and one.last_on and one.last_on not in days.values()]
    if loose:
        found.append(Dose(said_on=loose[-1].said_on, given=_partial(loose[-1].last_on)))
    return tuple(found)


def with_book(book: Sequence[Dose], said: Sequence[Dose]) -> tuple[Dose, ...]:
    """The doses of the book, and those that somebody said there were beyond them; what was said of the book's own is
    told by the book."""
    if not book:
        return tuple(said)
    more = [one for one in said if (one.number or 0) > len(book)]
    return (*book, *more)


def _partial(day: date | None) -> PartialDate | None:
    return None if day is None else PartialDate.of(day)
