"""What the frame asks of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.parts.banner import Banner
from covidstation.ui.parts.labels import ElidedLabel, Line, label


class Page(QWidget):
    """A page of the main window: override what it needs.

    `titled=True` gives the 56-px title row (`set_title`, `set_head_actions`) and the banner under it; put the rest
    into `self.body` (a column without margins). `entry` is the side bar's key that is lit while it shows.
    """

    title_changed = Signal()
    actions_changed = Signal()  # `bar_actions` or `bar_note` would answer something else now

    def __init__(self, name: str, title: str, *, entry: str = "", titled: bool = True) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.entry = entry or name
        self.kind = title  # for the window's title, which never carries a person's name
        self.title = title
        self.subtitle = ""
        self.banner = Banner()
        self._head_actions = QHBoxLayout()
        self._head_actions.setSpacing(metrics.GAP)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._title = label(title, "title")
        self._subtitle = ElidedLabel("", "hint", "muted")
        if titled:
            outer.addWidget(self._title_row())
        outer.addWidget(self.banner)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        outer.addLayout(self.body, 1)

    def load(self) -> None:
        """Called each time just before the page is shown."""

    def refresh(self, changes: Any) -> None:
        """Something was saved anywhere in the program: `changes` names the kinds touched."""

    def show_part(self, part: str) -> None:
        """A part of it was asked for by name (a section, a filter), just after the page was shown."""

    def may_leave(self) -> bool:
        """Whether the frame may go to another page now; may ask the user."""
        return True

    def put_aside(self) -> None:
        """The window locks now, without asking: keep what is half typed as a draft."""

    def place(self) -> object:
        """What it shows now, so that the same user finds it again after the lock; None when its name says it all."""
        return None

    def go_back(self, place: object) -> None:
        """Show again what `place` named; called just before the page is shown."""

    def take_scan(self, look: Any) -> bool:
        """A card was read (`ScanLook`) while the page is in sight; True when the page has dealt with it."""
        return False

    def needs_room(self) -> bool:
        """Whether it fits a low window only with a slim training banner."""
        return False

    def bar_actions(self) -> Sequence[QWidget]:
        """Buttons of the action bar from left to right, the primary one last; none hides the bar."""
        return ()

    def bar_note(self) -> QWidget | None:
        """What stands at the left of the action bar ("Bản nháp đã giữ lúc …")."""
        return None

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Words of the title row."""
        self.title, self.subtitle = title, subtitle
        self._title.setText(title)
        self._subtitle.set_text(subtitle)
        self.setAccessibleName(title)
        self.title_changed.emit()

    def set_head_actions(self, *widgets: QWidget) -> None:
        """Buttons at the right of the title row."""
        for widget in widgets:
            self._head_actions.addWidget(widget)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Another widget at the end of the body."""
        self.body.addWidget(widget, stretch)

    def _title_row(self) -> QWidget:
        """Title and subtitle on one baseline, actions right, a hairline under them."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(metrics.GAP * 2)
        row.addWidget(self._title)
        self._subtitle.setContentsMargins(0, 5, 0, 0)
        row.addWidget(self._subtitle, 1)
        row.addLayout(self._head_actions)
        row.addStrut(metrics.TITLE_ROW)  # else fixed buttons squeeze the row and the line floats
        column.addLayout(row, 1)
        column.addWidget(Line())
        holder.setFixedHeight(metrics.TITLE_ROW + 1)
        return holder
