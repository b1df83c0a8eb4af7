"""Medicines that the family brings back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.dispensing import Prescribed
from covidstation.domain.prescriptions import LONG, MOST_UNITS
from covidstation.domain.problems import Problem
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.dispensing.returning import bring_back
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import label
from covidstation.ui.person.dialogs import ActDialog

_STORE, _AWAY = "store", "away"


class BringBackDialog(ActDialog):
    """How many, why, and whether they are good enough for the store."""

    def __init__(self, desk: Desk, parent: QWidget, one: Prescribed) -> None:
        self._one = one
        self.units = NumberEdit("units", _("Số trả lại"), low=1, high=MOST_UNITS, width=80)
        ways = [(_STORE, _("nhập lại kho")), (_AWAY, _("huỷ, không nhập kho"))]
        self.way = Combo("way", _("Xử lý"), ways, width=200)
        self.reason = LineEdit("reason", _("Vì sao"), width=360, limit=LONG, hint=_("đổi thuốc, thôi dùng…"))
        unit = label(one.unit, "body", "muted")
        rows = (
            Field(_("&Số trả lại"), self.units, required=True).beside(unit, field=False),
            Field(_("&Xử lý"), self.way),
            Field(_("&Vì sao"), self.reason),
        )
        super().__init__(desk, parent, _("Trả lại thuốc: {name}").format(name=one.name), rows, self.units)

    def about(self) -> str:
        """The medicine."""
        return self._one.id.hex

    def wrong(self) -> list[Problem]:
        """What is no number."""
        missing = self.units.number() is None
        return [Problem("units", "dispensing.units", {"most": str(MOST_UNITS)})] if missing else []

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        desk = self._desk
        return partial(
            bring_back, desk.register.db, self._one.id, int(self.units.number() or 0), self.reason.value(),
            by=desk.register.user_id, by_name=desk.register.user_name or "", now=desk.now(),
            into_store=self.way.value() == _STORE,
        )  # fmt: skip
