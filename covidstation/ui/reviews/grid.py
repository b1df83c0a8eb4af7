"""One door's sheet as a grid: a line a person, a box a question. Space ticks, Enter goes to the next person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyleOptionViewItem, QTableView, QWidget

from covidstation.db.queries.door_sheets import DoorMember
from covidstation.domain.reviews import Question
from covidstation.i18n import _
from covidstation.ui.case_words import age_words
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.records import Cell, Column, Index, RecordModel
from covidstation.ui.parts.table import CellDelegate, Table
from covidstation.ui.tasks import TaskRunner

HEAD: Final = 52
BOX: Final = 18
NAME_WIDTH, AGE_WIDTH, TICK_WIDTH = 210, 76, 78
FIRST: Final = 2  # the first column of a question


class TickHead(QHeaderView):
    """Heads of several lines: a question's short words wrap."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self.setFixedHeight(HEAD)
        self.setSectionsClickable(False)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One head; that of the current column in full ink."""
        tokens, view = tokens_of(self), self.parent()
        here = isinstance(view, QTableView) and view.currentIndex().column() == section >= FIRST
        painter.fillRect(rect, QColor(tokens.base))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line))
        painter.setFont(font("hint_strong" if here else "hint"))
        painter.setPen(QColor(tokens.text if here else tokens.muted))
        side = Qt.AlignmentFlag.AlignHCenter if section >= FIRST else Qt.AlignmentFlag.AlignLeft
        left = metrics.MARGIN if section == 0 else 3
        flags = int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
        words = self.model().headerData(section, Qt.Orientation.Horizontal)
        painter.drawText(QRectF(rect).adjusted(left, 0, -3, -2), flags, str(words))


class TickDelegate(CellDelegate):
    """A box in each cell of a question, with a ring around the one that the keyboard is at."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The name as in every table; a box else."""
        super().paint(painter, option, index)
        model = self._view.model()
        if index.column() < FIRST or not isinstance(model, RecordModel):
            return
        cell = model.cell(index.row(), index.column())
        tokens, rect = tokens_of(self._view), option.rect
        box = QRectF(rect.center().x() - BOX / 2, rect.center().y() - BOX / 2, BOX, BOX)
        on = cell is not None and bool(cell.text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent_fill if on else tokens.border), 1))
        painter.setBrush(QColor(tokens.accent_fill if on else tokens.base))
        painter.drawRoundedRect(box, 3, 3)
        if on:
            paint_icon(painter, box.left() + 1, box.top() + 1, "check", 16, tokens.on_fill)
        if option.state & QStyle.StateFlag.State_HasFocus and self._view.currentIndex() == index:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(box.adjusted(-4, -4, 4, 4), 5, 5)

    def paint_cell(self, painter: QPainter, box: QRectF, cell: Cell, tokens: object, *, right: bool) -> None:
        """A tick is drawn by `paint`; words as everywhere."""
        if not cell.icon:
            super().paint_cell(painter, box, cell, tokens, right=right)  # type: ignore[arg-type]  # its own Tokens

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """32 high."""
        return QSize(40, metrics.TABLE_ROW)


class TickGrid(Table):
    """`show_members` fills it; `answers()` is what stands; `finished` when Enter leaves the last person."""

    finished = Signal()
    question_changed = Signal(object)  # Question or None

    def __init__(self, tasks: TaskRunner, questions: Sequence[Question], today: date, parent: QWidget) -> None:
        self._questions = tuple(questions)
        self._ticked: dict[UUID, set[str]] = {}
        self.members: tuple[DoorMember, ...] = ()
        self._records: RecordModel[DoorMember] = RecordModel(tasks, self._columns(today), parent)
        super().__init__("door_grid", _("Phiếu của hộ"), self._records, parent)
        self.setHorizontalHeader(TickHead(self))
        self.setItemDelegate(TickDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for at, column in enumerate(self._records.columns):
            self.setColumnWidth(at, column.width)
        self.selectionModel().currentChanged.connect(lambda now, _before: self._moved_to(now.column()))

    def show_members(self, members: Sequence[DoorMember]) -> None:
        """Another door, the keyboard at its first box."""
        self.members = tuple(members)
        self._ticked = {one.id: set(one.ticked) for one in members}
        self._records.set_records(self.members)
        if self.members:
            self.setCurrentIndex(self._records.index(0, FIRST))

    def answers(self) -> Mapping[UUID, frozenset[str]]:
        """Who was answered with yes to what."""
        asked = {one.code for one in self._questions}
        return {person: frozenset(codes & asked) for person, codes in self._ticked.items()}

    def toggle(self, row: int, column: int) -> None:
        """Tick a box, or take the tick away."""
        if row < 0 or row >= len(self.members) or column < FIRST:
            return
        codes, code = self._ticked[self.members[row].id], self._questions[column - FIRST].code
        codes.symmetric_difference_update({code})
        index = self._records.index(row, column)
        self._records.dataChanged.emit(index, index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks and stays; Enter goes to the next person's first box, after the last one it is done."""
        row, column = self.currentIndex().row(), self.currentIndex().column()
        if event.key() == Qt.Key.Key_Space:
            self.toggle(row, column)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if row + 1 < len(self.members):
                self.setCurrentIndex(self._records.index(row + 1, FIRST))
            else:
                self.finished.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a box ticks it."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.toggle(index.row(), index.column())

    def _moved_to(self, column: int) -> None:
        self.horizontalHeader().viewport().update()
        at = column - FIRST
        self.question_changed.emit(self._questions[at] if 0 <= at < len(self._questions) else None)

    def _columns(self, today: date) -> tuple[Column[DoorMember], ...]:
        def age(one: DoorMember) -> Cell:
            return Cell(age_words(one.birth, today) if one.birth else "", ink="muted")

        def name(one: DoorMember) -> Cell:
            return Cell(one.full_name, "name", small=_("chủ hộ") if one.is_head else "")

        return (
            Column("name", _("Họ và tên"), name, NAME_WIDTH),
            Column("age", _("Tuổi"), age, AGE_WIDTH),
            *(Column(one.code, one.short, self._tick(one), TICK_WIDTH) for one in self._questions),
        )

    def _tick(self, question: Question) -> Callable[[DoorMember], Cell]:
        """Words for who hears the screen; the box is drawn."""

        def cell(one: DoorMember) -> Cell:
            on = question.code in self._ticked.get(one.id, ())
            return Cell(_("có") if on else "", icon="check")

        return cell
