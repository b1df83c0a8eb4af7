"""After the lock nothing of a patient can be read: not in any widget, title, tip, name for the screen reader or the
clipboard; the key and the pages are gone; the same user comes back to the same place."""

from __future__ import annotations

import gc
import weakref

import pytest
from PySide6.QtCore import QAbstractListModel, QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from covidstation.printing import fonts, typeset
from covidstation.printing.fonts import Font
from covidstation.services.access.opening import open_register
from covidstation.services.drafts import drafts
from covidstation.ui.care.transfer import TransferDialog
from covidstation.ui.drafts import DialogDraft
from covidstation.ui.main import MainWindow
from covidstation.ui.pages import Pages
from covidstation.ui.rounds.visit_dialog import VisitDialog
from covidstation.ui.start.unlock import UnlockView
from tests.ui.village import PASSPHRASE

pytestmark = pytest.mark.timeout(120)
MOST_MS = 20_000
PLANTED = ("Giàng Thị Mỷ", "Lò Thị Mai", "Giàng A Sử", "0365118200", "0365118214", "012168000119", "Vàng A Chứ")


@pytest.fixture
def unlocked(start, station, type_in, qtbot):
    """The program on a station, and how to unlock it."""
    program = start(station)

    def unlock() -> MainWindow:
        view = program.shell.view()
        assert isinstance(view, UnlockView)
        type_in(view.passphrase.field, PASSPHRASE)
        QTest.keyClick(view.passphrase.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: isinstance(program.shell.view(), MainWindow), timeout=MOST_MS)
        qtbot.waitUntil(lambda: program.shell.view().current() is not None, timeout=MOST_MS)
        return program.shell.view()

    return program, unlock


def settle(program, qtbot):
    qtbot.waitUntil(lambda: isinstance(program.shell.view(), UnlockView), timeout=MOST_MS)
    qtbot.waitUntil(lambda: not [one for one in QApplication.allWidgets() if isinstance(one, MainWindow)], timeout=5000)


def words_of(widget: QWidget) -> list[str]:
    """All that one widget could tell anybody."""
    found = [widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis()]
    found += [widget.accessibleName(), widget.accessibleDescription()]
    if isinstance(widget, QLabel | QLineEdit):
        found.append(widget.text())
    elif isinstance(widget, QPlainTextEdit):
        found.append(widget.toPlainText())
    elif isinstance(widget, QComboBox):
        found += [widget.itemText(at) for at in range(widget.count())]
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()  # a list's is private
        found += [
            str(model.index(row, column).data() or "") for row in range(model.rowCount()) for column in range(columns)
        ]
    if callable(getattr(widget, "text", None)) and not isinstance(widget, QLabel | QLineEdit):
        found.append(str(widget.text()))
    found += [action.text() + action.toolTip() for action in widget.actions()]
    return [text for text in found if text]


def readable() -> str:
    """Everything in the program that can be read from outside."""
    told = [text for widget in QApplication.allWidgets() for text in words_of(widget)]
    told += [window.title() for window in QGuiApplication.allWindows()]
    told.append(QGuiApplication.clipboard().text())
    return "\n".join(told)


def planted_in(text: str) -> list[str]:
    return [name for name in PLANTED if name in text]


def test_the_walk_would_find_them(unlocked, village, qtbot):
    """The control: before the lock the names are there to be found."""
    _program, unlock = unlocked
    window = unlock()
    window._desk.want_person.emit(village.my)
    qtbot.waitUntil(lambda: "Giàng Thị Mỷ" in readable(), timeout=MOST_MS)
    window.go("f0_list")
    qtbot.waitUntil(lambda: "Lò Thị Mai" in readable(), timeout=MOST_MS)


@pytest.mark.parametrize("name", Pages.NAMES)
def test_no_page_can_be_read_after_the_lock(name, unlocked, village, qtbot):
    program, unlock = unlocked
    window = unlock()
    window._desk.want_person.emit(village.mai)
    qtbot.waitUntil(lambda: window.current().title == "Lò Thị Mai", timeout=MOST_MS)
    window.go("f0_list")
    window.go(name)
    window.search.setText("Lò Thị Mai")
    QGuiApplication.clipboard().setText("012168000119")
    QTest.qWait(50)
    assert planted_in("\n".join(one.title() for one in QGuiApplication.allWindows())) == []
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible(), "covered at once, whatever is still being written"
    settle(program, qtbot)
    assert planted_in(readable()) == []
    assert QGuiApplication.clipboard().text() == ""
    assert program.shell.windowTitle() == "Mở sổ – CovidStation"


@pytest.mark.parametrize("what", ["visit", "transfer", "form"])
def test_nothing_of_an_open_form_can_be_read_and_all_of_it_is_kept(what, unlocked, station, village, qtbot):
    program, unlock = unlocked
    window = unlock()
    if what == "form":
        window.new_f0.click()
        qtbot.waitUntil(lambda: window.current()._filled, timeout=MOST_MS)
        window.current().fields.person.name.setText("Vàng A Chứ")
        window.current()._keeper.touch()
        leave_alone(window)
    elif what == "visit":
        dialog = VisitDialog(window._desk, window, village.mai_episode)
        dialog.open()
        qtbot.waitUntil(lambda: dialog.isActiveWindow(), timeout=MOST_MS)
        dialog.note.setText("Vàng A Chứ đi cùng")
        leave_alone(window)
    else:
        watch_modal(window)
        window._desk.want_transfer.emit(village.mai_episode)
    settle(program, qtbot)
    assert planted_in(readable()) == []
    assert not [one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not program.shell]
    form = {"visit": "dialog.VisitDialog", "transfer": "dialog.TransferDialog", "form": "f0"}[what]
    db = open_register(station, PASSPHRASE).db
    assert ["Vàng A Chứ" in str(one.value) for one in drafts(db, form)] == [True]
    db.close()


def leave_alone(window):
    """Nobody has been there for hours."""
    titles = "\n".join(one.title() for one in QGuiApplication.allWindows())
    assert planted_in(titles) == []
    window._lock.watch._last -= 10_000
    window._lock.watch.look()


def watch_modal(window):
    """Type into the dialog that will hold the loop, then leave it alone."""

    def look():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, TransferDialog):
            QTimer.singleShot(100, window, look)
            return
        dialog._words.escort.setText("Vàng A Chứ đi cùng")
        assert dialog.findChild(DialogDraft) is not None
        leave_alone(window)

    QTimer.singleShot(100, window, look)


def test_the_open_register_leaves_memory_with_the_pages(unlocked, qtbot):
    program, unlock = unlocked
    window = unlock()
    for name in Pages.NAMES:
        window.go(name)
    register = weakref.ref(window._desk.register.db)
    window.lock_now()
    settle(program, qtbot)
    del window

    def let_go() -> bool:
        """Behind what the pages still asked for, and the copy that was due."""
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return register() is None or register().key == b""

    qtbot.waitUntil(let_go, timeout=MOST_MS)


def test_words_that_were_set_for_paper_leave_memory_too(unlocked, qtbot):
    program, unlock = unlocked
    window = unlock()
    fonts.register()
    page = tuple(typeset.lines([typeset.Run("Giàng Thị Mỷ, bản Nậm Ngá", Font.REGULAR, 12)], 200))
    assert page and typeset._lines.cache_info().currsize and fonts.width.cache_info().currsize
    window.lock_now()
    settle(program, qtbot)
    qtbot.waitUntil(lambda: not typeset._lines.cache_info().currsize, timeout=MOST_MS)
    assert not fonts.width.cache_info().currsize


def test_the_same_user_comes_back_to_the_same_person(unlocked, village, qtbot):
    program, unlock = unlocked
    window = unlock()
    window._desk.want_person.emit(village.my)
    qtbot.waitUntil(lambda: window.current().title == "Giàng Thị Mỷ", timeout=MOST_MS)
    window.lock_now()
    settle(program, qtbot)
    window = unlock()
    assert window.current().objectName() == "person"
    qtbot.waitUntil(lambda: window.current().title == "Giàng Thị Mỷ", timeout=MOST_MS)
