"""The book of a fridge: readings, alarms, lots that were inside, what was decided of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from covidstation.db.queries.cold_chain import balance_in, fridges_in, verdicts_in
from covidstation.domain.supplies import LinkKind, MovementKind
from covidstation.domain.vaccination.cold_rules import FridgeKind
from covidstation.domain.vaccination.fridge import Fate, FridgeDraft, ReadingDraft
from covidstation.errors import Refused, UserError
from covidstation.services.vaccination.fridge import (
    add_fridge,
    correct_reading,
    edit_fridge,
    record_reading,
    void_reading,
)
from covidstation.services.vaccination.fridge_look import fridge_month, fridges_waiting, look_at_fridges
from covidstation.services.vaccination.fridge_lots import keep_lots, put_aside, take_back_verdict
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.fridges import TCW, at, fridge, read, standing
from tests.services.vaccination.rooms import WHO, vaccine

LOSSES = text("SELECT quantity, reason, link_id FROM supply_movement WHERE kind = :kind AND link_kind = :link")


def codes(error):
    return [problem.code for problem in error.value.problems]


def look(db, one=None, *, now=NOW):
    return look_at_fridges(db, one, TODAY, catalog=catalog(), now=now)


def left(db, lot):
    with db.read() as session:
        return balance_in(session, lot)


def test_a_reading_inside_the_bounds_is_a_number_and_nothing_more(db):
    vaccine(db)
    one = fridge(db)
    made = read(db, one, at(7, 30), 20, action="")
    assert (made.outside, made.lots, made.rule) == (False, (), "vn-cold-chain-2014")
    assert not read(db, one, at(7, 40), 80, action="").outside  # both bounds are still good
    assert [one.temperature for one in look(db).month.readings] == [20, 80]


def test_outside_the_bounds_somebody_says_what_was_done_and_the_lots_are_kept(db):
    lot = vaccine(db, 60)
    one = fridge(db)
    with pytest.raises(Refused) as error:
        read(db, one, at(7, 30), 81, action="")
    assert codes(error) == ["cold_chain.action_missing"]
    made = read(db, one, at(7, 30), 81)
    (inside,) = made.lots
    assert (inside.lot_id, inside.item, inside.number, inside.doses) == (lot, "Comirnaty", "FK0112", 60)
    assert read(db, one, at(7, 40), 19, lots=()).lots == ()
    with pytest.raises(UserError, match="lot_unknown"):
        read(db, one, at(7, 50), 19, lots=(one,))


def test_what_cannot_be_and_what_is_asked_back(db):
    one = fridge(db)
    read(db, one, at(7), 50)
    for said, code in (
        ({"temperature": None}, "cold_chain.temperature_missing"),
        ({"temperature": 501}, "cold_chain.temperature"),
        ({"at": NOW.replace(tzinfo=None) + timedelta(minutes=2)}, "cold_chain.future"),
        ({"at": at(7).replace(year=1999)}, "cold_chain.long_ago"),
        ({"at": at(7)}, "cold_chain.same_minute"),
        ({"temperature": 90, "since": at(8, 1), "at": at(8)}, "cold_chain.since_late"),
        ({"temperature": 90, "since": at(6), "at": at(8)}, "cold_chain.since_early"),
    ):
        draft = replace(ReadingDraft(fridge_id=one, at=at(8), temperature=52, action="Chỉnh núm"), **said)
        with pytest.raises(Refused) as error:
            record_reading(db, draft, catalog=catalog(), now=NOW, **WHO)
        assert codes(error) == [code]
    read(db, one, at(7), 51, sure=True)  # what is asked back can be said
    assert len(look(db).month.readings) == 2


def test_a_lot_that_was_outside_is_put_aside_and_comes_back_when_that_was_wrong(db):
    lot = vaccine(db, 60)
    warm = read(db, fridge(db), at(7), 94)
    (waiting,) = look(db).waiting
    assert (waiting.lot.lot_id, waiting.reading.id) == (lot, warm.id)
    assert put_aside(db, warm.id, [lot], now=NOW, **WHO).value == 60
    assert left(db, lot) == 0 and not look(db).waiting
    with pytest.raises(UserError, match="lot_decided"):
        put_aside(db, warm.id, [lot], now=NOW, **WHO)
    with pytest.raises(UserError, match="decided"):
        void_reading(db, warm.id, "Nhầm", now=NOW, **WHO)
    (verdict,) = standing(db)
    take_back_verdict(db, verdict, now=NOW, **WHO)
    assert left(db, lot) == 60 and len(look(db).waiting) == 1
    with pytest.raises(UserError, match="verdict_gone"):
        take_back_verdict(db, verdict, now=NOW, **WHO)


def test_the_loss_names_the_decision_in_the_ledger(db):
    from_store = vaccine(db, 12)
    warm = read(db, fridge(db), at(7), -5)
    put_aside(db, warm.id, [from_store], now=NOW, **WHO)
    with db.read() as session:
        row = session.execute(LOSSES, {"kind": MovementKind.LOSS.value, "link": LinkKind.FRIDGE.value}).one()
        (verdict,) = verdicts_in(session)
    assert (row.quantity, row.reason, row.link_id) == (-12, "-0,5 °C, 07:00 10/03/2022", verdict.id.hex)
    assert (verdict.fate, verdict.doses) == (Fate.ASIDE, 12)


def test_a_lot_that_is_kept_says_why_and_waits_again_after_the_next_alarm(db):
    lot = vaccine(db, 60)
    one = fridge(db)
    warm = read(db, one, at(7), 94)
    with pytest.raises(Refused) as error:
        keep_lots(db, warm.id, [lot], "  ", now=NOW, **WHO)
    assert codes(error) == ["cold_chain.keep_why"]
    keep_lots(db, warm.id, [lot], "Chỉ thị chưa đổi màu", now=NOW, **WHO)
    assert left(db, lot) == 60 and not look(db).waiting
    later = read(db, one, at(8), 97)
    (waiting,) = look(db).waiting
    assert waiting.reading.id == later.id


def test_a_wrong_reading_is_put_right_and_stays_in_the_register(db):
    lot = vaccine(db, 60)
    one = fridge(db)
    wrong = read(db, one, at(7), 94)
    draft = ReadingDraft(fridge_id=one, temperature=49)
    right = correct_reading(db, wrong.id, draft, catalog=catalog(), now=NOW, **WHO).value
    assert (right.at, right.temperature, right.outside, right.lots) == (at(7), 49, False, ())
    assert [each.id for each in look(db).month.readings] == [right.id] and not look(db).waiting
    again = correct_reading(
        db, right.id, replace(draft, temperature=-12, action="Tan băng"), catalog=catalog(), now=NOW, **WHO
    ).value
    assert [each.lot_id for each in again.lots] == [lot]
    with pytest.raises(UserError, match="gone"):
        correct_reading(db, right.id, draft, catalog=catalog(), now=NOW, **WHO)
    with pytest.raises(Refused) as error:
        void_reading(db, again.id, "", now=NOW, **WHO)
    assert codes(error) == ["cold_chain.reason_missing"]
    void_reading(db, again.id, "Đo nhầm tủ", now=NOW, **WHO)
    assert look(db).month.readings == ()


def test_turns_that_nobody_read_are_told_and_what_hom_nay_says(db):
    """NOW is 9:00 of 10/03/2022: the morning runs, the afternoon has not begun."""
    one = fridge(db, kept_from=TODAY - timedelta(days=2))
    two = fridge(db, name="Tủ hai", kept_from=TODAY)
    fridge(db, name="Hòm lạnh", kind=FridgeKind.COLD_BOX)
    read(db, one, at(7, days=1), 50)
    found = fridges_waiting(db, catalog=catalog(), now=NOW)
    named = [(fridge.id, gap.day, gap.turn.code, gap.late) for fridge, gap in found.missing]
    assert named == [
        (two, TODAY, "MORNING", False),
        (one, TODAY - timedelta(days=1), "AFTERNOON", True),
        (one, TODAY, "MORNING", False),
    ]
    assert look(db).due == {one, two}
    read(db, one, at(8), 91)
    found = fridges_waiting(db, catalog=catalog(), now=NOW)
    assert [(fridge.id, reading.temperature) for fridge, reading in found.outside] == [(one, 91)]
    read(db, one, at(8, 30), 52)
    assert fridges_waiting(db, catalog=catalog(), now=NOW).outside == ()


def test_a_fridge_is_named_once_and_ends(db):
    one = fridge(db)
    with pytest.raises(Refused) as error:
        add_fridge(db, replace(TCW, name="tủ tcw 3000"), now=NOW, **WHO)
    assert codes(error) == ["cold_chain.name_taken"]
    with pytest.raises(Refused) as error:
        add_fridge(db, FridgeDraft(name=" ", kept_from=TODAY + timedelta(days=1)), now=NOW, **WHO)
    assert codes(error) == ["cold_chain.name_missing", "cold_chain.day_future"]
    edit_fridge(db, one, replace(TCW, place="Kho"), by=None, now=NOW)
    with pytest.raises(Refused) as error:
        edit_fridge(db, one, replace(TCW, ended_on=TODAY + timedelta(days=1)), by=None, now=NOW)
    assert codes(error) == ["cold_chain.end_day"]
    edit_fridge(db, one, replace(TCW, place="Kho", ended_on=TODAY), by=None, now=NOW)
    other = fridge(db)
    with pytest.raises(Refused) as error:
        edit_fridge(db, one, TCW, by=None, now=NOW)
    assert codes(error) == ["cold_chain.name_taken"]
    with db.read() as session:
        assert [(each.id, each.place, each.ended_on) for each in fridges_in(session)] == [
            (other, "Phòng tiêm", None),
            (one, "Kho", TODAY),
        ]


def test_an_excursion_over_the_end_of_a_month_is_as_long_as_its_good_readings_say(db):
    one = fridge(db, kept_from=date(2022, 1, 1))
    for day, temperature in (
        (datetime(2022, 1, 28, 7), 50),  # then nobody was there until after Tết
        (datetime(2022, 2, 2, 7), 120),
        (datetime(2022, 2, 2, 16), 50),
        (datetime(2022, 2, 27, 16), 50),
        (datetime(2022, 2, 28, 16), 120),
        (datetime(2022, 3, 4, 7), 50),
    ):
        read(db, one, day, temperature)
    months = [fridge_month(db, one, date(2022, at, 5), catalog=catalog(), now=NOW)[0] for at in (1, 2, 3)]
    lasted = [[each.most(NOW.replace(tzinfo=None)) for each in month.excursions] for month in months]
    assert lasted == [[], [timedelta(days=5, hours=9), timedelta(days=4, hours=15)], []]
    assert [len(month.readings) for month in months] == [1, 4, 1]
