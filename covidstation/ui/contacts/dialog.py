"""One contact (F1): entering anybody, known, new or from a card, and correcting what was entered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.care import ChangeLine
from covidstation.db.queries.contacts import ContactLine, contact_changes
from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.problems import Problem
from covidstation.domain.quarantine import Quarantine, QuarantineRule, quarantine_of, rule_of
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.contacts.register import NewContact, add_contacts, edit_contact, quarantine_rules
from covidstation.services.contacts.work import known_of
from covidstation.services.scans import ScanLook, ScanOutcome
from covidstation.ui.case_words import SEXES
from covidstation.ui.contacts.choosers import CaseCombo, PersonCombo
from covidstation.ui.contacts.why import WhyRow
from covidstation.ui.contacts.words import (
    PLACES,
    PROXIMITIES,
    RELATIONS,
    change_words,
    days_words,
    denied_words,
    why_words,
)
from covidstation.ui.desk import Desk
from covidstation.ui.f0.inputs import on_edit
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import BirthEdit, DateEdit, LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog

_WIDTH = 900


class ContactDialog(ActDialog):
    """A new contact of `episode_id` (or of a case to be chosen), or with `line` the correction of one.

    The days follow the rule as the facts are typed, until somebody writes other days.
    """

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        *,
        episode_id: UUID | None = None,
        line: ContactLine | None = None,
        look: ScanLook | None = None,
    ) -> None:
        self._line = line
        card = look.person_id or (look.draft and look.draft.citizen_number) if look else None
        self._subject = line.id.hex if line else f"card-{card}" if card else f"new-{episode_id or ''}"
        self._changes: tuple[ChangeLine, ...] = ()
        self._rules: tuple[QuarantineRule, ...] = ()
        self._base, self._days_typed = PersonDraft(), False
        self._told: Quarantine | None = None
        self._make_fields(desk)
        rows = self._make_rows()
        title = _("Sửa F1: {name}").format(name=line.full_name) if line else _("Thêm F1")
        super().__init__(desk, parent, title, rows, self.person if line is None else self.last)
        self.setObjectName("contact_dialog")
        self.setMinimumWidth(_WIDTH)
        self._connect()
        self._fill(episode_id)
        if look is not None:
            self.take_scan(look)

    def take_scan(self, look: ScanLook) -> bool:
        """A card was read while the dialog stands open: it says who the contact is."""
        if self._line is not None:
            return False
        if look.outcome is ScanOutcome.KNOWN and look.person_id is not None:
            self.person.choose(look.person_id, look.name)
            self._person_changed()
        elif look.outcome is ScanOutcome.NEW and look.draft is not None:
            self._base = look.draft
            self.person.put_text(look.draft.full_name)
            self.birth.set_birth(look.draft.birth)
            self.sex.set_value(look.draft.sex)
            self._person_changed()
        return look.outcome is not ScanOutcome.REFUSED

    def about(self) -> str:
        """The contact, the card that was read, or a new one of that case."""
        return self._subject

    def wrong(self) -> list[Problem]:
        """What cannot be read, and nobody chosen."""
        found = []
        if self._line is None and not self.person.value_text():
            found.append(Problem("full_name", "contacts.choose_person"))
        dates = (self.last, self.last_dose, self.recovered)
        found += [Problem(one.objectName(), "forms.bad_date") for one in dates if one.bad()]
        if self.birth.bad():
            found.append(Problem("birth", "forms.bad_birth"))
        numbers = (self.doses, self.days)
        found += [Problem(one.objectName(), "forms.bad_number") for one in numbers if one.bad()]
        return found

    def act(self) -> Callable[[], Done[Any]]:
        """Enter or correct."""
        desk = self._desk
        common: dict[str, Any] = {"catalog": desk.catalog, "by": desk.register.user_id, "now": desk.now()}
        if self._line is not None:
            return partial(edit_contact, desk.register.db, self._line.id, self.draft(), **common)
        known = self.person.person_id()
        new = NewContact(contact=self.draft(), person_id=known, person=None if known else self._new_person())
        return partial(add_contacts, desk.register.db, [new], **common)

    def draft(self) -> ContactDraft:
        """What stands in the fields."""
        base: ContactDraft = self._line.contact if self._line else ContactDraft()
        source = self.source.value()
        days = self.days.number()
        doses = self.doses.number()
        return replace(
            base,
            source_episode_id=source,
            source_words="" if source else self.source.value_text(),
            last_contact_on=self.last.day(),
            proximity=self.proximity.value(),
            relation=self.relation.value(),
            doses_known=int(doses) if doses is not None else None,
            last_dose_on=self.last_dose.day(),
            recovered_on=self.recovered.day(),
            quarantine_type=self.place.value(),
            quarantine_days=int(days) if days is not None and self._days_typed else None,
            note=self.note.value(),
        )

    def _new_person(self) -> PersonDraft:
        return replace(
            self._base,
            full_name=self.person.new_name(),
            birth=self.birth.birth(),
            sex=self.sex.value() or Sex.UNKNOWN,
            phone=self.phone.value(),
            hamlet_id=self.hamlet.value(),
        )

    def _make_fields(self, desk: Desk) -> None:
        today = desk.now().date()
        who = _("Gõ tên, số thẻ, điện thoại, hoặc quét thẻ")
        self.person = PersonCombo(desk, "full_name", _("Người tiếp xúc"), width=340, hint=who)
        self.birth = BirthEdit("birth", _("Ngày sinh"), today=today)
        self.sex = Combo("sex", _("Giới"), [(key, _(words) or "–") for key, words in SEXES.items()], width=88)
        self.sex.set_value(Sex.UNKNOWN)
        self.phone = LineEdit("phone", _("Điện thoại"), width=120, limit=20)
        self.hamlet = Combo("hamlet_id", _("Bản"), [(None, _("Chưa rõ"))], width=150)
        self.source = CaseCombo(desk, "source", _("F0 đã tiếp xúc"), width=340, free=True)
        self.last = DateEdit("last_contact_on", _("Ngày tiếp xúc lần cuối"), today=today)
        near = [(None, _("Chưa ghi")), *((key, _(words)) for key, words in PROXIMITIES.items())]
        self.proximity = Combo("proximity", _("Mức độ tiếp xúc"), near, width=196)
        kin = [(None, _("Chưa ghi")), *((key, _(words)) for key, words in RELATIONS.items())]
        self.relation = Combo("relation", _("Quan hệ với F0"), kin, width=188)
        self.doses = NumberEdit("doses_known", _("Số mũi vắc xin"), high=20, width=56)
        self.last_dose = DateEdit("last_dose_on", _("Ngày mũi cuối"), today=today)
        self.recovered = DateEdit("recovered_on", _("Ngày khỏi COVID-19 lần trước"), today=today)
        places = [(None, _("Theo quy định")), *((key, _(words)) for key, words in PLACES.items())]
        self.place = Combo("quarantine_type", _("Cách ly hay tự theo dõi"), places, width=170)
        self.days = NumberEdit("quarantine_days", _("Số ngày"), high=999, width=56)
        self._why = WhyRow()
        self.note = LineEdit("note", _("Ghi chú"), width=540, limit=1000)

    def _make_rows(self) -> Sequence[Any]:
        """Two that say who, hidden where that is settled, then the contact."""
        who = Field(_("&Người tiếp xúc"), self.person, required=True)
        self._new_row = Field(_("Ngày &sinh"), self.birth).beside(self.sex, _("Giới")).beside(self.phone, _("ĐT"))
        self._new_row.beside(self.hamlet, _("Bản"))
        source = Field(_("&F0 đã tiếp xúc"), self.source, required=True)
        source.set_hint(_("F0 ở xã khác thì ghi tên và nơi ở."))
        last = Field(_("Tiếp xúc &cuối"), self.last, required=True)
        near = Field(_("&Mức độ"), self.proximity).beside(self.relation, _("Quan hệ"))
        doses = Field(_("Số mũi &vắc xin"), self.doses).beside(self.last_dose, _("mũi cuối"))
        doses.beside(self.recovered, _("khỏi COVID-19"))
        self._days_row = Field(_("&Theo dõi"), self.place).beside(self.days, _("số ngày"))
        rows = [source, last, near, doses, self._days_row, self._why, Field(_("&Ghi chú"), self.note)]
        if self._line is not None:  # whose contact it is stays
            who.hide()
            self._new_row.hide()
        return [who, self._new_row, *rows]

    def _connect(self) -> None:
        for widget in (self.last, self.doses, self.last_dose, self.recovered, self.place):
            on_edit(widget, self._follow)
        for edit in (self.last, self.last_dose, self.recovered):
            edit.value_changed.connect(lambda _day: self._follow())
        self.days.textEdited.connect(lambda text: self._mark_typed(bool(text.strip())))
        self.person.picked.connect(lambda _key: self._person_changed())
        self.person.textEdited.connect(lambda _text: self._new_row.setVisible(self.person.person_id() is None))

    def _fill(self, episode_id: UUID | None) -> None:
        """The fields as they open, and what has to be asked for."""
        desk, today = self._desk, self._desk.now().date()
        if self._line is not None:
            self._show_contact(self._line.contact)
            if self._line.contact.source_episode_id is None:
                self.source.put_text(self._line.contact.source_words)
            desk.ask(self, partial(contact_changes, desk.register.db, self._line.id), self._show_changes)
        else:
            self.last.set_day(today)
        self.source.load(self._line.contact.source_episode_id if self._line else episode_id)
        desk.ask(self, partial(hamlets, desk.register.db), self._show_hamlets)
        desk.ask(self, partial(quarantine_rules, desk.register.db, desk.catalog), self._show_rules)

    def _show_contact(self, contact: ContactDraft) -> None:
        self.last.set_day(contact.last_contact_on)
        self.proximity.set_value(contact.proximity)
        self.relation.set_value(contact.relation)
        self._show_immunity(contact)
        self.place.set_value(contact.quarantine_type)
        self.days.set_number(contact.quarantine_days)
        self.note.set_value(contact.note)

    def _show_immunity(self, contact: ContactDraft) -> None:
        self.doses.set_number(contact.doses_known)
        self.last_dose.set_day(contact.last_dose_on)
        self.recovered.set_day(contact.recovered_on)
        self._follow()

    def _show_hamlets(self, found: Sequence[Hamlet]) -> None:
        self.hamlet.set_choices([(None, _("Chưa rõ")), *((one.id, one.title) for one in found)])
        if self._base.hamlet_id is not None:
            self.hamlet.set_value(self._base.hamlet_id)

    def _show_rules(self, rules: Sequence[QuarantineRule]) -> None:
        self._rules = tuple(rules)
        if self._line is not None and self._line.quarantine is not None:
            self._days_typed = self._line.contact.quarantine_days != self._line.quarantine.days
        self._follow()

    def _person_changed(self) -> None:
        """What the register knows of them is filled in; a new one asks for birth, sex and phone."""
        known = self.person.person_id()
        self._new_row.setVisible(known is None)
        if known is not None:
            op = partial(known_of, self._desk.register.db, known, self.draft())
            self._desk.ask(self, op, self._show_immunity)

    def _mark_typed(self, typed: bool) -> None:
        self._days_typed = typed
        if not typed:
            self._follow()

    def _rule(self) -> QuarantineRule | None:
        held = self._line.contact if self._line else None
        day: date = (held.report_date if held else None) or self._desk.now().date()
        return rule_of(self._rules, held.quarantine_rule if held else "", day)

    def _said(self) -> list[str]:
        """What is known of this contact beside the rule: its case was none, its days were changed."""
        if self._line is None:
            return []
        today = self._desk.now().date()
        first = [denied_words(self._line)] if self._line.source_denied else []
        return [*first, *(change_words(one, today) for one in self._changes)]

    def _show_changes(self, found: Sequence[ChangeLine]) -> None:
        self._changes = tuple(found)
        self._follow()

    def _follow(self) -> None:
        """Say what the rule makes of the facts, and write its days unless others were typed."""
        rule, last = self._rule(), self.last.day()
        self._told = None
        if rule is None or last is None:
            self._why.say("\n".join(self._said()))
            self._days_row.set_hint("")
            return
        draft = self.draft()
        told = quarantine_of(rule, draft.immunity, last, isolate=draft.isolate)
        self._told = told
        if not self._days_typed:
            self.days.set_number(told.days)
        self._days_row.set_hint(days_words(told))
        self._why.say("\n".join((*self._said(), why_words(told))))
