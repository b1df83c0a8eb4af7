"""Tables: 32-px rows, hairlines, a 3-px bar on the current row; Enter opens, Ctrl+C copies as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Tokens
from covidstation.ui.parts.chips import chip_width, paint_chip
from covidstation.ui.parts.labels import line_rect
from covidstation.ui.parts.records import Cell, Column, Index, RecordModel

PAD = 8
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


def cell_box(rect: QRect, column: int) -> QRectF:
    """A cell's inner rectangle: the first column starts at the page's margin, head and cells alike."""
    return QRectF(rect).adjusted(metrics.MARGIN if column == 0 else PAD, 0, -PAD, 0)


class CellDelegate(QStyledItemDelegate):
    """Paints the `Cell` of each column; `bad(record)` turns a row's ground and bar to danger."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view

    def bad(self, _record: Any) -> bool:
        """Whether the whole row stands for a danger; override where rows can."""
        return False

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """32 high."""
        return QSize(40, metrics.TABLE_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, hairline, bar, then the cell."""
        tokens = tokens_of(self._view)
        rect = option.rect
        model, row, column = self._view.model(), index.row(), index.column()
        if not isinstance(model, RecordModel):
            return
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        bad = self.bad(model.record(row))
        ground = tokens.danger_soft if bad else tokens.accent_soft if current else tokens.base
        painter.fillRect(rect, QColor(ground))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line))
        if column == 0 and (current or bad):
            bar = QColor(tokens.danger_line if bad else tokens.accent)
            painter.fillRect(QRect(rect.left(), rect.top(), metrics.BAR, rect.height()), bar)
        cell = model.cell(row, column)
        if cell is not None:
            right = model.columns[column].align == "right"
            self.paint_cell(painter, cell_box(rect, column), cell, tokens, right=right)

    def paint_cell(self, painter: QPainter, box: QRectF, cell: Cell, tokens: Tokens, *, right: bool) -> None:
        """Chip, isolation days, or icon and words."""
        if cell.chip is not None:
            width = min(chip_width(cell.text, cell.chip), box.width())
            paint_chip(painter, QRectF(box.left(), box.center().y() - 11, width, 22), cell.text, cell.chip, tokens)
        elif cell.days is not None:
            paint_days(painter, box, *cell.days, tokens)
        else:
            _paint_words(painter, box, cell, tokens, right=right)


def _paint_words(painter: QPainter, box: QRectF, cell: Cell, tokens: Tokens, *, right: bool) -> None:
    if not cell.text:
        return
    colour = QColor(tokens.ink(cell.ink))
    painter.setFont(font(cell.role))
    words = painter.fontMetrics().elidedText(cell.text, Qt.TextElideMode.ElideRight, int(box.width()))
    width = painter.fontMetrics().horizontalAdvance(words)
    if cell.icon:
        at = box.right() - width - 22 if right else box.left()
        paint_icon(painter, at, box.center().y() - 8, cell.icon, 16, colour)
        box = box if right else box.adjusted(24, 0, 0, 0)
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.setPen(colour)
    painter.drawText(line_rect(box), _RIGHT if right else _LEFT, words)
    if cell.small and not right:
        painter.setFont(font("hint"))
        painter.setPen(QColor(tokens.muted))
        painter.drawText(line_rect(box.adjusted(width + 8, 0, 0, 0)), _LEFT, cell.small)


def paint_days(painter: QPainter, box: QRectF, day: int, total: int, tokens: Tokens) -> None:
    """Isolation: "5 / 7" with the day in SemiBold, and a 4 × 6 block a day; the number is the message."""
    painter.setFont(font("name"))
    painter.setPen(QColor(tokens.text))
    number = QRectF(box.left(), box.top(), 24, box.height())
    painter.drawText(line_rect(number), _RIGHT, f"{day}")
    painter.setFont(font("hint"))
    painter.setPen(QColor(tokens.muted))
    painter.drawText(line_rect(QRectF(box.left() + 24, box.top(), 36, box.height())), _LEFT, f"\u00a0/\u00a0{total}")
    left = box.left() + 62
    for at in range(min(total, 21)):
        if left + 4 > box.right():
            return
        done = QColor(tokens.accent if at < day else tokens.line)
        painter.fillRect(QRectF(left, box.center().y() - 3, 4, 6), done)
        left += 6


class Head(QHeaderView):
    """The column heads: muted 9.75 pt, the sorted one with its arrow; paddings as the cells."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setFixedHeight(metrics.TABLE_ROW)
        self.setMinimumSectionSize(40)
        self.sorted_column, self.descending = -1, False

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One head."""
        tokens = tokens_of(self)
        painter.fillRect(rect, QColor(tokens.base))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line))
        columns: tuple[Column[Any], ...] = getattr(self.model(), "columns", ())
        if section >= len(columns):
            return
        column = columns[section]
        box = cell_box(rect, section)
        painter.setFont(font("hint"))
        painter.setPen(QColor(tokens.muted))
        painter.drawText(line_rect(box), _RIGHT if column.align == "right" else _LEFT, column.title)
        if section == self.sorted_column:
            width = painter.fontMetrics().horizontalAdvance(column.title)
            at = box.right() - width - 18 if column.align == "right" else box.left() + width + 6
            name = "sort-down" if self.descending else "sort-up"
            paint_icon(painter, at, box.center().y() - 6, name, 12, tokens.muted)


class Table(QTableView):
    """A table over a RecordModel, which it owns from then on.

    `opened(record)` on Enter or double click; `current_changed(record)` as the bar moves; `sort_asked(key, descending)`
    on a click on a head that can sort (answer with a new `load` and nothing else: the arrow is drawn already).
    """

    opened = Signal(object)
    current_changed = Signal(object)
    sort_asked = Signal(str, bool)

    def __init__(self, name: str, title: str, model: RecordModel[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._model = model
        model.setParent(self)  # so that it never goes before the view that still asks it
        self._head = Head(self)
        self.setHorizontalHeader(self._head)
        self.setModel(model)
        self._dress()
        for at, column in enumerate(model.columns):
            mode = QHeaderView.ResizeMode.Interactive if column.width else QHeaderView.ResizeMode.Stretch
            self._head.setSectionResizeMode(at, mode)
            if column.width:
                self.setColumnWidth(at, column.width)
        self._head.sectionClicked.connect(self._sort)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self.selectionModel().currentRowChanged.connect(self._moved)
        model.loaded.connect(self._settle)

    def show_sorted(self, key: str, *, descending: bool = False) -> None:
        """Draw the arrow on the column with that sort key."""
        keys = [column.sort for column in self._model.columns]
        self._head.sorted_column = keys.index(key) if key in keys else -1
        self._head.descending = descending
        self._head.viewport().update()

    def current_record(self) -> Any:
        """The record under the bar, or None."""
        row = self.currentIndex().row()
        return self._model.record(row) if row >= 0 else None

    def copy_text(self) -> str:
        """The chosen rows with their heads, tab-separated, as a spreadsheet takes them."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        lines = ["\t".join(column.title for column in self._model.columns)]
        for row in rows:
            record = self._model.record(row)
            if record is not None:
                cells = (column.cell(record).spoken() for column in self._model.columns)
                lines.append("\t".join(" ".join(words.split()) for words in cells))
        return "\n".join(lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl+C copies; letters never jump about (no type-ahead over lazy rows)."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copy_text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open(self.currentIndex().row())
        elif event.text().isprintable() and event.text() and not event.modifiers() & _COMMANDS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _dress(self) -> None:
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(CellDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(metrics.TABLE_ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)

    def _settle(self, count: int) -> None:
        """A fresh list has its first row current, so that the keyboard has somewhere to start."""
        if count and not self.currentIndex().isValid():
            self.setCurrentIndex(self._model.index(0, 0))

    def _sort(self, section: int) -> None:
        key = self._model.columns[section].sort
        if key:
            down = section == self._head.sorted_column and not self._head.descending
            self.show_sorted(key, descending=down)
            self.sort_asked.emit(key, down)

    def _open(self, row: int) -> None:
        record = self._model.record(row) if row >= 0 else None
        if record is not None:
            self.opened.emit(record)

    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.current_changed.emit(self._model.record(current.row()) if current.isValid() else None)


_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
