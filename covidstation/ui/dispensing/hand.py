"""Handing medicines out: all that somebody takes, for the usual days, and what speaks against it before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.dispensing import MOST_DAYS, Origin, Receiver
from covidstation.domain.prescriptions import LONG, SHORT, HandingDraft
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.services.dispensing.handing import HandingLook, hand_out, look_at_handing
from covidstation.ui.desk import Desk
from covidstation.ui.dispensing.lines import HandLine, head
from covidstation.ui.dispensing.words import PLACES, RECEIVERS
from covidstation.ui.drafts import DialogDraft
from covidstation.ui.look import metrics
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import SavingDialog, foot, save_buttons, scrolled, tell
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field, show_problems
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import ElidedLabel, TwoLineLabel, label, plain_tip

SIZE = (980, 520)


class HandDialog(SavingDialog):
    """`HandDialog(desk, parent, person_id).open()`; stays open until it is written, then `saved` fires."""

    def __init__(self, desk: Desk, parent: QWidget, person_id: UUID) -> None:
        super().__init__(parent, _("Cấp thuốc"), "hand_dialog")
        self.resize(*SIZE)
        self._desk, self._person_id = desk, person_id
        self._look: HandingLook | None = None
        self._lines: list[HandLine] = []
        self._make_fields(desk)
        self._lay_out()
        FormKeys(self, save=self.save, leave=self.reject)
        self._kept = DialogDraft(desk, self, lambda: person_id.hex)
        op = partial(look_at_handing, desk.register.db, person_id, catalog=desk.catalog, day=desk.now().date())
        desk.ask(self, op, self._show, self._failed)

    def _may_open(self) -> bool:
        """Nobody is led into typing what will be refused."""
        if not self._desk.may(Right.ENTER):
            tell(self, _("Chưa làm được"), sentence(UserError("rights.enter")), bad=False)
            return False
        return super()._may_open()

    def lines(self) -> Sequence[HandLine]:
        """The medicines as they stand there."""
        return tuple(self._lines)

    def draft(self) -> HandingDraft:
        """What stands in the dialog."""
        items = (line.item() for line in self._lines)
        return HandingDraft(
            items=tuple(item for item in items if item is not None),
            day=self.day.day(),
            place=self.place.value(),
            receiver=self.receiver.value(),
            receiver_name=self.receiver_name.value() if self.receiver.value() is Receiver.PROXY else "",
            facility="" if self._facility_row.isHidden() else self.facility.value(),
            reason="" if self._reason_row.isHidden() else self.reason.value(),
        )

    def save(self) -> None:
        """Try to write it; what is only doubtful asks for a reason first."""
        if self._look is None:
            return
        wrong = [Problem("day", "forms.bad_date")] if self.day.bad() else []
        self._show_problems(wrong)
        if wrong:
            return
        desk = self._desk
        op = partial(
            hand_out, desk.register.db, self._person_id, self.draft(), catalog=desk.catalog, by=desk.register.user_id,
            by_name=desk.register.user_name or "", now=desk.now(), sure=not self._reason_row.isHidden(),
        )  # fmt: skip
        desk.act(self, op, self._done, self._failed, draft=self._kept.settled())

    def _make_fields(self, desk: Desk) -> None:
        today = desk.now().date()
        self._who = label("", "section")
        self._rule = ElidedLabel("", "hint", "muted")
        self.all_days = NumberEdit("all_days", _("Cấp cho số ngày"), low=1, high=MOST_DAYS, width=72)
        self._until = label("", "body", "muted")
        self.day = DateEdit("day", _("Ngày cấp"), today=today)
        self.day.set_day(today)
        self.place = Combo("place", _("Nơi cấp"), [(key, _(words)) for key, words in PLACES.items()], width=120)
        receivers = [(key, _(words)) for key, words in RECEIVERS.items()]
        self.receiver = Combo("receiver", _("Ai nhận"), receivers, width=200)
        self.receiver_name = LineEdit(
            "receiver_name", _("Người nhận thay"), width=280, limit=SHORT, hint=_("họ tên, là gì của người bệnh")
        )
        self.facility = LineEdit("facility", _("Nơi đã cấp thuốc"), width=320, limit=SHORT)
        self.reason = LineEdit("reason", _("Lý do vẫn cấp"), width=420, limit=LONG)
        self._days_row = Field(_("Cấp &cho"), self.all_days).beside(self._until, field=False)
        self._receiver_row = Field(_("&Ai nhận"), self.receiver).beside(self.receiver_name)
        self._facility_row = Field(_("Nơi đã cấ&p"), self.facility, required=True)
        self._reason_row = Field(_("Lý &do vẫn cấp"), self.reason, required=True)
        self._place_row = Field(_("&Ngày cấp"), self.day, required=True).beside(self.place, _("nơ&i cấp"))
        self._trouble = TwoLineLabel("", "hint", "danger")
        self.all_days.textEdited.connect(lambda _text: self._other_days())
        self.day.textChanged.connect(lambda _text: self._other_day())
        self.receiver.picked.connect(lambda _key: self._follow())
        self.reason.textEdited.connect(lambda _text: self._trouble.set_text(""))

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 12)
        column.setSpacing(4)
        for widget in (self._who, self._rule, self._days_row, head()):
            column.addWidget(widget)
        self._medicines = QVBoxLayout()
        self._medicines.setSpacing(0)
        column.addLayout(self._medicines)
        column.addSpacing(8)
        for widget in (self._place_row, self._receiver_row, self._facility_row, self._reason_row):
            column.addWidget(widget)
        column.addStretch(1)
        scrolled(self, inside, self._buttons())
        self._follow()

    def _buttons(self) -> QHBoxLayout:
        back, self._save = save_buttons(self.reject, self.save, act=_("Cấp thuốc"))
        self._desk.guard(Right.ENTER, self._save)
        words = QVBoxLayout()
        words.addWidget(self._trouble)
        return foot(back, self._save, words=words)

    def _show(self, look: HandingLook) -> None:
        self._look = look
        rule = look.rule
        self._who.setText(_("Cấp thuốc: {name}").format(name=look.full_name))
        unsure = "" if rule.confirmed else _(" (chưa xác nhận)")
        self._rule.set_text(
            _("{title}: nhiều nhất {days} ngày{unsure}").format(title=rule.title, days=look.longest, unsure=unsure)
        )
        self._rule.setToolTip(plain_tip(rule.source))
        for place, line in enumerate(look.lines):
            self._add(HandLine(line, look.day, place))
        self.all_days.set_number(look.lines[0].days if look.lines else None)
        if not look.lines:
            self._trouble.set_text(_("Người này chưa có thuốc đang dùng. Thêm thuốc trước rồi cấp."))
            self._save.setEnabled(False)
        self._say_until()
        self._follow()
        self.all_days.setFocus()
        self.all_days.selectAll()

    def _add(self, line: HandLine) -> None:
        before: QWidget = self._lines[-1].origin if self._lines else self.all_days
        self._lines.append(line)
        self._medicines.addWidget(line)
        line.changed.connect(self._follow)
        for widget in (line.chosen, line.counted, line.days, line.units, line.origin):
            QWidget.setTabOrder(before, widget)
            before = widget

    def _other_days(self) -> None:
        days = self.all_days.number()
        if days is not None:
            for line in self._lines:
                line.set_days(int(days))
        self._say_until()
        self._follow()

    def _say_until(self) -> None:
        days, day = self.all_days.number(), self.day.day()
        if days is None or day is None:
            self._until.setText(_("ngày"))
        else:
            until = date_text(day + timedelta(days=int(days)))
            self._until.setText(_("ngày, nếu nhà không còn thuốc thì hết ngày {day}").format(day=until))

    def _other_day(self) -> None:
        self._say_until()
        self._follow()

    def _follow(self) -> None:
        """The rows that are asked for only sometimes; after a change whatever is doubtful is asked back anew."""
        self._reason_row.setVisible(False)
        self.receiver_name.setVisible(self.receiver.value() is Receiver.PROXY)
        items = [line.item() for line in self._lines]
        self._facility_row.setVisible(any(item is not None and item.origin is Origin.UPPER for item in items))

    def _done(self, _handing: Any) -> None:
        self.saved.emit()
        self.accept()

    def _failed(self, trouble: UserError) -> None:
        self._kept.resume()
        if not isinstance(trouble, Refused):
            self._trouble.set_text(sentence(trouble))
            return
        if not errors(trouble.problems):  # only doubtful: it is saved once a reason stands there
            self._trouble.set_text("\n".join(sentence(problem) for problem in trouble.problems[:2]))
            self._reason_row.setVisible(True)
            self.reason.setFocus()
            return
        self._show_problems(list(trouble.problems))

    def _show_problems(self, problems: Sequence[Problem]) -> None:
        rows = (self._days_row, self._place_row, self._receiver_row, self._facility_row, self._reason_row)
        rest = show_problems(rows, problems)
        self._trouble.set_text(sentence(rest[0]) if rest else "")
