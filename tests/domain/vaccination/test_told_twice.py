"""Two records of about one day: one dose told twice, unless vaccine, class or number say that they are two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.checks import DoseFacts, check_dose
from covidstation.domain.vaccination.course import course_in
from covidstation.domain.vaccination.doses import Dose, DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.places import each_once, next_place, slots
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.spacing import AFTER, BEFORE, spacing_problems
from covidstation.domain.vaccination.states import Shot, shot_of
from covidstation.domain.vaccination.told_twice import may_be_one
from tests.services.samples import catalog

SCHEDULE = Schedule.of(catalog().vaccine_schedules, catalog().vaccine_products)
WHO, BORN = uuid4(), PartialDate(1980, 5, 1)
PFIZER, ASTRA = "EU/1/20/1528", "EU/1/21/1529"
PRIMARY, BOOSTER, ADDITIONAL, UNKNOWN = DoseClass.PRIMARY, DoseClass.BOOSTER, DoseClass.ADDITIONAL, DoseClass.UNKNOWN
NOW = date(2026, 3, 1)  # whose list of vaccines counts
FIRST = date(2022, 1, 10)
Place = tuple[DoseClass, int | None]


def shot(days: int, product: str = "", kind: DoseClass = UNKNOWN, number: int | None = None) -> Shot:
    return Shot(PartialDate.of(FIRST + timedelta(days)), product, kind, number)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (shot(0, ASTRA, PRIMARY, 1), shot(3, ASTRA, PRIMARY, 1), True),
        (shot(0, ASTRA, PRIMARY, 1), shot(4, ASTRA, PRIMARY, 1), False),
        (shot(0, ASTRA, PRIMARY, 1), shot(1, PFIZER, PRIMARY, 1), False),
        (shot(0, ASTRA, PRIMARY, 1), shot(1, ASTRA, PRIMARY, 2), False),
        (shot(0, ASTRA, PRIMARY, 1), shot(1, ASTRA, BOOSTER, 1), False),
        (shot(0, ASTRA, PRIMARY, 1), shot(2), True),  # says nothing against it
        (shot(0, "", UNKNOWN, 3), shot(1, PFIZER, BOOSTER, 1), True),  # "mũi 3" is the first booster
        (shot(0, "", UNKNOWN, 1), shot(1, PFIZER, PRIMARY, 2), False),
        (Shot(PartialDate(2022, 1), ASTRA), shot(20, ASTRA), True),
        (Shot(PartialDate(2022, 1), ASTRA), shot(20, PFIZER), False),
    ],
)
def test_what_contradicts_is_not_one_dose(one: Shot, other: Shot, same: bool) -> None:
    assert may_be_one(one, other) == may_be_one(other, one) == same


def kept(told: Shot) -> Dose:
    return Dose(
        id=uuid4(), person_id=WHO, given=told.given, product=told.product, dose_class=told.dose_class,
        number=told.number,
    )  # fmt: skip


@pytest.mark.parametrize("apart", [1, 2, 3])
def test_another_vaccine_days_later_came_too_soon_and_is_asked_back(apart: int) -> None:
    first, second = kept(shot(0, ASTRA, PRIMARY, 1)), kept(shot(apart, PFIZER, PRIMARY, 2))
    found = spacing_problems(SCHEDULE, second, (first,), BORN)
    assert [(one.code, one.params["days"]) for one in found] == [(AFTER, f"{apart}")]
    assert [one.code for one in spacing_problems(SCHEDULE, first, (second,), BORN)] == [BEFORE]
    facts = DoseFacts(products=SCHEDULE.products_on(FIRST), birth=BORN, doses=(first,), spacing=found)
    codes = {one.code for one in check_dose(DoseDraft(person_id=WHO, given=second.given, product=PFIZER), facts, FIRST)}
    assert "vaccination.told_already" not in codes


def test_the_course_knows_of_both_and_wants_the_second_again() -> None:
    first, second = shot(0, ASTRA, PRIMARY, 1), shot(2, PFIZER, PRIMARY, 2)
    course = course_in(SCHEDULE, (first, second), frozenset(), NOW)
    assert (course.primary, course.last) == (1, second) and course.again is not None
    told = course_in(SCHEDULE, (first, shot(2, "", UNKNOWN, 1)), frozenset(), NOW)
    assert (told.primary, told.last, told.again) == (1, first, None)


def test_a_record_told_again_after_another_dose_is_still_the_first_one() -> None:
    first, second = shot(0, ASTRA, PRIMARY, 1), shot(1, PFIZER, PRIMARY, 2)
    again = shot_of(kept(shot(2, ASTRA, PRIMARY, 1)))
    assert course_in(SCHEDULE, (first, second, again), frozenset(), NOW) == course_in(
        SCHEDULE, (first, second), frozenset(), NOW
    )


@pytest.mark.parametrize("source", [DoseSource.OWN_RECORD, DoseSource.CERTIFICATE])
@pytest.mark.parametrize("apart", [-3, -1, 0, 2])
def test_what_the_station_or_a_certificate_says_stands_whatever_else_is_told(apart: int, source: DoseSource) -> None:
    own = replace(kept(shot(0)), source=source, lot_number="FK0112")
    told = kept(shot(apart, PFIZER, PRIMARY, 1))
    for order in permutations((own, told)):
        found = slots(SCHEDULE, order, frozenset(), NOW)
        assert (found.primary[0], found.twice) == (own, (told,))  # as it was written
        course = course_in(SCHEDULE, map(shot_of, order), frozenset(), NOW)
        assert course.last is not None and (course.last.given, course.known) == (own.given, 1)


def test_of_both_the_stations_own_record_stands() -> None:
    own = replace(kept(shot(0)), source=DoseSource.OWN_RECORD)
    read = replace(kept(shot(1, PFIZER, PRIMARY, 1)), source=DoseSource.CERTIFICATE)
    for order in permutations((own, read)):
        assert slots(SCHEDULE, order, frozenset(), NOW).twice == (read,)


@pytest.mark.parametrize(
    ("own", "told", "meant"),
    [
        ((UNKNOWN, None), (BOOSTER, 2), (BOOSTER, 2)),
        ((UNKNOWN, 3), (BOOSTER, 1), (BOOSTER, 1)),  # the third of all doses
        ((UNKNOWN, 3), (BOOSTER, None), (BOOSTER, None)),
        ((BOOSTER, None), (UNKNOWN, 3), (BOOSTER, None)),
        ((PRIMARY, None), (UNKNOWN, 2), (PRIMARY, 2)),
        ((UNKNOWN, 2), (PRIMARY, None), (PRIMARY, 2)),
        ((UNKNOWN, None), (UNKNOWN, 2), (UNKNOWN, 2)),
    ],
)
def test_what_it_leaves_open_is_said_by_the_other_record(own: Place, told: Place, meant: Place) -> None:
    mine = replace(kept(shot(0, "", *own)), source=DoseSource.OWN_RECORD)
    other = kept(shot(-1, PFIZER, *told))
    (found,) = each_once([mine, other])
    assert (found.id, found.given, found.product) == (mine.id, mine.given, PFIZER)
    assert (found.dose_class, found.number) == meant


def test_what_both_say_decides_where_it_stands_and_what_comes_next() -> None:
    first = kept(shot(-60, PFIZER, PRIMARY, 1))
    own, told = replace(kept(shot(0)), source=DoseSource.OWN_RECORD), kept(shot(0, PFIZER, BOOSTER, 1))
    found = slots(SCHEDULE, (first, own, told), frozenset(), NOW)
    assert (found.boosters[0], found.twice) == (own, (told,))
    assert next_place(SCHEDULE, (first, own, told), frozenset(), NOW) == (BOOSTER, 2)
