"""The seven places of the certificate as a strip: three basic doses, an additional one, three boosters."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from covidstation.domain.vaccination.doses import DoseClass, Slots
from covidstation.domain.vaccination.products import Products
from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import Role, font
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.vaccination.words import PLACES, vaccine_text

_HEIGHT, _PAD, _LINE, _APART = 76, 10, 20, 20


class SlotStrip(QWidget):
    """What is given stands on its own ground, what is not is an outline; between the groups there is more room."""

    def __init__(self, shown: Slots, products: Products) -> None:
        super().__init__()
        self.setObjectName("dose_slots")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.cells: tuple[tuple[DoseClass, str, str, str], ...] = tuple(
            (kind, _(PLACES[kind, number]), one.given.text() if one else "", vaccine_text(one, products) if one else "")
            for kind, number, one in shown.all
        )
        self.setAccessibleName(_("Các ô của giấy xác nhận"))
        told = (f"{title}: {day} {name}" if day else _("{title}: chưa có").format(title=title)
                for _kind, title, day, name in self.cells)  # fmt: skip
        self.setAccessibleDescription("; ".join(told))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(900, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Seven cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        breaks = 2 * _APART + 4 * metrics.GAP
        width = (self.width() - breaks) / len(self.cells)
        left = 0.0
        for at, (kind, title, day, name) in enumerate(self.cells):
            if at:
                left += _APART if kind is not self.cells[at - 1][0] else metrics.GAP
            self._cell(painter, QRectF(left, 0.5, width, _HEIGHT - 1), title, day, name)
            left += width

    def _cell(self, painter: QPainter, rect: QRectF, title: str, day: str, name: str) -> None:
        tokens = tokens_of(self)
        given = bool(day)
        pen = QPen(QColor(tokens.accent if given else tokens.border), 1)
        if not given:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(tokens.accent_soft if given else tokens.base))
        painter.drawRoundedRect(rect, metrics.RADIUS, metrics.RADIUS)
        lines: tuple[tuple[str, Role, str], ...] = (
            (title, "hint", tokens.muted),
            (day or "—", "strong", tokens.text if given else tokens.muted),
            (name, "hint", tokens.text),
        )
        for at, (text, role, ink) in enumerate(lines):
            painter.setFont(font(role))
            painter.setPen(QColor(ink))
            room = QRectF(rect.left() + _PAD, rect.top() + 7 + at * _LINE, rect.width() - 2 * _PAD, _LINE)
            shown = QFontMetrics(font(role)).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
