"""Small acts of the chronic register: a disease, no longer following it, a call, whom to take in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from covidstation.domain.chronic import Condition, ConditionDraft, OwnTargets, RemovedReason
from covidstation.domain.chronic_lists import ChronicList
from covidstation.domain.chronic_visits import read_tenths, tenths_text
from covidstation.domain.citizen import grouped
from covidstation.domain.glucose import GlucoseUnit, glucose_number, read_glucose
from covidstation.domain.measures import read_pressure
from covidstation.domain.problems import Problem
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.chronic.calls import ChronicCall, Reply, log_chronic_call
from covidstation.services.chronic.conditions import add_condition, edit_condition, remove_condition
from covidstation.ui.chronic.words import REASONS, REPLIES
from covidstation.ui.contacts.choosers import PersonCombo
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import BirthEdit, DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.popup import Choice
from covidstation.ui.person.dialogs import ActDialog

_WIDE, _SHORT = 380, 72


class ConditionDialog(ActDialog):
    """One disease of one person; without a person, the first row asks for whom. `taken_in` tells who it was."""

    taken_in = Signal(object)  # UUID

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        shelf: ChronicList,
        *,
        person_id: UUID | None = None,
        full_name: str = "",
        known: Condition | None = None,
    ) -> None:
        self._person_id, self._known, self._shelf = person_id, known, shelf
        self._make_fields(desk)
        title = _("Thêm người bệnh mạn tính") if person_id is None else _("Bệnh mạn tính: {name}")
        first = self.who if person_id is None else self.code
        super().__init__(desk, parent, title.format(name=full_name), self._rows_of(), first)
        self.setObjectName("condition_dialog")
        self.setMinimumWidth(820)
        self.code.picked.connect(lambda _key: self._follow())
        self.code.textChanged.connect(lambda _text: self._follow())
        if known is not None:
            self._fill(known)
        self._follow()

    def about(self) -> str:
        """The person and the disease."""
        known = self._known.id.hex if self._known else "new"
        return f"{self._person_id.hex if self._person_id else ''}-{known}"

    def wrong(self) -> list[Problem]:
        """Nobody chosen, dates and numbers that cannot be read."""
        found = []
        if self._person_id is None and self.who.person_id() is None:
            found.append(Problem("who", "chronic.who_missing"))
        for date_field in (self.diagnosed, self.registered_on):
            if date_field.bad():
                found.append(Problem(date_field.objectName(), "forms.bad_date"))
        for field, read in self._readers():
            try:
                read(field.text())
            except ValueError:
                found.append(Problem(field.objectName(), "chronic.target_unreadable"))
        return found

    def field_of(self, problem: Problem) -> str:
        """Two numbers stand in one field."""
        return "systolic" if problem.field == "diastolic" else problem.field

    def act(self) -> Callable[[], Done[Any]]:
        """Take in, or correct."""
        desk, register = self._desk, self._desk.register
        draft, now, by = self._draft(), desk.now(), register.user_id
        if self._known is not None:
            return partial(edit_condition, register.db, self._known.id, draft, catalog=desk.catalog, by=by, now=now)
        person_id = self._person_id or self.who.person_id()
        assert person_id is not None
        return partial(
            add_condition, register.db, person_id, draft, catalog=desk.catalog, by=by, by_name=register.user_name,
            now=now,
        )  # fmt: skip

    def done_with(self, value: object) -> None:
        """Say whose it is."""
        super().done_with(value)
        if isinstance(value, Condition):
            self.taken_in.emit(value.person_id)

    def _make_fields(self, desk: Desk) -> None:
        today = desk.now().date()
        hint = _("Gõ tên người đã có trong sổ")
        self.who = PersonCombo(desk, "who", _("Người bệnh"), width=_WIDE, hint=hint)
        choices = [Choice(one.code, one.label, one.code) for one in self._shelf.codes]
        hint = _("Chọn, hoặc gõ mã ICD-10")
        self.code = FindCombo("code", _("Bệnh"), choices, width=300, hint=hint, free=True)
        self.name = LineEdit("label", _("Tên bệnh"), width=_WIDE, limit=120)
        self.diagnosed = BirthEdit("diagnosed", _("Chẩn đoán khi nào"), today=today, hint=_("năm cũng được"))
        self.diagnosed_at = LineEdit("diagnosed_at", _("Ai, ở đâu chẩn đoán"), width=220, limit=120)
        self.registered_on = DateEdit("registered_on", _("Trạm theo dõi từ ngày"), today=today)
        self.registered_on.set_day(today)
        self.treatment = LineEdit("treatment", _("Đang điều trị"), width=_WIDE, limit=500, hint=_("thuốc, liều"))
        self.pressure = LineEdit("systolic", _("Đích huyết áp riêng"), width=92, limit=9, hint="140/90")
        self.fasting = LineEdit("fasting", _("Đích đường huyết đói riêng, mmol/L"), width=_SHORT, limit=6)
        self.hba1c = LineEdit("hba1c", _("Đích HbA1c riêng, %"), width=_SHORT, limit=6)
        self.note = LineEdit("note", _("Ghi chú"), width=_WIDE, limit=500)

    def _rows_of(self) -> tuple[Field, ...]:
        self._name_row = Field(_("&Tên bệnh"), self.name, required=True)
        targets = Field(_("Đích &riêng, HA dưới"), self.pressure).beside(self.fasting, _("đường đói, mmol/L"))
        targets.beside(self.hba1c, _("HbA1c, %"))
        targets.set_hint(_("để trống: theo quy định"))
        whom = (Field(_("&Người bệnh"), self.who, required=True),) if self._person_id is None else ()
        return (
            *whom,
            Field(_("&Bệnh"), self.code, required=True),
            self._name_row,
            Field(_("&Chẩn đoán"), self.diagnosed).beside(self.diagnosed_at, _("tại")),
            Field(_("Theo &dõi từ"), self.registered_on),
            Field(_("Đ&iều trị"), self.treatment),
            targets,
            Field(_("&Ghi chú"), self.note),
        )

    def _fill(self, known: Condition) -> None:
        if known.code in {one.code for one in self._shelf.codes}:
            self.code.set_value(known.code)
        else:
            self.code.put_text(known.code)
        self.diagnosed.set_birth(known.diagnosed)
        self.registered_on.set_day(known.registered_on)
        for field, text in (
            (self.name, known.label), (self.diagnosed_at, known.diagnosed_at), (self.treatment, known.treatment),
            (self.note, known.note),
        ):  # fmt: skip
            field.set_value(text)
        own = known.targets
        if own.systolic is not None:
            self.pressure.set_value(f"{own.systolic}/{own.diastolic}")
        self.fasting.set_value(glucose_number(own.fasting, GlucoseUnit.MMOL) if own.fasting else "")
        self.hba1c.set_value(tenths_text(own.hba1c))

    def _follow(self) -> None:
        """A code that no list names wants a name."""
        self._name_row.setVisible(self.code.value() is None and bool(self.code.value_text()))
        self.adjustSize()

    def _draft(self) -> ConditionDraft:
        pressure = read_pressure(self.pressure.text())
        listed = self.code.value()
        return ConditionDraft(
            code=str(listed) if listed else self.code.value_text(),
            label="" if listed else self.name.value(),
            diagnosed=self.diagnosed.birth(),
            diagnosed_at=self.diagnosed_at.value(),
            registered_on=self.registered_on.day(),
            treatment=self.treatment.value(),
            targets=OwnTargets(
                systolic=pressure[0] if pressure else None,
                diastolic=pressure[1] if pressure else None,
                fasting=read_glucose(self.fasting.text(), GlucoseUnit.MMOL),
                hba1c=read_tenths(self.hba1c.text()),
            ),
            note=self.note.value(),
        )

    def _readers(self) -> tuple[tuple[LineEdit, Callable[[str], Any]], ...]:
        return (
            (self.pressure, read_pressure),
            (self.fasting, partial(read_glucose, unit=GlucoseUnit.MMOL)),
            (self.hba1c, read_tenths),
        )


class RemoveDialog(ActDialog):
    """No longer follow somebody for a disease."""

    def __init__(self, desk: Desk, parent: QWidget, condition: Condition, label: str) -> None:
        self._condition = condition
        reasons = [(key, _(words)) for key, words in REASONS.items() if key is not RemovedReason.JOINED]
        self.reason = Combo("reason", _("Vì sao"), reasons, width=240)
        self.note = LineEdit("note", _("Ghi chú"), width=_WIDE, limit=500)
        rows = (Field(_("&Vì sao"), self.reason), Field(_("&Ghi chú"), self.note))
        super().__init__(desk, parent, _("Thôi theo dõi: {disease}").format(disease=label), rows, self.reason)
        self._rows[0].set_hint(_("không mắc: bỏ cả ở bệnh nền"))

    def about(self) -> str:
        """The disease."""
        return self._condition.id.hex

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        desk = self._desk
        reason: RemovedReason = self.reason.value()
        return partial(
            remove_condition, desk.register.db, self._condition.id, reason, self.note.value(), catalog=desk.catalog,
            by=desk.register.user_id, now=desk.now(),
        )  # fmt: skip


class ChronicCallDialog(ActDialog):
    """A call to somebody who is due: what they said, and the day that follows from it."""

    def __init__(self, desk: Desk, parent: QWidget, *, person_id: UUID, full_name: str, phone: str) -> None:
        self._person_id, today = person_id, desk.now().date()
        self.reply = Combo("reply", _("Kết quả gọi"), [(key, _(words)) for key, words in REPLIES.items()], width=300)
        self.on = DateEdit("on", _("Ngày hẹn"), today=today + timedelta(days=366))
        self.on.set_day(today + timedelta(days=1))
        self.note = LineEdit("note", _("Ghi chú"), width=_WIDE, limit=500)
        first = Field(_("&Kết quả gọi"), self.reply).beside(self.on)
        super().__init__(
            desk, parent, _("Gọi {name}").format(name=full_name), (first, Field(_("&Ghi chú"), self.note)), self.reply
        )
        self.setObjectName("chronic_call_dialog")
        self.setMinimumWidth(760)
        first.set_hint(grouped(phone) if phone else _("chưa có số điện thoại"))
        self.reply.currentIndexChanged.connect(lambda _row: self._follow())

    def about(self) -> str:
        """The person."""
        return self._person_id.hex

    def wrong(self) -> list[Problem]:
        """A day that is none."""
        return [Problem("on", "forms.bad_date")] if self._asks_day() and self.on.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Keep it."""
        desk, register = self._desk, self._desk.register
        on = self.on.day() if self._asks_day() else None
        call = ChronicCall(person_id=self._person_id, reply=self.reply.value(), on=on, note=self.note.value())
        return partial(
            log_chronic_call, register.db, call, catalog=desk.catalog, by=register.user_id,
            by_name=register.user_name, now=desk.now(),
        )  # fmt: skip

    def _asks_day(self) -> bool:
        return self.reply.value() in (Reply.AGREED, Reply.LATER)

    def _follow(self) -> None:
        self.on.setVisible(self._asks_day())
