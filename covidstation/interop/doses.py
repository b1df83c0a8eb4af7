"""Doses that a person has had, put together from what was said at each illness and each contact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

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
    found = [Dose(said_on=said[number], number=number, given_on=days.get(number)) for number in sorted(said)]
    loose = [one for one in told if one.doses is None and one.last_on and one.last_on not in days.values()]
    if loose:
        found.append(Dose(said_on=loose[-1].said_on, given_on=loose[-1].last_on))
    return tuple(found)
