"""Each role on each page: what is enabled may be pressed. Every enabled button is pressed, and no service says no."""

from __future__ import annotations

import contextlib
from datetime import datetime
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QLineEdit, QMenu, QPlainTextEdit, QWidget

from covidstation.domain.care import Round, Vitals
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.packs import PaperKind
from covidstation.domain.rights import Actor, Right
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.services import rights
from covidstation.services.care.rounds import record_visit
from covidstation.services.preferences import Preferences
from covidstation.ui.desk import Desk
from covidstation.ui.main import MainWindow
from covidstation.ui.needs import needed
from covidstation.ui.pages import Pages
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.closed import close_acts
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.parts.table import Table
from covidstation.ui.person.dialogs import ActDialog
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(120)
LOOKS = {"PeopleDialog", "WhyDialog", "CaseReportDialog"}  # windows in which nothing is changed
KEYS = ("F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "Delete", "Return", "Insert", "Space", "3", "K")
LOOSE = [Qt.Key[f"Key_{one}"] for one in KEYS]
WAYS_OUT = {"restore", "new_f0", "first_f0", "user_menu"}
PASSED_OVER = {"lock", "user_menu", "show_password"}  # they leave the window


@pytest.fixture
def window(desk, theme, shown):
    made = []

    def make(role):
        desk.register.db.actor = Actor(desk.register.user_id, "Lò Thị Nhung", role)
        mine = Desk(desk.register, desk.shipped, desk.tasks, now=lambda: NOW)
        found = MainWindow(mine, theme, Preferences(), lambda _kept: None)
        found.resize(1366, 697)
        shown(found)
        found.begin()
        found._idle.stop()
        made.append(found)
        return found

    yield make
    close_acts({})
    desk.register.db.actor = None
    for one in made:
        if not one._parted:
            one._go(one.locked)


@pytest.fixture
def refused(monkeypatch):
    """Every refusal of a right by a service; dialogs are left at once, files are not chosen."""
    said: list[str] = []
    real = rights.require

    def require(place, right):
        try:
            real(place, right)
        except UserError as trouble:
            said.append(trouble.code)
            raise

    monkeypatch.setattr(rights, "require", require)
    monkeypatch.setattr(QDialog, "exec", lambda _self: 0)
    monkeypatch.setattr(QDialog, "open", lambda _self: None)
    monkeypatch.setattr(QMenu, "popup", lambda *_any: None)
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_any, **_more: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_any, **_more: "")
    opened = []
    may = ActDialog._may_open
    monkeypatch.setattr(ActDialog, "_may_open", lambda dialog: opened.append(dialog) or may(dialog))
    return said, opened


def buttons(window: QWidget) -> list[Button]:
    return [
        one
        for one in window.findChildren(Button)
        if one.isVisible() and one.isEnabled() and one.objectName() not in PASSED_OVER
    ]


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.DATA_ENTRY, Role.READ_ONLY], ids=lambda one: one.value)
@pytest.mark.parametrize("name", [name for name in Pages.NAMES if name != "help"])
def test_no_enabled_button_is_refused(role, name, window, refused, village):
    said, opened = refused
    made = window(role)
    page = made.page(name)

    def come():
        if name == "person":
            made._desk.want_person.emit(village.mai)
        elif name == "paper":
            made._desk.open_paper([village.mai_episode])
        else:
            made.go(name, force=True)
        QApplication.processEvents()

    come()
    if name == "f0_form" and not made._desk.may(Right.ENTER):
        assert not made.new_f0.isEnabled()
        return
    assert made.current() is page
    for key in [(one.objectName(), one.accessibleName()) for one in buttons(made)]:
        come()
        found = next((one for one in buttons(made) if (one.objectName(), one.accessibleName()) == key), None)
        if found is None:
            continue
        with contextlib.suppress(UserError):
            found.click()
        QApplication.processEvents()
        assert said == [], key
        assert [type(one).__name__ for one in opened if not made._desk.may(one.needs)] == [], key


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.DATA_ENTRY, Role.READ_ONLY], ids=lambda one: one.value)
def test_no_enabled_button_of_the_settings_is_refused(role, window, refused, village, monkeypatch):
    """Each section, not only the first; and nobody types into what they may not save."""
    said, opened = refused
    made = window(role)
    monkeypatch.setattr(made._desk, "want_restore", made._desk.want_picture)  # it would close the register
    page = made.page("settings")
    made.go("settings", force=True)
    for key in page.sections:
        page.show_section(key)
        QApplication.processEvents()
        for name in [one.objectName() for one in buttons(page) + buttons(made)]:
            found = next((one for one in buttons(page) + buttons(made) if one.objectName() == name), None)
            if made.current() is not page or page.section().key != key:
                made.go("settings", force=True)
                page.show_section(key)
            if found is None or name in WAYS_OUT:
                continue
            found.click()
            QApplication.processEvents()
            assert said == [], (key, name)
            assert [type(one).__name__ for one in opened if not made._desk.may(one.needs)] == [], (key, name)
        if key in ("station", "law", "rules"):
            section = page.section()
            typed = [*section.findChildren(QLineEdit), *section.findChildren(QPlainTextEdit)]
            open_ones = [one for one in typed if one.isVisible() and one.isEnabled() and not one.isReadOnly()]
            assert {one.objectName() for one in open_ones} <= {"insert_place"}, key


def test_the_walk_would_hear_a_refusal(window, refused, monkeypatch, tmp_path):
    """The control: a button that the table forgot. A file is chosen, since this PC may have no printer."""
    said, _opened = refused
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_any, **_more: (str(tmp_path / "so.pdf"), ""))
    made = window(Role.READ_ONLY)
    close_acts({})
    made.go("book")
    for one in made.findChildren(Button, "save_book"):
        one.allow()
        one.click()
    assert said == ["rights.print"]


@pytest.fixture
def ill(desk, village):
    """Mai was checked and is in danger: the rows of a round, of a course and of an alert are there."""
    check = VisitDraft(
        episode_id=village.mai_episode,
        at=datetime(2026, 7, 10, 7, 0),
        round=Round.MORNING,
        vitals=Vitals(temperature=391, spo2=91),
    )
    record_visit(desk.register.db, check, catalog=catalog(), by=None, by_name="Lò Thị Nhung", now=NOW)
    return village


@pytest.fixture
def agreed(monkeypatch):
    """Every question is answered with yes and a reason; which other windows came is told."""
    came: list[str] = []

    def come(dialog):
        came.append(type(dialog).__name__)
        return 0

    monkeypatch.setattr(QDialog, "exec", come)
    monkeypatch.setattr(QDialog, "open", come)
    monkeypatch.setattr(Sentence, "exec", lambda _dialog: 1)
    monkeypatch.setattr(Sentence, "reason", lambda _dialog: "ghi nhầm người")
    return came


def press_everything(window):
    """Each key that something listens to, each row by Enter, each entry of each menu."""
    for shortcut in window.findChildren(QShortcut):
        holder = shortcut.parent()
        if holder.objectName() not in PASSED_OVER and holder.isVisible() and shortcut.key().toString() != "Ctrl+L":
            yield shortcut.key().toString(), shortcut.activated.emit
    for key in LOOSE:
        yield QKeySequence(key).toString(), partial(hit, window, key)
    for table in window.findChildren(Table):
        if table.isVisible() and table.model().rowCount():
            yield table.objectName(), partial(enter_row, table)
    for menu in window.findChildren(QMenu):
        for entry in menu.actions():
            if entry.isEnabled() and not any(word in entry.text() for word in ("Khoá", "Đóng")):
                yield entry.text(), entry.trigger


def hit(window, key):
    QTest.keyClick(QApplication.focusWidget() or window, key)


def enter_row(table):
    table.selectRow(0)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # lists that drop down
@pytest.mark.parametrize("name", [name for name in Pages.NAMES if name not in ("help", "f0_form")])
def test_no_key_row_or_menu_leads_whoever_may_only_look_into_a_form(name, window, refused, agreed, ill):
    said, _opened = refused
    made = window(Role.READ_ONLY)

    def come():
        if name == "person":
            made._desk.want_person.emit(ill.mai)
        elif name == "paper":
            made._desk.open_paper([ill.mai_episode])
        else:
            made.go(name, force=True)
        QApplication.processEvents()

    come()
    for what, press in list(press_everything(made)):
        come()
        with contextlib.suppress(UserError, RuntimeError):  # an entry of a list that was made anew
            press()
        QApplication.processEvents()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        assert said == [], what
        assert set(agreed) <= LOOKS, what
        assert made.current().objectName() != "f0_form", what


def test_whoever_may_only_look_types_nothing_into_a_round_and_reads_why(window, ill):
    made = window(Role.READ_ONLY)
    made.go("rounds")
    page = made.current()
    QApplication.processEvents()
    assert "chỉ được xem" in page.banner.text()
    row = page.grid.model_.row_of(page.grid.model_.people()[0])
    for column in range(page.grid.model_.columnCount()):
        cell = page.grid.visualRect(page.grid.model_.index(row, column)).center()
        QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=cell)
        for key in (Qt.Key.Key_3, Qt.Key.Key_6, Qt.Key.Key_K, Qt.Key.Key_Return):
            hit(made, key)
    assert page.grid.half_typed() == {}
    assert page.grid.hand.shown is None
    assert [one for one in page.grid.findChildren(QLineEdit) if one.isVisible()] == []
    assert {one.objectName() for one in page.grid.findChildren(Button) if one.isEnabled()} == {"why_alert"}
    page.bar.before.click()
    assert page.title.startswith("Theo dõi"), "other rounds can be looked at"


def test_whoever_may_only_look_types_nothing_into_a_sheet_and_reads_why(window, village):
    made = window(Role.READ_ONLY)
    made.go("line_list")
    page = made.current()
    assert "chỉ được xem" in page.banner.text()
    page.grid.field.setFocus()
    hit(made, Qt.Key.Key_3)
    before = page.sheet.rows()
    made.look_at("012168000119||Giàng Thị Mỷ|05041968|Nữ|Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu|10052021")
    assert page.sheet.rows() == before
    assert all(row.empty for row in page.sheet.rows())
    assert not [one for one in page.findChildren(QLineEdit) if one.isVisible() and one.isEnabled()]


@pytest.mark.parametrize("kind", [PaperKind.ISOLATION_ORDER, PaperKind.SICK_LEAVE], ids=lambda one: one.value)
def test_whoever_may_only_look_types_nothing_beside_a_paper_and_reads_why(window, ill, qtbot, kind):
    def beside(role):
        made = window(role)
        made._desk.open_kind([ill.mai_episode], kind)
        panel = made.page("paper").panel
        qtbot.waitUntil(lambda: made.page("paper").drafting.look is not None, timeout=5000)
        return panel, [one for one in panel.findChildren(QLineEdit) if one.isVisible() and one.isEnabled()]

    panel, open_ones = beside(Role.CLINICIAN)
    assert panel.findChild(QLabel, "panel_closed").isHidden()
    typed = {one.objectName() for one in open_ones}
    panel, open_ones = beside(Role.READ_ONLY)
    assert "chỉ được xem" in panel.findChild(QLabel, "panel_closed").text()
    assert {one.objectName() for one in open_ones} <= {"issued_on"}
    assert kind is not PaperKind.SICK_LEAVE or "diagnosis" in typed, "the control"


def test_a_clinician_types_into_both(window, ill):
    """The control."""
    made = window(Role.CLINICIAN)
    made.go("rounds")
    QApplication.processEvents()
    for key in "372":
        QTest.keyClicks(QApplication.focusWidget(), key)
    assert len(made.current().grid.half_typed()) == 1
    made.page("rounds").put_aside()
    made.go("line_list", force=True)
    assert made.current().grid.isEnabled()
    assert made.current().banner.text() == ""


def test_what_is_closed_says_why_to_read_and_to_hear(window):
    made = window(Role.READ_ONLY)
    assert not made.new_f0.isEnabled()
    assert "chỉ được xem" in made.new_f0.toolTip()
    assert made.new_f0.accessibleDescription() == made.new_f0.toolTip()
    made.new_f0.setEnabled(True)
    assert not made.new_f0.isEnabled(), "a page may not open it by mistake"


def test_the_head_may_press_everything(window, village):
    made = window(Role.HEAD)
    made._desk.want_person.emit(village.mai)
    assert made.new_f0.isEnabled()
    assert made.page("person").outcome.isEnabled()


def test_a_name_stands_once_in_the_table():
    names = [name for name, _right in needed()]
    assert len(names) == len(set(names))
