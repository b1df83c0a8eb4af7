"""Chips: a ground, an 8-px mark, a word. The same painter serves the widget and every delegate."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import Role, font
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Tokens, Tone

_PAD, _MARK, _GAP = 8, 8, 4


def chip_width(text: str, tone: Tone, role: Role = "chip") -> int:
    """How wide `paint_chip` needs to be."""
    mark = 0 if tone == "plain" else _MARK + _GAP
    return 2 * _PAD + mark + QFontMetrics(font(role)).horizontalAdvance(text)


def paint_chip(painter: QPainter, rect: QRectF, text: str, tone: Tone, tokens: Tokens, role: Role = "chip") -> None:
    """Draw the chip over the whole of `rect` (height 22; 24 in a person's header, 32 for a verdict)."""
    colours = tokens.chips[tone]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.ground))
    painter.drawRoundedRect(rect, metrics.RADIUS, metrics.RADIUS)
    left = rect.left() + _PAD
    if tone != "plain":
        painter.setBrush(QColor(colours.mark))
        painter.drawRoundedRect(QRectF(left, rect.center().y() - _MARK / 2, _MARK, _MARK), 2, 2)
        left += _MARK + _GAP
    painter.setFont(font(role))
    painter.setPen(QColor(colours.text))
    room = QRectF(left, rect.top() - 1, rect.right() - left, rect.height())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
    painter.restore()


class Chip(QWidget):
    """A chip on a page. `height` 22, 24 (person header) or 32 (verdict, in section type)."""

    def __init__(self, text: str = "", tone: Tone = "plain", *, height: int = metrics.CHIP) -> None:
        super().__init__()
        self._text, self._tone, self._height = text, tone, height
        self._role: Role = "section" if height >= 32 else "chip"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def show_text(self, text: str, tone: Tone) -> None:
        """Another word or colour."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the word."""
        return QSize(chip_width(self._text, self._tone, self._role), self._height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, mark, word."""
        paint_chip(QPainter(self), QRectF(self.rect()), self._text, self._tone, tokens_of(self), self._role)
