"""The grid of the sheet: one field walks from cell to cell; under a row stands what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from covidstation.domain.line_list import CELL_LIMIT, Cell, paste_rows
from covidstation.i18n import _
from covidstation.ui.line_list.model import CELLS, Index, SheetModel
from covidstation.ui.line_list.words import TITLES, WIDTHS
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.edits import LineEdit, set_state
from covidstation.ui.parts.labels import line_rect

NUMBER_WIDTH: Final = 56
SENTENCE: Final = 22  # what a row grows by when there is something to say
PAD: Final = 8
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_STATES: Final = {"error": "error", "warning": "warn", "": ""}


class CellEdit(LineEdit):
    """The field over the current cell. `walk(right, down)` on the keys that leave it, `onward` on Enter, `pasted(text)`
    for a table."""

    walk = Signal(int, int)
    onward = Signal()
    pasted = Signal(str)
    escaped = Signal()
    drop_row = Signal()
    same_as_above = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("cell", _("Ô"), limit=CELL_LIMIT, parent=parent)
        self.setFont(font("body"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Tab go on, Up and Down change the row, Ctrl+V takes a table, Ctrl+Del drops the row,
        Ctrl+D repeats the cell above."""
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Paste) and self._paste():
            return
        if control and key == Qt.Key.Key_Delete:
            self.drop_row.emit()
        elif control and key == Qt.Key.Key_D:
            self.same_as_above.emit()
        elif control and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()  # saves
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.walk.emit(-1, 0) if shift else self.onward.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.walk.emit(0, -1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab walks too."""
        self.walk.emit(1 if forward else -1, 0)
        return True

    def _paste(self) -> bool:
        text = QGuiApplication.clipboard().text()
        table = "\t" in text or "\n" in text.strip()
        if table:
            self.pasted.emit(text)
        return table


class _Paint(QStyledItemDelegate):
    """Number, words, and the muted default of an empty cell; a bad cell on its soft ground."""

    def __init__(self, grid: SheetGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """32 high."""
        return QSize(40, metrics.TABLE_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        grid, tokens = self._grid, tokens_of(self._grid)
        at, column, model = index.row(), index.column(), self._grid.sheet
        rect: QRect = option.rect
        current = at == grid.at()[0]
        level = model.level_of(at, CELLS[column - 1]) if column else ""
        _words, worst = model.sentence_of(at)
        ground = tokens.accent_soft if current else tokens.base
        painter.fillRect(rect, QColor(ground))
        upper = QRect(rect.left(), rect.top(), rect.width(), metrics.TABLE_ROW)
        if level:
            soft = tokens.danger_soft if level == "error" else tokens.warn_soft
            painter.fillRect(upper.adjusted(1, 2, -1, -2), QColor(soft))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line))
        if column == 0 and (current or worst == "error"):
            bar = tokens.danger_line if worst == "error" else tokens.accent
            painter.fillRect(QRect(rect.left(), rect.top(), metrics.BAR, rect.height()), QColor(bar))
        words = str(index.data() or "")
        filled = not model.row_at(at).empty
        ink = tokens.danger if level == "error" else tokens.text
        if column == 0 or not words:
            ink = tokens.muted
        if column and not words and filled:
            words = grid.defaults.get(CELLS[column - 1], "")
        painter.setFont(font("hint" if column == 0 else "name" if column == 1 else "body"))
        painter.setPen(QColor(ink))
        box = QRectF(upper).adjusted(metrics.MARGIN if column == 0 else PAD, 0, -PAD, 0)
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(line_rect(box), _LEFT, shown)


class _Head(QHeaderView):
    """Muted titles over the columns."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self.setFixedHeight(metrics.TABLE_ROW)
        self.setMinimumSectionSize(40)
        self.setSectionsClickable(False)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One head."""
        tokens = tokens_of(self)
        painter.fillRect(rect, QColor(tokens.base))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line))
        painter.setFont(font("hint"))
        painter.setPen(QColor(tokens.muted))
        words = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        painter.drawText(line_rect(QRectF(rect).adjusted(PAD, 0, -PAD, 0)), _LEFT, words)


class SheetGrid(QTableView):
    """`moved(row)` as the field goes to another row; `escaped()` on Esc; `full()` when a paste found no room."""

    moved = Signal(int)
    escaped = Signal()
    full = Signal()

    def __init__(self, sheet: SheetModel) -> None:
        super().__init__()
        self.setObjectName("line_list_grid")
        self.setAccessibleName(_("Bảng nhập danh sách"))
        self.sheet = sheet
        self.defaults: Mapping[Cell, str] = {}
        self._at = (0, 0)
        self.setModel(sheet)
        self.setHorizontalHeader(_Head(self))
        self.setItemDelegate(_Paint(self))
        self._dress()
        self.field = CellEdit(self.viewport())
        self.setFocusProxy(self.field)
        self._connect()
        self._place = QTimer(self, interval=0, singleShot=True)
        self._place.timeout.connect(self._place_field)

    def at(self) -> tuple[int, int]:
        """Row and cell (0 = the name) of the field."""
        return self._at

    def go_to(self, row: int, cell: int = 0) -> None:
        """Leave the cell and put the field over another one."""
        self.leave_cell()
        before = self._at[0]
        self._at = (max(0, min(row, self.sheet.rowCount() - 1)), max(0, min(cell, len(CELLS) - 1)))
        self._show_cell()
        if self._at[0] != before:
            self.moved.emit(self._at[0])

    def leave_cell(self) -> None:
        """What was typed into the field is taken, tidy; a field that nobody touched says nothing."""
        row, cell = self._at
        if self.field.isModified():
            self.sheet.set_text(row, CELLS[cell], self.field.text(), tidy=True)
        self.field.setModified(False)

    def show_rows(self) -> None:
        """The rows were replaced: begin anew at the first empty one."""
        self._at = (self.sheet.next_empty(), 0)
        self._show_cell()
        self.moved.emit(self._at[0])

    def fit_rows(self) -> None:
        """Rows with something to say are higher."""
        for at in range(self.sheet.rowCount()):
            wanted = metrics.TABLE_ROW + (SENTENCE if self.sheet.sentence_of(at)[0] else 0)
            if self.rowHeight(at) != wanted:
                self.setRowHeight(at, wanted)
        self.updateGeometries()  # Qt would wait a turn, and scroll to where the row was
        self.viewport().update()
        self._place.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells, then each sentence across the whole row."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        tokens = tokens_of(self)
        painter.setFont(font("hint"))
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        for at in range(first, (last if last >= 0 else self.sheet.rowCount() - 1) + 1):
            words, level = self.sheet.sentence_of(at)
            if not words:
                continue
            painter.setPen(QColor(tokens.danger if level == "error" else tokens.warn))
            top = self.rowViewportPosition(at) + metrics.TABLE_ROW - 4
            box = QRectF(NUMBER_WIDTH + PAD, top, self.viewport().width() - NUMBER_WIDTH - 2 * PAD, SENTENCE)
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(line_rect(box), _LEFT, shown)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click puts the field there."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.go_to(index.row(), max(index.column() - 1, 0))
            self.field.setFocus(Qt.FocusReason.MouseFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The field stays over its cell."""
        super().resizeEvent(event)
        self._place.start()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """And when the rows scroll."""
        super().scrollContentsBy(dx, dy)
        self._place_field()

    def _connect(self) -> None:
        self.field.textEdited.connect(self._typed)
        self.field.walk.connect(self._walk)
        self.field.onward.connect(self._onward)
        self.field.pasted.connect(self.paste)
        self.field.escaped.connect(self.escaped)
        self.field.drop_row.connect(self.drop_row)
        self.field.same_as_above.connect(self._repeat)
        self.sheet.dataChanged.connect(lambda _first, _last: self.fit_rows())
        self.sheet.modelReset.connect(self.fit_rows)

    def paste(self, text: str) -> None:
        """A table from a spreadsheet, from the row of the field on; rows that hold something are not overwritten."""
        rows = [self.sheet.tidied(row) for row in paste_rows(text)]
        here = self._at[0]
        begin = here if self.sheet.row_at(here).empty and here >= len(self.sheet.rows()) else len(self.sheet.rows())
        self.field.setModified(False)
        if rows and self.sheet.put(begin, rows) < len(rows):
            self.full.emit()
        self._at = (begin, 0)
        self._show_cell()
        self.moved.emit(begin)

    def drop_row(self) -> None:
        """Take the row of the field out."""
        self.field.setModified(False)
        self.sheet.drop(self._at[0])
        self._show_cell()
        self.moved.emit(self._at[0])

    def _typed(self, text: str) -> None:
        row, cell = self._at
        self.sheet.set_text(row, CELLS[cell], text)

    def _repeat(self) -> None:
        """The words of the cell above: a household or a hamlet goes on for many rows."""
        row, cell = self._at
        words = self.sheet.row_at(row - 1).cells.get(CELLS[cell], "") if row else ""
        if words:
            self.sheet.set_text(row, CELLS[cell], words)
            self.field.setModified(False)
            self._walk(1, 0)

    def _walk(self, right: int, down: int) -> None:
        """To the next cell; after the last cell of a row to the first of the next one."""
        row, cell = self._at
        if down:
            self.go_to(row + down, cell)
            return
        step = row * len(CELLS) + cell + right
        self.go_to(step // len(CELLS), step % len(CELLS)) if step >= 0 else self.escaped.emit()

    def _onward(self) -> None:
        """Enter after the result begins the next row: the kit is mostly that of the head. Tab goes to it."""
        row, cell = self._at
        if CELLS[cell] is Cell.RESULT:
            self.go_to(row + 1, 0)
        else:
            self._walk(1, 0)

    def _show_cell(self) -> None:
        row, cell = self._at
        self.scrollTo(self.sheet.index(row, cell + 1))
        self.field.set_value(self.sheet.row_at(row).cells.get(CELLS[cell], ""))
        self.field.setModified(False)
        self.field.selectAll()
        title = _("{column}, dòng {row}").format(column=_(TITLES[CELLS[cell]]), row=row + 1)
        self.field.setAccessibleName(title)
        self._place_field()
        self.viewport().update()

    def _place_field(self) -> None:
        row, cell = self._at
        box = self.visualRect(self.sheet.index(row, cell + 1))
        self.field.setGeometry(box.left(), box.top(), box.width(), metrics.TABLE_ROW)
        set_state(self.field, _STATES[self.sheet.level_of(row, CELLS[cell])])
        self.field.setPlaceholderText(self.defaults.get(CELLS[cell], ""))

    def _dress(self) -> None:
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(metrics.TABLE_ROW)
        self.verticalHeader().setDefaultSectionSize(metrics.TABLE_ROW)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrap(False)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(0, NUMBER_WIDTH)
        for at, cell in enumerate(CELLS, start=1):
            self.setColumnWidth(at, WIDTHS[cell])
        head.setSectionResizeMode(CELLS.index(Cell.SYMPTOMS) + 1, QHeaderView.ResizeMode.Stretch)
