"""Rà từng nhà: how far a round has come by hamlet, and the doors of a hamlet in walking order; Enter opens a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from covidstation.db.queries.reviews import DoorFilter, DoorLine, HamletProgress, ReviewLine, doors, reviews, trips
from covidstation.domain.reviews import DoorResult, Progress, ReviewPack, pack_named, progress_of
from covidstation.domain.rights import Right
from covidstation.i18n import _, date_text
from covidstation.services.changes import Changes, Kind
from covidstation.ui.area import AreaBox
from covidstation.ui.desk import Desk
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.register_page import filter_bar
from covidstation.ui.reviews.acts import RoundActs, RoundSight
from covidstation.ui.reviews.dialogs import StartDialog
from covidstation.ui.reviews.door import DoorDialog
from covidstation.ui.reviews.words import RESULTS, result_cell

_KINDS = frozenset((Kind.REVIEWS, Kind.PEOPLE, Kind.PLACES))
_SIDE: Final = 440
Found = tuple[tuple[ReviewLine, ...], tuple[DoorLine, ...], tuple[str, ...]]


class ReviewsPage(RoundSight):
    """The round that is chosen; its hamlets at the left, their doors at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("reviews", _("Rà từng nhà"), entry="households")
        self._desk = desk
        self._rounds: tuple[ReviewLine, ...] = ()
        self._doors: tuple[DoorLine, ...] = ()
        self.round = Combo("review_round", _("Đợt rà"), width=250)
        self.mine = AreaBox(desk, self, self.load)
        self.trip = Combo("review_trip", _("Lọc theo đường đi"), [("", _("Mọi đường đi"))], width=170)
        results: list[tuple[DoorResult | None, str]] = [(None, _("Mọi kết quả"))]
        results += [(one, _(words)) for one, words in RESULTS.items()]
        self.result = Combo("review_result", _("Lọc theo kết quả"), results, width=150)
        self.hamlets: RecordModel[HamletProgress] = RecordModel(desk.tasks, progress_columns(), self)
        self.progress = Table("review_hamlets", _("Tiến độ theo bản"), self.hamlets)
        self.model: RecordModel[DoorLine] = RecordModel(desk.tasks, door_columns(), self)
        self.table = Table("review_doors", _("Các hộ theo đường đi"), self.model)
        self._acts = RoundActs(desk, self)
        self._make_actions()
        self._lay_out()
        self._connect()

    def load(self) -> None:
        """The rounds, then the doors of the one that is chosen."""
        self.mine.ask(self._ask)

    def refresh(self, changes: Changes) -> None:
        """Ask again when something in sight may have changed."""
        if changes & _KINDS:
            self.load()

    def bar_actions(self) -> Sequence[QWidget]:
        """What can be done with the doors that are chosen."""
        return (self.up, self.down, self.undo, self.refused, self.away, self.sheets, self.enter)

    def _make_actions(self) -> None:
        self.back = Button(_("&Danh sách hộ"), "quiet", icon="home", name="reviews_to_households")
        self.people = Button(_("Người cần &quan tâm"), "quiet", icon="heart", name="to_vulnerable")
        self.paper = Button(_("In tiến độ"), "quiet", icon="printer", name="print_progress")
        self.end = Button(_("&Kết thúc đợt"), "quiet", name="end_review")
        self.start = Button(_("Đợt mới"), icon="plus", keys="Ctrl+Shift+N", name="start_review")
        self.first = Button(_("Bắt đầu đợt rà"), icon="plus", name="first_review")
        self.up = Button(_("Lên"), "quiet", keys="Ctrl+Up", name="door_up")
        self.down = Button(_("Xuống"), "quiet", keys="Ctrl+Down", name="door_down")
        self.undo = Button(_("&Bỏ kết quả"), "quiet", icon="refresh", name="void_door")
        self.refused = Button(_("Từ c&hối"), name="door_refused")
        self.away = Button(_("&Vắng nhà"), name="door_away")
        self.sheets = Button(_("&In phiếu"), icon="printer", name="print_sheets")
        self.enter = Button(_("Nhập phiếu"), "primary", icon="pencil", keys="Ctrl+E", name="enter_door")
        writing = (self.up, self.down, self.undo, self.refused, self.away, self.enter)
        self._desk.guard(Right.PRINT, self.paper, self.sheets)
        self._desk.guard(Right.ENTER, *writing, self.end, self.start, self.first)

    def _lay_out(self) -> None:
        self.set_head_actions(self.back, self.people, self.paper, self.end, self.start)
        sides = QHBoxLayout()
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(0)
        self.progress.setFixedWidth(_SIDE)
        sides.addWidget(self.progress)
        sides.addWidget(Line(vertical=True))
        sides.addWidget(self.table, 1)
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(filter_bar(self.round, self.mine, self.trip, self.result))
        column.addWidget(Line())
        column.addLayout(sides, 1)
        later = _("Một đợt rà đi qua mọi hộ: in phiếu theo đường đi, nhập lại từng hộ, biết ai cần được quan tâm.")
        self._empty = EmptyPage("home", _("Chưa có đợt rà nào"), later, self.first)
        self._stack = QStackedWidget()
        self._stack.addWidget(both)
        self._stack.addWidget(self._empty)
        self.add(self._stack, 1)

    def _connect(self) -> None:
        desk = self._desk
        self.back.clicked.connect(lambda: desk.want_page.emit("households"))
        self.people.clicked.connect(lambda: desk.want_page.emit("vulnerable"))
        for button in (self.start, self.first):
            button.clicked.connect(lambda: run_dialog(desk, StartDialog(desk, self), _("Đã bắt đầu đợt rà")))
        self.end.clicked.connect(self._acts.end)
        self.paper.clicked.connect(self._acts.print_progress)
        self.sheets.clicked.connect(self._acts.print_sheets)
        self.enter.clicked.connect(lambda: self._open(self.table.current_record()))
        self.table.opened.connect(self._open)
        self.away.clicked.connect(partial(self._acts.knock, DoorResult.AWAY))
        self.refused.clicked.connect(partial(self._acts.knock, DoorResult.REFUSED))
        self.undo.clicked.connect(self._acts.void)
        self.up.clicked.connect(partial(self._acts.move, -1))
        self.down.clicked.connect(partial(self._acts.move, 1))
        self.round.picked.connect(lambda _key: self.load())
        for combo in (self.trip, self.result):
            combo.picked.connect(lambda _key: self._fill())
        self.progress.current_changed.connect(lambda _one: self._fill())
        self.progress.opened.connect(lambda _one: self.table.setFocus())
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._say())

    def _ask(self) -> None:
        db, wanted, area = self._desk.register.db, self.round.value(), self.mine.area.filter

        def found() -> Found:
            known = reviews(db)
            one = next((review.id for review in known if review.id == wanted), known[0].id if known else None)
            lines = doors(db, one, DoorFilter(area)) if one is not None else ()
            return known, lines, trips(db, area)

        self._desk.ask(self, found, self._show, self.failed)

    def _show(self, found: Found) -> None:
        self._rounds, self._doors, ways = found
        self._stack.setCurrentIndex(0 if self._rounds else 1)
        titles = [
            (one.id, one.title if one.runs else _("{title} (đã xong)").format(title=one.title)) for one in self._rounds
        ]
        self.round.set_choices(titles)
        self.trip.set_choices([("", _("Mọi đường đi")), *((one, one) for one in ways)])
        chosen = self.progress.current_record()
        self.hamlets.set_records(by_hamlet(self._doors))
        self._choose(chosen)
        self._fill()
        self._say_title()

    def _choose(self, kept: HamletProgress | None) -> None:
        """The hamlet that was chosen before, else the sum on top."""
        rows = [self.hamlets.record(row) for row in range(self.hamlets.rowCount())]
        at = next((row for row, one in enumerate(rows) if kept and one and one.hamlet_id == kept.hamlet_id), 0)
        self.progress.setCurrentIndex(self.hamlets.index(at, 0))

    def _fill(self) -> None:
        """The doors of the hamlet that is chosen, as they are filtered."""
        chosen, kept = self.progress.current_record(), self.kept
        one_hamlet = chosen is not None and self.progress.currentIndex().row() > 0
        self.shown = tuple(
            door
            for door in self._doors
            if (not one_hamlet or (chosen is not None and door.hamlet_id == chosen.hamlet_id))
            and (not self.trip.value() or door.trip == self.trip.value())
            and (self.result.value() is None or door.result is self.result.value())
        )
        self.model.set_records(self.shown)
        at = next((row for row, one in enumerate(self.shown) if one.key == kept), 0)
        if self.shown:
            self.table.setCurrentIndex(self.model.index(at, 0))
        self._say()

    def _say_title(self) -> None:
        one, total = self.current_round(), progress_of(door.result for door in self._doors)
        if one is None:
            self.set_title(_("Rà từng nhà"))
            return
        words = _("đã rà {done} / {all} hộ · hạn {last}")
        told = words.format(done=total.done, all=total.households, last=date_text(one.last_day))
        self.set_title(_("Rà từng nhà"), told)
        self.end.set_text(_("&Kết thúc đợt") if one.runs else _("&Mở lại đợt"))

    def _say(self) -> None:
        """What can be done with what is chosen."""
        one, running = self.table.current_record(), self._running()
        for button in (self.enter, self.away, self.refused):
            button.setEnabled(running and one is not None)
        self.undo.setEnabled(running and one is not None and one.visit_id is not None)
        in_way = self.progress.currentIndex().row() > 0 and not self.trip.value() and self.result.value() is None
        row = self.table.currentIndex().row()
        homes = sum(door.household_id is not None for door in self.shown)  # who has none stands last
        self.up.setEnabled(in_way and 0 < row < homes)
        self.down.setEnabled(in_way and 0 <= row < homes - 1)
        self.sheets.setEnabled(bool(self.shown))
        self.paper.setEnabled(bool(self._doors))
        self.end.setEnabled(self.current_round() is not None)

    def current_round(self) -> ReviewLine | None:
        """The round that is chosen."""
        return next((one for one in self._rounds if one.id == self.round.value()), None)

    def _running(self) -> bool:
        one = self.current_round()
        return one is not None and one.runs

    def _pack(self, one: ReviewLine) -> ReviewPack:
        return pack_named(self._desk.catalog.review_packs, one.pack, one.first_day)

    def _open(self, door: DoorLine | None) -> None:
        one = self.current_round()
        if one is None or door is None or not self._desk.may(Right.ENTER):
            return
        if not one.runs:
            self.banner.show_message("info", _("Đợt này đã kết thúc. Mở lại đợt rồi nhập tiếp."))
            return
        self.kept = door.key
        dialog = DoorDialog(self._desk, self, one, self._pack(one), self.shown, self.shown.index(door))
        dialog.exec()
        dialog.deleteLater()


def by_hamlet(lines: Sequence[DoorLine]) -> list[HamletProgress]:
    """The sum of all doors first, then each hamlet."""
    parts: dict[tuple[UUID | None, str], list[DoorResult]] = {}
    for one in lines:
        parts.setdefault((one.hamlet_id, one.hamlet), []).append(one.result)
    each = [HamletProgress(key, name or _("chưa rõ bản"), progress_of(some)) for (key, name), some in parts.items()]
    total = sum((one.progress for one in each), Progress())
    return [HamletProgress(None, _("Tất cả"), total), *each]


def progress_columns() -> tuple[Column[HamletProgress], ...]:
    """Done of all, then what is left to do."""

    def number(value: int, ink: Any = "text") -> Cell:
        return Cell(f"{value}" if value else "–", ink=ink if value else "muted")

    return (
        Column("hamlet", _("Bản"), lambda one: Cell(one.hamlet, "name")),
        Column("done", _("Đã rà"), lambda one: Cell(f"{one.progress.done} / {one.progress.households}"), 84, "right"),
        Column("away", _("Vắng"), lambda one: number(one.progress.away, "warn"), 58, "right"),
        Column("refused", _("Từ chối"), lambda one: number(one.progress.refused), 68, "right"),
        Column("left", _("Chưa đến"), lambda one: number(one.progress.left), 80, "right"),
    )


def door_columns() -> tuple[Column[DoorLine], ...]:
    """In walking order."""

    def order(one: DoorLine) -> Cell:
        return Cell(f"{one.walk_order}" if one.walk_order is not None else "–", ink="muted")

    def head(one: DoorLine) -> Cell:
        if one.household_id is None:
            return Cell(one.head, "name", small=_("chưa có hộ trong sổ"))
        return Cell(one.head or _("chưa ghi chủ hộ"), "name", small=_("{n} người").format(n=one.people))

    def day(one: DoorLine) -> Cell:
        return Cell(f"{one.day:%d/%m}" if one.day else "", ink="muted", small=one.note)

    return (
        Column("order", _("Số"), order, 64),
        Column("head", _("Chủ hộ"), head, 220),
        Column("result", _("Kết quả"), lambda one: result_cell(one.result), 110),
        Column("trip", _("Đường đi"), lambda one: Cell(one.trip, ink="muted"), 110),
        Column("day", _("Ngày, ghi chú"), day),
    )
