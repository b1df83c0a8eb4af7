"""A table over as many rows as there are: only the pages in sight are fetched, off the main thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from covidstation.errors import UserError
from covidstation.ui.look.fonts import Role
from covidstation.ui.look.tokens import Ink, Tone
from covidstation.ui.tasks import TaskRunner

Index = QModelIndex | QPersistentModelIndex
R = TypeVar("R")

CELL = Qt.ItemDataRole.UserRole + 2
RECORD = Qt.ItemDataRole.UserRole + 3
PAGE = 128
KEPT_PAGES = 24
_MOST_ASKED = 2  # pages that the view can show at once


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell.

    `chip` puts the text into a chip of that tone; `icon` stands before the text; `days` = (day, of days) draws the
    isolation blocks after "5 / 7" (text is made from it); `small` is muted text after the text.
    """

    text: str = ""
    role: Role = "body"
    ink: Ink = "text"
    chip: Tone | None = None
    icon: str = ""
    days: tuple[int, int] | None = None
    small: str = ""

    def spoken(self) -> str:
        """The words for copying and for a screen reader."""
        if self.days is not None:
            return f"{self.days[0]} / {self.days[1]}"
        return f"{self.text} {self.small}".strip()


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: its title, what it shows of a record, its width (0 = takes the rest), its side.

    `sort` is the key given to `sort_asked`; empty means the column cannot be sorted.
    """

    key: str
    title: str
    cell: Callable[[R], Cell]
    width: int = 0
    align: Literal["left", "right"] = "left"
    sort: str = ""


class RecordModel(QAbstractTableModel, Generic[R]):
    """Rows `0 … count-1`, of which pages of 128 are fetched when first asked for.

    `load(count, fetch)`: both run on the database thread; `count()` gives the total and `fetch(offset, limit)` the
    rows from there on. A row not yet there shows nothing for a moment. `loaded(total)` fires after each `load`.
    """

    loaded = Signal(int)
    failed = Signal(object)

    def __init__(self, tasks: TaskRunner, columns: Sequence[Column[R]], parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._columns = tuple(columns)
        self._count = 0
        self._pages: OrderedDict[int, tuple[R, ...]] = OrderedDict()
        self._asked: list[int] = []
        self._fetching = False
        self._turn = 0
        self._fetch: Callable[[int, int], Sequence[R]] | None = None
        self._whole: tuple[R, ...] | None = None  # of a list that is all there

    @property
    def columns(self) -> tuple[Column[R], ...]:
        """The columns in their order."""
        return self._columns

    def load(self, count: Callable[[], int], fetch: Callable[[int, int], Sequence[R]]) -> None:
        """Replace everything; what stands there stays in sight until the first page has come."""
        self._turn += 1
        turn = self._turn

        def first() -> tuple[int, tuple[R, ...]]:
            return count(), tuple(fetch(0, PAGE))

        def show(found: tuple[int, tuple[R, ...]]) -> None:
            if turn == self._turn:
                self._start(found[0], found[1], fetch)

        self._tasks.run(self, first, show, self._fail)

    def set_records(self, records: Sequence[R]) -> None:
        """A short list that is all there already."""
        self._turn += 1
        kept = tuple(records)
        self._start(len(kept), kept[:PAGE], _slices(kept))
        self._whole = kept

    def renew_records(self, records: Sequence[R], key: Callable[[R], object]) -> None:
        """As `set_records`, for the same list a moment later: while each row is of the same `key`, only those that
        differ are drawn again, and what is chosen stays chosen."""
        kept, before = tuple(records), self._whole
        if before is None or self._fetching or len(kept) != len(before):
            self.set_records(kept)
            return
        changed = [row for row, (old, new) in enumerate(zip(before, kept, strict=True)) if old is not new]
        if len(changed) > PAGE or any(key(before[row]) != key(kept[row]) for row in changed):
            self.set_records(kept)
            return
        self._whole, self._fetch = kept, _slices(kept)
        for page in self._pages:
            self._pages[page] = kept[page * PAGE : (page + 1) * PAGE]
        for row in changed:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self._columns) - 1))

    def record(self, row: int) -> R | None:
        """The record of that row, None while it is not there yet (it is asked for)."""
        if row // PAGE not in self._pages:
            self._ask(row // PAGE)
        page = self._pages.get(row // PAGE)
        if page is None:
            return None
        self._pages.move_to_end(row // PAGE)
        at = row % PAGE
        return page[at] if at < len(page) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """The total."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As given."""
        return 0 if parent.isValid() else len(self._columns)

    def cell(self, row: int, column: int) -> Cell | None:
        """What stands there, without the detour through Qt's values; None while it is not there yet."""
        record = self.record(row)
        return None if record is None else self._columns[column].cell(record)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words; the Cell under CELL and the record under RECORD."""
        if not index.isValid() or not 0 <= index.row() < self._count:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self._columns[index.column()].align == "right"
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, CELL, RECORD):
            return None
        record = self.record(index.row())
        if record is None or role == RECORD:
            return record
        cell = self._columns[index.column()].cell(record)
        return cell if role == CELL else cell.spoken()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles across; no row numbers."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        return self._columns[section].title if role == Qt.ItemDataRole.DisplayRole else None

    def _start(self, count: int, first: tuple[R, ...], fetch: Callable[[int, int], Sequence[R]]) -> None:
        self.beginResetModel()
        self._count, self._fetch, self._whole = count, fetch, None
        self._pages.clear()
        self._pages[0] = first
        self._asked.clear()
        self._fetching = False
        self.endResetModel()
        self.loaded.emit(count)

    def _ask(self, page: int) -> None:
        """One page is fetched at a time, the one asked for last first: a fast drag leaves most of them behind."""
        if self._fetch is None:
            return
        if page in self._asked:
            self._asked.remove(page)
        self._asked.append(page)
        del self._asked[:-_MOST_ASKED]
        if not self._fetching:
            self._fetch_next()

    def _fetch_next(self) -> None:
        fetch, turn = self._fetch, self._turn
        self._fetching = fetch is not None and bool(self._asked)
        if fetch is None or not self._asked:
            return
        page = self._asked.pop()

        def show(rows: tuple[R, ...]) -> None:
            if turn == self._turn:
                self._put(page, rows)
                self._fetch_next()

        self._tasks.run(self, lambda: tuple(fetch(page * PAGE, PAGE)), show, self._fail)

    def _put(self, page: int, rows: tuple[R, ...]) -> None:
        self._pages[page] = rows
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        last = min((page + 1) * PAGE, self._count) - 1
        self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, len(self._columns) - 1))

    def _fail(self, trouble: UserError) -> None:
        self._asked.clear()
        self._fetching = False
        self.failed.emit(trouble)


def _slices(records: tuple[R, ...]) -> Callable[[int, int], Sequence[R]]:
    return lambda offset, limit: records[offset : offset + limit]
