"""What the doses that somebody had amount to: which count, how far the basic course is, which boosters there were.

A class and a number as they were written are believed: a second dose says that there was a first. A dose that surely
came too early after the one before, by the rule of its own day, does not count and is given again. Two records of days
so near that nobody was vaccinated twice are one dose, unless vaccine, class or number say that they are two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from covidstation.domain.vaccination.doses import DoseClass, course_of
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.states import NOTHING, Reached, Shot, Stage
from covidstation.domain.vaccination.told_twice import once_each


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """`primary` of `needed` doses of the basic course; `vaccines` of it that are known, in order. `known`: how
    many doses the book speaks of, counted or not, those before a number among them. `last`: the last dose, counted or
    not. `again`: it did not count, since it came before so many days had passed."""

    primary: int = 0
    needed: int = 2
    added: bool = False
    boosters: int = 0
    counted: int = 0
    known: int = 0
    vaccines: tuple[str, ...] = ()
    last: Shot | None = None
    again: int | None = None
    reached: Reached = NOTHING

    @property
    def complete(self) -> bool:
        """Whether the basic course is."""
        return self.primary >= self.needed

    @property
    def stage(self) -> Stage:
        """What there has been."""
        if self.boosters:
            return Stage.BOOSTED
        if self.complete:
            return Stage.BASIC
        return Stage.PART if self.primary else Stage.NONE


def course_in(schedule: Schedule, shots: Iterable[Shot], conditions: frozenset[str], on: date) -> Course:
    """The course that these doses make, by the list of vaccines of that day."""
    return _counted(schedule, once_each(sorted(shots, key=turn_of)), conditions, on).course()


def meant_by(
    schedule: Schedule, shots: Iterable[Shot], conditions: frozenset[str], on: date
) -> Sequence[tuple[DoseClass, int]]:
    """Each one's class, and its number within it (0 for unknown), of doses in their order, each told once."""
    return _counted(schedule, shots, conditions, on).meant


def turn_of(shot: Shot) -> tuple[Any, ...]:
    """In which order doses are counted; of one day the lower number first."""
    return shot.given.latest, shot.given, shot.number or 0, shot


def _counted(schedule: Schedule, shots: Iterable[Shot], conditions: frozenset[str], on: date) -> _Count:
    ordered = list(shots)
    shelf = schedule.products_on(on)
    count = _Count(schedule, shelf, course_of(ordered, shelf), conditions)
    for shot in ordered:
        count.take(shot)
    return count


class _Count:
    """Counting dose by dose."""

    def __init__(self, schedule: Schedule, shelf: Products, needed: int, conditions: frozenset[str]) -> None:
        self._schedule, self._shelf, self._needed, self._conditions = schedule, shelf, needed, conditions
        self._primary, self._added, self._boosters, self._counted = 0, False, 0, 0
        self._taken, self._early = 0, 0
        self._vaccines: list[str] = []
        self._last: Shot | None = None
        self._again: int | None = None
        self._reached = NOTHING
        self.meant: list[tuple[DoseClass, int]] = []

    def take(self, shot: Shot) -> None:
        """The next dose."""
        self._taken += 1
        kind, number = self._told(shot)
        self.meant.append((kind, number))
        if kind is DoseClass.PRIMARY and 0 < number <= self._primary and self._said_before(shot):
            self._counted += 1  # a later one has said already that it was given
            return
        self._again = self._least_days(shot) if kind is DoseClass.PRIMARY else None
        self._last = shot
        if self._again is not None:
            self._early += 1
            return
        self._counted += 1
        if kind is DoseClass.PRIMARY:
            self._primary = min(max(self._primary + 1, number), self._needed)
            self._vaccines += [shot.product] if shot.product else []
        elif kind is DoseClass.ADDITIONAL:
            self._primary, self._added = self._needed, True
        else:
            self._primary, self._boosters = self._needed, max(self._boosters + 1, number)
        self._reach(self._earliest(shot))

    def _said_before(self, shot: Shot) -> bool:
        """Whether a dose with a number that there is already is the one that this number meant: nothing of the course
        is missing, or its day, known to the month alone, may lie before the last dose's."""
        last = self._last
        perhaps_earlier = last is not None and shot.given.full is None and shot.given.earliest <= last.given.latest
        return self._primary >= self._needed or perhaps_earlier

    def _earliest(self, shot: Shot) -> date:
        """The first day on which it can have been given: one that is known by its year or month not before its vaccine
        was given, here or, of a dose abroad, anywhere. Where that is later than all of its days, they are believed."""
        given, shelf = shot.given, self._shelf
        if given.full is not None:
            return given.full
        product = shelf.product(shot.product)
        if shot.abroad:
            began = product.first_day if product else shelf.first_day()
        else:
            began = product.ages[0].since if product and product.ages else self._schedule.first_day
        return max(given.earliest, began) if began <= given.latest else given.earliest

    def _reach(self, day: date) -> None:
        """Note what there is since that day and was not before."""
        now = (True, self._primary >= self._needed, self._added, self._boosters >= 1, self._boosters >= 2)
        steps = zip(self._reached, now, strict=True)
        self._reached = Reached(*(since or (day if there else None) for since, there in steps))

    def course(self) -> Course:
        """What came of it."""
        return Course(
            primary=self._primary, needed=self._needed, added=self._added, boosters=self._boosters,
            counted=self._counted, known=max(self._taken, self._primary + self._added + self._boosters + self._early),
            vaccines=tuple(self._vaccines), last=self._last, again=self._again,
            reached=self._reached,
        )  # fmt: skip

    def _told(self, shot: Shot) -> tuple[DoseClass, int]:
        """Its class, and its number within it (0 for unknown); without a class the number counts all doses."""
        number = shot.number or 0
        if shot.dose_class in (DoseClass.ADDITIONAL, DoseClass.BOOSTER):
            return shot.dose_class, number
        if number <= self._needed and (number or self._primary < self._needed):
            return DoseClass.PRIMARY, number
        additional = self._schedule.on(shot.given.latest).additional
        for_them = any(one.is_for(self._vaccines, self._conditions) for one in additional)
        beyond = max(0, number - self._needed)
        if for_them and not self._added and not self._boosters and beyond <= 1:
            return DoseClass.ADDITIONAL, 0
        return DoseClass.BOOSTER, max(0, beyond - self._added)

    def _least_days(self, shot: Shot) -> int | None:
        """How many days it should have been, when the dose surely came earlier; None for one that counts."""
        if self._last is None:
            return None
        rule = self._schedule.on(shot.given.latest)
        least = rule.interval(self._last.product).counts_from_days - rule.grace_days
        apart = (shot.given.latest - self._last.given.earliest).days
        return least if apart < least else None
