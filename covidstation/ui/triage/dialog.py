"""Phân loại: may this F0 stay at home, and in which risk group; both computed, the group changeable with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from covidstation.domain.care import RiskClass
from covidstation.domain.eligibility import Eligibility
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.terms import Answer
from covidstation.domain.text import TEXT_LIMIT
from covidstation.i18n import _, moment_text, ngettext
from covidstation.messages import sentence
from covidstation.services.care.triage import (
    POSTPARTUM,
    RiskWhy,
    TriageAnswers,
    TriageDraft,
    TriageLook,
    look_at_triage,
    save_triage,
)
from covidstation.services.changes import Done
from covidstation.ui.case_words import RISKS
from covidstation.ui.desk import Desk
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit, set_state
from covidstation.ui.parts.labels import Line, TwoLineLabel, label, set_ink
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.triage.checklist import Checklist, ItemRow
from covidstation.ui.triage.why import RiskVerdict, document_text

_WIDTH, _HEIGHT, _SIDE, _BAR = 1060, 600, 340, 16
_NAMED = 2  # so many conditions not met are told in full; the list beside it shows all


class TriageBody(QWidget):
    """Checklist at the left, what follows from it at the right."""

    edited = Signal()

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today
        self.look: TriageLook | None = None
        self.checklist = Checklist()
        self.checklist.changed.connect(self._follow)
        self._head = label("", "hint", "muted", wrap=True)
        self._home = label("", "section")
        self._home_why = label("", "hint", "muted", wrap=True)
        self.verdict = RiskVerdict(gaps=False)
        self._gaps = label("", "hint", "warn", wrap=True)
        self._computed = label("", "hint", "muted")
        self._danger = label("", "strong", "danger", wrap=True)
        choices = [(None, _("Theo máy tính"))] + [(cls, _(RISKS[cls])) for cls in reversed(RiskClass)]
        self.chosen = Combo("chosen_class", _("Nhóm do người phân loại chọn"), choices, width=180)
        self.chosen.currentIndexChanged.connect(lambda _row: self._follow())
        self.reason = LineEdit("reason", _("Lý do chọn nhóm khác"), limit=TEXT_LIMIT)
        self.wrong = TwoLineLabel("", "hint", "danger")
        self._last = label("", "hint", "muted", wrap=True)
        self._lay_out()

    def show_look(self, look: TriageLook) -> None:
        """Fill in what the register knows."""
        self.look = look
        words = _("{name} · {document}")
        self._head.setText(words.format(name=look.full_name, document=document_text(look.guideline)))
        more = {}
        if look.risk_facts.may_be_pregnant:
            words = _("Sinh con trong {days} ngày qua").format(days=look.table.postpartum_days)
            row = ItemRow(POSTPARTUM, words, look.table.source, confirmed=False, asked=False)
            row.answer.set_value(look.prefilled.postpartum.value)
            more[POSTPARTUM] = row
        self.checklist.show_items(look.items, look.prefilled.items, more)
        newest = look.newest
        if newest is not None and newest.overridden:
            self.chosen.set_value(newest.chosen)
            self.reason.set_value(newest.reason)
        self._last.setText(_last_words(look, self._today))
        self._last.setVisible(newest is not None)
        dangers = [sign.sentence for sign in look.judgement.signs if sign.level.value == "danger"]
        self._danger.setText("\n".join(dangers))
        self._danger.setVisible(bool(dangers))
        self._follow()
        first = next(iter(self.checklist.rows.values()), None)
        if first is not None:  # the rows show when the layout has been through
            QTimer.singleShot(0, first.answer, first.answer.setFocus)

    def answers(self) -> TriageAnswers:
        """What stands in the rows."""
        items = self.checklist.answers()
        return TriageAnswers(items=items, postpartum=items.pop(POSTPARTUM, Answer.UNKNOWN))

    def show_problems(self, problems: Iterable[Problem]) -> set[str]:
        """The reason is the one thing that can be refused."""
        mine = [problem for problem in problems if problem.field == "reason"]
        set_state(self.reason, "error" if mine else "")
        self.wrong.set_text(sentence(mine[0]) if mine else "")
        if mine:
            self.reason.setFocus()
        return {"reason"}

    def _follow(self) -> None:
        """Both verdicts by what is answered now."""
        look = self.look
        if look is None:
            return
        answers = self.answers()
        home = look.home(answers)
        words, ink = _home_words(home.answer)
        self._home.setText(words)
        set_ink(self._home, ink)
        self._home_why.setText(_home_reasons(home))
        risk = look.risk(answers)
        chosen = self.chosen.value() or risk.cls
        self.verdict.show_why(RiskWhy(cls=chosen, risk=risk, table=look.table, own_reason=self.reason.value()))
        self._gaps.setText("\n".join(map(sentence, risk.missing)))
        self._gaps.setVisible(bool(risk.missing))
        self._computed.setText(_("Máy tính ra nhóm {cls}.").format(cls=_(RISKS[risk.cls])))
        self._computed.setVisible(chosen is not risk.cls)
        self.reason.setEnabled(chosen is not risk.cls)
        self.edited.emit()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(label(_("Điều kiện chăm sóc tại nhà"), "name"))
        left.addWidget(self._head)
        left.addWidget(_scrolled(self.checklist, _("Điều kiện chăm sóc tại nhà")), 1)
        left.addWidget(label(_("Phím: C có · K không · R chưa rõ · ↑ ↓ câu khác"), "hint", "muted"))
        row.addLayout(left, 1)
        row.addWidget(Line(vertical=True))
        side = _scrolled(self._side(), _("Kết luận"))
        side.setFixedWidth(_SIDE + _BAR)
        row.addWidget(side)

    def _side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(4, 4, 4, 4)  # the focus ring stands outside a field
        column.setSpacing(6)
        for widget in (self._danger, label(_("Kết luận"), "hint", "muted"), self._home, self._home_why, Line()):
            column.addWidget(widget)
        for part in (self.verdict, self._computed, self._gaps, Line()):
            column.addWidget(part)
        for text, field in ((_("&Chọn nhóm"), self.chosen), (_("&Lý do nếu chọn nhóm khác"), self.reason)):
            title = label(text, "body", "muted")
            title.setBuddy(field)
            column.addWidget(title)
            column.addWidget(field)
        column.addWidget(self.wrong)
        column.addStretch(1)
        column.addWidget(self._last)
        return side


class TriageDialog(ActDialog):
    """The triage of one illness; Lưu keeps it as a new one, the earlier stay."""

    needs = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, episode_id: UUID) -> None:
        self.body = TriageBody(desk.now().date())
        super().__init__(desk, parent, _("Phân loại nguy cơ"), (self.body,), self.body.chosen)  # type: ignore[arg-type]
        self.setObjectName("triage_dialog")
        self._episode_id = episode_id
        self._look: TriageLook | None = None
        self.setMinimumWidth(_WIDTH)
        self.body.setMinimumHeight(_HEIGHT - 130)
        desk.ask(self, partial(look_at_triage, desk.register.db, desk.catalog, episode_id), self._shown, self.failed)

    def _shown(self, look: TriageLook) -> None:
        self._look = look
        self.body.show_look(look)

    def about(self) -> str:
        """The illness."""
        return self._episode_id.hex

    def save(self) -> None:
        """Nothing to keep before the register has answered."""
        if self.body.look is not None:
            super().save()

    def act(self) -> Callable[[], Done[Any]]:
        """Keep it."""
        desk, body = self._desk, self.body
        draft = TriageDraft(
            episode_id=self._episode_id,
            answers=body.answers(),
            chosen=body.chosen.value(),
            reason=body.reason.value(),
        )
        by, now, name = desk.register.user_id, desk.now(), desk.register.user_name or ""
        keep = partial(save_triage, desk.register.db, draft, catalog=desk.catalog, seen=self._look)
        return partial(keep, by=by, by_name=name, now=now)


def _scrolled(widget: QWidget, name: str) -> QScrollArea:
    """Nothing in it is squeezed when it is taller than the window."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    area.setAccessibleName(name)
    return area


def _home_words(answer: Answer) -> tuple[str, Ink]:
    if answer is Answer.YES:
        return _("Đủ điều kiện chăm sóc tại nhà"), "ok"
    if answer is Answer.NO:
        return _("Không đủ điều kiện tại nhà"), "danger"
    return _("Chưa đủ thông tin"), "warn"


def _home_reasons(home: Eligibility) -> str:
    """What speaks against it, and what is still open."""
    lines = [_("Không đạt: {question}").format(question=item.question) for item in home.against[:_NAMED]]
    more = len(home.against) - _NAMED
    if more > 0:
        lines.append(ngettext("Không đạt {count} điều nữa.", "Không đạt {count} điều nữa.", more).format(count=more))
    if home.open:
        lines.append(_("Còn {count} câu chưa rõ.").format(count=len(home.open)))
    return "\n".join(lines) or _("Mọi điều kiện đều đạt.")


def _last_words(look: TriageLook, today: date) -> str:
    newest = look.newest
    if newest is None:
        return ""
    when = moment_text(newest.at, today)
    words = (
        _("Lần trước: nhóm {cls}, {when}, {by}.") if newest.by_name else _("Lần trước: nhóm {cls}, {when}, máy tính.")
    )
    return words.format(cls=_(RISKS[newest.chosen]), when=when, by=newest.by_name)
