"""Files of a span of days: the five-part figures, or what happened as FHIR."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from PySide6.QtWidgets import QWidget

from covidstation.domain.problems import Problem
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.exchange.fhir import FhirWriting, begin_span_fhir
from covidstation.services.exchange.five_parts import MOST_DAYS, begin_five_parts
from covidstation.services.exchange.growing import Growing
from covidstation.services.exchange.wish import SpanWish, check_span
from covidstation.ui.desk import Desk
from covidstation.ui.exports.dialog import WIDE, ExportDialog
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit
from covidstation.ui.parts.fields import Field

WEEK: Final = timedelta(days=6)
FIGURES, PEOPLE, EVERYBODY = "figures", "people", "everybody"


class SpanDialog(ExportDialog):
    """Which file, from which day to which; at first the week that ends with `day`."""

    def __init__(self, desk: Desk, parent: QWidget, day: date) -> None:
        today = desk.now().date()
        kinds = [
            (FIGURES, _("Số liệu năm phần (CSV)")),
            (PEOPLE, _("Hồ sơ người bệnh (FHIR)")),
            (EVERYBODY, _("Hồ sơ của mọi người trong sổ (FHIR)")),
        ]
        self.kind = Combo("kind", _("Tệp gì"), kinds, width=WIDE)
        self.first = DateEdit("first", _("Từ ngày"), today=today)
        self.first.set_day(day - WEEK)
        self.last = DateEdit("last", _("Đến ngày"), today=today)
        self.last.set_day(day)
        rows = (
            Field(_("&Tệp gì"), self.kind),
            Field(_("Từ &ngày"), self.first, required=True),
            Field(_("&Đến ngày"), self.last, required=True),
        )
        super().__init__(desk, parent, _("Xuất dữ liệu cho phần mềm khác"), rows, self.kind)
        self.setObjectName("span_dialog")
        self.kind.currentIndexChanged.connect(lambda _row: self._hint())  # a kept draft chooses too
        self._hint()

    def about(self) -> str:
        """The station's data."""
        return "span"

    def wish(self) -> SpanWish:
        """What the rows say."""
        everybody = self.kind.value() == EVERYBODY
        return SpanWish(
            first=self.first.day(), last=self.last.day(), receiver=self.receiver.value(), everybody=everybody
        )

    def wrong(self) -> list[Problem]:
        """Days that make no span, and nobody to give it to."""
        most = MOST_DAYS if self.kind.value() == FIGURES else None
        return check_span(self.wish(), self._desk.now().date(), most=most, receiver=True)

    def file_name(self) -> str:
        """The days, and what it is."""
        span = self.wish().span
        days = f"{span.first.isoformat()}-{span.last.isoformat()}"
        names = {FIGURES: f"nam-phan-{days}.zip", EVERYBODY: f"fhir-ca-xa-{days}.json"}
        return names.get(self.kind.value(), f"fhir-{days}.json")

    def begin(self, path: Path) -> Callable[[], Done[Any]]:
        """The five files, or the bundle."""
        desk, register = self._desk, self._desk.register
        who: dict[str, Any] = {"catalog": desk.catalog, "by": register.user_id, "now": desk.now()}
        if self.kind.value() == FIGURES:
            return partial(begin_five_parts, register.db, self.wish(), path, **who)
        return partial(begin_span_fhir, register.db, self.wish(), path, **who)

    def told(self, job: Growing) -> str:
        """How many days, or people."""
        if self.kind.value() == FIGURES:
            return _("số liệu của {n} ngày").format(n=job.done)
        people = cast(FhirWriting, job).people
        return _("hồ sơ của {n} người").format(n=people) if people else _("những ngày ấy không có ai")

    def _hint(self) -> None:
        """What the chosen file holds."""
        figures = _(
            "Số theo ngày báo cáo: tình hình, xét nghiệm, điều trị, tiêm chủng, đáp ứng. Không có tên người bệnh."
        )
        people = _("Người, bệnh, xét nghiệm, theo dõi, thuốc của những ngày ấy, để máy của nơi khác đọc được.")
        everybody = _(
            "Mọi người trong sổ, cả người không có gì trong những ngày ấy, với nơi ở từng thời gian và các mũi tiêm: "
            "để nơi khác tính lại dân số, độ bao phủ."
        )
        words = {FIGURES: figures, EVERYBODY: everybody}
        self.about_file.setText(words.get(self.kind.value(), people))
