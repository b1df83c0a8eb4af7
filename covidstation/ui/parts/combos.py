"""Choosing one: a short list (`Combo`), or a long one by typing without accents (`FindCombo`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from covidstation.domain.text import fold
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.popup import Choice, ListPopup, PopupLineEdit


def _chevron(widget: QWidget) -> None:
    tokens = tokens_of(widget)
    colour = tokens.text if widget.isEnabled() else tokens.muted
    paint_icon(QPainter(widget), widget.width() - 22, (widget.height() - 14) / 2, "chevron", 14, colour)


class Combo(QComboBox):
    """One of a few. `picked(key)` fires on a choice by hand; the wheel never changes it by mistake."""

    picked = Signal(object)

    def __init__(
        self, name: str, title: str, choices: Sequence[tuple[Any, str]] = (), *, width: int = 0, large: bool = False
    ) -> None:
        super().__init__()
        self._keys: list[Any] = []
        self.setObjectName(name)
        self.setAccessibleName(title)
        if large:
            self.setProperty("scale", "large")
        if width:
            self.setFixedWidth(width)
        self.set_choices(choices)
        self.activated.connect(lambda _row: self.picked.emit(self.value()))

    def set_choices(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Replace the list, keeping the chosen key when it is still there."""
        kept = self.value()
        self.blockSignals(True)
        self.clear()
        self._keys = [key for key, _text in choices]  # Qt would turn an enumeration's member into a plain text
        self.addItems([text for _key, text in choices])
        self.blockSignals(False)
        self.set_value(kept)

    def value(self) -> Any:
        """The chosen key, None when nothing is."""
        at = self.currentIndex()
        return self._keys[at] if 0 <= at < len(self._keys) else None

    def all_keys(self) -> tuple[Any, ...]:
        """All that can be chosen."""
        return tuple(self._keys)

    def set_value(self, key: Any) -> None:
        """Choose that key; an unknown one chooses the first row."""
        rows = (row for row, one in enumerate(self._keys) if one == key)
        self.setCurrentIndex(next(rows, 0 if self._keys else -1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page instead."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style's box and our chevron."""
        super().paintEvent(event)
        _chevron(self)


class FindCombo(PopupLineEdit):
    """One of many, found by typing: `nam nga` finds "Bản Nậm Ngá". Down opens the whole list.

    `value()` is the chosen key. With `free=True` words that match nothing are allowed: then `value()` is None and
    `text()` holds them. `picked(key)` fires on a choice by hand, with None when the words no longer match.
    """

    picked = Signal(object)

    def __init__(
        self,
        name: str,
        title: str,
        choices: Sequence[Choice] = (),
        *,
        width: int = 168,
        hint: str = "",
        free: bool = False,
    ) -> None:
        super().__init__(name, title, width=width, hint=hint)
        self._free = free
        self._choices: tuple[Choice, ...] = ()
        self._chosen: Choice | None = None
        self.setTextMargins(0, 0, 18, 0)
        self._popup = ListPopup(self)
        self._popup.picked.connect(self._pick)
        self.textEdited.connect(self._find)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Replace the list; the chosen key stays when it is still there."""
        self._choices = tuple(choices)
        if self._chosen is not None:
            self.set_value(self._chosen.key)

    def choices(self) -> tuple[Choice, ...]:
        """All that can be chosen."""
        return self._choices

    def value(self) -> Any:
        """The chosen key, or None."""
        return self._chosen.key if self._chosen else None

    def set_value(self, value: Any) -> None:
        """Choose that key without firing; an unknown one empties."""
        self._chosen = next((one for one in self._choices if one.key == value), None)
        self.setText(self._chosen.text if self._chosen else "")
        self.setCursorPosition(0)

    def put_text(self, text: str) -> None:
        """Put words there as if typed, without firing: those of a choice choose it."""
        self._chosen = next((one for one in self._choices if one.text == text), None)
        self.setText(text)
        self.setCursorPosition(0)

    def bad(self) -> bool:
        """Whether words stand there that name no choice."""
        return bool(self.text().strip()) and self._chosen is None and not self._free

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move in the list, Enter takes its row, Esc closes it."""
        key, popup = event.key(), self._popup
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if popup.isVisible():
                popup.step(1 if key == Qt.Key.Key_Down else -1)
            else:
                self._open_all()
        elif key == Qt.Key.Key_Escape and popup.isVisible():
            popup.hide()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and popup.isVisible():
            self._pick(popup.current())
            event.ignore()  # the form goes on to the next field
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The chevron opens the list."""
        super().mousePressEvent(event)
        if event.position().x() > self.width() - 28:
            self._open_all()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving takes the only match, or what was chosen before."""
        super().focusOutEvent(event)
        self._popup.hide()
        if self._chosen is None and self.text().strip():
            found = self._matches(self.text())
            exact = [one for one in found if fold(one.text) == fold(self.value_text())]
            if exact or (len(found) == 1 and not self._free):
                self._pick((exact or found)[0])

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line and our chevron."""
        super().paintEvent(event)
        _chevron(self)

    def value_text(self) -> str:
        """The words that stand there, tidy."""
        return super().value()

    def _open_all(self) -> None:
        rows = [one.key for one in self._choices]
        at = rows.index(self._chosen.key) if self._chosen and self._chosen.key in rows else 0
        self._popup.show_items(self._choices, at)

    def _matches(self, text: str) -> list[Choice]:
        words = fold(text).split()
        return [one for one in self._choices if _all_in(words, fold(f"{one.text} {one.second}"))]

    def _find(self, text: str) -> None:
        had, self._chosen = self._chosen, None
        if had is not None:
            self.picked.emit(None)
        self._popup.show_items(self._matches(text) if text.strip() else ())

    def _pick(self, choice: Choice | None) -> None:
        self._popup.hide()
        if choice is not None:
            self._chosen = choice
            self.setText(choice.text)
            self.picked.emit(choice.key)


def _all_in(words: list[str], text: str) -> bool:
    """Each word begins some word of the text, whatever their order."""
    parts = text.split()
    return all(any(part.startswith(word) for part in parts) for word in words)
