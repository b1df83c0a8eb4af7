"""Fields of the contact windows: a person of the whole register, and a case."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFocusEvent

from covidstation.db.queries.contact_sources import case_choice, case_choices
from covidstation.db.queries.people import PersonHit, find_people
from covidstation.i18n import _, date_text
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import FindCombo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.popup import Choice

_TYPING_MS = 150
_SHOWN = 12
_NEW = "new"


class PersonCombo(FindCombo):
    """Somebody found by typing, or a new person by the row "Người mới".

    `person_id()` is the known person's, `new_name()` the new one's; words alone, with nobody chosen, are a new name.
    """

    def __init__(self, desk: Desk, name: str, title: str, *, width: int, hint: str) -> None:
        super().__init__(name, title, width=width, hint=hint, free=True)
        self._desk = desk
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self._ask)
        self.textEdited.connect(lambda _text: self._typing.start())

    def person_id(self) -> UUID | None:
        """The known person, or None."""
        chosen = self.value()
        return chosen if isinstance(chosen, UUID) else None

    def new_name(self) -> str:
        """The name of somebody who is not in the register yet."""
        return "" if self.person_id() is not None else self.value_text()

    def choose(self, person_id: UUID, name: str) -> None:
        """That known person, without firing."""
        self.set_choices((Choice(person_id, name),))
        self.set_value(person_id)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Never take somebody by their name alone: people bear the same names."""
        LineEdit.focusOutEvent(self, event)
        self._popup.hide()

    def _matches(self, _text: str) -> list[Choice]:
        """The register has searched already, its own way."""
        return list(self.choices())

    def _ask(self) -> None:
        typed = self.value_text()
        if self.value() is None and typed:
            op = partial(find_people, self._desk.register.db, typed, _SHOWN)
            self._desk.ask(self, op, partial(self._found, typed))

    def _found(self, typed: str, hits: Sequence[PersonHit]) -> None:
        if typed != self.value_text() or self.value() is not None:
            return
        self.set_choices(self._offer(typed, hits))
        if self.hasFocus():
            self._popup.show_items(self.choices())

    def _offer(self, typed: str, hits: Sequence[PersonHit]) -> list[Choice]:
        known = [Choice(hit.id, hit.full_name, person_second(hit)) for hit in hits]
        return [*known, Choice(_NEW, typed, _("người mới, chưa có trong sổ"))]


def person_second(hit: PersonHit) -> str:
    """What tells people of the same name apart."""
    birth = hit.birth.text() if hit.birth else ""
    house = _("hộ {head}").format(head=hit.household_head) if hit.household_head else ""
    case = _("đang là F0") if hit.open_episode is not None else ""
    return " · ".join(filter(None, (birth, hit.hamlet, house, case)))


class CaseCombo(FindCombo):
    """A case of the register, the open ones first; with `free` also the words for one of another commune."""

    def __init__(self, desk: Desk, name: str, title: str, *, width: int, free: bool = False) -> None:
        super().__init__(name, title, width=width, hint=_("Gõ tên F0"), free=free)
        self._desk = desk
        self._wanted: UUID | None = None

    def load(self, wanted: UUID | None = None) -> None:
        """Ask for the cases, and choose that one."""
        self._wanted = wanted
        db, today = self._desk.register.db, self._desk.now().date()

        def cases() -> tuple[tuple[UUID, str, str, str], ...]:
            found = list(case_choices(db, today=today))
            if wanted is not None and all(one.id != wanted for one in found):
                found += filter(None, (case_choice(db, wanted),))
            return tuple((one.id, one.full_name, date_text(one.report_date), one.hamlet) for one in found)

        self._desk.ask(self, cases, self._show)

    def _show(self, cases: Sequence[tuple[UUID, str, str, str]]) -> None:
        kept, words = self.value() or self._wanted, self.text()
        self.set_choices(
            [
                Choice(key, name, " · ".join(filter(None, (hamlet, _("F0 từ {day}").format(day=day)))))
                for key, name, day, hamlet in cases
            ]
        )
        if kept is not None:
            self.set_value(kept)
        elif words:
            self.put_text(words)
        self._wanted = None
