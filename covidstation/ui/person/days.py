"""The timeline on the screen: a head for each day, a row for each event, more of them as one scrolls down."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from uuid import UUID

from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.banner import soft_colours
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.column import column_in_scroll, empty_column
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.labels import Glyph, label, set_ink
from covidstation.ui.parts.rows import GroupRow, TwoLines
from covidstation.ui.person.event import Event
from covidstation.ui.person.timeline import DayGroup

_CLOCK = 52
_AHEAD = 200  # pixels made below what is in sight


class DangerGround(QWidget):
    """The soft ground and the bar of a row that speaks of danger."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground and bar of the scheme in force."""
        ground, bar, _words = soft_colours("danger", tokens_of(self))
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(ground))
        painter.fillRect(0, 0, metrics.BAR, self.height(), QColor(bar))


class DaysColumn(QWidget):
    """`show_groups` makes the rows in sight; a year of care has hundreds, and nobody waits for those below."""

    def __init__(self, open_paper: Callable[[UUID], object]) -> None:
        super().__init__()
        self._open_paper = open_paper
        self._later: deque[DayGroup | Event] = deque()
        self._made = 0  # pixels of rows
        self._area, self._rows = column_in_scroll()
        self._area.setObjectName("timeline")
        self._area.setAccessibleName(_("Diễn biến"))
        self._area.verticalScrollBar().valueChanged.connect(lambda _value: self._make_more())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)

    def show_groups(self, groups: Iterable[DayGroup]) -> None:
        """These days, the newest first."""
        empty_column(self._rows)
        self._made = 0
        self._later.clear()
        for group in groups:
            self._later.append(group)
            self._later.extend(group.events)
        if not self._later:
            words = label(_("Chưa có lần mắc nào, chưa có giấy tờ nào."), "body", "muted")
            words.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 0)
            self._rows.addWidget(words)
        self._rows.addStretch(1)
        self._make_more()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A taller window shows more of them."""
        super().resizeEvent(event)
        self._make_more()

    def _make_more(self) -> None:
        """What is in sight and a little below it, above the stretch that ends the column."""
        wanted = self._area.verticalScrollBar().value() + self.height() + _AHEAD
        while self._later and self._made < wanted:
            part = self._later.popleft()
            row = GroupRow(part.title, part.second) if isinstance(part, DayGroup) else self._event_row(part)
            self._rows.insertWidget(self._rows.count() - 1, row)
            self._made += row.maximumHeight()

    def _event_row(self, event: Event) -> QWidget:
        holder = DangerGround() if event.ink == "danger" else QWidget()
        holder.setFixedHeight(metrics.LIST_ROW if event.more else metrics.TABLE_ROW)
        row = QHBoxLayout(holder)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(0)
        clock = label(event.clock, "hint", "muted")
        clock.setFixedWidth(_CLOCK)
        row.addWidget(clock)
        row.addWidget(Glyph(event.icon, 18, event.ink))
        row.addSpacing(12)
        lines = TwoLines(event.what, event.more, strong=True)
        lines.second.setVisible(bool(event.more))
        if event.ink == "danger":
            set_ink(lines.first, "danger")
        row.addWidget(lines, 1)
        for button in self._ways(event):
            row.addWidget(button)
        return holder

    def _ways(self, event: Event) -> Iterable[Button]:
        """Why it is a danger, and the paper itself."""
        if event.why:
            ask = Button(_("Vì sao?"), "link", name="why_danger")
            ask.setAccessibleName(_("Vì sao {what} là nặng?").format(what=event.what))
            ask.clicked.connect(lambda: tell(self, event.what, event.why, bad=False))
            yield ask
        if event.paper_id is not None:
            see = Button(_("Xem"), "quiet", name="see_paper")
            see.setAccessibleName(_("Xem {what}").format(what=event.what))
            see.clicked.connect(lambda: self._open_paper(event.paper_id))
            yield see
