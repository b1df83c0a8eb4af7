"""A vial that was opened by mistake on screen is whole again when the mistake is taken back."""

from __future__ import annotations

from datetime import timedelta

from covidstation.domain.vaccination.sessions import WasteReason
from covidstation.services.vaccination.day import take_back_injection
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
