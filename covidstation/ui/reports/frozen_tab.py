"""Các báo cáo đã chốt: every version as it was sent; look at it, print it again, ask why its figures changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.reports.daily import DailyReport, frozen_reports
from covidstation.services.reports.sheet import report_pdf, write_report_pdf
from covidstation.services.reports.why import why_changed
from covidstation.ui.desk import Desk
from covidstation.ui.papers.printer import chosen_printer, device_for, print_pdf
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.saving import choose_file
from covidstation.ui.parts.table import Table
from covidstation.ui.reports.columns import frozen_columns
from covidstation.ui.reports.dialogs import WhyDialog
from covidstation.ui.reports.noting import noted


class FrozenTab(QWidget):
    """`opened(date)`: look at that day's report."""

    buttons_changed = Signal()
    told = Signal(str, str)
    opened = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._printer = ""
        self.model: RecordModel[DailyReport] = RecordModel(desk.tasks, frozen_columns(desk.now().date()), self)
        self.table = Table("frozen_table", _("Các báo cáo đã chốt"), self.model)
        self.why = Button(_("&Vì sao số này đổi?"), "quiet", icon="help", name="why_changed_frozen")
        self.pdf = Button(_("Lưu &PDF"), name="save_frozen_pdf")
        self.print = Button(_("In lại"), "primary", icon="printer", keys="Ctrl+P", name="print_frozen")
        self.first = Button(_("Báo cáo &hôm nay"), icon="chart", name="first_report")
        later = _("Mỗi báo cáo đã chốt nằm ở đây, đúng như lúc gửi đi.")
        self._none = EmptyPage("chart", _("Chưa có báo cáo nào được chốt"), later, self.first)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.table.opened.connect(lambda report: self.opened.emit(report.period.day))
        self.first.clicked.connect(lambda: self.opened.emit(desk.now().date()))
        self.why.clicked.connect(self._why)
        self.pdf.clicked.connect(self._save)
        self.print.clicked.connect(self._print)

    def load(self) -> None:
        """Read the list."""
        db = self._desk.register.db

        def asked() -> tuple[tuple[DailyReport, ...], str]:
            return frozen_reports(db), chosen_printer(get_setting(db, "printer"))

        self._desk.ask(self, asked, self._show, self._failed)

    def buttons(self) -> Sequence[QWidget]:
        """None while there is nothing."""
        return (self.why, self.pdf, self.print) if self.model.rowCount() else ()

    def leave(self) -> None:
        """Nothing is half done here."""

    def _show(self, found: tuple[tuple[DailyReport, ...], str]) -> None:
        reports, self._printer = found
        self.model.set_records(reports)
        self._stack.setCurrentWidget(self.table if reports else self._none)
        self.buttons_changed.emit()

    def _failed(self, trouble: UserError) -> None:
        self.told.emit("danger", sentence(trouble))

    def _why(self) -> None:
        report, desk = self.table.current_record(), self._desk
        if report is not None:
            op = partial(why_changed, desk.register.db, report, desk.now())
            desk.ask(self, op, lambda why: WhyDialog(desk, self, report, why).open(), self._failed)

    def _print(self) -> None:
        report, desk = self.table.current_record(), self._desk
        if report is None:
            return
        if not self._printer:
            self._save()
            return
        device, words = device_for(self._printer), _("Đã gửi báo cáo đến máy in {printer}.")
        said = words.format(printer=self._printer)
        noted(desk, self, report, "print", lambda: print_pdf(report_pdf(report), device), said, self._failed)

    def _save(self) -> None:
        report, desk = self.table.current_record(), self._desk
        if report is None:
            return
        path = choose_file(self.window(), f"bao-cao-{report.period.day.isoformat()}.pdf")
        if path is not None:
            words = _("Đã lưu {name}.").format(name=path.name)
            work = partial(write_report_pdf, path, report)
            noted(desk, self, report, "file", work, words, self._failed)
