"""The half-typed sheet: kept every few seconds, there again after a crash, gone when all its rows are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer

from covidstation.services.drafts import Draft, Settled, drafts, drop_draft, keep_draft
from covidstation.ui.desk import Desk

FORM: Final = "line_list"
SUBJECT: Final = "sheet"
EVERY_MS: Final = 3000


class SheetKeeper(QObject):
    """`raw()` is the sheet as JSON values, empty when nothing stands in it."""

    def __init__(self, desk: Desk, raw: Callable[[], Mapping[str, Any]], parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._raw = desk, raw
        self._unkept = False
        self._timer = QTimer(self, interval=EVERY_MS, singleShot=True)
        self._timer.timeout.connect(self.keep_now)

    def touch(self) -> None:
        """Something changed."""
        self._unkept = True
        if not self._timer.isActive():
            self._timer.start()

    def settled(self, left: Mapping[str, Any]) -> Settled:
        """What the writing of the sheet takes along: `left` stays half typed."""
        self._timer.stop()
        return Settled(FORM, SUBJECT, left)

    def keep_now(self) -> None:
        """Keep what changed, or forget the draft of an empty sheet."""
        self._timer.stop()
        if not self._unkept:
            return
        self._unkept = False
        db, now, value = self._desk.register.db, self._desk.now(), dict(self._raw())
        if value:
            op = partial(keep_draft, db, FORM, SUBJECT, value, now=now)
        else:
            op = partial(drop_draft, db, FORM, SUBJECT, now=now)
        self._desk.ask(self, op, lambda _none: None)

    def find(self, ok: Callable[[Sequence[Draft]], object]) -> None:
        """The sheet that was left half typed, if any."""
        self._desk.ask(self, partial(drafts, self._desk.register.db, FORM), ok)
