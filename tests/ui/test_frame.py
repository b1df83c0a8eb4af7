"""The window around the pages, and the ear for card scanners."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import pytest
import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from covidstation.ui.frame.page import Page
from covidstation.ui.frame.scanner import AFTER_MS, GAP_MS, Scanner
from covidstation.ui.frame.sidebar import Entry, EntryButton
from covidstation.ui.frame.status import StatusLine, StatusPart
from covidstation.ui.frame.window import MainFrame
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo

CARD = "012055004127|045012345|Giàng A Páo|03021955|Nam|Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu|10032021"
NEW_CARD = "\ufeff001203004128||Chẻo Lở Mẩy|01012003|Nữ|Bản Pa Khoá|02072024|||Chẻo A Sử|Tẩn Mẩy"
INSURANCE = "DN4120123456789|4769c3a06e672041|03/02/1955|1|42e1baa36e|12 - 345|01/01/2022|-|10/03/2021|$"
ENTRIES = [
    Entry("today", "Hôm nay", "today"),
    Entry("f0", "F0", "person"),
    Entry("sync", "Đồng bộ", "arrows", apart=True),
]
PARTS = [
    StatusPart("12 thay đổi chưa gửi, cũ nhất 2 ngày", "warn", lambda: None),
    StatusPart("Biên nhận gần nhất 05:40 hôm nay", "good", None, "Biên nhận 05:40"),
    StatusPart("Sao lưu tốt 2 giờ trước", "good", None, "Sao lưu tốt"),
    StatusPart("Báo cáo 07:00 chưa chốt", "wait"),
]


def now() -> datetime:
    return datetime(2022, 3, 10, 7, 12)


class Form(Page):
    """A page with two fields, an action bar, and a say in being left."""

    def __init__(self, name: str = "f0") -> None:
        super().__init__(name, "F0 mới")
        self.loads, self.changes, self.free, self.saved = 0, [], True, 0
        self.name, self.phone = QLineEdit(), QLineEdit()
        self.add(self.name)
        self.add(self.phone)
        self.body.addStretch(1)
        self.save = Button("&Lưu", "primary", keys="Ctrl+Return", name="save")
        self.save.clicked.connect(self._save)

    def _save(self) -> None:
        self.saved += 1

    def load(self) -> None:
        self.loads += 1

    def refresh(self, changes) -> None:
        self.changes.append(changes)

    def may_leave(self) -> bool:
        return self.free

    def bar_actions(self):
        return (self.save,)


@pytest.fixture
def frame(shown):
    made = MainFrame(ENTRIES, now=now)
    for page in (Page("today", "Hôm nay"), Form(), Page("sync", "Đồng bộ")):
        made.add_page(page)
    made.set_status(PARTS)
    made.set_user("Lò Thị Mai", [("Đổi mật khẩu", lambda: None)])
    made.resize(1366, 697)
    shown(made)
    made.go("today")
    return made


def send(target, key: int, text: str = "", modifiers=Qt.KeyboardModifier.NoModifier, repeat: bool = False) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, text, repeat))


def commit(target, text: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(target, event)


def test_fits_the_smallest_screen_without_scrolling(frame):
    least = frame.minimumSizeHint()
    assert least.width() <= 1366 and least.height() <= 697
    assert frame.size().width() == 1366 and frame.size().height() == 697


def test_going_loads_lights_the_entry_and_asks_first(frame, qtbot):
    form = frame.page("f0")
    frame.side.findChild(EntryButton, "entry_f0").click()
    assert frame.current() is form and form.loads == 1
    assert frame.side.findChild(EntryButton, "entry_f0").isChecked()
    assert frame.windowTitle().startswith("F0 mới")
    form.free = False
    assert not frame.go("today") and frame.current() is form
    assert frame.side.findChild(EntryButton, "entry_f0").isChecked()
    assert not frame.close()
    form.free = True
    assert frame.go("sync")


def test_action_bar_holds_the_buttons_of_the_page_in_sight(frame):
    form, bar = frame.page("f0"), frame.findChild(QWidget, "action_bar")
    assert not bar.isVisible()
    frame.go("f0")
    QApplication.processEvents()
    assert bar.isVisible() and bar.height() == metrics.ACTION_BAR and form.save.isVisible()
    assert form.save.mapTo(bar, form.save.rect().bottomRight()).x() == bar.width() - metrics.MARGIN - 1
    frame.go("today")
    assert not bar.isVisible()
    send(frame, Qt.Key.Key_Return, "\r", Qt.KeyboardModifier.ControlModifier)
    assert form.saved == 0


def test_broadcast_reaches_the_page_in_sight(frame):
    form = frame.page("f0")
    frame.broadcast({"episodes"})
    frame.go("f0")
    frame.broadcast({"people"})
    assert form.changes == [{"people"}]


def test_every_control_has_its_names_and_plain_text(frame):
    controls = [w for w in frame.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()]
    assert len(controls) >= 7
    assert all(one.accessibleName() for one in controls)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in frame.findChildren(QLabel))


def test_training_banner_is_always_said(frame):
    frame.set_training(True)
    assert "DỮ LIỆU TẬP HUẤN" in frame.training.text() and frame.training.height() == 44
    frame.set_training(False)
    assert not frame.training.text()


def test_status_line_shortens_the_good_first_and_never_a_warning(qtbot, shown):
    line, clicks = StatusLine(now), []
    line.set_parts([StatusPart("12 thay đổi chưa gửi", "warn", lambda: clicks.append(1)), *PARTS[1:]])
    host = QWidget()
    QVBoxLayout(host).addWidget(line)
    host.layout().setContentsMargins(0, 0, 0, 0)
    host.resize(1166, 32)
    shown(host)
    texts = [button.text() for button in line._parts]
    assert texts[1] == "Biên nhận gần nhất 05:40 hôm nay" and line.clock.isVisible()
    assert line.clock.text() == "Thứ Năm 10/03/2022  07:12"
    host.resize(720, 32)
    QApplication.processEvents()
    assert [button.text() for button in line._parts][1:3] == ["Biên nhận 05:40", "Sao lưu tốt"]
    assert line._parts[3].text() == PARTS[3].text
    host.resize(line._parts[-1].geometry().right() + 60, 32)
    QApplication.processEvents()
    assert not line.clock.isVisible()
    for button in (line._parts[0], line._parts[3]):
        assert button.text() == button.part.text and button.width() >= button.full_width()
    line._parts[0].click()
    assert clicks == [1]
    line.set_parts([StatusPart("12 thay đổi chưa gửi, cũ nhất 3 giờ", "young", None, "12 chưa gửi"), *PARTS[1:]])
    assert line._parts[0].text() == "12 chưa gửi"
    with pytest.raises(ValueError, match="four"):
        line.set_parts([*PARTS, PARTS[0]])


def test_the_window_bears_the_kind_of_the_page_in_sight_and_never_a_name(frame):
    frame.go("f0")
    kind = frame.page("f0").title
    frame.page("f0").set_title("Giàng A Páo")
    assert frame.windowTitle() == f"{kind} – CovidStation"
    other = next(page for name, page in frame._pages.items() if name != "f0")
    other.set_title("Chẻo Lở Mẩy")
    assert frame.windowTitle() == f"{kind} – CovidStation"


# --- the scanner --------------------------------------------------------------------------------------------------


class Clock:
    """Time that the test turns."""

    def __init__(self) -> None:
        self.ms = 1000.0

    def __call__(self) -> float:
        return self.ms


@pytest.fixture
def ear(qapp, frame):
    """(scanner, what it heard, its clock) on a frame that shows the form."""
    clock, heard = Clock(), []
    scanner = Scanner(qapp, clock=clock)
    scanner.scanned.connect(heard.append)
    frame.go("f0")
    frame.page("f0").name.setFocus()
    yield scanner, heard, clock
    shiboken6.delete(scanner)


def burst(frame, clock: Clock, text: str, gap: float = 8, end: int | None = Qt.Key.Key_Return) -> None:
    """As a scanner types into the window: capitals by Shift, letters as Unicode keys."""
    window = frame.windowHandle()
    for sign in text:
        clock.ms += gap
        if sign.isupper():
            QApplication.sendEvent(
                window, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier)
            )
        key = Qt.Key.Key_Space if sign == " " else ord(sign.upper()) if sign.isascii() else 0
        send(window, key, sign)
    if end is not None:
        clock.ms += gap
        send(window, end, "\r" if end == Qt.Key.Key_Return else "\t")


@pytest.mark.parametrize("text", [CARD, NEW_CARD, INSURANCE], ids=["2021", "2024", "insurance"])
@pytest.mark.parametrize("gap", [1, 10, 30])
@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_scan_is_heard_whole_and_leaves_no_trace(frame, ear, text, gap, end):
    _scanner, heard, clock = ear
    form = frame.page("f0")
    form.name.setText("Lò Thị")
    form.name.setCursorPosition(2)
    burst(frame, clock, text, gap, end)
    assert heard == [text.lstrip("\ufeff")]  # Python's bridge to Qt drops a leading byte-order mark
    assert (form.name.text(), form.name.cursorPosition(), form.phone.text()) == ("Lò Thị", 2, "")
    assert form.name.hasFocus() and form.saved == 0


def test_the_keyboard_of_a_page_that_is_left_waits_on_the_next_ones_entry(frame):
    frame.go("f0")
    frame.current().name.setFocus()
    frame.go("today")
    assert QApplication.focusWidget().objectName() == "entry_today"


def test_a_scan_never_presses_the_focused_button(frame, ear):
    _scanner, heard, clock = ear
    form = frame.page("f0")
    form.save.setFocus()
    burst(frame, clock, CARD)
    clock.ms += 5
    send(frame.windowHandle(), Qt.Key.Key_Enter, "\n")  # CR LF: the second of them too
    assert heard == [CARD] and form.saved == 0
    clock.ms += AFTER_MS + 50
    send(frame.windowHandle(), Qt.Key.Key_Return, "\r")
    assert form.saved == 1


OTHERS = ("https://vi.example/a?b=c d", "8934563138165", "||||||", "HC1:NCF OX", "BEGIN:VCARD", "Lo Van Thu 1985")


@pytest.mark.parametrize("text", OTHERS)
def test_another_code_presses_no_button_and_is_told_of(frame, ear, text):
    _scanner, heard, clock = ear
    form = frame.page("f0")
    form.save.setFocus()
    burst(frame, clock, text)
    assert heard == [text] and form.saved == 0
    clock.ms += AFTER_MS + 50
    send(frame.windowHandle(), Qt.Key.Key_Return, "\r")
    assert form.saved == 1


def test_a_web_address_leaves_no_trace_in_a_field_but_a_number_may_be_meant_for_it(frame, ear):
    _scanner, heard, clock = ear
    form = frame.page("f0")
    burst(frame, clock, "https://vi.example/a b")
    assert heard == ["https://vi.example/a b"] and form.name.text() == "" and form.saved == 0
    clock.ms += 1000
    burst(frame, clock, "0365118214", end=None)
    assert form.name.text() == "0365118214" and len(heard) == 1


def test_a_few_keys_of_a_person_reach_a_button(frame, ear):
    _scanner, heard, clock = ear
    form = frame.page("f0")
    form.save.setFocus()
    burst(frame, clock, "abc", GAP_MS + 20, end=None)
    clock.ms += 200
    send(frame.windowHandle(), Qt.Key.Key_Return, "\r")
    assert form.saved == 1 and heard == []


def test_a_scan_without_an_end_is_closed_by_silence_and_its_late_enter_swallowed(frame, ear, qtbot):
    scanner, heard, clock = ear
    form = frame.page("f0")
    form.save.setFocus()
    with qtbot.waitSignal(scanner.scanned, timeout=3000):
        burst(frame, clock, CARD, end=None)
    clock.ms += 100
    send(frame.windowHandle(), Qt.Key.Key_Return, "\r")
    assert heard == [CARD] and form.saved == 0


def test_vietnamese_letters_may_come_as_commits_of_an_input_method(frame, ear):
    _scanner, heard, clock = ear
    field = frame.page("f0").phone
    field.setFocus()
    for sign in CARD:
        clock.ms += 6
        if sign.isascii():
            send(frame.windowHandle(), ord(sign.upper()), sign)
        else:
            commit(field, sign)
    send(frame.windowHandle(), Qt.Key.Key_Return, "\r")
    assert heard == [CARD] and field.text() == ""


def test_all_commits_and_a_whole_text_in_one(frame, ear, qtbot):
    scanner, heard, clock = ear
    field = frame.page("f0").phone
    field.setFocus()
    for sign in INSURANCE:
        clock.ms += 3
        commit(field, sign)
    send(frame.windowHandle(), Qt.Key.Key_Tab, "\t")
    clock.ms += 5000
    with qtbot.waitSignal(scanner.scanned, timeout=3000):
        commit(field, CARD)
    assert heard == [INSURANCE, CARD] and field.text() == "" and field.hasFocus()


def test_letters_that_an_input_method_replaces_by_backspace(frame, ear):
    _scanner, heard, clock = ear
    window = frame.windowHandle()
    burst(frame, clock, "012055004127||Gia", end=None)
    send(window, Qt.Key.Key_Backspace, "\x08")
    burst(frame, clock, "àng|03021955|Nam|Bản|10032021")
    assert heard == ["012055004127||Giàng|03021955|Nam|Bản|10032021"]


@pytest.mark.parametrize("gap", [60, 120, 300])
def test_ordinary_typing_is_never_eaten(frame, ear, gap):
    _scanner, heard, clock = ear
    form = frame.page("f0")
    burst(frame, clock, "Giàng A Páo 0365118214 012055004127", gap, end=None)
    assert form.name.text() == "Giàng A Páo 0365118214 012055004127" and heard == []
    clock.ms += gap
    form.save.setFocus()
    send(frame.windowHandle(), Qt.Key.Key_Return, "\r")
    assert form.saved == 1


def test_a_few_words_at_a_scanners_speed_stay_and_a_long_run_is_a_scan(frame, ear):
    _scanner, heard, clock = ear
    form = frame.page("f0")
    burst(frame, clock, "Giàng A Páo 0365118214", 10, end=None)
    assert form.name.text() == "Giàng A Páo 0365118214" and heard == []
    clock.ms += 1000
    form.name.setText("Lò Thị")
    burst(frame, clock, "00020101021238570010A00000072701270006", 10)
    assert form.name.text() == "Lò Thị" and form.name.hasFocus() and len(heard) == 1


def test_a_person_may_type_a_card_by_hand(frame, ear):
    _scanner, heard, clock = ear
    burst(frame, clock, "012055004127|x", GAP_MS + 30, end=None)
    assert frame.page("f0").name.text() == "012055004127|x" and heard == []


def test_key_repeat_and_bars_in_other_text_pass(frame, ear):
    _scanner, heard, clock = ear
    window = frame.windowHandle()
    for _at in range(20):
        clock.ms += 30
        send(window, Qt.Key.Key_0, "0", repeat=True)
    send(window, Qt.Key.Key_Bar, "|")
    burst(frame, clock, " a|b", end=None)
    assert frame.page("f0").name.text() == "0" * 20 + "| a|b" and heard == []


def test_words_of_an_input_method_pass(frame, ear):
    _scanner, heard, clock = ear
    for word in ("Chẻo ", "Lở ", "Mẩy"):
        clock.ms += 4
        commit(frame.page("f0").name, word)
    assert frame.page("f0").name.text() == "Chẻo Lở Mẩy" and heard == []


def test_what_a_selection_lost_comes_back(frame, ear):
    _scanner, heard, clock = ear
    field = frame.page("f0").name
    field.setText("Lò Thị Mai")
    field.selectAll()
    edits = []
    field.textEdited.connect(edits.append)
    burst(frame, clock, CARD)
    assert heard == [CARD] and field.text() == "Lò Thị Mai" and field.selectedText() == "Lò Thị Mai"
    assert edits[-1] == "Lò Thị Mai"


def test_into_a_list_a_note_and_another_window(qapp, ear, shown):
    _scanner, heard, clock = ear
    other = QWidget()
    column = QVBoxLayout(other)
    combo, note = Combo("n", "Số", [(0, "0 mũi"), (1, "1 mũi"), (2, "2 mũi")]), QPlainTextEdit("đã gọi")
    column.addWidget(combo)
    column.addWidget(note)
    shown(other)
    combo.set_value(2)
    combo.setFocus()
    burst(other, clock, CARD)
    assert heard == [CARD] and combo.value() == 2
    clock.ms += 1000
    note.setFocus()
    burst(other, clock, CARD)
    assert heard == [CARD, CARD] and note.toPlainText() == "đã gọi"


def test_with_nothing_focused(frame, ear):
    _scanner, heard, clock = ear
    QApplication.focusWidget().clearFocus()
    burst(frame, clock, CARD)
    assert heard == [CARD] and frame.page("f0").saved == 0


def test_two_scans_one_after_the_other(frame, ear):
    _scanner, heard, clock = ear
    burst(frame, clock, CARD)
    clock.ms += 300
    burst(frame, clock, INSURANCE)
    assert heard == [CARD, INSURANCE]


def test_a_text_without_end_does_not_grow_for_ever(frame, ear):
    _scanner, heard, clock = ear
    burst(frame, clock, "012055004127|" + "x" * 6000)
    assert len(heard) == 1 and len(heard[0]) <= 4200


def test_a_pasted_card_counts(ear):
    scanner, heard, _clock = ear
    assert scanner.hear_paste(CARD) and heard == [CARD]
    assert not scanner.hear_paste("Giàng A Páo") and not scanner.hear_paste("a|b")


def test_the_frame_loads_neither_database_nor_babel():
    code = (
        "import sys, covidstation.ui.frame.window, covidstation.ui.frame.scanner, covidstation.ui.tasks;"
        "sys.exit(any(name in sys.modules for name in ('sqlalchemy', 'babel', 'reportlab', 'sqlcipher3')))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
