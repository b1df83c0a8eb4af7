"""Small acts of a round: beginning one; a next step, a closing, a finding outside a round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.vulnerable import Finding, Gone, VulnerableLine
from covidstation.domain.problems import Problem
from covidstation.domain.reviews import CloseReason, reason_words, review_pack_on
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.reviews.findings import StepDraft, add_finding, close_findings, set_next_step
from covidstation.services.reviews.rounds import ReviewDraft, start_review
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.reviews.words import REASONS

WIDE = 320


class _Act(ActDialog):
    """Who writes it and when."""

    def who(self) -> dict[str, Any]:
        """For a service's keywords."""
        register = self._desk.register
        return {"by": register.user_id, "by_name": register.user_name, "now": self._desk.now()}


class StartDialog(_Act):
    """A new round."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        today = desk.now().date()
        self.name = LineEdit("title", _("Tên đợt"), width=WIDE, limit=NAME_LIMIT)
        self.name.set_value(_("Đợt rà tháng {month}").format(month=f"{today:%m/%Y}"))
        self.first = DateEdit("first_day", _("Từ ngày"), today=today)
        self.last = DateEdit("last_day", _("Đến hết ngày"), today=today)
        self.first.set_day(today)
        rows = (
            Field(_("&Tên đợt"), self.name, required=True),
            Field(_("Từ &ngày"), self.first, required=True),
            Field(_("Đến &hết ngày"), self.last, required=True),
        )
        super().__init__(desk, parent, _("Bắt đầu một đợt rà từng nhà"), rows, self.name)
        self.last.setFocus()

    def about(self) -> str:
        """A round that is not there yet."""
        return "new"

    def wrong(self) -> list[Problem]:
        """Dates that are none."""
        edits = (("first_day", self.first), ("last_day", self.last))
        return [Problem(field, "forms.bad_date") for field, edit in edits if edit.bad()]

    def act(self) -> Callable[[], Done[Any]]:
        """Begin it."""
        draft = ReviewDraft(title=self.name.value(), first_day=self.first.day(), last_day=self.last.day())
        return partial(start_review, self._desk.register.db, draft, catalog=self._desk.catalog, **self.who())


class StepDialog(_Act):
    """What is next for one finding, or for the chosen reason of several."""

    def __init__(self, desk: Desk, parent: QWidget, line: VulnerableLine) -> None:
        words = reason_words(desk.catalog.review_packs)
        today = desk.now().date()
        self._line = line
        choices = [(one.id, words[one.reason].label if one.reason in words else one.reason) for one in line.findings]
        self.reason = Combo("finding", _("Lý do"), choices, width=WIDE)
        self.step = LineEdit("next_step", _("Việc tiếp theo"), width=WIDE, limit=TEXT_LIMIT)
        self.due = DateEdit("due_on", _("Hẹn đến ngày"), today=today)
        self.note = LineEdit("note", _("Ghi chú"), width=WIDE, limit=TEXT_LIMIT)
        rows = (
            Field(_("&Lý do"), self.reason),
            Field(_("&Việc tiếp theo"), self.step),
            Field(_("Hẹn đến n&gày"), self.due),
            Field(_("Ghi &chú"), self.note),
        )
        super().__init__(desk, parent, _("Việc tiếp theo cho {name}").format(name=line.full_name), rows, self.step)
        self.reason.picked.connect(lambda _key: self._fill())
        self._fill()

    def about(self) -> str:
        """The person."""
        return self._line.person_id.hex

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("due_on", "forms.bad_date")] if self.due.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        draft = StepDraft(next_step=self.step.value(), due_on=self.due.day(), note=self.note.value())
        return partial(set_next_step, self._desk.register.db, [self._one().id], draft, **self.who())

    def _one(self) -> Finding:
        return next(one for one in self._line.findings if one.id == self.reason.value())

    def _fill(self) -> None:
        one = self._one()
        self.step.set_value(one.next_step)
        self.due.set_day(one.due_on)
        self.note.set_value(one.note)


class CloseDialog(_Act):
    """One reason of one person ends, or all of them; several people together for all of theirs."""

    def __init__(self, desk: Desk, parent: QWidget, lines: Sequence[VulnerableLine]) -> None:
        words = reason_words(desk.catalog.review_packs)
        self._all = tuple(one.id for line in lines for one in line.findings)
        choices: list[tuple[UUID | None, str]] = [(None, _("mọi lý do"))]
        if len(lines) == 1 and len(self._all) > 1:
            found = lines[0].findings
            choices += [(one.id, words[one.reason].label if one.reason in words else one.reason) for one in found]
        self.which = Combo("finding", _("Đóng lý do nào"), choices, width=WIDE)
        self.reason = Combo("reason", _("Vì sao đóng"), [(one, _(REASONS[one])) for one in CloseReason], width=WIDE)
        self.note = LineEdit("note", _("Ghi chú"), width=WIDE, limit=TEXT_LIMIT)
        gone = {line.gone for line in lines}
        if gone == {Gone.DIED}:
            self.reason.set_value(CloseReason.DIED)
        elif gone == {Gone.LEFT}:
            self.reason.set_value(CloseReason.LEFT)
        name = lines[0].full_name if len(lines) == 1 else _("{n} người").format(n=len(lines))
        rows = (
            Field(_("Đóng &lý do"), self.which),
            Field(_("&Vì sao"), self.reason, required=True),
            Field(_("Ghi &chú"), self.note),
        )
        title = _("Thôi quan tâm riêng: {name}").format(name=name)
        super().__init__(desk, parent, title, rows, self.reason)

    def about(self) -> str:
        """What would be closed: one reason, or the first of several."""
        return f"{self._all[0].hex}-{len(self._all)}" if self._all else ""

    def act(self) -> Callable[[], Done[Any]]:
        """Close them."""
        one = self.which.value()
        wanted = self._all if one is None else (one,)
        reason, note = self.reason.value(), self.note.value()
        return partial(close_findings, self._desk.register.db, wanted, reason, note=note, **self.who())


class FindingDialog(_Act):
    """Somebody who needs looking after, outside a round."""

    def __init__(self, desk: Desk, parent: QWidget, person_id: UUID, name: str) -> None:
        today = desk.now().date()
        self._person = person_id
        self._pack = review_pack_on(desk.catalog.review_packs, today)
        listed = [one for one in self._pack.questions if one.listed]
        self.reason = Combo("reason", _("Lý do"), [(one.code, one.label) for one in listed], width=WIDE)
        self.step = LineEdit("next_step", _("Việc tiếp theo"), width=WIDE, limit=TEXT_LIMIT)
        self.due = DateEdit("due_on", _("Hẹn đến ngày"), today=today)
        self.note = LineEdit("note", _("Ghi chú"), width=WIDE, limit=TEXT_LIMIT)
        rows = (
            Field(_("&Lý do"), self.reason, required=True),
            Field(_("&Việc tiếp theo"), self.step),
            Field(_("Hẹn đến n&gày"), self.due),
            Field(_("Ghi &chú"), self.note),
        )
        super().__init__(desk, parent, _("Cần quan tâm: {name}").format(name=name), rows, self.reason)
        self.reason.picked.connect(lambda _key: self._propose())
        self._propose()

    def about(self) -> str:
        """The person."""
        return self._person.hex

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("due_on", "forms.bad_date")] if self.due.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Put them on the list."""
        draft = StepDraft(next_step=self.step.value(), due_on=self.due.day(), note=self.note.value())
        catalog, reason = self._desk.catalog, self.reason.value()
        return partial(add_finding, self._desk.register.db, self._person, reason, draft, catalog=catalog, **self.who())

    def _propose(self) -> None:
        """The step that the rule proposes for that reason."""
        question = self._pack.question(self.reason.value())
        if question is not None:
            self.step.set_value(question.step)
            self.due.set_day(question.due_from(self._desk.now().date()))
