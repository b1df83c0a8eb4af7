"""One dated rule in plain words: its values in a table, the chosen one in a field, a reason, and the versions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from covidstation.domain.problems import Problem
from covidstation.domain.rule_leaves import Leaf, leaves, read_leaf, with_leaf
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.i18n import _, date_text, moment_text
from covidstation.messages import sentence, sentences
from covidstation.services.rules.shelf import ShelfRule, keep_rule
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.labels import ElidedLabel, TwoLineLabel, label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.settings.rule_words import BINDINGS, choices_of, key_words, value_words

_REASON = 500  # letters
_WORDS_HEIGHT = 72


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
        self._title.set_text(rule.title)
        self._state.setText(_state_words(rule))
        self._source.set_text(_("Nguồn: {source}").format(source=rule.source))
        self.confirmed.setChecked(rule.confirmed)
        self.reason.set_value("")
        self._history.setEnabled(bool(rule.history))
        self._back.setEnabled(self._may_edit() and rule.version > 0)
        self._fill()
        self.buttons_changed.emit()

    def unsaved(self) -> bool:
        """Whether something differs from the station's version."""
        rule = self.rule
        return rule is not None and (self._table != dict(rule.table) or self.confirmed.isChecked() != rule.confirmed)

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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter in a field takes the value and goes to the next line."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._next()
                return True
        return super().eventFilter(watched, event)

    def _make_fields(self) -> None:
        self.number = LineEdit("rule_number", _("Giá trị mới"), width=220)
        self.choice = Combo("rule_choice", _("Giá trị mới"), [("True", _("có"))], width=260)
        self.words = QPlainTextEdit()
        self.words.setObjectName("rule_words")
        self.words.setAccessibleName(_("Câu chữ mới"))
        self.words.setTabChangesFocus(True)
        self._fields = QStackedWidget()
        for field in (self.number, self.choice, self.words):
            self._fields.addWidget(_top(field) if field is not self.words else field)
            field.installEventFilter(self)
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
        column.addWidget(self._fields)
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
        self.values.opened.connect(lambda _leaf: self._field().setFocus())
        self.choice.picked.connect(lambda _key: self._take())
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
        shipped = {one.path: one.value for one in leaves(self.rule.shipped)} if self.rule else {}
        return leaf.path not in shipped or shipped[leaf.path] != leaf.value

    def _may_edit(self) -> bool:
        return self._desk.register.role == Role.HEAD.value

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
        self._fields.setVisible(bool(shown))
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
        choices = choices_of(leaf)
        if choices:
            self.choice.set_choices(choices)
            self.choice.set_value(leaf.text)
        elif leaf.is_number:
            self.number.set_value(leaf.text)
        else:
            self.words.setPlainText(leaf.text)
        self._fields.setCurrentIndex(1 if choices else 0 if leaf.is_number else 2)
        self._fields.setFixedHeight(_WORDS_HEIGHT if self._field() is self.words else metrics.CONTROL)
        self._what.setBuddy(self._field())
        self._part.set_text(leaf.part)
        for field in (self.number, self.choice, self.words):
            field.setEnabled(self._may_edit())
        self._wrong.setText("")

    def _field(self) -> QWidget:
        return (self.number, self.choice, self.words)[self._fields.currentIndex()]

    def _typed(self) -> str:
        if self._field() is self.choice:
            return str(self.choice.value())
        return self.number.value() if self._field() is self.number else self.words.toPlainText().strip()

    def _take(self) -> bool:
        """Take what stands in the field; False, with its sentence, when it means nothing."""
        leaf = self._leaf
        if leaf is None or self._typed() == leaf.text:
            return True
        try:
            value = read_leaf(leaf, self._typed())
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

        desk.act(self, op, done, self._failed)

    def _failed(self, trouble: UserError) -> None:
        self.told.emit("danger", " ".join(sentences(trouble)))
        self.reason.setFocus()

    def _tell_history(self) -> None:
        rule = self.rule
        if rule is None:
            return
        today = self._desk.now().date()
        words = _("Bản {version}, {when}, {by}: {reason}")
        lines = [
            words.format(version=one.version, when=moment_text(one.at, today), by=one.by_name, reason=one.reason)
            for one in rule.history
        ]
        tell(self, _("Các bản đã sửa: {title}").format(title=rule.title), "\n".join(lines), bad=False)


def _state_words(rule: ShelfRule) -> str:
    """`Dùng từ 28/01/2022 đến 19/10/2023 · của chương trình · chưa xác nhận`."""
    start, until = date_text(rule.valid_from), date_text(rule.valid_until)
    days = _("Dùng từ {start} đến {until}") if until else _("Dùng từ {start}")
    own = _("bản sửa số {version} của trạm").format(version=rule.version) if rule.version else _("của chương trình")
    state = _("đã xác nhận") if rule.confirmed else _("chưa xác nhận")
    return _("{days} · {own} · {state}").format(days=days.format(start=start, until=until), own=own, state=state)


def _is_threshold(leaf: Leaf) -> bool:
    """Numbers, and the words and answers that go with them; whether somebody compared a line is told with its words."""
    return leaf.key != "confirmed" and (leaf.is_number or bool(choices_of(leaf)))


def _top(field: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(field, 0, Qt.AlignmentFlag.AlignLeft)
    column.addStretch(1)
    return holder
