"""One item of the store: its lots, every movement with what was left after it, and the acts that change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.supplies import ItemPage, LotLine, MovementLine, SupplyState
from covidstation.domain.supplies import LinkKind
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.services.changes import Changes, Kind
from covidstation.services.supplies.acts import take_back_movements
from covidstation.services.supplies.items import end_item
from covidstation.services.supplies.look import look_at_item
from covidstation.services.vaccination.thawing import thawed_lots
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import kept_as
from covidstation.ui.frame.page import Page
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import ask_reason, confirm
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.rows import SectionHead
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.supplies.columns import Thawed, lot_columns, movement_columns
from covidstation.ui.supplies.count_dialog import CountDialog
from covidstation.ui.supplies.dialogs import IssueDialog, LabelDialog, LotDialog, QuantityDialog, ReceiptDialog
from covidstation.ui.supplies.item_dialog import ItemDialog
from covidstation.ui.supplies.words import KINDS, MOVEMENTS, amount, lasts_text

_SOON = timedelta(days=90)


class SupplyOne(Page):
    """Lots above, movements below; Enter on a movement for a person opens that person."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("supply", _("Mặt hàng"), entry="supplies")
        self._desk = desk
        self._id: UUID | None = None
        self._page: ItemPage | None = None
        self._unit, self._vial = "", 0
        self._thawed: Thawed = {}
        self.lots: RecordModel[LotLine] = RecordModel(
            desk.tasks,
            lot_columns(lambda: self._unit, lambda: self._vial, lambda: self._thawed, lambda: desk.now().date(), _SOON),
            self,
        )
        self.lot_table = Table("lots_table", _("Các lô"), self.lots)
        self.moves: RecordModel[MovementLine] = RecordModel(desk.tasks, movement_columns(), self)
        self.move_table = Table("movements_table", _("Nhập, xuất"), self.moves)
        self._make_actions()
        self._lay_out()
        self._connect()

    def show_item(self, item_id: UUID) -> None:
        """That one; asked for when the page shows."""
        if item_id != self._id:
            self._page = None
            self.lots.set_records(())
            self.moves.set_records(())
        self._id = item_id
        self.banner.clear()

    def place(self) -> object:
        """The item."""
        return self._id

    def go_back(self, place: object) -> None:
        """Show it again."""
        if isinstance(place, UUID):
            self.show_item(place)

    def load(self) -> None:
        """Ask for all of it."""
        if self._id is not None:
            desk, wanted = self._desk, self._id
            db, catalog, today = desk.register.db, desk.catalog, desk.now().date()

            def look() -> tuple[ItemPage | None, Thawed]:
                thawed = thawed_lots(db, wanted, catalog=catalog, today=today)
                return look_at_item(db, wanted, catalog=catalog, today=today), thawed

            desk.ask(self, look, partial(self._show, wanted), self._failed)

    def refresh(self, changes: Changes) -> None:
        """Ask again when something in sight may have changed."""
        if changes & {Kind.SUPPLIES, Kind.CARE, Kind.PEOPLE, Kind.RULES}:
            self.load()

    def bar_actions(self) -> Sequence[QWidget]:
        """What can be done with the item and the lot that is chosen."""
        return (self.label, self.lot_act, self.count, self.issue, self.receive)

    def _make_actions(self) -> None:
        self.back = Button(_("&Danh sách kho"), "quiet", icon="box", name="to_supplies")
        self.edit = Button(_("Sửa mặt hàng"), "quiet", icon="pencil", keys="Ctrl+E", name="edit_supply")
        self.end = Button(_("&Ngừng dùng"), "quiet", name="end_supply")
        self.label = Button(_("Sửa &lô"), "quiet", name="edit_lot")
        self.lot_act = Button(_("Huỷ, mất, &trả…"), "quiet", name="move_lot")
        self.count = Button(_("Kiểm kê"), keys="Ctrl+Shift+K", name="count_supply")
        self.issue = Button(_("Xuất"), keys="Ctrl+Shift+X", name="issue_supply")
        self.receive = Button(_("Nhập"), "primary", icon="plus", keys="Ctrl+Shift+N", name="receive_supply")
        self.correct = Button(_("&Sửa số"), "quiet", icon="pencil", name="correct_movement")
        self.undo = Button(_("Th&u lại dòng"), "quiet", icon="refresh", name="take_back_movement")

    def _lay_out(self) -> None:
        self.set_head_actions(self.back, self.end, self.edit)
        self.add(self.lot_table, 2)
        hint = _("mới nhất ở trên; dòng ghi tay thì sửa hoặc thu lại được")
        head = SectionHead(_("Nhập, xuất"), hint, self.correct, self.undo)
        head.setFixedHeight(44)
        head.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        self.add(head)
        self.add(self.move_table, 3)

    def _connect(self) -> None:
        desk, said = self._desk, _("Đã ghi vào kho")
        self.back.clicked.connect(lambda: desk.want_page.emit("supplies"))
        self.lot_table.current_changed.connect(lambda _lot: self._say())
        self.move_table.current_changed.connect(lambda _move: self._say())
        self.lots.loaded.connect(lambda _count: self._say())
        self.moves.loaded.connect(lambda _count: self._say())
        self.lot_table.opened.connect(lambda _lot: self._with_lot(self._move_lot))
        self.move_table.opened.connect(self._open_person)
        self.edit.clicked.connect(self._edit)
        self.end.clicked.connect(self._end)
        self.receive.clicked.connect(lambda: run_dialog(desk, ReceiptDialog(desk, self, self._id), said))
        self.issue.clicked.connect(lambda: run_dialog(desk, IssueDialog(desk, self, self._id), said))
        self.count.clicked.connect(lambda: run_dialog(desk, CountDialog(desk, self, self._id), _("Đã ghi kiểm kê")))
        self.label.clicked.connect(lambda: self._with_lot(self._edit_label))
        self.lot_act.clicked.connect(lambda: self._with_lot(self._move_lot))
        self.correct.clicked.connect(self._correct)
        self.undo.clicked.connect(self._undo)

    def _with_lot(self, act: Callable[[ItemPage, LotLine], object]) -> None:
        lot = self.lot_table.current_record()
        if self._page is not None and lot is not None:
            act(self._page, lot)

    def _move_lot(self, page: ItemPage, lot: LotLine) -> None:
        dialog = LotDialog(self._desk, self, page.item.title, page.item.unit, lot)
        run_dialog(self._desk, dialog, _("Đã ghi vào kho"))

    def _edit_label(self, _page: ItemPage, lot: LotLine) -> None:
        run_dialog(self._desk, LabelDialog(self._desk, self, lot), _("Đã sửa lô"))

    def _edit(self) -> None:
        if self._page is not None:
            known = (self._page.id, self._page.item)
            run_dialog(self._desk, ItemDialog(self._desk, self, known), _("Đã sửa mặt hàng"))

    def _end(self) -> None:
        page, desk = self._page, self._desk
        if page is None:
            return
        again = page.ended_on is not None
        text = _("Mặt hàng sẽ không còn trong danh sách đang dùng; sổ cũ vẫn giữ, dùng lại lúc nào cũng được.")
        if not again and not confirm(self, _("Ngừng dùng {name}?").format(name=page.item.title), text, act=_("Ngừng")):
            return
        op = partial(end_item, desk.register.db, page.id, by=desk.register.user_id, now=desk.now(), again=again)
        desk.act(self, op, lambda _none: desk.said.emit(_("Đã ghi vào kho")), self._failed)

    def _correct(self) -> None:
        line = self.move_table.current_record()
        if self._page is not None and line is not None:
            dialog = QuantityDialog(self._desk, self, self._page.item.unit, line)
            run_dialog(self._desk, dialog, _("Đã sửa số"))

    def _undo(self) -> None:
        line, desk = self.move_table.current_record(), self._desk
        if line is None:
            return
        asking = kept_as(desk, "take_back_movement", line.id)
        what = _(MOVEMENTS[line.kind])
        title = _("Thu lại dòng {what} ngày {day}?").format(what=what.lower(), day=date_text(line.day))
        text = _("Dòng này không còn tính vào kho nữa, nhưng vẫn được giữ trong sổ cùng lý do.")
        reason = ask_reason(self, title, text, act=_("Thu lại"), reason=_("Lý do"), keep=asking, heavy=True)
        if reason:
            register = desk.register
            name = register.user_name or ""
            op = partial(
                take_back_movements, register.db, [line.id], reason, by=register.user_id, now=desk.now(), by_name=name
            )
            desk.act(self, op, lambda _n: desk.said.emit(_("Đã thu lại")), self._failed, draft=asking.settled)

    def _open_person(self, line: MovementLine) -> None:
        if line.person_id is not None:
            self._desk.want_person.emit(line.person_id)

    def _failed(self, trouble: UserError) -> None:
        problems = getattr(trouble, "problems", ())
        self.banner.show_message("danger", sentence(problems[0] if problems else trouble))

    def _show(self, wanted: UUID, found: tuple[ItemPage | None, Thawed]) -> None:
        if wanted != self._id:
            return
        page, self._thawed = found
        self._page = page
        if page is None:
            self.banner.show_message("warn", _("Không còn thấy mặt hàng này trong kho. Mở lại trang Kho."))
            return
        self._unit, self._vial = page.item.unit, page.line.vial
        self.lots.set_records(page.lots)
        self.moves.set_records(page.movements)
        line = page.line
        lasts = _("đủ dùng {days}").format(days=lasts_text(line)) if line.lasts is not None else ""
        low = _("mức thiếu {n}").format(n=amount(line.low_level, line.unit)) if line.low_level else ""
        left = _("còn dùng được {n}").format(n=amount(line.usable, line.unit))
        about = (_(KINDS[page.item.kind.value]), page.item.form, ", ".join(page.item.substances), page.item.atc)
        self.set_title(page.item.title, " · ".join(filter(None, (left, lasts, low, *about))))
        self.end.setText(_("&Dùng lại") if page.ended_on else _("&Ngừng dùng"))
        if SupplyState.WRONG in line.states:
            words = _("Sổ của một lô đang âm: máy đã được phục hồi và sổ cũ về sau. Đếm lại bằng “Kiểm kê” là đúng.")
            self.banner.show_message("warn", words)
        else:
            self.banner.clear()
        self._say()

    def _say(self) -> None:
        """What can be done with what is chosen."""
        lot, move = self.lot_table.current_record(), self.move_table.current_record()
        there = self._page is not None
        for button in (self.edit, self.end, self.receive, self.issue, self.count):
            button.setEnabled(there)
        for button in (self.label, self.lot_act):
            button.setEnabled(there and lot is not None)
        by_hand = move is not None and move.link_kind == LinkKind.NONE.value
        self.correct.setEnabled(by_hand)
        self.undo.setEnabled(by_hand)
