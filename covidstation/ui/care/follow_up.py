"""One visit or call of the twelve months after: how the person is, why nobody could ask, or another day for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.care import FollowUpLine
from covidstation.domain.care import VisitMeans
from covidstation.domain.problems import Problem
from covidstation.i18n import _, date_text
from covidstation.services.care.follow_up import finish_follow_up, move_follow_up
from covidstation.services.changes import Done
from covidstation.ui.care.fields import DIALOG, TextBox, box_row
from covidstation.ui.case_words import MEANS
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit
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

    def about(self) -> str:
        """The visit after the illness."""
        return self._id.hex

    def act(self) -> Callable[[], Done[Any]]:
        """Keep it."""
        register = self._desk.register
        return partial(
            finish_follow_up, register.db, self._id, result=self.told.value(), means=self.means.value(),
            reached=bool(self.reached.value()), by=register.user_id, by_name=register.user_name, now=self._desk.now(),
        )  # fmt: skip


class MoveFollowUpDialog(ActDialog):
    """Another day for one that waits."""

    def __init__(self, desk: Desk, parent: QWidget, line: FollowUpLine) -> None:
        self.day = DateEdit("due_on", _("Ngày mới"), today=desk.now().date())
        self.day.set_day(line.due_on)
        row = Field(_("&Ngày mới"), self.day, required=True)
        row.set_hint(_("đang hẹn {day}").format(day=date_text(line.due_on)))
        super().__init__(desk, parent, _("Đổi ngày hỏi thăm"), (row,), self.day)
        self.setObjectName("move_follow_up_dialog")
        self.day.selectAll()
        self._id = line.id

    def about(self) -> str:
        """The visit after the illness."""
        return self._id.hex

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("due_on", "forms.bad_date")] if self.day.day() is None else []

    def act(self) -> Callable[[], Done[Any]]:
        """Move it."""
        register = self._desk.register
        day = self.day.day() or self._desk.now().date()
        return partial(
            move_follow_up, register.db, self._id, day,
            by=register.user_id, by_name=register.user_name, now=self._desk.now(),
        )  # fmt: skip
