"""A row from paper of somebody whom the desk knew before the light went out: nothing that was asked is lost, and
whatever is doubtful is said at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Answer, Sex
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import NoDose, Step
from covidstation.errors import Refused
from covidstation.services.vaccination.day import screen_person
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.paper_rows import WrittenRow, enter_paper_row
from covidstation.services.vaccination.seating import ScreeningDraft
from tests.services.samples import NOW, TODAY, USER, catalog
from tests.services.vaccination.rooms import COMIRNATY, WHO, jab, person, refused, running, seat, sheet, take, vaccine

DESK = {"catalog": catalog(), "now": NOW, **WHO}
CLERK = "Nguyễn Thị Văn Thư"
EVENING = NOW.replace(hour=20)
FINE = Vitals(temperature=367)


def hour(hours, minutes=0):
    return NOW.replace(hour=hours, minute=minutes, tzinfo=None)


def enter(db, one, who, *, sure=False, **said):
    row = WrittenRow(**{"vitals": FINE, "at": hour(9), **said})
    return enter_paper_row(db, one, who, row, catalog=catalog(), by=None, by_name=CLERK, now=EVENING, sure=sure).value


def had(db, who, days):
    draft = DoseDraft(
        person_id=who, given=PartialDate.of(TODAY - timedelta(days=days)), product=COMIRNATY,
        dose_class=DoseClass.PRIMARY, number=1, source=DoseSource.CARD,
    )  # fmt: skip
    record_dose(db, draft, catalog=catalog(), now=NOW, sure=True, **WHO)


def test_a_missing_measure_is_asked_back_with_all_the_rest(db):
    """The reason for the one is no answer to what nobody was shown."""
    who, other = person(db, 1), person(db, 2)
    one = running(db, vaccine(db), 2)
    jab(db, one, other)
    had(db, who, 5)
    said = {"vitals": Vitals(), "at": hour(1, 10)}
    with pytest.raises(Refused) as trouble:
        enter(db, one, who, **said)
    found = trouble.value.problems
    assert {each.code for each in found} == {
        "vaccine_session.paper_temperature_missing", "vaccine_session.paper_vial_hours", "vaccination.too_soon",
    }  # fmt: skip
    again = {**said, "reason": "Giấy không ghi", "sure": found[:1]}
    assert "vaccination.too_soon" in refused(lambda: enter(db, one, who, **again))
    assert [vial.opened_at for vial in sheet(db, one).takes[0].opened] == [NOW.replace(tzinfo=None)]


def test_what_the_desk_asked_and_measured_stands(db):
    who = person(db, 3)
    one = running(db, vaccine(db), 2)
    vitals = Vitals(temperature=371, pulse=88, systolic=120, diastolic=80)
    screen_person(db, one, who, ScreeningDraft(vitals=vitals, answers=frozenset({"ALLERGY"})), sure=True, **DESK)
    assert enter(db, one, who) is Step.LEFT
    line = seat(db, one, who)
    assert line.answers == {"ALLERGY"} and line.vitals == Vitals(temperature=367, pulse=88, systolic=120, diastolic=80)
    assert (line.seat.outcome, line.screened_by) == (Outcome.CAUTION, USER)


@pytest.mark.parametrize(
    "kept",
    [
        ScreeningDraft(vitals=FINE, answers=frozenset({"ANAPHYLAXIS"})),
        ScreeningDraft(vitals=FINE, outcome=Outcome.CONTRAINDICATED, reason="Bác sĩ: sốc với thuốc tê"),
    ],
)
def test_whom_the_desk_forbade_the_dose_is_asked_back(db, kept):
    """By an answer, or by what somebody decided."""
    who = person(db, 4)
    one = running(db, vaccine(db), 2)
    screen_person(db, one, who, kept, sure=True, **DESK)
    with pytest.raises(Refused) as trouble:
        enter(db, one, who)
    (found,) = trouble.value.problems
    assert (found.code, found.params["outcome"]) == ("vaccine_session.paper_against", "Chống chỉ định")
    assert enter(db, one, who, reason="Giấy ghi đã tiêm, hỏi lại đúng", sure=[found]) is Step.LEFT
    line = seat(db, one, who)
    assert (line.seat.outcome, line.answers) == (Outcome.CAUTION, kept.answers)


def test_who_went_without_goes_with_what_the_desk_had_found(db):
    who = person(db, 5)
    one = running(db, vaccine(db), 2)
    kept = ScreeningDraft(vitals=FINE, outcome=Outcome.CONTRAINDICATED, reason="Bác sĩ: sốc với thuốc tê")
    screen_person(db, one, who, kept, sure=True, **DESK)
    went = {"vitals": Vitals(temperature=369), "ending": NoDose.WENT}
    assert refused(lambda: enter(db, one, who, **went)) == {"vaccine_session.nothing_kept"}
    enter(db, one, who, sure=True, **went)
    line = seat(db, one, who)
    assert (line.vitals.temperature, line.seat.outcome) == (369, Outcome.CONTRAINDICATED)
    assert line.outcome_reason == "Bác sĩ: sốc với thuốc tê"


def test_a_row_without_a_lot_is_judged_for_the_vaccine_that_is_drawn(db):
    """Sputnik expires first and is not for a nursing mother; she goes on with Comirnaty."""
    mother = person(db, 6, sex=Sex.FEMALE, breastfeeding=Answer.YES)
    sputnik = vaccine(db, 40, item="Sputnik V", number="SP1", expiry=TODAY + timedelta(days=10))
    one = running(db, vaccine(db), 2)
    take(db, one, sputnik, 1)
    had(db, mother, 30)
    assert enter(db, one, mother) is Step.LEFT
    line = seat(db, one, mother)
    assert (line.dose.product, line.answers, line.seat.outcome) == (COMIRNATY, frozenset(), Outcome.ELIGIBLE)


def test_who_types_is_neither_who_injected_nor_who_looked_at_them(db):
    who, other, at_desk = (person(db, number) for number in (7, 8, 9))
    one = running(db, vaccine(db), 2)
    enter(db, one, who)
    enter(db, one, other, vaccinator=" Lò Thị Pó ")
    assert [seat(db, one, each).dose.vaccinator for each in (who, other)] == ["", "Lò Thị Pó"]
    assert seat(db, one, who).screened_by == ""
    assert jab(db, one, at_desk).dose.vaccinator == USER
    late, tomorrow = person(db, 10), NOW + timedelta(days=1)
    assert jab(db, one, late, draft=InjectionDraft(at=hour(9)), now=tomorrow).dose.vaccinator == ""


FEVER = ScreeningDraft(vitals=Vitals(temperature=385), answers=frozenset({"ACUTE"}))
DOCTOR = "BS An khám: cho tiêm"


def test_what_the_doctor_decided_at_the_desk_stands_with_the_reason(db):
    who = person(db, 11)
    one = running(db, vaccine(db), 2)
    screen_person(db, one, who, replace(FEVER, outcome=Outcome.CAUTION, reason=DOCTOR), sure=True, **DESK)
    assert enter(db, one, who, vitals=FEVER.vitals) is Step.LEFT  # nothing is asked
    line = seat(db, one, who)
    assert (line.proposed, line.seat.outcome, line.outcome_reason) == (Outcome.DEFER, Outcome.CAUTION, DOCTOR)
    assert line.screened_by == USER


def test_the_doctor_did_not_decide_of_what_is_known_only_now(db):
    who = person(db, 12, sex=Sex.FEMALE)
    one = running(db, vaccine(db), 2)
    screen_person(db, one, who, replace(FEVER, outcome=Outcome.CAUTION, reason=DOCTOR), sure=True, **DESK)
    row = {"vitals": Vitals(), "weeks": 6}
    with pytest.raises(Refused) as trouble:
        enter(db, one, who, **row)
    assert [found.code for found in trouble.value.problems] == ["vaccine_session.paper_against"]
    assert enter(db, one, who, reason="Hỏi lại, đã tiêm", sure=True, **row) is Step.LEFT
    assert seat(db, one, who).outcome_reason == "Hỏi lại, đã tiêm"


def test_what_the_doctor_decided_stands_of_who_went_without(db):
    who = person(db, 13)
    one = running(db, vaccine(db), 2)
    kept = ScreeningDraft(vitals=FINE, answers=frozenset({"ANAPHYLAXIS"}))
    kept = replace(kept, outcome=Outcome.DEFER, reason="BS An: hỏi tuyến trên")
    screen_person(db, one, who, kept, sure=True, **DESK)
    enter(db, one, who, ending=NoDose.DEFERRED, reason="Chờ tuyến trên", again_on=TODAY + timedelta(days=7))
    line = seat(db, one, who)
    assert (line.seat.outcome, line.outcome_reason) == (Outcome.DEFER, kept.reason)
