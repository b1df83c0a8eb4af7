"""A box to tick, drawn in the scheme's own colours."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from covidstation.ui.look import metrics
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.labels import line_rect
from covidstation.ui.parts.mnemonics import mnemonic_flag

BOX, GAP = 18, 10


class CheckBox(QCheckBox):
    """`CheckBox("pack_confirmed", "Đã đối &chiếu")`; in a person's name write `&&` for `&`."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.setObjectName(name)
        self.setAccessibleName(text.replace("&&", "\0").replace("&", "").replace("\0", "&"))
        self.setFixedHeight(metrics.CONTROL)

    def sizeHint(self) -> QSize:
        """Box and words."""
        return QSize(BOX + GAP + self.fontMetrics().horizontalAdvance(self.text()) + 4, metrics.CONTROL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A bordered box, filled with a tick when chosen; muted when it cannot be changed."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(1.5, (self.height() - BOX) / 2 + 0.5, BOX - 1, BOX - 1)
        on = self.isChecked()
        fill = tokens.border if on and not self.isEnabled() else tokens.accent_fill if on else tokens.base
        painter.setPen(QPen(QColor(fill if on else tokens.border), 1))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box, 3, 3)
        if on:
            paint_icon(painter, box.left() + 1, box.top() + 1, "check", 16, tokens.on_fill)
        painter.setPen(QColor(tokens.text if self.isEnabled() else tokens.muted))
        room = QRectF(self.rect()).adjusted(BOX + GAP, 0, 0, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | mnemonic_flag()
        painter.drawText(line_rect(room), int(flags), self.text())

    def hitButton(self, pos: QPoint) -> bool:
        """The words can be clicked too."""
        return self.rect().contains(pos)
