"""Somebody who stands on the paper below the printed list: known to the register, or new in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, cast
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.problems import Problem, Sure
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.scans import ScanLook
from covidstation.services.vaccination.walk_ins import add_walk_in
from covidstation.ui.contacts.choosers import PersonCombo
from covidstation.ui.desk import Desk
from covidstation.ui.households.arriving import sex_combo
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import BirthEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.vaccination.session_dialogs import DIALOG, WIDE, SessionAct

_NUMBER: Final = 40  # letters


class WalkInDialog(SessionAct):
    """Found by name or number, or the few words that a new person needs; `added(person_id)` when it is done."""

    added = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget, session_id: UUID, look: ScanLook | None = None) -> None:
        self._session_id = session_id
        self._base = PersonDraft()
        self.person = PersonCombo(desk, "full_name", _("Người"), width=WIDE, hint=_("gõ tên, số căn cước, số máy"))
        self.birth = BirthEdit("birth", _("Ngày sinh"), today=desk.now().date())
        self.sex = sex_combo()
        self.citizen = LineEdit("citizen_number", _("Số căn cước"), width=168, limit=_NUMBER)
        self.phone = LineEdit("phone", _("Điện thoại"), width=144, limit=_NUMBER)
        self.hamlet = Combo("hamlet_id", _("Bản"), [(None, _("chưa rõ"))], width=200)
        rows = (
            Field(_("&Họ và tên"), self.person, required=True),
            Field(_("N&gày sinh"), self.birth).beside(self.sex, _("Giớ&i")),
            Field(_("&Căn cước"), self.citizen).beside(self.phone, _("Điện &thoại")),
            Field(_("&Bản"), self.hamlet),
        )
        super().__init__(desk, parent, _("Thêm người ngoài danh sách"), rows, self.person)
        self.setMinimumWidth(DIALOG)
        self.person.picked.connect(lambda _key: self._settle())
        desk.ask(self, partial(hamlets, desk.register.db), self._show_hamlets)
        if look is not None:
            self.take_scan(look)

    def about(self) -> str:
        """One at a time."""
        return self._session_id.hex

    def take_scan(self, look: ScanLook) -> bool:
        """A card says who it is."""
        if look.person_id is not None:
            self.person.choose(look.person_id, look.name)
        elif look.draft is not None:
            self._base = look.draft
            self.person.put_text(look.draft.full_name)
            self.birth.set_birth(look.draft.birth)
            self.sex.set_value(look.draft.sex)
            self.citizen.set_value(look.draft.citizen_number)
        self._settle()
        return True

    def wrong(self) -> list[Problem]:
        """Nobody named, a birth that is none."""
        found = [Problem("birth", "forms.bad_date")] if self.birth.bad() else []
        named = self.person.person_id() is not None or self.person.new_name()
        return found if named else [*found, Problem("full_name", "vaccine_session.nobody_chosen")]

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Into the register if need be, and onto the list."""
        desk, known = self._desk, self.person.person_id()
        who = self._new() if known is None else known
        db = desk.register.db
        return partial(add_walk_in, db, self._session_id, who, catalog=desk.catalog, sure=sure, **self.who())

    def done_with(self, value: object) -> None:
        """Say who it is."""
        super().done_with(value)
        self.added.emit(cast(UUID, value))

    def _new(self) -> PersonDraft:
        return replace(
            self._base,
            full_name=self.person.new_name(),
            birth=self.birth.birth(),
            sex=self.sex.value() or Sex.UNKNOWN,
            citizen_number=self.citizen.value(),
            phone=self.phone.value() or self._base.phone,
            hamlet_id=self.hamlet.value(),
        )

    def _settle(self) -> None:
        """The register has the rest of somebody who is known."""
        known = self.person.person_id() is not None
        for widget in (self.birth, self.sex, self.citizen, self.phone, self.hamlet):
            widget.setEnabled(not known)

    def _show_hamlets(self, found: Sequence[Hamlet]) -> None:
        kept = self.hamlet.value()
        self.hamlet.set_choices([(None, _("chưa rõ")), *((one.id, one.title) for one in found)])
        self.hamlet.set_value(kept)
