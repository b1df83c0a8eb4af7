"""A paper of the district around a restore of the station, of the hub, of both: in the store once, listed again."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.rows import SecretRow, SupplyItemRow, SupplyLotRow, SupplyStockRow
from covidstation.hub.down.allotments import State
from covidstation.hub.down.items import withdraw_item
from covidstation.hub.replies.give_back import give_back
from covidstation.services.certificate import RESTORED
from covidstation.services.supplies.allotments import look_at_allotment
from covidstation.services.supplies.items import add_items
from tests.services.exchange.test_two_sides import TwoSides
from tests.services.exchange.test_two_sides import sides as sides
from tests.services.from_district.papers import PAPER, PARACETAMOL, count, here, send, store, there
from tests.services.from_district.world import HOA
from tests.services.samples import NOW, TODAY
from tests.services.supplies.store import bring, counted, hand

pytestmark = pytest.mark.timeout(120)
A12 = ("Paracetamol 500 mg", "A12")
ONE = replace(PAPER, lines=PAPER.lines[:1])


def paper(sides: TwoSides) -> UUID:
    """Sent and come."""
    with sides.hub.db.read() as session:
        n = sides.n(session)
    made = send(sides.hub, sides.tick(), n, paper=ONE)
    sides.settle()
    return made


def out(sides: TwoSides, units: int) -> None:
    """Handed out, whichever item of that name has it."""
    with sides.db.read() as session:
        item = session.scalars(select(SupplyItemRow.id).where(SupplyItemRow.name == "Paracetamol")).first()
    hand(sides.db, item, units)


def given_back(sides: TwoSides) -> None:
    """The stick of the district with all that the station lost; then everything until nothing is new."""
    sides.send()  # the hub hears of the new life
    give_back(sides.hub, str(sides.station), sides.stick, now=sides.tick())
    sides.answer()
    sides.settle()


def two_lives(sides: TwoSides, first: int, second: int, *, gone: int = 0, then: int = 0) -> None:
    """Counted and handed out in a life that was lost, then again in the next one, and both brought together."""
    paper(sides)
    kept = sides.copy_station()
    count(sides.db, sides.tick(), first, reason="thiếu")
    if gone:
        out(sides, gone)
    sides.settle()
    sides.restore_station(kept)
    assert here(sides.db).waits
    count(sides.db, sides.tick(), second, reason="thiếu")
    if then:
        out(sides, then)
    given_back(sides)


def each_lot(sides: TwoSides) -> list[int]:
    """What the store keeps of each lot."""
    with sides.db.read() as session:
        return sorted(session.scalars(select(SupplyStockRow.balance)))


@pytest.mark.parametrize(("first", "second"), [(500, 500), (480, 500), (500, 480)])
def test_counted_in_two_lives_it_is_in_the_store_once(sides: TwoSides, first: int, second: int):
    two_lives(sides, first, second)
    assert store(sides.db)[A12] == second, "the later counting stands"
    view = here(sides.db)
    assert view.stands.count.lines[0].counted == second and len(view.others) == 1
    (state,) = there(sides.hub)
    assert state.twice and state.stands.id == view.stands.id
    sides.settle()
    assert store(sides.db)[A12] == second


@pytest.mark.parametrize(("gone", "then"), [(30, 10), (400, 100), (0, 500), (500, 0)])
def test_what_either_life_handed_out_is_out_and_no_lot_is_short(sides: TwoSides, gone: int, then: int):
    two_lives(sides, 500, 500, gone=gone, then=then)
    assert store(sides.db)[A12] == 500 - gone - then
    assert min(each_lot(sides)) >= 0


def test_more_handed_out_than_ever_came_is_shown_not_hidden(sides: TwoSides):
    two_lives(sides, 500, 500, gone=400, then=300)
    assert store(sides.db)[A12] == -200 and min(each_lot(sides)) == -200


def test_a_lot_that_both_lives_had_grows_once(sides: TwoSides):
    item = add_items(sides.db, [PARACETAMOL], by=None, now=NOW).value[0]
    bring(sides.db, item, 100, number="A12", expiry=ONE.lines[0].expiry)
    two_lives(sides, 500, 500, gone=550, then=20)
    assert store(sides.db)[A12] == 30 and each_lot(sides) == [30]


def test_what_was_counted_after_a_restore_stays_what_was_found(sides: TwoSides):
    paper(sides)
    kept = sides.copy_station()
    count(sides.db, sides.tick(), 500)
    sides.settle()
    sides.restore_station(kept)
    count(sides.db, sides.tick(), 500)
    with sides.db.read() as session:
        lot = session.scalars(select(SupplyLotRow.id)).one()
    counted(sides.db, lot, 470)
    given_back(sides)
    assert store(sides.db)[A12] == 470


def test_counting_once_more_ends_the_doubt(sides: TwoSides):
    two_lives(sides, 500, 490, gone=30)
    count(sides.db, sides.tick(), 495, reason="Đếm lại cả hai", replaces=here(sides.db).stands.id)
    sides.settle()
    assert store(sides.db)[A12] == 495 - 30
    (state,) = there(sides.hub)
    assert not state.twice and state.lines[0].found.counted == 495 and not here(sides.db).others


def test_three_lives(sides: TwoSides):
    two_lives(sides, 500, 500, gone=20, then=5)
    kept = sides.copy_station()
    count(sides.db, sides.tick(), 450, reason="Đếm lại", replaces=here(sides.db).stands.id)
    sides.settle()
    sides.restore_station(kept)
    out(sides, 7)
    given_back(sides)
    assert store(sides.db)[A12] == 450 - 20 - 5 - 7
    assert there(sides.hub)[0].lines[0].found.counted == 450


def test_a_hub_that_was_restored_to_before_the_paper_has_it_again_with_its_answer(sides: TwoSides):
    kept = sides.copy_hub()
    made = paper(sides)
    count(sides.db, sides.tick(), 480, reason="Vỡ một hộp")
    sides.settle()
    sides.restore_hub(kept)
    assert there(sides.hub) == []
    sides.answer()
    sides.settle()
    (state,) = there(sides.hub)
    assert (state.id, state.state, state.lines[0].delta, state.author) == (made, State.DIFFERS, -20, HOA.name)
    sides.settle()
    assert store(sides.db)[A12] == 480 and len(there(sides.hub)) == 1


def test_a_paper_that_a_restored_hub_had_taken_back_stays_taken_back(sides: TwoSides):
    kept = sides.copy_hub()
    made = paper(sides)
    with sides.hub.db.write(None, sides.tick()) as session:
        withdraw_item(session, sides.hub, made, HOA, now=sides.now)
    sides.settle()
    sides.restore_hub(kept)
    sides.answer()
    sides.settle()
    assert [one.state for one in there(sides.hub)] == [State.WITHDRAWN]
    assert not here(sides.db).waits


def test_station_and_hub_restored_in_the_same_week(sides: TwoSides):
    made = paper(sides)
    station, hub = sides.copy_station(), sides.copy_hub()
    count(sides.db, sides.tick(), 500)
    sides.settle()
    sides.restore_station(station)
    sides.restore_hub(hub)
    count(sides.db, sides.tick(), 500)
    sides.settle()
    assert store(sides.db)[A12] == 500
    assert [(one.id, one.state) for one in there(sides.hub, TODAY)] == [(made, State.COUNTED)]


def test_a_register_that_lacks_its_own_lines_says_that_it_may_have_been_counted(sides: TwoSides):
    made = paper(sides)
    assert not look_at_allotment(sides.db, made).unsure
    kept = sides.copy_station()
    count(sides.db, sides.tick(), 500)
    sides.settle()
    sides.restore_station(kept)
    with sides.db.write(None, sides.tick()) as session:  # as `services.copies.restore` marks it
        session.add(SecretRow(name=RESTORED, value=json.dumps({"made": f"{sides.now}", "whole": False}).encode()))
    assert look_at_allotment(sides.db, made).unsure
    given_back(sides)
    assert not look_at_allotment(sides.db, made).unsure and not here(sides.db).waits
