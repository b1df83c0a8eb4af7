"""Hai bản ghi khác nhau: both values beside each other, who wrote them and when, and one choice with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar, Final
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.catalog import Catalog
from covidstation.domain.citizen import masked
from covidstation.domain.deciding import Choice
from covidstation.domain.privacy import HiddenNumber
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.i18n import _
from covidstation.messages.fields import FIELDS, ROWS
from covidstation.services.changes import Done
from covidstation.services.exchange.conflicts import Conflict, OneValue, decide_conflict
from covidstation.services.privacy.words import plain_value
from covidstation.ui.desk import Desk
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.rows import KeyValues, ListRow
from covidstation.ui.parts.segments import Segments
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.sync.lists import Rows

BOTH: Final = "both"
NUMBERS: Final = frozenset(number.value for number in HiddenNumber)


def value_words(value: OneValue, catalog: Catalog) -> list[tuple[str, str]]:
    """Each field's name and value as people read them."""
    if "deleted" in value.values:
        return [(_("Hồ sơ"), _("xoá") if value.values["deleted"] else _("giữ lại"))]
    found = []
    for name, one in value.values.items():
        text = value.named.get(name) or plain_value(name, _parsed(one), catalog)
        found.append((_(FIELDS.get(name, name)), text if one not in (None, "", []) else _("(để trống)")))
    return found


def _parsed(value: Any) -> Any:
    """Days and moments travel as text."""
    if isinstance(value, str) and value[4:5] == "-" and value[7:8] == "-":
        with suppress(ValueError):
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    return value


def author_words(value: OneValue) -> str:
    """Whose it is, by whom and when."""
    when = value.when.astimezone()
    place = _("Trạm") if value.ours else _("Huyện")
    who = f"{place}, {value.who}" if value.who else place
    return _("{who} · {when:%H:%M %d/%m/%Y}").format(who=who, when=when)


def what_words(conflict: Conflict) -> str:
    """Whose record, and which part of it."""
    part = _(ROWS.get(conflict.table, conflict.table))
    return f"{conflict.name} · {part}" if conflict.name else part


class ConflictList(Rows):
    """What both sides changed; each with the way to choose."""

    choice_wanted = Signal(object)
    person_wanted = Signal(object)

    def __init__(self, catalog: Callable[[], Catalog]) -> None:
        super().__init__(_("Hai bản ghi khác nhau"))
        self.setObjectName("conflict_list")
        self._catalog = catalog

    def show_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        """One row each; what a person must choose comes first."""
        words = _("{n} chỗ trạm và huyện cùng sửa, cả hai giá trị đều được giữ").format(n=len(conflicts))
        self.head.second.set_text(words if conflicts else "")
        self.replace([self._row(one) for one in conflicts])

    def _row(self, one: Conflict) -> ListRow:
        texts = [_short(one, value, self._catalog()) for value in _both(one)]
        second = _("Đang giữ: {standing} · Giá trị kia: {losing}").format(standing=texts[0], losing=texts[1])
        buttons = []
        if one.person_id is not None:
            buttons.append(
                self._button(_("Mở"), "open_conflict", _("Mở {name}"), one, self.person_wanted, one.person_id)
            )
        buttons.append(self._button(_("Chọn…"), "choose_conflict", _("Chọn cho {name}"), one, self.choice_wanted, one))
        return ListRow(what_words(one), second, *buttons, icon="alert" if one.must else "help", ink="warn")

    def _button(self, text: str, name: str, said: str, one: Conflict, wanted: Any, value: Conflict | UUID) -> Button:
        button = Button(text, name=name)
        button.setAccessibleName(said.format(name=what_words(one)))
        button.clicked.connect(lambda: wanted.emit(value))
        return button


def _short(conflict: Conflict, value: OneValue, catalog: Catalog) -> str:
    """On one line: what differs, and of a number only its end, as in every list."""
    standing, losing = (one.values for one in _both(conflict))
    apart = {name for name in value.values if (standing.get(name) or None) != (losing.get(name) or None)}
    shown = replace(value, values={name: one for name, one in value.values.items() if name in apart})
    words = value_words(shown, catalog)
    pairs = zip(shown.values, words, strict=True)
    return ", ".join(masked(text) if name in NUMBERS and shown.values[name] else text for name, (_t, text) in pairs)


def _both(one: Conflict) -> tuple[OneValue, OneValue]:
    return one.standing, one.losing


class ConflictDialog(ActDialog):
    """One choice. It travels to the district and closes the conflict there."""

    needs: ClassVar[Right] = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, conflict: Conflict) -> None:
        choices = [(Choice.STANDING.value, _("Giữ giá trị đang có"))]
        if not conflict.event:
            choices.append((Choice.LOSING.value, _("Lấy giá trị kia")))
            if _lists(conflict):
                choices.append((BOTH, _("Gộp cả hai")))
        choice = Segments("choice", _("Chọn"), choices)
        reason = LineEdit("reason", _("Vì sao"), width=400, limit=200, hint=_("ví dụ: đã gọi hỏi lại người nhà"))
        rows = (Field(_("&Chọn"), choice), Field(_("&Vì sao"), reason, required=True))
        super().__init__(desk, parent, _("Chọn giữa hai bản ghi"), rows, choice)
        self.choice, self.reason = choice, reason
        self._conflict = conflict
        self.rows_column.insertWidget(1, label(what_words(conflict), "name"))
        self.rows_column.insertLayout(2, self._values(desk.catalog))
        if conflict.event:
            words = _("Sự kiện y tế không sửa giá trị được: nếu giá trị kia đúng, ghi lần mới rồi huỷ lần sai.")
            self.rows_column.insertWidget(3, label(words, "hint", "muted", wrap=True))

    def about(self) -> str:
        """The conflict."""
        return self._conflict.id.hex

    def _values(self, catalog: Catalog) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 16)
        row.setSpacing(24)
        titles = (_("Đang có trong sổ"), _("Giá trị kia"))
        for at, (title, value) in enumerate(zip(titles, _both(self._conflict), strict=True)):
            if at:
                row.addWidget(Line(vertical=True))
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(label(title, "name"))
            column.addWidget(label(author_words(value), "hint", "muted", wrap=True))
            column.addSpacing(6)
            column.addWidget(KeyValues(value_words(value, catalog), key_width=120))
            column.addStretch(1)
            row.addLayout(column, 1)
        return row

    def wrong(self) -> list[Problem]:
        """A choice without a word why helps nobody later."""
        return [] if self.reason.value() else [Problem("reason", "conflict.reason")]

    def act(self) -> Callable[[], Done[UUID]]:
        """Write the choice."""
        desk, chosen = self._desk, self.choice.value()
        values = _lists(self._conflict) if chosen == BOTH else None
        return partial(
            decide_conflict,
            desk.register.db,
            self._conflict.id,
            Choice.OTHER if chosen == BOTH else Choice(chosen),
            values,
            reason=self.reason.value(),
            by=desk.register.user_id,
            now=desk.now(),
        )


def _lists(conflict: Conflict) -> dict[str, list[Any]]:
    """The members of both, where the values are lists."""
    found = {}
    for name, one in conflict.standing.values.items():
        other = conflict.losing.values.get(name)
        if isinstance(one, list) and isinstance(other, list):
            found[name] = sorted({*map(str, one), *map(str, other)})
    return found
