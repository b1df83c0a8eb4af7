"""The status line: what is unsent, the last receipt, the last backup; grey when all is well, never hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from covidstation.i18n import WEEKDAYS, _
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.labels import Line, label

State = Literal["good", "young", "wait", "warn"]
"""`good`: grey with a tick; `young`: grey with a clock, it waits, but not for long; `wait`: amber clock, something is
yet to be done; `warn`: amber triangle."""

_ICONS: dict[State, str] = {"good": "check", "young": "clock", "wait": "clock", "warn": "alert"}
_CALM: Final = frozenset[State](("good", "young"))
_PAD, _ICON, _GAP, MOST = 2, 16, 5, 4


@dataclass(frozen=True, slots=True)
class StatusPart:
    """One thing the line says. `short` is used when there is no room (calm parts only); a click goes to its cure."""

    text: str
    state: State = "good"
    on_click: Callable[[], object] | None = None
    short: str = ""


class _PartButton(QAbstractButton):
    """A flat button: icon and words."""

    def __init__(self, part: StatusPart) -> None:
        super().__init__()
        self.part = part
        self._short = False
        self.setFixedHeight(metrics.STATUS_LINE - 4)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if part.on_click else Qt.FocusPolicy.NoFocus)
        self.setText(part.text)
        self.setAccessibleName(part.text)
        if part.on_click is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.clicked.connect(part.on_click)
        self.shorten(False)

    def shorten(self, short: bool) -> None:
        """The short words, when this part is calm and has some."""
        self._short = short and self.part.state in _CALM and bool(self.part.short)
        self.setText(self.part.short if self._short else self.part.text)
        self.setFixedWidth(self.full_width())

    def full_width(self) -> int:
        """What the words of now need."""
        words = QFontMetrics(font(self._role())).horizontalAdvance(self.text())
        return 2 * _PAD + _ICON + _GAP + words + 2

    def sizeHint(self) -> QSize:
        """Icon and words."""
        return QSize(self.full_width(), self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grey when calm; text colour, Medium and an amber icon when not."""
        tokens = tokens_of(self)
        calm = self.part.state in _CALM
        painter = QPainter(self)
        top = (self.height() - _ICON) / 2
        paint_icon(painter, _PAD, top, _ICONS[self.part.state], _ICON, tokens.muted if calm else tokens.warn)
        painter.setFont(font(self._role()))
        painter.setPen(QColor(tokens.muted if calm else tokens.text))
        if self.underMouse() and self.part.on_click:
            painter.setPen(QColor(tokens.accent))
        box = QRectF(self.rect()).adjusted(_PAD + _ICON + _GAP, 0, 0, 0)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.text())

    def event(self, event: QEvent) -> bool:
        """Hover colours."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)

    def _role(self) -> Literal["hint", "hint_strong"]:
        return "hint" if self.part.state in _CALM else "hint_strong"


class StatusLine(QWidget):
    """Up to four parts and the clock. When narrow: calm parts use their short words, then the clock goes."""

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__()
        self._now = now
        self.setObjectName("status_line")
        self.setAccessibleName(_("Dòng trạng thái"))
        self.setFixedHeight(metrics.STATUS_LINE)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self._parts: list[_PartButton] = []
        self.clock = label("", "hint", "muted")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Line())
        self._row = QHBoxLayout()
        self._row.setContentsMargins(metrics.MARGIN - _PAD, 0, 16, 0)
        self._row.setSpacing(14)
        self._row.addStretch(1)
        self._row.addWidget(self.clock)
        outer.addLayout(self._row, 1)
        self._timer = QTimer(self, interval=5000)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._tick()

    def set_parts(self, parts: Sequence[StatusPart]) -> None:
        """Say these; more than four is a mistake of the caller (ValueError)."""
        if len(parts) > MOST:
            raise ValueError("the status line holds four parts")
        if [button.part for button in self._parts] == list(parts):
            return
        for button in self._parts:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._parts = [_PartButton(part) for part in parts]
        for at, button in enumerate(self._parts):
            self._row.insertWidget(at, button)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """The window may be narrow; the line fits itself."""
        return QSize(200, metrics.STATUS_LINE)

    def _fit(self) -> None:
        clock = self.clock.sizeHint().width() + self._row.spacing()
        for short, with_clock in ((False, True), (True, True), (True, False)):
            for button in self._parts:
                button.shorten(short)
            used = sum(button.full_width() + self._row.spacing() for button in self._parts)
            self.clock.setVisible(with_clock)
            if used + (clock if with_clock else 0) + metrics.MARGIN + 16 <= self.width():
                return

    def _tick(self) -> None:
        now = self._now()
        words = _("{weekday} {day}  {clock}").format(
            weekday=_(WEEKDAYS[now.weekday()]), day=now.strftime("%d/%m/%Y"), clock=now.strftime("%H:%M")
        )
        if words != self.clock.text():
            self.clock.setText(words)
