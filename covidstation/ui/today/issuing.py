"""Issuing everything that waits, one paper after another; it can be stopped between two."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from covidstation.services.changes import Kind
from covidstation.services.papers import Issued, Skipped
from covidstation.services.today import issue_waiting
from covidstation.ui.desk import Desk


class Issuing(QObject):
    """`moved(n, of)` after each paper, `finished(list)` with an `Issued` or `Skipped` each when it is over.

    Each paper is its own transaction, so stopping keeps what has been issued.
    """

    moved = Signal(int, int)
    finished = Signal(object)

    def __init__(self, parent: QObject, desk: Desk, ids: Sequence[UUID], *, ending: bool) -> None:
        super().__init__(parent)
        self._desk, self._ids, self._ending = desk, tuple(ids), ending
        self._done: list[Issued | Skipped] = []
        self._stopped = False

    def start(self) -> None:
        """Begin with the first."""
        self.moved.emit(0, len(self._ids))
        self._next()

    def stop(self) -> None:
        """Finish the paper in hand and no other."""
        self._stopped = True

    def _next(self) -> None:
        if self._stopped or len(self._done) == len(self._ids):
            self.finished.emit(self._done)
            if self._done:
                self._desk.tell(frozenset({Kind.PAPERS, Kind.EPISODES}))
            return
        desk, one = self._desk, self._ids[len(self._done)]
        op = partial(issue_waiting, desk.register, one, ending=self._ending, catalog=desk.catalog, now=desk.now())
        desk.ask(self, op, self._made)

    def _made(self, one: Issued | Skipped) -> None:
        self._done.append(one)
        self.moved.emit(len(self._done), len(self._ids))
        QTimer.singleShot(0, self, self._next)
