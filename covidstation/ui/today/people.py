"""The people behind a line of Hôm nay, one below the other, each with what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.column import column_in_scroll, empty_column
from covidstation.ui.parts.rows import ListRow, SectionHead


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One person: words, and the act beside "Mở" (its word, its icon, what it does)."""

    person_id: UUID
    name: str
    second: str
    act: str = ""
    icon: str = ""
    do: Callable[[], object] | None = None


class PeoplePanel(QWidget):
    """`show_people` fills it; `closed` when the list is left, `opened(person_id)` for a person's page."""

    closed = Signal()
    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("people_panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._back = Button(_("Trở lại việc hôm nay"), name="people_back", keys="Esc", bind=False)
        self._back.clicked.connect(self.closed)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        column.addLayout(self._head)
        area, self._rows = column_in_scroll()
        area.setObjectName("people_rows")
        area.setAccessibleName(_("Danh sách người"))
        column.addWidget(area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(metrics.MARGIN, 12, metrics.MARGIN, 12)
        foot.addWidget(self._back)
        foot.addStretch(1)
        column.addLayout(foot)
        self.setFocusProxy(self._back)

    def show_people(self, title: str, second: str, lines: Sequence[PersonLine]) -> None:
        """Another list."""
        while (item := self._head.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        self._head.addWidget(SectionHead(title, second), 1)
        empty_column(self._rows)
        for line in lines:
            self._rows.addWidget(self._row(line))
        self._rows.addStretch(1)

    def keyPressEvent(self, event: object) -> None:
        """Esc goes back."""
        if getattr(event, "key", lambda: None)() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]

    def _row(self, line: PersonLine) -> QWidget:
        buttons = []
        if line.do is not None:
            act = Button(line.act, icon=line.icon, name="people_act")
            act.setAccessibleName(f"{line.act} {line.name}")
            act.clicked.connect(lambda _checked=False, do=line.do: do())
            buttons.append(act)
        see = Button(_("Mở"), name="people_open")
        see.setAccessibleName(_("Mở {name}").format(name=line.name))
        see.clicked.connect(partial(self.opened.emit, line.person_id))
        return ListRow(line.name, line.second, see, *buttons, icon="person")
