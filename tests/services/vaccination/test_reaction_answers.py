"""The report of a reaction words what was ticked before the dose by the rule of that sheet, whatever came since."""

from __future__ import annotations

from datetime import datetime, timedelta

from covidstation.db.rows import SessionPersonRow
from covidstation.domain.care import Vitals
from covidstation.domain.vaccination.reactions import EventDraft
from covidstation.domain.vaccination.screening import Outcome
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.reaction_papers import event_pdf
from covidstation.services.vaccination.reactions import record_event
from covidstation.services.vaccination.seating import ScreeningDraft
from tests.services.samples import NOW, catalog
from tests.services.vaccination.rooms import WHO, jab, person, running, vaccine
from tests.services.vaccination.test_session_results import text_of

DOSE = NOW.replace(year=2021, month=12, day=20)  # QĐ 5002: an illness is asked for; a day later QĐ 5785 asks no more
KNOWN = {"catalog": catalog()}


def report(db, ticked):
    one = running(db, vaccine(db, day=DOSE.date()), 1, day=DOSE.date(), now=DOSE)
    who = person(db, 1)
    seen = ScreeningDraft(
        vitals=Vitals(temperature=367, pulse=80, systolic=120, diastolic=80),
        answers=frozenset(ticked),
        outcome=Outcome.CAUTION,
        reason="Khỏi đã lâu, bác sĩ cho tiêm",
    )
    said = InjectionDraft(reason="Trưởng trạm quyết định")
    dose = jab(db, one, who, now=DOSE, sure=True, screening=seen, draft=said).dose
    began = datetime.combine(DOSE.date() + timedelta(days=2), datetime.min.time()) + timedelta(hours=8)
    event = EventDraft(person_id=who, dose_id=dose.id, kinds=("FEVER",), began_at=began)
    made = record_event(db, event, now=DOSE + timedelta(days=2), sure=True, **KNOWN, **WHO).value
    return made.id


def allergies(db, event):
    words = text_of(event_pdf(db, event, today=DOSE.date(), **KNOWN))
    start = words.index("Tiền sử dị ứng")
    return words[start : words.index("Phản ứng sau các mũi trước")]


def test_an_answer_that_the_newer_rule_does_not_ask_for_stands(db):
    event = report(db, {"INFECTED", "ALLERGY"})
    told = allergies(db, event)
    assert "COVID-19" in told and "Dị ứng" in told


def test_a_code_that_no_rule_has_stands_as_it_is(db):
    event = report(db, {"ALLERGY"})
    with db.write(None, NOW) as session:
        session.query(SessionPersonRow).one().answers = ["ALLERGY", "OTHERS_OWN"]
    assert "OTHERS_OWN" in allergies(db, event)
