"""A small line chart: 2-px accent line, dashed limit with its value, dots only on bad values and the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from covidstation.domain.care import Level
from covidstation.services.care.course import Limit
from covidstation.ui.look.fonts import font
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Tokens

TOP: Final = 26
FOOT: Final = 20
LEFT: Final = 2
RIGHT: Final = 54  # for the words of a limit and of the last value
DOT: Final = 4.0
_LEFT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


@dataclass(frozen=True, slots=True)
class Point:
    """One value with its moment; `bad` gets a red dot, `text` is how it is said."""

    at: datetime
    value: float
    bad: bool
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment until another these limits hold."""

    first: datetime
    last: datetime
    limits: tuple[Limit, ...]


class Chart(QWidget):
    """`show_points(points, limits)`, or `show_stretches` where limits change; the range grows when values leave it."""

    def __init__(self, name: str, title: str, span: tuple[float, float]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._title, self._span = title, span
        self._points: tuple[Point, ...] = ()
        self._stretches: tuple[Stretch, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)

    def sizeHint(self) -> QSize:
        """Two stand side by side on a page."""
        return QSize(360, 132)

    def show_points(self, points: Sequence[Point], limits: Sequence[Limit]) -> None:
        """Other values, oldest first; the limits hold for all of them."""
        self.show_stretches(points, [Stretch(points[0].at, points[-1].at, tuple(limits))] if points else [])

    def show_stretches(self, points: Sequence[Point], stretches: Sequence[Stretch]) -> None:
        """Other values, oldest first, with the limits of each stretch; those of the last are said at the right."""
        self._points, self._stretches = tuple(points), tuple(stretches)
        words = ", ".join(f"{one.at:%d/%m %H:%M} {one.text}" for one in points)
        self.setAccessibleDescription(words)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Title, days, limits, line, dots."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("hint_strong"))
        painter.setPen(QColor(tokens.muted))
        painter.drawText(QRectF(LEFT, -2, self.width(), 22), _LEFT, self._title)
        box = QRectF(LEFT, TOP, self.width() - LEFT - RIGHT, self.height() - TOP - FOOT)
        painter.fillRect(QRectF(box.left(), box.bottom(), box.width(), 1), QColor(tokens.line))
        if not self._points:
            return
        self._paint_limits(painter, box, tokens)
        self._paint_days(painter, box, tokens)
        self._paint_line(painter, box, tokens)

    def place(self, box: QRectF, point: Point) -> QPointF:
        """Where a value stands."""
        return QPointF(self._across(box, point.at), self._height(box, point.value))

    def _across(self, box: QRectF, at: datetime, *, alone: float = 1.0) -> float:
        first, last = self._points[0].at, self._points[-1].at
        length = (last - first).total_seconds()
        part = (at - first).total_seconds() / length if length else alone
        return box.left() + part * box.width()

    def _height(self, box: QRectF, value: float) -> float:
        values = [point.value for point in self._points] + [
            limit.value for one in self._stretches for limit in one.limits
        ]
        low, high = min(self._span[0], *values), max(self._span[1], *values)
        return box.bottom() - (value - low) / (high - low) * box.height()

    def _paint_limits(self, painter: QPainter, box: QRectF, tokens: Tokens) -> None:
        for stretch in self._stretches:
            first, last = self._across(box, stretch.first, alone=0.0), self._across(box, stretch.last)
            for limit in stretch.limits:
                high = self._height(box, limit.value)
                ink = tokens.danger_line if limit.level is Level.DANGER else tokens.chips["yellow"].mark
                painter.setPen(QPen(QColor(ink), 1, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(first, high), QPointF(last, high))
                painter.setFont(font("key"))
                painter.setPen(QColor(tokens.danger if limit.level is Level.DANGER else tokens.warn))
                beside, over = (
                    QRectF(box.right() + 6, high - 10, RIGHT - 6, 20),
                    QRectF(first + 2, high - 18, RIGHT, 18),
                )
                painter.drawText(beside if stretch is self._stretches[-1] else over, _LEFT, limit.text)

    def _paint_days(self, painter: QPainter, box: QRectF, tokens: Tokens) -> None:
        painter.setFont(font("key"))
        painter.setPen(QColor(tokens.muted))
        below = QRectF(box.left(), box.bottom() + 2, box.width(), FOOT - 2)
        painter.drawText(below, _LEFT, f"{self._points[0].at:%d/%m}")
        if self._points[-1].at.date() != self._points[0].at.date():
            painter.drawText(below, _RIGHT, f"{self._points[-1].at:%d/%m}")

    def _paint_line(self, painter: QPainter, box: QRectF, tokens: Tokens) -> None:
        places = [self.place(box, point) for point in self._points]
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawPolyline(QPolygonF(places))
        painter.setPen(Qt.PenStyle.NoPen)
        for number, (point, at) in enumerate(zip(self._points, places, strict=True)):
            last = number == len(places) - 1
            if point.bad or last:
                painter.setBrush(QColor(tokens.danger_line if point.bad else tokens.accent))
                painter.drawEllipse(at, DOT, DOT)
        point, at = self._points[-1], places[-1]
        painter.setFont(font("hint_strong"))
        painter.setPen(QColor(tokens.danger if point.bad else tokens.text))
        place = QRectF(at.x() - 60, self._beside(box, at) - 8, 60, 16)
        width = painter.fontMetrics().horizontalAdvance(point.text) + 4
        painter.fillRect(place.adjusted(60 - width, 1, 0, -1), QColor(tokens.base))  # no limit's line through a number
        painter.drawText(place, _RIGHT, point.text)

    def _beside(self, box: QRectF, at: QPointF) -> float:
        """Where the last value is written: above its dot or below, wherever no limit's line runs through it."""
        lines = [self._height(box, limit.value) for one in self._stretches[-1:] for limit in one.limits]
        above, below = at.y() - 16, at.y() + 15
        fits = [y for y in (above, below) if TOP - 4 <= y <= box.bottom() - 7]
        clear = [y for y in fits if all(abs(y - line) > 8 for line in lines)]
        return next(iter(clear or fits), above)
