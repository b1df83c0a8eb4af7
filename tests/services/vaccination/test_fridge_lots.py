"""Which lots an alarm is about: all that can have been inside while it can have been too warm, used up or not."""

from __future__ import annotations

from datetime import timedelta

from covidstation.db.queries.cold_chain import given_since
from covidstation.domain.vaccination.fridge import ReadingDraft
from covidstation.services.vaccination.fridge import correct_reading, record_reading, void_reading
from covidstation.services.vaccination.fridge_look import look_at_fridges, lots_then
from covidstation.services.vaccination.fridge_lots import keep_lots, put_aside
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.fridges import at, fridge, read
from tests.services.vaccination.rooms import WHO, jab, person, running, vaccine

TEN = NOW + timedelta(minutes=90)
BROKEN = {"temperature": 140, "action": "Gọi thợ điện", "power_cut": True}


def used_up(db, lot, *, days=0):
    """All six doses of it, given in a session of that day."""
    now = NOW - timedelta(days=days)
    one = running(db, lot, 1, day=now.date(), now=now)
    for number in range(6):
        jab(db, one, person(db, 10 + number), now=now, sure=True)


def look(db, one, now=TEN):
    return look_at_fridges(db, one, TODAY, catalog=catalog(), now=now)


def numbers(reading):
    return [lot.number for lot in reading.lots]


def alarm(db, one, now=TEN, **said):
    draft = ReadingDraft(fridge_id=one, **{**BROKEN, **said})
    return record_reading(db, draft, catalog=catalog(), now=now, sure=True, **WHO).value


def test_a_lot_given_out_before_anybody_read_the_thermometer_is_in_the_alarm(db):
    """Good yesterday at 14:00, a power cut in the night, six people in the morning, 14,0 °C at 10:30."""
    lot = vaccine(db, 6, number="GONE", day=TODAY - timedelta(days=5))
    one = fridge(db)
    read(db, one, at(14, days=1), 50)
    used_up(db, lot)
    found = alarm(db, one)
    assert [(each.number, each.doses) for each in found.lots] == [("GONE", 6)]
    told = look(db, one)
    assert [each.lot.lot_id for each in told.waiting] == [lot] and told.given == {lot: 6}
    assert told.month.excursions[-1].began == at(14, days=1)
    put_aside(db, found.id, [lot], now=TEN, **WHO)
    assert not look(db, one).waiting


def test_a_lot_given_out_days_before_a_reading_that_is_written_late(db):
    lot = vaccine(db, 6, number="SAT", day=TODAY - timedelta(days=20))
    one = fridge(db)
    read(db, one, at(14, days=4), 50)
    used_up(db, lot, days=3)
    assert numbers(read(db, one, at(7), 140)) == ["SAT"]


def test_a_lot_gone_before_the_last_good_reading_is_not_asked_about(db):
    used_up(db, vaccine(db, 6, number="OLD", day=TODAY - timedelta(days=20)), days=3)
    vaccine(db, 12, number="NEW")
    one = fridge(db)
    read(db, one, at(14, days=1), 50)
    assert numbers(alarm(db, one)) == ["NEW"]
    assert numbers(alarm(db, one, since=at(14, days=4))) == ["NEW", "OLD"]  # somebody knows better


def test_a_lot_that_came_and_went_on_one_day_was_inside(db):
    one = fridge(db)
    read(db, one, at(7), 50)
    used_up(db, vaccine(db, 6, number="DAY"))
    assert [(each.number, each.doses) for each in alarm(db, one).lots] == [("DAY", 6)]


def test_the_second_reading_of_one_time_outside_goes_back_to_the_first(db):
    """What the first one says of its beginning holds for all of them; the good reading before it does not change."""
    lot = vaccine(db, 6, number="GONE", day=TODAY - timedelta(days=5))
    one = fridge(db)
    read(db, one, at(14, days=4), 50)
    used_up(db, lot, days=3)
    first = read(db, one, at(7, days=1), 140, since=at(7, days=2))
    second = alarm(db, one)
    assert numbers(first) == numbers(second) == []
    void_reading(db, first.id, "Đo nhầm tủ", now=TEN, **WHO)
    assert numbers(alarm(db, one)) == ["GONE"]


def test_what_was_put_aside_is_not_asked_about_again_but_what_was_kept_is(db):
    aside, kept = vaccine(db, 6, number="ASIDE"), vaccine(db, 6, number="KEPT")
    one = fridge(db)
    read(db, one, at(14, days=1), 50)
    first = alarm(db, one, NOW)
    put_aside(db, first.id, [aside], now=NOW, **WHO)
    keep_lots(db, first.id, [kept], "Chỉ thị chưa đổi màu", now=NOW, **WHO)
    used_up(db, kept)
    late = read(db, one, at(8), 120, now=TEN)  # before the decision: nobody knew of it then
    assert numbers(late) == ["ASIDE", "KEPT"]
    keep_lots(db, late.id, [aside, kept], "Chỉ thị chưa đổi màu", now=TEN, **WHO)
    again = alarm(db, one, TEN + timedelta(minutes=20))
    assert numbers(again) == ["KEPT"]
    with db.read() as session:
        assert given_since(session, kept, at(14, days=1)) == 6


def test_a_reading_put_right_to_another_hour_finds_what_was_inside_then(db):
    """The lots that were counted stay; until the form knows what else was inside, the register finds it."""
    gone, there = vaccine(db, 6, number="GONE", day=TODAY - timedelta(days=5)), vaccine(db, 6, number="THERE")
    one = fridge(db)
    used_up(db, gone, days=3)
    wrong = alarm(db, one)
    assert numbers(wrong) == ["THERE"]
    draft = ReadingDraft(fridge_id=one, since=at(7, days=4), **BROKEN)
    right = correct_reading(db, wrong.id, draft, catalog=catalog(), now=TEN, sure=True, **WHO).value
    assert numbers(right) == ["GONE", "THERE"]
    less = ReadingDraft(fridge_id=one, since=at(7, days=4), lots=(there,), **BROKEN)
    less = correct_reading(db, right.id, less, catalog=catalog(), now=TEN, sure=True, **WHO).value
    same = ReadingDraft(fridge_id=one, since=at(7, days=4), **{**BROKEN, "temperature": 150})
    same = correct_reading(db, less.id, same, catalog=catalog(), now=TEN, sure=True, **WHO).value
    assert numbers(same) == ["THERE"]  # what was taken out by hand stays out


def test_a_good_reading_that_is_put_right_does_not_end_its_own_time_outside(db):
    lot = vaccine(db, 6, number="GONE", day=TODAY - timedelta(days=5))
    one = fridge(db)
    read(db, one, at(14, days=4), 50)
    used_up(db, lot, days=3)
    good = read(db, one, at(7), 50)
    draft = ReadingDraft(fridge_id=one, at=at(8), **BROKEN)
    assert numbers(correct_reading(db, good.id, draft, catalog=catalog(), now=TEN, sure=True, **WHO).value) == ["GONE"]


def test_the_form_of_an_alarm_offers_what_the_register_finds(db):
    lot = vaccine(db, 6, number="GONE", day=TODAY - timedelta(days=5))
    one, other = fridge(db), fridge(db, name="Tủ hai")
    read(db, one, at(14, days=1), 50)
    used_up(db, lot)
    now = TEN.replace(tzinfo=None)
    assert [each.lot_id for each in lots_then(db, one, now, None, now=TEN)] == [lot]
    tomorrow = TEN + timedelta(days=1)
    read(db, other, at(7, days=-1), 50, now=tomorrow)
    assert lots_then(db, other, tomorrow.replace(tzinfo=None), None, now=tomorrow) == ()
