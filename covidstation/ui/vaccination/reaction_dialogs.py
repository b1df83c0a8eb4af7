"""Who goes without a dose; a reaction after one: written down, reported, ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.domain.problems import Problem
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT
from covidstation.domain.vaccination.reactions import NUMBER_LIMIT, AdverseEvent, EventDraft, EventEnd, is_severe
from covidstation.domain.vaccination.screening import Outcome, ScreeningRule
from covidstation.domain.vaccination.sessions import STANCE_OF, NoDose
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.vaccination.arrival import Arrival
from covidstation.services.vaccination.reactions import EndDraft, edit_event, end_event, record_event, report_event
from covidstation.services.vaccination.seating import ScreeningDraft, judged
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

_DIALOG: Final = 780
_USUAL: Final = {
    Outcome.CAUTION: NoDose.HOSPITAL,
    Outcome.DEFER: NoDose.DEFERRED,
    Outcome.CONTRAINDICATED: NoDose.CONTRAINDICATED,
}


class WithoutDialog(SessionAct):
    """Why somebody goes without, and when to look again; the reason and the day are proposed by the rule."""

    def __init__(
        self, desk: Desk, parent: QWidget, found: Arrival, screening: ScreeningDraft | None, at: datetime | None
    ) -> None:
        self._found, self._screening, self._at = found, screening, at
        kinds = [(one, _(words)) for one, words in NO_DOSES.items()]
        self.kind = Combo("kind", _("Không tiêm vì"), kinds, width=220)
        self.reason = LineEdit("reason", _("Lý do"), width=WIDE, limit=TEXT_LIMIT)
        self.again = DateEdit("again_on", _("Khám lại ngày"), today=found.day + timedelta(days=730))
        self.step = LineEdit("next_step", _("Việc tiếp theo"), width=WIDE, limit=TEXT_LIMIT)
        self._again_row = Field(_("Khám lại n&gày"), self.again)
        self._step_row = Field(_("&Việc tiếp theo"), self.step)
        rows = (
            Field(_("&Không tiêm vì"), self.kind),
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

    def act(self, *, sure: bool = False) -> Callable[[], Done[Any]]:
        """Send them home."""
        found, desk = self._found, self._desk
        draft = WithoutDraft(
            kind=self.kind.value(),
            reason=self.reason.value(),
            again_on=None if self._again_row.isHidden() else self.again.day(),
            next_step=self.step.value(),
            at=self._at,
        )
        return partial(
            send_without, desk.register.db, found.session_id, found.person_id, draft, catalog=desk.catalog,
            screening=self._screening, sure=sure, **self.who(),
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
        kept = self.kind.value() in STANCE_OF
        self._again_row.setVisible(kept)
        self._step_row.setVisible(kept)


class EventDialog(SessionAct):
    """A reaction after a dose; with `known` what is known of one is put right."""

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        rule: ScreeningRule,
        person_id: UUID,
        name: str,
        *,
        dose_id: UUID | None = None,
        known: AdverseEvent | None = None,
    ) -> None:
        today = desk.now().date()
        self._rule, self._person, self._dose, self._known = rule, person_id, dose_id, known
        choices = [Choice(one.code, one.label, _("tai biến nặng") if one.severe else "") for one in rule.reactions]
        self.kinds = MultiChoice("kinds", _("Biểu hiện"), choices, width=WIDE, hint=_("gõ để tìm"))
        self.began = MomentEdit("began_at", _("Bắt đầu lúc"), today=today, day=lambda: today)
        grades: list[tuple[int | None, str]] = [(None, _("không ghi"))]
        grades += [(one, _("độ {n}").format(n=one)) for one in range(1, 5)]
        self.grade = Combo("grade", _("Độ phản vệ"), grades, width=110)
        self.signs = LineEdit("signs", _("Mô tả"), width=WIDE, limit=TEXT_LIMIT)
        self.treatment = LineEdit("treatment", _("Đã xử trí"), width=WIDE, limit=TEXT_LIMIT)
        self.sent_to = LineEdit("sent_to", _("Chuyển đến"), width=240, limit=NAME_LIMIT)
        self.sent_at = MomentEdit("sent_at", _("Chuyển lúc"), today=today, day=lambda: today)
        self.note = LineEdit("note", _("Ghi chú"), width=WIDE, limit=TEXT_LIMIT)
        self._kinds_row = Field(_("&Biểu hiện"), self.kinds, required=True)
        rows = (
            self._kinds_row,
            Field(_("Bắt đầu &lúc"), self.began, required=True).beside(self.grade, _("độ phản vệ")),
            Field(_("&Mô tả"), self.signs),
            Field(_("Đã &xử trí"), self.treatment),
            Field(_("&Chuyển đến"), self.sent_to).beside(self.sent_at, _("lúc")),
            Field(_("&Ghi chú"), self.note),
        )
        super().__init__(desk, parent, _("Phản ứng sau tiêm: {name}").format(name=name), rows, self.kinds)
        self.setMinimumWidth(_DIALOG + 60)
        self._fill(known)
        self.kinds.chosen_changed.connect(self._follow)
        self._follow()

    def about(self) -> str:
        """The reaction, or the person who has a new one."""
        return (self._known.id if self._known else self._person).hex

    def wrong(self) -> list[Problem]:
        """Hours that are none."""
        edits = (("began_at", self.began), ("sent_at", self.sent_at))
        return [Problem(name, "forms.bad_date") for name, edit in edits if edit.bad()]

    def act(self, *, sure: bool = False) -> Callable[[], Done[Any]]:
        """Keep it."""
        desk = self._desk
        draft = EventDraft(
            person_id=self._person,
            dose_id=self._known.dose_id if self._known else self._dose,
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
            edit_event, desk.register.db, self._known.id, draft, catalog=desk.catalog, by=by, now=now, sure=sure
        )

    def _fill(self, known: AdverseEvent | None) -> None:
        if known is None:
            self.began.set_moment(self._desk.now().replace(tzinfo=None, second=0, microsecond=0))
            return
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


class ReportDialog(SessionAct):
    """The upper level was told."""

    def __init__(self, desk: Desk, parent: QWidget, event: AdverseEvent, upper: str) -> None:
        self._event = event
        self.to = LineEdit("reported_to", _("Báo cho"), width=WIDE, limit=NAME_LIMIT)
        self.to.set_value(event.reported_to or upper)
        self.number = LineEdit("report_number", _("Số báo cáo"), width=160, limit=NUMBER_LIMIT)
        self.number.set_value(event.report_number)
        rows = (Field(_("&Báo cho"), self.to, required=True), Field(_("&Số báo cáo"), self.number))
        super().__init__(desk, parent, _("Đã báo tuyến trên"), rows, self.to)

    def about(self) -> str:
        """The reaction."""
        return self._event.id.hex

    def act(self, *, sure: bool = False) -> Callable[[], Done[Any]]:
        """Keep it."""
        register = self._desk.register
        by, now = register.user_id, self._desk.now()
        return partial(report_event, register.db, self._event.id, self.to.value(), self.number.value(), by=by, now=now)


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

    def act(self, *, sure: bool = False) -> Callable[[], Done[Any]]:
        """Keep it."""
        draft = EndDraft(end=self.end.value(), on=self.on.day(), note=self.note.value())
        register = self._desk.register
        return partial(end_event, register.db, self._event.id, draft, by=register.user_id, now=self._desk.now())
