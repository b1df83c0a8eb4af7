"""Kho: every item of the store with what is left, how long it lasts and what it asks for; Enter opens one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget

from covidstation.db.queries.supplies import SupplyLine, SupplyState, SupplyView, match_supplies
from covidstation.domain.supplies import SupplyKind
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Changes, Kind
from covidstation.services.supplies.look import StoreLook, look_at_store
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.register_page import filter_bar
from covidstation.ui.supplies.allotted import Allotted
from covidstation.ui.supplies.columns import item_columns
from covidstation.ui.supplies.count_dialog import CountDialog
from covidstation.ui.supplies.dialogs import IssueDialog, ReceiptDialog
from covidstation.ui.supplies.item_dialog import ItemDialog
from covidstation.ui.supplies.ledger import LedgerDialog
from covidstation.ui.supplies.words import KINDS

_KINDS = frozenset((Kind.SUPPLIES, Kind.EPISODES, Kind.RULES, Kind.STATION, Kind.DISTRICT))
ALLOTTED: Final = "allotted"
_TYPING_MS: Final = 150
_NEVER: Final = 10**9
_GRAVE: Final = {state: at for at, state in enumerate(SupplyState)}
_SORTS: Final[Mapping[str, Callable[[SupplyLine], Any]]] = {
    "title": lambda line: line.sort_key,
    "kind": lambda line: (line.kind, line.sort_key),
    "left": lambda line: (line.usable, line.sort_key),
    "lasts": lambda line: (_NEVER if line.lasts is None else line.lasts, line.sort_key),
    "expiry": lambda line: (line.expiry or date.max, line.sort_key),
    "state": lambda line: (_GRAVE[line.state], line.sort_key),
}


class SuppliesPage(Page):
    """The whole store is in memory: a filter or a sort asks nobody."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("supplies", _("Kho"))
        self._desk = desk
        self._look: StoreLook | None = None
        self._sort, self._descending = "title", False
        self.model: RecordModel[SupplyLine] = RecordModel(desk.tasks, item_columns(lambda: desk.now().date()), self)
        self.table = Table("supplies_table", _("Danh sách kho"), self.model)
        titles = (
            (SupplyView.KEPT, _("Đang dùng")),
            (SupplyView.SHORT, _("Hết, sắp thiếu")),
            (SupplyView.EXPIRING, _("Sắp hết hạn")),
            (SupplyView.EXPIRED, _("Hết hạn")),
            (SupplyView.ENDED, _("Ngừng dùng")),
        )
        ways = [*((key.value, words) for key, words in titles), (ALLOTTED, _("Chờ nhận"))]
        self.views = Segments("supply_filter", _("Lọc kho"), ways)
        self.allotted = Allotted(desk)
        kinds = [(None, _("Mọi loại")), *((SupplyKind(key), _(words)) for key, words in KINDS.items())]
        self.of_kind = Combo("supply_kind", _("Lọc theo loại"), kinds, width=140)
        hint = _("Tên, hoạt chất, mã ATC")
        self.typed = LineEdit("supply_text", _("Lọc theo tên, hoạt chất"), width=170, hint=hint, limit=100)
        self._make_actions()
        self._lay_out()
        self._connect()

    def load(self) -> None:
        """Ask for everything anew."""
        desk = self._desk
        op = partial(look_at_store, desk.register.db, catalog=desk.catalog, today=desk.now().date())
        desk.ask(self, op, self._show, self._failed)
        self.allotted.load()
        QTimer.singleShot(0, self, lambda: self._take_focus() if self.isVisible() else None)

    def refresh(self, changes: Changes) -> None:
        """Ask again when something in sight may have changed."""
        if changes & _KINDS:
            self.load()

    def show_part(self, part: str) -> None:
        """`expired`, `short`, `expiring`, `allotted`: that view; `ledger` opens the ledger."""
        if part == "ledger":
            self._open_ledger()
        elif part in [ALLOTTED, *(view.value for view in SupplyView)]:
            self.views.set_value(part)
            self._fill()

    def _make_actions(self) -> None:
        self.ledger = Button(_("Sổ &kho"), "quiet", icon="document", name="show_ledger")
        self.fridge = Button(_("&Tủ lạnh"), "quiet", icon="pulse", name="to_fridge")
        self.add_one = Button(_("Thêm &mặt hàng"), "quiet", icon="plus", name="add_supply")
        self.count = Button(_("Kiểm kê"), keys="Ctrl+Shift+K", name="count_supplies")
        self.issue = Button(_("Xuất"), keys="Ctrl+Shift+X", name="issue_supplies")
        self.receive = Button(_("Nhập"), "primary", icon="plus", keys="Ctrl+Shift+N", name="receive_supplies")
        self.first = Button(_("Nhập kho"), icon="plus", name="first_supply")

    def _lay_out(self) -> None:
        self.set_head_actions(self.fridge, self.ledger, self.add_one, self.count, self.issue, self.receive)
        later = _(
            "Gõ vài chữ là có thuốc, test, vật tư thường dùng. Nhập tồn hiện có trước, sổ tự trừ khi phát cho F0."
        )
        self._none_yet = EmptyPage("box", _("Kho chưa có mặt hàng nào"), later, self.first)
        self._none_found = EmptyPage("filter", _("Không có mặt hàng nào khớp"), _("Đổi bộ lọc, hoặc xoá chữ đang lọc."))
        self._stack = QStackedWidget()
        for part in (self.table, self._none_yet, self._none_found, self.allotted):
            self._stack.addWidget(part)
        self.add(filter_bar(self.views, self.of_kind, self.typed))
        self.add(Line())
        self.add(self._stack, 1)
        self.table.show_sorted(self._sort)

    def _connect(self) -> None:
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self._fill)
        self.typed.textChanged.connect(lambda _text: self._typing.start())
        self.views.chosen.connect(lambda _key: self._fill())
        self.of_kind.picked.connect(lambda _key: self._fill())
        self.table.sort_asked.connect(self._sort_by)
        self.table.opened.connect(lambda line: self._desk.want_supply.emit(line.id))
        self.allotted.counted.connect(partial(self.views.set_count, ALLOTTED))
        self.allotted.failed.connect(self._failed)
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self.typed.setFocus)
        self.ledger.clicked.connect(self._open_ledger)
        self.fridge.clicked.connect(lambda: self._desk.want_page.emit("fridge"))
        desk, said = self._desk, _("Đã ghi vào kho")
        self.add_one.clicked.connect(lambda: run_dialog(desk, ItemDialog(desk, self), _("Đã thêm mặt hàng")))
        self.count.clicked.connect(lambda: run_dialog(desk, CountDialog(desk, self), _("Đã ghi kiểm kê")))
        self.issue.clicked.connect(lambda: run_dialog(desk, IssueDialog(desk, self), said))
        for button in (self.receive, self.first):
            button.clicked.connect(lambda: run_dialog(desk, ReceiptDialog(desk, self), said))

    def _show(self, look: StoreLook) -> None:
        self._look = look
        for view, count in look.counts.items():
            self.views.set_count(view.value, count)
        words = _("{n} mặt hàng").format(n=look.counts[SupplyView.KEPT])
        rule = "" if look.rule.confirmed else _("báo trước hạn {days} ngày").format(days=look.rule.expiring_days)
        self.set_title(_("Kho"), " · ".join(filter(None, (words, rule))))
        self._fill()

    def _failed(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))

    def _take_focus(self) -> None:
        """The keyboard starts in the list in sight."""
        if self.views.value() == ALLOTTED:
            self.allotted.take_focus()
        else:
            self.table.setFocus()

    def _fill(self) -> None:
        papers = self.views.value() == ALLOTTED
        for one in (self.of_kind, self.typed):
            one.setVisible(not papers)
        if papers:
            self._stack.setCurrentWidget(self.allotted)
            return
        if self._look is None:
            return
        view, kind = SupplyView(self.views.value()), self.of_kind.value()
        found = match_supplies(self._look.lines, view, kind=kind, typed=self.typed.value())
        found.sort(key=_SORTS[self._sort], reverse=self._descending)
        self.model.set_records(found)
        empty = self._none_found if self._look.lines else self._none_yet
        self._stack.setCurrentWidget(self.table if found else empty)

    def _sort_by(self, key: str, descending: bool) -> None:
        self._sort, self._descending = key, descending
        self._fill()

    def _open_ledger(self) -> None:
        dialog = LedgerDialog(self._desk, self)
        dialog.exec()
        dialog.deleteLater()
