"""Underlines of mnemonics come with Alt and go with it; the keys themselves work always."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.mnemonics import Mnemonics, mnemonic_flag


@pytest.fixture
def heard(qapp: QApplication):
    made = Mnemonics(qapp)
    yield made
    made._show(False)
    shiboken6.delete(made)


@pytest.fixture
def form(shown, heard):
    window = QWidget()
    column = QVBoxLayout(window)
    name = Field("&Họ và tên", LineEdit("name", "Họ và tên"))
    for part in (name, Button("&Lưu", name="go"), CheckBox("ok", "Đã &so")):
        column.addWidget(part)
    return shown(window)


def pictures(window):
    parts = (window.findChild(LineEdit).parentWidget(), window.findChild(Button), window.findChild(CheckBox))
    return [part.grab().toImage() for part in parts]


def test_underlines_show_while_alt_is_held(form):
    calm = pictures(form)
    QTest.keyPress(form.windowHandle(), Qt.Key.Key_Alt)
    held = pictures(form)
    assert all(one != other for one, other in zip(calm, held, strict=True))
    QTest.keyRelease(form.windowHandle(), Qt.Key.Key_Alt)
    assert pictures(form) == calm


def test_the_letter_works(form, qtbot):
    hits = []
    form.findChild(Button).clicked.connect(lambda: hits.append(1))
    QTest.keyClick(form, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: hits == [1], timeout=2000)


def test_going_to_another_window_takes_the_underlines_away(form, shown):
    QTest.keyPress(form.windowHandle(), Qt.Key.Key_Alt)
    assert mnemonic_flag() == Qt.TextFlag.TextShowMnemonic
    shown(QWidget())
    assert mnemonic_flag() == Qt.TextFlag.TextHideMnemonic


def test_words_with_a_sign_but_no_field_are_as_they_are(qapp):
    """A name with & is no mnemonic."""
    plain = label("A & B")
    plain.resize(80, 24)
    other = label("A  B")
    other.resize(80, 24)
    assert plain.grab().toImage() != other.grab().toImage()
