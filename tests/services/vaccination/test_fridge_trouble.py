"""What goes wrong with a fridge: wrong clocks, commas, power cuts, ended fridges, rules that change within a month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO

from pypdf import PdfReader

from covidstation.catalog import load_catalog
from covidstation.domain.vaccination.cold_rules import FridgeKind, parse_cold_rules
from covidstation.domain.vaccination.fridge import ReadingDraft
from covidstation.paths import resources
from covidstation.services.vaccination.fridge import edit_fridge, record_reading, void_reading
from covidstation.services.vaccination.fridge_look import fridge_month, fridges_waiting, look_at_fridges
from covidstation.services.vaccination.fridge_papers import fridge_pdf
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.fridges import TCW, at, fridge, read
from tests.services.vaccination.rooms import WHO, code, refused, vaccine

TEXT = (resources() / "rules" / "cold_chain.toml").read_text(encoding="utf-8")


def month(db, one, day=TODAY, now=NOW):
    return fridge_month(db, one, day, catalog=catalog(), now=now)[0]


def asked(db, one, now=NOW, **said):
    draft = ReadingDraft(fridge_id=one, **{"temperature": 52, "action": "Chỉnh núm", **said})
    return refused(lambda: record_reading(db, draft, catalog=catalog(), now=now, **WHO))


def test_a_slip_of_the_comma_and_a_clock_set_back_are_asked_back(db):
    one = fridge(db)
    assert asked(db, one, temperature=380) == {"cold_chain.comma"}
    read(db, one, at(8), 50)
    yesterday = NOW - timedelta(days=1)
    assert asked(db, one, now=yesterday) == {"cold_chain.clock"}
    assert read(db, one, at(7, days=1), 51, now=yesterday).at == at(7, days=1)  # it can be right
    told = look_at_fridges(db, one, TODAY, catalog=catalog(), now=yesterday)
    assert [reading.at for reading in told.last] == [at(7, days=1)]  # what lies ahead of the clock is no last reading


def test_two_readings_of_one_morning_both_stand_and_the_sheet_shows_the_worse(db):
    one = fridge(db)
    for minute, temperature in ((0, 45), (10, 84), (20, 121), (25, 60)):
        read(db, one, at(7, minute), temperature)
    (found,) = month(db, one).excursions
    assert (found.least(), found.most(at(8))) == (timedelta(minutes=10), timedelta(minutes=25))
    text = PdfReader(BytesIO(fridge_pdf(db, one, TODAY, catalog=catalog(), now=NOW))).pages[0].extract_text()
    assert "12,1 !" in text and "12,1 °C lúc 07:20 10/03" in text and "8,4 !" not in text


def test_an_alarm_before_midnight_of_a_months_last_day_is_in_both_months(db):
    one = fridge(db)
    now = datetime.combine(date(2022, 4, 1), NOW.timetz())
    night, dawn = datetime(2022, 3, 31, 23, 50), datetime(2022, 4, 1, 5, 10)
    read(db, one, datetime(2022, 3, 31, 17), 50, now=now)
    read(db, one, night, 96, now=now, power_cut=True)
    read(db, one, dawn, 71, now=now)
    for day in (date(2022, 3, 31), date(2022, 4, 1)):
        (found,) = [each for each in month(db, one, day, now).excursions] or [None]
        assert day.month == 4 or (found.readings[0].at, found.after.at) == (night, dawn)
    (march,) = month(db, one, date(2022, 3, 1), now).excursions
    assert march.most(now.replace(tzinfo=None)) == timedelta(hours=12, minutes=10)


def test_a_power_cut_of_five_hours_that_never_left_the_bounds_is_no_alarm(db):
    vaccine(db)
    one = fridge(db)
    read(db, one, at(1), 52, power_cut=True, note="mất điện từ 1 giờ")
    read(db, one, at(6), 79, power_cut=True, note="có điện lại")
    found = fridges_waiting(db, catalog=catalog(), now=NOW)
    assert (found.outside, found.lots) == ((), ()) and not month(db, one).excursions


def test_the_last_fridge_does_not_end_unasked_while_vaccine_is_left(db):
    vaccine(db)
    one, box = fridge(db), fridge(db, name="Hòm lạnh", kind=FridgeKind.COLD_BOX)
    alarm = read(db, one, at(7), 94)
    end = replace(TCW, ended_on=TODAY)
    assert refused(lambda: edit_fridge(db, one, end, by=None, now=NOW)) == {"cold_chain.lots_left"}
    edit_fridge(db, box, replace(TCW, name="Hòm lạnh", kind=FridgeKind.COLD_BOX, ended_on=TODAY), by=None, now=NOW)
    edit_fridge(db, one, end, by=None, now=NOW, sure=True)
    edit_fridge(db, one, replace(end, note="Hỏng"), by=None, now=NOW)  # it has ended: nothing is asked twice
    (waiting,) = fridges_waiting(db, catalog=catalog(), now=NOW).lots
    assert waiting.reading.id == alarm.id  # its lots still wait


def test_a_freezer_goes_by_its_own_bounds(db):
    one = fridge(db, name="Tủ đông", kind=FridgeKind.FREEZER)
    assert [read(db, one, at(7, minute), said).outside for minute, said in enumerate((-200, -140, 50))] == [
        False,
        True,
        True,
    ]
    look = look_at_fridges(db, one, TODAY, catalog=catalog(), now=NOW)
    assert (look.rule.low, look.rule.high) == (-250, -150)
    assert "-25,0 đến -15,0 °C" in PdfReader(BytesIO(fridge_pdf(db, one, TODAY, catalog=catalog(), now=NOW))).pages[
        0
    ].extract_text().replace("\n", " ")


def test_a_sheet_over_a_change_of_bounds_keeps_what_was_judged(db):
    """From the 8th up to 10 °C is good. The reading of the 7th stays outside, that of the 9th is not."""
    lists, since = load_catalog(resources()), date(2022, 3, 8)
    later = TEXT[TEXT.index("[[rule]]") :].replace("vn-cold-chain-2014", "new").replace("2014-05-16", f"{since}")
    before = TEXT.replace("2014-05-16\n", f"2014-05-16\nvalid_until = {since - timedelta(days=1)}\n")
    vars(lists)["cold_rules"] = parse_cold_rules(before + later.replace("warmest = 80", "warmest = 100"))
    one = fridge(db)
    for days, outside in ((3, True), (1, False)):
        draft = ReadingDraft(fridge_id=one, at=at(7, days=days), temperature=95, action="Chỉnh núm")
        assert record_reading(db, draft, catalog=lists, now=NOW, sure=True, **WHO).value.outside is outside
    text = PdfReader(BytesIO(fridge_pdf(db, one, TODAY, catalog=lists, now=NOW))).pages[0].extract_text()
    assert text.count("9,5 !") == 1 and "2,0–8,0 °C, từ ngày 8 2,0–10,0 °C" in text.replace("\n", " ")


def test_the_kind_stays_once_something_was_read_by_it(db):
    """Another kind has other bounds and other turns: the month that was read would say something else."""
    one = fridge(db)
    frozen = read(db, one, at(14, days=2), -5)
    before = month(db, one)
    freezer = replace(TCW, kind=FridgeKind.FREEZER)
    assert refused(lambda: edit_fridge(db, one, freezer, by=None, now=NOW, sure=True)) == {"cold_chain.kind_read"}
    assert month(db, one) == before and before.excursions[0].frozen(catalog().cold_rules) == frozen
    void_reading(db, frozen.id, "Đo nhầm tủ", now=NOW, **WHO)  # nothing stands that was judged by it
    assert edit_fridge(db, one, freezer, by=None, now=NOW).value.kind is FridgeKind.FREEZER


def test_a_fridge_that_somebody_else_has_ended_is_not_taken_back_by_a_note(db):
    one = fridge(db)
    seen = look_at_fridges(db, one, TODAY, catalog=catalog(), now=NOW).fridges[0]
    ended = edit_fridge(db, one, replace(TCW, ended_on=TODAY), by=None, now=NOW, seen=seen).value
    note = replace(TCW, note="Dán nhãn mới")
    assert code(lambda: edit_fridge(db, one, note, by=None, now=NOW, seen=seen)) == "cold_chain.changed_meanwhile"
    assert look_at_fridges(db, one, TODAY, catalog=catalog(), now=NOW).fridges == (ended,)
    edit_fridge(db, one, note, by=None, now=NOW, seen=ended)  # whoever has seen it may


def test_a_reading_of_a_day_on_which_the_fridge_was_not_in_use_is_asked_back(db):
    vaccine(db)
    one = fridge(db)
    assert asked(db, one, at=at(7, days=31)) == {"cold_chain.before_use"}
    edit_fridge(db, one, replace(TCW, ended_on=TODAY - timedelta(days=5)), by=None, now=NOW, sure=True)
    assert asked(db, one, temperature=150) == {"cold_chain.after_end"}
    assert not fridges_waiting(db, catalog=catalog(), now=NOW).lots
    assert read(db, one, at(7), 50, sure=True).at == at(7)  # it can be right
    record_reading(db, ReadingDraft(fridge_id=one, at=at(7, days=5), temperature=50), catalog=catalog(), now=NOW, **WHO)
