"""Locking by itself: the clock that nobody fools, the warning, what counts as somebody."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from sqlalchemy import select

from covidstation.db.audit import first_fault
from covidstation.db.queries.audit import AuditWanted, audit_lines, audit_list
from covidstation.db.rows import AuditRow
from covidstation.domain.audit import AuditAction
from covidstation.services.preferences import Preferences, keep_preferences, read_preferences
from covidstation.services.record import change_setting
from covidstation.ui.desk import Desk
from covidstation.ui.frame.copied import Copied
from covidstation.ui.frame.idle import IdleWatch, steady_seconds
from covidstation.ui.frame.leaving import Leaving
from covidstation.ui.frame.status import _PartButton
from covidstation.ui.locking import Place
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.dialogs import Sentence, confirm, hold_back, let_open
from covidstation.ui.settings.audit_words import sentence_of
from tests.ui.village import NOW

pytestmark = [pytest.mark.timeout(60), pytest.mark.qt_log_ignore("This plugin does not support", extend=True)]


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def watched(clock, shown):
    """A window that is watched, and what the watch said."""
    window = QWidget()
    watch = IdleWatch(window, 5, clock)
    said = []
    watch.warned.connect(said.append)
    watch.stayed.connect(lambda: said.append("stayed"))
    watch.left.connect(lambda: said.append("left"))
    shown(window)
    watch.begin()
    watch._timer.stop()  # the test ticks
    yield window, watch, said
    watch.end()


def wait(clock, watch, seconds):
    """So many seconds pass, tick by tick."""
    end = clock.now + seconds
    while clock.now < end:
        clock.now = min(end, clock.now + 0.5)
        watch.look()


def test_it_warns_for_ten_seconds_and_locks_after_five_minutes(watched, clock):
    _window, watch, said = watched
    wait(clock, watch, 289.5)
    assert said == []
    wait(clock, watch, 10)
    assert said == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    wait(clock, watch, 0.5)
    assert said[-1] == "left"
    wait(clock, watch, 600)
    assert said.count("left") == 1


@pytest.mark.parametrize("stir", ["key", "mouse", "button"])
def test_any_key_or_mouse_stays(watched, clock, stir):
    window, watch, said = watched
    wait(clock, watch, 295)
    handle = window.windowHandle()
    if stir == "key":
        QTest.keyClick(handle, Qt.Key.Key_Shift)
    elif stir == "mouse":
        QTest.mouseMove(handle, QPoint(5, 5))
        QTest.mouseMove(handle, QPoint(9, 9))
        QApplication.processEvents()
    else:
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert said[-1] == "stayed"
    said.clear()
    wait(clock, watch, 289)
    assert said == []


def test_keys_in_a_dialog_and_in_a_menu_count(watched, clock, qtbot):
    window, watch, said = watched
    dialog = QDialog(window)
    dialog.open()
    menu = QMenu(window)
    menu.addAction("một")
    menu.popup(QPoint(3, 3))
    watch.look()  # the next tick finds the new windows
    for one in (dialog, menu):
        wait(clock, watch, 295)
        QTest.keyClick(one.windowHandle(), Qt.Key.Key_Shift)
        assert said[-1] == "stayed"
    menu.close()
    dialog.reject()


def test_it_locks_over_dialogs_and_menus_because_it_only_counts(watched, clock):
    window, watch, said = watched
    dialog = QDialog(window)
    dialog.open()
    wait(clock, watch, 300)
    assert said[-1] == "left"
    dialog.reject()


def test_a_pc_that_slept_is_locked_by_what_wakes_it_and_the_key_reaches_nothing(watched, clock, qtbot):
    window, _watch, said = watched
    clock.now += 40  # no tick came: the lid was closed
    heard = []
    window.keyPressEvent = heard.append
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    assert said == ["left"]
    assert heard == []


def test_setting_the_calendar_moves_nothing(monkeypatch):
    before = steady_seconds()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert 0 <= steady_seconds() - before < 5


def test_another_limit_is_in_force_at_once(watched, clock):
    _window, watch, said = watched
    watch.set_minutes(1)
    wait(clock, watch, 60)
    assert said[-1] == "left"


def test_the_warning_stands_over_the_window_and_closes_no_menu(shown):
    window = QWidget()
    window.resize(900, 500)
    shown(window)
    menu = QMenu(window)
    menu.addAction("một")
    menu.popup(window.mapToGlobal(QPoint(10, 10)))
    warning = Leaving(window)
    warning.count(7)
    assert warning.isVisible()
    assert "7" in warning.accessibleName()
    assert menu.isVisible()
    assert window.frameGeometry().contains(warning.frameGeometry().center())
    menu.close()
    warning.close()


# --- the clipboard -----------------------------------------------------------------------------------------------


@pytest.fixture
def board(qapp):
    found = QGuiApplication.clipboard()
    found.clear()
    yield found
    found.clear()


def test_what_was_copied_here_goes_with_the_lock(board, shown):
    window = QWidget()
    shown(window)
    copied = Copied(window)
    board.setText("012168000119")
    copied.forget()
    assert board.text() == ""


def test_a_number_stays_a_minute_and_a_table_five(board, shown):
    window = QWidget()
    shown(window)
    copied = Copied(window)
    board.setText("012168000119")
    assert (copied._timer.isActive(), copied._timer.interval()) == (True, 60_000)
    board.setText("a\tb\n")
    assert copied._timer.interval() == 300_000
    copied._timer.timeout.emit()
    assert board.text() == ""


def test_what_another_program_put_there_since_stays(board, shown, monkeypatch):
    window = QWidget()
    shown(window)
    copied = Copied(window)
    board.setText("012168000119")
    with monkeypatch.context() as patch:
        patch.setattr(
            QGuiApplication, "applicationState", staticmethod(lambda: Qt.ApplicationState.ApplicationInactive)
        )
        board.setText("thư của chị Hoa")
    copied.forget()
    assert board.text() == "thư của chị Hoa"


# --- the window --------------------------------------------------------------------------------------------------


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    yield found
    let_open(found)
    if not found._parted:
        found._go(found.locked)


def by_key(window):
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def by_menu(window):
    next(entry for entry in window._menu.actions() if "Khoá" in entry.text()).trigger()


WAYS = [
    (by_key, "hand", "đã khoá sổ lúc"),
    (lambda window: window.lock.click(), "hand", "đã khoá sổ lúc"),
    (by_menu, "hand", "đã khoá sổ lúc"),
    (lambda window: window._lock.due.emit(), "left", "đã rời máy nên sổ tự khoá lúc"),
    (lambda window: window._desk.want_restore.emit(), "restore", "đã đóng sổ để chọn bản sao lưu lúc"),
]


@pytest.mark.parametrize(("way", "why", "words"), WAYS, ids=["key", "button", "menu", "left", "restore"])
def test_each_lock_is_noted_with_how_it_came(window, desk, way, why, words):
    window.begin()
    way(window)
    with desk.register.db.read() as session:
        found = session.scalars(select(AuditRow).where(AuditRow.action == "lock")).all()
        assert [(one.actor, one.detail) for one in found] == [(desk.register.user_id, {"why": why})]
        assert first_fault(session) is None
    wanted = audit_list(desk.register.db, AuditWanted(actions=(AuditAction.LOCK,)))
    (line,) = audit_lines(desk.register.db, wanted, 0, 10)
    assert words in sentence_of(line)


def test_a_lock_over_a_question_leaves_it_unanswered(window, qtbot):
    window.begin()
    answers = []
    QTimer.singleShot(100, window, window.lock_now)
    answers.append(confirm(window, "Huỷ số 116?", "…", act="Huỷ", heavy=True))
    assert answers == [False]
    assert window._parted


def test_nothing_opens_and_nothing_is_asked_any_more(window):
    window.begin()
    window.lock_now()
    assert not confirm(window, "Xoá?", "…", act="Xoá")
    asked = []
    window._desk.ask(window, lambda: 1, asked.append)
    window._desk.act(window, lambda: 1 / 0, asked.append)
    assert asked == []


def test_no_title_of_a_dialog_is_the_windows(window):
    dialog = Sentence(window, "Gọi Lò Thị Mai", "…", act="Đã hiểu")
    assert dialog.windowTitle() == "CovidStation"
    assert dialog.accessibleName() == "Gọi Lò Thị Mai"
    hold_back(window)


def test_the_same_user_comes_back_to_the_person_and_another_to_the_day(window, desk, village):
    desk.register.db.actor = None
    window.begin(Place(desk.register.user_id, "person", (village.mai, "papers")))
    assert window.current().objectName() == "person"
    assert window.place() == Place(desk.register.user_id, "person", (village.mai, "papers"))
    assert "Lò Thị Mai" in window.current().title
    assert window.findChildren(_PartButton), "the status line tells at once, as on the day's page"


def test_another_user_begins_with_the_day(window, village):
    window.begin(Place(village.mai, "person", (village.mai, "papers")))
    assert window.current().objectName() == "today"


def test_a_half_typed_form_is_there_again(window, desk, village, theme, shown):
    window.begin()
    window.new_f0.click()
    form = window.current()
    form.fields.person.name.setText("Vàng A Chứ")
    form._keeper.touch()
    window.lock_now()
    place = window.place()
    let_open(window)
    again = MainWindow(
        Desk(desk.register, desk.shipped, desk.tasks, now=lambda: NOW), theme, Preferences(), lambda _kept: None
    )
    shown(again)
    again.begin(place)
    assert again.current().objectName() == "f0_form"
    assert again.current().fields.person.name.value() == "Vàng A Chứ"
    again._go(again.locked)


def test_the_minutes_are_the_stations_and_kept_for_the_next_unlocking(window, desk, tmp_path):
    window.begin()
    window._desk.act(
        window,
        lambda: change_setting(desk.register.db, "lock_minutes", "2", by=desk.register.user_id, now=NOW),
        lambda _none: None,
    )
    assert window._lock.watch._limit == 120
    keep_preferences(tmp_path, Preferences(lock_minutes=2))
    assert read_preferences(tmp_path).lock_minutes == 2
    (tmp_path / "window.json").write_text('{"lock_minutes": 9999}')
    assert read_preferences(tmp_path).lock_minutes == 5
