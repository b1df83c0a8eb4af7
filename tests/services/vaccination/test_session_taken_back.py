"""A dose is taken back: of whoever it was written for by mistake nothing else stays in the session, either."""

from __future__ import annotations

from dataclasses import replace

from covidstation.db.queries.vaccine_seats import seats
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.sessions import Consent, Step
from covidstation.services.vaccination.day import screen_person, take_back_injection
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.seating import ConsentDraft, ScreeningDraft, sheet_of
from covidstation.services.vaccination.sessions import invite_people
from tests.services.privacy.test_purge import faults
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import WHO, code, ended, jab, person, running, seat, sheet, vaccine

ACT = {"catalog": catalog(), "now": NOW, **WHO}
MOTHER = ConsentDraft(guardian_name="Lò Thị Sơ", guardian_relation="mẹ", guardian_phone="0912345678")
THEIRS = ScreeningDraft(
    vitals=Vitals(temperature=369, pulse=80, systolic=120, diastolic=80), answers=frozenset({"ALLERGY"})
)


def test_the_sheet_of_somebody_else_goes_with_their_dose(db):
    one, child = running(db, vaccine(db)), person(db, 1, birth=PartialDate(2006, 5, 1))
    invite_people(db, one, [child], now=NOW, **WHO)
    before = seat(db, one, child)
    jab(db, one, child, screening=replace(THEIRS, answers=frozenset()), consent=MOTHER, sure=True)
    take_back_injection(db, one, child, "Tiêm cho em", others=True, **ACT)
    assert seat(db, one, child) == before and before.step is Step.EXPECTED
    assert code(lambda: jab(db, one, child, screening=None, consent=MOTHER)) == "vaccine_session.not_screened"
    assert seat(db, one, child).step is Step.EXPECTED
    assert faults(db) == []


def test_whom_the_session_did_not_expect_is_not_in_it(db):
    one, who, real = running(db, vaccine(db)), person(db, 1), person(db, 2)
    screen_person(db, one, who, THEIRS, sure=True, **ACT)
    jab(db, one, who, screening=replace(THEIRS, over=sheet_of(seat(db, one, who))), sure=True)
    take_back_injection(db, one, who, "Quét nhầm thẻ", others=True, **ACT)
    assert seats(db, one) == ()
    jab(db, one, real, screening=THEIRS, sure=True)
    ended(db, one, sheet(db, one).takes[0].to_count)
    lines = day_result(db, TODAY, catalog=catalog(), session_id=one)
    assert [(line.people, line.went) for line in lines] == [(1, 0)]


def test_who_waits_on_keeps_what_is_their_own(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    jab(db, one, who, screening=THEIRS, sure=True)
    take_back_injection(db, one, who, "Chưa tiêm", **ACT)
    line = seat(db, one, who)
    assert (line.step, line.seat.consent, line.vitals) == (Step.SCREENED, Consent.YES, THEIRS.vitals)
