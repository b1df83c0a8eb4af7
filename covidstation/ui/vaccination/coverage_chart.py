"""How far each line of the coverage has come: one bar a line, over the mark that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from covidstation.i18n import _
from covidstation.messages.vaccine_coverage import percent_text
from covidstation.ui.look.fonts import font
from covidstation.ui.look.palette import tokens_of

_HEIGHT, _HEAD, _FOOT, _LINE = 168, 22, 20, 16
_MOST_WIDE, _GAP = 64, 10
_CENTRE = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_FULL = 1000  # tenths of a percent


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: `tenths` of a percent (None: nobody to count), and its words."""

    words: str
    tenths: int | None


@dataclass(frozen=True, slots=True)
class Bars:
    """What is drawn: a title, the bars, and the mark in percent (0 for none)."""

    title: str
    bars: tuple[Bar, ...]
    mark: int = 0


class CoverageChart(QWidget):
    """Bars that reach the mark are green, the others blue; no bars shows the title alone."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("coverage_chart")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._shown = Bars("", ())

    def show_bars(self, shown: Bars) -> None:
        """Draw these."""
        self._shown = shown
        self.setAccessibleName(shown.title)
        self.setAccessibleDescription(", ".join(f"{one.words} {percent_text(one.tenths)}" for one in shown.bars))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(420, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Title, bars with their share above and their words below, the mark across."""
        tokens, shown = tokens_of(self), self._shown
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("hint_strong"))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(0, 0, self.width(), _HEAD), _LEFT, shown.title)
        area = QRectF(0, _HEAD + 6, self.width(), self.height() - _HEAD - 6 - _FOOT)
        painter.fillRect(QRectF(0, area.bottom(), self.width(), 1), QColor(tokens.line))
        self._bars(painter, area, shown.bars, shown.mark)
        if shown.mark:
            y = area.bottom() - area.height() * shown.mark / 100
            painter.setPen(QPen(QColor(tokens.chips["green"].mark), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
            painter.setFont(font("key"))
            words = _("cần {percent} %").format(percent=shown.mark)
            painter.drawText(QRectF(0, y - _LINE, self.width(), _LINE), _RIGHT, words)

    def _bars(self, painter: QPainter, area: QRectF, bars: Sequence[Bar], mark: int) -> None:
        if not bars:
            return
        tokens = tokens_of(self)
        step = min(area.width() / len(bars), float(_MOST_WIDE * 2))
        wide = min(step - _GAP, float(_MOST_WIDE))
        painter.setFont(font("key"))
        for at, one in enumerate(bars):
            left, high = area.left() + at * step, area.height() * (one.tenths or 0) / _FULL
            reached = mark and one.tenths is not None and one.tenths >= mark * 10
            ground = tokens.chips["green"].mark if reached else tokens.accent
            painter.fillRect(QRectF(left, area.bottom() - high, wide, high), QColor(ground))
            inside = high >= _LINE + 4
            painter.setPen(QColor(tokens.base if inside else tokens.text))
            top = area.bottom() - high + (2 if inside else -_LINE)
            painter.drawText(QRectF(left, top, wide, _LINE), _CENTRE, percent_text(one.tenths).replace("\u00a0", ""))
            painter.setPen(QColor(tokens.muted))
            words = painter.fontMetrics().elidedText(one.words, Qt.TextElideMode.ElideRight, int(step) - 6)
            painter.drawText(QRectF(left, area.bottom() + 3, step - 6, _LINE), _LEFT, words)
