"""Who goes without a dose; a reaction after one: written down, reported, ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.domain.problems import Problem, Sure
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT
from covidstation.domain.vaccination.doses import Dose
from covidstation.domain.vaccination.reactions import NUMBER_LIMIT, AdverseEvent, EventDraft, EventEnd, is_severe
from covidstation.domain.vaccination.screening import Outcome, ScreeningRule
from covidstation.domain.vaccination.sessions import STANCE_OF, NoDose
from covidstation.i18n import _, date_text
from covidstation.services.changes import Done
from covidstation.services.vaccination.arrival import Arrival
from covidstation.services.vaccination.reactions import EndDraft, edit_event, end_event, record_event, report_event
from covidstation.services.vaccination.seating import ConsentDraft, ScreeningDraft, judged
from covidstation.services.vaccination.without import WithoutDraft, send_without
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.moments import MomentEdit
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.parts.popup import Choice
from covidstation.ui.vaccination.session_dialogs import WIDE, SessionAct
from covidstation.ui.vaccination.session_words import ENDS, NO_DOSES, judgement_words
from covidstation.ui.vaccination.words import place_text

_DIALOG: Final = 780
_USUAL: Final = {
    Outcome.CAUTION: NoDose.HOSPITAL,
    Outcome.DEFER: NoDose.DEFERRED,
    Outcome.CONTRAINDICATED: NoDose.CONTRAINDICATED,
}


class WithoutDialog(SessionAct):
    """Why somebody goes without, and when to look again; the reason and the day are proposed by the rule. What is not
    allowed is so for the vaccine of today, unless somebody says for which else, or for all."""

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        found: Arrival,
        screening: ScreeningDraft | None,
        at: datetime | None,
        consent: ConsentDraft | None = None,
    ) -> None:
        self._found, self._screening, self._at, self._consent = found, screening, at, consent
        kinds = [(one, _(words)) for one, words in NO_DOSES.items()]
        self.kind = Combo("kind", _("Không tiêm vì"), kinds, width=220)
        self.reason = LineEdit("reason", _("Lý do"), width=WIDE, limit=TEXT_LIMIT)
        self.product = Combo("product", _("Vắc xin"), _vaccines(found), width=220)
        self.product.set_value(_todays(found, desk.now().replace(tzinfo=None), at))
        self.again = DateEdit("again_on", _("Khám lại ngày"), today=found.day + timedelta(days=730))
        self.step = LineEdit("next_step", _("Việc tiếp theo"), width=WIDE, limit=TEXT_LIMIT)
        self._again_row = Field(_("Khám lại n&gày"), self.again)
        self._step_row = Field(_("&Việc tiếp theo"), self.step)
        kind = Field(_("&Không tiêm vì"), self.kind).beside(self.product, _("vớ&i"))
        self._against = kind.label_of(self.product)
        rows = (
            kind,
            Field(_("&Lý do"), self.reason, required=True),
            self._again_row,
            self._step_row,
        )
        super().__init__(desk, parent, _("Không tiêm: {name}").format(name=found.full_name), rows, self.reason)
        self.setMinimumWidth(_DIALOG)
        self._propose()
        self.kind.picked.connect(lambda _key: self._follow())
        self._follow()

    def about(self) -> str:
        """The person in that session."""
        return f"{self._found.session_id.hex}-{self._found.person_id.hex}"

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("again_on", "forms.bad_date")] if self.again.bad() else []

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Send them home."""
        found, desk = self._found, self._desk
        draft = WithoutDraft(
            kind=self.kind.value(),
            reason=self.reason.value(),
            again_on=None if self._again_row.isHidden() else self.again.day(),
            next_step=self.step.value(),
            product=str(self.product.value()) if self.kind.value() is NoDose.CONTRAINDICATED else "",
            at=self._at,
        )
        return partial(
            send_without, desk.register.db, found.session_id, found.person_id, draft, catalog=desk.catalog,
            screening=self._screening, consent=self._consent, sure=sure, **self.who(),
        )  # fmt: skip

    def _propose(self) -> None:
        """What the sheet asks for."""
        if self._screening is None:
            return
        judgement = judged(self._screening, self._found.sheet, self._found.facts.usual_systolic)
        self.kind.set_value(_USUAL.get(self._screening.outcome or judgement.outcome, NoDose.REFUSED))
        if judgement.causes:
            self.reason.set_value(judgement_words(judgement).partition(": ")[2])
        if judgement.again_days:
            self.again.set_day(self._found.day + timedelta(days=judgement.again_days))

    def _follow(self) -> None:
        kept, barred = self.kind.value() in STANCE_OF, self.kind.value() is NoDose.CONTRAINDICATED
        for widget, shown in (
            (self._again_row, kept),
            (self._step_row, kept),
            (self._against, barred),
            (self.product, barred),
        ):
            widget.setVisible(shown)


def _vaccines(found: Arrival) -> list[tuple[str, str]]:
    """All of them, those of the session, what they had before, then what else is given here."""
    names = {one.product: one.product_name for one in found.takes}
    names |= {one.product: one.product_name for one in found.doses if one.product}
    names |= {one.code: one.name for one in found.products.here}
    return [("", _("mọi vắc xin")), *((code, found.products.name(code, name)) for code, name in names.items())]


def _todays(found: Arrival, now: datetime, at: datetime | None) -> str:
    """The vaccine that they would have had."""
    drawing = found.drawing(now, at)
    return drawing.take.product if drawing is not None else next((one.product for one in found.takes), "")


class EventDialog(SessionAct):
    """A reaction after a dose; with `known` what is known of one is put right. Of several `doses` one is chosen; `day`:
    of the session, where no dose says its own."""

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        rule: ScreeningRule,
        person_id: UUID,
        name: str,
        *,
        doses: Sequence[Dose] = (),
        day: date | None = None,
        known: AdverseEvent | None = None,
    ) -> None:
        self._rule, self._person, self._known = rule, person_id, known
        self._of_none = known is not None and known.dose_id is None  # till somebody says which
        self._of_day = day or desk.now().date()
        self._proposed: datetime | None = None  # what nobody typed
        self._doses = {one.id: one for one in doses}
        self._make_fields(desk)
        self._kinds_row = Field(_("&Biểu hiện"), self.kinds, required=True)
        self._began_row = Field(_("Bắt đầu &lúc"), self.began, required=True).beside(self.grade, _("độ phản vệ"))
        dose_row = Field(_("&Sau mũi"), self.dose)
        dose_row.setHidden(len(self._doses) < (1 if self._of_none else 2))
        rows = (
            self._kinds_row,
            dose_row,
            self._began_row,
            Field(_("&Mô tả"), self.signs),
            Field(_("Đã &xử trí"), self.treatment),
            Field(_("&Chuyển đến"), self.sent_to).beside(self.sent_at, _("lúc")),
            Field(_("&Ghi chú"), self.note),
        )
        super().__init__(desk, parent, _("Phản ứng sau tiêm: {name}").format(name=name), rows, self.kinds)
        self.setMinimumWidth(_DIALOG + 60)
        self._fill(known)
        self.kinds.chosen_changed.connect(self._follow)
        self.dose.picked.connect(lambda _key: self._say_day())
        self._follow()
        self._say_day()

    def about(self) -> str:
        """The reaction, or the person who has a new one."""
        return (self._known.id if self._known else self._person).hex

    def wrong(self) -> list[Problem]:
        """Hours that are none."""
        edits = (("began_at", self.began), ("sent_at", self.sent_at))
        return [Problem(name, "forms.bad_date") for name, edit in edits if edit.bad()]

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Keep it."""
        desk = self._desk
        draft = EventDraft(
            person_id=self._person,
            dose_id=self.dose.value() if self._doses else self._known.dose_id if self._known else None,
            kinds=tuple(str(key) for key in self.kinds.chosen()),
            began_at=self.began.moment(),
            grade=self.grade.value(),
            signs=self.signs.value(),
            treatment=self.treatment.value(),
            sent_to=self.sent_to.value(),
            sent_at=self.sent_at.moment(),
            note=self.note.value(),
        )
        if self._known is None:
            return partial(record_event, desk.register.db, draft, catalog=desk.catalog, sure=sure, **self.who())
        by, now = desk.register.user_id, desk.now()
        return partial(
            edit_event, desk.register.db, self._known.id, draft, catalog=desk.catalog, by=by, now=now, sure=sure,
            seen=self._known,
        )  # fmt: skip

    def _make_fields(self, desk: Desk) -> None:
        today = desk.now().date()
        choices = [
            Choice(one.code, one.label, _("tai biến nặng") if one.severe else "") for one in self._rule.reactions
        ]
        self.kinds = MultiChoice("kinds", _("Biểu hiện"), choices, width=WIDE, hint=_("gõ để tìm"))
        doses = [(one.id, _dose_words(one)) for one in reversed(self._doses.values())]
        other = _("chưa rõ mũi nào") if self._of_none else _("mũi ngay trước lúc bắt đầu")
        self.dose = Combo("dose_id", _("Sau mũi"), [*doses, (None, other)], width=WIDE)
        self.dose.set_value(doses[0][0] if doses else None)
        self.began = MomentEdit("began_at", _("Bắt đầu lúc"), today=today, day=self._day)
        grades: list[tuple[int | None, str]] = [(None, _("không ghi"))]
        grades += [(one, _("độ {n}").format(n=one)) for one in range(1, 5)]
        self.grade = Combo("grade", _("Độ phản vệ"), grades, width=110)
        self.signs = LineEdit("signs", _("Mô tả"), width=WIDE, limit=TEXT_LIMIT)
        self.treatment = LineEdit("treatment", _("Đã xử trí"), width=WIDE, limit=TEXT_LIMIT)
        self.sent_to = LineEdit("sent_to", _("Chuyển đến"), width=240, limit=NAME_LIMIT)
        self.sent_at = MomentEdit("sent_at", _("Chuyển lúc"), today=today, day=self._sent_day)
        self.note = LineEdit("note", _("Ghi chú"), width=WIDE, limit=TEXT_LIMIT)

    def _day(self) -> date:
        """Of which day an hour alone is: of the reaction that is known, of the dose, of the session, of today."""
        if self._known is not None and self._known.began_at is not None:
            return self._known.began_at.date()
        dose = self._doses.get(self.dose.value())
        return (dose.given.full if dose is not None else None) or self._of_day

    def _sent_day(self) -> date:
        """The day on which it began."""
        began = self.began.moment()
        return began.date() if began is not None else self._day()

    def _fill(self, known: AdverseEvent | None) -> None:
        if known is None:
            return
        self.dose.set_value(known.dose_id if known.dose_id in self._doses else None)
        self.kinds.set_chosen(known.kinds)
        self.began.set_moment(known.began_at)
        self.grade.set_value(known.grade)
        self.sent_at.set_moment(known.sent_at)
        for name in ("signs", "treatment", "sent_to", "note"):
            getattr(self, name).set_value(getattr(known, name))

    def _follow(self) -> None:
        severe = is_severe([str(key) for key in self.kinds.chosen()], self._rule)
        words = _("tai biến nặng: báo tuyến trên trong {n} giờ").format(n=self._rule.report_hours)
        self._kinds_row.set_hint(words if severe else "", "danger")

    def _say_day(self) -> None:
        """It begins now where the dose is of today; of another day an hour alone is of that day, and is not made up."""
        dose, now = self._doses.get(self.dose.value()), self._desk.now().replace(tzinfo=None, second=0, microsecond=0)
        day, unsure = self._day(), dose is not None and dose.given.full is None
        words = _("giờ và ngày") if unsure else _("giờ trong ngày {day}, hoặc giờ và ngày").format(day=date_text(day))
        self._began_row.set_hint(words if unsure or day != now.date() else "")
        if self._known is None and self.began.moment() == self._proposed:
            self._proposed = None if unsure or day != now.date() else now
            self.began.set_moment(self._proposed)


def _dose_words(dose: Dose) -> str:
    parts = (place_text(dose.dose_class, dose.number), dose.given.text(), dose.product_name)
    return " · ".join(filter(None, parts))


class ReportDialog(SessionAct):
    """The upper level was told."""

    def __init__(self, desk: Desk, parent: QWidget, event: AdverseEvent, upper: str) -> None:
        self._event = event
        self.to = LineEdit("reported_to", _("Báo cho"), width=WIDE, limit=NAME_LIMIT)
        self.to.set_value(event.reported_to or upper)
        self.number = LineEdit("report_number", _("Số báo cáo"), width=160, limit=NUMBER_LIMIT)
        self.number.set_value(event.report_number)
        now = desk.now().replace(tzinfo=None, second=0, microsecond=0)
        self.at = MomentEdit("reported_at", _("Báo lúc"), today=now.date(), day=now.date)
        self.at.set_moment(event.reported_at or now)
        rows = (
            Field(_("&Báo cho"), self.to, required=True),
            Field(_("Báo l&úc"), self.at, required=True),
            Field(_("&Số báo cáo"), self.number),
        )
        super().__init__(desk, parent, _("Đã báo tuyến trên"), rows, self.to)

    def about(self) -> str:
        """The reaction."""
        return self._event.id.hex

    def wrong(self) -> list[Problem]:
        """An hour that is none."""
        return [Problem("reported_at", "forms.bad_date")] if self.at.moment() is None else []

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Keep it."""
        register = self._desk.register
        return partial(
            report_event, register.db, self._event.id, self.to.value(), self.number.value(), at=self.at.moment(),
            by=register.user_id, now=self._desk.now(), sure=sure,
        )  # fmt: skip


class EventEndDialog(SessionAct):
    """How a reaction ended."""

    def __init__(self, desk: Desk, parent: QWidget, event: AdverseEvent) -> None:
        self._event = event
        today = desk.now().date()
        ends = [(one, _(words)) for one, words in ENDS.items() if one is not EventEnd.UNKNOWN]
        self.end = Combo("end", _("Kết cục"), ends, width=200)
        self.on = DateEdit("ended_on", _("Ngày kết thúc"), today=today)
        self.on.set_day(today)
        self.note = LineEdit("end_note", _("Ghi chú"), width=WIDE, limit=TEXT_LIMIT)
        rows = (
            Field(_("&Kết cục"), self.end, required=True),
            Field(_("&Ngày"), self.on, required=True),
            Field(_("&Ghi chú"), self.note),
        )
        super().__init__(desk, parent, _("Kết thúc theo dõi phản ứng"), rows, self.end)

    def about(self) -> str:
        """The reaction."""
        return self._event.id.hex

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("ended_on", "forms.bad_date")] if self.on.day() is None else []

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Keep it."""
        draft = EndDraft(end=self.end.value(), on=self.on.day(), note=self.note.value())
        register = self._desk.register
        by, now = register.user_id, self._desk.now()
        return partial(end_event, register.db, self._event.id, draft, by=by, now=now, seen=self._event)
