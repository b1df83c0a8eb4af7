"""Sending to the district by itself: at start, after saving, when a line appears, in the station's minute, by hand.

Nobody waits for it: it has a thread of its own, and saving goes on beside it. A failure is told by the page Đồng bộ and
the status line, never by a dialog.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.changes import Changes, Done, Kind
from covidstation.services.exchange.line_look import LineLook, is_line_up, look_at_line
from covidstation.services.exchange.wire import Synced, sync_now
from covidstation.ui.desk import Desk

LOOK_MS: Final = 15_000
FIRST_MS: Final = 4_000  # after the first page stands
SAVED_MS: Final = 20_000  # after the last saving: a form is often saved twice


@dataclass(frozen=True, slots=True)
class Sending:
    """How a sending goes: under way (of a large bundle so many bytes are there), or its end."""

    working: bool
    there: int = 0
    size: int = 0
    result: Synced | None = None
    trouble: UserError | None = None


class SyncWorker(QObject):
    """One for the window; at work from `begin` to `end`."""

    _heard = Signal(int, int)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._stop = threading.Event()
        self._look: LineLook | None = None
        self._working = self._asking = False
        self._up: bool | None = None
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._tick)
        self._saved = QTimer(self, interval=SAVED_MS, singleShot=True)
        self._saved.timeout.connect(self._after_saving)
        self._heard.connect(lambda there, size: self._desk.sending.emit(Sending(True, there, size)))
        desk.want_sending.connect(self.send)
        desk.changed.connect(self._changed)

    def begin(self) -> None:
        """From now on."""
        self._timer.start()
        QTimer.singleShot(FIRST_MS, self, self._tick)

    def end(self) -> None:
        """The register is about to be closed: what is under way takes nothing in any more."""
        self._stop.set()
        self._timer.stop()
        self._saved.stop()

    def send(self) -> None:
        """Now, because a person wants it."""
        if self._working or self._stop.is_set():
            return
        self._working = True
        self._desk.sending.emit(Sending(True))
        desk = self._desk
        op = partial(
            sync_now,
            desk.register.db,
            by=desk.register.user_id,
            now=desk.now(),
            stop=self._stop,
            heard=self._heard.emit,
        )
        desk.tasks.alone(self, op, self._sent, self._failed)

    def _sent(self, done: Done[Synced]) -> None:
        self._working = False
        self._desk.sending.emit(Sending(False, result=done.value, trouble=done.value.trouble))
        found = done.value
        if found.news:
            self._desk.tell(done.changes)
        self._ask()

    def _failed(self, trouble: UserError) -> None:
        self._working = False
        if trouble.code != "wire.stopped":
            self._desk.sending.emit(Sending(False, trouble=trouble))
        self._ask()

    def _changed(self, changes: Changes) -> None:
        """Every saving waits for the next bundle; a new certificate or another setting changes who is called."""
        if Kind.STATION in changes or Kind.SYNC in changes:
            self._look = None
        if changes - {Kind.SYNC}:
            self._saved.start()

    def _after_saving(self) -> None:
        look = self._look
        if look is not None and look.state.failures:
            return  # the line is down: the back-off decides
        self._send_if_allowed()

    def _tick(self) -> None:
        """Send when it is time; look whether a line has appeared."""
        if self._working:
            return
        if self._look is None:
            self._ask()
            return
        look = self._look
        if self._allowed() and look.due_at(self._desk.now()) <= self._desk.now():
            self.send()
        elif look.state.failures:
            self._desk.tasks.background(self, partial(is_line_up, look.host), self._line)

    def _line(self, up: bool) -> None:
        appeared, self._up = up and self._up is False, up
        if appeared:
            self._send_if_allowed()

    def _send_if_allowed(self) -> None:
        if self._look is None:
            self._ask()
        elif self._allowed():
            self.send()

    def _allowed(self) -> bool:
        look = self._look
        return look is not None and look.auto and bool(look.urls) and self._desk.may(Right.SEND)

    def _ask(self) -> None:
        if self._asking or self._stop.is_set():
            return
        self._asking = True
        self._desk.ask(self, partial(look_at_line, self._desk.register.db), self._looked, self._not_looked)

    def _looked(self, look: LineLook) -> None:
        self._asking, first, self._look = False, self._look is None, look
        if first and not self._working and self._allowed() and look.due_at(self._desk.now()) <= self._desk.now():
            self.send()

    def _not_looked(self, _trouble: UserError) -> None:
        self._asking = False
