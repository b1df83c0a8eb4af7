"""One phone call: how it went, what was said, when to call again; it may answer the open danger signs at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.domain.care import CallResult
from covidstation.domain.citizen import grouped
from covidstation.domain.problems import Problem
from covidstation.i18n import _
from covidstation.services.care.calls import CallDraft, log_call
from covidstation.services.changes import Done
from covidstation.ui.care.fields import DIALOG, TextBox, box_row
from covidstation.ui.case_words import CALL_RESULTS
from covidstation.ui.desk import Desk
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.moments import MomentEdit
from covidstation.ui.person.dialogs import ActDialog


class CallDialog(ActDialog):
    """A call to one person. `alerts` are the danger signs that stand open: a tick answers them with the call."""

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        *,
        person_id: UUID,
        full_name: str,
        phone: str = "",
        episode_id: UUID | None = None,
        contact_id: UUID | None = None,
        alerts: Sequence[UUID] = (),
    ) -> None:
        today = desk.now().date()
        self._whom, self._alerts = (person_id, episode_id, contact_id), tuple(alerts)
        self.at = MomentEdit("at", _("Lúc gọi"), today=today, day=lambda: today)
        self.at.set_moment(desk.now().replace(tzinfo=None))
        results = [(key, _(words)) for key, words in CALL_RESULTS.items()]
        self.came = Combo("result", _("Kết quả gọi"), results, width=200)
        self.summary = TextBox("summary", _("Người bệnh nói gì"), lines=3, width=420)
        self.next_at = MomentEdit("next_at", _("Gọi lại lúc"), today=today, day=lambda: today)
        words = _("Cuộc gọi này &trả lời {count} dấu hiệu nặng đang chờ").format(count=len(alerts))
        self.answers = CheckBox("answers", words)
        self.answers.setChecked(bool(alerts))
        first, next_row = Field(_("&Kết quả gọi"), self.came), Field(_("Gọi &lại lúc"), self.next_at)
        rows = (Field(_("Lúc &gọi"), self.at, required=True), first, box_row(_("&Nội dung"), self.summary), next_row)
        super().__init__(desk, parent, _("Gọi {name}").format(name=full_name), rows, self.came)
        self.setObjectName("call_dialog")
        self.setMinimumWidth(DIALOG)
        if phone:
            first.set_hint(grouped(phone))
        next_row.set_hint(_("giờ, hoặc giờ và ngày; bỏ trống nếu không hẹn"))
        self.answers.setVisible(bool(alerts))
        self.rows_column.addWidget(self.answers)

    def about(self) -> str:
        """The person, with the illness or the contact."""
        return "-".join(one.hex for one in self._whom if one is not None)

    def wrong(self) -> list[Problem]:
        """Hours that cannot be read."""
        fields = (self.at, self.next_at)
        return [Problem(field.objectName(), "forms.bad_moment") for field in fields if field.bad()]

    def act(self) -> Callable[[], Done[Any]]:
        """Keep it."""
        register, result = self._desk.register, self.came.value()
        person_id, episode_id, contact_id = self._whom
        draft = CallDraft(
            person_id=person_id,
            episode_id=episode_id,
            contact_id=contact_id,
            at=self.at.moment(),
            result=result,
            summary=self.summary.value(),
            next_at=self.next_at.moment(),
        )
        told = self._alerts if self.answers.isChecked() and result is CallResult.REACHED else ()
        return partial(
            log_call, register.db, draft, answers=told,
            by=register.user_id, by_name=register.user_name, now=self._desk.now(),
        )  # fmt: skip
