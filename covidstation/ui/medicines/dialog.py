"""Giving medicines to an F0: a package or single ones, with what speaks against it while it is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.medicine_list import Bar
from covidstation.domain.medicines import (
    Contraindication,
    GivingFacts,
    asked_facts,
    check_giving,
    needs_consent,
    propose,
    propose_package,
)
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, decimal_text, moment_text
from covidstation.messages import sentence
from covidstation.services.care.medicines import (
    LEAST_WEIGHT,
    MOST_WEIGHT,
    GivingDraft,
    GivingLook,
    again_words,
    give,
    given_already,
    look_at_giving,
)
from covidstation.ui.case_words import SEXES, age_words, said
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import DialogDraft
from covidstation.ui.look import metrics
from covidstation.ui.medicines.lines import MedicineLine, Questions, Warnings
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import SavingDialog, foot, save_buttons, scrolled, tell
from covidstation.ui.parts.edits import LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field, show_problems
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import ElidedLabel, TwoLineLabel, label, plain_tip
from covidstation.ui.parts.moments import MomentEdit

SIZE = (980, 620)


class GiveDialog(SavingDialog):
    """`GiveDialog(desk, parent, episode_id).open()`; stays open until it is written, then `saved` fires."""

    row_fields: ClassVar[frozenset[str]] = frozenset(("medicine", "dose", "quantity"))

    def __init__(self, desk: Desk, parent: QWidget, episode_id: UUID) -> None:
        super().__init__(parent, _("Cho thuốc"), "give_dialog")
        self.resize(*SIZE)
        self._desk, self._episode_id = desk, episode_id
        self._look: GivingLook | None = None
        self._lines: list[MedicineLine] = []
        self._make_fields(desk.now().date())
        self._lay_out()
        self._connect()
        FormKeys(self, save=self.save, leave=self.reject)
        self._kept = DialogDraft(desk, self, lambda: episode_id.hex)
        op = partial(look_at_giving, desk.register.db, episode_id, catalog=desk.catalog, now=desk.now())
        desk.ask(self, op, self._show, self._failed)

    def _may_open(self) -> bool:
        """Nobody is led into typing what will be refused."""
        if not self._desk.may(Right.TREAT):
            tell(self, _("Chưa làm được"), sentence(UserError("rights.treat")), bad=False)
            return False
        return super()._may_open()

    def save(self) -> None:
        """Try to write it."""
        if self._look is None:
            return
        problems = self._unreadable()
        self._show_problems(problems)
        if problems:
            return
        desk = self._desk
        by, now = desk.register.user_id, desk.now()
        op = partial(give, desk.register.db, self._episode_id, self.draft(), catalog=desk.catalog, by=by, now=now)
        desk.act(self, op, self._done, self._failed, draft=self._kept.settled())

    def draft(self) -> GivingDraft:
        """What stands in the dialog."""
        return GivingDraft(
            package=self.package.value() or "",
            items=tuple(line.item() for line in self._lines),
            given_at=self.at.moment() if self.at.isModified() else None,
            weight=self._weight(),
            answers=self.questions.answers(),
            consent=self.consent.isChecked() and not self.consent.isHidden(),
            reason="" if self._reason_row.isHidden() else self.reason.value(),
            by_name=self._desk.register.user_name or "",
        )

    def make_room(self, raw: Mapping[str, Any]) -> None:
        """As many medicines as the draft has."""
        wanted = sum(name.startswith("medicine/") for name in raw)
        while self._look is not None and len(self._lines) < wanted:
            self._add_single()
        while len(self._lines) > wanted > 0:
            self._drop(self._lines[-1])

    def lines(self) -> Sequence[MedicineLine]:
        """The medicines as they stand there."""
        return tuple(self._lines)

    def _make_fields(self, today: date) -> None:
        self._who = label("", "section")
        self._what = ElidedLabel("", "hint", "muted")
        self.package = Combo("package", _("Gói thuốc"), width=320)
        self.weight = NumberEdit(
            "weight", _("Cân nặng"), places=1, low=Decimal(LEAST_WEIGHT) / 10, high=Decimal(MOST_WEIGHT) / 10, width=72
        )
        self.at = MomentEdit("given_at", _("Lúc cho"), today=today, day=lambda: today)
        self.questions = Questions()
        self.warnings = Warnings()
        self.reason = LineEdit("reason", _("Lý do vẫn cho"), limit=500, width=420)
        self.consent = CheckBox("consent", _("Đã có phiếu đồn&g ý có chữ ký"))
        self._add = Button(_("Thêm thuốc"), "quiet", icon="plus", name="add_medicine", keys="Ctrl+T")
        package = Field(_("&Gói"), self.package).beside(self.weight, _("Cân &nặng, kg"))
        self._package_row = package
        self._at_row = Field(_("&Lúc cho"), self.at)
        self._reason_row = Field(_("Lý &do vẫn cho"), self.reason, required=True)
        self._trouble = TwoLineLabel("", "hint", "danger")
        self._note = ElidedLabel("", "hint", "warn")

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 12)
        column.setSpacing(4)
        column.addWidget(self._who)
        column.addWidget(self._what)
        column.addSpacing(8)
        column.addWidget(self._package_row)
        self._medicines = QVBoxLayout()
        self._medicines.setSpacing(0)
        column.addLayout(self._medicines)
        more = QHBoxLayout()
        more.addWidget(self._add)
        more.addStretch(1)
        column.addLayout(more)
        column.addSpacing(4)
        column.addWidget(self.questions)
        column.addSpacing(4)
        for widget in (self.warnings, self.consent, self._reason_row, self._at_row):
            column.addWidget(widget)
        column.addStretch(1)
        scrolled(self, inside, self._buttons())

    def _buttons(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._note)
        words.addWidget(self._trouble)
        back, self._save = save_buttons(self.reject, self.save, act=_("Cho thuốc"))
        self._desk.guard(Right.TREAT, self._save)
        return foot(back, self._save, words=words)

    def _connect(self) -> None:
        self.package.picked.connect(lambda _code: self._propose_all())
        self.weight.textEdited.connect(lambda _text: self._weigh())
        self.questions.answered.connect(self._check)
        self._add.clicked.connect(self._add_single)
        self.reason.textEdited.connect(lambda _text: self._trouble.set_text(""))

    def _show(self, look: GivingLook) -> None:
        self._look = look
        medicines, facts = look.medicines, look.facts
        self._who.setText(_("Cho thuốc: {name}").format(name=look.full_name))
        self._what.set_text(self._person_words(look))
        self._note.set_text("" if medicines.confirmed else _("Danh mục thuốc, liều và chống chỉ định chưa xác nhận."))
        self._note.setToolTip(plain_tip(medicines.source))
        self.package.set_choices([*((one.code, one.title) for one in medicines.packages), ("", _("Thuốc lẻ"))])
        self.weight.set_number(None if facts.weight is None else Decimal(facts.weight) / 10)
        self.at.set_moment(self._desk.now().replace(tzinfo=None))
        self.questions.set_questions(medicines.questions, facts.answers)
        self._propose_all()
        self.package.setFocus()

    def _person_words(self, look: GivingLook) -> str:
        facts, today = look.facts, look.facts.on
        parts = [age_words(facts.birth, today) if facts.birth else _("chưa có ngày sinh"), said(SEXES[facts.sex])]
        vitals = facts.vitals
        if look.checked_at is None:
            parts.append(_("chưa đo lần nào"))
        else:
            parts.append(_("đo lúc {when}").format(when=moment_text(look.checked_at, today)))
        if vitals.temperature is not None:
            parts.append(_("{value} °C").format(value=decimal_text(vitals.temperature / 10)))
        if vitals.spo2 is not None:
            parts.append(_("SpO2 {value} %").format(value=vitals.spo2))
        if vitals.breaths is not None:
            parts.append(_("nhịp thở {value}").format(value=vitals.breaths))
        return " · ".join(filter(None, parts))

    def _facts(self) -> GivingFacts:
        assert self._look is not None
        facts = self._look.facts
        return replace(facts, weight=self._weight(), answers=self.questions.answers())

    def _weight(self) -> int | None:
        number = self.weight.number()
        return None if number is None else int(number * 10)

    def _propose_all(self) -> None:
        """Another package: its medicines in place of those that stand there."""
        if self._look is None:
            return
        for line in self._lines:
            self._medicines.removeWidget(line)
            line.hide()
            line.setParent(None)
            line.deleteLater()
        self._lines = []
        for proposal in propose_package(self._look.medicines, self._facts(), self.package.value() or ""):
            self._add_line(MedicineLine(self._look.medicines, proposal, self._look.in_store))
        if not self._lines:
            self._add_single()
        self._check()

    def _weigh(self) -> None:
        """Another weight changes the doses that nobody has touched."""
        if self._look is not None and self.package.value() and not any(line.touched for line in self._lines):
            self._propose_all()
            self.weight.setFocus()
        else:
            for line in self._lines:
                if not line.touched:
                    self._repropose(line, check=False)
            self._check()

    def _add_single(self) -> None:
        if self._look is None:
            return
        medicines = self._look.medicines
        taken = {line.item().medicine for line in self._lines}
        code = next((one.code for one in medicines.medicines if one.code not in taken), medicines.medicines[0].code)
        proposal = propose(medicines, self._facts(), code, medicines.single_days)
        line = MedicineLine(medicines, proposal, self._look.in_store)
        self._add_line(line)
        line.medicine.setFocus()
        self._check()

    def _add_line(self, line: MedicineLine) -> None:
        before: QWidget = self._lines[-1].quantity if self._lines else self.weight
        self._lines.append(line)
        self._medicines.addWidget(line)
        line.changed.connect(self._check)
        line.picked.connect(self._repropose)
        line.dropped.connect(self._drop)
        for widget in (line.medicine, line.dose, line.quantity, line.source):
            QWidget.setTabOrder(before, widget)
            before = widget

    def _repropose(self, line: MedicineLine, *, check: bool = True) -> None:
        assert self._look is not None
        code = line.item().medicine
        line.show_proposal(propose(self._look.medicines, self._facts(), code, line.proposal_days()))
        if check:
            self._check()

    def _drop(self, line: MedicineLine) -> None:
        self._lines.remove(line)
        self._medicines.removeWidget(line)
        line.hide()
        line.setParent(None)
        line.deleteLater()
        self._add.setFocus()
        self._check()

    def _check(self) -> None:
        """What speaks against what stands there now, and what must then be asked or written."""
        if self._look is None:
            return
        look, draft, facts = self._look, self.draft(), self._facts()
        against = check_giving(look.medicines, facts, draft.wanted)
        twice = given_already(draft.wanted, look.given, facts.on)
        words = {} if twice is None else again_words(twice, look.medicines)
        again = sentence(Problem("reason", "medicines.again", words)) if twice else ""
        known = replace(facts, answers=look.facts.answers)
        self.questions.show_asked(asked_facts(look.medicines, known, draft.wanted))
        self.warnings.show_against(against, look.medicines.questions, again)
        self._reason_row.setVisible(bool(twice) or _forbids(against))
        self.consent.setVisible(needs_consent(look.medicines, draft.wanted))

    def _unreadable(self) -> list[Problem]:
        found = []
        if self.weight.bad():
            params = {"least": f"{LEAST_WEIGHT // 10}", "most": f"{MOST_WEIGHT // 10}"}
            found.append(Problem("weight", "medicines.weight", params))
        if self.at.bad():
            found.append(Problem("given_at", "forms.bad_moment"))
        return found

    def _done(self, _giving: Any) -> None:
        self.saved.emit()
        self.accept()

    def _failed(self, trouble: UserError) -> None:
        self._kept.resume()
        if isinstance(trouble, Refused):
            self._show_problems(trouble.problems)
        else:
            self._trouble.set_text(sentence(trouble))

    def _show_problems(self, problems: Sequence[Problem]) -> None:
        rest = show_problems((self._package_row, self._reason_row, self._at_row), problems)
        self._trouble.set_text(sentence(rest[0]) if rest else "")


def _forbids(against: Sequence[Contraindication]) -> bool:
    return any(one.level is Bar.FORBID for one in against)
