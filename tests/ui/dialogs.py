"""Work on a dialog that opens in the midst of a press."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from covidstation.ui.parts.buttons import Button


def with_dialog(kind, fill, press, qtbot):
    """Press, work on the dialog that opens; whether it closed by itself."""
    done = []

    def seen():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, kind):
            QTimer.singleShot(20, seen)
            return
        try:
            fill(dialog)
        finally:
            done.append(not dialog.isVisible())
            if dialog.isVisible():
                dialog.reject()

    QTimer.singleShot(20, seen)
    press()
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    return done[0]


def buttons(tab, name):
    """Those in sight: rows that were made anew leave old ones behind for a moment."""
    return [one for one in tab.findChildren(Button, name) if one.isVisibleTo(tab)]
