"""How an illness ended, or that it never was one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from covidstation.domain.episodes import Episode
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.i18n import _
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.changes import Done
from covidstation.ui.care.fields import DIALOG, TextBox, box_row
from covidstation.ui.care.words import ENDINGS
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import DateEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.popup import Choice
from covidstation.ui.person.dialogs import ActDialog


class OutcomeDialog(ActDialog):
    """Recovery, death with its place and cause, lost to follow-up, wrongly entered with its reason."""

    needs = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, episode: Episode, ending: Ending = Ending.RECOVERED) -> None:
        today = desk.now().date()
        endings = [(key, _(words)) for key, words in ENDINGS.items()]
        self.ending = Combo("outcome", _("Kết quả"), endings, width=260)
        self.ending.set_value(ending)
        self.day = DateEdit("on", _("Ngày"), today=today)
        self.day.set_day(today)
        places = [Choice(words, words) for words in (_("Tại nhà"), _("Trên đường đi viện"))]
        if episode.isolation_address:
            places.append(Choice(episode.isolation_address, episode.isolation_address))
        self.place = FindCombo("place", _("Nơi mất"), places, width=300, free=True)
        self.cause = TextBox("cause", _("Nguyên nhân"), width=420)
        self.reason = TextBox("reason", _("Vì sao không phải ca bệnh"), width=420)
        self._day_row = Field(_("&Ngày"), self.day, required=True)
        self._place_row = Field(_("Nơi &mất"), self.place, required=True)
        self._cause_row = box_row(_("N&guyên nhân"), self.cause)
        self._reason_row = box_row(_("&Lý do"), self.reason, required=True)
        first = Field(_("&Kết quả"), self.ending)
        rows = (first, self._day_row, self._place_row, self._cause_row, self._reason_row)
        super().__init__(desk, parent, _("Ghi kết quả"), rows, self.ending)
        self.setObjectName("outcome_dialog")
        self.setMinimumWidth(DIALOG)
        self._episode, self._first = episode, first
        self.ending.currentIndexChanged.connect(lambda _row: self._follow())
        self._follow()

    def about(self) -> str:
        """The illness."""
        return self._episode.id.hex

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("on", "forms.bad_date")] if self.day.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        register = self._desk.register
        draft = OutcomeDraft(
            ending=self.ending.value(),
            on=self.day.day(),
            place=self.place.value_text(),
            cause=self.cause.value(),
            reason=self.reason.value(),
        )
        return partial(
            record_outcome, register.db, self._episode.id, draft, catalog=self._desk.catalog, seen=self._episode,
            by=register.user_id, by_name=register.user_name, now=self._desk.now(),
        )  # fmt: skip

    def _follow(self) -> None:
        ending = self.ending.value()
        self._day_row.setVisible(ending is not Ending.NO_CASE)
        for row in (self._place_row, self._cause_row):
            row.setVisible(ending is Ending.DIED)
        self._reason_row.setVisible(ending is Ending.NO_CASE)
        self._first.set_hint(_HINTS[ending]())
        self.adjustSize()


_HINTS: dict[Ending, Callable[[], str]] = {
    Ending.RECOVERED: lambda: _("Các lần hỏi thăm sau khi khỏi được lên lịch ngay."),
    Ending.DIED: lambda: _("Cảnh báo, hẹn gọi và lịch hỏi thăm của người này đóng lại."),
    Ending.LOST: lambda: _("Mở lại được khi liên lạc được."),
    Ending.NO_CASE: lambda: _("Không còn tính vào báo cáo; phải huỷ văn bản đã in trước."),
}
