"""The last resort: errors where nobody catches them. The program lives, what is half typed is kept, one dialog says so,
and neither the log nor the report holds a word of what stood in a field."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from covidstation import bootstrap, failures, log
from covidstation.failures import Calm, in_a_thread_too, keep_report, report_text
from covidstation.log import start_log
from covidstation.services.drafts import drafts
from covidstation.ui.failure import FailureDialog
from covidstation.ui.main import MainWindow
from tests.ui.start.test_lock import MOST_MS, unlocked

__all__ = ["unlocked"]
pytestmark = [pytest.mark.timeout(120), pytest.mark.qt_no_exception_capture, pytest.mark.filterwarnings("ignore")]
SECRET = "Giàng Thị Mỷ 012168000119"


class Slipped(Exception):
    """An error whose message holds what stood in a field."""


def slip(*_any):
    raise Slipped(SECRET)


class Paints(QWidget):
    def paintEvent(self, _event):
        slip()


class Filters(QObject):
    def eventFilter(self, _watched, event):
        if event.type() == QEvent.Type.User:
            slip()
        return False


@pytest.fixture
def hooks():
    kept = sys.excepthook, threading.excepthook, sys.unraisablehook
    handlers, spread = log.log.handlers[:], log.log.propagate
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = kept
    for handler in log.log.handlers:
        handler.close()
    log.log.handlers[:], log.log.propagate = handlers, spread


@contextmanager
def handed_up():
    """PySide hands an error of an override to the Python that called Qt, as it does to nobody's when nobody did."""
    try:
        yield
    except Slipped as trouble:
        sys.excepthook(type(trouble), trouble, trouble.__traceback__)


def in_slot(window, _program):
    button = QPushButton(window)
    button.clicked.connect(slip)
    button.click()


def in_timer(window, _program):
    QTimer.singleShot(0, window, slip)


def in_thread(_window, _program):
    thread = threading.Thread(target=slip)
    thread.start()
    thread.join()


def in_database(window, program):
    program.tasks.run(window, slip, lambda _none: None)


def in_slow_pool(window, program):
    program.tasks.background(window, slip, lambda _none: None)


def in_answer(window, program):
    program.tasks.run(window, lambda: None, slip)


def in_paint(window, _program):
    painted = Paints(window)
    painted.resize(5, 5)
    with handed_up():
        painted.show()
        painted.repaint()
    painted.hide()
    painted.deleteLater()


def in_filter(window, _program):
    ear = Filters(window)
    window.installEventFilter(ear)
    with handed_up():
        QApplication.sendEvent(window, QEvent(QEvent.Type.User))
    window.removeEventFilter(ear)


WAYS = (in_slot, in_timer, in_thread, in_database, in_slow_pool, in_answer, in_paint, in_filter)


def test_a_hundred_errors_leave_the_program_alive_the_draft_kept_and_one_dialog(
    unlocked, station, hooks, qtbot, monkeypatch
):
    program, unlock = unlocked
    window = unlock()
    program.log_file = start_log(station)
    program._calm = Calm(lambda: datetime(2026, 7, 10, 7, 15))  # a busy machine may need longer than the calm lasts
    in_a_thread_too(program._failed.emit)
    told = []
    monkeypatch.setattr(bootstrap.late, "tell_failure", lambda _shell, text, kept: told.append((text, kept)))
    heard = []
    program._failed.connect(heard.append)
    window.new_f0.click()
    form = window.current()
    qtbot.waitUntil(lambda: form._filled, timeout=MOST_MS)
    form.fields.person.name.setText("Vàng A Chứ")
    form._keeper.touch()
    for number in range(100):
        WAYS[number % len(WAYS)](window, program)
        QApplication.processEvents()
    qtbot.waitUntil(lambda: len(heard) >= 100, timeout=MOST_MS)
    assert isinstance(program.shell.view(), MainWindow)
    assert len(told) == 1
    qtbot.waitUntil(lambda: len(drafts(window._desk.register.db, "f0")) == 1, timeout=MOST_MS)
    kept = drafts(window._desk.register.db, "f0")
    assert ["Vàng A Chứ" in str(one.value) for one in kept] == [True]
    window.go("today")
    assert window.current().objectName() == "today"
    text, report = told[0]
    assert report is not None
    assert report.read_text(encoding="utf-8") == text
    written = "".join(path.read_text(encoding="utf-8") for path in (station / "logs").glob("*"))
    for word in (*SECRET.split(), "Vàng"):
        assert word not in written
    assert "test_failures.Slipped" in text
    assert "test_failures.py" in text
    assert "f0_form" in text


def test_no_name_that_stood_in_the_program_is_in_its_log(unlocked, station, village, hooks, qtbot):
    """A morning with the log on: all that is written is kinds, places and codes."""
    program, unlock = unlocked
    program.log_file = start_log(station)
    window = unlock()
    for page in ("f0_list", "contacts", "rounds", "book", "reports"):
        window.go(page)
    window._desk.want_person.emit(village.mai)
    qtbot.waitUntil(lambda: window.current().title == "Lò Thị Mai", timeout=MOST_MS)
    window.look_at("012168000119||Giàng Thị Mỷ|05041968|Nữ|Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu|10052021")
    window._desk.ask(window, lambda: slip() if not window else None, lambda _none: None)
    logging.getLogger("sqlalchemy.engine").warning("INSERT %s", "Lò Thị Mai")
    qtbot.wait(200)
    written = "".join(path.read_text(encoding="utf-8") for path in (station / "logs").glob("*"))
    for word in ("Mai", "Mỷ", "Sử", "0365118", "012168000119"):
        assert word not in written


def test_the_dialog_shows_the_file_before_it_is_sent_and_copies_it(shown, tmp_path):
    window = QWidget()
    shown(window)
    now = datetime(2026, 7, 10, 7, 15)
    stick = tmp_path / "usb"
    stick.mkdir()
    report = keep_report(tmp_path, "nội dung", now)
    dialog = FailureDialog(window, "nội dung", report)
    dialog.show()
    assert not dialog.text.isVisible()
    assert dialog.focusWidget().objectName() == "act_button"  # Enter closes it; it opens no file
    dialog.findChild(QPushButton, "see_report").click()
    assert dialog.text.isVisible()
    assert dialog.text.toPlainText() == "nội dung"
    dialog.copy_to(stick)
    assert (stick / report.name).read_text(encoding="utf-8") == "nội dung"
    dialog.copy_to(tmp_path / "gone")
    assert "Chưa chép được" in dialog._said.text_in_full() and dialog._said.isVisible()
    dialog.accept()


def test_five_reports_stay_and_a_full_disk_is_no_second_error(tmp_path):
    for minute in range(9):
        keep_report(tmp_path, str(minute), datetime(2026, 7, 10, 7, minute))
    assert len(list(tmp_path.glob("loi-*.txt"))) == failures.KEPT
    assert keep_report(tmp_path / "no folder", "x", datetime(2026, 7, 10)) is None


def test_the_last_twenty_pages_and_no_more():
    for number in range(30):
        failures.passed(f"page{number}")
    text = report_text(Slipped(SECRET), datetime(2026, 7, 10))
    assert "page29" in text
    assert "page10" in text
    assert "page9 " not in text
    assert SECRET not in text


def test_one_bug_is_told_once_in_ten_minutes_and_a_storm_once():
    now = [datetime(2026, 7, 10, 7)]
    calm = Calm(lambda: now[0])
    one, other = ValueError("a"), KeyError("b")
    assert calm.worth_telling(one)
    assert not calm.worth_telling(one)
    assert not calm.worth_telling(other)
    now[0] += timedelta(minutes=1)
    assert calm.worth_telling(other)
    assert not calm.worth_telling(one)
    now[0] += timedelta(minutes=10)
    assert calm.worth_telling(one)
    now[0] -= timedelta(days=3650)
    assert calm.worth_telling(one), "a calendar set back silences nothing"
