"""A dose that was written for the wrong one: what of it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.vaccine_sessions import SessionSheet
from covidstation.domain.problems import Problem, Sure
from covidstation.domain.text import TEXT_LIMIT
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.vaccination.arrival import Arrival
from covidstation.services.vaccination.day import take_back_injection
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import label
from covidstation.ui.vaccination.session_dialogs import SessionAct

_WIDE = 420


class Which(StrEnum):
    """What was wrong."""

    NOT_GIVEN = "NOT_GIVEN"  # they are here, and wait
    UNOPENED = "UNOPENED"  # nor was the vial opened
    OTHERS = "OTHERS"  # all of it was somebody else's


class TakeBackDialog(SessionAct):
    """Nothing is proposed: whose measures stand on the sheet decides how the next dose is given."""

    def __init__(self, desk: Desk, parent: QWidget, found: Arrival, sheet: SessionSheet | None) -> None:
        self._found = found
        unopened = _only_dose(found, sheet)
        choices: list[tuple[Which | None, str]] = [
            (None, _("chọn một")),
            (Which.NOT_GIVEN, _("Chưa tiêm cho ai: {name} còn chờ").format(name=found.full_name)),
            *([(Which.UNOPENED, unopened)] if unopened else []),
            (Which.OTHERS, _("Đã tiêm cho người khác: {name} chưa đến").format(name=found.full_name)),
        ]
        self.which = Combo("which", _("Nhầm thế nào"), choices, width=_WIDE)
        self.reason = LineEdit("reason", _("Lý do"), width=_WIDE, limit=TEXT_LIMIT)
        rows = (
            Field(_("&Nhầm thế nào"), self.which, required=True),
            Field(_("&Lý do"), self.reason, required=True),
        )
        title = _("Mũi vừa ghi cho {name} là nhầm?").format(name=found.full_name)
        super().__init__(desk, parent, title, rows, self.which)
        text = _("Liều trở lại lọ và kho; dòng cũ vẫn giữ trong sổ cùng lý do.")
        self.rows_column.insertWidget(1, label(text, "hint", "muted", wrap=True))
        self._main.set_text(_("Lấy lại"))

    def about(self) -> str:
        """The person in that session."""
        return f"{self._found.session_id.hex}-{self._found.person_id.hex}"

    def wrong(self) -> list[Problem]:
        """Nothing chosen."""
        return [] if self.which.value() else [Problem("which", "vaccine_session.back_which")]

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Take it back."""
        found, which = self._found, self.which.value()
        return partial(
            take_back_injection, self._desk.register.db, found.session_id, found.person_id, self.reason.value(),
            catalog=self._desk.catalog, unopened=which is Which.UNOPENED, others=which is Which.OTHERS, **self.who(),
        )  # fmt: skip


def _only_dose(found: Arrival, sheet: SessionSheet | None) -> str:
    """What is asked of a vial from which only this dose came; nothing otherwise."""
    dose = found.seat.dose if found.seat is not None else None
    for take in sheet.takes if sheet is not None and dose is not None else ():
        for vial in take.opened:
            alone = (vial.given, vial.wasted, vial.extra) == (1, 0, 0)
            if dose is not None and vial.id == dose.vial_id and alone:
                words = _("Lọ {number} lô {lot} chưa mở thật, còn nguyên")
                return words.format(number=vial.label, lot=take.lot_number or "—")
    return ""
