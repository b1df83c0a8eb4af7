"""A picture of values over time, over the band that is aimed at."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from covidstation.domain.tracks import Picture, Track
from covidstation.ui.look.fonts import font
from covidstation.ui.look.palette import tokens_of

_HEIGHT, _HEAD, _FOOT, _SCALE, _EDGE = 190, 26, 20, 36, 8
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_DOT = 3.5


class TargetChart(QWidget):
    """What is aimed at is a band, what lies outside of it an empty red dot; nothing measured shows nothing."""

    def __init__(self, name: str, shown: Picture | None) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._picture = shown
        if shown is not None:
            self.setAccessibleName(shown.title)
            last = (f"{one.title} {one.points[-1][1]:g} ({one.points[-1][0]:%d/%m/%Y})" for one in shown.tracks)
            self.setAccessibleDescription(", ".join(last))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(420, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Band, scale, lines, days."""
        shown = self._picture
        if shown is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(_SCALE, _HEAD, self.width() - _SCALE, self.height() - _HEAD - _FOOT)
        self._band(painter, area, shown)
        self._words(painter, area, shown)
        for track in shown.tracks:
            self._line(painter, area, shown, track)

    def _band(self, painter: QPainter, area: QRectF, shown: Picture) -> None:
        colours = tokens_of(self).chips["green"]
        low, high = shown.band
        top = area.bottom() - high * area.height()
        painter.fillRect(QRectF(area.left(), top, area.width(), (high - low) * area.height()), QColor(colours.ground))
        painter.setPen(QPen(QColor(colours.mark), 1, Qt.PenStyle.DashLine))
        for track in shown.tracks:
            y = area.bottom() - shown.y(track.limit) * area.height()
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))

    def _words(self, painter: QPainter, area: QRectF, shown: Picture) -> None:
        tokens = tokens_of(self)
        painter.setFont(font("hint_strong"))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(0, 0, self.width(), _HEAD - 6), _LEFT, shown.title)
        painter.setFont(font("key"))
        for value in shown.rules:
            y = area.bottom() - shown.y(value) * area.height()
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRectF(0, y - 8, _SCALE - 6, 16), _RIGHT, f"{value:g}".replace(".", ","))
        foot = QRectF(area.left(), area.bottom() + 2, area.width(), _FOOT - 2)
        painter.drawText(foot, _LEFT, f"{shown.first:%d/%m/%Y}")
        if shown.last > shown.first:
            painter.drawText(foot, _RIGHT, f"{shown.last:%d/%m/%Y}")

    def _line(self, painter: QPainter, area: QRectF, shown: Picture, track: Track) -> None:
        tokens = tokens_of(self)
        wide = area.width() - 2 * _EDGE
        places = [
            (QPointF(area.left() + _EDGE + x * wide, area.bottom() - y * area.height()), met)
            for x, y, met in shown.places(track)
        ]
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawPolyline([place for place, _met in places])
        for place, met in places:
            painter.setPen(QPen(QColor(tokens.accent if met else tokens.danger), 2))
            painter.setBrush(QColor(tokens.accent if met else tokens.base))
            painter.drawEllipse(place, _DOT, _DOT)
