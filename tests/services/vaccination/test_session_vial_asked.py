"""A sheet is held against the vaccine that is in the hand, and against what the register knows by then."""

from __future__ import annotations

from dataclasses import replace

from covidstation.domain.people import Sex
from covidstation.domain.terms import Answer
from covidstation.domain.vaccination.screening import Outcome
from covidstation.services.vaccination.day import screen_person
from covidstation.services.vaccination.injecting import InjectionDraft
from tests.services.samples import NOW, catalog
from tests.services.vaccination.rooms import WELL, WHO, code, jab, person, refused, running, sheet, take, vaccine

KNOWN = {"vaccine_session.answer_known"}
SURE = "Đã hỏi lại: thôi cho con bú từ tháng trước"


def test_the_questions_of_the_vial_that_was_picked_are_asked_back(db):
    one = running(db, vaccine(db), 1)
    sputnik = take(db, one, vaccine(db, number="SP", item="Sputnik V"), 2)
    mother = person(db, 41, sex=Sex.FEMALE, breastfeeding=Answer.YES)
    picked = InjectionDraft(take_id=sputnik)
    assert refused(lambda: jab(db, one, mother, draft=picked)) == KNOWN
    assert refused(lambda: jab(db, one, mother, draft=picked, sure=True)) == {"vaccination.why"}
    ticked = replace(WELL, answers=frozenset({"NOT_FOR_PREGNANT"}))
    again = replace(picked, reason=SURE)
    assert code(lambda: jab(db, one, mother, draft=again, sure=True, screening=ticked)) == "vaccine_session.may_not"
    assert sheet(db, one).line.given == 0
    assert jab(db, one, mother, draft=again, sure=True).dose.reason == SURE
    other = person(db, 43, sex=Sex.FEMALE, breastfeeding=Answer.YES)
    decided = replace(ticked, outcome=Outcome.CAUTION, reason=SURE)  # answered, and somebody decided
    assert jab(db, one, other, draft=picked, screening=decided).dose.product == "Sputnik-V"


def test_a_sheet_that_was_kept_before_the_register_knew_of_a_pregnancy_is_asked_back(db):
    one, who = running(db, vaccine(db)), person(db, 42, sex=Sex.FEMALE, pregnancy=Answer.YES)
    screen_person(db, one, who, WELL, catalog=catalog(), now=NOW, **WHO)
    assert refused(lambda: jab(db, one, who, screening=None)) == KNOWN
    assert sheet(db, one).line.given == 0
