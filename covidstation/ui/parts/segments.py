"""A few ways to look at one list, side by side with their counts; a page's tabs in a row, or many under one another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

from covidstation.domain.text import fold
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.palette import tokens_of

_SIDE_GAP, _SIDE_END = 8, 12
_SIDE_STEP, _SIDE_LEAST = 30, 26  # rows seldom move: only where a banner stands on the smallest screen
_VCENTER = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class _Choice(QRadioButton):
    """One of them as a screen reader hears it and presses it; seen, clicked and typed on is the row that holds it."""

    def __init__(self, name: str, row: QWidget) -> None:
        super().__init__(row)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Painted by the row."""


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
        self._choices = {key: _Choice(f"{name}_{key}", self) for key, _title in items}
        for key, choice in self._choices.items():
            choice.toggled.connect(partial(self._heard, key))
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

    def _heard(self, key: str, on: bool) -> None:
        if on:
            self._take(key)

    def _take(self, key: str) -> None:
        if key != self._current:
            self.set_value(key)
            self.chosen.emit(key)

    def _say(self) -> None:
        current = dict(self._items)[self._current]
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(current)
        for key, title in self._items:
            count = f" {self._counts[key]}" if key in self._counts else ""
            self._choices[key].setAccessibleName(title + count)
            self._choices[key].setChecked(key == self._current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is heard stands where it is seen."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        for key, _title, box in self.boxes():
            self._choices[key].setGeometry(box.toRect())


class Segments(_Choosing):
    """A bordered row of filters: `Segments("filter", "Lọc", [("home", "Đang theo dõi"), …])`, `set_count(key, n)`."""

    def set_count(self, key: str, count: int) -> None:
        """The number after the words."""
        self._counts[key] = count
        self._say()
        self._place()
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


class SideTabs(_Choosing):
    """Many sections one under another, `None` between two groups of them. Up, down, Home, End and first letters
    choose; `entered` when Enter or Right asks to go into what is beside. They stand closer where there is less room."""

    entered = Signal()

    def __init__(self, name: str, title: str, items: Sequence[tuple[str, str] | None]) -> None:
        self._gaps = {items[at + 1] for at, item in enumerate(items[:-1]) if item is None}
        super().__init__(name, title, [item for item in items if item is not None])
        self.setProperty("ring", False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        self._under = ""

    def boxes(self) -> list[tuple[str, str, QRectF]]:
        """From the top down."""
        close = self.height() < self._high(_SIDE_STEP, _SIDE_GAP)
        step, gap = (_SIDE_LEAST, _SIDE_GAP // 2) if close else (_SIDE_STEP, _SIDE_GAP)
        top, found = float(gap), []
        for key, title in self._items:
            top += gap if (key, title) in self._gaps else 0
            found.append((key, title, QRectF(0, top, self.width(), step)))
            top += step
        return found

    def _high(self, step: int, gap: int) -> int:
        return len(self._items) * step + (len(self._gaps) + 1) * gap

    def sizeHint(self) -> QSize:
        """As wide as the widest, as high as all."""
        widest = max(self.item_width(*item) for item in self._items)
        return QSize(round(widest) + metrics.MARGIN + _SIDE_END, self._high(_SIDE_STEP, _SIDE_GAP))

    def minimumSizeHint(self) -> QSize:
        """Closer together."""
        return QSize(self.sizeHint().width(), self._high(_SIDE_LEAST, _SIDE_GAP // 2))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End, letters, and the way into the section; the rest as in a row."""
        keys = [key for key, _title in self._items]
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._take(keys[0 if event.key() == Qt.Key.Key_Home else -1])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right):
            self.entered.emit()
        elif event.text().isalpha() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            self._jump(fold(event.text()))
        elif event.key() != Qt.Key.Key_Left:
            super().keyPressEvent(event)

    def _jump(self, letter: str) -> None:
        keys = [key for key, _title in self._items]
        at = keys.index(self._current) + 1
        turned = (*self._items[at:], *self._items[:at])
        self._take(next((key for key, title in turned if fold(title).startswith(letter)), self._current))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """What the pointer is on."""
        self._hover(next((key for key, _title, box in self.boxes() if box.contains(event.position())), ""))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing."""
        super().leaveEvent(event)
        self._hover("")

    def _hover(self, key: str) -> None:
        if key != self._under:
            self._under = key
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The current one on accentSoft with the bar, a frame round it when the keyboard is here."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for key, title, box in self.boxes():
            current = key == self._current
            if current or key == self._under:
                painter.fillRect(box, QColor(tokens.accent_soft if current else tokens.hover))
            if current:
                painter.fillRect(QRectF(0, box.top(), metrics.BAR, box.height()), QColor(tokens.accent))
            painter.setFont(font("name" if current else "body"))
            painter.setPen(QColor(tokens.text if current else tokens.muted))
            painter.drawText(box.adjusted(metrics.MARGIN, 0, 0, 0), _VCENTER, title)
            if current and self.hasFocus():
                painter.setPen(QPen(QColor(tokens.accent), 2))
                painter.drawRoundedRect(box.adjusted(metrics.BAR + 3, 2, -2, -2), 6, 6)
