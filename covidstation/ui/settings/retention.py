"""Thời hạn lưu: how long whose records are kept, what may be destroyed when, and the signed act that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, ClassVar, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.domain.problems import Problem
from covidstation.domain.retention import RecordKind
from covidstation.domain.rights import Right
from covidstation.i18n import N_, _, date_text
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.privacy.purge import LONGEST_DECISION, WORD, Purged, PurgeOrder, purge_records
from covidstation.services.privacy.retention import (
    ClassLook,
    DueLook,
    DuePerson,
    RetentionLook,
    look_at_due,
    look_at_retention,
)
from covidstation.services.rights import may
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.column import empty_column
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import TwoLineLabel, label, restyle
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.parts.table import Table
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.settings.section import Section
from covidstation.ui.sync.words import KINDS

CLASSES: Final[Mapping[RecordKind, str]] = {
    RecordKind.DEATH: N_("Người đã mất"),
    RecordKind.SPECIAL: N_("Bệnh tâm thần, tai nạn"),
    RecordKind.CASE: N_("F0"),
    RecordKind.CONTACT: N_("F1"),
    RecordKind.PERSON: N_("Chưa từng là F0, F1"),
}
_TABLE: Final = 204
_NAMES: Final = 164
_LABEL: Final = 184
_WIDE: Final = 760


class PurgeDialog(ActDialog):
    """What would go, by which decision, the word typed by hand. `look` is asked again when the day changes."""

    needs: ClassVar[Right] = Right.MANAGE

    def __init__(self, desk: Desk, parent: QWidget, kind: RecordKind) -> None:
        today = desk.now().date()
        self._kind, self._due = kind, 0
        self.until = DateEdit("until", _("Tính đến hết ngày"), today=today)
        self.until.set_day(today)
        self.decision = LineEdit("decision", _("Số quyết định huỷ"), width=260, limit=LONGEST_DECISION)
        self.typed = LineEdit("typed", _("Gõ chữ xác nhận"), width=120, limit=10)
        typed = Field(_("&Gõ chữ {word}").format(word=WORD), self.typed, required=True, label_width=_LABEL)
        rows = (
            Field(_("Việc cuối &trước hết ngày"), self.until, required=True, label_width=_LABEL),
            Field(_("&Quyết định số"), self.decision, required=True, label_width=_LABEL),
            typed,
        )
        super().__init__(desk, parent, _("Huỷ hồ sơ: {what}").format(what=_(CLASSES[kind])), rows, self.until)
        self.setObjectName("purge_dialog")
        self._model: RecordModel[DuePerson] = RecordModel(desk.tasks, _people_columns(), self)
        self.setMinimumWidth(_WIDE)
        self._words = label("", "hint", "muted", wrap=True)
        self._rows_words = label("", "hint", "muted", wrap=True)
        table = Table("due_people", _("Những người sẽ bị huỷ hồ sơ"), self._model)
        table.setFixedHeight(_NAMES)
        heavy = label(
            _("Không lấy lại được từ sổ. Bản sao lưu cũ và phần huyện đang giữ không bị xoá theo."), "hint", "danger"
        )
        for widget in (self._words, table, self._rows_words, heavy):
            self.rows_column.addWidget(widget)
        button = self.findChild(Button, "act_button")
        assert isinstance(button, Button)  # every ActDialog has it
        self._button = button
        button.set_text(_("Huỷ hồ sơ"))
        restyle(button, "kind", "danger")
        self.until.textChanged.connect(self._ask)
        self._ask()

    def _ask(self) -> None:
        day, desk = self.until.day(), self._desk
        if day is None:
            return
        look = partial(look_at_due, desk.register.db, self._kind, day, catalog=desk.catalog, today=desk.now().date())
        desk.ask(self, look, self._show_due, self.failed)

    def _show_due(self, look: DueLook) -> None:
        self._due = look.count
        self._model.set_records(look.people)
        first = _("{n} người đến hạn huỷ, theo {source}.").format(n=look.count, source=look.rule.source)
        self._words.setText(first if look.rule.confirmed else _("{words} Chưa xác nhận.").format(words=first))
        kinds: dict[str, int] = {}
        for name, count in look.rows.items():
            word = _(KINDS.get(name, N_("Khác")))
            kinds[word] = kinds.get(word, 0) + count
        self._rows_words.setText(", ".join(f"{word}: {count}" for word, count in sorted(kinds.items())))
        self._button.setEnabled(look.count > 0)

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("until", "forms.bad_date")] if self.until.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Do it."""
        register, desk = self._desk.register, self._desk
        order = PurgeOrder(
            kind=self._kind,
            until=self.until.day(),
            decision=self.decision.value(),
            count=self._due,
            typed=self.typed.value(),
        )
        who: dict[str, Any] = {"by": register.user_id, "by_name": register.user_name, "now": desk.now()}
        return partial(purge_records, register.db, order, catalog=desk.catalog, **who)

    def done_with(self, value: object) -> None:
        """Say what went."""
        assert isinstance(value, Purged)
        words = _("Đã huỷ hồ sơ {people} người, {rows} dòng.")
        self._desk.said.emit(words.format(people=value.people, rows=value.rows))
        super().done_with(value)


class RetentionSection(Section):
    """One line a class; the button opens the act for the class in hand."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "retention", _("Thời hạn lưu"))
        self.column.setContentsMargins(0, 4, 0, 0)
        self._look: RetentionLook | None = None
        self._model: RecordModel[ClassLook] = RecordModel(desk.tasks, _columns(desk.now().date()), self)
        self.table = Table("retention", _("Được huỷ khi nào"), self._model)
        self.table.setFixedHeight(_TABLE)
        self.purge = Button(_("&Huỷ hồ sơ hết hạn"), "danger", name="purge_records")
        self.purge.clicked.connect(self._purge)
        self.table.opened.connect(lambda _line: self._purge())
        self.table.current_changed.connect(lambda _line: self._say())
        head = SectionHead(_("Được huỷ khi nào"), _("tính từ việc cuối cùng đã ghi của mỗi người"), self.purge)
        head.setFixedHeight(48)
        head.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        self._words = TwoLineLabel("", "hint", "muted")
        self._words.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        below = QWidget()
        self._done = QVBoxLayout(below)
        self._done.setContentsMargins(0, 8, 0, 0)
        self._done.setSpacing(0)
        for widget in (head, self.table, self._words, below):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def load(self) -> None:
        """Count again; only the head of station may."""
        desk = self.desk
        if not may(desk.register.db, Right.MANAGE):
            self.table.hide()
            self._words.set_text(_("Người đứng đầu trạm xem và huỷ hồ sơ hết hạn ở đây."))
            return
        look = partial(look_at_retention, desk.register.db, catalog=desk.catalog, today=desk.now().date())
        desk.ask(self, look, self._show, lambda trouble: self.told.emit("danger", sentence(trouble)))

    def _show(self, look: RetentionLook) -> None:
        self._look = look
        self._model.set_records(look.classes)
        empty_column(self._done)
        if look.done:
            holder = SectionHead(_("Đã huỷ"))
            holder.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
            self._done.addWidget(holder)
        for line in look.done:
            first = _("{what}: {count} người, quyết định {decision}").format(
                what=_(CLASSES[line.kind]), count=line.count, decision=line.decision
            )
            second = _("{day} · việc cuối đến hết {until} · {name}").format(
                day=date_text(line.purged_on), until=date_text(line.until), name=line.by_name
            )
            self._done.addWidget(ListRow(first, second, icon="document"))
        self._say()

    def _say(self) -> None:
        held, look = self.table.current_record(), self._look
        unsent = look.unsent if look else 0
        self.purge.setEnabled(held is not None and held.due > 0 and not unsent)
        if held is None:
            self._words.set_text("")
            return
        words = [_("Căn cứ: {source}.").format(source=held.rule.source)]
        if not held.rule.confirmed:
            words.append(_("Chưa xác nhận: hỏi trung tâm y tế trước khi huỷ."))
        if unsent and held.due:
            words.append(_("Còn {n} thay đổi huyện chưa xác nhận: gửi và nhập xác nhận rồi mới huỷ.").format(n=unsent))
        self._words.set_text(" ".join(words))

    def _purge(self) -> None:
        held = self.table.current_record()
        if held is None or not self.purge.isEnabled():
            return
        dialog = PurgeDialog(self.desk, self, held.rule.kind)
        dialog.saved.connect(self.load)
        dialog.exec()
        dialog.deleteLater()


def _columns(today: date) -> Sequence[Column[ClassLook]]:
    def free(look: ClassLook) -> Cell:
        if look.due:
            return Cell(_("{n} người, ngay bây giờ").format(n=look.due), "strong")
        if look.first_free is None:
            return Cell("–", ink="muted")
        words = _("từ {day}") if look.first_free > today else _("từ {day}, còn vướng hồ sơ khác hoặc chưa kết thúc")
        return Cell(words.format(day=date_text(look.first_free)), ink="muted")

    return (
        Column("kind", _("Loại hồ sơ"), lambda one: Cell(_(CLASSES[one.rule.kind]), "name"), 220),
        Column("years", _("Giữ"), lambda one: Cell(_("{n} năm").format(n=one.rule.years)), 90),
        Column("people", _("Số người"), lambda one: Cell(f"{one.people}"), 90),
        Column("oldest", _("Cũ nhất"), lambda one: Cell(date_text(one.oldest) or "–", ink="muted"), 120),
        Column("free", _("Được huỷ"), free, 320),
        Column(
            "source",
            _("Căn cứ"),
            lambda one: Cell(_("đã xác nhận") if one.rule.confirmed else _("chưa xác nhận"), "hint", "muted"),
        ),
    )


def _people_columns() -> Sequence[Column[DuePerson]]:
    return (
        Column("name", _("Họ và tên"), lambda one: Cell(one.full_name, "name"), 220),
        Column("birth", _("Năm sinh"), lambda one: Cell(f"{one.birth_year or ''}"), 80),
        Column("hamlet", _("Thôn, bản"), lambda one: Cell(one.hamlet), 140),
        Column("last", _("Việc cuối"), lambda one: Cell(date_text(one.last_on), ink="muted"), 100),
        Column("free", _("Hết hạn lưu"), lambda one: Cell(date_text(one.free_from), ink="muted")),
    )
