"""Sổ kho: a month of the store by item or by lot, on paper and as a spreadsheet."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.db.queries.supply_ledger import LedgerLine
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.reports.supply_ledger import Ledger, ledger_pdf, ledger_xlsx, look_at_ledger
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import Dialog, foot
from covidstation.ui.parts.edits import DateEdit
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.months import months_back
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.saving import choose_table
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.supplies.columns import ledger_columns

_WIDTH, _HEIGHT = 1180, 640
_MONTHS = 12


class LedgerDialog(Dialog):
    """A month or any span of days, by item or by lot."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent, _("Sổ kho"), "ledger_dialog")
        self.setMinimumSize(_WIDTH, _HEIGHT)
        self._desk = desk
        today = desk.now().date()
        months = [(month, f"{month:%m/%Y}") for month in months_back(today, _MONTHS)]
        self.month = Combo("ledger_month", _("Tháng"), months, width=112)
        self.first = DateEdit("ledger_first", _("Từ ngày"), today=today)
        self.last = DateEdit("ledger_last", _("Đến hết ngày"), today=today)
        choices = [("item", _("Theo mặt hàng")), ("lot", _("Theo lô"))]
        self.by = Segments("ledger_by", _("Cách xem"), choices)
        self.models: dict[bool, RecordModel[LedgerLine]] = {}
        self.tables = QStackedWidget()
        for by_lot, name in ((False, "ledger_items"), (True, "ledger_lots")):
            self.models[by_lot] = RecordModel(desk.tasks, ledger_columns(by_lot=by_lot), self)
            self.tables.addWidget(Table(name, _("Sổ kho"), self.models[by_lot]))
        self.trouble = label("", "hint", "danger", wrap=True)
        self.print = Button(_("&In"), icon="printer", name="print_ledger")
        self.excel = Button(_("Lưu &Excel"), icon="download", name="save_ledger")
        self.close_button = Button(_("Đóng"), "primary", keys="Esc", bind=False, name="close_ledger")
        self._lay_out()
        self.month.picked.connect(self._take_month)
        for field in (self.first, self.last):
            field.value_changed.connect(lambda _day: self.ask())
        self.by.chosen.connect(self._turn)
        self.print.clicked.connect(self._print)
        self.excel.clicked.connect(self._save)
        self.close_button.clicked.connect(self.accept)
        self._take_month(months[0][0])
        self.month.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 12)
        top.setSpacing(8)
        top.addWidget(label(_("Sổ kho thuốc, vật tư"), "section"))
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP)
        parts: tuple[QWidget, ...] = (
            label(_("Tháng"), "hint", "muted"), self.month, label(_("từ"), "hint", "muted"), self.first,
            label(_("đến hết"), "hint", "muted"), self.last, self.by,
        )  # fmt: skip
        for widget in parts:
            row.addWidget(widget)
        row.addStretch(1)
        top.addLayout(row)
        top.addWidget(self.trouble)
        self.trouble.hide()
        column.addLayout(top)
        column.addWidget(Line())
        column.addWidget(self.tables, 1)
        column.addWidget(Line())
        column.addLayout(foot(self.excel, self.print, self.close_button))

    def ask(self) -> None:
        """Sum anew."""
        span = self._span()
        if span is not None:
            db, today = self._desk.register.db, self._desk.now().date()
            op = partial(look_at_ledger, db, *span, today=today, by_lot=self.by.value() == "lot")
            self._desk.ask(self, op, self._show, self._failed)

    def _span(self) -> tuple[date, date] | None:
        first, last = self.first.day(), self.last.day()
        return (first, last) if first is not None and last is not None else None

    def _take_month(self, month: date) -> None:
        self.first.set_day(month)
        following = (month + timedelta(days=32)).replace(day=1)
        self.last.set_day(min(following - timedelta(days=1), self._desk.now().date()))
        self.ask()

    def _turn(self, by: str) -> None:
        self.tables.setCurrentIndex(int(by == "lot"))
        self.ask()

    def _show(self, found: Ledger) -> None:
        self.trouble.hide()
        self.models[found.by_lot].set_records(found.lines)

    def _failed(self, trouble: UserError) -> None:
        self.trouble.setText(sentence(trouble))
        self.trouble.show()

    def _print(self) -> None:
        span, desk = self._span(), self._desk
        if span is None:
            return
        db, today, lots = desk.register.db, desk.now().date(), self.by.value() == "lot"

        def made() -> tuple[bytes, str]:
            pdf = ledger_pdf(db, *span, catalog=desk.catalog, today=today, by_lot=lots)
            return pdf, get_setting(db, "printer")

        name = f"so-kho-{span[0]:%Y-%m}.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self._failed), self._failed)

    def _save(self) -> None:
        span, desk = self._span(), self._desk
        path = choose_table(self.window(), f"so-kho-{span[0]:%Y-%m}.xlsx") if span else None
        if span is None or path is None:
            return
        op = partial(ledger_xlsx, desk.register.db, *span, path, catalog=desk.catalog, today=desk.now().date())
        words = _("Đã lưu {name} vào {folder}.").format(name=path.name, folder=path.parent)
        desk.ask(self, op, lambda _path: desk.said.emit(words), self._failed)
