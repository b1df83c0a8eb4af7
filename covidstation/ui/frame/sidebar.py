"""The side bar: the station's name, the entries with their counts, help at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from covidstation.i18n import _, count_text
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.labels import ElidedLabel, Glyph, label
from covidstation.ui.parts.mnemonics import mnemonic_flag


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `key` is the page's `entry`; `apart` leaves a gap above it; `keys` are shown at the right."""

    key: str
    title: str
    icon: str
    apart: bool = False
    keys: str = ""


class EntryButton(QAbstractButton):
    """A 34-px entry: the current one has accentSoft, a 3-px bar and SemiBold words."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry
        self._count = 0
        self.setText(entry.title)
        self.setCheckable(True)
        self.setObjectName(f"entry_{entry.key}")
        self.setAccessibleName(entry.title.replace("&", ""))
        self.setFixedHeight(36)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_count(self, count: int) -> None:
        """The number at the right; 0 shows none."""
        if count != self._count:
            self._count = count
            self.setAccessibleDescription(f"{count}" if count else "")
            self.update()

    def sizeHint(self) -> QSize:
        """The bar's width less its margins."""
        return QSize(metrics.SIDE_BAR - 16, 36)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes there; up and down move between entries."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the hover ground."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, bar, icon, words, count or key."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0, 1, 0, -1)
        current = self.isChecked()
        if current or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_soft if current else tokens.hover))
            painter.drawRoundedRect(box, metrics.RADIUS, metrics.RADIUS)
        if current:
            painter.fillRect(QRectF(0, 8, metrics.BAR, self.height() - 16), QColor(tokens.accent))
        colour = tokens.accent if current else tokens.muted
        paint_icon(painter, 13, (self.height() - 18) / 2, self.entry.icon, 18, colour)
        middle = int(Qt.AlignmentFlag.AlignVCenter | mnemonic_flag())
        painter.setFont(font("name" if current else "body"))
        painter.setPen(QColor(tokens.text))
        painter.drawText(box.adjusted(42, 0, -44, 0), middle | int(Qt.AlignmentFlag.AlignLeft), self.text())
        if self._count or self.entry.keys:
            painter.setFont(font("name" if current and self._count else "hint"))
            painter.setPen(QColor(tokens.text if current and self._count else tokens.muted))
            words = count_text(self._count) if self._count else self.entry.keys
            painter.drawText(box.adjusted(0, 0, -12, 0), middle | int(Qt.AlignmentFlag.AlignRight), words)


class SideBar(QWidget):
    """Entries are data: only pages that exist are given. `chosen(key)` fires on a click."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[Entry], *, program: str, foot: Sequence[Entry] = ()) -> None:
        super().__init__()
        self.setObjectName("side_bar")
        self.setAccessibleName(_("Các mục"))
        self.setFixedWidth(metrics.SIDE_BAR - 1)  # the hairline beside it is the 200th
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self._buttons: dict[str, EntryButton] = {}
        self._station = ElidedLabel("", "key", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 8)
        column.setSpacing(0)
        column.addWidget(self._head(program))
        column.addSpacing(8)
        for entry in entries:
            if entry.apart:
                column.addSpacing(12)
            column.addWidget(self._button(entry))
        column.addStretch(1)
        for entry in foot:
            column.addWidget(self._button(entry))

    def set_station(self, name: str) -> None:
        """The station's short name under the program's."""
        self._station.set_text(name)

    def set_current(self, key: str) -> None:
        """Light that entry; an unknown key lights none."""
        for name, button in self._buttons.items():
            button.setChecked(name == key)

    def take_focus(self, key: str) -> None:
        """The keyboard goes to that entry; an unknown key takes the first."""
        self._buttons.get(key, next(iter(self._buttons.values()))).setFocus()

    def set_count(self, key: str, count: int) -> None:
        """The number beside an entry."""
        self._buttons[key].set_count(count)

    def _head(self, program: str) -> QWidget:
        holder = QWidget()
        holder.setFixedHeight(metrics.TOP_BAR)
        row = QHBoxLayout(holder)
        row.setContentsMargins(10, 0, 4, 0)
        row.setSpacing(10)
        row.addWidget(Glyph("logo", 24, "accent"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(label(program, "name"))
        words.addWidget(self._station)
        words.addStretch(1)
        row.addLayout(words, 1)
        return holder

    def _button(self, entry: Entry) -> EntryButton:
        button = EntryButton(entry)
        button.clicked.connect(lambda _checked=False, key=entry.key: self.chosen.emit(key))
        self._buttons[entry.key] = button
        return button
