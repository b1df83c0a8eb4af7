"""The screening sheet of whoever stands at the desk: measures, what is answered with yes, what the rule says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from covidstation.domain.care import Vitals
from covidstation.domain.measures import is_whole, measure_text, read_measure, read_pressure
from covidstation.domain.problems import Problem
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT
from covidstation.domain.vaccination.screening import Judgement, known_answers, left_open
from covidstation.i18n import _
from covidstation.messages.vaccine_session import OUTCOMES
from covidstation.services.vaccination.arrival import Arrival
from covidstation.services.vaccination.seating import ConsentDraft, ScreeningDraft, decided, judged, sheet_of
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import TwoLineLabel
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.parts.popup import Choice
from covidstation.ui.vaccination.session_words import OUTCOME_INKS, judgement_words

LABEL: Final = 104
WIDE: Final = 358


class SheetPart(QWidget):
    """`changed` on each change by hand; `complete` when the hand may go on to what follows the sheet."""

    changed = Signal()
    complete = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._found: Arrival | None = None
        self._over = ScreeningDraft()  # what was kept when it was filled
        self._aside: tuple[str, ...] = ()  # answered, and not asked for the vaccine in hand
        self._make_fields()
        self._lay_out()
        self._connect()

    @property
    def rows(self) -> tuple[Field, ...]:
        """All rows, to show problems beside them."""
        return self._rows

    def fill(self, found: Arrival, now: datetime, hour: datetime | None = None) -> None:
        """What is known of them, and what was kept before; asked for the vaccine that comes next, or came at that
        `hour`."""
        self._found = None  # nothing is judged while it is half filled
        self._over = sheet_of(found.seat)
        following = found.drawing(now, hour)
        seat, product = found.seat, following.take.product if following is not None else ""
        screened = seat is not None and seat.seat.outcome is not None
        known = known_answers(found.sheet, found.facts, product, found.day)
        self._list_questions(found, product, seat.answers if seat is not None and screened else known)
        vitals = seat.vitals if seat is not None else Vitals()
        for name, field in (("temperature", self.temperature), ("pulse", self.pulse), ("pressure", self.pressure)):
            field.set_value(measure_text(name, vitals))
        self.weeks.set_number(seat.weeks if seat is not None else None)
        own = seat is not None and screened and seat.seat.outcome is not seat.proposed
        self.decided.set_value(seat.seat.outcome if seat is not None and own else None)
        self.why.set_value(seat.outcome_reason if seat is not None else "")
        self._fill_guardian(found)
        for row in self._rows:
            row.clear_problems()
        self._found = found
        child = found.rule.wants_guardian(found.birth, found.day)
        self._guardian_row.setVisible(child)
        self._phone_row.setVisible(child)
        self.say_outcome()

    def ask_for(self, product: str) -> None:
        """Another vaccine (its code): its own questions, with what the register knows of them; what was said stays."""
        found = self._found
        if found is None:
            return
        before = {one.key for one in self.answers.choices()}
        known = known_answers(found.sheet, found.facts, product, found.day) - before
        said = (*map(str, self.answers.chosen()), *self._aside)
        self._list_questions(found, product, (*said, *sorted(known)))
        self.say_outcome()

    def screening(self) -> ScreeningDraft:
        """The sheet as it stands there; what cannot be read is left out."""
        pressure = _read(self.pressure, read_pressure)
        weeks = self.weeks.number()
        return ScreeningDraft(
            vitals=Vitals(
                temperature=_read(self.temperature, partial(read_measure, "temperature")),
                pulse=_read(self.pulse, partial(read_measure, "pulse")),
                systolic=pressure[0] if pressure else None,
                diastolic=pressure[1] if pressure else None,
            ),
            answers=frozenset(str(key) for key in self.answers.chosen()),
            weeks=int(weeks) if weeks is not None and self._weighed() else None,
            outcome=self.decided.value(),
            reason="" if self.why.isHidden() else self.why.value(),
            over=self._over,
        )

    def was_kept(self) -> None:
        """It stands as it is now."""
        self._over = decided(self.screening(), self.judgement().outcome)

    def is_old(self, found: Arrival) -> bool:
        """Whether another desk has written their sheet since it was filled."""
        return sheet_of(found.seat) != self._over

    def consent(self) -> ConsentDraft:
        """The yes that the button means; a child's guardian says it."""
        if self._guardian_row.isHidden():
            return ConsentDraft()
        return ConsentDraft(
            guardian_name=self.guardian.value(),
            guardian_relation=self.relation.value(),
            guardian_phone=self.guardian_phone.value(),
        )

    def judgement(self) -> Judgement:
        """By the rule of the session's day."""
        assert self._found is not None
        return judged(self.screening(), self._found.sheet, self._found.facts.usual_systolic)

    def may_inject(self) -> bool:
        """Whether what was decided lets them have the dose."""
        decided = self.decided.value() or self.judgement().outcome
        return bool(decided.may_inject)

    def wrong(self) -> list[Problem]:
        """What cannot be read."""
        return [
            Problem(field.objectName(), "chronic.measure_unreadable")
            for field, read in self._readers()
            if _bad(field, read)
        ]

    def say_outcome(self) -> None:
        """What the rule says of what stands there; the rows that it asks for."""
        found = self._found
        if found is None:
            return
        judgement, draft = self.judgement(), self.screening()
        measured = draft.vitals.temperature is not None or bool(judgement.causes)
        self._outcome.show_text(_(OUTCOMES[judgement.outcome]), OUTCOME_INKS[judgement.outcome])
        self._outcome.setVisible(measured)
        asked = left_open(found.sheet, draft.answers, draft.vitals) if judgement.outcome.may_inject else ()
        causes = judgement_words(judgement, asked) if judgement.causes else ""
        if causes and not found.rule.confirmed:
            causes = _("{causes} (quy định sàng lọc chưa xác nhận)").format(causes=causes)
        self._causes.set_text(causes)
        self._causes.setVisible(bool(causes))
        wanted = found.sheet.wants_pressure(found.age, draft.answers)
        self._pressure_row.setVisible(wanted or bool(self.pressure.text()))
        self._weeks_row.setVisible(self._weighed())
        self.why.setVisible(self.decided.value() not in (None, judgement.outcome))

    def onward(self) -> None:
        """The next thing that is missing; then `complete`."""
        if self._found is None:
            return
        if not self._pressure_row.isHidden() and not self.pressure.text():
            self.pressure.setFocus()
        elif not self._weeks_row.isHidden() and not self.weeks.text():
            self.weeks.setFocus()
        elif not self._guardian_row.isHidden() and not (self.guardian.text() and self.relation.text()):
            (self.relation if self.guardian.text() else self.guardian).setFocus()
        else:
            self.complete.emit()

    def _make_fields(self) -> None:
        self._outcome = Chip()
        self._causes = TwoLineLabel("", "hint", "muted")
        self.temperature = LineEdit("temperature", _("Thân nhiệt"), width=72, limit=5, hint="367")
        self.pulse = LineEdit("pulse", _("Mạch"), width=56, limit=3)
        self.pressure = LineEdit("pressure", _("Huyết áp"), width=92, limit=9, hint="120/80")
        self.answers = MultiChoice("answers", _("Điều cần lưu ý"), (), width=WIDE, hint=_("không có gì"))
        self.weeks = NumberEdit("weeks", _("Tuần thai"), low=1, high=44, width=56)
        outcomes: list[tuple[Any, str]] = [(None, _("theo quy định"))]
        outcomes += [(one, _(words)) for one, words in OUTCOMES.items()]
        self.decided = Combo("decided", _("Kết luận"), outcomes, width=160)
        self.why = LineEdit("outcome_reason", _("Vì sao khác"), width=162, limit=TEXT_LIMIT, hint=_("vì sao"))
        self.guardian = LineEdit("guardian_name", _("Người giám hộ"), width=200, limit=NAME_LIMIT)
        self.relation = LineEdit("guardian_relation", _("Là gì của trẻ"), width=70, limit=40, hint=_("mẹ"))
        self.guardian_phone = LineEdit("guardian_phone", _("Điện thoại người giám hộ"), width=130, limit=20)

    def _lay_out(self) -> None:
        self._temperature_row = Field(_("&Thân nhiệt"), self.temperature, required=True, label_width=LABEL)
        self._temperature_row.beside(self.pulse, _("mạch")).beside(self._outcome, field=False)
        self._pressure_row = Field(_("Hu&yết áp"), self.pressure, required=True, label_width=LABEL)
        self._answers_row = Field(_("Điều lưu ý"), self.answers, label_width=LABEL)
        self._weeks_row = Field(_("Tuần thai"), self.weeks, required=True, label_width=LABEL)
        self._decided_row = Field(_("Kết luận"), self.decided, label_width=LABEL).beside(self.why)
        self._guardian_row = Field(_("Người giám hộ"), self.guardian, required=True, label_width=LABEL)
        self._guardian_row.beside(self.relation)
        self._phone_row = Field(_("Số của họ"), self.guardian_phone, label_width=LABEL)
        self._rows = (
            self._temperature_row, self._pressure_row, self._answers_row, self._weeks_row, self._decided_row,
            self._guardian_row, self._phone_row,
        )  # fmt: skip
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for row in self._rows:
            column.addWidget(row)
            if row is self._pressure_row:
                column.addWidget(self._causes)

    def _connect(self) -> None:
        for name, field in (("temperature", self.temperature), ("pressure", self.pressure)):
            field.textEdited.connect(partial(self._typed, name))
        for edit in (self.temperature, self.pulse, self.pressure):
            edit.returnPressed.connect(self.onward)
            edit.textChanged.connect(lambda _text: self._follow())
        for asked in (self.weeks, self.guardian, self.relation, self.guardian_phone, self.why):
            asked.returnPressed.connect(self.onward)
        self.answers.chosen_changed.connect(self._follow)
        self.weeks.textChanged.connect(lambda _text: self._follow())
        self.decided.picked.connect(lambda _key: self._follow())
        self.why.textEdited.connect(lambda _text: self.changed.emit())

    def _list_questions(self, found: Arrival, product: str, ticked: Iterable[str]) -> None:
        asked, ticked = found.sheet.asked(found.sex, product), tuple(ticked)
        self.answers.set_choices([Choice(one.code, one.short, _(OUTCOMES[one.outcome])) for one in asked])
        self.answers.set_chosen(ticked)
        self._aside = tuple(code for code in ticked if code not in {one.code for one in asked})

    def _fill_guardian(self, found: Arrival) -> None:
        seat = found.seat
        if seat is not None and seat.guardian_name:
            names = (seat.guardian_name, seat.guardian_relation, seat.guardian_phone)
        elif found.guardians:
            names = (found.guardians[0], "", found.phone)
        else:
            names = ("", "", found.phone)
        for field, text in zip((self.guardian, self.relation, self.guardian_phone), names, strict=True):
            field.set_value(text)

    def _typed(self, name: str, text: str) -> None:
        """A measure that can have no more digits sends the hand on."""
        if is_whole(name, text):
            self.onward()

    def _follow(self) -> None:
        self.say_outcome()
        if self._found is not None:
            self.changed.emit()

    def _weighed(self) -> bool:
        codes = self.answers.chosen()
        return self._found is not None and any(one.weeks for one in self._found.sheet.questions if one.code in codes)

    def _readers(self) -> Iterable[tuple[LineEdit, Callable[[str], Any]]]:
        yield self.temperature, partial(read_measure, "temperature")
        yield self.pulse, partial(read_measure, "pulse")
        yield self.pressure, read_pressure


def _read(field: LineEdit, read: Callable[[str], Any]) -> Any:
    try:
        return read(field.text())
    except ValueError:
        return None


def _bad(field: LineEdit, read: Callable[[str], Any]) -> bool:
    try:
        read(field.text())
    except ValueError:
        return True
    return False
