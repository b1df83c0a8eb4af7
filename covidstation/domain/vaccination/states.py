"""Where somebody stands in the schedule of vaccination: exactly one state, its days, the rule that says so and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.stances import Stance


class DueKind(StrEnum):
    """Everybody is in one of these."""

    DUE = "DUE"
    OVERDUE = "OVERDUE"
    NOT_YET = "NOT_YET"
    DEFERRED = "DEFERRED"
    CONTRAINDICATED = "CONTRAINDICATED"
    REFUSED = "REFUSED"
    COMPLETE = "COMPLETE"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"  # too young, or another station's
    UNKNOWN = "UNKNOWN"  # something has to be asked first: the birth date


class Stage(StrEnum):
    """What somebody has had, whatever is due."""

    NONE = "NONE"
    TOLD = "TOLD"  # doses were told of in an illness; none is in the book
    PART = "PART"  # of the basic course
    BASIC = "BASIC"  # the basic course, perhaps with an additional dose
    BOOSTED = "BOOSTED"


class Mark(StrEnum):
    """What stands beside the state."""

    CANNOT_TRAVEL = "CANNOT_TRAVEL"
    PREGNANT = "PREGNANT"  # how many weeks must be asked


class Why(StrEnum):
    """What the sentence says after the state's own words; `messages.vaccination_due` has the words."""

    FIRST = "first"  # nothing was given; `band`
    GAP = "gap"  # after the last dose: `last`, `days` or `months`
    INFECTION = "infection"  # `ill`, `months`
    OFFERED = "offered"  # `from`, when this age or this dose began
    AGE = "age"  # of the next band: `band`
    AGAIN = "again"  # the last dose came too early and does not count: `last`, `least`
    DAY_UNSURE = "day_unsure"  # the last dose's day is not known: `last`
    YOUNG = "young"  # `band`
    NO_SCHEDULE = "no_schedule"  # no rule speaks of that age
    ELSEWHERE = "elsewhere"  # the station does not manage this person
    BIRTH_MISSING = "birth_missing"
    BIRTH_UNSURE = "birth_unsure"  # `birth`
    ILL = "ill"  # COVID-19 just now: `ill`, `again`
    PREGNANT_VACCINE = "pregnant_vaccine"  # what may follow is not given to pregnant women: `again`
    STANCE = "stance"  # somebody said so: `reason`
    NO_OTHER = "no_other"  # every vaccine that may follow is contraindicated: `reason`
    NO_VACCINE = "no_vaccine"  # the schedule names none that may be given
    TOLD = "told"  # a form of an illness says `doses` doses, the book has none
    TOLD_MORE = "told_more"  # it says `doses` doses, the book knows of `book`, fewer
    DONE = "done"  # nothing more in this schedule
    NOTHING_MORE = "nothing_more"  # a course that needs nothing more at the next age


LATER: Final = "later"
"""Beside whatever the sentence says: the codes of what else may follow from a day on; `other`: their names, `other_on`:
that day."""


class Shot(NamedTuple):
    """What the schedule needs to know of one dose."""

    given: PartialDate
    product: str = ""
    dose_class: DoseClass = DoseClass.UNKNOWN
    number: int | None = None
    abroad: bool = False
    source: DoseSource = DoseSource.SAID

    def saying(self, product: str, dose_class: DoseClass, number: int | None) -> Shot:
        """The same record with what another one says of that dose."""
        return self._replace(product=product, dose_class=dose_class, number=number)


class Infection(NamedTuple):
    """One illness with COVID-19: its first day, and the day it was over (None while it lasts)."""

    first: date
    over_on: date | None = None

    def lasts(self, day: date) -> bool:
        """Whether somebody is ill on that day."""
        return self.first <= day and (self.over_on is None or day < self.over_on)


class Reached(NamedTuple):
    """Since when somebody has had the first dose, the basic course, an additional dose, a booster, a second booster; by
    the earliest day that a dose can have been given: of one that is known by its year or month, not before its vaccine
    was there. None for not yet."""

    first: date | None = None
    basic: date | None = None
    added: date | None = None
    booster: date | None = None
    booster2: date | None = None


NOTHING: Final = Reached()


@dataclass(frozen=True, slots=True, kw_only=True)
class VaccineFacts:
    """All that the schedule asks about somebody. `doses`: those that stand; `told`: how many they said in an illness
    that they had had (`told_since`); `group`: of those vaccinated first, as somebody said it; `managed`: the station
    looks after them."""

    birth: PartialDate | None
    doses: tuple[Shot, ...] = ()
    infections: tuple[Infection, ...] = ()
    pregnant: bool = False
    conditions: frozenset[str] = frozenset()
    stances: tuple[Stance, ...] = ()
    told: int = 0
    group: str = ""
    managed: bool = True


def told_since(said: Iterable[tuple[date, int]], doses: Sequence[Shot]) -> int:
    """The most doses that were told of in an illness; `said`: its first day and how many. Of an illness before a dose
    nothing is left to ask: whoever gave that dose asked what there had been."""
    last = max((one.given.earliest for one in doses), default=date.min)
    return max((count for day, count in said if day >= last), default=0)


class NextDose(NamedTuple):
    """Which dose comes next; `number` within its class."""

    dose_class: DoseClass
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VaccineState:
    """The one state on a day. All days are inclusive.

    `due_on`: the first day of the next dose; of somebody refused, deferred or contraindicated the day to look again.
    `late_on`: the first day on which it is overdue. `since`: of a state that began on a day that is known. `products`:
    the codes that may be given next, in order; empty when that has to be asked. `next_change_on`: the first day on
    which this answer is another, with what is known now; None when no day alone changes it.
    """

    kind: DueKind
    why: Why
    rule: str
    stage: Stage
    doses: int  # that count
    reached: Reached = NOTHING
    next: NextDose | None = None
    due_on: date | None = None
    late_on: date | None = None
    since: date | None = None
    products: tuple[str, ...] = ()
    marks: frozenset[Mark] = frozenset()
    stance: UUID | None = None
    params: tuple[tuple[str, str], ...] = field(default=())
    next_change_on: date | None = None


def shot_of(dose: DoseDraft) -> Shot:
    """A dose of the register, or one that is being typed, as the schedule sees it."""
    return Shot(dose.given, dose.product, dose.dose_class, dose.number, dose.abroad, dose.source)
