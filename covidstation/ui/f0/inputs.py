"""One way to hear, to keep and to put back what stands in any field of a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from covidstation.domain.text import clean
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.parts.popup import Choice


def on_edit(widget: QWidget, call: Callable[[], object]) -> None:
    """Call whenever a person changes that field."""
    if isinstance(widget, MultiChoice):
        widget.chosen_changed.connect(lambda: call())
        return
    if isinstance(widget, FindCombo | Combo):
        widget.picked.connect(lambda _key: call())
    if isinstance(widget, QLineEdit):
        widget.textEdited.connect(lambda _text: call())


def _key(value: Any) -> str:
    return value.hex if isinstance(value, UUID) else "" if value is None else str(value)


def raw_of(widget: QWidget) -> Any:
    """What stands in the field, readable or not, as a JSON value."""
    if isinstance(widget, MultiChoice):
        return [_key(key) for key in widget.chosen()]
    if isinstance(widget, Combo):
        return _key(widget.value())
    return widget.text() if isinstance(widget, QLineEdit) else None


def put_raw(widget: QWidget, raw: Any) -> None:
    """Put back what `raw_of` gave; what no longer fits is left out."""
    if isinstance(widget, MultiChoice):
        widget.set_chosen(raw if isinstance(raw, list) else ())
    elif isinstance(widget, Combo):
        keys = {_key(key): key for key in widget.all_keys()}
        widget.set_value(keys.get(str(raw)))
    elif isinstance(widget, FindCombo):
        widget.put_text(str(raw or ""))
    elif isinstance(widget, LineEdit):
        widget.setText(str(raw or ""))


def read_all(widgets: Mapping[str, QWidget]) -> dict[str, Any]:
    """`raw_of` each."""
    return {name: raw_of(widget) for name, widget in widgets.items()}


def put_all(widgets: Mapping[str, QWidget], raw: Mapping[str, Any]) -> None:
    """`put_raw` each that is known."""
    for name, widget in widgets.items():
        if name in raw:
            put_raw(widget, raw[name])


class Founded(str):
    """The name of a hamlet or household that is not in the register yet."""

    __slots__ = ()


class FoundingCombo(FindCombo):
    """A type-to-find combo whose last row founds what was typed: `value()` is then a `Founded` name.

    `row` makes that row's words ("Hộ mới: Giàng A Páo"). `suggest(name)` puts such a row first in the whole list,
    so that Down and Enter, or Enter alone where `opens` is set, take it.
    """

    def __init__(
        self, name: str, title: str, row: Callable[[str], str], *, width: int, hint: str = "", opens: bool = False
    ) -> None:
        self._row, self._opens = row, opens
        self._suggested = ""
        self._known: tuple[Choice, ...] = ()
        super().__init__(name, title, width=width, hint=hint)

    def set_choices(self, choices: Any) -> None:
        """Replace the list; what was chosen, founded too, stays chosen."""
        self._known = tuple(choices)
        self._set_rows()

    def suggest(self, name: str) -> None:
        """Offer to found that one; when the one suggested before was chosen, the new name is chosen."""
        before, self._suggested = self._suggested, clean(name)
        if isinstance(self.value(), Founded) and self.value() == before and before != self._suggested:
            self.found(self._suggested)
        self._set_rows()

    def found(self, name: str) -> None:
        """Choose to found that one, without firing; an empty name empties."""
        self._chosen = self._new(name) if name else None
        self._set_rows()

    def put_text(self, text: str) -> None:
        """Words of a kept draft: a row of the list, or one to be founded."""
        plain = self._row("")
        if text.startswith(plain) and plain:
            self.found(text[len(plain) :].strip())
        else:
            super().put_text(text)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """An empty one that `opens` shows its list when a key has led to it."""
        super().focusInEvent(event)
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.OtherFocusReason)
        if self._opens and by_key and self._suggested and not self.text():
            self._open_all()

    def _new(self, name: str) -> Choice:
        return Choice(Founded(clean(name)), self._row(clean(name)))

    def _set_rows(self) -> None:
        chosen = self._chosen
        extra = [self._new(self._suggested)] if self._suggested else []
        if chosen is not None and isinstance(chosen.key, Founded) and chosen.key != self._suggested:
            extra.append(chosen)
        super().set_choices((*extra, *self._known))

    def _matches(self, text: str) -> list[Choice]:
        found = [one for one in super()._matches(text) if not isinstance(one.key, Founded)]
        return [*found, self._new(text)] if clean(text) else found


def at_clock(day: date | None, clock: time | None) -> datetime | None:
    """The day at that hour, at its beginning when there is none."""
    return datetime.combine(day, clock or time(0)) if day else None
