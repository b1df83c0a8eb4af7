"""Another vaccine that may follow from a later day on is named with that day."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.schedule import state_of, state_on
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.stances import Stance, StanceKind
from covidstation.domain.vaccination.states import DueKind, Shot, VaccineFacts
from covidstation.messages.vaccination_due import due_reason, due_sentence
from tests.services.samples import catalog

SCHEDULE = Schedule.of(catalog().vaccine_schedules, catalog().vaccine_products)
PFIZER, ASTRA = "EU/1/20/1528", "EU/1/21/1529"
GIVEN = date(2022, 2, 1)


def facts(*barred, product=ASTRA):
    kind = StanceKind.CONTRAINDICATED
    said = (
        Stance(id=UUID(int=1), person_id=UUID(int=1), kind=kind, reason="x", since=GIVEN, product=one) for one in barred
    )
    dose = Shot(PartialDate.of(GIVEN), product, DoseClass.PRIMARY, 1)
    return VaccineFacts(birth=PartialDate(1985, 6, 1), doses=(dose,), stances=tuple(said))


@pytest.mark.parametrize(("days", "kind"), [(10, DueKind.NOT_YET), (28, DueKind.DUE), (55, DueKind.DUE)])
def test_the_sentence_names_the_day_of_the_switch_until_it_has_come(days, kind):
    state = state_of(SCHEDULE, facts(), GIVEN + timedelta(days))
    assert (state.kind, state.products) == (kind, (ASTRA,))
    for words in (due_sentence(state), due_reason(state)):
        assert words.endswith("Được dùng Comirnaty (Pfizer) từ 29/03/2022.")
    assert state.next_change_on is not None and state.next_change_on <= date(2022, 3, 29)


def test_from_that_day_on_it_is_offered_and_nothing_more_is_said():
    state = state_on(SCHEDULE, facts(), GIVEN + timedelta(56))
    assert PFIZER in state.products and "Comirnaty" not in due_sentence(state)


@pytest.mark.parametrize("one", [facts(PFIZER), facts(product=PFIZER)])
def test_what_is_barred_or_needs_no_longer_is_not_named(one):
    assert "Được dùng" not in due_sentence(state_on(SCHEDULE, one, GIVEN + timedelta(30)))
