"""The day's result says where each dose that was taken along is: used, wasted, left, or counted otherwise and why."""

from __future__ import annotations

from covidstation.services.vaccination.closing import Counted, close_session, reopen_session
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.session_papers import result_pdf
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import COMIRNATY, WHO, ended, jab, person, running, sheet, take, vaccine
from tests.services.vaccination.test_session_results import text_of

KNOWN = {"catalog": catalog()}


def printed(db):
    return text_of(result_pdf(db, TODAY, today=TODAY, **KNOWN))


def test_a_vial_that_was_lost_stands_in_the_notes_with_its_reason(db):
    one = running(db, vaccine(db), 3)
    jab(db, one, person(db, 1))
    assert day_result(db, TODAY, **KNOWN)[0].notes == ""  # nothing was counted yet
    ended(db, one, 6, "Một lọ thất lạc trên đường")
    (found,) = day_result(db, TODAY, **KNOWN)
    missing = sum(said.missing for said in found.differences)
    assert found.used + found.wasted + missing + 6 == 18
    assert found.notes == "lô FK0112 thiếu 6 liều: Một lọ thất lạc trên đường"
    assert "lô FK0112 thiếu 6 liều: Một lọ thất lạc trên đường" in printed(db)
    reopen_session(db, one, now=NOW, **WHO)
    assert "thất lạc" not in printed(db)


def test_each_lot_stands_in_the_line_of_its_vaccine(db):
    one = running(db, vaccine(db), 2)
    take(db, one, vaccine(db, 20, number="AZ7", item="AstraZeneca"), 1, per_vial=10)
    jab(db, one, person(db, 1), draft=InjectionDraft(product=COMIRNATY))
    said = {"FK0112": Counted(7, "Một liều chưa rút"), "AZ7": Counted(10, "")}
    counted = {held.id: said[held.lot_number] for held in sheet(db, one).takes}
    close_session(db, one, counted, now=NOW, sure=True, **KNOWN, **WHO)
    notes = {found.product_name: found.notes for found in day_result(db, TODAY, **KNOWN)}
    assert sorted(notes.values()) == ["", "lô FK0112 thừa 1 liều: Một liều chưa rút"]
