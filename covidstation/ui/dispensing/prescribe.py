"""What somebody is to take: a medicine of the store or any other, its dose, since when; another dose; its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.dispensing import KeptMedicine, Prescribed, kept_medicines
from covidstation.domain.dispensing import MOST_TIMES, WHOLE
from covidstation.domain.prescriptions import LONG, SHORT, EndReason, PrescriptionDraft
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.dispensing.prescribing import change_prescription, end_prescription, prescribe
from covidstation.ui.desk import Desk
from covidstation.ui.dispensing.words import END_REASONS
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.popup import Choice
from covidstation.ui.person.dialogs import ActDialog

WIDTH = 800
MOST_TYPED = 9_999  # the field takes more than a dose can be, so that 150 is refused and not read as 1,50


class PrescribeDialog(ActDialog):
    """`old` is the prescription whose dose is changed; without it a new medicine."""

    needs: ClassVar[Right] = Right.TREAT

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        person_id: UUID,
        name: str,
        *,
        conditions: Sequence[tuple[str, str]] = (),
        old: Prescribed | None = None,
    ) -> None:
        self._person_id, self._old, self._sure = person_id, old, False
        self._kept_here: dict[UUID, KeptMedicine] = {}
        self._make_fields(desk, conditions)
        words = _("Đổi liều, đổi thuốc: {name}") if old else _("Thêm thuốc đang dùng: {name}")
        super().__init__(desk, parent, words.format(name=name), self._rows_of(), self.amount if old else self.medicine)
        self.setMinimumWidth(WIDTH)
        self.medicine.picked.connect(self._take_over)
        self._fill(desk)
        desk.ask(self, partial(kept_medicines, desk.register.db), self._show_kept)

    def about(self) -> str:
        """The person, and the medicine that is changed."""
        return f"{self._person_id.hex}-{self._old.id.hex if self._old else ''}"

    def wrong(self) -> list[Problem]:
        """What is no number and no day."""
        found = []
        if self.amount.number() is None:
            found.append(Problem("amount", "dispensing.amount", {"most": "100"}))
        if self.times.number() is None:
            found.append(Problem("times", "dispensing.times", {"most": str(MOST_TIMES)}))
        if self.day.bad():
            found.append(Problem("started_on", "forms.bad_date"))
        return found

    def draft(self) -> PrescriptionDraft:
        """What stands in the dialog; what the medicine is comes from the store when it was chosen there."""
        kept = self._kept_here.get(self.medicine.value())
        typed = tuple(part.strip() for part in self.substances.value().split(",") if part.strip())
        return PrescriptionDraft(
            medicine=kept.name if kept else self.medicine.value_text(),
            strength=self.strength.value(),
            form=kept.form if kept else "",
            unit=self.unit.value(),
            substances=typed,
            atc=kept.atc if kept else "",
            item_id=kept.id if kept else None,
            amount=int((self.amount.number() or Decimal(0)) * WHOLE),
            times=int(self.times.number() or 0),
            instruction=self.instruction.value(),
            condition=self.condition.value() or "",
            started_on=self.day.day(),
            prescriber=self.prescriber.value(),
            facility=self.facility.value(),
        )

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        desk, old = self._desk, self._old
        by, name, now = desk.register.user_id, desk.register.user_name or "", desk.now()
        service: Callable[..., Done[Any]] = prescribe if old is None else change_prescription
        about = self._person_id if old is None else old.id
        return partial(service, desk.register.db, about, self.draft(), by=by, by_name=name, now=now, sure=self._sure)

    def failed(self, trouble: UserError) -> None:
        """What is only doubtful is asked once, with its sentence."""
        if isinstance(trouble, Refused) and not errors(trouble.problems):
            words = "\n".join(sentence(problem) for problem in trouble.problems)
            if confirm(self, _("Xem lại một chút"), words, act=_("Vẫn ghi")):
                self._sure = True
                self.do(self.act())
                self._sure = False
            return
        super().failed(trouble)

    def _make_fields(self, desk: Desk, conditions: Sequence[tuple[str, str]]) -> None:
        today = desk.now().date()
        hint = _("chọn trong kho, hoặc gõ tên")
        self.medicine = FindCombo("medicine", _("Thuốc"), width=320, hint=hint, free=True)
        self.strength = LineEdit("strength", _("Hàm lượng"), width=112, limit=SHORT, hint=_("5 mg"))
        self.substances = LineEdit(
            "substances", _("Hoạt chất"), width=320, limit=LONG, hint=_("cách nhau bằng dấu phẩy")
        )
        self.unit = LineEdit("unit", _("Đơn vị"), width=112, limit=SHORT, hint=_("viên"))
        self.amount = NumberEdit("amount", _("Mỗi lần"), places=2, low=Decimal("0.01"), high=MOST_TYPED, width=72)
        self.times = NumberEdit("times", _("Số lần mỗi ngày"), low=1, high=MOST_TIMES, width=56)
        self.instruction = LineEdit(
            "instruction", _("Cách uống"), width=320, limit=LONG, hint=_("sau ăn sáng, trước khi ngủ")
        )
        self.condition = Combo("condition", _("Cho bệnh"), [("", _("không ghi")), *conditions], width=320)
        self.day = DateEdit("started_on", _("Uống từ ngày"), today=today)
        self.prescriber = LineEdit("prescriber", _("Người kê đơn"), width=200, limit=SHORT)
        self.facility = LineEdit("facility", _("Nơi kê đơn"), width=240, limit=SHORT)

    def _rows_of(self) -> Sequence[Field]:
        return (
            Field(_("&Thuốc"), self.medicine, required=True).beside(self.strength, _("&Hàm lượng")),
            Field(_("H&oạt chất"), self.substances).beside(self.unit, _("Đơn &vị")),
            Field(_("&Mỗi lần"), self.amount, required=True).beside(self.times, _("&lần/ngày")),
            Field(_("&Cách uống"), self.instruction),
            Field(_("Cho &bệnh"), self.condition),
            Field(_("Uống từ n&gày"), self.day, required=True),
            Field(_("Người &kê đơn"), self.prescriber).beside(self.facility, _("&nơi kê")),
        )

    def _fill(self, desk: Desk) -> None:
        old = self._old
        self.day.set_day(desk.now().date())
        self.times.set_number(old.regimen.times if old else 1)
        self.amount.set_number(Decimal(old.regimen.amount) / WHOLE if old else 1)
        if old is None:
            if self.condition.count() == 2:  # one disease only: it is for that one
                self.condition.setCurrentIndex(1)
            return
        self.medicine.put_text(old.medicine)
        texts = {"strength": old.strength, "unit": old.unit, "instruction": old.instruction}
        texts |= {"prescriber": old.prescriber, "facility": old.facility, "substances": ", ".join(old.substances)}
        for name, text in texts.items():
            getattr(self, name).set_value(text)
        self.condition.set_value(old.condition)

    def _show_kept(self, found: tuple[KeptMedicine, ...]) -> None:
        self._kept_here = {one.id: one for one in found}
        typed, old = self.medicine.value_text(), self._old
        self.medicine.set_choices([Choice(one.id, one.title, _left_text(one)) for one in found])
        if old is not None and old.item_id in self._kept_here:
            self.medicine.set_value(old.item_id)
        elif typed:
            self.medicine.put_text(typed)

    def _take_over(self, item_id: UUID | None) -> None:
        """What the store knows of the medicine."""
        kept = self._kept_here.get(item_id) if item_id is not None else None
        if kept is not None:
            self.strength.set_value(kept.strength)
            self.unit.set_value(kept.unit)
            self.substances.set_value(", ".join(kept.substances))


def _left_text(one: KeptMedicine) -> str:
    return _("còn {count} {unit}").format(count=one.left, unit=one.unit) if one.left else _("hết")


class EndDialog(ActDialog):
    """A medicine is no longer taken."""

    needs: ClassVar[Right] = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, one: Prescribed) -> None:
        self._one = one
        today = desk.now().date()
        self.day = DateEdit("day", _("Ngừng từ ngày"), today=today)
        self.day.set_day(today)
        reasons = [(key, _(words)) for key, words in END_REASONS.items()]
        self.reason = Combo("reason", _("Vì sao"), reasons, width=240)
        rows = (Field(_("&Ngừng từ ngày"), self.day, required=True), Field(_("&Vì sao"), self.reason))
        super().__init__(desk, parent, _("Ngừng thuốc: {name}").format(name=one.name), rows, self.reason)

    def about(self) -> str:
        """The medicine."""
        return self._one.id.hex

    def wrong(self) -> list[Problem]:
        """A day that is none."""
        return [Problem("day", "forms.bad_date")] if self.day.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """End it."""
        desk, reason = self._desk, EndReason(self.reason.value())
        by, now = desk.register.user_id, desk.now()
        return partial(end_prescription, desk.register.db, self._one.id, self.day.day(), reason, by=by, now=now)
