"""The desk of a session: whoever stands there, from the scan to the injection in a few keys, and to going home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.text import TEXT_LIMIT
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.sessions import Drawing, Step, observed_until
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.messages.vaccine_session import drawing_words
from covidstation.services.vaccination.arrival import Arrival
from covidstation.services.vaccination.day import screen_person
from covidstation.services.vaccination.injecting import Injected, InjectionDraft, inject
from covidstation.ui.case_words import age_words
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field, show_problems
from covidstation.ui.parts.labels import ElidedLabel, Line, TwoLineLabel
from covidstation.ui.parts.moments import ClockEdit
from covidstation.ui.parts.steps import Step as Ready
from covidstation.ui.parts.steps import StepList
from covidstation.ui.parts.toast import Toast
from covidstation.ui.vaccination.session_sheet import LABEL, WIDE, SheetPart
from covidstation.ui.vaccination.session_words import dose_title
from covidstation.ui.vaccination.words import stance_words

_WAITING: Final = (Step.EXPECTED, Step.COME, Step.SCREENED)
_PLACES: Final = (
    (DoseClass.PRIMARY, 1), (DoseClass.PRIMARY, 2), (DoseClass.PRIMARY, 3), (DoseClass.ADDITIONAL, 1),
    (DoseClass.BOOSTER, 1), (DoseClass.BOOSTER, 2), (DoseClass.BOOSTER, 3),
)  # fmt: skip


class DeskCard(QWidget):
    """`show_arrival` fills it; `wrote` fires with a sentence once something is written, `wanted` names another act.

    `stale` asks for the same person anew, when another desk was quicker: `renew` takes the answer.
    """

    wrote = Signal(str, object)  # the sentence, the person's id
    stale = Signal(object)  # the person's id
    wanted = Signal(str)  # "without", "go", "stay", "reaction", "take_back", "back", "person"

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.arrival: Arrival | None = None
        self._asked_back = False
        self._idle = _("Quét thẻ, hoặc chọn một người")
        self._make_fields()
        self._make_buttons()
        self._lay_out()
        self._connect()
        self.clear()

    def clear(self) -> None:
        """Nobody stands there."""
        self.arrival = None
        self._name.set_text(self._idle)
        self._about.set_text(_("Enter trên dòng của một người cũng mở phiếu của người đó."))
        for part in (self.sheet, self._more, *self._rows, *self._buttons):
            part.setVisible(False)
        self.ready.setVisible(True)
        self._trouble.set_text("")

    def say_idle(self, title: str, steps: Sequence[Ready]) -> None:
        """What stands there while nobody does: what the session still needs."""
        self._idle = title
        self.ready.show_steps(steps)
        if self.arrival is None:
            self._name.set_text(title)

    def show_arrival(self, found: Arrival, *, running: bool) -> None:
        """Somebody stands there; a session that does not run is only looked at."""
        self.arrival, self._asked_back = found, False
        self.ready.setVisible(False)
        age = age_words(found.birth, found.day) if found.birth else _("chưa rõ tuổi")
        self._name.set_text(found.full_name)
        self._about.set_text(" · ".join(filter(None, (age, found.hamlet, found.phone, _dose_words(found)))))
        more = _more_words(found)
        self._more.set_text(more)
        self._more.setVisible(bool(more))
        self._trouble.set_text(_unfit_words(found))
        self.sheet.fill(found, self._now())
        places = dict.fromkeys((*_PLACES, found.next_dose))
        self.dose.set_choices([(one, dose_title(*one)) for one in places])
        self.dose.set_value(found.next_dose)
        self.reason.set_value("")
        self.vial.set_choices(vial_choices(found, self._now()))
        self._show_parts(found, running)
        self._focus(found)

    def renew(self, found: Arrival) -> None:
        """The same person after another desk was quicker: what was typed stays, the vials are those of now."""
        if self.arrival is None or self.arrival.person_id != found.person_id:
            return
        self.arrival = found
        self.vial.set_choices(vial_choices(found, self._now()))
        self._forget()
        self.main.setFocus()

    def hour(self) -> datetime | None:
        """The hour of an act of a session that is not of today."""
        found, clock = self.arrival, self.at.clock()
        return None if found is None or clock is None or self._at_row.isHidden() else datetime.combine(found.day, clock)

    def give(self) -> None:
        """The injection, with all that stands there."""
        found, register = self.arrival, self._desk.register
        if found is None or self._wrong():
            return
        op = partial(
            inject, register.db, found.session_id, found.person_id, self._injection(), catalog=self._desk.catalog,
            by=register.user_id, by_name=register.user_name or "", now=self._desk.now(),
            screening=self.sheet.screening(), consent=self.sheet.consent(), sure=self._asked_back,
        )  # fmt: skip
        self._busy(True)
        self._desk.act(self, op, lambda done: self._written(_given_words(found, done), found.person_id), self._failed)

    def keep_screening(self) -> None:
        """The sheet alone; the injection comes later."""
        found, register = self.arrival, self._desk.register
        if found is None or self._wrong():
            return
        op = partial(
            screen_person, register.db, found.session_id, found.person_id, self.sheet.screening(), at=self.hour(),
            catalog=self._desk.catalog, by=register.user_id, by_name=register.user_name or "", now=self._desk.now(),
            sure=self._asked_back,
        )  # fmt: skip
        self._busy(True)
        words = _("{name}: đã lưu khám sàng lọc").format(name=found.full_name)
        self._desk.act(self, op, lambda _out: self._written(words, found.person_id), self._failed)

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

    def _connect(self) -> None:
        self.sheet.changed.connect(self._forget)
        self.sheet.complete.connect(lambda: (self.main if self.sheet.may_inject() else self.without).setFocus())
        for combo in (self.vial, self.dose):
            combo.picked.connect(lambda _key: self._forget())
        self.at.returnPressed.connect(self.sheet.temperature.setFocus)
        self.reason.returnPressed.connect(self.main.setFocus)
        self.main.clicked.connect(self.give)
        self.keep.clicked.connect(self.keep_screening)
        names = ((self.without, "without"), (self.go, "go"), (self.reaction, "reaction"), (self.wrong, "take_back"))
        for button, act in (*names, (self.stay, "stay"), (self.again, "back"), (self.open, "person")):
            button.clicked.connect(partial(self._want, act))

    def _want(self, act: str) -> None:
        self.wanted.emit(act)

    def _injection(self) -> InjectionDraft:
        held: tuple[str, Any] = self.vial.value() or ("", None)
        how, chosen = held
        kind, number = self.dose.value() or (None, None)
        same = self.arrival is not None and (kind, number) == self.arrival.next_dose
        return InjectionDraft(
            vial_id=chosen.vial.id if how == "vial" else None,
            take_id=chosen.take.id if how == "take" else None,
            shown=chosen if self.hour() is None else None,  # what was written on paper competes with nobody
            dose_class=None if same else kind,
            number=None if same else number,
            reason="" if self._reason_row.isHidden() else self.reason.value(),
            at=self.hour(),
        )

    def _now(self) -> datetime:
        return self._desk.now().replace(tzinfo=None)

    def _show_parts(self, found: Arrival, running: bool) -> None:
        step = found.seat.step if found.seat is not None else Step.EXPECTED
        waits, late = step in _WAITING, found.day != self._desk.now().date()
        shown: dict[QWidget, bool] = {
            self.sheet: waits, self._vial_row: waits, self._dose_row: waits, self._reason_row: False,
            self._at_row: late and running and (waits or step is Step.OBSERVED),
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

    def _focus(self, found: Arrival) -> None:
        step = found.seat.step if found.seat is not None else Step.EXPECTED
        if step is Step.OBSERVED:
            self.go.setFocus()
        elif step is Step.ENDED:
            self.again.setFocus()
        elif step is Step.LEFT:
            self.reaction.setFocus()
        elif not self._at_row.isHidden() and not self.at.text():
            self.at.setFocus()
        elif self.sheet.temperature.text():
            self.main.setFocus()
        else:
            self.sheet.temperature.setFocus()

    def _forget(self) -> None:
        """Something else stands there: what was doubtful is asked back anew."""
        self._asked_back = False
        self._reason_row.setVisible(False)

    def _wrong(self) -> bool:
        """Whether something there cannot be read; it is said."""
        found = self.sheet.wrong()
        if self.at.bad():
            found.append(Problem("at", "forms.bad_date"))
        self._show_problems(found)
        return bool(found)

    def _written(self, words: str, person_id: UUID) -> None:
        self._busy(False)
        self.clear()
        self.wrote.emit(words, person_id)

    def _busy(self, on: bool) -> None:
        for button in (self.main, self.keep, self.without):
            button.setEnabled(not on)

    def _failed(self, trouble: UserError) -> None:
        self._busy(False)
        Toast.hush(self)  # the last person's
        if not isinstance(trouble, Refused):
            self._trouble.set_text(sentence(trouble))
            if self.arrival is not None:
                self.stale.emit(self.arrival.person_id)
            return
        problems = list(trouble.problems)
        self._show_problems(problems)
        if not errors(problems):
            self._asked_back = True
            self._reason_row.setVisible(True)
            again = _("Vẫn tiêm thì ghi lý do, bấm lần nữa.")
            self._trouble.set_text(" ".join([again, *dict.fromkeys(map(sentence, problems))]))
            self.reason.setFocus()

    def _show_problems(self, problems: list[Problem]) -> None:
        rest = show_problems((*self.sheet.rows, *self._rows), problems)
        self._trouble.set_text(sentence(rest[0]) if rest else "")


def _nothing_words(found: Arrival) -> str:
    """Why no vial is proposed."""
    if any(one.waits and one.should_be for one in found.takes):
        return _("lô của buổi này chờ quyết định ở Tủ lạnh")
    return _("không có vắc xin hợp mũi này") if found.takes and not found.fits else _("hết vắc xin trong buổi này")


def vial_choices(found: Arrival, now: datetime) -> list[tuple[Any, str]]:
    """Where the dose may come out, each with how it was chosen: the next vial of a vaccine that fits first; the other
    opened ones, and a new one of each take."""
    following = found.drawing(now)
    choices: list[tuple[Any, str]] = []
    if following is not None:
        choices.append((("next", following), drawing_words(following)))
    else:
        choices.append((("", None), _nothing_words(found)))
    for take in (one for one in found.takes if not one.waits):
        for vial in take.opened:
            other = Drawing(take, vial, vial.number)
            if vial.usable(now, found.rule.vial_minutes) and other.source != (following.source if following else None):
                choices.append((("vial", other), drawing_words(other)))
        fresh = Drawing(take, None, max((vial.number for vial in take.opened), default=0) + 1)
        if take.unopened and fresh.source != (following.source if following else None):
            choices.append((("take", fresh), drawing_words(fresh)))
    return choices


def _given_words(found: Arrival, done: Injected) -> str:
    """What was given, to be compared with what is in the hand."""
    dose = done.dose
    words = _("{name}: đã tiêm {dose}, {vaccine} lô {lot}, lọ {vial} còn {left} liều, ngồi đến {until}")
    return words.format(
        name=found.full_name, dose=dose_title(dose.dose_class, dose.number), vaccine=dose.product_name,
        lot=dose.lot_number or "—", vial=done.out_of.label, left=done.left, until=f"{done.until:%H:%M}",
    )  # fmt: skip


def _row_of(buttons: Sequence[Button]) -> QHBoxLayout:
    """At the right of the foot."""
    acts = QHBoxLayout()
    acts.setSpacing(metrics.GAP)
    acts.addStretch(1)
    for button in buttons:
        acts.addWidget(button)
    return acts


def _unfit_words(found: Arrival) -> str:
    """What to do when the session has nothing that fits."""
    step = found.seat.step if found.seat is not None else Step.EXPECTED
    if step not in _WAITING or not found.takes or found.fits:
        return ""
    names = ", ".join(found.products.name(code) for code in found.standing.wanted)
    return sentence(UserError("vaccine_session.none_fits", names=names))


def _more_words(found: Arrival) -> str:
    """What stands in the way, how they sit, why they went."""
    parts = [stance_words(one, found.products) for one in found.stances]
    seat = found.seat
    if seat is None or seat.step in _WAITING:
        given_up = [stance_words(one, found.products) for one in found.standing.given_up]
        against, told = found.standing.why(), found.standing.state.stance
        parts = [stance_words(one, found.products) for one in found.stances if one.id != told]
        if given_up:
            over = _("{stances}. Nay đã đến: tiêm thì dòng này tự đóng.")
            parts = [words for words in parts if words not in given_up]
            parts.append(over.format(stances="; ".join(given_up)))
        return " · ".join([against, *parts] if against else parts)
    if seat is not None and seat.step is Step.OBSERVED and seat.seat.injected_at is not None:
        until = observed_until(seat.seat.injected_at, found.rule.observe_minutes)
        words = _("Tiêm lúc {at}, ngồi theo dõi đến {until}")
        parts.insert(0, words.format(at=f"{seat.seat.injected_at:%H:%M}", until=f"{until:%H:%M}"))
    elif seat is not None and seat.step is Step.ENDED:
        again = _("khám lại {day}").format(day=date_text(seat.again_on)) if seat.again_on else ""
        parts = [" · ".join(filter(None, (seat.no_dose_reason, again)))]
    return " · ".join(filter(None, parts))


def _dose_words(found: Arrival) -> str:
    last = found.doses[-1] if found.doses else None
    if last is None:
        return _("chưa tiêm mũi nào")
    name = found.products.name(last.product, last.product_name)
    words = _("đã {n} mũi, mũi cuối {name} {day}")
    return words.format(n=len(found.doses), name=name, day=last.given.text())
