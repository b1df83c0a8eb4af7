"""A case's household entered as contacts in one step: everyone ticked, everything filled in, one click."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from covidstation.domain.contacts import ContactDraft
from covidstation.domain.problems import Problem
from covidstation.domain.quarantine import QuarantineRule, quarantine_of, rule_of
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.contacts.register import NewContact, add_contacts, quarantine_rules
from covidstation.services.contacts.work import Proposed, propose_household
from covidstation.ui.case_words import SEXES, age_words, said
from covidstation.ui.contacts.choosers import CaseCombo
from covidstation.ui.contacts.why import WhyRow
from covidstation.ui.contacts.words import short_days_words, why_words
from covidstation.ui.desk import Desk
from covidstation.ui.f0.inputs import on_edit
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.edits import DateEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import ElidedLabel, Line, label
from covidstation.ui.person.dialogs import ActDialog

_WIDTH, _MOST_ROWS = 920, 6
_NAME, _WHO = 280, 120


class MemberRow(QWidget):
    """One of the household: a tick, doses, the last one's day, and what the rule makes of them."""

    changed = Signal()

    def __init__(self, one: Proposed, today: date) -> None:
        super().__init__()
        self.proposed = one
        self.setFixedHeight(metrics.FORM_ROW)
        self.tick = CheckBox("member_tick", one.full_name.replace("&", "&&"))
        self.tick.setChecked(True)
        self.tick.setFixedWidth(_NAME)
        age = age_words(one.birth, today) if one.birth else ""
        who = ElidedLabel(" · ".join(filter(None, (age, said(SEXES[one.sex])))), "hint", "muted")
        who.setFixedWidth(_WHO)
        self.doses = NumberEdit("member_doses", _("Số mũi của {name}").format(name=one.full_name), high=20, width=48)
        self.doses.set_number(one.contact.doses_known)
        title = _("Ngày mũi cuối của {name}").format(name=one.full_name)
        self.last_dose = DateEdit("member_last_dose", title, today=today)
        self.last_dose.setFixedWidth(104)
        self.last_dose.set_day(one.contact.last_dose_on)
        self._days = ElidedLabel("", "body")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(metrics.GAP)
        for widget in (self.tick, who, self.doses, label(_("mũi, cuối"), "hint", "muted"), self.last_dose):
            row.addWidget(widget)
        row.addWidget(self._days, 1)
        self.tick.toggled.connect(lambda _on: self.changed.emit())
        self.last_dose.value_changed.connect(lambda _day: self.changed.emit())
        for edit in (self.doses, self.last_dose):
            on_edit(edit, self.changed.emit)

    def bad(self) -> bool:
        """Whether something stands there that cannot be read."""
        return self.tick.isChecked() and (self.doses.bad() or self.last_dose.bad())

    def draft(self, last_contact: date | None) -> ContactDraft:
        """That person as a contact last met on that day."""
        doses = self.doses.number()
        return replace(
            self.proposed.contact,
            last_contact_on=last_contact,
            doses_known=int(doses) if doses is not None else None,
            last_dose_on=self.last_dose.day(),
        )

    def say(self, rule: QuarantineRule | None, last_contact: date | None) -> str:
        """Show the days, and return why."""
        if rule is None or last_contact is None or not self.tick.isChecked():
            self._days.set_text("")
            return ""
        draft = self.draft(last_contact)
        told = quarantine_of(rule, draft.immunity, last_contact)
        self._days.set_text(short_days_words(told))
        return why_words(told)


class HouseholdContactsDialog(ActDialog):
    """The others of a case's household who are neither F0 nor F1. Without a case, choose it first."""

    def __init__(self, desk: Desk, parent: QWidget, episode_id: UUID | None = None) -> None:
        today = desk.now().date()
        self._episode_id = self._opened_for = episode_id
        self._rules: tuple[QuarantineRule, ...] = ()
        self.members: list[MemberRow] = []
        self.case = CaseCombo(desk, "source", _("F0 của hộ"), width=340)
        self.last = DateEdit("last_contact_on", _("Ngày tiếp xúc lần cuối"), today=today)
        self._why = WhyRow(indent=0)
        self._list = _MemberList()
        rows: list[Any] = [
            Field(_("&F0 của hộ"), self.case, required=True),
            Field(_("Tiếp xúc &cuối"), self.last, required=True),
            self._list,
            self._why,
        ]
        super().__init__(desk, parent, _("F1 từ hộ của F0"), rows, self.last if episode_id else self.case)
        self.setObjectName("household_contacts")
        self.setMinimumWidth(_WIDTH)
        self.case.picked.connect(self._choose)
        on_edit(self.last, self._follow)
        self.last.value_changed.connect(lambda _day: self._follow())
        self.case.load(episode_id)
        desk.ask(self, partial(quarantine_rules, desk.register.db, desk.catalog), self._show_rules)
        if episode_id is not None:
            self._choose(episode_id)

    def about(self) -> str:
        """The case, or the choice of one."""
        return self._opened_for.hex if self._opened_for else "choose"

    def wrong(self) -> list[Problem]:
        """No case, no day, a number or date that is none."""
        found = []
        if self._episode_id is None:
            found.append(Problem("source", "contacts.source_missing"))
        if self.last.day() is None:
            found.append(Problem("last_contact_on", "forms.bad_date"))
        if any(row.bad() for row in self.members):
            found.append(Problem("members", "contacts.member_unreadable"))
        return found

    def act(self) -> Callable[[], Done[Any]]:
        """Enter all that are ticked."""
        desk, last = self._desk, self.last.day()
        drafts = [
            NewContact(contact=row.draft(last), person_id=row.proposed.person_id)
            for row in self.members
            if row.tick.isChecked()
        ]
        common: dict[str, Any] = {"catalog": desk.catalog, "by": desk.register.user_id, "now": desk.now()}
        return partial(add_contacts, desk.register.db, drafts, **common)

    def count(self) -> int:
        """How many are ticked."""
        return sum(row.tick.isChecked() for row in self.members)

    def _choose(self, episode_id: object) -> None:
        self._episode_id = episode_id if isinstance(episode_id, UUID) else None
        if self._episode_id is None:
            self._show_members(())
            return
        desk = self._desk
        op = partial(propose_household, desk.register.db, self._episode_id, desk.catalog, desk.now().date())
        desk.ask(self, op, self._show_members, self._not_asked)

    def _not_asked(self, trouble: UserError) -> None:
        self._show_members(())
        self._why.say(sentence(trouble))

    def _show_members(self, found: Sequence[Proposed]) -> None:
        self.members = [MemberRow(one, self._desk.now().date()) for one in found]
        for row in self.members:
            row.changed.connect(self._follow)
        self._list.show_rows(self.members, chosen=self._episode_id is not None)
        if found:
            self.last.set_day(found[0].contact.last_contact_on)
        self._follow()
        self.adjustSize()

    def _show_rules(self, rules: Sequence[QuarantineRule]) -> None:
        self._rules = tuple(rules)
        self._follow()

    def _follow(self) -> None:
        """Days of each, and the reasons once where they are the same for all."""
        rule, last = rule_of(self._rules, "", self._desk.now().date()), self.last.day()
        reasons = dict.fromkeys(filter(None, (row.say(rule, last) for row in self.members)))
        self._why.say("\n".join(reasons))
        self.set_act(_("Thêm {count} F1").format(count=self.count()) if self.members else _("Lưu"))

    def set_act(self, words: str) -> None:
        """The words of the button that enters them."""
        button = self.findChild(Button, "act_button")
        if button is not None:
            button.set_text(words)


class _MemberList(QScrollArea):
    """The rows with a line above and below; scrolls beyond a few."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("members")
        self.setAccessibleName(_("Những người trong hộ"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._rows = 1
        self.show_rows((), chosen=False)

    def show_rows(self, rows: Sequence[MemberRow], *, chosen: bool) -> None:
        """Those, or a sentence why there are none."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(0)
        column.addWidget(Line())
        for row in rows:
            column.addWidget(row)
        if not rows:
            words = _("Không còn ai khác trong hộ, hoặc mọi người đã là F0, F1.") if chosen else _("Chọn F0 trước.")
            nobody = label(words, "body", "muted")
            nobody.setFixedHeight(metrics.FORM_ROW)
            column.addWidget(nobody)
        column.addWidget(Line())
        column.addStretch(1)
        self._rows = max(1, len(rows))
        self.setWidget(holder)
        self.setFixedHeight(min(self._rows, _MOST_ROWS) * metrics.FORM_ROW + 12)

    def sizeHint(self) -> QSize:
        """All rows, up to a few."""
        return QSize(_WIDTH, min(self._rows, _MOST_ROWS) * metrics.FORM_ROW + 12)

    def show_problems(self, problems: Any) -> set[str]:
        """The form says them at its foot."""
        return set()
