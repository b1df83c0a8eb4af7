"""The rows of the grid: a head for each hamlet, a row for each person, a line under whoever needs a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from covidstation.i18n import N_, _
from covidstation.services.care.rounds import RoundList
from covidstation.ui.parts.labels import plain_tip
from covidstation.ui.parts.records import Index
from covidstation.ui.rounds.entry import Col, Entry

TITLES = {
    Col.PERSON: N_("Người"),
    Col.STRIP: N_("Bốn ngày qua"),
    Col.AT: N_("Giờ"),
    Col.TEMPERATURE: N_("Nhiệt độ"),
    Col.SPO2: N_("SpO2"),
    Col.PULSE: N_("Mạch"),
    Col.BREATHS: N_("Nhịp thở"),
    Col.PRESSURE: N_("HA"),
    Col.SIGNS: N_("Dấu hiệu"),
    Col.NOTE: N_("Ghi chú"),
}


@dataclass(slots=True)
class Group:
    """The head of a hamlet."""

    title: str
    entries: list[Entry]
    first: bool = False

    @property
    def done(self) -> int:
        """How many of it are in the register for this round."""
        return sum(entry.line.check is not None for entry in self.entries)


@dataclass(slots=True)
class Below:
    """The line under a person."""

    entry: Entry


Row = Group | Entry | Below


_SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class RoundModel(QAbstractTableModel):
    """Rows for one round. `below(entry)` says whether a line stands under that person."""

    def __init__(
        self, wants_line: Callable[[Entry], bool], words: Callable[[Entry, Col], str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._wants_line, self._words = wants_line, words
        self.rows: list[Row] = []
        self.entries: dict[UUID, Entry] = {}

    def show_round(self, found: RoundList, drafts: Mapping[UUID, Mapping[str, Any]]) -> None:
        """Another list; what was half typed stands in its row again."""
        self.beginResetModel()
        self.rows, self.entries = [], {}
        for number, group in enumerate(found.groups):
            head = Group(group.title, [], first=number == 0)
            self.rows.append(head)
            for line in group.lines:
                entry = Entry(line)
                if line.person.episode_id in drafts:
                    entry.restore(drafts[line.person.episode_id])
                head.entries.append(entry)
                self.entries[entry.episode_id] = entry
                self.rows.append(entry)
                if self._wants_line(entry):
                    self.rows.append(Below(entry))
        self.endResetModel()

    def row_of(self, entry: Entry) -> int:
        """Where that person stands."""
        return next(at for at, row in enumerate(self.rows) if row is entry)

    def people(self) -> list[Entry]:
        """All persons in their order."""
        return [row for row in self.rows if isinstance(row, Entry)]

    def neighbour(self, entry: Entry, step: int) -> Entry | None:
        """The person after or before."""
        people = self.people()
        at = next(at for at, one in enumerate(people) if one is entry) + step
        return people[at] if 0 <= at < len(people) else None

    def put_line(self, entry: Entry) -> int | None:
        """Make the line under a person be there or not; its row when it is."""
        at = self.row_of(entry) + 1
        there = at < len(self.rows) and isinstance(self.rows[at], Below)
        wanted = self._wants_line(entry)
        if wanted and not there:
            self.beginInsertRows(QModelIndex(), at, at)
            self.rows.insert(at, Below(entry))
            self.endInsertRows()
        elif there and not wanted:
            self.beginRemoveRows(QModelIndex(), at, at)
            del self.rows[at]
            self.endRemoveRows()
        return at if wanted else None

    def touch(self, entry: Entry) -> None:
        """Paint the person's row and all heads again."""
        row = self.row_of(entry)
        self.dataChanged.emit(self.index(row, 0), self.index(row, Col.NOTE))
        for at, other in enumerate(self.rows):
            if isinstance(other, Group) and any(one is entry for one in other.entries):
                self.dataChanged.emit(self.index(at, 0), self.index(at, 0))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Heads, people, lines."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Ten."""
        return 0 if parent.isValid() else len(Col)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words, for a screen reader and for tests; the delegate paints from the rows."""
        tip = role == Qt.ItemDataRole.ToolTipRole  # door: its words go through plain_tip
        if not (tip or role in _SPOKEN) or not index.isValid():
            return None
        row = self.rows[index.row()]
        if tip:  # the strip alone: it has no words of its own
            if not isinstance(row, Entry) or index.column() != Col.STRIP:
                return None
            return plain_tip(self._words(row, Col.STRIP))
        if isinstance(row, Entry):
            return self._words(row, Col(index.column()))
        if isinstance(row, Group) and index.column() == 0:
            return group_words(row)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles across."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return _(TITLES[Col(section)])

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells of people can be chosen, nothing is edited by the view itself."""
        plain = Qt.ItemFlag.ItemIsEnabled
        person = index.isValid() and isinstance(self.rows[index.row()], Entry)
        return plain | Qt.ItemFlag.ItemIsSelectable if person else plain


def group_title(group: Group) -> str:
    """The hamlet, or that none is known."""
    return group.title or _("Chưa rõ bản")


def group_count(group: Group) -> str:
    """`2 trên 7 đã đo`."""
    return _("{done} trên {all} đã đo").format(done=group.done, all=len(group.entries))


def group_words(group: Group) -> str:
    """Both."""
    return f"{group_title(group)}, {group_count(group)}"
