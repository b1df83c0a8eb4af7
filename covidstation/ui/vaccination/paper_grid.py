"""The grid of a session that is entered from paper: one field walks over the rows of the printed list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from covidstation.db.queries.vaccine_seats import SeatLine
from covidstation.domain.problems import Problem
from covidstation.domain.vaccination.sessions import Step
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.ui.line_list.grid import CellEdit
from covidstation.ui.look import metrics
from covidstation.ui.parts.edits import set_state
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.table import CellDelegate, Table
from covidstation.ui.tasks import TaskRunner
from covidstation.ui.vaccination.paper_cells import (
    CELLS,
    TITLES,
    WIDTHS,
    PaperCell,
    columns_of,
    kept_of,
    says_all,
    texts_of,
)
from covidstation.ui.vaccination.session_words import STEP_TONES, STEPS

FIRST: Final = 2  # columns before the cells: number, name
_NAME: Final = 168
DEALT: Final = (Step.OBSERVED, Step.LEFT, Step.ENDED)


@dataclass
class GridRow:
    """One person of the list, what is typed for them, and what came of it."""

    line: SeatLine
    texts: dict[PaperCell, str] = field(default_factory=dict)
    kept: dict[PaperCell, str] = field(default_factory=dict)  # what stood there before anybody typed
    problems: tuple[Problem, ...] = ()
    step: Step | None = None  # once it is written
    absent: bool = False
    reaction: bool = False  # there was one, and nobody has written it down yet
    busy: bool = False
    asked: tuple[Problem, ...] = ()  # what was only doubtful, as it was said: once more, and it is written

    @property
    def open(self) -> bool:
        """Whether it can still be typed into."""
        return self.step is None and not self.busy

    @property
    def sits(self) -> bool:
        """Whether the dose stands, and only the hour of leaving can still be written."""
        return self.step is Step.OBSERVED and not self.busy

    def takes(self, cell: PaperCell) -> bool:
        """Whether that cell can be typed into."""
        return self.open or (self.sits and cell is PaperCell.LEFT)

    @property
    def said(self) -> dict[PaperCell, str]:
        """The cells with words."""
        return {cell: words for cell, words in self.texts.items() if words}

    @property
    def changed(self) -> bool:
        """Whether somebody typed into it."""
        return self.said != self.kept

    @property
    def typed(self) -> bool:
        """Whether something stands in it that is not kept."""
        if self.sits:
            return bool(self.texts.get(PaperCell.LEFT))
        return self.open and not self.absent and self.changed

    @property
    def wrong(self) -> bool:
        """Whether it was refused."""
        return (self.step is None or self.sits) and bool(self.problems)

    def outdated(self, line: SeatLine) -> bool:
        """Whether another desk was quicker, and nothing that is typed here would be lost."""
        if self.sits:
            return line.step is Step.LEFT and not self.typed
        return self.open and (line.step in DEALT or (not self.changed and kept_of(line) != self.kept))


def _row(line: SeatLine) -> GridRow:
    """Who was dealt with already stands there with what was written, who waits with the sheet that the desk kept."""
    if line.step in DEALT:
        return GridRow(line, texts_of(line), step=line.step)
    return GridRow(line, kept_of(line), kept_of(line))


class _Paint(CellDelegate):
    def bad(self, record: GridRow | None) -> bool:
        """A row that was refused."""
        return record is not None and record.wrong


class PaperGrid(Table):
    """`finished(row)` when Enter leaves the last cell of a row, `moved` with each cell; `onward` says where it goes."""

    finished = Signal(int)
    moved = Signal(int, object)
    escaped = Signal()

    def __init__(self, tasks: TaskRunner, onward: Callable[[GridRow], Sequence[PaperCell]], parent: QWidget) -> None:
        self.rows: list[GridRow] = []
        self._onward_of = onward
        self._records: RecordModel[GridRow] = RecordModel(tasks, _columns(), parent)
        self._at = (0, 0)
        super().__init__("paper_grid", _("Danh sách nhập từ giấy"), self._records, parent)
        self.setItemDelegate(_Paint(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.field = CellEdit(self.viewport())
        self.setFocusProxy(self.field)
        self._place = QTimer(self, interval=0, singleShot=True)
        self._place.timeout.connect(self._place_field)
        self.field.textEdited.connect(self._typed)
        self.field.onward.connect(self._go_on)
        self.field.walk.connect(self._walk)
        self.field.escaped.connect(self.escaped)
        self.field.same_as_above.connect(self._repeat)

    def show_lines(self, lines: Sequence[SeatLine]) -> None:
        """The list in the order in which it was printed; the first row that is not entered has the keyboard."""
        self.rows = [_row(one) for one in lines]
        self._records.set_records(self.rows)
        self.next_open(-1)

    def renew(self, lines: Sequence[SeatLine]) -> None:
        """The list as it is now: who was added stands below, who was dealt with elsewhere is written; what is typed
        stays."""
        known = {row.line.person_id: row for row in self.rows}
        here = self.rows[self._at[0]].line.person_id if self.rows else None
        rows = []
        for line in lines:
            row = known.get(line.person_id)
            if row is None or row.outdated(line):
                row = _row(line)
            rows.append(row)
        self.rows = rows
        self._records.set_records(rows)
        self.go_to(next((at for at, row in enumerate(rows) if row.line.person_id == here), 0), self.at()[1])

    def row_of(self, person_id: UUID) -> int | None:
        """The row of that person."""
        return next((at for at, row in enumerate(self.rows) if row.line.person_id == person_id), None)

    def half_typed(self) -> dict[str, dict[str, str]]:
        """By person what stands in rows that are not written, and which reactions nobody has written down."""
        found: dict[str, dict[str, str]] = {}
        for row in self.rows:
            open_words = row.said if row.step is None and row.changed else {}
            words = {cell.value: words for cell, words in open_words.items()}
            if row.sits and row.typed:
                words = {PaperCell.LEFT.value: row.texts[PaperCell.LEFT]}
            if row.reaction:
                words |= {PaperCell.REACTION.value: row.texts.get(PaperCell.REACTION, "")}
            if words:
                found[row.line.person_id.hex] = words
        return found

    def put_back(self, raw: Mapping[str, Any]) -> None:
        """The same again, in the rows that are still open."""
        for at, row in enumerate(self.rows):
            words = raw.get(row.line.person_id.hex)
            if not isinstance(words, dict):
                continue
            row.reaction = not row.open and PaperCell.REACTION.value in words
            for cell in PaperCell:
                self.set_text(at, cell, str(words.get(cell.value, "")))
        self.next_open(-1)

    def at(self) -> tuple[int, PaperCell]:
        """Where the field stands."""
        return self._at[0], CELLS[self._at[1]]

    def go_to(self, row: int, cell: PaperCell = PaperCell.COME) -> None:
        """Put the field there."""
        if self.rows:
            self._at = (max(0, min(row, len(self.rows) - 1)), CELLS.index(cell))
            self._show_cell()

    def next_open(self, after: int) -> None:
        """The next row below that waits for its words; from the top again when there is none."""
        order = [*range(after + 1, len(self.rows)), *range(after + 1)]
        waits = (at for at in order if self.rows[at].open and not self.rows[at].absent)
        self.go_to(next((at for at in waits if not self.rows[at].wrong), max(after, 0)))

    def say(self, row: int) -> None:
        """That row stands otherwise now."""
        self._records.dataChanged.emit(
            self._records.index(row, 0), self._records.index(row, len(self._records.columns) - 1)
        )
        self._place.start()

    def set_text(self, row: int, cell: PaperCell, text: str) -> None:
        """Other words in a cell: what was said of the row is not true any more."""
        found = self.rows[row]
        if found.takes(cell) and found.texts.get(cell, "") != text:
            found.texts[cell] = text
            found.problems, found.absent = (), False
            found.asked = found.asked if cell is PaperCell.REASON else ()
            self.say(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click puts the field there."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            column = min(max(index.column() - FIRST, 0), len(CELLS) - 1)
            self.go_to(index.row(), CELLS[column])
            self.field.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The field stays over its cell."""
        super().resizeEvent(event)
        self._place.start()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """And when the rows scroll."""
        super().scrollContentsBy(dx, dy)
        self._place_field()

    def _typed(self, text: str) -> None:
        row, cell = self.at()
        self.set_text(row, cell, text)
        if says_all(cell, text):
            self._go_on()

    def _go_on(self) -> None:
        """Enter: the next cell that this row's paper has; after the last the row is done."""
        row, cell = self.at()
        if self.rows and self.rows[row].sits and cell is PaperCell.LEFT:
            self.finished.emit(row)
            return
        if not self.rows or not self.rows[row].open:
            self.next_open(row)
            return
        order = [one for one in self._onward_of(self.rows[row]) if CELLS.index(one) > self._at[1]]
        if order:
            self.go_to(row, order[0])
        else:
            self.finished.emit(row)

    def _walk(self, right: int, down: int) -> None:
        """Tab and the arrows: every cell, every row."""
        row, at = self._at
        if down:
            self.go_to(row + down, CELLS[at])
            return
        step = max(0, row * len(CELLS) + at + right)
        self.go_to(step // len(CELLS), CELLS[step % len(CELLS)])

    def _repeat(self) -> None:
        """The words of the cell above: one vial goes on for many rows."""
        row, cell = self.at()
        words = self.rows[row - 1].texts.get(cell, "") if row else ""
        if words:
            self.set_text(row, cell, words)
            self._go_on()

    def _show_cell(self) -> None:
        row, cell = self.at()
        index = self._records.index(row, self._at[1] + FIRST)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        found = self.rows[row]
        self.field.set_value(found.texts.get(cell, ""))
        self.field.setReadOnly(not found.takes(cell))
        self.field.selectAll()
        title = _("{column}, {name}").format(column=_(TITLES[cell]), name=found.line.full_name)
        self.field.setAccessibleName(title)
        self._place_field()
        self.moved.emit(row, cell)

    def _place_field(self) -> None:
        if not self.rows:
            self.field.hide()
            return
        row, cell = self.at()
        box = self.visualRect(self._records.index(row, self._at[1] + FIRST))
        self.field.setGeometry(box.left(), box.top(), box.width(), metrics.TABLE_ROW)
        bad = any(columns_of(one) is cell for one in self.rows[row].problems)
        set_state(self.field, "error" if bad else "")
        self.field.setVisible(True)


def _columns() -> tuple[Column[GridRow], ...]:
    def who(row: GridRow) -> Cell:
        return Cell(row.line.full_name, "name", small=str(row.line.birth.year) if row.line.birth else "")

    def cell(one: PaperCell) -> Callable[[GridRow], Cell]:
        def words(row: GridRow) -> Cell:
            bad = any(columns_of(problem) is one for problem in row.problems)
            return Cell(row.texts.get(one, ""), ink="danger" if bad else "text" if row.takes(one) else "muted")

        return words

    return (
        Column("no", _("Số"), lambda row: Cell(f"{row.line.place_no or '–'}", ink="muted"), 56, "right"),
        Column("who", _("Họ tên"), who, _NAME),
        *(Column(one.value, _(TITLES[one]), cell(one), WIDTHS[one]) for one in CELLS),
        Column("state", _("Đã ghi"), state_cell),
    )


def state_cell(row: GridRow) -> Cell:
    """What came of a row."""
    if row.problems:
        return Cell(sentence(row.problems[0]), "hint", "danger")
    if row.reaction:
        return Cell(_("Chưa ghi phản ứng"), chip="orange")
    if row.step is not None:
        return Cell(_(STEPS[row.step]), chip=STEP_TONES[row.step])
    return Cell(_("vắng"), ink="muted") if row.absent else Cell()
