"""What was copied from the register does not stay in the clipboard for whoever sits down next."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

NUMBER_MS: Final = 60_000
TABLE_MS: Final = 300_000  # a table is on its way into another program, which takes its time to open


class Copied(QObject):
    """Clears the clipboard a minute after this program filled it (five for a table), and at once by `forget()`.

    What another program has put there since is left alone.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._board = QGuiApplication.clipboard()
        self._ours = ""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.forget)
        self._board.dataChanged.connect(self._changed)

    def forget(self) -> None:
        """Clear what this program put there, in the selection of X11 too."""
        self._timer.stop()
        if self._ours and self._board.text() == self._ours:
            self._board.clear(QClipboard.Mode.Clipboard)
        if self._board.ownsSelection():
            self._board.clear(QClipboard.Mode.Selection)
        self._ours = ""

    def _changed(self) -> None:
        """Not every platform says whose the words are; what comes while this program is in front is its own."""
        in_front = QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive
        self._ours = self._board.text() if self._board.ownsClipboard() or in_front else ""
        if not self._ours:
            self._timer.stop()
            return
        table = "\t" in self._ours or "\n" in self._ours
        self._timer.start(TABLE_MS if table else NUMBER_MS)
