"""A register as a page: filters above one sorted table, and what stands there when nobody is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.i18n import _
from covidstation.services.changes import Changes, Kind
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.look import metrics
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.table import Table

_TYPING_MS: Final = 150


class Named(Protocol):
    """A line of a register is about a person."""

    @property
    def person_id(self) -> UUID | None:
        """Whose page Enter opens."""


L = TypeVar("L", bound=Named)
L_co = TypeVar("L_co", bound=Named, covariant=True)


class Listed(Protocol[L_co]):
    """What a query answers: its keys read once, its lines as they are asked for."""

    def __len__(self) -> int:
        """How many lines there are."""

    def lines(self, offset: int, limit: int) -> Sequence[L_co]:
        """Those from there on."""


class _Fetch(Generic[L]):
    """The list behind the table; both run on the database thread."""

    def __init__(self, find: Callable[[], Listed[L]]) -> None:
        self._find = find
        self._found: Listed[L] | None = None

    def count(self) -> int:
        """How many lines there are now."""
        self._found = self._find()
        return len(self._found)

    def lines(self, offset: int, limit: int) -> Sequence[L]:
        """Those from there on."""
        return self._found.lines(offset, limit) if self._found is not None else ()


class RegisterPage(Page, Generic[L]):
    """A page makes `model`, `table` and its filters, among them `hamlet` and `typed`, and calls `put_together` once.

    It gives `listing` and `counts`, hears `show_counts` and `say_actions`, and its list is asked for again whenever one
    of its `kinds` changed. Enter in the table opens the person of the line, Ctrl+F goes to the words.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset()
    model: RecordModel[L]
    table: Table
    hamlet: Combo
    typed: LineEdit

    def __init__(self, desk: Desk, name: str, title: str, sort: StrEnum, *, entry: str = "") -> None:
        super().__init__(name, title, entry=entry)
        self._desk = desk
        self._sort, self._descending = sort, False
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self._stack = QStackedWidget()
        self._none_found = EmptyPage("filter", _("Không có ai khớp"), _("Đổi bộ lọc, hoặc xoá chữ đang lọc."))
        self._none_yet: QWidget = self._none_found

    def listing(self) -> Callable[[], Listed[L]]:
        """What reads the list as it is filtered and sorted now."""
        raise AssertionError("each register has its query")

    def counts(self) -> Callable[[], Any]:
        """What counts the register by its filters."""
        raise AssertionError("each register has its counts")

    def show_counts(self, found: Any) -> None:
        """Into the filters and the title; `settle` then shows the table or why it is empty."""

    def open_line(self, line: L) -> None:
        """Enter, or a double click: the person's page."""
        if line.person_id is not None:
            self._desk.want_person.emit(line.person_id)

    def say_actions(self) -> None:
        """Other lines are chosen: what can be done with them."""

    def load(self) -> None:
        """Ask for everything anew."""
        self._desk.ask(self, partial(hamlets, self._desk.register.db), self._show_hamlets)
        self.reload()
        QTimer.singleShot(0, self, self._focus_table)

    def refresh(self, changes: Changes) -> None:
        """Ask again when something in sight may have changed."""
        if changes & self.kinds:
            self.reload()

    def reload(self) -> None:
        """The list and its counts anew."""
        self._typing.stop()
        fetch = _Fetch(self.listing())
        self.model.load(fetch.count, fetch.lines)
        self._desk.ask(self, self.counts(), self.show_counts)

    def chosen(self, most: int | None = None) -> list[L]:
        """The chosen lines from the top, no more than `most`."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [line for line in map(self.model.record, rows[:most]) if line is not None]

    def settle(self, every: int) -> None:
        """The table, or what is said of an empty one: `every` is how many the register holds without a filter."""
        shown = self.table if self.model.rowCount() else self._none_found if every else self._none_yet
        self._stack.setCurrentWidget(shown)

    def put_together(self, *bars: QWidget, none_yet: QWidget) -> None:
        """The bars over the table; `none_yet` stands there as long as the register is empty."""
        self._none_yet = none_yet
        for part in (self.table, self._none_yet, self._none_found):
            self._stack.addWidget(part)
        column = QVBoxLayout()
        column.setSpacing(0)
        for bar in bars:
            column.addWidget(bar)
        column.addWidget(Line())
        column.addWidget(self._stack, 1)
        self.body.addLayout(column, 1)
        self.table.show_sorted(self._sort.value)
        self.hamlet.picked.connect(lambda _key: self.reload())
        self.typed.textChanged.connect(lambda _text: self._typing.start())
        self._typing.timeout.connect(self.reload)
        self.table.sort_asked.connect(self._sort_by)
        self.table.opened.connect(self.open_line)
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self.say_actions())
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self.typed.setFocus)

    def _focus_table(self) -> None:
        if self.isVisible():
            self.table.setFocus()

    def _show_hamlets(self, found: Sequence[Hamlet]) -> None:
        self.hamlet.set_choices([(None, _("Mọi bản")), *((one.id, one.title) for one in found)])

    def _sort_by(self, key: str, descending: bool) -> None:
        self._sort, self._descending = type(self._sort)(key), descending
        self.reload()


def filter_bar(*widgets: QWidget, at_end: QWidget | None = None) -> QWidget:
    """A row of filters."""
    holder = QWidget()
    holder.setFixedHeight(metrics.FORM_ROW + 4)
    row = QHBoxLayout(holder)
    row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
    row.setSpacing(metrics.GAP)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    if at_end is not None:
        row.addWidget(at_end)
    return holder
