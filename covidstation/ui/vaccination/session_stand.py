"""The look of the desk of a session: who stands there, the rows and buttons that their step asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.text import TEXT_LIMIT
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.sessions import Step
from covidstation.i18n import _
from covidstation.messages.vaccine_session import drawing_words
from covidstation.services.vaccination.arrival import Arrival
from covidstation.ui.case_words import age_words
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import ElidedLabel, Line, TwoLineLabel
from covidstation.ui.parts.moments import ClockEdit
from covidstation.ui.parts.steps import Step as Ready
from covidstation.ui.parts.steps import StepList
from covidstation.ui.vaccination.session_card_words import (
    WAITING,
    dose_words,
    more_words,
    step_of,
    unfit_words,
    vial_choices,
)
from covidstation.ui.vaccination.session_sheet import LABEL, WIDE, SheetPart
from covidstation.ui.vaccination.session_words import dose_title

_PLACES: Final = (
    (DoseClass.PRIMARY, 1), (DoseClass.PRIMARY, 2), (DoseClass.PRIMARY, 3), (DoseClass.ADDITIONAL, 1),
    (DoseClass.BOOSTER, 1), (DoseClass.BOOSTER, 2), (DoseClass.BOOSTER, 3),
)  # fmt: skip


class CardFrame(QWidget):
    """What stands at the desk; `DeskCard` says what it does."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.arrival: Arrival | None = None
        self.visit = object()  # another one each time that somebody else stands there, or nobody
        self._running = False
        self._asked: dict[str, tuple[Problem, ...]] = {}  # by act: what was asked back, as it was said
        self._idle, self._hint = _("Quét thẻ, hoặc chọn một người"), ""
        self._make_fields()
        self._make_buttons()
        self._lay_out()

    def clear(self) -> None:
        """Nobody stands there."""
        self.arrival, self.visit = None, object()
        self._name.set_text(self._idle)
        self._about.set_text(self._hint)
        for part in (self.sheet, self._more, *self._rows, *self._buttons):
            part.setVisible(False)
        self.ready.setVisible(True)
        self._trouble.set_text("")

    def say_idle(self, title: str, steps: Sequence[Ready], *, running: bool) -> None:
        """What stands there while nobody does: what the session still needs, and while it runs, how to open a sheet."""
        self._idle = title
        self._hint = _("Enter trên dòng của một người cũng mở phiếu của người đó.") if running else ""
        self.ready.show_steps(steps)
        if self.arrival is None:
            self._name.set_text(title)
            self._about.set_text(self._hint)

    def show_arrival(self, found: Arrival, *, running: bool) -> None:
        """Somebody stands there; a session that does not run is only looked at."""
        self.arrival, self.visit, self._asked, self._running = found, object(), {}, running
        self.ready.setVisible(False)
        age = age_words(found.birth, found.day) if found.birth else _("chưa rõ tuổi")
        self._name.set_text(found.full_name)
        self._about.set_text(" · ".join(filter(None, (age, found.hamlet, found.phone, dose_words(found)))))
        more = more_words(found)
        self._more.set_text(more)
        self._more.setVisible(bool(more))
        self._trouble.set_text(unfit_words(found))
        self._show_parts(found, running)
        self.sheet.fill(found, self.here_now(), self.hour())
        places = dict.fromkeys((*_PLACES, found.next_dose))
        self.dose.set_choices([(one, dose_title(*one)) for one in places])
        self.dose.set_value(found.next_dose)
        self.reason.set_value("")
        self.vial.set_choices(vial_choices(found, self.here_now(), self.hour()))
        self.vial.set_value(None)  # not what was picked for whoever stood there before
        self._focus(found)

    def follow_day(self) -> None:
        """A card that was opened on the day of its session and stands there after midnight asks for the hour."""
        found = self.arrival
        if found is None or self._asks_hour(found) is not self._at_row.isHidden():
            return
        self.at.set_clock(None)  # what may stand there is of somebody else
        self._at_row.clear_problems()
        self._at_row.setVisible(self._asks_hour(found))
        self.list_vials()

    def list_vials(self) -> None:
        """Those of the hour that stands there. A vial that was picked by hand stays: whoever picked it is told that it
        was too old then."""
        held: tuple[str, Any] = self.vial.value() or ("", None)
        found, (how, picked) = self.arrival, held
        if found is None:
            return
        choices = vial_choices(found, self.here_now(), self.hour())
        if how in ("vial", "take"):
            choices = [one for one in choices if one[0][1] is None or one[0][1].source != picked.source]
            choices.append((held, drawing_words(picked)))
        self.vial.set_choices(choices)
        self.vial.set_value(held if how in ("vial", "take") else None)

    def hour(self) -> datetime | None:
        """The hour of an act of a session that is not of today."""
        found, clock = self.arrival, self.at.clock()
        return None if found is None or clock is None or self._at_row.isHidden() else datetime.combine(found.day, clock)

    def go_on(self) -> None:
        """What follows the sheet: Enter there gives nobody a dose whom the rule puts off."""
        (self.main if self.sheet.may_inject() else self.without).setFocus()

    def here_now(self) -> datetime:
        """By the clock of the station."""
        return self._desk.now().replace(tzinfo=None)

    def _make_fields(self) -> None:
        self._name = ElidedLabel("", "section")
        self._about = TwoLineLabel("", "body", "muted")
        self._more = TwoLineLabel("", "hint", "warn")
        self.ready = StepList()
        self._trouble = TwoLineLabel("", "hint", "danger")
        self.sheet = SheetPart()
        self.vial = Combo("vial", _("Lọ vắc xin"), width=WIDE)
        self.dose = Combo("dose", _("Mũi thứ"), width=110)
        self.at = ClockEdit("at", _("Giờ"))
        self.reason = LineEdit("reason", _("Lý do vẫn tiêm"), width=WIDE, limit=TEXT_LIMIT)
        self._vial_row = Field(_("L&ọ"), self.vial, name="take", label_width=LABEL)
        self._dose_row = Field(_("&Mũi"), self.dose, name="number", label_width=LABEL)
        self._at_row = Field(_("Giờ"), self.at, required=True, label_width=LABEL)
        self._reason_row = Field(_("Lý &do vẫn tiêm"), self.reason, label_width=LABEL)
        self._rows = (self._at_row, self._vial_row, self._dose_row, self._reason_row)

    def _make_buttons(self) -> None:
        self.main = Button(_("Đồng ý, tiêm"), "primary", icon="check", keys="Ctrl+Return", name="give_dose")
        self.keep = Button(_("Chỉ &lưu khám"), name="keep_screening")
        self.without = Button(_("&Không tiêm…"), name="send_without")
        self.go = Button(_("Cho &về, ổn"), "primary", icon="check", name="let_go")
        self.reaction = Button(_("&Phản ứng…"), name="add_reaction")
        self.wrong = Button(_("Tiêm &nhầm…"), "quiet", name="take_back_dose")
        self.stay = Button(_("Chưa &về"), name="keep_sitting")
        self.again = Button(_("&Gọi lại"), "primary", name="call_back")
        self.open = Button(_("Trang của người này"), "link", name="open_person", flush=True)
        self._buttons = (
            self.without,
            self.keep,
            self.main,
            self.wrong,
            self.reaction,
            self.stay,
            self.go,
            self.again,
            self.open,
        )
        self._desk.guard(Right.ENTER, *self._buttons[:-1])

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.MARGIN, 14, metrics.MARGIN, 12)
        column.setSpacing(2)
        for widget in (self._name, self._about, self._more, self.ready):
            column.addWidget(widget)
        column.addSpacing(4)
        for part in (self._at_row, self.sheet, self._vial_row, self._dose_row, self._reason_row, self._trouble):
            column.addWidget(part)
        column.addStretch(1)
        column.addWidget(self.open)
        column.addWidget(Line())
        column.addSpacing(8)
        column.addLayout(_row_of(self._buttons[:-1]))

    def _show_parts(self, found: Arrival, running: bool) -> None:
        step = step_of(found)
        waits = step in WAITING
        shown: dict[QWidget, bool] = {
            self.sheet: waits, self._vial_row: waits, self._dose_row: waits, self._reason_row: False,
            self._at_row: self._asks_hour(found),
            self.main: waits, self.keep: waits, self.without: waits, self.go: step is Step.OBSERVED,
            self.reaction: step in (Step.OBSERVED, Step.LEFT), self.wrong: step in (Step.OBSERVED, Step.LEFT),
            self.again: step is Step.ENDED, self.stay: step is Step.LEFT, self.open: True,
        }  # fmt: skip
        for part, on in shown.items():
            part.setVisible(on)
        for row in self._rows:
            row.clear_problems()
        for button in self._buttons:
            button.setEnabled(running or button in (self.open, self.reaction, self.go, self.stay))

    def _asks_hour(self, found: Arrival) -> bool:
        late, step = found.day != self._desk.now().date(), step_of(found)
        return late and self._running and (step in WAITING or step is Step.OBSERVED)

    def _focus(self, found: Arrival) -> None:
        step = step_of(found)
        if step is Step.OBSERVED:
            self.go.setFocus()
        elif step is Step.ENDED:
            self.again.setFocus()
        elif step is Step.LEFT:
            self.reaction.setFocus()
        elif not self._at_row.isHidden() and not self.at.text():
            self.at.setFocus()
        elif self.sheet.temperature.text():
            self.go_on()
        else:
            self.sheet.temperature.setFocus()


def _row_of(buttons: Sequence[Button]) -> QHBoxLayout:
    """At the right of the foot."""
    acts = QHBoxLayout()
    acts.setSpacing(metrics.GAP)
    acts.addStretch(1)
    for button in buttons:
        acts.addWidget(button)
    return acts
