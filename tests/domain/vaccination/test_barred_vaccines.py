"""A vaccine that somebody must not have, whatever the list of the day calls it or leaves out."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.district import lay
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.schedule import state_on
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.stances import Stance, StanceKind
from covidstation.domain.vaccination.states import DueKind, Shot, VaccineFacts
from tests.services.samples import catalog

SHIPPED = catalog()
SCHEDULE = Schedule.of(SHIPPED.vaccine_schedules, SHIPPED.vaccine_products)
PERSON = UUID(int=1)
BOOSTER_DAY = date(2022, 6, 10)
PFIZER, MODERNA, ASTRA = "EU/1/20/1528", "EU/1/20/1507", "EU/1/21/1529"
SINOVAC, SINOPHARM, HAYAT = "CoronaVac", "BBIBP-CorV", "Hayat-Vax"


def against(product):
    kind, since = StanceKind.CONTRAINDICATED, date(2021, 10, 1)
    return Stance(id=PERSON, person_id=PERSON, kind=kind, reason="Phản vệ độ 2", since=since, product=product)


def course(product, *barred):
    days = (PartialDate(2021, 9, 1), PartialDate(2021, 10, 1))
    doses = tuple(Shot(day, product, DoseClass.PRIMARY, number) for number, day in enumerate(days, 1))
    return VaccineFacts(birth=PartialDate(1985, 6, 1), doses=doses, stances=tuple(map(against, barred)))


def without(*codes, replaced=False):
    """With a list of May 2022 that leaves these out, beside the shipped ones or in their place."""
    last = SHIPPED.vaccine_products[-1]
    left = tuple(one for one in last.products if one.code not in codes)
    short = replace(last, id="huyen-2022", valid_from=date(2022, 5, 1), products=left)
    lists = (short,) if replaced else lay(SHIPPED.vaccine_products, [(short, None)])
    return Schedule.of(SHIPPED.vaccine_schedules, lists)


@pytest.mark.parametrize("code", [SINOVAC, SINOPHARM])
def test_a_list_that_no_longer_has_a_barred_vaccine_bars_no_other(code):
    usual = state_on(SCHEDULE, course(code, code), BOOSTER_DAY)
    found = state_on(without(code), course(code, code), BOOSTER_DAY)
    assert (found.kind, found.products) == (usual.kind, usual.products) == (DueKind.OVERDUE, found.products)
    assert PFIZER in found.products and code not in found.products


def test_what_a_rule_names_is_known_though_every_list_leaves_it_out():
    assert state_on(without(SINOPHARM, replaced=True), course(PFIZER, SINOPHARM), BOOSTER_DAY).kind is DueKind.OVERDUE


def test_another_name_of_a_barred_vaccine_stays_barred_when_the_list_loses_one():
    schedule = without(HAYAT)
    assert schedule.akin(HAYAT) == {HAYAT, SINOPHARM}
    assert SINOPHARM not in state_on(schedule, course(SINOPHARM, HAYAT), BOOSTER_DAY).products


def test_what_nobody_knows_bars_every_vaccine():
    assert SCHEDULE.bars_all("vắc xin của Mỹ") and not SCHEDULE.bars_all(SINOVAC)
    assert state_on(SCHEDULE, course(PFIZER, "vắc xin của Mỹ"), BOOSTER_DAY).kind is DueKind.CONTRAINDICATED


def test_a_component_is_known_of_a_vaccine_that_left_the_list():
    assert without(MODERNA).shared(MODERNA, PFIZER) == SCHEDULE.shared(MODERNA, PFIZER) != frozenset()


def test_a_barred_vaccine_is_named_by_all_names_that_it_has_here():
    assert SCHEDULE.barred_names((ASTRA,)) == (SCHEDULE.name(ASTRA),)  # Covishield and others came to no station
    assert SCHEDULE.barred_names((SINOPHARM, PFIZER)) == tuple(map(SCHEDULE.name, (SINOPHARM, HAYAT, PFIZER)))
    assert SCHEDULE.barred_names(("vắc xin của Mỹ",)) == ("vắc xin của Mỹ",)
