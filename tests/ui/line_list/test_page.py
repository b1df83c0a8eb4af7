"""The line list by keyboard, by scanner, by paste; what stays, what is written, what survives."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

from covidstation.db.queries.people import find_people, person_page
from covidstation.domain.episodes import TestResult
from covidstation.domain.line_list import Cell
from covidstation.services.drafts import drafts
from covidstation.services.preferences import Preferences
from covidstation.ui.line_list.page import LineListPage
from covidstation.ui.main import MainWindow
from tests.ui.hands import press, write
from tests.ui.village import SCAN

pytestmark = pytest.mark.timeout(30)
CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER = Qt.Key.Key_Return


@pytest.fixture
def page(desk, shown):
    made = LineListPage(desk)
    made.resize(1166, 600)
    shown(made)
    made.load()
    made.grid.setFocus()
    return made


def settle(page):
    page._checking.stop()
    page._check()


def typed(page, *words):
    """Words into one cell after another, as an input method commits them."""
    for word in words:
        if word:
            write(page.grid.field, word)
        press(page.grid.field, ENTER)


def names(page):
    return [row.text(Cell.NAME) for row in page.sheet.rows()]


def test_a_row_is_typed_with_enter_from_cell_to_cell_and_saved_with_ctrl_enter(page, desk):
    typed(page, "Chẻo Lở Mẩy", "150390", "nu", "012190004127", "0988 123 456", "nam nga", "Chẻo A Sơn", "2", "ho, sốt")
    assert page.grid.at() == (0, 9)
    typed(page, "")
    assert page.grid.at() == (1, 0)
    row = page.sheet.row_at(0)
    assert [row.text(cell) for cell in (Cell.BIRTH, Cell.SEX, Cell.HAMLET)] == ["15/03/1990", "Nữ", "Bản Nậm Ngá"]
    settle(page)
    assert page._save.text() == "Ghi 1 người"
    press(page.grid.field, ENTER, CONTROL)
    (hit,) = find_people(desk.register.db, "cheo lo may")
    assert (hit.hamlet, hit.household_head, hit.phone) == ("Nậm Ngá", "Chẻo A Sơn", "0988123456")
    assert hit.open_episode is not None
    assert names(page) == []
    assert page.banner.text() == "Đã ghi 1 người: 1 F0 mới, 1 xét nghiệm, trong đó 0 âm tính."


def test_vietnamese_in_the_making_stands_in_the_cell_until_it_is_done(page):
    field = page.grid.field
    QApplication.sendEvent(field, QInputMethodEvent("Giàng Thị Ổ", []))
    assert page.sheet.row_at(0).empty
    done = QInputMethodEvent()
    done.setCommitString("Giàng Thị Ổn")
    QApplication.sendEvent(field, done)
    press(field, ENTER)
    assert names(page) == ["Giàng Thị Ổn"]


def test_good_rows_go_and_bad_ones_stay_with_their_sentence(page, desk):
    page.grid.paste("Tẩn U Mẩy\t1991\tnữ\nSùng Thị Chía\t31/02/1963\tnữ\nLý A Thào\t2006\tnam\t\t\t\t\t\t\tâm\n")
    settle(page)
    assert page._note.text_in_full() == "2 dòng đủ, 1 dòng cần sửa hoặc trả lời"
    assert page.sheet.sentence_of(1) == ("Không đọc được ngày sinh. Ghi như 3/2/1955, hoặc riêng năm 1955.", "error")
    page.save()
    assert names(page) == ["Sùng Thị Chía"]
    assert page.banner.text() == "Đã ghi 2 người: 1 F0 mới, 2 xét nghiệm, trong đó 1 âm tính."
    wishes = []
    desk.want_page.connect(wishes.append)
    page.banner.findChild(QWidget, "banner_button").click()
    assert wishes == ["missing"]


def test_a_paste_from_a_spreadsheet_comes_by_the_clipboard_under_what_is_there(page):
    typed(page, "Lý A Thào")
    QGuiApplication.clipboard().setText("Tẩn U Mẩy\t1991\nVàng A Chứ\t1988\n")
    press(page.grid.field, Qt.Key.Key_V, CONTROL)
    assert names(page) == ["Lý A Thào", "Tẩn U Mẩy", "Vàng A Chứ"]
    QGuiApplication.clipboard().setText("Sùng")
    page.grid.go_to(3)
    press(page.grid.field, Qt.Key.Key_V, CONTROL)
    assert page.grid.field.text() == "Sùng"


def test_somebody_alike_is_asked_and_answered_by_a_key(page, desk, village):
    typed(page, "lo thi mai", "1990")
    settle(page)
    page.grid.go_to(0)
    same = page.asking.findChild(QWidget, "same_person")
    assert same.isVisible()
    assert page.sheet.ready() == 0
    same.click()
    settle(page)
    assert page.sheet.look_at(0).known.person.id == village.mai
    assert page.sheet.sentence_of(0)[0].startswith("Đang là F0")
    page.head.result.set_value(TestResult.NEGATIVE)
    page.save()
    tests = person_page(desk.register.db, village.mai).episodes[0].tests
    assert [test.result for test in tests] == [TestResult.POSITIVE, TestResult.NEGATIVE]


def test_another_person_of_that_name_is_a_new_one(page, desk):
    typed(page, "Lò Thị Mai", "1990")
    settle(page)
    page.grid.go_to(0)
    page.asking.findChild(QWidget, "other_person").click()
    page.save()
    assert len(find_people(desk.register.db, "lò thị mai")) == 2


def test_a_lost_zero_is_put_back_by_a_key(page):
    typed(page, "Vàng A Chứ", "1988", "nam", "12088004217")
    settle(page)
    page.grid.go_to(0)
    page.asking.findChild(QWidget, "repair_number").click()
    settle(page)
    assert page.sheet.row_at(0).text(Cell.CITIZEN) == "012088004217"
    assert page.sheet.ready() == 1


def test_a_half_typed_sheet_is_there_after_a_crash(page, desk, shown):
    write(page.grid.field, "Tẩn U Mẩy")
    page.head.place.setText("Nhà văn hoá")
    page.put_aside()
    assert len(drafts(desk.register.db, "line_list")) == 1
    again = LineListPage(desk)
    shown(again)
    again.load()
    assert names(again) == ["Tẩn U Mẩy"]
    assert again.head.place.text() == "Nhà văn hoá"
    assert again.banner.text() == "Đã mở lại bảng đang ghi dở lúc 07:15 hôm nay."
    settle(again)
    again.save()
    assert drafts(desk.register.db, "line_list") == []


def test_a_row_is_dropped_and_the_sheet_walks_back(page):
    typed(page, "Một")
    page.grid.go_to(1)
    typed(page, "Hai")
    press(page.grid.field, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert page.grid.at() == (1, 0)
    press(page.grid.field, Qt.Key.Key_Up)
    press(page.grid.field, Qt.Key.Key_Delete, CONTROL)
    assert names(page) == ["Hai"]
    press(page.grid.field, Qt.Key.Key_Escape)
    assert page.head.day.hasFocus()


def test_an_hour_that_is_none_is_said_and_a_good_one_is_kept_with_the_case(page, desk):
    typed(page, "Tẩn U Mẩy", "1991")
    settle(page)
    write(page.head.found, "sáng")
    page.save()
    assert page.banner.text() == "Ghi giờ như 7 hoặc 7:15."
    page.head.found.setText("6h45")
    page.save()
    (hit,) = find_people(desk.register.db, "tan u may")
    assert f"{person_page(desk.register.db, hit.id).episodes[0].found_at:%H:%M %d/%m/%Y}" == "06:45 10/07/2026"


def test_nothing_in_the_sheet_moves_while_it_is_written(page, desk, monkeypatch):
    typed(page, "Tẩn U Mẩy", "1991")
    settle(page)
    waiting = []
    monkeypatch.setattr(desk, "act", lambda _parent, service, ok, fail, **_draft: waiting.append((service, ok, fail)))
    page.save()
    page.save()
    assert len(waiting) == 1
    assert not page.grid.isEnabled()
    service, ok, _fail = waiting[0]
    ok(service().value)
    assert page.grid.isEnabled()
    assert page.grid.field.hasFocus()
    assert names(page) == []


def test_a_sheet_that_was_refused_stays_as_it_is(page):
    typed(page, "Tẩn U Mẩy", "1991")
    settle(page)
    page.head.day.setText("")
    page.save()
    assert names(page) == ["Tẩn U Mẩy"]
    assert page.banner.text() == "Ghi ngày lấy mẫu chung cho cả bảng."
    assert page.grid.isEnabled()


def test_ctrl_d_repeats_the_cell_above(page):
    page.grid.paste("Tẩn U Mẩy\t1991\tnữ\t\t\tnam nga\tTẩn A Sơn\n")
    page.grid.go_to(1, 0)
    typed(page, "Tẩn A Sơn")
    page.grid.go_to(1, 5)
    for _cell in range(2):
        press(page.grid.field, Qt.Key.Key_D, CONTROL)
    assert [page.sheet.row_at(1).text(cell) for cell in (Cell.HAMLET, Cell.HOUSEHOLD)] == ["Bản Nậm Ngá", "Tẩn A Sơn"]
    assert page.grid.at() == (1, 7)


def test_each_scan_fills_the_next_row(desk, theme, shown):
    window = MainWindow(desk, theme, Preferences(station="Trạm Y tế"), lambda _kept: None)
    window.resize(1366, 697)
    shown(window)
    window.begin()
    window.go("line_list")
    page = window.current()
    window.look_at(SCAN)
    window.look_at("012168000119||Giàng Thị Mỷ|05041968|Nữ|Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu|10052021")
    assert names(page) == ["Giàng A Páo", "Giàng Thị Mỷ"]
    assert page.sheet.row_at(0).text(Cell.HAMLET) == "Bản Nậm Ngá", "the card's address names a hamlet of the commune"
    assert page.sheet.row_at(1).text(Cell.HAMLET) == "", "of who is known the register knows it"
    assert window.current() is page
    window.look_at(SCAN)
    assert len(names(page)) == 2
    assert page.grid.at()[0] == 0
    settle(page)
    assert page.sheet.sentence_of(1)[0] == "Đã có trong sổ: Giàng Thị Mỷ, 1968."
    window._go(window.locked)


def test_three_hundred_rows_can_be_walked(page):
    page.grid.paste(
        "".join(f"Giàng A {chr(65 + at % 26)}{chr(97 + at // 26)}\t{1930 + at % 90}\n" for at in range(300))
    )
    settle(page)
    page.grid.go_to(299)
    QApplication.sendEvent(page, QEvent(QEvent.Type.UpdateRequest))
    assert page.grid.field.geometry().bottom() <= page.grid.viewport().height()
    assert page.sheet.ready() == 300


def test_everything_can_be_heard_and_named(page):
    for widget in (
        page.head.day,
        page.head.kind,
        page.head.place,
        page.head.result,
        page.head.source,
        page.head.hamlet,
    ):
        assert widget.accessibleName()
        assert widget.objectName()
    page.grid.go_to(4, 2)
    assert page.grid.field.accessibleName() == "Giới, dòng 5"
