"""Báo cáo ngày: look, freeze, print – three clicks – with every figure open to its people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.domain.daily import read_clock
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, date_text, moment_text
from covidstation.messages import sentence
from covidstation.services.access.audit import ReportHow
from covidstation.services.drafts import Settled
from covidstation.services.reports.daily import (
    DailyReport,
    Typed,
    daily_report,
    freeze_report,
    frozen_report,
    keep_typed,
    kept_typed,
    outbreak_start,
    people_behind,
)
from covidstation.services.reports.sheet import (
    FigureLine,
    lines_of,
    report_pdf,
    write_report_pdf,
    write_report_xlsx,
)
from covidstation.services.reports.why import why_changed
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import kept_as
from covidstation.ui.exports.span import SpanDialog
from covidstation.ui.papers.printer import chosen_printer, device_for, print_pdf
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import ask_reason
from covidstation.ui.parts.labels import Line
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.saving import choose_file, choose_table
from covidstation.ui.parts.table import Table
from covidstation.ui.reports.columns import figure_columns
from covidstation.ui.reports.dialogs import HoursDialog, PeopleDialog, WhyDialog
from covidstation.ui.reports.noting import noted
from covidstation.ui.reports.typed_panel import WIDTH, TypedPanel


@dataclass(frozen=True, slots=True)
class _Look:
    """Everything of the tab, asked in one go."""

    report: DailyReport
    due: str
    printer: str
    start: date | None


class DayTab(QWidget):
    """One day's report. `buttons_changed` when the action bar is another; `told(level, text)` for the banner."""

    buttons_changed = Signal()
    told = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look: _Look | None = None
        self.model: RecordModel[FigureLine] = RecordModel(desk.tasks, figure_columns(), self)
        self.table = Table("figures_table", _("Số liệu trong ngày và luỹ kế"), self.model)
        self.panel = TypedPanel(desk.now().date())
        self.freeze = Button(_("Chốt báo cáo"), "primary", icon="check", keys="Ctrl+Return", name="freeze_report")
        self.print = Button(_("In báo cáo"), "primary", icon="printer", keys="Ctrl+P", name="print_report")
        self.draft = Button(_("In thử"), icon="printer", name="print_draft")
        self.again = Button(_("Chốt &lại…"), "quiet", name="freeze_again")
        self.why = Button(_("&Vì sao số này đổi?"), "quiet", icon="help", name="why_changed")
        self.hours = Button(_("&Giờ chốt…"), "quiet", icon="clock", name="report_hours")
        self.data = Button(_("Xuất &dữ liệu…"), "quiet", icon="download", name="export_data")
        self.pdf = Button(_("Lưu &PDF"), name="save_pdf")
        self.sheet = Button(_("Lưu &Excel"), name="save_xlsx")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.table, 1)
        row.addWidget(Line(vertical=True))
        row.addWidget(_scrolled(self.panel))
        self._connect()

    def load(self) -> None:
        """Count again, or read what was frozen."""
        day = self.panel.day.day() or self._desk.now().date()
        self._desk.ask(self, partial(self._asked, day), self._show, self._failed)

    def report(self) -> DailyReport | None:
        """The one in sight."""
        return self._look.report if self._look else None

    def buttons(self) -> Sequence[QWidget]:
        """Of the action bar, the primary one last."""
        report = self.report()
        if report is None:
            return ()
        if report.frozen is None:
            return (self.hours, self.data, self.sheet, self.pdf, self.draft, self.freeze)
        return (self.why, self.again, self.data, self.sheet, self.pdf, self.print)

    def leave(self) -> None:
        """Keep what was just written."""
        self.panel.keep_now()

    def _connect(self) -> None:
        self.table.opened.connect(self._people)
        self.panel.day_changed.connect(lambda _day: self._other_day())
        self.panel.typed.connect(self._keep)
        self.freeze.clicked.connect(lambda: self._freeze(""))
        self.again.clicked.connect(self._again)
        self.print.clicked.connect(self._print)
        self.draft.clicked.connect(self._print)
        self.why.clicked.connect(self._why)
        self.hours.clicked.connect(self._hours)
        self.data.clicked.connect(self._export)
        self.pdf.clicked.connect(self._save_pdf)
        self.sheet.clicked.connect(self._save_sheet)

    def _asked(self, day: date) -> _Look:
        desk, db = self._desk, self._desk.register.db
        report = frozen_report(db, day)
        if report is None:
            report = daily_report(db, desk.catalog, day, desk.now(), kept_typed(db, day))
        printer = chosen_printer(get_setting(db, "printer"))
        return _Look(report, get_setting(db, "report_due"), printer, outbreak_start(db))

    def _show(self, look: _Look) -> None:
        self._look = look
        report, frozen = look.report, look.report.frozen
        self.model.set_records(lines_of(report, _))
        if not (
            self.panel.difficulties.hasFocus() or self.panel.suggestions.hasFocus() or self.panel.oxygen.hasFocus()
        ):
            self.panel.show_typed(report.typed, fixed=frozen is not None)
        today = self._desk.now().date()
        if frozen is not None:
            words = _("Đã chốt {moment}, bản {n}").format(moment=moment_text(frozen.at, today), n=frozen.version)
        elif not report.today("new"):
            words = _("Chưa chốt. Không có ca mới: báo cáo số 0.")
        else:
            words = _("Chưa chốt")
        self.panel.show_report(report, words, good=frozen is not None)
        self._say_late(look)
        self.buttons_changed.emit()

    def _say_late(self, look: _Look) -> None:
        now, report = self._desk.now().replace(tzinfo=None), look.report
        due = datetime.combine(report.period.day, read_clock(look.due))
        if report.frozen is None and report.period.day == now.date() and now > due:
            words = _("Đã quá {due} mà báo cáo hôm nay chưa chốt.")
            self.told.emit("warn", words.format(due=look.due))
        else:
            self.told.emit("info", "")

    def _failed(self, trouble: UserError) -> None:
        sentences = [sentence(one) for one in trouble.problems] if isinstance(trouble, Refused) else [sentence(trouble)]
        self.told.emit("danger", " ".join(sentences))
        if trouble.code == "reports.frozen_meanwhile":
            self.load()

    def _other_day(self) -> None:
        self.panel.forget()
        self.told.emit("info", "")
        self.table.setFocus()
        self.load()

    def _keep(self, typed: Typed) -> None:
        report, desk = self.report(), self._desk
        if report is None or report.frozen is not None or self.panel.oxygen.bad():
            return
        self._look = replace(self._look, report=replace(report, typed=typed)) if self._look else None
        self.model.set_records(lines_of(replace(report, typed=typed), _))
        self.panel.show_lacking(replace(report, typed=typed).lacking)
        op = partial(keep_typed, desk.register.db, report.period.day, typed, now=desk.now())
        desk.ask(self, op, lambda _none: None, self._failed)

    def _freeze(self, reason: str, draft: Settled | None = None) -> None:
        report, desk = self.report(), self._desk
        if report is None or self.panel.bad():
            return
        self.panel.forget()
        op = partial(
            freeze_report,
            desk.register.db,
            report.period.day,
            report.typed if reason else self.panel.value(),
            catalog=desk.catalog,
            by=desk.register.user_id,
            now=desk.now(),
            by_name=desk.register.user_name,
            reason=reason,
            seen=report.frozen.version if report.frozen else 0,
        )
        desk.act(self, op, self._frozen, self._failed, draft=draft)

    def _frozen(self, report: DailyReport) -> None:
        self.table.setFocus()
        self.told.emit("info", "")
        self._desk.said.emit(_("Đã chốt báo cáo ngày {day}.").format(day=date_text(report.period.day)))
        self.load()

    def _again(self) -> None:
        report = self.report()
        if report is None or report.frozen is None:
            return
        asking = kept_as(self._desk, "freeze_again", report.period.day.isoformat())
        reason = ask_reason(
            self,
            _("Chốt lại báo cáo ngày {day}?").format(day=date_text(report.period.day)),
            _("Số liệu được đếm lại và giữ thành bản {n}. Bản trước vẫn còn trong danh sách đã chốt.").format(
                n=report.frozen.version + 1
            ),
            act=_("Chốt lại"),
            reason=_("Vì sao chốt lại"),
            keep=asking,
        )
        if reason:
            self._freeze(reason, asking.settled)

    def _people(self, line: FigureLine) -> None:
        report, desk = self.report(), self._desk
        if report is None or not report.cases(line.name):
            return
        op = partial(people_behind, desk.register.db, report, line.name)
        desk.ask(self, op, lambda found: PeopleDialog(desk, self, line.words, found).open(), self._failed)

    def _why(self) -> None:
        report, desk = self.report(), self._desk
        if report is not None and report.frozen is not None:
            op = partial(why_changed, desk.register.db, report, desk.now())
            desk.ask(self, op, lambda why: WhyDialog(desk, self, report, why).open(), self._failed)

    def _hours(self) -> None:
        look = self._look
        if look is not None:
            HoursDialog(self._desk, self, look.report.period.cutoff_at.time(), look.due, look.start).open()

    def _print(self) -> None:
        look, desk = self._look, self._desk
        if look is None:
            return
        if not look.printer:
            self._save_pdf()
            return
        device, report = device_for(look.printer), look.report
        words = _("Đã gửi báo cáo đến máy in {printer}.").format(printer=look.printer)
        work = partial(_printed, report, device)
        noted(desk, self, report, "print", work, words, self._failed)

    def _export(self) -> None:
        report = self.report()
        if report is not None:
            dialog = SpanDialog(self._desk, self, report.period.day)
            dialog.exec()
            dialog.deleteLater()

    def _save_pdf(self) -> None:
        report = self.report()
        if report is not None:
            path = choose_file(self.window(), f"bao-cao-{report.period.day.isoformat()}.pdf")
            self._save(path, write_report_pdf, "file")

    def _save_sheet(self) -> None:
        report = self.report()
        if report is not None:
            path = choose_table(self.window(), f"bao-cao-{report.period.day.isoformat()}.xlsx")
            self._save(path, write_report_xlsx, "table")

    def _save(self, path: Path | None, write: Callable[[Path, DailyReport], Path], how: ReportHow) -> None:
        report, desk = self.report(), self._desk
        if path is None or report is None:
            return
        words = _("Đã lưu {name}.").format(name=path.name)
        work = partial(write, path, report)
        noted(desk, self, report, how, work, words, self._failed)


def _scrolled(panel: TypedPanel) -> QScrollArea:
    """The panel scrolls where the window is low and the banners are there."""
    area = QScrollArea()
    area.setObjectName("report_panel_area")
    area.setAccessibleName(_("Ngày, biểu đồ và phần ghi tay"))
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setFixedWidth(WIDTH)
    area.setWidget(panel)
    return area


def _printed(report: DailyReport, device: QPrinter) -> None:
    print_pdf(report_pdf(report), device)
