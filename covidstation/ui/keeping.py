"""Copies that nobody asks for: after two hours of changed work, and once a day a look at an old one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer

from covidstation.db.copies import Copy
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.services.copies.backup import EVERY, back_up_if_due, look_round
from covidstation.ui.desk import Desk

LOOK_MS = 5 * 60_000


class Keeper(QObject):
    """Works beside the database thread: a writer waits for it no longer than for a checkpoint (docs/adr/0022)."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._working = False
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)

    def begin(self) -> None:
        """From now on, every few minutes."""
        self._timer.start()

    def end(self) -> None:
        """The register is about to be closed."""
        self._timer.stop()

    def look(self) -> None:
        """Make a copy if one is due; a trouble is told by the status line's age and by the page of copies."""
        if self._working:
            return
        self._working = True
        op = partial(back_up_if_due, self._desk.register.db, now=self._desk.now(), least=EVERY)
        self._desk.tasks.background(self, op, lambda _path: self._look_round(), self._failed)

    def _failed(self, _trouble: UserError) -> None:
        self._look_round()

    def _look_round(self) -> None:
        op = partial(look_round, self._desk.register.folder, self._desk.now())
        self._desk.tasks.background(self, op, self._looked, lambda _trouble: self._looked(None))

    def _looked(self, rotten: Copy | None) -> None:
        self._working = False
        if rotten is not None:
            words = _("Bản sao lưu {name} đã hỏng; các bản kia còn nguyên. Xem Cài đặt, mục Sao lưu.")
            self._desk.said.emit(words.format(name=rotten.path.name))
