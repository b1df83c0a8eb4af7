"""Báo cáo: look, freeze, print in three clicks; figures open to their people; the queue marked and unmarked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from covidstation.db.queries.episodes import get_episode
from covidstation.domain.episodes import CaseClassification
from covidstation.services.reports.daily import frozen_report, kept_typed, report_state
from covidstation.services.reports.notices import notices_due
from covidstation.ui.reports import day_tab, frozen_tab, notices_tab
from covidstation.ui.reports.columns import left_cell
from covidstation.ui.reports.page import ReportsPage
from covidstation.ui.status_parts import with_report
from tests.services.samples import edit_episode
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(60)
DAY = date(2026, 7, 10)


@pytest.fixture
def page(desk, shown):
    found = ReportsPage(desk)
    found.resize(1166, 509)
    shown(found)
    found.load()
    desk.changed.connect(found.refresh)  # as the main window does
    return found


@pytest.fixture
def printed(monkeypatch):
    """A printer that keeps what it was given."""
    sent: list[bytes] = []
    for module in (day_tab, frozen_tab):
        monkeypatch.setattr(module, "chosen_printer", lambda _kept: "Laser")
        monkeypatch.setattr(module, "device_for", lambda _name: None)
        monkeypatch.setattr(module, "print_pdf", lambda pdf, _device: sent.append(pdf))
    return sent


def shown_figures(page):
    found = {}
    for row in range(page.day.model.rowCount()):
        line = page.day.model.record(row)
        found[line.name] = line
    return found


def dialogs():
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]


def test_the_figures_stand_there_at_once_and_say_what_is_lacking(page):
    figures = shown_figures(page)
    assert figures["under"].today == "2"
    assert figures["oxygen"].today == "…"
    assert "số người thở ô xy" in page.day.panel._lacking.text()
    assert "07:00" in page.banner.text()  # it is 07:15


def test_freezing_and_printing_are_two_clicks_after_looking(page, desk, printed):
    page.load()
    page.day.panel.oxygen.setText("0")
    page.day.panel.difficulties.setText("Không")
    page.bar_actions()[-1].click()
    frozen = frozen_report(desk.register.db, DAY)
    assert frozen is not None
    assert (frozen.typed.oxygen, frozen.typed.difficulties, frozen.frozen.by_name) == (0, "Không", "Lò Thị Nhung")
    page.bar_actions()[-1].click()
    assert len(printed) == 1
    assert printed[0].startswith(b"%PDF")


def test_words_survive_until_they_are_frozen_and_then_are_fixed(page, desk):
    page.day.panel.difficulties.setFocus()
    QTest.keyClicks(page.day.panel.difficulties, "thieu test")
    assert page.may_leave()
    assert kept_typed(desk.register.db, DAY).difficulties == "thieu test"
    page.day.table.setFocus()
    page.day.freeze.click()
    assert page.day.panel.difficulties.isReadOnly()
    assert frozen_report(desk.register.db, DAY).typed.difficulties == "thieu test"


def test_a_number_that_is_none_keeps_the_report_open(page, desk):
    page.day.panel.oxygen.setText("nhiều")
    page.day.freeze.click()
    assert frozen_report(desk.register.db, DAY) is None
    assert "9999" in page.day.panel._lacking.text()


def test_enter_on_a_figure_shows_its_people_and_enter_again_opens_one(page, desk, village):
    opened = []
    desk.want_person.connect(opened.append)
    rows = list(shown_figures(page))
    page.day.table.selectRow(rows.index("under"))
    page.day.table.setFocus()
    QTest.keyClick(page.day.table, Qt.Key.Key_Return)
    (dialog,) = dialogs()
    assert {dialog.model.record(row).full_name for row in range(2)} == {"Giàng A Sử", "Lò Thị Mai"}
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    assert opened[0] in (village.head, village.mai)
    assert dialogs() == []


def test_why_a_figure_changed_names_the_person_and_the_reason(page, desk, village):
    page.day.freeze.click()
    db = desk.register.db
    wrong = replace(get_episode(db, village.mai_episode), classification=CaseClassification.NO_CASE)
    later = NOW + timedelta(hours=1)
    edit_episode(db, village.mai_episode, wrong, catalog=catalog(), by=desk.register.user_id, now=later)
    page.day.why.click()
    (dialog,) = dialogs()
    cells = [cell.text for cell in (dialog.model.cell(0, column) for column in range(6))]
    assert cells[:4] == ["Đang quản lý", "−1", "Lò Thị Mai", "đánh dấu ghi nhầm, không phải ca bệnh"]
    assert cells[5] == "Lò Thị Nhung"
    dialog.reject()


def test_a_second_version_asks_for_its_reason(page, desk, monkeypatch):
    page.day.freeze.click()
    monkeypatch.setattr(day_tab, "ask_reason", lambda *_words, **_more: "")
    page.day.again.click()
    assert frozen_report(desk.register.db, DAY).frozen.version == 1
    monkeypatch.setattr(day_tab, "ask_reason", lambda *_words, **_more: "Bổ sung một ca")
    page.day.again.click()
    frozen = frozen_report(desk.register.db, DAY).frozen
    assert (frozen.version, frozen.reason) == (2, "Bổ sung một ca")


def test_another_day_is_looked_at_and_a_day_to_come_is_refused(page):
    page.day.panel.day.setText("9/7/2026")
    assert page.day.report().period.day == date(2026, 7, 9)
    page.day.panel.day.setText("11/7/2026")
    assert "11/07/2026" in page.banner.text()


def test_what_was_sent_is_listed_and_printed_again_alike(page, printed):
    page.show_tab("frozen")
    assert page.bar_actions() == ()
    page.show_tab("day")
    page.day.freeze.click()
    page.bar_actions()[-1].click()
    page.show_tab("frozen")
    assert page.frozen.model.rowCount() == 1
    page.bar_actions()[-1].click()
    assert printed[0] == printed[1]
    page.frozen.table.opened.emit(page.frozen.model.record(0))
    assert page.tabs.value() == "day"


def test_cases_are_marked_as_entered_and_taken_back(page, desk, monkeypatch):
    page.show_tab("notices")
    tab, db = page.notices, desk.register.db
    waiting = len(notices_due(db, catalog(), NOW))
    assert tab.models["open"].rowCount() == waiting > 0
    tab.mark.click()
    (dialog,) = dialogs()
    dialog.number.setText("LCU-0001")
    dialog.save()
    assert len(notices_due(db, catalog(), NOW)) == waiting - 1
    tab.which._take("entered")
    assert tab.models["entered"].record(0).system_number == "LCU-0001"
    tab.undo.click()
    assert len(notices_due(db, catalog(), NOW)) == waiting
    tab.which._take("open")
    monkeypatch.setattr(notices_tab, "confirm", lambda *_words, **_more: True)
    tab.tables["open"].selectAll()
    tab.mark.click()
    for dialog in dialogs():
        dialog.save()
    assert notices_due(db, catalog(), NOW) == ()
    assert page.bar_actions() == ()


def test_the_fields_of_a_case_report_are_copied(page, desk):
    page.show_tab("notices")
    page.notices.form.click()
    (dialog,) = dialogs()
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    assert QApplication.clipboard().text() == dialog.model.record(0).value
    dialog.findChild(type(page.day.freeze), "copy_all").click()
    assert QApplication.clipboard().text().startswith("Họ và tên: ")
    dialog.reject()


def test_hours_are_set_and_the_report_follows(page, desk):
    page.day.hours.click()
    (dialog,) = dialogs()
    dialog.cutoff.set_value("06:00")
    dialog.due.set_value("08:00")
    dialog.save()
    assert page.day.report().period.cutoff_at.hour == 6
    assert page.banner.text() == ""


def test_the_status_line_tells_the_state_of_the_report(page, desk):
    db = desk.register.db
    (part,) = with_report([], report_state(db, NOW), to_report=None)
    assert (part.text, part.state) == ("Báo cáo 07:00 chưa chốt", "warn")
    (part,) = with_report([], report_state(db, NOW - timedelta(hours=1)), to_report=None)
    assert part.state == "young"
    page.day.freeze.click()
    (part,) = with_report([], report_state(db, NOW), to_report=None)
    assert (part.text, part.state) == ("Báo cáo 07:00 đã chốt 07:15", "good")


@pytest.mark.parametrize(
    ("left", "words", "ink"),
    [
        (timedelta(hours=47, minutes=59), "còn 47 giờ", "text"),
        (timedelta(hours=11), "còn 11 giờ", "warn"),
        (timedelta(minutes=5), "còn 5 phút", "warn"),
        (timedelta(minutes=-5), "trễ 5 phút", "danger"),
        (timedelta(days=-3), "trễ 3 ngày", "danger"),
    ],
)
def test_what_is_left_of_a_deadline(left, words, ink):
    cell = left_cell(left)
    assert (cell.text, cell.ink) == (words, ink)


def test_it_fits_a_low_window_and_everything_has_its_names(page):
    assert page.minimumSizeHint().height() <= 509
    for tab in ("day", "frozen", "notices"):
        page.show_tab(tab)
        for widget in page.bar_actions():
            assert widget.objectName()
            assert widget.accessibleName()
