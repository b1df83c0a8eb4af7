"""One check of one person outside the grid: an extra one, or the correction of an earlier one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.domain.care import Round, VisitMeans, VisitStatus, Vitals
from covidstation.domain.measures import MEASURES, PRESSURE, measure_text, read_measure, read_pressure
from covidstation.domain.monitoring import Visit, VisitDraft
from covidstation.domain.problems import Problem
from covidstation.errors import Refused, UserError
from covidstation.i18n import N_, _, date_text
from covidstation.services.care.rounds import record_visit
from covidstation.services.changes import Done
from covidstation.ui.case_words import MEANS
from covidstation.ui.code_choices import sign_choices
from covidstation.ui.desk import Desk
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.moments import read_moment
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.rounds.words import STATUSES, symptom_label

_TITLES = {
    "temperature": N_("&Nhiệt độ (°C)"),
    "spo2": N_("&SpO2 (%)"),
    "pulse": N_("&Mạch"),
    "breaths": N_("Nhịp &thở"),
    PRESSURE: N_("&Huyết áp"),
}


class VisitDialog(ActDialog):
    """Warnings are shown once beside their field and passed by pressing Lưu again."""

    def __init__(self, desk: Desk, parent: QWidget, episode_id: UUID, visit: Visit | None = None) -> None:
        at = visit.at if visit else desk.now().replace(tzinfo=None)
        self.at = LineEdit("at", _("Lúc"), width=160, limit=20)
        self.at.set_value(f"{at:%H:%M} {date_text(at.date())}")
        self.means = Combo("means", _("Cách đo"), [(key, _(words)) for key, words in MEANS.items()], width=160)
        self.status = Combo(
            "status", _("Gặp được không"), [(key, _(words)) for key, words in STATUSES.items()], width=200
        )
        self.measures = {
            name: LineEdit(name, _(title).replace("&", ""), width=96, limit=12) for name, title in _TITLES.items()
        }
        signs = sign_choices(desk.catalog, desk.now().date(), partial(symptom_label, desk.catalog))
        self.signs = MultiChoice("signs", _("Dấu hiệu"), signs)
        self.asked = CheckBox("signs_asked", _("Đã hỏi, không có dấu hiệu nào"))
        self.note = LineEdit("note", _("Ghi chú"), width=344, limit=500)
        rows = [
            Field(_("&Lúc"), self.at, required=True),
            Field(_("&Cách đo"), self.means),
            Field(_("&Gặp được không"), self.status),
            *(Field(_(_TITLES[name]), field) for name, field in self.measures.items()),
            Field(_("&Dấu hiệu"), self.signs),
            Field("", self.asked),
            Field(_("Gh&i chú"), self.note),
        ]
        title = _("Sửa lần đo") if visit else _("Đo thêm")
        super().__init__(desk, parent, title, rows, self.measures["temperature"])
        self._episode, self._visit = episode_id, visit
        self._met_only = rows[3:-1]
        self._sure = False
        self._fill(visit)
        self.status.currentIndexChanged.connect(lambda _row: self._follow())
        self._follow()

    def about(self) -> str:
        """The illness, or the check that is corrected."""
        return f"{self._episode.hex}-{self._visit.id.hex if self._visit and self._visit.id else ''}"

    def wrong(self) -> list[Problem]:
        """What cannot be read."""
        found = []
        for name, field in self.measures.items():
            try:
                read_pressure(field.value()) if name == PRESSURE else read_measure(name, field.value())
            except ValueError:
                found.append(Problem(name, "rounds.unreadable"))
        try:
            self._moment()
        except ValueError:
            found.append(Problem("at", "rounds.clock_unreadable"))
        return found

    def field_of(self, problem: Problem) -> str:
        """A reason stands in the note."""
        return "note" if problem.field == "reason" else problem.field

    def act(self) -> Callable[[], Done[Any]]:
        """Keep it."""
        desk = self._desk
        return partial(
            record_visit,
            desk.register.db,
            self.draft(),
            catalog=desk.catalog,
            by=desk.register.user_id,
            by_name=desk.register.user_name,
            now=desk.now(),
            sure=self._sure,
        )

    def draft(self) -> VisitDraft:
        """What stands in the fields."""
        status: VisitStatus = self.status.value()
        met = status is VisitStatus.COOPERATIVE
        signs = frozenset(str(code) for code in self.signs.chosen()) if met else frozenset()
        return VisitDraft(
            episode_id=self._episode,
            at=self._moment(),
            round=self._visit.round if self._visit else Round.EXTRA,
            status=status,
            means=self.means.value() or VisitMeans.VISIT,
            reason="" if met else self.note.value(),
            vitals=self._vitals() if met else Vitals(),
            symptoms=signs,
            signs_asked=met and (bool(signs) or self.asked.isChecked()),
            note=self.note.value() if met else "",
            voids=self._visit.id if self._visit else None,
        )

    def failed(self, trouble: UserError) -> None:
        """Warnings alone are passed by the next press."""
        super().failed(trouble)
        self._sure = isinstance(trouble, Refused) and all(one.level == "warning" for one in trouble.problems)

    def _moment(self) -> datetime:
        today = self._desk.now().date()
        return read_moment(self.at.value(), today, today)

    def _vitals(self) -> Vitals:
        high, low = read_pressure(self.measures[PRESSURE].value()) or (None, None)
        plain = {name: read_measure(name, self.measures[name].value()) for name in MEASURES}
        return Vitals(**plain, systolic=high, diastolic=low)

    def _fill(self, visit: Visit | None) -> None:
        if visit is None:
            return
        self.means.set_value(visit.means)
        self.status.set_value(visit.status)
        for name, field in self.measures.items():
            field.set_value(measure_text(name, visit.vitals))
        self.signs.set_chosen(sorted(visit.symptoms))
        self.asked.setChecked(visit.signs_asked and not visit.symptoms)
        self.note.set_value(visit.note or visit.reason)

    def _follow(self) -> None:
        met = self.status.value() is VisitStatus.COOPERATIVE
        for row in self._met_only:
            row.setVisible(met)
