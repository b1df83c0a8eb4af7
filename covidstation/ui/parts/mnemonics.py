"""The underlines of mnemonics: drawn only while Alt is held, as on Windows; the letters work always."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

_NAME = "mnemonics_shown"
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)


def mnemonic_flag() -> Qt.TextFlag:
    """How text with `&` is to be drawn now."""
    app = QApplication.instance()
    held = app is not None and bool(app.property(_NAME))
    return Qt.TextFlag.TextShowMnemonic if held else Qt.TextFlag.TextHideMnemonic


class Mnemonics(QObject):
    """`Mnemonics(app)` once. It hears keys at the window in front, where each comes by once, whoever takes it."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._window: QWindow | None = None
        app.focusWindowChanged.connect(self._follow)
        self._follow(app.focusWindow())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Alt goes down or up; nothing is taken."""
        kind = event.type()
        if kind == QEvent.Type.FocusOut:
            self._show(False)
        elif kind in _KEYS and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Alt:
            self._show(kind == QEvent.Type.KeyPress)
        return False

    def _follow(self, window: QWindow | None) -> None:
        if self._window is not None and shiboken6.isValid(self._window):
            self._window.removeEventFilter(self)
        self._window = window
        if window is not None:
            window.installEventFilter(self)
        self._show(False)

    def _show(self, held: bool) -> None:
        if bool(self._app.property(_NAME)) == held:
            return
        self._app.setProperty(_NAME, held)
        for widget in self._app.allWidgets():
            if isinstance(widget, QAbstractButton | QLabel) and widget.isVisible():
                widget.update()
