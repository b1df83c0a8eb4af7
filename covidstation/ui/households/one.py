"""One household: who lives in it, what they are to the head, who came and went, and the acts that change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.db.queries.households import HouseholdMember, HouseholdPage, household_page
from covidstation.db.queries.residence import Moved, moves_of_household
from covidstation.domain.citizen import grouped
from covidstation.domain.residence import Relation
from covidstation.errors import UserError
from covidstation.i18n import _, date_text, ngettext
from covidstation.messages import sentence
from covidstation.services.changes import Changes, Kind
from covidstation.services.households.leaving import undo_change
from covidstation.ui.case_words import SEXES, age_words, said
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.households.arriving import ArrivalDialog, BirthDialog
from covidstation.ui.households.moving import (
    DeathDialog,
    HomeDialog,
    LeaveDialog,
    MemberDialog,
    MoveDialog,
    SettleDialog,
)
from covidstation.ui.households.words import CHANGES, RELATIONS, change_words, living_words
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.labels import ElidedLabel
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.rows import SectionHead
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.person.dialogs import ActDialog

_KINDS = frozenset((Kind.PEOPLE, Kind.PLACES, Kind.EPISODES, Kind.STATION))
Found = tuple[HouseholdPage | None, tuple[Moved, ...]]


class HouseholdOne(Page):
    """Enter in the table opens the person; the bar at the foot acts on those that are chosen."""

    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__("household", _("Hộ"), entry="households")
        self._desk = desk
        self._id: UUID | None = None
        self._page: HouseholdPage | None = None
        today = desk.now().date()
        self.model: RecordModel[HouseholdMember] = RecordModel(desk.tasks, member_columns(today), self)
        self.table = Table("members_table", _("Người trong hộ"), self.model)
        self.moves: RecordModel[Moved] = RecordModel(desk.tasks, move_columns(), self)
        self.history = Table("moves_table", _("Ai đến, ai đi"), self.moves)
        self._make_actions()
        self._lay_out()
        self._connect()

    def show_household(self, household_id: UUID) -> None:
        """That one; asked for when the page shows."""
        if household_id != self._id:
            self._page = None
            self.model.set_records(())
            self.moves.set_records(())
        self._id = household_id
        self.banner.clear()

    def place(self) -> object:
        """The household."""
        return self._id

    def go_back(self, place: object) -> None:
        """Show it again."""
        if isinstance(place, UUID):
            self.show_household(place)

    def load(self) -> None:
        """Ask for all of it."""
        if self._id is None:
            return
        db, wanted, today = self._desk.register.db, self._id, self._desk.now().date()

        def found() -> Found:
            return household_page(db, wanted, day=today), moves_of_household(db, wanted)

        self._desk.ask(self, found, partial(self._show, wanted), self._failed)

    def refresh(self, changes: Changes) -> None:
        """Ask again when something in sight may have changed."""
        if changes & _KINDS:
            self.load()

    def bar_actions(self) -> Sequence[QWidget]:
        """What can be done with those that are chosen."""
        return (self.relation, self.settle, self.death, self.leave, self.to_other, self.birth, self.arrive)

    def _make_actions(self) -> None:
        self.edit = Button(_("Sửa hộ"), "quiet", icon="pencil", keys="Ctrl+E", name="edit_home")
        self.relation = Button(_("&Quan hệ"), "quiet", name="set_relation")
        self.settle = Button(_("&Tạm trú"), "quiet", name="settle_member")
        self.death = Button(_("Mất"), "quiet", keys="Ctrl+Shift+D", name="member_died")
        self.leave = Button(_("Chuyển khỏi &xã"), name="members_leave")
        self.to_other = Button(_("Chuyển &hộ"), name="members_move")
        self.birth = Button(_("Bé mới &sinh"), name="add_birth")
        self.arrive = Button(_("Thêm người"), "primary", icon="plus", keys="Ctrl+Shift+N", name="add_member")
        self.undo = Button(_("H&oàn tác"), "quiet", icon="refresh", name="undo_move")
        self.back = Button(_("&Danh sách hộ"), "quiet", icon="home", name="to_households")

    def _lay_out(self) -> None:
        self.set_head_actions(self.back, self.edit)
        self.charge = ElidedLabel("", "hint", "muted")
        holder = QWidget()
        holder.setFixedHeight(metrics.GROUP_ROW + 4)
        row = QHBoxLayout(holder)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.addWidget(self.charge)
        self.add(holder)
        self.add(self.table, 3)
        head = SectionHead(_("Ai đến, ai đi"), _("mới nhất ở trên; việc cuối cùng hoàn tác được"), self.undo)
        head.setFixedHeight(44)
        head.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        self.add(head)
        self.add(self.history, 2)

    def _connect(self) -> None:
        desk = self._desk
        self.table.opened.connect(lambda one: desk.want_person.emit(one.id))
        self.history.opened.connect(lambda one: desk.want_person.emit(one.person_id))
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._say())
        self.history.current_changed.connect(lambda _one: self._say())
        self.model.loaded.connect(lambda _count: self._say())
        self.moves.loaded.connect(lambda _count: self._say())
        self.back.clicked.connect(lambda: desk.want_page.emit("households"))
        self.undo.clicked.connect(self._undo)
        home: dict[Button, tuple[Callable[[HouseholdPage], ActDialog], str]] = {
            self.edit: (lambda page: HomeDialog(desk, self, page), _("Đã sửa hộ")),
            self.arrive: (lambda page: ArrivalDialog(desk, self, page), _("Đã thêm người")),
            self.birth: (lambda page: BirthDialog(desk, self, page), _("Đã ghi bé mới sinh")),
            self.to_other: (lambda page: MoveDialog(desk, self, page, self._chosen()), _("Đã chuyển hộ")),
            self.leave: (lambda page: LeaveDialog(desk, self, page, self._chosen()), _("Đã ghi chuyển khỏi xã")),
        }
        for button, (made, words) in home.items():
            button.clicked.connect(partial(self._with_home, made, words))
        one: dict[Button, tuple[Callable[[HouseholdPage, HouseholdMember], ActDialog], str]] = {
            self.death: (lambda page, who: DeathDialog(desk, self, page, who), _("Đã ghi")),
            self.settle: (lambda _page, who: SettleDialog(desk, self, who), _("Đã đổi cư trú")),
            self.relation: (lambda _page, who: MemberDialog(desk, self, who), _("Đã ghi quan hệ")),
        }
        for button, (asked, words) in one.items():
            button.clicked.connect(partial(self._with_one, asked, words))

    def _with_home(self, made: Callable[[HouseholdPage], ActDialog], words: str, _checked: bool = False) -> None:
        if self._page is not None:
            run_dialog(self._desk, made(self._page), words)

    def _with_one(
        self, made: Callable[[HouseholdPage, HouseholdMember], ActDialog], words: str, _checked: bool = False
    ) -> None:
        one = self.table.current_record()
        if self._page is not None and one is not None:
            run_dialog(self._desk, made(self._page, one), words)

    def _chosen(self) -> set[UUID]:
        rows = {index.row() for index in self.table.selectionModel().selectedRows()}
        return {one.id for one in map(self.model.record, rows) if one is not None}

    def _undo(self) -> None:
        moved, desk = self.history.current_record(), self._desk
        if moved is None or moved.act is None:
            return
        what = _(CHANGES.get(moved.kind, "")) or moved.kind
        text = _(
            "“{what}” ngày {day} của {name} và những người cùng lần đó sẽ trở lại như trước. Dòng này vẫn được giữ."
        )
        words = text.format(what=what, day=date_text(moved.day), name=moved.person)
        if not confirm(self, _("Hoàn tác việc này?"), words, act=_("Hoàn tác")):
            return
        register = desk.register
        op = partial(
            undo_change, register.db, moved.act, by=register.user_id, by_name=register.user_name, now=desk.now()
        )
        desk.act(self, op, lambda _count: desk.said.emit(_("Đã hoàn tác")), self._failed)

    def _failed(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))

    def _show(self, wanted: UUID, found: Found) -> None:
        if wanted != self._id:
            return
        self._page, moves = found
        page = self._page
        self.moves.set_records(moves)
        if page is None:
            self.banner.show_message("warn", _("Không còn thấy hộ này trong sổ. Mở lại danh sách hộ."))
            self.model.set_records(())
            return
        self.model.set_records(page.members)
        living = [one for one in page.members if not one.dead]
        count = ngettext("{n} người", "{n} người", len(living)).format(n=len(living))
        where = ", ".join(filter(None, (page.address, page.hamlet)))
        title = _("Hộ {head}").format(head=page.head) if page.head else _("Hộ chưa ghi chủ hộ")
        self.set_title(title, " · ".join(filter(None, (count, where))))
        people = [
            " ".join(filter(None, (one.name, f"({one.title})" if one.title else "", grouped(one.phone))))
            for one in page.in_charge
        ]
        self.charge.set_text(
            _("Phụ trách bản: {names}").format(names=" · ".join(people))
            if people
            else _("Bản này chưa có người phụ trách: ghi ở Cài đặt, Nhân lực.")
        )
        self._say()

    def _say(self) -> None:
        """What can be done with those that are chosen."""
        page, one, moved = self._page, self.table.current_record(), self.history.current_record()
        some = page is not None and any(not member.dead for member in page.members)
        alive = page is not None and one is not None and not one.dead
        for button in (self.edit, self.arrive, self.birth):
            button.setEnabled(page is not None)
        for button in (self.to_other, self.leave):
            button.setEnabled(some)
        self.settle.setEnabled(alive)
        self.death.setEnabled(alive)
        self.relation.setEnabled(alive and one is not None and not one.is_head)
        self.undo.setEnabled(moved is not None and moved.undoable)


def member_columns(today: date) -> tuple[Column[HouseholdMember], ...]:
    """The head first."""

    def relation(one: HouseholdMember) -> Cell:
        if one.is_head:
            return Cell(_("chủ hộ"), chip="plain")
        unknown = one.relation is Relation.UNKNOWN
        return Cell(_(RELATIONS[one.relation]), ink="muted" if unknown else "text")

    def state(one: HouseholdMember) -> Cell:
        if one.dead:
            return Cell(_("đã mất (F0)"), "hint", "muted")
        return Cell(_("F0"), "hint_strong", "danger", icon="alert") if one.case else Cell()

    return (
        Column("name", _("Họ và tên"), lambda one: Cell(one.full_name, "name"), 260),
        Column("relation", _("Quan hệ"), relation, 170),
        Column("age", _("Tuổi"), lambda one: Cell(age_words(one.birth, today) if one.birth else ""), 110),
        Column("sex", _("Giới"), lambda one: Cell(said(SEXES[one.sex])), 70),
        Column("living", _("Cư trú"), lambda one: Cell(living_words(one.living), ink="muted"), 120),
        Column("phone", _("Điện thoại"), lambda one: Cell(grouped(one.phone), ink="muted"), 130),
        Column("state", _("Tình trạng"), state),
    )


def move_columns() -> tuple[Column[Moved], ...]:
    """Who came and who left."""
    return (
        Column("day", _("Ngày"), lambda one: Cell(date_text(one.day)), 120),
        Column("kind", _("Việc"), lambda one: Cell(_(CHANGES.get(one.kind, "")) or one.kind, "strong"), 190),
        Column("person", _("Ai"), lambda one: Cell(one.person), 200),
        Column("words", _("Từ đâu, đến đâu"), lambda one: Cell(change_words(one), ink="muted"), 360),
        Column("by", _("Người ghi"), lambda one: Cell(one.by_name, "hint", "muted")),
    )
