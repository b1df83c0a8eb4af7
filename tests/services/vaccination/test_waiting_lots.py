"""A lot that was outside the bounds of its fridge is not given until somebody has decided of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from covidstation.db.queries.cold_chain import verdicts_in, waiting_lots_in
from covidstation.domain.vaccination.sessions import WasteReason
from covidstation.services.exchange.bundles import Taken
from covidstation.services.vaccination.fridge import void_reading
from covidstation.services.vaccination.fridge_look import look_at_fridges
from covidstation.services.vaccination.fridge_lots import keep_lots, put_aside, take_back_verdict
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.takes import TakeDraft, lots_to_take, take_out
from covidstation.services.vaccination.vials import WasteDraft, waste_doses
from tests.services.exchange.test_given_back import parted
from tests.services.samples import NOW, TODAY, catalog
from tests.services.supplies.store import LATER, kept_sums, left, moves
from tests.services.vaccination.fridges import at, fridge, read, standing
from tests.services.vaccination.rooms import WHO, code, ended, jab, person, planned, refused, running, runs, sheet, take
from tests.services.vaccination.rooms import vaccine as brought

__all__ = ["parted"]
YESTERDAY = TODAY - timedelta(days=1)


def vaccine(db, doses=60, **said):
    return brought(db, doses, **{"day": TODAY - timedelta(days=3), **said})


def offered(db):
    return [one.lot_id for one in lots_to_take(db, catalog=catalog(), day=TODAY, today=TODAY)]


def waiting(db):
    """By the page, which the short question of each injection must agree with."""
    found = {one.lot.lot_id for one in look_at_fridges(db, None, TODAY, catalog=catalog(), now=NOW).waiting}
    with db.read() as session:
        assert waiting_lots_in(session) == found
    return found


def keep(db, reading, lot, now=NOW):
    keep_lots(db, reading.id, [lot], "Chỉ thị chưa đổi màu", now=now, **WHO)


def test_it_is_neither_offered_nor_taken_nor_given(db):
    warm, cool = vaccine(db), vaccine(db, number="FM9", expiry=LATER + timedelta(days=9))
    one = running(db, warm)
    jab(db, one, person(db, 86))
    (vial,) = sheet(db, one).takes[0].opened
    alarm = read(db, fridge(db), at(8, 25), 94, lots=(warm,))
    assert offered(db) == [cool] and [each.waits for each in sheet(db, one).takes] == [True]
    kept = lots_to_take(db, catalog=catalog(), day=TODAY, today=TODAY, keep=warm)
    assert [each.lot_id for each in kept] == [warm, cool]  # its number of vials may be made smaller
    more = TakeDraft(lot_id=warm, vials=3, per_vial=6)
    assert refused(lambda: take_out(db, one, more, catalog=catalog(), now=NOW, **WHO)) == {"vaccine_session.take_waits"}
    assert take(db, one, warm, 1) == vial.take_id
    who = person(db, 87)
    for draft in (InjectionDraft(), InjectionDraft(vial_id=vial.id), InjectionDraft(take_id=vial.take_id)):
        assert code(lambda draft=draft: jab(db, one, who, draft=draft)) == "vaccine_session.lot_waits"
    take(db, one, cool, 1)
    assert jab(db, one, who).dose.lot_number == "FM9"
    keep(db, alarm, warm)
    assert jab(db, one, person(db, 88)).dose.lot_number == "FK0112"


def test_what_was_given_already_is_written_down_all_the_same(db):
    """By the hour on the paper: the register must not be short of a dose that is in an arm."""
    lot = vaccine(db)
    one = running(db, lot)
    read(db, fridge(db), at(8, 25), 94)
    hour = NOW.replace(tzinfo=None) - timedelta(hours=1)
    given = jab(db, one, person(db, 86), draft=InjectionDraft(at=hour))
    assert given.dose.lot_id == lot and waiting(db) == {lot}


def test_an_alarm_of_yesterday_evening_finds_what_was_inside_then(db):
    """One lot was used up since, one came this morning, one went out with a session that runs."""
    used, out = vaccine(db, 6, number="USED"), vaccine(db, 12, number="OUT")
    new = brought(db, 12, number="NEW")
    first = running(db, used, 1)
    jab(db, first, person(db, 86))
    vial = sheet(db, first).takes[0].opened[0]
    waste_doses(db, WasteDraft(take_id=vial.take_id, vial_id=vial.id), now=NOW, **WHO)
    assert left(db, used) == 0
    one = running(db, out, 2)
    evening = read(db, fridge(db), at(20, days=1), 121)
    assert {(each.lot_id, each.doses) for each in evening.lots} == {(used, 6), (out, 12)}
    assert waiting(db) == {used, out} and offered(db) == [new]
    assert code(lambda: jab(db, one, person(db, 87))) == "vaccine_session.lot_waits"
    # whoever knows since when it was warm: what was used up on that day was inside, too
    early = read(db, fridge(db, name="Tủ hai"), at(8, 29), 99, since=at(17, days=1))
    assert {each.number for each in early.lots} == {"USED", "OUT", "NEW"}
    later = NOW + timedelta(days=1)  # good until this morning: what was used up yesterday was not inside any more
    three = fridge(db, name="Tủ ba")
    read(db, three, at(7, days=-1), 50, now=later)
    assert {each.number for each in read(db, three, at(8, days=-1), 99, now=later).lots} == {"OUT", "NEW"}


def test_who_has_had_it_since_is_counted(db):
    """Good at 7:00, outside at 8:25: what was given between may have been outside, what was given before was not."""
    lot, one = vaccine(db), fridge(db)
    session = running(db, lot)
    for number, minute in enumerate((-100, -80, -20, -10)):  # of 8:30: 6:50, 7:10, 8:10, 8:20
        jab(db, session, person(db, 86 + number), now=NOW + timedelta(minutes=minute))
    read(db, one, at(7), 50)
    read(db, one, at(8, 25), 94)
    assert look_at_fridges(db, one, TODAY, catalog=catalog(), now=NOW).given == {lot: 3}
    read(db, one, at(8, 26), 94, since=at(8, 15))
    assert look_at_fridges(db, one, TODAY, catalog=catalog(), now=NOW).given == {lot: 3}
    read(db, fridge(db, name="Tủ hai"), at(6, 55), 94)  # in another fridge, and nobody knows since when
    assert look_at_fridges(db, one, TODAY, catalog=catalog(), now=NOW).given == {lot: 3}
    read(db, fridge(db, name="Tủ ba"), at(6, 45), 94)
    assert look_at_fridges(db, one, TODAY, catalog=catalog(), now=NOW).given == {lot: 4}


def test_an_alarm_that_is_written_late_asks_again(db):
    lot, one = vaccine(db), fridge(db)
    morning = read(db, one, at(7), 94)
    keep(db, morning, lot)
    night = read(db, one, at(23, 50, days=1), 131)
    assert waiting(db) == {lot}
    more = read(db, one, at(8, 20), 88)
    (found,) = look_at_fridges(db, None, TODAY, catalog=catalog(), now=NOW).waiting
    assert [each.id for each in found.readings] == [night.id, more.id] and found.reading.id == more.id
    assert code(lambda: keep(db, morning, lot)) == "cold_chain.lot_decided"
    keep(db, more, lot)  # one decision, after all that is known
    assert waiting(db) == set() and len(standing(db)) == 3
    assert code(lambda: void_reading(db, night.id, "Nhầm", now=NOW, **WHO)) == "cold_chain.decided"
    with db.read() as session:
        verdict = next(each for each in verdicts_in(session) if each.reading_id == more.id)
    take_back_verdict(db, verdict.id, now=NOW, **WHO)
    assert waiting(db) == {lot}


@pytest.mark.parametrize("vials", [1, 4])
def test_putting_aside_takes_it_out_of_every_session_and_all_sums_hold(db, vials):
    lot = vaccine(db, 60)
    later = planned(db, lot, 2, day=TODAY + timedelta(days=1))
    one = running(db, lot, vials)
    jab(db, one, person(db, 86))
    alarm = read(db, fridge(db), at(8, 25), -12)
    assert put_aside(db, alarm.id, [lot], now=NOW, **WHO).value == 59
    assert left(db, lot) == kept_sums(db)[lot] == 0 and sheet(db, later).takes == ()
    (mine,) = sheet(db, one).takes
    assert (mine.taken, mine.given, mine.wasted, mine.should_be, mine.unopened) == (6, 1, 5, 0, 0)
    assert [each.reason for each in sheet(db, one).wastes] == [WasteReason.COLD_CHAIN]
    ended(db, one, 0)
    booked = sorted((each.kind, each.quantity) for each in moves(db, lot))
    assert booked == [("ISSUE", -1), ("LOSS", -54), ("LOSS", -5), ("RECEIPT", 60)]
    (verdict,) = standing(db)
    take_back_verdict(db, verdict, now=NOW, **WHO)
    assert left(db, lot) == kept_sums(db)[lot] == 54 and waiting(db) == {lot}


def test_what_was_put_aside_by_mistake_is_in_the_opened_vial_again(db):
    """Two lots, two sessions; one of them was ended, and so counted, before the decision was taken back."""
    lot, other = vaccine(db, 60), vaccine(db, 60, number="KHAC")
    one, over = running(db, lot, 2), running(db, lot, 1)
    take(db, one, other, 1)
    jab(db, one, person(db, 86))
    jab(db, over, person(db, 87))
    broken = WasteDraft(take_id=sheet(db, one).takes[0].id, vial_id=sheet(db, one).takes[0].opened[0].id, doses=1)
    waste_doses(db, replace(broken, reason=WasteReason.COLD_CHAIN, note="Để ngoài nắng"), now=NOW, **WHO)
    alarm = read(db, fridge(db), at(8, 25), -12)
    assert put_aside(db, alarm.id, [lot, other], now=NOW, **WHO).value == 57 + 60
    ended(db, over, 0)
    with db.read() as session:
        (verdict,) = (each.id for each in verdicts_in(session) if each.lot_id == lot)
    take_back_verdict(db, verdict, now=NOW + timedelta(minutes=4), **WHO)
    mine = next(each for each in sheet(db, one).takes if each.lot_id == lot)
    (vial,) = mine.opened
    assert (mine.given, mine.wasted, vial.left, vial.closed) == (1, 1, 4, False)  # what the sun took is gone
    assert [each.doses for each in sheet(db, over).wastes] == [5]  # it was counted: whoever ended it decides
    assert left(db, lot) == kept_sums(db)[lot] == 60 - 1 - 1 - 1 - 5
    assert (left(db, other), waiting(db)) == (0, {lot})


def test_an_alarm_comes_from_the_other_copy_of_the_register(parted):
    """Both read the same fridge at one minute, one of them outside the bounds; one had decided of an older alarm."""
    db, copy, give = parted
    one, later = runs(copy), NOW + timedelta(hours=1)  # the second life begins later: its stamps are others
    lot = sheet(copy, one).takes[0].lot_id
    look = look_at_fridges(copy, None, TODAY, catalog=catalog(), now=NOW)
    mine = look.used[0].id
    for found in look.waiting:
        keep(copy, found.reading, found.lot.lot_id, later)
    keep(copy, read(copy, mine, at(8, 10), 87, lots=(lot,), now=later), lot, later)
    read(copy, mine, at(8, 15), 52, now=later)
    read(db, mine, at(8, 15), 141, lots=(lot,))
    before = len(look_at_fridges(copy, mine, TODAY, catalog=catalog(), now=NOW).month.readings)
    jab(copy, one, person(copy, 303), now=later)
    assert give(copy).outcome is Taken.GIVEN_BACK
    month = look_at_fridges(copy, mine, TODAY, catalog=catalog(), now=NOW).month
    assert len(month.readings) == before + 1  # both stand: two looks, and the bad one counts
    assert lot in waiting(copy) and [each.waits for each in sheet(copy, one).takes] == [True]
    assert code(lambda: jab(copy, one, person(copy, 304), now=later)) == "vaccine_session.lot_waits"
