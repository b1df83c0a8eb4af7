"""One of two or three ways, each with a line that says what it means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.palette import tokens_of

HEIGHT = 60


class Option(QAbstractButton):
    """A row with a ring, its words and a muted line under them."""

    def __init__(self, key: str, text: str, second: str) -> None:
        super().__init__()
        self.key, self.second = key, second
        self.setObjectName(f"option_{key}")
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(second)
        self.setCheckable(True)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as the page gives."""
        return QSize(480, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ring is filled when this one is chosen."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(tokens.accent if chosen else tokens.border), 1))
        ground = tokens.accent_soft if chosen else tokens.hover if self.underMouse() else tokens.base
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, metrics.RADIUS, metrics.RADIUS)
        painter.setPen(QPen(QColor(tokens.accent if chosen else tokens.border), 2))
        painter.setBrush(QColor(tokens.base))
        middle = QPointF(26, HEIGHT / 2)
        painter.drawEllipse(middle, 8, 8)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent))
            painter.drawEllipse(middle, 4, 4)
        self._words(painter)

    def _words(self, painter: QPainter) -> None:
        tokens = tokens_of(self)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        room = self.width() - 64.0
        painter.setFont(font("name" if self.isChecked() else "strong"))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(48, 7, room, 24), flags, self.text())
        painter.setFont(font("hint"))
        painter.setPen(QColor(tokens.muted))
        second = painter.fontMetrics().elidedText(self.second, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(48, 31, room, 22), flags, second)


class Options(QWidget):
    """`Options("kind", "…", [("empty", "Sổ mới", "…"), …])`; `chosen(key)` fires on a choice by hand."""

    chosen = Signal(str)

    def __init__(self, name: str, title: str, options: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFixedWidth(640)
        self._group = QButtonGroup(self)
        self.rows: list[Option] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.GAP)
        for key, text, second in options:
            row = Option(key, text, second)
            self._group.addButton(row)
            self.rows.append(row)
            column.addWidget(row)
        self.rows[0].setChecked(True)
        self._group.buttonClicked.connect(lambda _row: self.chosen.emit(self.value()))

    def value(self) -> str:
        """The chosen key."""
        return next(row.key for row in self.rows if row.isChecked())

    def set_value(self, key: str) -> None:
        """Choose that one; an unknown key changes nothing."""
        for row in self.rows:
            if row.key == key:
                row.setChecked(True)
