"""The wizard's side: every step with its number, what was answered, where one stands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.ui.look.fonts import font
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.labels import Glyph, label

WIDTH = 304
_ROW, _RING = 56, 28


class _RailRow(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_ROW)
        self._number, self._text, self._second, self._state = 0, "", "", "later"

    def show_step(self, number: int, text: str, second: str, state: str) -> None:
        """`state`: done, now, later."""
        self._number, self._text, self._second, self._state = number, text, second, state
        self.setAccessibleName(text)
        self.setAccessibleDescription({"done": _("xong"), "now": _("đang làm"), "later": ""}[state])
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(32, (_ROW - _RING) / 2, _RING, _RING)
        now, done = self._state == "now", self._state == "done"
        painter.setBrush(QColor(tokens.ok_soft if done else tokens.base))
        edge = tokens.accent if now else tokens.border
        painter.setPen(Qt.PenStyle.NoPen if done else QPen(QColor(edge), 2 if now else 1))
        painter.drawEllipse(ring)
        if done:
            paint_icon(painter, ring.left() + 6, ring.top() + 6, "check", 16, tokens.ok)
        else:
            painter.setFont(font("name" if now else "body"))
            painter.setPen(QColor(tokens.accent if now else tokens.muted))
            painter.drawText(ring, int(Qt.AlignmentFlag.AlignCenter), f"{self._number}")
        self._paint_words(painter, now, done)

    def _paint_words(self, painter: QPainter, now: bool, done: bool) -> None:
        tokens = tokens_of(self)
        room = self.width() - 92.0
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setFont(font("name" if now else "body"))
        painter.setPen(QColor(tokens.text if now or done else tokens.muted))
        first = QRectF(76, 6, room, 24) if self._second else QRectF(76, 0, room, _ROW)
        painter.drawText(first, flags, self._text)
        painter.setFont(font("hint"))
        painter.setPen(QColor(tokens.muted))
        second = painter.fontMetrics().elidedText(self._second, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(76, 28, room, 22), flags, second)


class Rail(QWidget):
    """`show_steps([(title, second), …], at)`."""

    def __init__(self, program: str) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self._rows: list[_RailRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 28, 0, 28)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(34, 0, 8, 0)
        head.setSpacing(14)
        head.addWidget(Glyph("logo", 24, "accent"))
        head.addWidget(label(program, "section"), 1)
        column.addLayout(head)
        column.addSpacing(20)
        self._steps = QVBoxLayout()
        self._steps.setSpacing(0)
        column.addLayout(self._steps)
        column.addStretch(1)
        for text in (_("Không cần mạng ở bước nào."), _("Đóng giữa chừng cũng không mất gì.")):
            words = label(text, "hint", "muted")
            words.setContentsMargins(32, 0, 0, 0)
            column.addWidget(words)

    def show_steps(self, steps: Sequence[tuple[str, str]], at: int) -> None:
        """Title and second line of each; `at` is where one stands."""
        while len(self._rows) < len(steps):
            row = _RailRow()
            self._rows.append(row)
            self._steps.addWidget(row)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(steps))
            if number < len(steps):
                text, second = steps[number]
                state = "done" if number < at else "now" if number == at else "later"
                row.show_step(number + 1, text, second, state)
