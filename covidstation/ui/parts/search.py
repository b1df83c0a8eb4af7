"""The search field of the top bar and its two-line results with the matched letters marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from covidstation.domain.vaccination.dcc.reading import MOST_SIGNS, looks_like_certificate
from covidstation.i18n import _
from covidstation.ui.look.fonts import Role, font
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Tone
from covidstation.ui.parts.chips import chip_width, paint_chip
from covidstation.ui.parts.labels import ElidedLabel, Line, label
from covidstation.ui.parts.popup import ITEM, Index, ListPopup, PopupLineEdit, paint_row_ground

_ROW = 52
_ASK_AFTER_MS = 40


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One found person: `marks` and `second_marks` are positions of the matched letters in the two lines."""

    key: Any
    text: str
    second: str = ""
    marks: frozenset[int] = frozenset()
    second_marks: frozenset[int] = frozenset()
    chip: str = ""
    tone: Tone = "plain"


def paint_marked(
    painter: QPainter,
    rect: QRectF,
    text: str,
    marks: frozenset[int],
    *,
    plain: Role,
    marked: Role,
    ink: QColor,
    underline: QColor,
) -> None:
    """One line with some letters stronger and underlined in the accent; cut at the right edge."""
    left = rect.left()
    at = 0
    while at < len(text) and left < rect.right():
        hit = at in marks
        end = at + 1
        while end < len(text) and (end in marks) == hit:
            end += 1
        piece = text[at:end]
        used = font(marked if hit else plain)
        width = QFontMetricsF(used).horizontalAdvance(piece)
        painter.setFont(used)
        painter.setPen(ink)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(QRectF(left, rect.top(), rect.right() - left, rect.height()), flags, piece)
        if hit:
            painter.fillRect(QRectF(left, rect.bottom() - 1, width, 2), underline)
        left += width
        at = end


class ResultDelegate(QStyledItemDelegate):
    """52-px rows: name, then year, hamlet and household; the state's chip at the right."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """52 high."""
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Two lines and the chip."""
        item: SearchResult = index.data(ITEM)
        tokens = tokens_of(self._view)
        paint_row_ground(painter, option, self._view)
        box = QRectF(option.rect).adjusted(14, 0, -14, 0)
        if item.chip:
            width = chip_width(item.chip, item.tone)
            place = QRectF(box.right() - width, box.center().y() - 11, width, 22)
            paint_chip(painter, place, item.chip, item.tone, tokens)
            box.setRight(place.left() - 12)
        accent = QColor(tokens.accent)
        whole: Role = "name" if not item.marks else "body"
        first = QRectF(box.left(), box.top() + 6, box.width(), 20)
        paint_marked(
            painter,
            first,
            item.text,
            item.marks,
            plain=whole,
            marked="name",
            ink=QColor(tokens.text),
            underline=accent,
        )
        second = QRectF(box.left(), box.top() + 28, box.width(), 17)
        paint_marked(
            painter,
            second,
            item.second,
            item.second_marks,
            plain="hint",
            marked="hint_strong",
            ink=QColor(tokens.muted),
            underline=accent,
        )


class SearchField(PopupLineEdit):
    """Search while typing.

    `asked(text)` fires 40 ms after the last key; answer with `show_results(text, results, note)`: an answer to an
    older text is dropped. `chosen(result)` on Enter or click; `acted(result)` on F2 (new F0 for that person);
    `pasted(text)` when more than one letter came at once (a pasted card).
    """

    asked = Signal(str)
    chosen = Signal(object)
    acted = Signal(object)
    pasted = Signal(str)

    def __init__(self, name: str, title: str, *, hint: str, width: int = 520, keys_line: str = "") -> None:
        super().__init__(name, title, width=width, hint=hint, limit=MOST_SIGNS)
        self.setTextMargins(25, 0, 52, 0)
        self._last = ""
        self._popup = ListPopup(self, width=560, rows=8, delegate=None)
        self._popup.setObjectName("search_popup")
        self._popup.view.setItemDelegate(ResultDelegate(self._popup.view))
        self._popup.picked.connect(self._choose)
        self._found = label("", "key", "muted")
        self._note = label("", "key", "muted")
        self._popup.column.insertWidget(0, self._head())
        self._keys_line = ElidedLabel(
            keys_line or _("Enter mở   ·   F2 thêm F0 mới cho người đang chọn   ·   Esc đóng"), "key", "muted"
        )
        self._keys_line.setContentsMargins(14, 0, 14, 0)
        self._keys_line.setFixedHeight(30)
        self._popup.column.addWidget(Line())
        self._popup.column.addWidget(self._keys_line)
        self._wait = QTimer(self, interval=_ASK_AFTER_MS, singleShot=True)
        self._wait.timeout.connect(lambda: self.asked.emit(self.value()))
        self.textEdited.connect(self._edited)

    def show_results(self, text: str, results: Sequence[SearchResult], *, found: str = "", note: str = "") -> None:
        """Show what was found for `text`; `found` ("5 người khớp") and `note` stand above the rows."""
        if text != self.value() or not self.hasFocus():
            return
        self._found.setText(found or (_("Không có ai khớp") if not results else ""))
        self._note.setText(note)
        self._popup.view.setVisible(bool(results))
        self._popup.show_items(results)
        if not results and text:
            self._popup.place()

    def close_results(self) -> None:
        """Close the list and empty the field."""
        self._popup.hide()
        self._wait.stop()
        self._last = ""
        self.clear()

    def results_open(self) -> bool:
        """Whether the list is open."""
        return self._popup.isVisible()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Enter, F2, Esc belong to the list while it is open."""
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._popup.step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._popup.current())
        elif key == Qt.Key.Key_F2 and self._popup.current() is not None:
            found = self._popup.current()
            self.close_results()
            self.acted.emit(found)
        elif key == Qt.Key.Key_Escape:
            self.close_results()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Close the list, keep the words."""
        super().focusOutEvent(event)
        self._popup.hide()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Ask again for words that are still there."""
        super().focusInEvent(event)
        self.selectAll()
        if self.value():
            self._wait.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, its glass, its key."""
        super().paintEvent(event)
        tokens = tokens_of(self)
        painter = QPainter(self)
        paint_icon(painter, 8, (self.height() - 16) / 2, "search", 16, tokens.muted)
        painter.setFont(font("key"))
        painter.setPen(QColor(tokens.muted))
        place = self.rect().adjusted(0, 0, -13, 0)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), "Ctrl+K")

    def _head(self) -> QWidget:
        holder = QWidget()
        holder.setFixedHeight(28)
        row = QHBoxLayout(holder)
        row.setContentsMargins(14, 0, 14, 0)
        row.addWidget(self._found, 1)
        row.addWidget(self._note)
        return holder

    def _edited(self, text: str) -> None:
        grown, self._last = len(text) - len(self._last), text
        if grown > 8 and ("|" in text or looks_like_certificate(text)):
            self.pasted.emit(text)
        if not self.value():
            self._popup.hide()
            self._wait.stop()
            return
        self._wait.start()

    def _choose(self, result: SearchResult | None) -> None:
        if result is not None:
            self.close_results()
            self.chosen.emit(result)
