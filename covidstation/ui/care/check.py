"""One check of one person, beside the rounds: what was measured and seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.domain.care import Round, VisitMeans, Vitals
from covidstation.domain.measures import MEASURES, PRESSURE, read_measure, read_pressure
from covidstation.domain.monitoring import VisitDraft, check_vitals
from covidstation.domain.problems import Problem
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.rounds import record_visit
from covidstation.ui.care.fields import TextBox, box_row
from covidstation.ui.care.words import MEANS
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.moments import MomentEdit
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.parts.popup import Choice
from covidstation.ui.person.dialogs import ActDialog


class CheckDialog(ActDialog):
    """A check between the rounds. What is seldom so is asked back: saving once more confirms it."""

    def __init__(self, desk: Desk, parent: QWidget, episode_id: UUID, full_name: str) -> None:
        today = desk.now().date()
        self.at = MomentEdit("at", _("Lúc đo"), today=today, day=lambda: today)
        self.at.set_moment(desk.now().replace(tzinfo=None))
        self.means = Combo("means", _("Cách đo"), [(key, _(words)) for key, words in MEANS.items()], width=140)
        titles = {
            "temperature": _("Nhiệt độ"), "spo2": _("SpO2"), "pulse": _("Mạch"), "breaths": _("Nhịp thở"),
            PRESSURE: _("Huyết áp"),
        }  # fmt: skip
        self.measures = {name: LineEdit(name, title, width=80, limit=10) for name, title in titles.items()}
        signs = [Choice(one.code, one.label) for one in desk.catalog.symptoms.values()]
        self.signs = MultiChoice("symptoms", _("Dấu hiệu"), signs, width=420, hint=_("không có"))
        self.note = TextBox("note", _("Ghi chú"), width=420)
        by = self.measures
        rows = (
            Field(_("&Lúc đo"), self.at, required=True).beside(self.means),
            Field(_("&Nhiệt độ"), by["temperature"]).beside(by["spo2"], _("&SpO2")),
            Field(_("&Mạch"), by["pulse"]).beside(by["breaths"], _("Nhịp &thở")).beside(by[PRESSURE], _("&Huyết áp")),
            Field(_("&Dấu hiệu"), self.signs),
            box_row(_("&Ghi chú"), self.note),
        )
        super().__init__(desk, parent, _("Đo, khám {name}").format(name=full_name), rows, by["temperature"])
        self.setObjectName("check_dialog")
        self.setMinimumWidth(720)
        self._episode_id = episode_id
        self._asked: frozenset[str] = frozenset()

    def wrong(self) -> list[Problem]:
        """What is no number, and what no living person can have."""
        found = [Problem("at", "forms.bad_moment")] if self.at.moment() is None else []
        for name, field in self.measures.items():
            try:
                read_pressure(field.value()) if name == PRESSURE else read_measure(name, field.value())
            except ValueError:
                found.append(Problem(name, "rounds.unreadable"))
        return found or [one for one in check_vitals(self._vitals()) if one.level == "error"]

    def field_of(self, problem: Problem) -> str:
        """Signs have one field here."""
        return "symptoms" if problem.field == "signs" else problem.field

    def act(self) -> Callable[[], Done[Any]]:
        """Keep it."""
        register, at = self._desk.register, self.at.moment()
        draft = VisitDraft(
            episode_id=self._episode_id,
            at=at or self._desk.now().replace(tzinfo=None),
            round=Round.EXTRA,
            means=self.means.value() or VisitMeans.VISIT,
            vitals=self._vitals(),
            symptoms=frozenset(str(code) for code in self.signs.chosen()),
            signs_asked=True,
            note=self.note.value(),
        )
        return partial(
            record_visit, register.db, draft, catalog=self._desk.catalog, sure=bool(self._asked), again=True,
            by=register.user_id, by_name=register.user_name, now=self._desk.now(),
        )  # fmt: skip

    def failed(self, trouble: UserError) -> None:
        """Warnings alone are asked back: the next Lưu takes them as they are."""
        super().failed(trouble)
        problems = trouble.problems if isinstance(trouble, Refused) else ()
        warned = bool(problems) and all(one.level == "warning" for one in problems)
        self._asked = frozenset(one.code for one in problems) if warned else frozenset()

    def _vitals(self) -> Vitals:
        values = {name: read_measure(name, self.measures[name].value()) for name in MEASURES}
        pressure = read_pressure(self.measures[PRESSURE].value()) or (None, None)
        return Vitals(**values, systolic=pressure[0], diastolic=pressure[1])
