"""A few ways to look at one list, side by side with their counts; a page's tabs, in one row or two."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.palette import tokens_of

_CLOSER = 6
_VCENTER = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class _Choosing(QWidget):
    """What Segments and Tabs share: keys, one of them current, arrows move, `chosen(key)` fires by hand."""

    chosen = Signal(str)

    def __init__(self, name: str, title: str, items: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._title = title
        self._items = tuple(items)
        self._counts: dict[str, int] = {}
        self._current = items[0][0]
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._say()

    def value(self) -> str:
        """The current key."""
        return self._current

    def title(self) -> str:
        """The current one's words."""
        return dict(self._items)[self._current]

    def set_value(self, key: str) -> None:
        """Make that key current without firing."""
        self._current = key
        self._say()
        self.update()

    def boxes(self) -> list[tuple[str, str, QRectF]]:
        """Key, title and place of each."""
        left, found = 0.0, []
        for key, title in self._items:
            width = self.item_width(key, title)
            found.append((key, title, QRectF(left, 0, width, self.height())))
            left += width
        return found

    def item_width(self, _key: str, title: str) -> float:
        """How wide one is."""
        return float(QFontMetrics(font("name")).horizontalAdvance(title))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take what was clicked."""
        for key, _title, box in self.boxes():
            if box.contains(event.position()):
                self._take(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right, up and down."""
        back, on = (Qt.Key.Key_Left, Qt.Key.Key_Up), (Qt.Key.Key_Right, Qt.Key.Key_Down)
        step = -1 if event.key() in back else 1 if event.key() in on else 0
        if not step:
            super().keyPressEvent(event)
            return
        keys = [key for key, _title in self._items]
        self._take(keys[max(0, min(len(keys) - 1, keys.index(self._current) + step))])

    def _take(self, key: str) -> None:
        if key != self._current:
            self.set_value(key)
            self.chosen.emit(key)

    def _say(self) -> None:
        current = dict(self._items)[self._current]
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(current)


class Segments(_Choosing):
    """A bordered row of filters: `Segments("filter", "Lọc", [("home", "Đang theo dõi"), …])`, `set_count(key, n)`."""

    def set_count(self, key: str, count: int) -> None:
        """The number after the words."""
        self._counts[key] = count
        self.updateGeometry()
        self.update()

    def item_width(self, key: str, title: str) -> float:
        """Words, count and paddings."""
        count = f"{self._counts[key]}" if key in self._counts else ""
        words = QFontMetrics(font("name")).horizontalAdvance(title)
        return words + (QFontMetrics(font("hint")).horizontalAdvance(count) + 6 if count else 0) + 24

    def sizeHint(self) -> QSize:
        """All of them."""
        return QSize(round(sum(self.item_width(*item) for item in self._items)), metrics.CONTROL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One border round all; the current one on accentSoft."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for key, title, box in self.boxes():
            current = key == self._current
            if current:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.accent_soft))
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
            elif box.left() > 0:
                painter.fillRect(QRectF(box.left(), 8, 1, box.height() - 16), QColor(tokens.line))
            inner = box.adjusted(12, 0, 0, 0)
            painter.setFont(font("name" if current else "body"))
            painter.setPen(QColor(tokens.accent if current else tokens.text))
            painter.drawText(inner, _VCENTER, title)
            if key in self._counts:
                inner.setLeft(inner.left() + painter.fontMetrics().horizontalAdvance(title) + 6)
                painter.setFont(font("hint_strong" if current else "hint"))
                painter.setPen(QColor(tokens.accent if current else tokens.muted))
                painter.drawText(inner, _VCENTER, f"{self._counts[key]}")
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outline = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(outline, metrics.RADIUS, metrics.RADIUS)


class Tabs(_Choosing):
    """Words in a row, the current one SemiBold over a 3-px accent line; they begin 6 px in, for the focus frame."""

    def __init__(self, name: str, title: str, items: Sequence[tuple[str, str]]) -> None:
        super().__init__(name, title, items)
        self.setProperty("ring", False)

    def item_width(self, _key: str, title: str) -> float:
        """Words and the gap after them."""
        return QFontMetrics(font("name")).horizontalAdvance(title) + 28

    def sizeHint(self) -> QSize:
        """All of them, 40 high."""
        return QSize(round(sum(self.item_width(*item) for item in self._items)), metrics.FORM_ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The words and the line."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        for key, title, box in self.boxes():
            current = key == self._current
            painter.setFont(font("name" if current else "body"))
            focused = current and self.hasFocus()
            painter.setPen(QColor(tokens.accent if focused else tokens.text if current else tokens.muted))
            painter.drawText(box.adjusted(6, -2, 0, -2), _VCENTER, title)
            if current:
                width = painter.fontMetrics().horizontalAdvance(title)
                line = QRectF(box.left() + 6, box.bottom() - metrics.BAR, width, metrics.BAR)
                painter.fillRect(line, QColor(tokens.accent))
                if focused:
                    painter.setPen(QPen(QColor(tokens.accent), 2))
                    painter.drawRoundedRect(QRectF(box.left() + 1, box.top() + 4, width + 10, box.height() - 12), 6, 6)


class ManyTabs(Tabs):
    """More tabs than a row holds: they go on in a second row rather than make the window wider."""

    def __init__(self, name: str, title: str, items: Sequence[tuple[str, str]]) -> None:
        super().__init__(name, title, items)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(metrics.FORM_ROW)

    def boxes(self) -> list[tuple[str, str, QRectF]]:
        """In reading order; a row is as high as that of `Tabs`, later ones stand a little closer."""
        left, top, found = 0.0, 0.0, []
        for key, title in self._items:
            width = self.item_width(key, title)
            if left and left + width > self.width():
                left, top = 0.0, top + metrics.FORM_ROW - _CLOSER
            found.append((key, title, QRectF(left, top, width, metrics.FORM_ROW)))
            left += width
        return found

    def sizeHint(self) -> QSize:
        """Asks for no more than the widest word."""
        return QSize(round(max(self.item_width(*item) for item in self._items)), self.height())

    minimumSizeHint = sizeHint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many rows as are needed now."""
        super().resizeEvent(event)
        self.setFixedHeight(round(self.boxes()[-1][2].bottom()))
