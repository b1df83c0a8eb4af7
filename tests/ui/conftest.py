"""Windows under test: offscreen, dressed as the program is."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from covidstation.ui.look.theme import Theme
from tests.ui.village import desk, template, village

__all__ = ["desk", "template", "village"]


def pytest_configure(config: pytest.Config) -> None:
    """The offscreen platform says this of every window of fixed size; it means nothing there."""
    config.addinivalue_line("qt_log_ignore", "This plugin does not support propagateSizeHints")


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


@pytest.fixture(autouse=True)
def light(theme: Theme):
    """Each test starts in light colours."""
    theme.choose("light")
    yield
    theme.choose("light")


@pytest.fixture
def shown(qtbot):
    """Show a widget as the active window, wait until it is, and close it after the test."""

    def show(widget: QWidget) -> QWidget:
        qtbot.addWidget(widget)
        with qtbot.waitActive(widget, timeout=5000):
            widget.show()
            widget.activateWindow()
        QTest.keyRelease(widget, Qt.Key.Key_Control)  # an earlier test may have closed its window under a held key
        return widget

    return show


@pytest.fixture
def holder(shown):
    """A window to put parts into: `place(widget)` shows it."""
    window = QWidget()
    window.resize(900, 600)
    column = QVBoxLayout(window)

    def place(*widgets: QWidget) -> QWidget:
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)
        return shown(window)

    return place
