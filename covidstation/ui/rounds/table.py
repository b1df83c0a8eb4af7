"""The rows of a round on the screen: heights, spans, and the live lines under whoever needs one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from covidstation.i18n import _
from covidstation.services.care.rounds import RoundList
from covidstation.ui.look import metrics
from covidstation.ui.rounds.below import HEIGHT, BelowLine
from covidstation.ui.rounds.delegate import WIDTHS, RoundDelegate, RoundHead, alarming
from covidstation.ui.rounds.entry import Col, Entry
from covidstation.ui.rounds.model import Below, Group, RoundModel


class RoundTable(QTableView):
    """Shows a round. `why`, `answer`, `transfer` name the Entry whose line was pressed."""

    why = Signal(object)
    answer = Signal(object)
    transfer = Signal(object)

    def __init__(self, words: Callable[[Entry, Col], str], now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setObjectName("round_grid")
        self.setAccessibleName(_("Bảng theo dõi"))
        self._now = now
        self.model_ = RoundModel(wants_line, words, self)
        self.setModel(self.model_)
        self.setHorizontalHeader(RoundHead(self))
        self._delegate = RoundDelegate(self, words, lambda entry: self.entry() is entry)
        self.setItemDelegate(self._delegate)
        self._dress()

    def entry(self) -> Entry | None:
        """The person in whose row the hand is."""
        return None

    def grey(self) -> None:
        """Empty cells wait for nobody: they stand on grey ground."""
        self._delegate.grey = True
        self.viewport().update()

    def place_hand(self) -> None:
        """Rows have moved: whatever stands over a cell moves along."""

    def show_rows(self, found: RoundList, drafts: Mapping[UUID, Mapping[str, Any]]) -> None:
        """Replace all rows."""
        self.clearSpans()
        self.model_.show_round(found, drafts)
        for at, row in enumerate(self.model_.rows):
            self._dress_row(at, row)
        self._make_lines()

    def renew_lines(self) -> None:
        """Tell anew how long each danger has waited."""
        for at, row in enumerate(self.model_.rows):
            index = self.model_.index(at, 0)
            if isinstance(row, Below) and self.indexWidget(index) is not None:
                self._put_line(index, row.entry)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More rows come into sight."""
        super().resizeEvent(event)
        self._make_lines()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Others come into sight."""
        super().scrollContentsBy(dx, dy)
        self._make_lines()

    def renew(self, entry: Entry) -> None:
        """The row, its line and the heads as they are now."""
        there = self.model_.put_line(entry)
        self.model_.touch(entry)
        if there is not None:
            self._dress_row(there, self.model_.rows[there])
            self._put_line(self.model_.index(there, 0), entry)
        self._make_lines()
        self.place_hand()

    def repaint_row(self, entry: Entry) -> None:
        """Only the person's row, as the hand comes and goes."""
        row = self.model_.row_of(entry)
        self.model_.dataChanged.emit(self.model_.index(row, 0), self.model_.index(row, Col.NOTE))

    def _dress_row(self, at: int, row: object) -> None:
        if isinstance(row, Entry):
            self._set_height(at, metrics.TABLE_ROW)
            return
        self.setSpan(at, 0, 1, len(Col))
        self._set_height(at, metrics.GROUP_ROW if isinstance(row, Group) else HEIGHT)

    def _make_lines(self) -> None:
        """The lines in sight: a widget each, which is too much work for all of a peak's dangers at once."""
        rows = self.model_.rows
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        for at in range(max(first, 0), last + 1 if last >= 0 else len(rows)):
            row, index = rows[at], self.model_.index(at, 0)
            if isinstance(row, Below) and self.indexWidget(index) is None:
                self._put_line(index, row.entry)

    def _set_height(self, at: int, height: int) -> None:
        """Only where it differs: each change costs the view a look at all its rows."""
        if self.rowHeight(at) != height:
            self.setRowHeight(at, height)

    def _put_line(self, index: QModelIndex, entry: Entry) -> None:
        first = next((one for one in self.model_.people() if one.line.open_alerts), None)
        line = BelowLine(entry, self._now(), first=entry is first)
        line.why.connect(self.why)
        line.answer.connect(self.answer)
        line.transfer.connect(self.transfer)
        self.setIndexWidget(index, line)

    def _dress(self) -> None:
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(metrics.TABLE_ROW)
        self.verticalHeader().setMinimumSectionSize(metrics.GROUP_ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its field has the focus
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        head = self.horizontalHeader()
        for column in Col:
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            if column in WIDTHS:
                self.setColumnWidth(column, WIDTHS[column])
        head.setSectionResizeMode(Col.NOTE, QHeaderView.ResizeMode.Stretch)


def wants_line(entry: Entry) -> bool:
    """Whether a sentence stands under that person."""
    return bool(entry.problems) or alarming(entry)
