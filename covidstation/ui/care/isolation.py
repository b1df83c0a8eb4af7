"""An isolation made longer or shorter: the old end and the new one beside each other, the reason kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from covidstation.domain.episodes import Episode
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.rules import isolation_end
from covidstation.i18n import _, date_text
from covidstation.services.care.isolation import CaseRules, ChangeDraft, change_isolation, change_problems
from covidstation.services.changes import Done
from covidstation.ui.care.fields import DIALOG, TextBox, box_row
from covidstation.ui.desk import Desk
from covidstation.ui.parts.edits import DateEdit, NumberEdit
from covidstation.ui.parts.fields import Field, show_problems
from covidstation.ui.parts.labels import TwoLineLabel
from covidstation.ui.person.dialogs import ActDialog


class ChangeDialog(ActDialog):
    """Days and last day follow each other; what the law says of them stands under the field and may be passed."""

    needs = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, episode: Episode, rules: CaseRules) -> None:
        today = desk.now().date()
        self.days = NumberEdit("days", _("Số ngày trong tất cả"), width=72)
        self.until = DateEdit("until", _("Đến hết ngày"), today=today)
        self.reason = TextBox("reason", _("Lý do"), width=420)
        row = Field(_("&Số ngày"), self.days, required=True).beside(self.until, _("đến &hết"), name="until")
        super().__init__(
            desk, parent, _("Gia hạn hoặc rút ngắn cách ly"), (row, box_row(_("&Lý do"), self.reason, required=True)),
            self.days,
        )  # fmt: skip
        self.setObjectName("change_dialog")
        self.setMinimumWidth(DIALOG)
        self._episode, self._rules, self._row = episode, rules, row
        start = episode.isolation_start
        self._start = start.date() if start else None
        self.old = TwoLineLabel(self._old_words(), "hint", "muted")
        self.law = TwoLineLabel("", "hint", "warn")
        self.rows_column.insertWidget(2, self.old)
        self.rows_column.addWidget(self.law)
        self.days.set_number(episode.isolation_days)
        self.until.set_day(self._end(episode.isolation_days))
        self.days.textEdited.connect(lambda _text: self._follow_days())
        self.until.textEdited.connect(lambda _text: self._follow_until())
        self.days.selectAll()

    def _old_words(self) -> str:
        days = self._episode.isolation_days
        words = _("Đang là {days} ngày, từ {start} đến hết {until}.")
        return words.format(days=days or "?", start=date_text(self._start), until=date_text(self._end(days)))

    def _end(self, days: int | None) -> Any:
        rule = self._rules.isolation
        return isolation_end(rule, self._start, days) if rule and self._start and days else None

    def _wanted(self) -> int | None:
        number = self.days.number()
        return int(number) if number is not None else None

    def _follow_days(self) -> None:
        days = self._wanted()
        self.until.set_day(self._end(days) if days and days <= 999 else None)
        self._warn()

    def _follow_until(self) -> None:
        day, one = self.until.day(), self._end(1)
        if day is not None and one is not None:
            self.days.set_number((day - one).days + 1)
        self._warn()

    def _draft(self) -> ChangeDraft:
        return ChangeDraft(days=self._wanted(), reason=self.reason.value())

    def _warn(self) -> None:
        found = change_problems(self._draft(), self._episode, self._rules, self._desk.now().date())
        show_problems((self._row,), [one for one in found if one.field == "days"])

    def about(self) -> str:
        """The illness."""
        return self._episode.id.hex

    def wrong(self) -> list[Problem]:
        """A number that is none."""
        return [Problem("days", "forms.bad_number")] if self.days.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Change it."""
        register = self._desk.register
        return partial(
            change_isolation, register.db, self._episode.id, self._draft(), catalog=self._desk.catalog,
            seen=self._episode, by=register.user_id, by_name=register.user_name, now=self._desk.now(),
        )  # fmt: skip
