"""The vaccine that may follow, by the schedule of the dose's own day, the doses before it and the age."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.checks import needs_reason
from covidstation.domain.vaccination.doses import Dose, DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.fitting import (
    BEYOND,
    BEYOND_TOLD,
    NOT_OF_AGE,
    NOT_OF_AGE_TOLD,
    OTHER,
    TOLD,
    UNSAID,
    product_problems,
)
from covidstation.domain.vaccination.schedule_rules import Schedule
from tests.services.samples import catalog

SCHEDULE = Schedule.of(catalog().vaccine_schedules, catalog().vaccine_products)
WHO = uuid4()
PFIZER, MODERNA, ASTRA, SINOPHARM = "EU/1/20/1528", "EU/1/20/1507", "EU/1/21/1529", "BBIBP-CorV"
SINOVAC, COVISHIELD = "CoronaVac", "Covishield"
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
        (ASTRA, PFIZER, [OTHER]),  # 49 days: AstraZeneca goes on from 28, with Pfizer from 56
        (SINOVAC, PFIZER, [UNSAID]),  # never given here: nothing says what follows
        (SINOVAC, SINOVAC, [UNSAID]),
        (ASTRA, MODERNA, [OTHER]),
        (SINOPHARM, SINOPHARM, []),
        (SINOPHARM, PFIZER, [OTHER]),
    ],
)
def test_the_second_dose_is_of_a_vaccine_that_may_follow_the_first(before, second, found):
    assert codes(draft(second, date(2021, 12, 20)), had(before, date(2021, 11, 1))) == found


@pytest.mark.parametrize("before", [ASTRA, COVISHIELD])
def test_another_vaccine_may_follow_later_than_the_same_one(before):
    first = had(before, date(2021, 11, 1))
    assert codes(draft(ASTRA, date(2021, 11, 29)), first) == []
    assert codes(draft(PFIZER, date(2021, 12, 26)), first) == [OTHER]  # 55 days
    assert codes(draft(PFIZER, date(2021, 12, 27)), first) == []


def test_a_told_dose_of_what_may_follow_later_is_believed_though_it_came_early():
    first, early = had(ASTRA, date(2021, 9, 25)), draft(PFIZER, date(2021, 11, 1), source=DoseSource.CARD)  # 37 days
    assert codes(early, first) == []
    assert codes(replace(early, product=MODERNA), first) == [TOLD]
    assert codes(replace(early, source=DoseSource.OWN_RECORD), first) == [OTHER]


def test_what_the_schedule_cannot_say_wants_a_word_why_here_alone():
    one = draft(PFIZER, date(2021, 12, 20))
    assert needs_reason(list(product_problems(SCHEDULE, one, had(SINOVAC, date(2021, 11, 1)), ADULT)))
    assert codes(replace(one, source=DoseSource.CARD), had(SINOVAC, date(2021, 11, 1))) == []


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


CHILD, GROWN = PartialDate(2014, 5, 1), PartialDate(1990, 1, 1)
TWICE = had(PFIZER, date(2022, 4, 20), date(2022, 6, 1))
THRICE = [
    *had(PFIZER, date(2021, 6, 15), date(2021, 7, 15)),
    replace(had(PFIZER, date(2022, 1, 10))[0], dose_class=DoseClass.BOOSTER),
]
MORE = {"dose_class": DoseClass.BOOSTER, "number": 2}


@pytest.mark.parametrize(
    ("one", "others", "birth", "here", "told"),
    [
        (draft(PFIZER, date(2022, 9, 1), dose_class=DoseClass.BOOSTER), TWICE, CHILD, BEYOND, BEYOND_TOLD),
        (draft(PFIZER, date(2022, 5, 10), **MORE), THRICE, GROWN, BEYOND, BEYOND_TOLD),  # 120 days after the third
        (draft("", date(2022, 5, 10), **MORE), THRICE, GROWN, BEYOND, BEYOND_TOLD),  # whatever the vaccine is
        (draft(PFIZER, date(2021, 9, 1)), (), CHILD, NOT_OF_AGE, NOT_OF_AGE_TOLD),
    ],
)
def test_a_dose_that_the_schedule_gives_nobody_is_asked_back_with_the_rule(one, others, birth, here, told):
    (problem,) = product_problems(SCHEDULE, one, others, birth)
    assert (problem.code, problem.params["rule"]) == (here, SCHEDULE.on(one.given.earliest).id)
    assert needs_reason([problem])
    assert codes(replace(one, source=DoseSource.CARD), others, birth) == [told]
    (problem,) = product_problems(SCHEDULE, replace(one, source=DoseSource.CARD), others, birth)
    assert not needs_reason([problem])
    assert codes(replace(one, country="LA"), others, birth) == []


def test_a_group_for_whom_the_fourth_dose_is_has_it():
    fourth = draft(PFIZER, date(2022, 6, 1), **MORE)
    rule = SCHEDULE.on(date(2022, 6, 1))
    group = next(iter(sorted({name for band in rule.bands for line in band.further for name in line.groups})))
    assert [one.code for one in product_problems(SCHEDULE, fourth, THRICE, GROWN, frozenset(), group)] == []
    assert codes(fourth, THRICE, GROWN) == [BEYOND]
