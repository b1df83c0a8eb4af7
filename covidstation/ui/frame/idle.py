"""Whether anybody is at the desk: keys and mouse in any window of the program, timed by a clock that nobody sets."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

TICK_MS: Final = 500
WARN_S: Final = 10
ASLEEP_S: Final = 15  # ticks come twice a second: a gap like this was a closed lid
_STIRS: Final = frozenset(
    (
        QEvent.Type.KeyPress,
        QEvent.Type.InputMethod,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    )
)


def steady_seconds() -> float:
    """Seconds that only go forward and go on while the PC sleeps, whatever the calendar is set to."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()  # Windows: since the start of the PC, its sleep among it


class IdleWatch(QObject):
    """`warned(seconds)` each second of the last ten, `stayed()` when somebody stirred then, `left()` once.

    `minutes` is a setting. What wakes a PC that has slept is swallowed: it must not reach a field or a button.
    """

    warned = Signal(int)
    stayed = Signal()
    left = Signal()

    def __init__(self, parent: QObject, minutes: int, clock: Callable[[], float] = steady_seconds) -> None:
        super().__init__(parent)
        self._clock = clock
        self._limit = minutes * 60
        self._last = self._ticked = clock()
        self._told = 0
        self._gone = False
        self._ears: list[QWindow] = []
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.look)
        QGuiApplication.instance().focusObjectChanged.connect(self._listen)  # type: ignore[union-attr]

    def begin(self) -> None:
        """Watch from now on."""
        self._last = self._ticked = self._clock()
        self._listen()
        self._timer.start()

    def end(self) -> None:
        """The window is going."""
        self._gone = True
        self._timer.stop()
        for ear in self._ears:
            if shiboken6.isValid(ear):
                ear.removeEventFilter(self)
        self._ears = []

    def set_minutes(self, minutes: int) -> None:
        """Another limit, in force at once."""
        self._limit = minutes * 60

    def stir(self) -> bool:
        """Somebody is there. False when it was too late: the window has gone, or goes now."""
        self.look()
        if self._gone:
            return False
        self._last = self._clock()
        if self._told:
            self._told = 0
            self.stayed.emit()
        return True

    def look(self) -> None:
        """What time it is: nothing, a warning, or the end."""
        if self._gone:
            return
        now = self._clock()
        asleep, self._ticked = now - self._ticked >= ASLEEP_S, now
        rest = self._limit - (now - self._last)
        if asleep or rest <= 0:
            self.end()
            self.left.emit()
        elif rest <= WARN_S:
            seconds = int(rest) + 1 if rest % 1 else int(rest)
            if seconds != self._told:
                self._told = seconds
                self.warned.emit(seconds)
        self._listen()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Hears each window of the program, those of dialogs and menus among them."""
        return event.type() in _STIRS and not self.stir()

    def _listen(self, _changed: object = None) -> None:
        """New windows come with dialogs and menus; those that went are forgotten."""
        self._ears = [ear for ear in self._ears if shiboken6.isValid(ear)]
        for window in QGuiApplication.allWindows():
            if window not in self._ears and not self._gone:
                window.installEventFilter(self)
                self._ears.append(window)
