"""The ear for card scanners: hears every scan whole, eats nobody's typing."""

from __future__ import annotations

from uuid import UUID

import pytest
import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QVBoxLayout, QWidget

from covidstation.domain.person_code import person_code
from covidstation.ui.frame.scanner import AFTER_MS, GAP_MS, Scanner
from covidstation.ui.parts.combos import Combo
from tests.ui.three_pages import commit, send, three_pages

CARD = "012055004127|045012345|Giàng A Páo|03021955|Nam|Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu|10032021"
NEW_CARD = "\ufeff001203004128||Chẻo Lở Mẩy|01012003|Nữ|Bản Pa Khoá|02072024|||Chẻo A Sử|Tẩn Mẩy"
INSURANCE = "DN4120123456789|4769c3a06e672041|03/02/1955|1|42e1baa36e|12 - 345|01/01/2022|-|10/03/2021|$"
INVITATION = person_code(UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"))


@pytest.fixture
def frame(shown):
    return three_pages(shown)


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


@pytest.mark.parametrize("text", [CARD, NEW_CARD, INSURANCE, INVITATION], ids=["2021", "2024", "insurance", "paper"])
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
