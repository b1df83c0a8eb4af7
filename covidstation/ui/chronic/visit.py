"""One visit: numbers first, the day of the next one filled in; how it stands is said while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from covidstation.domain.chronic_visits import (
    ChronicVisit,
    ChronicVisitDraft,
    ElderCheck,
    body_mass,
    read_tenths,
    tenths_text,
)
from covidstation.domain.glucose import GlucoseUnit, glucose_number, read_glucose
from covidstation.domain.measures import read_measure, read_pressure
from covidstation.domain.problems import Problem, errors
from covidstation.domain.targets import Result
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.chronic.visits import ChronicLook, preview_result, record_chronic_visit
from covidstation.ui.chronic.words import ABILITIES, ADHERENCES, ANSWERS, GLUCOSE_KINDS, HABITS, PLACES
from covidstation.ui.desk import Desk
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog

_WIDE, _HALF, _SHORT = 470, 210, 64
_DIALOG = 900


class ChronicVisitDialog(ActDialog):
    """A visit of today, or with `wrong_one` the right words of an earlier one. An elder's yearly check adds three rows.

    Pressure first: an ordinary visit is the pressure and Ctrl+Enter.
    """

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        look: ChronicLook,
        *,
        wrong_one: ChronicVisit | None = None,
        yearly: bool = False,
    ) -> None:
        self._look, self._wrong_one, self._today = look, wrong_one, desk.now().date()
        self._make_fields()
        title = _("Sửa lần khám: {name}") if wrong_one else _("Khám: {name}")
        super().__init__(desk, parent, title.format(name=look.full_name), self._make_rows(), self.pressure)
        self.setObjectName("chronic_visit_dialog")
        self.setMinimumWidth(_DIALOG)
        self._fill(wrong_one, yearly)
        self._connect()
        self._follow()

    def about(self) -> str:
        """The person, and the visit that was written wrongly."""
        return "-".join(one.hex for one in (self._look.person_id, self._wrong_one and self._wrong_one.id) if one)

    def wrong(self) -> list[Problem]:
        """What cannot be read."""
        found = [Problem(field.objectName(), "forms.bad_date") for field in self._dates() if field.bad()]
        if self.day.day() is None and not self.day.bad():
            found.append(Problem("day", "forms.bad_date"))
        for field, read in self._readers():
            if _unreadable(field, read):
                code = "chronic.pressure_unreadable" if field is self.pressure else "chronic.measure_unreadable"
                found.append(Problem(field.objectName(), code))
        return found

    def act(self, *, sure: bool = False) -> Callable[[], Done[Any]]:
        """Keep it."""
        desk = self._desk
        return partial(
            record_chronic_visit, desk.register.db, self.draft(), catalog=desk.catalog, sure=sure,
            by=desk.register.user_id, by_name=desk.register.user_name, now=desk.now(),
        )  # fmt: skip

    def failed(self, trouble: UserError) -> None:
        """What is doubtful is asked back, with its sentences; what cannot be stays in the form."""
        super().failed(trouble)
        if isinstance(trouble, Refused) and not errors(trouble.problems):
            words = "\n".join(dict.fromkeys(map(sentence, trouble.problems)))
            if confirm(self, _("Xem lại trước khi lưu"), words, act=_("Đúng, lưu"), back=_("Sửa lại")):
                self.do(self.act(sure=True))

    def draft(self) -> ChronicVisitDraft:
        """What stands in the form; what cannot be read is left out."""
        pressure = _read(self.pressure, read_pressure)
        unit = self.glucose_unit.value()
        body = {name: _read(field, read_tenths) for name, field in self._bodies()}
        texts = {name: getattr(self, name).value() for name in self._texts()}
        return ChronicVisitDraft(
            person_id=self._look.person_id,
            day=self.day.day() or self._today,
            place=self.place.value(),
            systolic=pressure[0] if pressure else None,
            diastolic=pressure[1] if pressure else None,
            pulse=_read(self.pulse, partial(read_measure, "pulse")),
            weight=body["weight"],
            height=body["height"],
            waist=body["waist"],
            hba1c=body["hba1c"],
            glucose=_read(self.glucose, partial(read_glucose, unit=unit)),
            glucose_kind=self.glucose_kind.value(),
            glucose_unit=unit,
            adherence=self.adherence.value(),
            smoking=self.smoking.value(),
            alcohol=self.alcohol.value(),
            next_on=self.next_on.day(),
            yearly=self.yearly.isChecked(),
            elder=self._elder() if self.yearly.isChecked() else ElderCheck(),
            voids=self._wrong_one.id if self._wrong_one else None,
            **texts,
        )

    def _elder(self) -> ElderCheck:
        told = {name: getattr(self, name).value() for name in ("vision", "hearing", "walking", "memory")}
        return ElderCheck(**told, alone=self.alone.value(), frail=self.frail.value(), home_on=self.home_on.day())

    def _make_fields(self) -> None:
        today = self._today
        self.day = DateEdit("day", _("Ngày khám"), today=today)
        self.place = _combo("place", _("Khám ở đâu"), PLACES, 150)
        self.pressure = LineEdit("pressure", _("Huyết áp"), width=92, hint="120/80", limit=12)
        self.pulse = LineEdit("pulse", _("Mạch"), width=_SHORT, limit=4)
        self.glucose = LineEdit("glucose", _("Đường huyết"), width=92, limit=8)
        units = [(unit, unit.value) for unit in GlucoseUnit]
        self.glucose_unit = Combo("glucose_unit", _("Đơn vị đường huyết"), units, width=96)
        self.glucose_kind = _combo("glucose_kind", _("Lúc đo đường huyết"), GLUCOSE_KINDS, 140)
        self.hba1c = LineEdit("hba1c", _("HbA1c"), width=_SHORT, limit=6)
        self.weight = LineEdit("weight", _("Cân nặng, kg"), width=_SHORT, limit=6)
        self.tall = LineEdit("height", _("Chiều cao, cm"), width=_SHORT, limit=6)
        self.waist = LineEdit("waist", _("Vòng bụng, cm"), width=_SHORT, limit=6)
        self.adherence = _combo("adherence", _("Dùng thuốc"), ADHERENCES, 120)
        self.smoking = _combo("smoking", _("Hút thuốc"), HABITS, 130)
        self.alcohol = _combo("alcohol", _("Rượu bia"), HABITS, 130)
        self.symptoms = LineEdit("symptoms", _("Triệu chứng"), width=_HALF, limit=500)
        self.complications = LineEdit("complications", _("Biến chứng"), width=_HALF, limit=500)
        self.referred_to = LineEdit("referred_to", _("Chuyển đến"), width=_HALF, limit=120)
        self.referred_reason = LineEdit("referred_reason", _("Vì sao chuyển"), width=_HALF, limit=500)
        self.back = LineEdit("back", _("Kết quả tuyến trên"), width=_WIDE, limit=500)
        self.next_on = DateEdit("next_on", _("Hẹn khám lại"), today=today + timedelta(days=366))
        self.note = LineEdit("note", _("Ghi chú"), width=_WIDE, limit=500)
        self.yearly = CheckBox("yearly", _("Khám sức khoẻ định kỳ &năm (người cao tuổi)"))
        for name, title in (
            ("vision", _("Mắt")), ("hearing", _("Tai")), ("walking", _("Đi lại")), ("memory", _("Trí nhớ")),
        ):  # fmt: skip
            setattr(self, name, _combo(name, title, ABILITIES, 92))
        self.alone = _combo("alone", _("Sống một mình"), ANSWERS, 92)
        self.frail = _combo("frail", _("Yếu, cần đến nhà"), ANSWERS, 92)
        self.home_on = DateEdit("home_on", _("Hẹn đến nhà"), today=today + timedelta(days=366))

    vision: Combo
    hearing: Combo
    walking: Combo
    memory: Combo

    def _make_rows(self) -> Sequence[Field]:
        self._pressure_row = Field(_("&Huyết áp"), self.pressure).beside(self.pulse, _("mạch"))
        glucose = Field(_("Đường hu&yết"), self.glucose).beside(self.glucose_unit).beside(self.glucose_kind)
        self._glucose_row = glucose.beside(self.hba1c, _("HbA1c, %"))
        body = Field(_("&Cân nặng, kg"), self.weight).beside(self.tall, _("cao, cm"))
        self._body_row = body.beside(self.waist, _("vòng bụng, cm"))
        habits = Field(_("&Dùng thuốc"), self.adherence).beside(self.smoking, _("hút thuốc"))
        self._back_row = Field(_("&Kết quả tuyến trên"), self.back)
        senses = Field(_("Mắ&t"), self.vision).beside(self.hearing, _("tai")).beside(self.walking, _("đi lại"))
        living = Field(_("&Sống một mình"), self.alone).beside(self.frail, _("yếu, cần đến nhà"))
        self._elder_rows = (senses.beside(self.memory, _("trí nhớ")), living.beside(self.home_on, _("hẹn đến nhà")))
        sent = Field(_("Ch&uyển đến"), self.referred_to).beside(self.referred_reason, _("vì"))
        self._next_row = Field(_("Hẹn khá&m lại"), self.next_on)
        return (
            self._pressure_row,
            self._glucose_row,
            self._body_row,
            habits.beside(self.alcohol, _("rượu bia")),
            Field(_("T&riệu chứng"), self.symptoms).beside(self.complications, _("biến chứng")),
            self._next_row,
            sent,
            self._back_row,
            Field(_("&Ghi chú"), self.note),
            Field(_("N&gày khám"), self.day, required=True).beside(self.place),
            Field("", self.yearly),
            *self._elder_rows,
        )

    def _fill(self, visit: ChronicVisit | None, yearly: bool) -> None:
        rule, last = self._look.targets, self._look.last
        if visit is None:
            self.day.set_day(self._today)
            self.next_on.set_day(self._today + timedelta(days=rule.next_days) if self._look.record.active else None)
            self.yearly.setChecked(yearly)
            unit = next((one.glucose_unit for one in self._look.record.visits if one.glucose is not None), None)
            self.glucose_unit.set_value(unit or GlucoseUnit.MMOL)
            self.tall.set_value(tenths_text(next((v.height for v in self._look.record.visits if v.height), None)))
            for name in ("smoking", "alcohol") if last else ():
                getattr(self, name).set_value(getattr(last, name))
        else:
            self._fill_from(visit)
        away = any(one.referred_to for one in self._look.record.visits)
        self._back_row.setVisible(away or bool(visit and visit.back))

    def _fill_from(self, visit: ChronicVisit) -> None:
        self.day.set_day(visit.day)
        self.next_on.set_day(visit.next_on)
        self.home_on.set_day(visit.elder.home_on)
        self.yearly.setChecked(visit.yearly)
        if visit.systolic is not None:
            self.pressure.set_value(f"{visit.systolic}/{visit.diastolic}")
        self.pulse.set_value(str(visit.pulse or ""))
        self.glucose_unit.set_value(visit.glucose_unit)
        self.glucose_kind.set_value(visit.glucose_kind)
        if visit.glucose is not None:
            self.glucose.set_value(glucose_number(visit.glucose, visit.glucose_unit))
        for name, field in self._bodies():
            field.set_value(tenths_text(getattr(visit, name)))
        for name in ("place", "adherence", "smoking", "alcohol"):
            getattr(self, name).set_value(getattr(visit, name))
        for name in ("vision", "hearing", "walking", "memory", "alone", "frail"):
            getattr(self, name).set_value(getattr(visit.elder, name))
        for name in self._texts():
            getattr(self, name).set_value(getattr(visit, name))

    def _connect(self) -> None:
        for field in (self.pressure, self.glucose, self.hba1c, self.weight, self.tall):
            field.textChanged.connect(lambda _text: self._say())
        for combo in (self.glucose_unit, self.glucose_kind):
            combo.picked.connect(lambda _key: self._say())
        self.yearly.toggled.connect(lambda _on: self._follow())

    def _follow(self) -> None:
        for row in self._elder_rows:
            row.setVisible(self.yearly.isChecked())
        self._say()
        self.adjustSize()

    def _say(self) -> None:
        """How it would stand, beside the pressure; the body mass beside the weight."""
        draft = self.draft()
        judged = preview_result(self._look, replace(draft, day=draft.day))
        measured = draft.systolic is not None or draft.glucose is not None or draft.hba1c is not None
        ink = {Result.NOT: "danger", Result.CONTROLLED: "ok"}.get(judged.result, "muted")
        if judged.raised and judged.result is not Result.NOT:
            ink = "warn"
        self._pressure_row.set_hint(judged.sentence if measured else self._before(), ink if measured else "muted")  # type: ignore[arg-type]  # one of the inks
        bmi = body_mass(draft.weight, draft.height)
        self._body_row.set_hint(f"BMI {tenths_text(bmi)}" if bmi else "")

    def _before(self) -> str:
        last = next((one for one in self._look.record.visits if one.systolic is not None), None)
        if last is None:
            return _("gõ liền cũng được: 14590")
        return _("lần trước {high}/{low}, {day}").format(
            high=last.systolic, low=last.diastolic, day=f"{last.day:%d/%m/%Y}"
        )

    def _texts(self) -> Iterable[str]:
        return ("symptoms", "complications", "note", "referred_to", "referred_reason", "back")

    def _dates(self) -> Iterable[DateEdit]:
        return (self.day, self.next_on, *((self.home_on,) if self.yearly.isChecked() else ()))

    def _readers(self) -> Iterable[tuple[LineEdit, Callable[[str], Any]]]:
        yield self.pressure, read_pressure
        yield self.pulse, partial(read_measure, "pulse")
        yield self.glucose, partial(read_glucose, unit=self.glucose_unit.value())
        for _name, field in self._bodies():
            yield field, read_tenths

    def _bodies(self) -> Iterable[tuple[str, LineEdit]]:
        """By the name of the draft's field."""
        return (("weight", self.weight), ("height", self.tall), ("waist", self.waist), ("hba1c", self.hba1c))


def _combo(name: str, title: str, words: Any, width: int) -> Combo:
    return Combo(name, title, [(key, _(text) if text else "") for key, text in words.items()], width=width)


def _read(field: LineEdit, read: Callable[[str], Any]) -> Any:
    try:
        return read(field.text())
    except ValueError:
        return None


def _unreadable(field: LineEdit, read: Callable[[str], Any]) -> bool:
    try:
        read(field.text())
    except ValueError:
        return True
    return False
