"""Small windows of the reports: the people behind a figure, why a figure changed, the hours, a case report to copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.db.queries.daily_people import ReportPerson
from covidstation.domain.problems import Problem
from covidstation.i18n import _
from covidstation.services.changes import Done, Kind
from covidstation.services.record import change_setting
from covidstation.services.reports.case_report import ReportField, as_text
from covidstation.services.reports.daily import DailyReport
from covidstation.services.reports.notices import NoticeLine
from covidstation.services.reports.why import Why
from covidstation.settings import QUARTERS
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import Dialog, foot
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.table import Table
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.reports.columns import people_columns, why_columns

_WIDE, _NARROW, _HIGH = 1120, 640, 520


class TableDialog(Dialog):
    """A title, a muted second line, a table, and what can be done; Enter opens the line (`chosen`), Esc closes."""

    chosen = Signal(object)

    def __init__(
        self, desk: Desk, parent: QWidget, title: str, second: str, columns: Sequence[Column[Any]], width: int = _NARROW
    ) -> None:
        super().__init__(parent, title, "table_dialog")
        self.resize(width, _HIGH)
        self.model: RecordModel[Any] = RecordModel(desk.tasks, columns, self)
        self.table = Table("dialog_table", title, self.model)
        self.table.opened.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 0)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 8)
        head.addWidget(label(title, "section"))
        if second:
            head.addWidget(label(second, "hint", "muted", wrap=True))
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(Line())
        close = Button(_("Đóng"), keys="Esc", bind=False, name="close_button")
        close.clicked.connect(self.reject)
        self._row = foot(close)
        column.addLayout(self._row)
        self.table.setFocus()

    def add_button(self, button: Button) -> None:
        """Another act, at the far right."""
        self._row.addWidget(button)

    def _choose(self, record: object) -> None:
        self.chosen.emit(record)
        self.accept()


class PeopleDialog(TableDialog):
    """Who stands behind a figure."""

    def __init__(self, desk: Desk, parent: QWidget, title: str, people: Sequence[ReportPerson]) -> None:
        second = _("{n} người. Enter mở trang của người đó.").format(n=len(people))
        super().__init__(desk, parent, title, second, people_columns(desk.now().date()), 720)
        self.model.set_records(people)
        self.chosen.connect(lambda one: desk.want_person.emit(one.person_id))


class WhyDialog(TableDialog):
    """Why a frozen report's figures would be others now."""

    def __init__(self, desk: Desk, parent: QWidget, report: DailyReport, why: Why) -> None:
        day = f"{report.period.day:%d/%m/%Y}"
        second = (
            _("So với lúc chốt. Báo cáo đã gửi giữ nguyên; chỗ đổi nằm trong phần bổ sung của báo cáo sau.")
            if why.lines
            else _("Không có gì đổi: đếm lại bây giờ vẫn ra đúng các số đã gửi.")
        )
        title = _("Vì sao số báo cáo ngày {day} đổi?").format(day=day)
        super().__init__(desk, parent, title, second, why_columns(why, report, desk.now().date()), _WIDE)
        self.model.set_records(why.lines)
        self._people = why.people
        self.chosen.connect(lambda line: self._open(desk, line.case_id))

    def _open(self, desk: Desk, case_id: UUID) -> None:
        known = self._people.get(case_id)
        if known is not None:
            desk.want_person.emit(known.person_id)


class HoursDialog(ActDialog):
    """The cut-off, the hour it is due, the first day of the sums."""

    def __init__(self, desk: Desk, parent: QWidget, cutoff: time, due: str, start: date | None) -> None:
        hours = [(one, one) for one in QUARTERS]
        self.cutoff = Combo("cutoff", _("Giờ chốt số liệu"), hours, width=112)
        self.cutoff.set_value(f"{cutoff:%H:%M}")
        self.due = Combo("due", _("Giờ phải gửi"), hours, width=112)
        self.due.set_value(due)
        self.start = DateEdit("start", _("Tính luỹ kế từ ngày"), today=desk.now().date())
        self.start.set_day(start)
        rows = (
            Field(_("Giờ &chốt số liệu"), self.cutoff, label_width=180),
            Field(_("Giờ phải &gửi"), self.due, label_width=180),
            Field(_("Tính &luỹ kế từ ngày"), self.start, label_width=180),
        )
        rows[0].set_hint(_("Kỳ số liệu: từ giờ này hôm trước đến giờ này hôm nay"))
        rows[2].set_hint(_("Để trống: từ ca đầu tiên trong sổ"))
        super().__init__(desk, parent, _("Giờ của báo cáo ngày"), rows, self.cutoff)

    def about(self) -> str:
        """The station's own hours."""
        return "hours"

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("start", "forms.bad_date")] if self.start.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Keep the three settings."""
        desk, day = self._desk, self.start.day()
        values = {
            "report_cutoff": self.cutoff.value(),
            "report_due": self.due.value(),
            "outbreak_start": day.isoformat() if day else "",
        }
        return partial(_keep_settings, desk, values)


def _keep_settings(desk: Desk, values: dict[str, str]) -> Done[None]:
    by, now = desk.register.user_id, desk.now()
    for key, value in values.items():
        change_setting(desk.register.db, key, value, by=by, now=now)
    return Done(None, frozenset((Kind.REPORTS, Kind.STATION)))


class CaseReportDialog(TableDialog):
    """The fields of one case report: Enter copies a field, the button the whole text."""

    def __init__(self, desk: Desk, parent: QWidget, title: str, form: str, fields: tuple[ReportField, ...]) -> None:
        columns: tuple[Column[ReportField], ...] = (
            Column("title", _("Trường"), lambda one: Cell(one.title, ink="muted"), 200),
            Column("value", _("Nội dung"), _value),
        )
        second = _("{form}, chưa xác nhận với bản gốc. Enter chép trường đang chọn.").format(form=form)
        super().__init__(desk, parent, title, second, columns, 760)
        self.table.opened.disconnect()
        self.table.opened.connect(lambda one: self._copy(desk, one.value, one.title))
        self.model.set_records(fields)
        whole = Button(_("&Chép tất cả"), "primary", icon="copy", name="copy_all")
        whole.clicked.connect(lambda: self._copy(desk, as_text(fields), _("cả phiếu")))
        self.add_button(whole)

    def _copy(self, desk: Desk, text: str, what: str) -> None:
        QGuiApplication.clipboard().setText(text)
        desk.said.emit(_("Đã chép: {what}.").format(what=what))


def _value(one: ReportField) -> Cell:
    return Cell(one.value) if one.value else Cell(_("chưa có"), "hint", "warn")


class MarkDialog(ActDialog):
    """One case is in the national system now, with the number that it got there."""

    def __init__(
        self, desk: Desk, parent: QWidget, line: NoticeLine, act: Callable[[str], Callable[[], Done[Any]]]
    ) -> None:
        self.number = LineEdit("system_number", _("Mã ca bệnh trên hệ thống"), width=240, limit=60)
        row = Field(_("&Mã trên hệ thống"), self.number, label_width=180)
        row.set_hint(_("Không có mã thì để trống"))
        super().__init__(
            desk, parent, _("Đã nhập {name} vào hệ thống").format(name=line.full_name), (row,), self.number
        )
        self._mark, self._line = act, line

    def about(self) -> str:
        """The case."""
        return self._line.episode_id.hex

    def act(self) -> Callable[[], Done[Any]]:
        """Mark it."""
        return self._mark(self.number.value())
