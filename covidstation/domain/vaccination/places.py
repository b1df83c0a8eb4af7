"""Where doses stand on the certificate, what the next one would be, how many there were: by the same counting as the
schedule's (`course`), so that the paper and the list of who is due speak of the same doses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from covidstation.domain.vaccination.course import course_in, meant_by, turn_of
from covidstation.domain.vaccination.doses import PLACES, Dose, DoseClass, Slots, in_order
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.states import shot_of
from covidstation.domain.vaccination.told_twice import once_each


def each_once(doses: Iterable[Dose]) -> list[Dose]:
    """The oldest first, as the schedule counts them."""
    return once_each(sorted(doses, key=lambda one: turn_of(shot_of(one))))


def slots(schedule: Schedule, doses: Iterable[Dose], conditions: frozenset[str], on: date) -> Slots:
    """Put doses into the places of the certificate, one that was told twice once.

    Class and number as they are written, when the place is free; then what has a class into the next free place of it;
    then what has none, by what the schedule counts it as. What another record said of a dose decides about its place;
    what stands there is the record as it was written.
    """
    told = {one.id: one for one in doses}
    kept = each_once(told.values())
    meant = meant_by(schedule, map(shot_of, kept), conditions, on)
    places: dict[DoseClass, list[Dose | None]] = {kind: [None] * most for kind, most in PLACES.items()}
    beyond: list[Dose] = []
    for one, kind, number in sorted(
        ((one, kind, number) for one, (kind, number) in zip(kept, meant, strict=True)),
        key=lambda placed: _certainty(placed[0]),
    ):
        row = places[kind]
        if 0 < number <= len(row) and row[number - 1] is None:
            row[number - 1] = told[one.id]
        elif None in row:
            row[row.index(None)] = told[one.id]
        else:
            beyond.append(told[one.id])
    made = [tuple(places[kind]) for kind in PLACES]
    twice = told.keys() - {one.id for one in kept}
    return Slots(made[0], made[1], made[2], tuple(in_order(beyond)), tuple(in_order(told[one] for one in twice)))


def _certainty(dose: Dose) -> int:
    if dose.dose_class is DoseClass.UNKNOWN:
        return 1 if dose.number else 3
    return 0 if dose.number else 2


def next_place(
    schedule: Schedule, doses: Iterable[Dose], conditions: frozenset[str], on: date
) -> tuple[DoseClass, int]:
    """What a dose on that day would be: the next of the basic course, an additional one for whom the schedule of that
    day has one, then boosters."""
    course = course_in(schedule, map(shot_of, doses), conditions, on)
    if not course.complete:
        return DoseClass.PRIMARY, course.primary + 1
    extra = any(one.is_for(course.vaccines, conditions) for one in schedule.on(on).additional)
    if extra and not course.added and not course.boosters:
        return DoseClass.ADDITIONAL, 1
    return DoseClass.BOOSTER, course.boosters + 1


def told_by(doses: Iterable[Dose], day: date) -> tuple[int, date | None]:
    """How many doses somebody had by that day, and the day of the last, when it is known to the day."""
    had = each_once(one for one in doses if one.given.earliest <= day)
    return len(had), in_order(had)[-1].given.full if had else None
