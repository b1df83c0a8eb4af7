"""What all rows of the sheet share: day, kind, place and kit of the test, the usual result, the source, the hamlet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from covidstation.catalog import Catalog
from covidstation.db.queries.places import Hamlet
from covidstation.domain.care import FoundIn
from covidstation.domain.episodes import TestKind, TestResult
from covidstation.domain.line_list import LineHeader
from covidstation.domain.problems import Problem
from covidstation.domain.station import TEST_PLACES
from covidstation.i18n import _
from covidstation.ui.case_words import TEST_KINDS
from covidstation.ui.f0.inputs import on_edit, put_all, read_all
from covidstation.ui.kits import KitCombo, KitSource
from covidstation.ui.line_list.words import SOURCES
from covidstation.ui.look import metrics
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import DateEdit, LineEdit, set_state
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.moments import ClockEdit
from covidstation.ui.parts.popup import Choice

LABELS, FIELD = (108, 112, 118), 208


class HeadBar(QWidget):
    """Three lines of fields. `edited()` fires when a person changed one."""

    edited = Signal()

    def __init__(self, catalog: Catalog, today: date) -> None:
        super().__init__()
        self.setObjectName("line_list_head")
        self.day = DateEdit("sampled_on", _("Ngày lấy mẫu"), today=today)
        self.day.set_day(today)
        kinds = [(key, _(words)) for key, words in TEST_KINDS.items()]
        self.kind = Combo("kind", _("Loại xét nghiệm"), kinds, width=FIELD)
        self.place = LineEdit("place", _("Nơi xét nghiệm"), width=FIELD, limit=200)
        self.place.set_value(TEST_PLACES[0])
        results = [(TestResult.POSITIVE, _("dương tính")), (TestResult.NEGATIVE, _("âm tính"))]
        self.result = Combo("result", _("Kết quả thường gặp"), results, width=112)
        sources = [(key, _(words)) for key, words in SOURCES.items()]
        self.source = Combo("found_in", _("Nguồn phát hiện"), sources, width=FIELD)
        self.hamlet = FindCombo("hamlet_id", _("Bản chung"), width=FIELD, hint=_("ghi từng dòng"))
        self.found = ClockEdit("found_at", _("Giờ phát hiện"))
        self.kit = KitCombo(catalog, today, self.kind, width=FIELD)
        self.kit_from = KitSource(width=FIELD)
        self._fields: dict[str, QWidget] = {
            "sampled_on": self.day,
            "kind": self.kind,
            "place": self.place,
            "result": self.result,
            "found_in": self.source,
            "hamlet_id": self.hamlet,
            "found_at": self.found,
            "kit": self.kit,
            "kit_from": self.kit_from,
        }
        self._lay_out()
        for widget in self._fields.values():
            on_edit(widget, self.edited.emit)

    def header(self) -> LineHeader:
        """As it stands."""
        kind: TestKind = self.kind.value()
        source: FoundIn = self.source.value()
        day, clock = self.day.day(), self.found.clock()
        return LineHeader(
            sampled_on=day,
            found_at=datetime.combine(day, clock) if day and clock else None,
            kind=kind,
            place=self.place.value(),
            result=self.result.value(),
            found_in=source,
            hamlet_id=self.hamlet.value() if isinstance(self.hamlet.value(), UUID) else None,
            kit=self.kit.name(),
            kit_from=self.kit_from.value(),
        )

    def set_hamlets(self, found: Sequence[Hamlet]) -> None:
        """The commune's hamlets."""
        self.hamlet.set_choices([Choice(one.id, one.title) for one in found])

    def raw(self) -> dict[str, Any]:
        """For a draft."""
        return read_all(self._fields)

    def put_raw(self, raw: Mapping[str, Any]) -> None:
        """Back from a draft."""
        put_all(self._fields, raw)

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Colour what is wrong; the page says the sentence."""
        wrong = {problem.field for problem in problems}
        for name, widget in self._fields.items():
            set_state(widget, "error" if name in wrong else "")

    def _lay_out(self) -> None:
        titles = (
            (_("&Ngày lấy mẫu"), self.day),
            (_("&Xét nghiệm"), self.kind),
            (_("&Tại"), self.place),
            (_("&Kết quả chung"), self.result),
            (_("N&guồn phát hiện"), self.source),
            (_("&Bản chung"), self.hamlet),
            (_("P&hát hiện lúc"), self.found),
            (_("S&inh phẩm"), self.kit),
            (_("Ng&uồn sinh phẩm"), self.kit_from),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(metrics.MARGIN, 8, metrics.MARGIN, 8)
        grid.setHorizontalSpacing(metrics.GAP)
        grid.setVerticalSpacing(metrics.GAP)
        for at, (title, widget) in enumerate(titles):
            row, column = divmod(at, 3)
            words = label(title, "body", "muted")
            words.setBuddy(widget)
            words.setFixedWidth(LABELS[column])
            grid.addWidget(words, row, column * 3)
            grid.addWidget(widget, row, column * 3 + 1)
            grid.setColumnMinimumWidth(column * 3 + 2, metrics.GAP)
        grid.setColumnStretch(9, 1)
