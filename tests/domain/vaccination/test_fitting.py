"""The vaccine that may follow, by the schedule of the dose's own day, the doses before it and the age."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import Dose, DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.fitting import OTHER, TOLD, product_problems
from covidstation.domain.vaccination.schedule_rules import Schedule
from tests.services.samples import catalog

SCHEDULE = Schedule.of(catalog().vaccine_schedules, catalog().vaccine_products)
WHO = uuid4()
PFIZER, MODERNA, ASTRA, SINOPHARM = "EU/1/20/1528", "EU/1/20/1507", "EU/1/21/1529", "BBIBP-CorV"
ADULT = PartialDate(1985, 6, 1)


def had(product, *days):
    return [
        Dose(
            id=uuid4(),
            person_id=WHO,
            given=PartialDate.of(day),
            product=product,
            dose_class=DoseClass.PRIMARY,
            number=n,
        )
        for n, day in enumerate(days, 1)
    ]


def draft(product, day, **changes):
    said = {"source": DoseSource.OWN_RECORD, "given": PartialDate.of(day), **changes}
    return DoseDraft(person_id=WHO, product=product, **said)


def codes(one, others=(), birth=ADULT):
    return [problem.code for problem in product_problems(SCHEDULE, one, others, birth)]


@pytest.mark.parametrize(
    ("before", "second", "found"),
    [
        (PFIZER, PFIZER, []),
        (PFIZER, MODERNA, []),
        (PFIZER, ASTRA, [OTHER]),
        (ASTRA, PFIZER, []),
        (ASTRA, MODERNA, [OTHER]),
        (SINOPHARM, SINOPHARM, []),
        (SINOPHARM, PFIZER, [OTHER]),
    ],
)
def test_the_second_dose_is_of_a_vaccine_that_may_follow_the_first(before, second, found):
    assert codes(draft(second, date(2021, 12, 20)), had(before, date(2021, 11, 1))) == found


def test_a_child_from_twelve_years_has_the_one_vaccine_that_the_rule_names():
    child = PartialDate(2008, 5, 1)
    assert codes(draft(PFIZER, date(2022, 3, 10)), birth=child) == []
    assert codes(draft(MODERNA, date(2022, 3, 10)), birth=child) == [OTHER]
    told = draft(MODERNA, date(2022, 3, 10), source=DoseSource.CARD)
    assert codes(told, birth=child) == [OTHER]  # of a child a word why is wanted whoever told it
    (problem,) = product_problems(SCHEDULE, told, (), child)
    assert problem.params["rule"] == SCHEDULE.on(date(2022, 3, 10)).id and "Comirnaty" in problem.params["names"]


def test_a_course_of_a_younger_child_goes_on_with_the_same():
    child = PartialDate(2014, 5, 1)
    first = had(PFIZER, date(2022, 4, 20))
    assert codes(draft(PFIZER, date(2022, 6, 1)), first, child) == []
    assert codes(draft(MODERNA, date(2022, 6, 1)), first, child) == [OTHER]


def test_what_is_told_of_an_adult_is_asked_back_without_a_reason():
    told = draft(ASTRA, date(2021, 12, 20), source=DoseSource.CARD)
    assert codes(told, had(PFIZER, date(2021, 11, 1))) == [TOLD]


@pytest.mark.parametrize(
    "one",
    [
        draft(ASTRA, date(2021, 12, 20), country="LA"),
        draft("", date(2021, 12, 20)),
        draft("EU/9/99/9999", date(2021, 12, 20)),
        draft(ASTRA, date(2021, 12, 20), given=PartialDate(2021, 12)),
        draft(PFIZER, date(2021, 11, 2)),  # the same dose told twice, a day apart
        draft(ASTRA, date(2021, 10, 1)),  # before the other one
    ],
)
def test_what_another_schedule_or_nobody_can_say_is_let_be(one):
    assert codes(one, had(PFIZER, date(2021, 11, 1))) == []


def test_after_a_whole_course_a_booster_of_what_the_rule_lists():
    course = had(ASTRA, date(2021, 8, 1), date(2021, 10, 1))
    assert codes(draft(PFIZER, date(2022, 3, 10)), course) == codes(draft(ASTRA, date(2022, 3, 10)), course) == []
    assert codes(draft(SINOPHARM, date(2022, 3, 10)), course) == [OTHER]
