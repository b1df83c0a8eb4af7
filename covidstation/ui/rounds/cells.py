"""The field in the current cell: digits that go on by themselves, signs by their first letters, reasons by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from covidstation.domain.care import VisitStatus
from covidstation.domain.measures import is_whole
from covidstation.domain.text import fold
from covidstation.i18n import _
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.parts.popup import Choice, ListPopup, PopupLineEdit
from covidstation.ui.rounds.words import REASONS

NEXT, BACK, DOWN, UP, MISSED, LEAVE = "next", "back", "down", "up", "missed", "leave"
_GO: Final = {
    Qt.Key.Key_Return: NEXT,
    Qt.Key.Key_Enter: NEXT,
    Qt.Key.Key_Tab: NEXT,
    Qt.Key.Key_Backtab: BACK,
    Qt.Key.Key_Down: DOWN,
    Qt.Key.Key_Up: UP,
    Qt.Key.Key_Escape: LEAVE,
}


def way_of(event: QKeyEvent) -> str:
    """Where a plain key leads; empty when it belongs to the text."""
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if plain not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
        return ""
    return _GO.get(Qt.Key(event.key()), "")


def claims_tab(event: QEvent) -> bool:
    """Tab goes from cell to cell, so the field takes it before Qt moves the focus."""
    tabs = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
    return isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in tabs


class ValueEdit(LineEdit):
    """A measure, an hour or a note. `go(way)` on keys that leave the cell; a full value goes on by itself."""

    go = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("cell_value", "", parent=parent)
        self._measure, self._letters = "", False
        self._start = ""
        self.textEdited.connect(self._follow)

    def open(self, measure: str, title: str, text: str, *, letters: bool, right: bool) -> None:
        """Stand in that cell with that text, all of it chosen. `measure` is empty for a note and an hour."""
        self._measure, self._letters, self._start = measure, letters, text
        self.setAccessibleName(title)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        self.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.setMaxLength(200 if letters else 12)
        self.setText(text)
        self.selectAll()

    def event(self, event: QEvent) -> bool:
        """Keep Tab."""
        if claims_tab(event) and isinstance(event, QKeyEvent):
            self.keyPressEvent(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ways out of the cell; K and the dash where no letter belongs."""
        way = way_of(event)
        if way == LEAVE and self.text() != self._start:
            self.setText(self._start)
            self.selectAll()
        elif way:
            self.go.emit(way)
        elif not self._letters and fold(event.text()) == "k":
            self.go.emit(MISSED)
        elif not self._letters and event.text() in ("-", "–") and self._whole_chosen():
            self.clear()
            self.go.emit(NEXT)
        else:
            super().keyPressEvent(event)

    def _whole_chosen(self) -> bool:
        return not self.text() or self.selectedText() == self.text()

    def _follow(self, text: str) -> None:
        at_end = self.cursorPosition() == len(text)
        if self._measure and at_end and is_whole(self._measure, text):
            self.go.emit(NEXT)


class SignEdit(MultiChoice):
    """Signs by their first letters ("kt" → khó thở), 0 for none. Down goes to the next person, Alt+Down lists all."""

    go = Signal(str)
    none_said = Signal()

    def __init__(self, parent: QWidget, choices: Sequence[Choice]) -> None:
        super().__init__("cell_signs", _("Dấu hiệu"), choices, width=300, hint=_("0 = không có, hoặc gõ chữ đầu"))
        self.setParent(parent)

    def event(self, event: QEvent) -> bool:
        """Keep Tab."""
        if claims_tab(event) and isinstance(event, QKeyEvent):
            self.keyPressEvent(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ways out of the cell, unless the list is open."""
        way = "" if self._popup.isVisible() else way_of(event)
        if way in (NEXT, BACK) and self.text().strip():
            self._take_only()
        if way:
            self.go.emit(way)
        elif event.text() == "0" and not self.text():
            self.set_chosen(())
            self.none_said.emit()
            self.go.emit(NEXT)
        else:
            super().keyPressEvent(event)

    def _take_only(self) -> None:
        found = self._matches(self.text())
        if len(found) == 1:
            self._toggle(found[0])
        self.clear()


class ReasonEdit(PopupLineEdit):
    """Why somebody was not met: one of a few, by its number or the arrows, or in own words."""

    given = Signal(object, str)  # VisitStatus, reason
    given_up = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("cell_reason", _("Vì sao không gặp được"), hint=_("vì sao?"))
        self.setParent(parent)
        self._popup = ListPopup(self, width=260)
        self._popup.picked.connect(self._pick)
        self.textEdited.connect(lambda text: self._show(text))

    def open(self, text: str) -> None:
        """Ask, with the list open."""
        self.setText(text)
        self.selectAll()
        self._show("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Number, arrows, Enter, Esc."""
        key, typed = event.key(), event.text()
        if typed.isdigit() and not self.text().strip() and 0 < int(typed) <= len(REASONS):
            self._take(*self._reasons()[int(typed) - 1])
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._popup.step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            self._accept()
        elif key == Qt.Key.Key_Escape:
            self._popup.hide()
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def close_list(self) -> None:
        """The cell is left."""
        self._popup.hide()

    def _accept(self) -> None:
        chosen = self._popup.current()
        own = self.value()
        if chosen is not None:
            self._pick(chosen)
        elif own:
            self._take(own, VisitStatus.UNAVAILABLE)

    def _reasons(self) -> list[tuple[str, VisitStatus]]:
        return [(_(text), status) for text, status in REASONS]

    def _show(self, typed: str) -> None:
        wanted = fold(typed).strip()
        numbered = enumerate(self._reasons(), start=1)
        found = [Choice((text, status), text, str(at)) for at, (text, status) in numbered if wanted in fold(text)]
        self._popup.show_items(found)

    def _pick(self, choice: Choice) -> None:
        text, status = choice.key
        self._take(text, status)

    def _take(self, text: str, status: VisitStatus) -> None:
        self._popup.hide()
        self.given.emit(status, text)
