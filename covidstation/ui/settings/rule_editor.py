"""One dated rule in plain words: its values in a table, the chosen one in a field, a reason, and the versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.rule_leaves import Leaf, Steps, leaves, read_leaf, with_leaf
from covidstation.errors import UserError
from covidstation.i18n import _, date_text, moment_text
from covidstation.messages import sentence, sentences
from covidstation.messages.rule_words import BINDINGS, choices_of, key_words, value_words
from covidstation.services.rules.shelf import ShelfRule, keep_rule
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.labels import ElidedLabel, TwoLineLabel, label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.settings.half_typed import HalfTyped
from covidstation.ui.settings.rule_field import ValueField

_REASON = 500  # letters


class RuleEditor(QWidget):
    """`show_rule(rule)`; `saved()` after each new version, `told(level, text)` for the banner."""

    saved = Signal()
    told = Signal(str, str)
    buttons_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.rule: ShelfRule | None = None
        self._table: dict[str, Any] = {}
        self._shipped: dict[Steps, Any] = {}  # values of the program by where they stand
        self._leaf: Leaf | None = None
        self._filling = False
        self._title = ElidedLabel("", "section")
        self._state = label("", "hint", "muted")
        self._source = TwoLineLabel("", "hint", "muted")
        views = [("numbers", _("Con số")), ("words", _("Câu chữ")), ("changed", _("Đã đổi"))]
        self._views = Segments("rule_views", _("Xem"), views)
        self._model: RecordModel[Leaf] = RecordModel(desk.tasks, self._columns(), self)
        self.values = Table("rule_values", _("Các giá trị của quy định"), self._model)
        self._make_fields()
        self._lay_out()
        self._connect()

    def show_rule(self, rule: ShelfRule) -> None:
        """Show a rule as the station has it; what stood typed is gone."""
        self.rule, self._table, self._leaf = rule, dict(rule.table), None
        self._shipped = {one.path: one.value for one in leaves(rule.shipped)}
        self._title.set_text(rule.title)
        self._state.setText(_state_words(rule))
        self._source.set_text(_("Nguồn: {source}").format(source=rule.source))
        self.confirmed.setChecked(rule.confirmed)
        self.reason.set_value("")
        self._history.setEnabled(bool(rule.history))
        self._back.setEnabled(self._may_edit() and rule.version > 0)
        self._fill()
        self.half.look(f"{rule.family.value}/{rule.id}")
        self.buttons_changed.emit()

    def unsaved(self) -> bool:
        """Whether something differs from the station's version."""
        rule = self.rule
        if rule is None:
            return False
        waits = self._leaf is not None and self._field.typed() != self._leaf.text  # in the field, not yet in the table
        return waits or self._table != dict(rule.table) or self.confirmed.isChecked() != rule.confirmed

    def half_typed(self) -> dict[str, Any]:
        """The values that differ by where they stand, what is in the field, the reason, the mark."""
        rule = self.rule
        if rule is None or not self._may_edit() or not (self.unsaved() or self.reason.value()):
            return {}
        waits = {self._leaf.path: self._field.typed()} if self._leaf is not None else {}
        values = _differing(rule.table, self._table, waits)
        return {"values": values, "reason": self.reason.value(), "confirmed": self.confirmed.isChecked()}

    def put_back(self, raw: Mapping[str, Any]) -> None:
        """The same again; a value that means nothing stands in its field, as it did."""
        self.reason.set_value(str(raw.get("reason", "")))
        self.confirmed.setChecked(raw.get("confirmed") is True)
        self._table, unread = _laid(self._table, raw.get("values", []))
        self._fill()
        if unread is not None:
            self._show_leaf(unread[0])
            self._field.put(unread[1])

    def buttons(self) -> Sequence[QWidget]:
        """Of the action bar."""
        return (self._history, self._back, self._save)

    def save(self) -> None:
        """Keep what stands here as the next version."""
        if self._take():
            self._keep(self._table, _("Đã lưu bản sửa số {version}."), confirmed=self.confirmed.isChecked())

    def restore(self) -> None:
        """Go back to the program's rule, as a new version."""
        if self.rule is not None:
            shipped = dict(self.rule.shipped)
            self._keep(
                shipped, _("Đã trả về quy định của chương trình (bản {version})."), confirmed=shipped["confirmed"]
            )

    def _make_fields(self) -> None:
        self._field = ValueField()
        self.number = self._field.number
        self._what = label(_("Giá trị &mới"), "body", "muted")
        self._part = ElidedLabel("", "hint", "muted")
        self._wrong = label("", "hint", "danger")
        self.reason = LineEdit(
            "rule_reason", _("Vì sao sửa"), limit=_REASON, hint=_("số văn bản mới, ai đã đối chiếu…")
        )
        self.confirmed = CheckBox("rule_confirmed", _("Đã đối &chiếu với văn bản gốc"))
        self._save = Button(_("Lưu bản mới"), "primary", keys="Ctrl+Return", name="save_rule")
        self._back = Button(_("&Trả về của chương trình"), name="restore_rule")
        self._history = Button(_("Các &bản đã sửa"), "quiet", icon="clock", name="rule_history")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        self.half = HalfTyped(self._desk, "rule", self, column)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(4)
        for widget in (self._title, self._state, self._source, self._views):
            column.addWidget(widget)
        column.addWidget(self.values, 1)
        what = QHBoxLayout()
        what.setSpacing(12)
        what.addWidget(self._what)
        what.addWidget(self._part, 1)
        column.addLayout(what)
        column.addWidget(self._field)
        column.addWidget(self._wrong)
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP)
        asked = label(_("&Vì sao sửa"), "body", "muted")
        asked.setBuddy(self.reason)
        row.addWidget(asked)
        row.addWidget(self.reason, 1)
        column.addLayout(row)
        column.addWidget(self.confirmed)

    def _connect(self) -> None:
        self._views.chosen.connect(lambda _key: self._view())
        self.values.current_changed.connect(self._current)
        self.values.opened.connect(lambda _leaf: self._field.field().setFocus())
        self._field.picked.connect(self._take)
        self._field.entered.connect(self._next)
        self._save.clicked.connect(self.save)
        self._back.clicked.connect(self.restore)
        self._history.clicked.connect(self._tell_history)
        self.confirmed.toggled.connect(lambda _on: self._follow())

    def _columns(self) -> Sequence[Column[Leaf]]:
        return (
            Column("part", _("Phần"), lambda leaf: Cell(leaf.part or _("Chung"), ink="muted"), 90),
            Column("key", _("Mục"), lambda leaf: Cell(key_words(leaf))),
            Column("value", _("Giá trị"), self._value_cell, 96),
        )

    def _value_cell(self, leaf: Leaf) -> Cell:
        return Cell(value_words(leaf), "strong", "accent") if self._is_changed(leaf) else Cell(value_words(leaf))

    def _is_changed(self, leaf: Leaf) -> bool:
        """Whether it differs from what the program brought."""
        return leaf.path not in self._shipped or self._shipped[leaf.path] != leaf.value

    def _may_edit(self) -> bool:
        return self._desk.may(Right.MANAGE)

    def _shown(self) -> list[Leaf]:
        found = [leaf for leaf in leaves(self._table) if leaf.key not in BINDINGS]
        view = self._views.value()
        if view == "changed":
            return [leaf for leaf in found if self._is_changed(leaf)]
        return [leaf for leaf in found if (view == "numbers") == _is_threshold(leaf)]

    def _fill(self) -> None:
        shown, path = self._shown(), self._leaf.path if self._leaf else None
        self._filling = True  # the table goes to its first row by itself; nobody chose that
        self._model.set_records(shown)
        self._filling = False
        at = next((n for n, leaf in enumerate(shown) if leaf.path == path), 0)
        self._leaf = None
        if shown:
            self.values.setCurrentIndex(self._model.index(at, 0))
            self._show_leaf(shown[at])
        self._field.setVisible(bool(shown))
        self._follow()

    def _view(self) -> None:
        if self._take():
            self._fill()

    def _current(self, leaf: Leaf | None) -> None:
        if self._filling or leaf is None or (self._leaf is not None and leaf.path == self._leaf.path):
            return
        if self._take():
            self._show_leaf(leaf)

    def _show_leaf(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self._field.show_leaf(leaf, editable=self._may_edit())
        self._what.setBuddy(self._field.field())
        value = key_words(leaf)
        self._part.set_text(_("{part}: {value}").format(part=leaf.part, value=value) if leaf.part else value)
        self._wrong.setText("")

    def _take(self) -> bool:
        """Take what stands in the field; False, with its sentence, when it means nothing."""
        leaf = self._leaf
        if leaf is None or self._field.typed() == leaf.text:
            return True
        try:
            value = read_leaf(leaf, self._field.typed())
        except ValueError:
            self._wrong.setText(sentence(Problem("value", "rules.bad_value")))
            return False
        self._table = with_leaf(self._table, leaf, value)
        self._fill()
        return True

    def _next(self) -> None:
        row = self.values.currentIndex().row()
        if self._take():
            self.values.setCurrentIndex(self._model.index(min(row + 1, self._model.rowCount() - 1), 0))
            self.values.setFocus()

    def _follow(self) -> None:
        may = self._may_edit()
        for widget in (self.reason, self.confirmed, self._save):
            widget.setEnabled(may)
        changed = sum(1 for leaf in leaves(self._table) if self._is_changed(leaf))
        self._views.set_count("changed", changed)

    def _keep(self, table: dict[str, Any], words: str, *, confirmed: bool) -> None:
        rule, desk = self.rule, self._desk
        if rule is None:
            return
        op = partial(
            keep_rule,
            desk.register.db,
            rule,
            table,
            confirmed=confirmed,
            reason=self.reason.value(),
            catalog=desk.shipped,
            by=desk.register.user_id,
            by_name=desk.register.user_name or "",
            now=desk.now(),
        )

        def done(version: int) -> None:
            self.rule = None  # nothing is unsaved any more
            desk.said.emit(words.format(version=version))
            self.told.emit("info", "")
            self.saved.emit()

        desk.act(self, op, done, self._failed, draft=self.half.settled())

    def _failed(self, trouble: UserError) -> None:
        self.half.resume()
        self.told.emit("danger", " ".join(sentences(trouble)))
        self.reason.setFocus()

    def _tell_history(self) -> None:
        rule = self.rule
        if rule is None:
            return
        lines = _history_words(rule, self._desk.now().date())
        tell(self, _("Các bản đã sửa: {title}").format(title=rule.title), lines, bad=False)


def _history_words(rule: ShelfRule, today: date) -> str:
    """A line for each version, the newest first."""
    words = _("Bản {version}, {when}, {by}: {reason}")
    return "\n".join(
        words.format(version=one.version, when=moment_text(one.at, today), by=one.by_name, reason=one.reason)
        for one in rule.history
    )


def _state_words(rule: ShelfRule) -> str:
    """`Dùng từ 28/01/2022 đến 19/10/2023 · của chương trình · chưa xác nhận`."""
    start, until = date_text(rule.valid_from), date_text(rule.valid_until)
    days = _("Dùng từ {start} đến {until}") if until else _("Dùng từ {start}")
    origin = _("{name} ở huyện gửi").format(name=rule.sent_by) if rule.sent_by else _("của chương trình")
    own = _("bản sửa số {version} của trạm").format(version=rule.version) if rule.version else origin
    state = _("đã xác nhận") if rule.confirmed else _("chưa xác nhận")
    return _("{days} · {own} · {state}").format(days=days.format(start=start, until=until), own=own, state=state)


def _is_threshold(leaf: Leaf) -> bool:
    """Numbers, and the words and answers that go with them; whether somebody compared a line is told with its words."""
    return leaf.key != "confirmed" and (leaf.is_number or bool(choices_of(leaf)))


def _differing(held: Mapping[str, Any], table: Mapping[str, Any], waits: Mapping[Steps, str]) -> list[list[Any]]:
    """`[path, text]` of each value that differs; `waits` are texts that stand in a field and not yet in the table."""
    before = {leaf.path: leaf.text for leaf in leaves(held)}
    texts = {leaf.path: leaf.text for leaf in leaves(table)} | dict(waits)
    return [[list(path), text] for path, text in texts.items() if before.get(path) != text]


def _laid(table: dict[str, Any], values: Sequence[Sequence[Any]]) -> tuple[dict[str, Any], tuple[Leaf, str] | None]:
    """The table with those values, and one that means nothing where it stood in the field."""
    unread: tuple[Leaf, str] | None = None
    for path, text in values:
        leaf = next((leaf for leaf in leaves(table) if list(leaf.path) == path), None)
        if leaf is None:
            continue
        try:
            table = with_leaf(table, leaf, read_leaf(leaf, text))
        except ValueError:
            unread = leaf, text
    return table, unread
