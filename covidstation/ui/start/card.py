"""The white card in the middle of the window, on which the program speaks before the register is open."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.labels import ElidedLabel, Glyph, label

CARD_WIDTH = 792
CARD_MARGIN = 48
RADIUS = 8


class Card(QWidget):
    """A ground with a hairline round it and the program's sign, a title and a second line at its head."""

    def __init__(self, title: str, second: str = "", *, icon: str = "logo", ink: Ink = "accent") -> None:
        super().__init__()
        self.setFixedWidth(CARD_WIDTH)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(CARD_MARGIN, 40, CARD_MARGIN, 20)
        self.column.setSpacing(0)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(title, "person"))
        if second:
            words.addWidget(ElidedLabel(second, "body", "muted"))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(Glyph(icon, 40, ink))
        row.addLayout(words, 1)
        self.column.addLayout(row)
        self.column.addSpacing(24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Base with a hairline."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.setBrush(QColor(tokens.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


class CardView(QWidget):
    """The window's ground with one card in its middle and a muted line under it."""

    def __init__(self, name: str, card: Card, *foot: QWidget) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        row = QHBoxLayout()
        row.setSpacing(metrics.MARGIN)
        row.addStretch(1)
        for widget in foot:
            row.addWidget(widget)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(1)
        middle = QHBoxLayout()  # its stretches give the card its true width, so that wrapped words get their height
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addSpacing(12)
        column.addLayout(row)
        column.addStretch(1)


def muted(text: str) -> QWidget:
    """A word of the line under the card."""
    return label(text, "hint", "muted")
