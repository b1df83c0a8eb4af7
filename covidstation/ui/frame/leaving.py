"""The ten seconds before the window locks itself: said over everything, gone at the first key."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.labels import Glyph, label


class Leaving(QWidget):
    """A window of its own that takes no focus, so that it stands over dialogs and menus and closes none of them."""

    def __init__(self, window: QWidget) -> None:
        flags = Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(window, flags)
        self.setObjectName("leaving")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._window = window
        self._words = label("", "section")
        hint = label(
            _("Chưa có phím hay chuột nào. Bấm phím bất kỳ để làm tiếp; chữ đang gõ vẫn giữ."), "body", "muted"
        )
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._words)
        words.addWidget(hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 14, 24, 14)
        row.setSpacing(14)
        row.addWidget(Glyph("lock", 24, "warn"))
        row.addLayout(words)

    def count(self, seconds: int) -> None:
        """So many seconds are left."""
        words = _("Màn hình khoá sau {n} giây").format(n=seconds)
        self._words.setText(words)
        self.setAccessibleName(words)
        self.adjustSize()
        top = self._window.mapToGlobal(self._window.rect().topLeft())
        self.move(top.x() + (self._window.width() - self.width()) // 2, top.y() + 72)
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A raised ground with a border in the colour of a warning."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.raised))
        painter.setPen(QPen(QColor(tokens.warn), 2))
        painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
