"""Rows that pages are made of: section heads, key and value, two-line rows, the worklist."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.labels import ElidedLabel, Glyph, Line, label


class SectionHead(QWidget):
    """A section's title, its muted second words on the same line, actions at the right."""

    def __init__(self, title: str, second: str = "", *actions: QWidget) -> None:
        super().__init__()
        self.setFixedHeight(metrics.FORM_ROW)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(12)
        row.addWidget(label(title, "section"))
        self.second = ElidedLabel(second, "hint", "muted")
        row.addWidget(self.second, 1)
        for action in actions:
            row.addWidget(action)


class GroupRow(QWidget):
    """A 28-px group line on `alt` inside a list: SemiBold words and muted second words."""

    def __init__(self, title: str, second: str = "") -> None:
        super().__init__()
        self.setFixedHeight(metrics.GROUP_ROW)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(10)
        row.addWidget(label(title, "hint_strong"))
        row.addWidget(label(second, "hint", "muted"))
        row.addStretch(1)


class KeyValues(QWidget):
    """Muted keys at the left, values at `key_width` (or at the right edge with `right=True`), 24 px a row."""

    def __init__(self, rows: Sequence[tuple[str, str]] = (), *, key_width: int = 112, right: bool = False) -> None:
        super().__init__()
        self._key_width, self._right = key_width, right
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._values: list[QLabel] = []
        self.set_rows(rows)

    def set_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Replace all rows."""
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        for key, value in rows:
            self._column.addWidget(self._made(key, value))

    def _made(self, key: str, value: str) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        name = label(key, "hint", "muted")
        name.setFixedWidth(self._key_width)
        words = label(value, wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        words.setMinimumHeight(24)
        if self._right:
            words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        return holder


class TwoLines(QWidget):
    """Words over muted words; both elide."""

    def __init__(self, first: str = "", second: str = "", *, strong: bool = False) -> None:
        super().__init__()
        self.first = ElidedLabel(first, "strong" if strong else "body")
        self.second = ElidedLabel(second, "hint", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)  # -1 would mean the style's 6 px, and the two lines would fall apart
        column.addStretch(1)
        column.addWidget(self.first)
        column.addWidget(self.second)
        column.addStretch(1)


class ListRow(QWidget):
    """A 48-px row of a page's list: icon, two lines, actions at the right, a hairline under it."""

    def __init__(
        self,
        first: str,
        second: str,
        *actions: QWidget,
        icon: str = "",
        ink: Ink = "muted",
        strong: bool = True,
        margin: int = metrics.MARGIN,
    ) -> None:
        super().__init__()
        self.setFixedHeight(metrics.LIST_ROW + 1)
        row, outer = _lined(self, margin)
        if icon:
            row.addWidget(Glyph(icon, 18, ink))
            row.addSpacing(10)
        self.lines = TwoLines(first, second, strong=strong)
        row.addWidget(self.lines, 1)
        for action in actions:
            row.addSpacing(metrics.GAP)
            row.addWidget(action)
        outer.addWidget(Line())


class WorkRow(QWidget):
    """One line of Hôm nay: icon, title, the count right-aligned at 452 of the window, what and why, actions.

    `set_body(what, why, lead=…)`: `lead` is the amber word before ("Quá giờ 12 phút"); `set_progress(14, 31)` puts
    a bar behind the what.
    """

    def __init__(self, icon: str, title: str, *actions: QWidget, name: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFixedHeight(metrics.WORK_ROW)
        row, outer = _lined(self)
        row.addWidget(Glyph(icon, 20))
        row.addSpacing(10)
        self._title = label(title, "name")
        self._count = label("", "section")
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        holder = QWidget()
        holder.setLayout(head)
        holder.setFixedWidth(metrics.WORK_COUNT - metrics.MARGIN - 30)
        row.addWidget(holder)
        row.addSpacing(metrics.WORK_BODY - metrics.WORK_COUNT)
        self._lead = label("", "name", "warn")
        self._lines = TwoLines(strong=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self._bar.hide()
        self._body(row)
        for action in actions:
            row.addSpacing(metrics.GAP)
            row.addWidget(action)
        outer.addWidget(Line())

    def _body(self, row: QHBoxLayout) -> None:
        column = QVBoxLayout()
        column.setSpacing(0)
        top = QHBoxLayout()
        top.setSpacing(3)
        top.addWidget(self._lead)
        self._lines.first.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        top.addWidget(self._lines.first)
        top.addSpacing(6)
        top.addWidget(self._bar)
        top.addStretch(1)
        self._lead.hide()
        column.addStretch(1)
        column.addLayout(top)
        column.addWidget(self._lines.second)
        column.addStretch(1)
        row.addLayout(column, 1)

    def set_title(self, title: str) -> None:
        """Another name for the work."""
        self._title.setText(title)

    def title(self) -> str:
        """The name of the work."""
        return self._title.text()

    def set_count(self, count: int) -> None:
        """The number of things to do."""
        self._count.setText(f"{count}")

    def set_body(self, what: str, why: str, *, lead: str = "") -> None:
        """The two lines."""
        self._lead.setText(lead)
        self._lead.setVisible(bool(lead))
        self._lines.first.setFont(font("body" if lead else "strong"))
        self._lines.first.set_text(what)
        self._lines.second.set_text(why)

    def set_progress(self, done: int, total: int) -> None:
        """A 6-px bar beside the first line; a total of 0 hides it."""
        self._bar.setVisible(total > 0)
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)


def _lined(widget: QWidget, margin: int = metrics.MARGIN) -> tuple[QHBoxLayout, QVBoxLayout]:
    """A row with the page's margins (0 where its holder has them), and the column that takes the hairline."""
    outer = QVBoxLayout(widget)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    row = QHBoxLayout()
    row.setContentsMargins(margin, 0, margin, 0)
    row.setSpacing(0)
    row.addStrut(widget.maximumHeight() - 1)
    outer.addLayout(row, 1)
    return row, outer
