"""Two desks with one person's sheet: what one of them kept is not written over by the other, who has not read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from covidstation.db.queries.vaccine_seats import seats
from covidstation.domain.care import Vitals
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import NoDose, Step
from covidstation.errors import UserError
from covidstation.messages import sentences
from covidstation.services.vaccination.arrival import look_at_arrival
from covidstation.services.vaccination.day import screen_person
from covidstation.services.vaccination.seating import ScreeningDraft, sheet_of
from covidstation.services.vaccination.without import WithoutDraft, send_without
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import WELL, WHO, code, jab, person, running, seat, vaccine

ACT = {"catalog": catalog(), "now": NOW, **WHO}
ILL = ScreeningDraft(vitals=Vitals(temperature=382, pulse=90), answers=frozenset({"ANAPHYLAXIS"}))


@pytest.fixture
def room(db):
    return running(db, vaccine(db)), person(db, 1)


def read(db, one, who):
    """What a desk that opens the card now has read."""
    return sheet_of(look_at_arrival(db, who, session_id=one, catalog=catalog()).seat)


def kept(db, one, who):
    return sheet_of(seat(db, one, who))


def test_a_card_that_was_opened_before_gives_no_dose_over_a_contraindication(db, room):
    one, who = room
    before = read(db, one, who)
    screen_person(db, one, who, ILL, sure=True, **ACT)
    stale = replace(WELL, over=before)
    with pytest.raises(UserError) as trouble:
        jab(db, one, who, screening=stale)
    assert trouble.value.code == "vaccine_session.sheet_changed"
    assert "Chống chỉ định" in sentences(trouble.value)[0] and WHO["by_name"] in sentences(trouble.value)[0]
    assert seat(db, one, who).step is Step.SCREENED and kept(db, one, who).outcome is Outcome.CONTRAINDICATED
    assert kept(db, one, who).vitals == ILL.vitals
    assert code(lambda: screen_person(db, one, who, stale, **ACT)) == "vaccine_session.sheet_changed"
    again = WithoutDraft(kind=NoDose.DEFERRED, reason="Hẹn lại", again_on=TODAY + timedelta(days=3))
    assert code(lambda: send_without(db, one, who, again, screening=stale, **ACT)) == "vaccine_session.sheet_changed"
    assert seat(db, one, who).step is Step.SCREENED


def test_a_harmless_sheet_is_not_lost_either_and_who_has_read_it_may_change_it(db, room):
    one, who = room
    first = ScreeningDraft(vitals=Vitals(temperature=367, systolic=120, diastolic=80), answers=frozenset({"ALLERGY"}))
    before = read(db, one, who)
    screen_person(db, one, who, first, sure=True, **ACT)
    assert code(lambda: jab(db, one, who, screening=replace(WELL, over=before))) == "vaccine_session.sheet_changed"
    now = read(db, one, who)
    assert now.answers == {"ALLERGY"}
    jab(db, one, who, screening=replace(first, vitals=WELL.vitals, over=now))
    assert kept(db, one, who).answers == {"ALLERGY"} and kept(db, one, who).vitals.systolic is None


def test_who_was_not_in_the_session_when_the_card_was_opened(db, room):
    one, who = room
    before = read(db, one, who)
    assert before == ScreeningDraft() and not seats(db, one)
    jab(db, one, who, screening=replace(WELL, over=before))
    assert seat(db, one, who).step is Step.OBSERVED
