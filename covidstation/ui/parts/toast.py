"""The line that says what was done and offers to undo it; it goes by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import Glyph, label

STAY_MS = 7000


class Toast(QWidget):
    """`Toast.tell(window, "Đã lưu Giàng A Páo", undo=…)`: at the foot of the window, above the status line."""

    def __init__(
        self,
        window: QWidget,
        text: str,
        *,
        undo: Callable[[], object] | None = None,
        bad: bool = False,
        stay_ms: int = STAY_MS,
    ) -> None:
        super().__init__(window)
        self.setObjectName("toast")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8 if undo else 16, 6)
        row.setSpacing(10)
        row.addWidget(Glyph("alert" if bad else "check", 16, "danger" if bad else "ok"))
        words = label(text)
        if words.sizeHint().width() > window.width() // 2:
            words.setWordWrap(True)
            words.setFixedWidth(window.width() // 2)
        row.addWidget(words)
        if undo is not None:
            button = Button(_("Hoàn tác"), "quiet", name="undo_button")
            button.clicked.connect(lambda: (self.close(), undo()))
            row.addWidget(button)
        self.adjustSize()
        QTimer.singleShot(stay_ms, self, self.close)

    @classmethod
    def tell(
        cls,
        place: QWidget,
        text: str,
        *,
        undo: Callable[[], object] | None = None,
        bad: bool = False,
        stay_ms: int = STAY_MS,
    ) -> Toast:
        """Show it in the window of `place`; an older one goes at once."""
        window = place.window()
        cls.hush(place)
        toast = cls(window, text, undo=undo, bad=bad, stay_ms=stay_ms)
        left = (window.width() - toast.width()) // 2
        toast.move(left, window.height() - toast.height() - metrics.STATUS_LINE - metrics.ACTION_BAR - 12)
        toast.show()
        toast.raise_()
        return toast

    @classmethod
    def hush(cls, place: QWidget) -> None:
        """Nothing more is said in the window of `place`: something there is to be read now."""
        direct = Qt.FindChildOption.FindDirectChildrenOnly  # a window holds thousands below
        for old in place.window().findChildren(cls, options=direct):
            old.close()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A raised ground with a border."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.raised))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, metrics.RADIUS_POPUP, metrics.RADIUS_POPUP)
