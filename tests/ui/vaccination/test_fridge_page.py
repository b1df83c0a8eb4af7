"""The page “Tủ lạnh”: a reading in four keys, an alarm with its lots, what nobody read, Hôm nay, paper and Excel."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from covidstation.db.queries.cold_chain import balance_in, readings_in, vaccine_lots_in, verdicts_in
from covidstation.db.rows import SupplyItemRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.supplies import ItemDraft, SupplyKind
from covidstation.domain.vaccination.fridge import Fate, FridgeDraft, ReadingDraft
from covidstation.domain.vaccination.sessions import SessionDraft
from covidstation.errors import UserError
from covidstation.services.people import register_person
from covidstation.services.preferences import Preferences
from covidstation.services.reports.today import todays_work
from covidstation.services.supplies.acts import IssueDraft, IssueLine, ReceiptDraft, ReceiptLine, issue, receive
from covidstation.services.supplies.items import add_items
from covidstation.services.vaccination.arrival import look_at_arrival
from covidstation.services.vaccination.fridge import add_fridge, edit_fridge, record_reading
from covidstation.services.vaccination.fridge_lots import keep_lots
from covidstation.services.vaccination.fridge_papers import fridge_pdf, fridge_xlsx
from covidstation.services.vaccination.sessions import open_session, plan_session
from covidstation.services.vaccination.takes import TakeDraft, take_out
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.buttons import Button
from covidstation.ui.today.lines import Key, lines_of
from covidstation.ui.vaccination.fridge_dialogs import FridgeDialog, ReadingDialog, temperature_edit, tenths
from covidstation.ui.vaccination.fridge_page import FridgePage
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()
WHO = {"by": None, "by_name": "Lò Thị Nhung", "now": NOW}
TCW = FridgeDraft(name="Tủ TCW 3000", place="Phòng tiêm", kept_from=TODAY)


@pytest.fixture
def fridge(desk):
    return add_fridge(desk.register.db, TCW, **WHO).value.id


@pytest.fixture
def lot(desk):
    db = desk.register.db
    item = ItemDraft(kind=SupplyKind.VACCINE, name="Comirnaty", unit="liều", pack_size=6, kept_from=TODAY)
    (kept,) = add_items(db, [item], by=None, now=NOW).value
    line = ReceiptLine(item_id=kept, number="FK0112", expiry=TODAY + timedelta(days=90), quantity=60)
    receive(db, ReceiptDraft(day=TODAY, lines=(line,)), by=None, now=NOW)
    with db.read() as session:
        return vaccine_lots_in(session)[0].lot_id


@pytest.fixture
def window(desk, theme, shown):
    made = MainWindow(desk, theme, Preferences(), lambda _kept: None)
    made.resize(1366, 768)
    shown(made)
    made.begin()
    return made


def opened(desk, window) -> FridgePage:
    window.go("fridge")
    QTest.qWait(20)
    page = window.findChild(FridgePage)
    assert page.isVisible()
    return page


def readings(db):
    with db.read() as session:
        return readings_in(session, TODAY, TODAY)


def test_a_reading_takes_four_keys(desk, window, fridge):
    page = opened(desk, window)
    assert page.temperature.hasFocus()
    QTest.keyClicks(page.temperature, "5,2")
    QTest.keyClick(page.temperature, Qt.Key.Key_Return)
    (one,) = readings(desk.register.db)
    assert (one.fridge_id, one.temperature, one.outside, one.by_name) == (fridge, 52, False, desk.register.user_name)
    assert page.temperature.text() == "" and page.temperature.hasFocus()
    assert page.model.rowCount() == 1


@pytest.mark.parametrize(
    ("typed", "read"),
    [("4,5", 45), ("4.5", 45), ("52", 520 // 10), ("-0,5", -5), ("\u22120,5", -5), ("\u20130.5", -5), ("38", 380),
     ("+4", 40), ("4,55", None), ("5,2°", None), ("NaN", None), ("", None)],
)  # fmt: skip
def test_temperatures_as_they_are_typed(desk, typed, read):
    field = temperature_edit("temperature", "Nhiệt độ")
    field.setText(typed)
    assert tenths(field) == read and field.bad() is (read is None and bool(typed))


def test_an_alarm_asks_what_was_done_and_keeps_the_lots(desk, window, fridge, lot):
    page, db = opened(desk, window), desk.register.db
    asked = []

    def answer():
        dialog = QApplication.activeModalWidget()
        asked.append((type(dialog), dialog.temperature.text(), dialog.lots.chosen(), dialog.lots.isVisible()))
        dialog.action.setText("Chỉnh núm")
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    QTest.keyClicks(page.temperature, "94")
    QTimer.singleShot(0, answer)
    QTest.keyClick(page.temperature, Qt.Key.Key_Return)
    assert asked == [(ReadingDialog, "9,4", (lot,), True)]
    (one,) = readings(db)
    assert (one.temperature, one.outside, one.action) == (94, True, "Chỉnh núm")
    assert [(each.lot_id, each.doses) for each in one.lots] == [(lot, 60)]


def test_a_lot_is_put_aside_by_keys_and_comes_back(desk, window, fridge, lot):
    db = desk.register.db
    record_reading(db, ReadingDraft(fridge_id=fridge, temperature=94, action="Chỉnh núm"), catalog=catalog(), **WHO)
    page = opened(desk, window)
    page.show_part("lots")
    assert page.lot_model.rowCount() == 1 and page.aside.isVisible() and not page.correct.isVisible()
    QTimer.singleShot(0, lambda: QApplication.activeModalWidget().findChild(Button, "act_button").click())
    page.aside.click()
    with db.read() as session:
        assert balance_in(session, lot) == 0
        assert [one.fate for one in verdicts_in(session)] == [Fate.ASIDE]
    assert page.undo.isEnabled() and not page.aside.isEnabled()
    page.undo.click()
    with db.read() as session:
        assert balance_in(session, lot) == 60 and not verdicts_in(session)
    assert page.aside.isEnabled()


def test_the_ways_to_the_fridge_and_the_lots_of_another_hour(desk, window, fridge, lot):
    """The lot came today: of yesterday evening nothing was inside, until its hour is typed again."""
    record_reading(
        desk.register.db, ReadingDraft(fridge_id=fridge, temperature=94, action="Chỉnh núm"), catalog=catalog(), **WHO
    )
    window.go("vaccination")
    window.findChild(Button, "vaccination_to_fridge").click()
    page = window.findChild(FridgePage)
    assert page.isVisible() and page.view.value() == "month"
    page.to_vaccines.click()
    assert not page.isVisible()
    window.go("today")
    window.findChild(Button, "open_fridge").click()
    assert page.isVisible() and page.view.value() == "lots" and page.lot_model.rowCount() == 1
    dialog = ReadingDialog(desk, page, page._look.used[0], page._look.rules, temperature=94)
    assert dialog.lots.chosen() == (lot,)
    for said, chosen in ((f"20:15 {TODAY - timedelta(days=1):%d/%m/%Y}", ()), ("7:05", (lot,))):
        dialog.at.setText(said)
        assert dialog.act().args[1].lots is None  # not asked yet: the register finds them
        dialog.at.editingFinished.emit()
        assert dialog.lots.chosen() == chosen and dialog.act().args[1].lots == chosen
    dialog.deleteLater()


def test_a_session_that_runs_says_which_of_its_lots_waits(desk, window, fridge, lot):
    """Also once somebody stands at the desk, where another lot may be chosen."""
    db, who = desk.register.db, {**WHO, "now": desk.now()}
    one = plan_session(db, SessionDraft(day=TODAY), **who).value
    take_out(db, one, TakeDraft(lot_id=lot, vials=2, per_vial=6), catalog=catalog(), **who)
    open_session(db, one, by=None, now=desk.now())
    window.go("session")
    page = window.page("session")
    assert page.banner.text() == ""
    record_reading(db, ReadingDraft(fridge_id=fridge, temperature=94, action="Chỉnh núm"), catalog=catalog(), **WHO)
    page.load()
    assert "FK0112" in page.banner.text() and "FK0112" in page._stock.text()
    person = register_person(db, PersonDraft(full_name="Lò Văn Đôi", birth=PartialDate(1970, 1, 2)), **_act(desk)).value
    page._stand(look_at_arrival(db, person.id, session_id=one, catalog=catalog()))
    assert "FK0112" in page.banner.text() and "Tủ lạnh" in page.card.vial.currentText()
    (alarm,) = readings(db)
    keep_lots(db, alarm.id, [lot], "Chỉ thị chưa đổi màu", **WHO)
    page.load()
    assert page.banner.text() == ""


def _act(desk):
    return {"catalog": catalog(), "by": None, "now": desk.now()}


def test_hom_nay_says_what_is_missing_and_what_is_outside(desk, window, fridge):
    db = desk.register.db
    (line,) = [one for one in lines_of(todays_work(desk.register, catalog(), NOW), NOW) if one.key is Key.FRIDGE]
    assert (line.count, line.lead) == (1, "") and "Tủ TCW 3000" in line.why
    record_reading(db, ReadingDraft(fridge_id=fridge, temperature=-7, action="Chỉnh núm"), catalog=catalog(), **WHO)
    (line,) = [one for one in lines_of(todays_work(desk.register, catalog(), NOW), NOW) if one.key is Key.FRIDGE]
    assert "-0,7 °C" in line.why and line.lead
    later = NOW + timedelta(minutes=10)
    record_reading(
        db, ReadingDraft(fridge_id=fridge, temperature=41), catalog=catalog(), by=None, by_name="Mai", now=later
    )
    assert not [one for one in lines_of(todays_work(desk.register, catalog(), later), later) if one.key is Key.FRIDGE]


def test_the_month_is_printed_and_kept_as_a_spreadsheet(desk, fridge):
    db = desk.register.db
    said = ReadingDraft(fridge_id=fridge, temperature=94, action="=1+1 Chỉnh núm", power_cut=True)
    record_reading(db, said, catalog=catalog(), **WHO)
    known = {"catalog": catalog(), "now": NOW}
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(fridge_pdf(db, fridge, TODAY, **known))).pages)
    for words in ("SỔ THEO DÕI NHIỆT ĐỘ", "Tủ TCW 3000", "9,4 !", "Chỉnh núm", "ngoài khoảng 1 lần"):
        assert words in text
    with ZipFile(BytesIO(fridge_xlsx(db, fridge, TODAY, **known))) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>9.4</v>" in cells and "<f>" not in cells


def test_without_a_fridge_the_page_offers_one_and_an_ended_one_takes_no_reading(desk, window, fridge):
    page = opened(desk, window)
    edit_fridge(desk.register.db, fridge, replace(TCW, ended_on=TODAY), by=None, now=NOW)
    page.load()
    assert not page.temperature.isEnabled()
    QTest.keyClick(page, Qt.Key.Key_Return)
    assert readings(desk.register.db) == ()


def test_the_form_of_an_alarm_offers_a_lot_that_is_used_up(desk, window, fridge, lot):
    """Good in the morning, all given since: the lot is offered and chosen; what is taken out by hand stays out."""
    db, later = desk.register.db, NOW + timedelta(minutes=40)
    record_reading(db, ReadingDraft(fridge_id=fridge, temperature=50), catalog=catalog(), **WHO)
    with db.read() as session:
        item = session.scalars(select(SupplyItemRow.id)).one()
    issue(db, IssueDraft(day=TODAY, partner="Điểm lẻ", lines=(IssueLine(item_id=item, quantity=60),)), by=None, now=NOW)
    desk.now = lambda: later
    page = opened(desk, window)
    dialog = ReadingDialog(desk, page, page._look.used[0], page._look.rules, temperature=94)
    assert dialog.lots.chosen() == (lot,) and dialog.act().args[1].lots == (lot,)
    dialog.lots.set_chosen([])
    dialog.action.setText("Chỉnh núm")
    made = dialog.act()().value
    dialog.deleteLater()
    assert made.lots == ()
    again = ReadingDialog(desk, page, page._look.used[0], page._look.rules, known=made)
    assert again.lots.chosen() == () and again.act().args[2].lots == ()
    assert [one.key for one in again.lots.choices()] == [lot]
    again.deleteLater()


def test_a_form_that_was_open_while_the_fridge_was_ended_writes_nothing(desk, window, fridge):
    page, db = opened(desk, window), desk.register.db
    dialog = FridgeDialog(desk, page, page._look.used[0])
    edit_fridge(db, fridge, replace(TCW, ended_on=TODAY), by=None, now=NOW)
    dialog.note.setText("Dán nhãn mới")
    with pytest.raises(UserError, match="changed_meanwhile"):
        dialog.act()()
    dialog.deleteLater()
