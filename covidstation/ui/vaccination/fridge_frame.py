"""The look of Tủ lạnh: the field for the temperature, the month's chart, its tables."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from covidstation.domain.rights import Right
from covidstation.i18n import _
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import ElidedLabel, Line, label
from covidstation.ui.parts.months import MonthCombo
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.register_page import filter_bar
from covidstation.ui.rounds.chart import Chart
from covidstation.ui.vaccination.fridge_columns import BookLine, LotLine, book_columns, lot_columns
from covidstation.ui.vaccination.fridge_dialogs import temperature_edit

MONTHS: Final = 13  # that can be looked back to
_SPAN: Final = (0.0, 10.0)  # degrees that a chart shows when nothing was beyond


class FridgeFrame(Page):
    """What stands on the page; `FridgePage` says what it does."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("fridge", _("Tủ lạnh"), entry="supplies")
        self._desk = desk
        self.fridge = Combo("fridge", _("Tủ"), width=230)
        self.temperature = temperature_edit("temperature_now", _("Nhiệt độ bây giờ"))
        self.state = ElidedLabel("", "body", "muted")
        self.month = MonthCombo("fridge_month", _("Tháng"), MONTHS)
        items = [("month", _("Cả tháng")), ("outside", _("Ngoài khoảng")), ("missed", _("Chưa đo"))]
        self.view = Segments("fridge_view", _("Lọc sổ nhiệt độ"), [*items, ("lots", _("Lô chờ quyết định"))])
        self.chart = Chart("fridge_chart", _("Nhiệt độ trong tháng (°C)"), _SPAN)
        self.model: RecordModel[BookLine] = RecordModel(desk.tasks, book_columns(desk), self)
        self.table = Table("fridge_book", _("Sổ nhiệt độ"), self.model)
        self.lot_model: RecordModel[LotLine] = RecordModel(desk.tasks, lot_columns(), self)
        self.lot_table = Table("fridge_lots", _("Lô vắc xin đã ở ngoài khoảng"), self.lot_model)
        self._make_actions()
        self._lay_out()

    def show_any(self, there: bool) -> None:
        """Whether there is a fridge at all."""
        self._stack.setCurrentIndex(0 if there else 1)
        for button in (self.edit_one, self.paper, self.excel):
            button.setVisible(there)

    def show_view(self, lots: bool) -> None:
        """The book, or the lots."""
        shown = (self.lot_table, self.lot_model) if lots else (self.table, self.model)
        self._tables.setCurrentWidget(shown[0] if shown[1].rowCount() else self._none)

    def _make_actions(self) -> None:
        self.write = Button(_("Ghi"), "primary", name="write_temperature")
        self.to_vaccines = Button(_("Tiêm &chủng"), "quiet", icon="syringe", name="fridge_to_vaccination")
        self.to_store = Button(_("&Kho"), "quiet", icon="box", name="to_supplies")
        self.add_one = Button(_("Thêm &tủ"), "quiet", icon="plus", name="add_fridge")
        self.edit_one = Button(_("Sửa t&ủ"), "quiet", icon="pencil", name="edit_fridge")
        self.paper = Button(_("&In sổ tháng"), icon="printer", name="print_fridge")
        self.excel = Button(_("&Excel"), "quiet", icon="download", name="fridge_xlsx")
        self.first = Button(_("Thêm tủ lạnh"), icon="plus", name="first_fridge")
        self.void = Button(_("&Xoá lần đo"), "quiet", name="void_reading")
        self.correct = Button(_("&Sửa lần đo"), icon="pencil", name="correct_reading")
        self.other = Button(_("Ghi &giờ khác"), icon="clock", keys="Ctrl+Shift+N", name="other_reading")
        self.undo = Button(_("&Lấy lại quyết định"), "quiet", name="undo_verdict")
        self.keep = Button(_("&Giữ lại, ghi vì sao"), name="keep_lot")
        self.aside = Button(_("Để &riêng, không dùng"), "primary", name="put_lot_aside")
        writing = (self.write, self.add_one, self.edit_one, self.first, self.void, self.correct, self.other)
        self._desk.guard(Right.ENTER, *writing, self.undo, self.keep, self.aside)
        self._desk.guard(Right.PRINT, self.paper)
        self._desk.guard(Right.EXPORT, self.excel)

    def _lay_out(self) -> None:
        self.set_head_actions(self.to_vaccines, self.to_store, self.add_one, self.edit_one, self.excel, self.paper)
        later = _("Thêm tủ đang giữ vắc xin; mỗi buổi chỉ gõ nhiệt độ rồi Enter, máy nhắc khi quên hoặc ngoài khoảng.")
        none = EmptyPage("pulse", _("Chưa có tủ nào"), later, self.first)
        self._none = EmptyPage("check", _("Không có dòng nào"), _("Đổi tháng hoặc bộ lọc để xem các dòng khác."))
        self._tables = QStackedWidget()
        for part in (self.table, self.lot_table, self._none):
            self._tables.addWidget(part)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._entry())
        column.addWidget(Line())
        self.chart_row = self._chart_row()
        column.addWidget(self.chart_row)
        column.addWidget(filter_bar(self.view, at_end=self.month))
        column.addWidget(Line())
        column.addWidget(self._tables, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(holder)
        self._stack.addWidget(none)
        self.add(self._stack, 1)

    def _entry(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(metrics.MARGIN, 8, metrics.MARGIN, 8)
        row.setSpacing(metrics.GAP)
        words = label(_("&Nhiệt độ bây giờ"), "body")
        words.setBuddy(self.temperature)
        for widget in (self.fridge, words, self.temperature, label("°C", "body", "muted"), self.write):
            row.addWidget(widget)
        row.addWidget(self.state, 1)
        return holder

    def _chart_row(self) -> QWidget:
        """The chart over its line; a month without readings has none."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.addWidget(self.chart, 1)
        column.addLayout(row)
        column.addWidget(Line())
        return holder
