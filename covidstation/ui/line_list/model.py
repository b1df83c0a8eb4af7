"""The rows of the sheet behind the grid, and what is known of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from covidstation.domain.line_list import EMPTY, MOST_ROWS, Cell, Known, LineRow, tidy_cell
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.line_list import RowLook
from covidstation.ui.line_list.words import TITLES

Index = QModelIndex | QPersistentModelIndex
CELLS: Final = tuple(Cell)
SPARE: Final = 12  # empty rows that always stand at the end


class SheetModel(QAbstractTableModel):
    """Column 0 is the row's number, then the cells. `edited()` fires when any row changed by hand, paste or scan."""

    edited = Signal()

    def __init__(self, today: Callable[[], date], parent: QObject) -> None:
        super().__init__(parent)
        self._today = today
        self.known = Known({}, {})
        self._rows: list[LineRow] = [EMPTY] * SPARE
        self._looks: dict[int, RowLook] = {}

    def rows(self) -> list[LineRow]:
        """All rows up to the last that holds something."""
        last = max((at for at, row in enumerate(self._rows) if not row.empty), default=-1)
        return self._rows[: last + 1]

    def row_at(self, at: int) -> LineRow:
        """The row at that place."""
        return self._rows[at] if 0 <= at < len(self._rows) else EMPTY

    def look_at(self, at: int) -> RowLook | None:
        """What is known of the row as it stands now; None while nobody has looked."""
        look = self._looks.get(at)
        return look if look is not None and look.row == self.row_at(at) else None

    def ready(self) -> int:
        """How many rows can be written."""
        return sum(1 for at in self._looks if (look := self.look_at(at)) is not None and look.ready)

    def set_looks(self, looks: Sequence[RowLook]) -> None:
        """What was found out; an answer about a row that has changed since is kept back by `look_at`."""
        self._looks = dict(enumerate(looks))
        self._told(0, len(self._rows) - 1)

    def set_rows(self, rows: Sequence[LineRow]) -> None:
        """Other rows altogether."""
        self.beginResetModel()
        self._rows = [*rows[:MOST_ROWS], *[EMPTY] * SPARE]
        self._looks = {}
        self.endResetModel()

    def set_text(self, at: int, cell: Cell, text: str, *, tidy: bool = False) -> None:
        """Other words in one cell; `tidy` when it is left."""
        words = tidy_cell(cell, text, self.known, self._today()) if tidy else text
        row = self.row_at(at)
        if row.cells.get(cell, "") != words:
            self.put(at, [row.with_text(cell, words)])

    def tidied(self, row: LineRow) -> LineRow:
        """The row as if each of its cells had been left."""
        cells = {cell: tidy_cell(Cell(cell), text, self.known, self._today()) for cell, text in row.cells.items()}
        return replace(row, cells=cells)

    def put(self, at: int, rows: Sequence[LineRow]) -> int:
        """These rows from that place on, over what stands there; says how many found room."""
        room = rows[: MOST_ROWS - at]
        missing = at + len(room) + SPARE - len(self._rows)
        if missing > 0:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + missing - 1)
            self._rows += [EMPTY] * missing
            self.endInsertRows()
        self._rows[at : at + len(room)] = room
        self._told(at, at + len(room) - 1)
        self.edited.emit()
        return len(room)

    def drop(self, at: int) -> None:
        """Take one row out; those below move up."""
        if self.row_at(at) is EMPTY and at >= len(self.rows()):
            return
        self.beginRemoveRows(QModelIndex(), at, at)
        del self._rows[at]
        self._looks = {}
        self.endRemoveRows()
        self.put(at, [])

    def next_empty(self) -> int:
        """The place of the next row that holds nothing."""
        return next((at for at, row in enumerate(self._rows) if row.empty), len(self._rows))

    def level_of(self, at: int, cell: Cell) -> str:
        """`error`, `warning` or nothing."""
        look = self.look_at(at)
        levels = {problem.level for problem in look.problems if problem.field == cell} if look else set()
        return "error" if "error" in levels else "warning" if "warning" in levels else ""

    def sentence_of(self, at: int) -> tuple[str, str]:
        """The worst sentence of a row with its level; a well row has none."""
        look = self.look_at(at)
        if look is None or not look.problems:
            return "", ""
        worst = look.problems[0]
        if worst.level == "warning":
            told = [one for one in look.problems if one.code.startswith("line_list.")]
            worst = told[0] if told else worst
        return sentence(worst), worst.level

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """With the spare ones."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The number and the cells."""
        return 0 if parent.isValid() else len(CELLS) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words, and for those who hear the screen the sentence too."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if index.column() == 0:
            return f"{index.row() + 1}"
        words = self.row_at(index.row()).cells.get(CELLS[index.column() - 1], "")
        if role == Qt.ItemDataRole.AccessibleTextRole and self.level_of(index.row(), CELLS[index.column() - 1]):
            return _("{words}. {sentence}").format(words=words, sentence=self.sentence_of(index.row())[0])
        return words

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles across."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return _(TITLES[CELLS[section - 1]]) if 0 < section <= len(CELLS) else ""

    def _told(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(CELLS)))


def defaults(hamlet: str, result: str, kit: str) -> Mapping[Cell, str]:
    """What an empty cell means, shown muted."""
    return {Cell.HAMLET: hamlet, Cell.RESULT: result, Cell.KIT: kit}
