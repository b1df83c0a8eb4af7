"""Visits and medicines on the page of a person: among the events of a day, and what is late beside the name."""

from datetime import timedelta

import pytest

from covidstation.domain.chronic import ConditionDraft
from covidstation.domain.chronic_visits import Adherence, ChronicVisitDraft
from covidstation.domain.dispensing import Origin
from covidstation.domain.prescriptions import HandingDraft, HandingItem, PrescriptionDraft
from covidstation.services.about_person import about_person
from covidstation.services.chronic.conditions import add_condition
from covidstation.services.chronic.visits import record_chronic_visit
from covidstation.services.dispensing.handing import hand_out, take_back_handing
from covidstation.services.dispensing.prescribing import prescribe
from covidstation.ui.person.elder_events import elder_chips, elder_events
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(60)
TODAY = NOW.date()
WHO = {"by": None, "by_name": "Lò Thị Nhung", "now": NOW}
KNOWN = {**WHO, "catalog": catalog()}
DRAFT = PrescriptionDraft(medicine="Metformin", strength="500 mg", unit="viên", started_on=TODAY - timedelta(days=90))


def chips(db, person):
    return [text for text, _tone in elder_chips(about_person(db, person), catalog(), TODAY)]


def test_a_person_of_no_book_has_neither(desk, village):
    about = about_person(desk.register.db, village.my)
    assert list(elder_events(about)) == [] and chips(desk.register.db, village.my) == []


def test_who_runs_out_on_friday_shows_as_such(desk, village):
    """NOW is a Friday: 60 days from seven days less than that ago end next Friday."""
    db = desk.register.db
    one = prescribe(db, village.my, DRAFT, **WHO).value
    assert chips(db, village.my) == ["hết thuốc"]
    item = HandingItem(prescription_id=one, days=30, origin=Origin.OWN)
    act = hand_out(db, village.my, HandingDraft(items=(item,), day=TODAY - timedelta(days=23)), **KNOWN).value
    assert chips(db, village.my) == ["hết thuốc Thứ Sáu 17/07"]
    (event,) = elder_events(about_person(db, village.my))
    assert event.what == "Cấp thuốc: Metformin 500 mg × 30 viên" and "cho 30 ngày" in event.more
    take_back_handing(db, act, "nhầm", **WHO)
    assert list(elder_events(about_person(db, village.my))) == []


def test_who_forgets_medicines_shows(desk, village):
    db = desk.register.db
    add_condition(db, village.my, ConditionDraft(code="E11", registered_on=TODAY - timedelta(days=400)), **KNOWN)
    day = TODAY - timedelta(days=3)
    draft = ChronicVisitDraft(person_id=village.my, day=day, glucose=640, adherence=Adherence.PARTLY)
    record_chronic_visit(db, draft, sure=True, **KNOWN)
    assert chips(db, village.my) == ["thuốc: hay quên"]
    again = ChronicVisitDraft(person_id=village.my, day=TODAY, glucose=640, adherence=Adherence.GOOD)
    record_chronic_visit(db, again, sure=True, **KNOWN)
    assert chips(db, village.my) == []


def test_a_last_visit_above_the_target_shows(desk, village):
    db = desk.register.db
    add_condition(db, village.my, ConditionDraft(code="I10", registered_on=TODAY - timedelta(days=400)), **KNOWN)
    draft = ChronicVisitDraft(person_id=village.my, day=TODAY - timedelta(days=3), systolic=162, diastolic=96)
    record_chronic_visit(db, draft, sure=True, **KNOWN)
    assert chips(db, village.my) == ["lần khám cuối chưa đạt"]
    (event,) = elder_events(about_person(db, village.my))
    assert event.day == TODAY - timedelta(days=3) and "162/96" in event.what
