"""Rubbish from a scanner: nothing is saved, pressed or left in a field; anything but a card is a sentence."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from covidstation.domain.scan import SCAN_LIMIT, ScanRefused, looks_like_scan, read_scan
from covidstation.messages import sentence
from covidstation.services.scans import ScanOutcome, look_at_scan
from covidstation.ui.frame.scanner import BURST, LONGEST, Scanner
from tests.hostile.codes import CARD, CODES, mangled, rubbish
from tests.hostile.stage import last_seq

FIELD, SECOND = "Lò Thị", "0912"


@pytest.mark.parametrize("code", CODES)
def test_what_is_no_card_is_refused_in_a_sentence(db, code):
    before = last_seq(db)
    look = look_at_scan(db, CODES[code])
    assert look.outcome is ScanOutcome.REFUSED or code in ("born tomorrow",)
    if look.refusal is not None:
        said = sentence(look.refusal)
        assert said and len(said) < 300 and "\x1b" not in said
    assert last_seq(db) == before


def test_rubbish_and_mangled_cards_never_break_the_reader():
    taken = 0
    for text in [*rubbish(3000), *mangled(3000)]:
        looks_like_scan(text)
        try:
            found = read_scan(text)
        except ScanRefused as trouble:
            assert sentence(trouble)
        else:
            taken += 1
            assert len(text.strip("\ufeff\r\n\t \x00")) <= SCAN_LIMIT
            assert not any(sign in found.person.full_name for sign in "<>|\t\r\n\x00")
    assert taken < 600  # a changed letter of a name or an address is still a card


class Clock:
    """Time that the test turns."""

    def __init__(self) -> None:
        self.ms = 1000.0

    def __call__(self) -> float:
        return self.ms


@pytest.fixture
def form(qtbot):
    """Two fields and a default button, with a scanner's ear over them."""
    window = QWidget()
    column = QVBoxLayout(window)
    window.first, window.second = QLineEdit(FIELD), QLineEdit(SECOND)
    window.save = QPushButton("Lưu")
    window.save.setAutoDefault(True)
    window.pressed = 0
    window.save.clicked.connect(lambda: setattr(window, "pressed", window.pressed + 1))
    for part in (window.first, window.second, window.save):
        column.addWidget(part)
    qtbot.addWidget(window)
    with qtbot.waitActive(window, timeout=5000):
        window.show()
        window.activateWindow()
    window.first.setFocus()
    clock, heard = Clock(), []
    scanner = Scanner(QApplication.instance(), clock=clock)
    scanner.scanned.connect(heard.append)
    yield window, clock, heard
    shiboken6.delete(scanner)


def type_in(window, clock, text: str, gap: float = 8) -> None:
    """As a scanner types, an Enter at the end."""
    ends = {"\r": Qt.Key.Key_Return, "\n": Qt.Key.Key_Enter, "\t": Qt.Key.Key_Tab}
    for sign in [*text, "\r"]:
        clock.ms += gap
        key = ends.get(sign) or (ord(sign.upper()) if sign.isascii() else 0)
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            target = window.windowHandle()
            QApplication.sendEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, sign))


@pytest.mark.parametrize("code", [*CODES, "card"])
def test_a_burst_leaves_the_form_as_it_was(form, code):
    window, clock, heard = form
    text = CARD if code == "card" else CODES[code]
    type_in(window, clock, text)
    if len(text.split("\t")[0].split("\r")[0]) < BURST and not heard:
        return
    assert (window.first.text(), window.second.text(), window.pressed) == (FIELD, SECOND, 0)
    assert window.first.hasFocus()
    assert heard and all(len(one) <= LONGEST + 1 for one in heard)


@pytest.mark.parametrize("seed", range(20))
def test_rubbish_presses_nothing_and_never_reaches_the_next_field(form, seed):
    window, clock, _heard = form
    window.save.setFocus()
    for text in rubbish(3, seed):
        type_in(window, clock, text[:300])
        clock.ms += 2000
    assert window.second.text() == SECOND
