"""The desk of a session: whoever stands there, from the scan to the injection in a few keys, and to going home."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from covidstation.domain.problems import Problem, errors
from covidstation.domain.vaccination.screening import Outcome
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import sentence, sentences
from covidstation.services.changes import Done
from covidstation.services.vaccination.arrival import Arrival
from covidstation.services.vaccination.day import screen_person
from covidstation.services.vaccination.injecting import InjectionDraft, inject
from covidstation.ui.desk import Desk
from covidstation.ui.parts.fields import show_problems
from covidstation.ui.parts.toast import Toast
from covidstation.ui.vaccination.session_card_words import given_words, kept_words, vial_choices
from covidstation.ui.vaccination.session_stand import CardFrame

T = TypeVar("T")


class DeskCard(CardFrame):
    """`show_arrival` fills it; `wrote` fires with a sentence once something is written, `wanted` names another act.

    `stale` asks for the same person anew, when another desk was quicker: `renew` takes the answer.
    """

    wrote = Signal(str, object)  # the sentence, the person's id
    stale = Signal(object)  # the person's id
    wanted = Signal(str)  # "without", "go", "stay", "reaction", "take_back", "back", "person"

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self._connect()
        self.clear()

    def renew(self, found: Arrival) -> None:
        """The same person after another desk was quicker: what was typed stays, but for a sheet that was written
        there; the vials are those of now."""
        if self.arrival is None or self.arrival.person_id != found.person_id:
            return
        self.arrival = found
        if self.sheet.is_old(found):
            self.sheet.fill(found, self.here_now(), self.hour())
        self.vial.set_choices(vial_choices(found, self.here_now(), self.hour()))
        self._other_vial()
        self.go_on()

    def give(self) -> None:
        """The injection, with all that stands there."""
        found, register = self.arrival, self._desk.register
        if found is None or self._wrong():
            return
        op = partial(
            inject, register.db, found.session_id, found.person_id, self._injection(), catalog=self._desk.catalog,
            by=register.user_id, by_name=register.user_name or "", now=self._desk.now(),
            screening=self.sheet.screening(), consent=self.sheet.consent(), sure=self._asked.get("give", ()),
        )  # fmt: skip
        again = _("Vẫn tiêm thì ghi lý do, bấm lần nữa.")
        failed = partial(self._failed, "give", again, self.reason)
        self._act(found, op, partial(given_words, found), lambda _done, words: self._written(words), failed)

    def keep_screening(self) -> None:
        """The sheet alone; the injection comes later."""
        found, register = self.arrival, self._desk.register
        if found is None or self._wrong():
            return
        op = partial(
            screen_person, register.db, found.session_id, found.person_id, self.sheet.screening(), at=self.hour(),
            consent=self.sheet.consent(), catalog=self._desk.catalog, by=register.user_id,
            by_name=register.user_name or "", now=self._desk.now(), sure=self._asked.get("keep", ()),
        )  # fmt: skip
        failed = partial(self._failed, "keep", _("Vẫn lưu khám thì bấm lần nữa."), self.keep)
        self._act(found, op, partial(kept_words, found), self._kept, failed)

    def _act(
        self,
        found: Arrival,
        op: Callable[[], Done[T]],
        words: Callable[[T], str],
        ok: Callable[[T, str], object],
        failed: Callable[[UserError], object],
    ) -> None:
        """Write it. Once somebody else stands there, the answer is not theirs: it is only said, with its name."""
        visit = self.visit

        def done(value: T) -> None:
            if self.visit is visit:
                ok(value, words(value))
            else:
                self._desk.said.emit(words(value))

        def refused(trouble: UserError) -> None:
            if self.visit is visit:
                failed(trouble)
            else:
                Toast.tell(self, f"{found.full_name}: {' '.join(sentences(trouble))}", bad=True)

        self._busy(True)
        self._desk.act(self, op, done, refused)

    def _kept(self, outcome: Outcome, words: str) -> None:
        """Whom the sheet lets nobody inject goes without: that is asked at once."""
        if outcome.may_inject:
            self._written(words)
            return
        self._busy(False)
        self.sheet.was_kept()
        self._want("without")

    def _connect(self) -> None:
        self.sheet.changed.connect(self._forget)
        self.sheet.complete.connect(self.go_on)
        self.vial.picked.connect(lambda _key: self._other_vial())
        self.dose.picked.connect(lambda _key: self._forget())
        self.at.textChanged.connect(lambda _text: self._other_hour())
        self.at.returnPressed.connect(self.sheet.temperature.setFocus)
        self.reason.returnPressed.connect(self.main.setFocus)
        self.main.clicked.connect(self.give)
        self.keep.clicked.connect(self.keep_screening)
        names = ((self.without, "without"), (self.go, "go"), (self.reaction, "reaction"), (self.wrong, "take_back"))
        for button, act in (*names, (self.stay, "stay"), (self.again, "back"), (self.open, "person")):
            button.clicked.connect(partial(self._want, act))

    def _want(self, act: str) -> None:
        if act == "without" and self._wrong():  # what cannot be read would be left out
            return
        self.wanted.emit(act)

    def _injection(self) -> InjectionDraft:
        held: tuple[str, Any] = self.vial.value() or ("", None)
        how, chosen = held
        kind, number = self.dose.value() or (None, None)
        same = self.arrival is not None and (kind, number) == self.arrival.next_dose
        return InjectionDraft(
            vial_id=chosen.vial.id if how == "vial" else None,
            take_id=chosen.take.id if how == "take" else None,
            shown=chosen,
            none_shown=chosen is None and self.hour() is None,  # what was taken along since was there at that hour
            dose_class=None if same else kind,
            number=None if same else number,
            reason="" if self._reason_row.isHidden() else self.reason.value(),
            at=self.hour(),
        )

    def _other_vial(self) -> None:
        """Another vaccine has questions of its own."""
        _how, chosen = self.vial.value() or ("", None)
        self.sheet.ask_for(chosen.take.product if chosen is not None else "")
        self._forget()

    def _other_hour(self) -> None:
        """Another vial may have been good then."""
        _how, before = self.vial.value() or ("", None)
        self.list_vials()
        _how, now = self.vial.value() or ("", None)
        if now != before:
            self._other_vial()

    def _forget(self) -> None:
        """Something else stands there: what was doubtful is asked back anew."""
        self._asked = {}
        self._reason_row.setVisible(False)

    def _wrong(self) -> bool:
        """Whether something there cannot be read, or the hour is missing; it is said."""
        self.follow_day()
        found = self.sheet.wrong()
        if self.at.bad():
            found.append(Problem("at", "forms.bad_date"))
        elif self.hour() is None and not self._at_row.isHidden():
            found.append(Problem("at", "vaccine_session.time_missing"))
            self.at.setFocus()
        self._show_problems(found)
        return bool(found)

    def _written(self, words: str) -> None:
        found = self.arrival
        self._busy(False)
        self.clear()
        if found is not None:
            self.wrote.emit(words, found.person_id)

    def _busy(self, on: bool) -> None:
        for button in (self.main, self.keep, self.without):
            button.setEnabled(not on)

    def _failed(self, act: str, again: str, then: QWidget, trouble: UserError) -> None:
        """What is asked back is asked for that act alone, with its words and where the hand goes `then`."""
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
            self._asked[act] = trouble.problems
            if then is self.reason:
                self._reason_row.setVisible(True)
            self._trouble.set_text(" ".join([again, *dict.fromkeys(map(sentence, problems))]))
            then.setFocus()
        else:
            if act in self._asked:  # what the word why is for stays in sight
                self._trouble.set_text(" ".join(dict.fromkeys(map(sentence, self._asked[act]))))
            self._hand_to(errors(problems)[0].field)

    def _hand_to(self, field: str) -> None:
        """The keyboard goes on at what is wrong, else at the button: one that was shut while it was written lost it."""
        wrong = self.findChild(QWidget, field)
        (wrong if wrong is not None and wrong.isVisibleTo(self) else self.main).setFocus()

    def _show_problems(self, problems: list[Problem]) -> None:
        """Beside their rows; what is about a row that is not in sight is said below."""
        rows = (*self.sheet.rows, *self._rows)
        for row in rows:
            row.clear_problems()
        rest = show_problems([row for row in rows if not row.isHidden()], problems)
        self._trouble.set_text(sentence(rest[0]) if rest else "")
