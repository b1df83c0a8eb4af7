"""Two computers take one lot along in one session, each for itself: the register that hears of both counts once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covidstation.db.queries.vaccine_sessions import takes_in
from covidstation.services.exchange.bundles import Taken
from covidstation.services.vaccination.closing import Counted, close_session
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.takes import TakeDraft, leave_out, lots_to_take, take_out
from covidstation.services.vaccination.vials import WasteDraft, waste_doses
from tests.services.exchange.test_given_back import parted
from tests.services.privacy.test_purge import faults
from tests.services.samples import NOW, TODAY, catalog
from tests.services.supplies.store import kept_sums, left
from tests.services.vaccination.rooms import WHO, code, jab, person, refused, runs, sheet, take, vaccine

__all__ = ["parted"]
LATER = NOW + timedelta(hours=1)  # the second life begins later: its stamps are others


@pytest.fixture
def another_lot(db):
    """It came before the lives parted."""
    return vaccine(db, 60, number="PCA2")


@pytest.fixture
def twice(another_lot, parted):
    """The copy after both took two vials along, the first gave two doses and lost one, the other gave one."""
    db, copy, give = parted
    one = runs(db)
    offers = lots_to_take(db, catalog=catalog(), day=TODAY, today=TODAY)
    offer = next(each for each in offers if each.lot_id == another_lot)
    before = left(copy, offer.lot_id)
    for life, numbers, at in ((db, (301, 302), NOW), (copy, (303,), LATER)):
        mine = take(life, one, offer.lot_id, 2, per_vial=offer.per_vial, now=at)
        for more, number in enumerate(numbers):
            draft = InjectionDraft(take_id=mine) if not more else InjectionDraft(vial_id=_vial(life, one, mine).id)
            jab(life, one, person(life, number), now=at + timedelta(minutes=more), draft=draft, sure=True)
        if life is db:
            lost = WasteDraft(take_id=mine, vial_id=_vial(life, one, mine).id, doses=1)
            waste_doses(life, lost, now=NOW, **WHO)
    assert give(copy).outcome is Taken.GIVEN_BACK
    return copy, one, offer, before


def _vial(db, one, mine):
    return next(each for each in sheet(db, one).takes if each.id == mine).opened[0]


def of_lot(db, one, lot):
    with db.read() as session:
        return sorted((each for each in takes_in(session, one) if each.lot_id == lot), key=lambda each: -each.given)


def test_each_dose_counts_once(twice):
    db, one, offer, before = twice
    first, second = of_lot(db, one, offer.lot_id)
    size = 2 * offer.per_vial
    assert (first.given, first.wasted, first.should_be) == (2, 1, size - 3)
    assert (second.given, second.wasted, second.should_be) == (1, 0, size - 1)
    assert sheet(db, one).astray == 0
    assert sum(each.given for each in sheet(db, one).takes) == sheet(db, one).line.given
    assert {vial.label for each in (first, second) for vial in each.opened} == {"1A", "1B"}
    assert left(db, offer.lot_id) == kept_sums(db)[offer.lot_id] == before - 3 - 1
    free = {each.lot_id: each.free for each in lots_to_take(db, catalog=catalog(), day=TODAY, today=TODAY)}
    assert free[offer.lot_id] == offer.free - 2 * size
    _the_next_vial_has_the_next_number(db, one, offer, first, second)


def _the_next_vial_has_the_next_number(db, one, offer, first, second):
    for more, mine in enumerate((second, first)):
        said = {"draft": InjectionDraft(take_id=mine.id), "now": LATER + timedelta(minutes=9 + more), "sure": True}
        jab(db, one, person(db, 311 + more), **said)
    opened = [vial for each in of_lot(db, one, offer.lot_id) for vial in each.opened]
    assert sorted(vial.label for vial in opened) == ["1A", "1B", "2", "3"]


def test_one_is_set_anew_and_the_end_is_exact_in_session_store_and_result(twice):
    db, one, offer, before = twice
    first, second = of_lot(db, one, offer.lot_id)
    anew = {"lot_id": offer.lot_id, "per_vial": offer.per_vial, "take_id": second.id, "was": second.vials}
    too_many = TakeDraft(vials=offer.free // offer.per_vial - 1, **anew)
    act = {"catalog": catalog(), "now": LATER, **WHO}
    assert refused(lambda: take_out(db, one, too_many, **act)) == {"vaccine_session.not_enough"}
    take_out(db, one, TakeDraft(vials=1, **anew), **act)
    assert {each.id: each.vials for each in of_lot(db, one, offer.lot_id)} == {first.id: 2, second.id: 1}
    assert code(lambda: leave_out(db, second.id, by=None, now=LATER)) == "vaccine_session.take_begun"
    counted = {each.id: Counted(each.to_count) for each in sheet(db, one).takes}
    close_session(db, one, counted, catalog=catalog(), now=LATER, sure=True, **WHO)
    mine = of_lot(db, one, offer.lot_id)
    assert [each.difference(each.left) for each in mine] == [0, 0]
    whole = offer.per_vial  # of each take the vial that was opened is over, the other was not touched
    assert {each.id: each.left for each in mine} == {first.id: whole, second.id: 0}
    assert [each.given + each.wasted for each in mine] == [whole, whole]
    assert left(db, offer.lot_id) == kept_sums(db)[offer.lot_id] == before - 2 * whole
    lines = day_result(db, TODAY, catalog=catalog(), session_id=one)
    assert sum(each.used for each in lines) == sheet(db, one).line.given
    assert sum(each.wasted for each in lines) == sum(each.wasted for each in sheet(db, one).takes)
    assert faults(db) == []
