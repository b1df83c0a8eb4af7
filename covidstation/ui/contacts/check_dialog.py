"""How a contact (F1) is today: the same answer for all who were chosen, or one person's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.contacts import ContactLine
from covidstation.domain.care import VisitMeans, VisitStatus
from covidstation.domain.monitoring import RANGES
from covidstation.domain.problems import Problem
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.contacts.checks import ContactCheck, record_contact_checks
from covidstation.ui.case_words import MEANS
from covidstation.ui.code_choices import symptom_choices
from covidstation.ui.contacts.acts import who_words
from covidstation.ui.contacts.words import MET
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.edits import LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.person.dialogs import ActDialog


class ContactCheckDialog(ActDialog):
    """Met or not, temperature, symptoms; saving it as it opens says "asked, and well"."""

    def __init__(self, desk: Desk, parent: QWidget, lines: Sequence[ContactLine]) -> None:
        self._lines = tuple(lines)
        rows = self._make_rows(desk)
        super().__init__(desk, parent, _("Hỏi sức khoẻ: {who}").format(who=who_words(lines)), rows, self.temperature)
        self.status.currentIndexChanged.connect(lambda _row: self._follow())
        self.symptoms.chosen_changed.connect(self._follow)
        self._follow()

    def _make_rows(self, desk: Desk) -> Sequence[Field]:
        met = [(key, _(words)) for key, words in MET.items()]
        self.status = Combo("status", _("Gặp được không"), met, width=200)
        self.status.set_value(VisitStatus.COOPERATIVE)
        self.means = Combo("means", _("Cách hỏi"), [(key, _(words)) for key, words in MEANS.items()], width=130)
        self.means.set_value(VisitMeans.VISIT)
        low, high = (Decimal(tenths) / 10 for tenths in RANGES["temperature"].possible)
        self.temperature = NumberEdit("temperature", _("Thân nhiệt"), places=1, low=low, high=high, width=80)
        choices = symptom_choices(desk.catalog, desk.now().date())
        self.symptoms = MultiChoice("symptoms", _("Triệu chứng"), choices, width=320, hint=_("không có"))
        self.note = LineEdit("note", _("Ghi chú"), width=380, limit=500)
        self._hot_row = Field(_("Thân &nhiệt"), self.temperature)
        self._hot_row.set_hint("°C")
        self._signs_row = Field(_("&Triệu chứng"), self.symptoms)
        self._note_row = Field(_("&Ghi chú"), self.note)
        met_row = Field(_("&Gặp được không"), self.status).beside(self.means, _("bằng cách"))
        return (met_row, self._hot_row, self._signs_row, self._note_row)

    def about(self) -> str:
        """Those contacts."""
        return "-".join(sorted(line.id.hex for line in self._lines))

    def wrong(self) -> list[Problem]:
        """A temperature that is none."""
        return [Problem("temperature", "contacts.temperature_unreadable")] if self.temperature.bad() else []

    def act(self, *, again: bool = False) -> Callable[[], Done[Any]]:
        """Write it for each."""
        desk, ids = self._desk, [line.id for line in self._lines]
        met = self.status.value() is VisitStatus.COOPERATIVE
        number = self.temperature.number() if met else None
        check = ContactCheck(
            status=self.status.value(),
            means=self.means.value(),
            temperature=int(number * 10) if number is not None else None,
            symptoms=frozenset(map(str, self.symptoms.chosen())) if met else frozenset(),
            note=self.note.value(),
            by_name=desk.register.user_name or "",
        )
        by, now = desk.register.user_id, desk.now()
        return partial(record_contact_checks, desk.register.db, ids, check, by=by, now=now, again=again)

    def failed(self, trouble: UserError) -> None:
        """Somebody else may have asked already: then this one may be kept as well, or not."""
        if trouble.code != "contacts.already_checked":
            super().failed(trouble)
            return
        title, act = _("Đã có người hỏi thăm buổi này"), _("Ghi thêm lần nữa")
        if confirm(self, title, sentence(trouble), act=act, back=_("Bỏ lần này")):
            self.do(self.act(again=True))
        else:
            self.reject()

    def _follow(self) -> None:
        met = self.status.value() is VisitStatus.COOPERATIVE
        for row in (self._hot_row, self._signs_row):
            row.setVisible(met)
        self._note_row.set_hint("" if met else _("Cần ghi lý do."))
        self._signs_row.set_hint(_("Có triệu chứng: xét nghiệm ngay.") if self.symptoms.chosen() else "", "warn")
