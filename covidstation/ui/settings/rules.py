"""Quy định: every dated rule of the program, in force or not, and the station's own versions of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.domain.rule_sets import Family
from covidstation.i18n import _, date_text
from covidstation.messages.rule_words import family_words
from covidstation.services.rules.shelf import ShelfRule, rule_shelf
from covidstation.ui.desk import Desk
from covidstation.ui.parts.labels import Line
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.table import Table
from covidstation.ui.settings.rule_editor import RuleEditor
from covidstation.ui.settings.section import Section

_LIST = 538


class RulesSection(Section):
    """The list at the left, the chosen rule at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "rules", _("Quy định"))
        self.column.setContentsMargins(0, 0, 0, 0)
        self._rules: tuple[ShelfRule, ...] = ()
        self._filling = False
        self._wanted: tuple[Family, str] | None = None
        self._model: RecordModel[ShelfRule] = RecordModel(desk.tasks, _columns(), self)
        self.table = Table("rules", _("Các quy định"), self._model)
        self.table.setFixedWidth(_LIST)
        self.editor = RuleEditor(desk)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.table, Line(vertical=True)):
            row.addWidget(widget)
        row.addWidget(self.editor, 1)
        self.column.addLayout(row, 1)
        self.table.current_changed.connect(self._current)
        self.table.opened.connect(lambda _rule: self.editor.values.setFocus())
        self.editor.saved.connect(self.load)
        self.editor.told.connect(self.told)
        self.editor.buttons_changed.connect(self.buttons_changed)

    def fills(self) -> bool:
        """The tables fill the page."""
        return True

    def load(self) -> None:
        """Ask for the shelf; the rule in sight stays in sight."""
        self.desk.ask(self, partial(rule_shelf, self.desk.register.db, self.desk.shipped), self._show)

    def unsaved(self) -> bool:
        """Whether the rule in the editor was changed."""
        return self.editor.unsaved()

    def put_aside(self) -> None:
        """What the editor holds."""
        self.editor.half.keep_now()

    def forget(self) -> None:
        """It was given up."""
        self.editor.half.forget()

    def buttons(self) -> Sequence[QWidget]:
        """The editor's."""
        return self.editor.buttons()

    def show_rule(self, family: Family, rule_id: str) -> None:
        """Go to that rule."""
        self._wanted = (family, rule_id)
        self._fill()

    def _show(self, rules: tuple[ShelfRule, ...]) -> None:
        self._rules = rules
        self._fill()

    def _fill(self) -> None:
        today = self.desk.now().date()
        wanted = self._wanted
        self._filling = True
        self._model.set_records(self._rules)
        self._filling = False
        at = next((n for n, rule in enumerate(self._rules) if (rule.family, rule.id) == wanted), None)
        if at is None:
            at = next((n for n, rule in enumerate(self._rules) if rule.on(today)), 0)
        if self._rules:
            self.table.setCurrentIndex(self._model.index(at, 0))
            self._show_rule(self._rules[at])

    def _show_rule(self, rule: ShelfRule) -> None:
        self._wanted = (rule.family, rule.id)
        self.editor.show_rule(rule)

    def _current(self, rule: ShelfRule | None) -> None:
        if self._filling or rule is None or self._wanted == (rule.family, rule.id):
            return
        if self.editor.unsaved():
            self.told.emit("warn", _("Quy định đang sửa chưa lưu. Lưu bản mới, hoặc trả các giá trị về như cũ."))
            self._filling = True
            at = next(n for n, one in enumerate(self._rules) if (one.family, one.id) == self._wanted)
            self.table.setCurrentIndex(self._model.index(at, 0))
            self._filling = False
            return
        self._show_rule(rule)


def _columns() -> Sequence[Column[ShelfRule]]:
    return (
        Column("family", _("Nhóm"), lambda rule: Cell(family_words(rule.family), ink="muted"), 142),
        Column("title", _("Quy định"), lambda rule: Cell(rule.title)),
        Column("from", _("Từ ngày"), lambda rule: Cell(date_text(rule.valid_from), ink="muted"), 94),
        Column("state", _("Nguồn"), _state, 98),
    )


def _state(rule: ShelfRule) -> Cell:
    if rule.sent_by and not rule.version:
        return Cell(_("Huyện"), "strong", "accent", icon="info")
    if rule.version:
        return Cell(_("Bản {version}").format(version=rule.version), "strong", "accent", icon="pencil")
    if rule.confirmed:
        return Cell(_("Xác nhận"), ink="muted", icon="check")
    return Cell(_("Chưa"), "strong", "warn", icon="alert")
