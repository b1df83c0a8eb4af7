"""A month of an invented epidemic as a plan of acts, with a ledger of its own that counts what each act must change.

The ledger knows nothing of the program: it is the independent computation that the program's reports are compared with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random

FIRST = date(2022, 2, 20)
DAYS = 31
CUTOFF = time(6, 30)
PEAK_DAY = 14
HAMLETS = ("Nậm Ngá", "Pa Khoá", "Phiêng Chá", "Nậm Kinh")


class Deed(StrEnum):
    """What happens."""

    REGISTER = "register"
    LATE = "late"  # found two days ago, typed today
    TRANSFER = "transfer"
    RETURN = "return"
    DIE = "die"
    DIE_AWAY = "die away"
    RECOVER = "recover"
    WRONG = "wrong"  # registered, then taken back as no case
    REINFECT = "reinfect"


@dataclass(frozen=True, slots=True)
class Act:
    """One deed: at which moment it is typed, on which day it happened, to whom."""

    at: datetime
    deed: Deed
    case: int
    on: date
    hamlet: str


@dataclass(slots=True)
class Course:
    """What will become of one case."""

    number: int
    found: date
    hamlet: str
    end: Deed
    end_after: int
    away_after: int | None = None
    back_after: int | None = None
    late: bool = False
    again_of: int | None = None


def curve(day: int) -> int:
    """New cases of that day: slow up, a peak, slow down; two days have none at all."""
    if day in (1, 28):
        return 0
    return max(1, round(9 * 2.718 ** (-(((day - PEAK_DAY) / 7) ** 2))))


def courses(seed: int) -> list[Course]:
    """All cases of the month."""
    rng, found = Random(seed), []
    for day in range(DAYS):
        for _case in range(curve(day)):
            found.append(_course(rng, len(found), FIRST + timedelta(days=day)))
    ended_early = [one for one in found if one.end is Deed.RECOVER and (one.found - FIRST).days < 6 and not one.late]
    for old in ended_early[:2]:  # ill again within the month
        start = old.found + timedelta(days=old.end_after + 9)
        if (start - FIRST).days < DAYS - 1:
            found.append(Course(len(found), start, old.hamlet, Deed.RECOVER, 60, again_of=old.number))
    return found


def _course(rng: Random, number: int, found: date) -> Course:
    hamlet, draw = rng.choice(HAMLETS), rng.random()
    course = Course(number, found, hamlet, Deed.RECOVER, rng.choice((7, 7, 7, 8, 10, 14)))
    if draw < 0.06:
        course.end, course.end_after = Deed.WRONG, rng.choice((1, 3))
    elif draw < 0.10:
        course.end, course.end_after = Deed.DIE, rng.choice((2, 4))
    elif draw < 0.22:
        course.away_after = rng.choice((1, 2, 3))
        if rng.random() < 0.3:
            course.end, course.end_after = Deed.DIE_AWAY, course.away_after + 3
        else:
            course.back_after = course.away_after + 2
            course.end_after = max(course.end_after, course.back_after + 2)
    elif draw < 0.36:
        course.late = True
        course.end_after = max(course.end_after, 8)
    return course


def acts(seed: int) -> Iterator[Act]:
    """Everything that is typed in the month, in the order of typing."""
    found: list[Act] = []
    for one in courses(seed):
        found += _acts_of(one, Random(seed * 1000 + one.number))
    last = datetime.combine(FIRST + timedelta(days=DAYS), time(23))
    return iter(sorted((act for act in found if act.at < last), key=lambda act: (act.at, act.case)))


def _acts_of(course: Course, rng: Random) -> Iterator[Act]:
    def act(deed: Deed, after: int, *, typed_after: int | None = None, hour: int | None = None) -> Act:
        on = course.found + timedelta(days=after)
        typed = course.found + timedelta(days=after if typed_after is None else typed_after)
        clock = time(hour if hour is not None else rng.randint(8, 17), rng.randint(0, 59))
        return Act(datetime.combine(typed, clock), deed, course.number, on, course.hamlet)

    if course.late:
        yield act(Deed.LATE, 0, typed_after=2)
    elif course.again_of is not None:
        yield act(Deed.REINFECT, 0)
    else:
        yield act(Deed.REGISTER, 0, hour=rng.choice((5, 8, 9, 14, 17)))
    if course.away_after is not None:
        yield act(Deed.TRANSFER, course.away_after, hour=18)
    if course.back_after is not None:
        yield act(Deed.RETURN, course.back_after, hour=18)
    yield act(course.end, course.end_after, hour=19)


@dataclass(slots=True)
class Day:
    """What the report of one day must say, counted by hand."""

    new: set[int] = field(default_factory=set)
    late: set[int] = field(default_factory=set)
    recovered: set[int] = field(default_factory=set)
    out: set[int] = field(default_factory=set)
    back: set[int] = field(default_factory=set)
    died: set[int] = field(default_factory=set)
    withdrawn: set[int] = field(default_factory=set)
    under_care: set[int] = field(default_factory=set)


class Ledger:
    """Counts acts into reporting days: a day's period ends at its cut-off."""

    def __init__(self) -> None:
        self.days: dict[date, Day] = {}
        self._present: set[int] = set()
        self._away: set[int] = set()
        self._counted: set[int] = set()  # cases that an earlier frozen report has told of

    def report_of(self, at: datetime) -> date:
        """The report that a deed typed at that moment belongs to."""
        return at.date() if at.time() <= CUTOFF else at.date() + timedelta(days=1)

    def take(self, act: Act) -> None:
        """One deed."""
        day = self.days.setdefault(self.report_of(act.at), Day())
        case = act.case
        if act.deed in (Deed.REGISTER, Deed.REINFECT):
            day.new.add(case)
            self._present.add(case)
        elif act.deed is Deed.LATE:
            day.late.add(case)
            self._present.add(case)
        elif act.deed is Deed.TRANSFER:
            day.out.add(case)
            self._present.discard(case)
            self._away.add(case)
        elif act.deed is Deed.RETURN:
            day.back.add(case)
            self._away.discard(case)
            self._present.add(case)
        elif act.deed is Deed.WRONG:
            self._present.discard(case)
            (day.withdrawn if case in self._counted else day.new).symmetric_difference_update({case})
        else:
            (day.recovered if act.deed is Deed.RECOVER else day.died).add(case)
            self._present.discard(case)
            self._away.discard(case)

    def close(self, day: date) -> Day:
        """The day's report is frozen: what it tells stands."""
        found = self.days.setdefault(day, Day())
        found.under_care = set(self._present)
        self._counted |= found.new | found.late
        return found
