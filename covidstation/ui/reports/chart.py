"""New cases by day: thin bars, the seven-day mean as a line, the last day marked with its number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from covidstation.domain.daily import mean
from covidstation.i18n import _, date_text, decimal_text
from covidstation.ui.look.fonts import font
from covidstation.ui.look.palette import tokens_of

_HEIGHT, _FOOT, _HEAD = 104, 20, 18
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class DayChart(QWidget):
    """`show_series(((day, count), …))`, the newest last."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("day_chart")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._series: tuple[tuple[date, int], ...] = ()
        self.show_series(())

    def show_series(self, series: Sequence[tuple[date, int]]) -> None:
        """Draw these."""
        self._series = tuple(series)
        self.setAccessibleName(_("F0 mới theo ngày"))
        if self._series:
            day, count = self._series[-1]
            words = _("Ngày {day}: {count} F0 mới, trung bình 7 ngày {mean}")
            shown = decimal_text(mean([one for _day, one in self._series]))
            self.setAccessibleDescription(words.format(day=date_text(day), count=count, mean=shown))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bars, line, three words of scale."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(0, _HEAD, self.width() - 1, self.height() - _HEAD - _FOOT)
        painter.fillRect(QRectF(0, area.bottom(), self.width(), 1), QColor(tokens.line))
        if not self._series:
            return
        top = max(4, *(count for _day, count in self._series)) if len(self._series) > 1 else 4
        self._bars(painter, area, top)
        self._line(painter, area, top)
        self._words(painter, area)

    def _x(self, area: QRectF, at: int) -> float:
        return area.left() + (at + 0.5) * area.width() / len(self._series)

    def _bars(self, painter: QPainter, area: QRectF, top: int) -> None:
        tokens = tokens_of(self)
        wide = max(3.0, area.width() / len(self._series) - 4)
        last = len(self._series) - 1
        for at, (_day, count) in enumerate(self._series):
            high = area.height() * count / top
            ground = tokens.accent if at == last else tokens.chips["grey"].mark
            painter.fillRect(QRectF(self._x(area, at) - wide / 2, area.bottom() - high, wide, high), QColor(ground))

    def _line(self, painter: QPainter, area: QRectF, top: int) -> None:
        """The mean of each seven days; it begins where there are seven."""
        tokens = tokens_of(self)
        counts = [count for _day, count in self._series]
        points = [
            QPointF(self._x(area, at), area.bottom() - area.height() * mean(counts[: at + 1]) / top)
            for at in range(6, len(counts))
        ]
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawPolyline(points)

    def _words(self, painter: QPainter, area: QRectF) -> None:
        tokens = tokens_of(self)
        painter.setFont(font("key"))
        painter.setPen(QColor(tokens.muted))
        foot = QRectF(0, area.bottom() + 2, self.width(), _FOOT - 2)
        painter.drawText(foot, _LEFT, f"{self._series[0][0]:%d/%m}")
        painter.drawText(foot, _RIGHT, f"{self._series[-1][0]:%d/%m}")
        words = _("Cột: F0 mới · đường: trung bình 7 ngày {mean}")
        shown = decimal_text(mean([count for _day, count in self._series]))
        painter.drawText(QRectF(0, 0, self.width(), _HEAD - 2), _LEFT, words.format(mean=shown))
