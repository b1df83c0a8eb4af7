"""A vial that was opened by mistake on screen is whole again when the mistake is taken back."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

from covidstation.domain.vaccination.doses import DoseDraft
from covidstation.domain.vaccination.sessions import WasteReason
from covidstation.services.vaccination.day import take_back_injection
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.vials import WasteDraft, draw_over, void_waste, waste_doses
from tests.services.samples import NOW, catalog
from tests.services.supplies.store import left
from tests.services.vaccination.rooms import WHO, ended, jab, person, running, sheet, take, vaccine


def after(minutes):
    return NOW + timedelta(minutes=minutes)


def back(db, one, who, *, minutes=1, **said):
    act = {"catalog": catalog(), "now": after(minutes), **WHO, **said}
    take_back_injection(db, one, who, "Nhầm lọ", **act)


def the_take(db, one, lot):
    return next(found for found in sheet(db, one).takes if found.lot_id == lot)


def test_a_vial_that_was_not_broken_after_all_is_unopened_and_is_not_written_off(db):
    lot = vaccine(db)
    one = running(db, lot, 2)
    draft = WasteDraft(take_id=the_take(db, one, lot).id, vials=2, reason=WasteReason.BROKEN)
    waste_doses(db, draft, now=NOW, **WHO)
    first, second = sheet(db, one).wastes
    void_waste(db, first.id, now=after(1), **WHO)
    found = the_take(db, one, lot)
    assert (found.unopened, found.wasted, left(db, lot)) == (1, 6, 54)
    draw_over(db, second.vial_id, now=after(2), **WHO)  # somebody had it in the hand
    void_waste(db, second.id, now=after(3), **WHO)
    assert [vial.left for vial in the_take(db, one, lot).opened] == [7]
    ended(db, one, 6)
    assert left(db, lot) == 54


def test_a_wrong_lot_taken_back_is_whole_again_when_it_was_not_opened(db):
    right, wrong = vaccine(db), vaccine(db, 10, item="AstraZeneca", number="AZ7")
    one = running(db, right, 1)
    taken = take(db, one, wrong, 1, per_vial=10)
    who, other = person(db, 1), person(db, 2)
    draft = InjectionDraft(take_id=taken)
    jab(db, one, who, draft=draft, sure=True)
    back(db, one, who, unopened=True)
    assert the_take(db, one, wrong).unopened == 1
    jab(db, one, who, now=after(2), draft=draft, sure=True)
    back(db, one, who, minutes=3)  # this time it really was opened
    assert [vial.left for vial in the_take(db, one, wrong).opened] == [10]
    vial = InjectionDraft(vial_id=the_take(db, one, wrong).opened[0].id)
    jab(db, one, who, now=after(4), draft=vial, sure=True)
    jab(db, one, other, now=after(5), draft=vial, sure=True)
    back(db, one, who, minutes=6, unopened=True)  # somebody else had a dose out of it
    assert [(vial.given, vial.left) for vial in the_take(db, one, wrong).opened] == [(1, 9)]


def lose(db, one, reason, doses=None):
    vial = sheet(db, one).takes[0].opened[0]
    draft = WasteDraft(take_id=vial.take_id, vial_id=vial.id, doses=doses, reason=reason)
    return vial.id, waste_doses(db, draft, now=after(30), **WHO).value


def test_a_dose_that_goes_back_into_an_emptied_vial_is_given_out_of_it(db):
    one = running(db, vaccine(db), 2)
    people = [person(db, number) for number in range(6)]
    for who in people[:5]:
        jab(db, one, who)
    lose(db, one, WasteReason.SPILLED, 1)
    back(db, one, people[0], minutes=31)
    assert jab(db, one, people[5], now=after(32)).vial == 1


def test_a_dose_that_is_put_right_into_another_lot_leaves_its_vial_open(db):
    lot = vaccine(db)
    vaccine(db, number="FK2")
    one = running(db, lot, 2)
    dose = jab(db, one, person(db, 1)).dose
    lose(db, one, WasteReason.LEFTOVER)
    said = {each.name: getattr(dose, each.name) for each in fields(DoseDraft)}
    draft = DoseDraft(**{**said, "voids": dose.id, "lot_number": "FK2"})
    record_dose(db, draft, catalog=catalog(), now=after(31), sure=True, **WHO)
    assert [(vial.left, vial.closed) for vial in sheet(db, one).takes[0].opened] == [(1, False)]


def test_nothing_more_comes_out_of_a_broken_vial(db):
    one = running(db, vaccine(db), 2)
    people = [person(db, number) for number in range(3)]
    jab(db, one, people[0])
    broken, lost = lose(db, one, WasteReason.BROKEN)
    draw_over(db, broken, now=after(31), **WHO)
    assert jab(db, one, people[1], now=after(32)).vial == 2
    back(db, one, people[0], minutes=33)
    assert jab(db, one, people[2], now=after(34)).vial == 2
    void_waste(db, lost, now=after(35), **WHO)
    assert jab(db, one, people[0], now=after(36)).vial == 1
