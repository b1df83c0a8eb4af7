"""One visit or call of the twelve months after: how the person is, or why nobody could ask."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.domain.care import VisitMeans
from covidstation.i18n import _
from covidstation.services.care.follow_up import finish_follow_up
from covidstation.services.changes import Done
from covidstation.ui.care.fields import DIALOG, TextBox, box_row
from covidstation.ui.care.words import MEANS
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog


class FollowUpDialog(ActDialog):
    """What came of it."""

    def __init__(self, desk: Desk, parent: QWidget, follow_up_id: UUID, means: VisitMeans) -> None:
        self.means = Combo("means", _("Cách hỏi"), [(key, _(words)) for key, words in MEANS.items()], width=160)
        self.means.set_value(means)
        reached = [(True, _("Đã hỏi được")), (False, _("Không hỏi được"))]
        self.reached = Combo("reached", _("Kết quả"), reached, width=200)
        self.told = TextBox("result", _("Người bệnh thế nào"), lines=3, width=420)
        rows = (
            Field(_("&Cách hỏi"), self.means),
            Field(_("&Kết quả"), self.reached),
            box_row(_("&Nội dung"), self.told, required=True),
        )
        super().__init__(desk, parent, _("Hỏi thăm sau khi khỏi"), rows, self.told)
        self.setObjectName("follow_up_dialog")
        self.setMinimumWidth(DIALOG)
        self._id = follow_up_id

    def act(self) -> Callable[[], Done[Any]]:
        """Keep it."""
        register = self._desk.register
        return partial(
            finish_follow_up, register.db, self._id, result=self.told.value(), means=self.means.value(),
            reached=bool(self.reached.value()), by=register.user_id, by_name=register.user_name, now=self._desk.now(),
        )  # fmt: skip
