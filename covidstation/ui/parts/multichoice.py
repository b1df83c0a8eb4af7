"""Choosing several (symptoms, conditions): chips in the field, a list found by typing without accents."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent

from covidstation.domain.text import fold
from covidstation.i18n import _
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.chips import chip_width, paint_chip
from covidstation.ui.parts.labels import plain_tip
from covidstation.ui.parts.popup import Choice, ListPopup, PopupLineEdit

_GAP, _ROOM_TO_TYPE = 4, 64


class MultiChoice(PopupLineEdit):
    """Several of a list. Typing finds, Enter takes or drops the current row, Enter on nothing goes on,
    Backspace on nothing drops the last, a click on a chip drops it, Down opens the whole list.

    `chosen_changed()` fires on each change by hand.
    """

    chosen_changed = Signal()

    def __init__(
        self, name: str, title: str, choices: Sequence[Choice] = (), *, width: int = 344, hint: str = ""
    ) -> None:
        super().__init__(name, title, width=width, hint=hint)
        self._hint = hint
        self._choices: tuple[Choice, ...] = tuple(choices)
        self._keys: list[Hashable] = []
        self._boxes: list[tuple[QRectF, str, Hashable | None]] = []
        self._popup = ListPopup(self)
        self._popup.picked.connect(self._toggle)
        self.textEdited.connect(self._find)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Replace the list; chosen keys that are no longer there are dropped."""
        self._choices = tuple(choices)
        self.set_chosen(self._keys)

    def choices(self) -> tuple[Choice, ...]:
        """All that can be chosen."""
        return self._choices

    def chosen(self) -> tuple[Hashable, ...]:
        """The chosen keys in the order of choosing."""
        return tuple(self._keys)

    def set_chosen(self, keys: Iterable[Hashable]) -> None:
        """Choose these without firing."""
        known = {one.key for one in self._choices}
        self._keys = [key for key in dict.fromkeys(keys) if key in known]
        self._lay_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        key, popup = event.key(), self._popup
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if popup.isVisible():
                popup.step(1 if key == Qt.Key.Key_Down else -1)
            else:
                popup.show_items(self._marked(self._choices))
        elif key == Qt.Key.Key_Escape and popup.isVisible():
            popup.hide()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and popup.isVisible():
            self._toggle(popup.current())
        elif key == Qt.Key.Key_Backspace and not self.text() and self._keys:
            self._drop(self._keys[-1])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a chip drops it."""
        hit = next((key for box, _text, key in self._boxes if box.contains(event.position())), None)
        if hit is not None:
            self._drop(hit)
        else:
            super().mousePressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Words left half typed take the only match, else go."""
        super().focusOutEvent(event)
        self._popup.hide()
        if self.text().strip():
            found = self._matches(self.text())
            if len(found) == 1 and found[0].key not in self._keys:
                self._toggle(found[0])
        self.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Chips that no longer fit become a number."""
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, then its chips."""
        super().paintEvent(event)
        painter = QPainter(self)
        for box, text, _key in self._boxes:
            paint_chip(painter, box, text, "plain", tokens_of(self))

    def _lay_out(self) -> None:
        texts = {one.key: one.text for one in self._choices}
        left, self._boxes = 5.0, []
        room = self.width() - _ROOM_TO_TYPE
        for at, key in enumerate(self._keys):
            width = chip_width(texts[key], "plain")
            if left + width > room:
                rest = f"+{len(self._keys) - at}"
                self._boxes.append((self._box(left, chip_width(rest, "plain")), rest, None))
                left += chip_width(rest, "plain") + _GAP
                break
            self._boxes.append((self._box(left, width), texts[key], key))
            left += width + _GAP
        self.setTextMargins(int(left) - 8 if self._keys else 0, 0, 0, 0)
        self.setPlaceholderText("" if self._keys else self._hint)
        chosen = ", ".join(texts[key] for key in self._keys)
        self.setAccessibleDescription(chosen or _("chưa chọn"))
        self.setToolTip(plain_tip(chosen))
        self.update()

    def _box(self, left: float, width: float) -> QRectF:
        return QRectF(left, (self.height() - 22) / 2, width, 22)

    def _marked(self, choices: Iterable[Choice]) -> list[Choice]:
        return [replace(one, chosen=one.key in self._keys) for one in choices]

    def _matches(self, text: str) -> list[Choice]:
        """Those with the words inside, those that begin with them first."""
        wanted = fold(text).strip()
        found = [one for one in self._choices if wanted in fold(f"{one.text} {one.second}")]
        return sorted(found, key=lambda one: not fold(one.text).startswith(wanted))

    def _find(self, text: str) -> None:
        self._popup.show_items(self._marked(self._matches(text)) if text.strip() else ())

    def _toggle(self, choice: Choice | None) -> None:
        self._popup.hide()
        self.clear()
        if choice is None:
            return
        if choice.key in self._keys:
            self._drop(choice.key)
            return
        self._keys.append(choice.key)
        self._lay_out()
        self.chosen_changed.emit()

    def _drop(self, key: Hashable) -> None:
        self._keys.remove(key)
        self._lay_out()
        self.chosen_changed.emit()
