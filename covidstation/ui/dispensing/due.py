"""Sắp hết thuốc: who has no medicine left or soon none, the longest first; handing out and the list for a round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.running_out import RunningOut, RunningOutList, RunningOutSort
from covidstation.db.queries.station import get_setting
from covidstation.domain.citizen import grouped
from covidstation.domain.rights import Right
from covidstation.domain.text import fold
from covidstation.errors import UserError
from covidstation.i18n import _, date_text, ngettext
from covidstation.messages import sentence
from covidstation.services.changes import Kind
from covidstation.services.dispensing.round import count_due, day_rule, look_ahead, medicine_round_pdf
from covidstation.ui.case_words import age_words
from covidstation.ui.desk import Desk
from covidstation.ui.dispensing.hand import HandDialog
from covidstation.ui.papers.handing import hand_out as to_printer
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.register_page import RegisterPage, filter_bar

MONTH = 30  # days of the longer look ahead


class DueView(StrEnum):
    """How far ahead; SOON asks the rule of the day."""

    OUT = "out"
    SOON = "soon"
    MONTH = "month"


class DuePage(RegisterPage[RunningOut]):
    """Enter opens the person at their medicines."""

    kinds = frozenset((Kind.CARE, Kind.CHRONIC, Kind.PEOPLE, Kind.PLACES, Kind.RULES))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "medicines_due", _("Sắp hết thuốc"), RunningOutSort.DAY, entry="chronic")
        self.model = RecordModel(desk.tasks, due_columns(desk), self)
        self.table = Table("due_table", _("Danh sách người sắp hết thuốc"), self.model)
        titles = (
            (DueView.OUT.value, _("Đã hết")), (DueView.SOON.value, _("Sắp hết")),
            (DueView.MONTH.value, _("Trong {count} ngày").format(count=MONTH)),
        )  # fmt: skip
        self.views = Segments("due_filter", _("Lọc theo ngày hết thuốc"), list(titles))
        self.views.set_value(DueView.SOON.value)
        self.hamlet = Combo("due_hamlet", _("Lọc theo bản"), [(None, _("Mọi bản"))], width=148)
        self.typed = LineEdit("due_text", _("Lọc trong bảng"), width=140, hint=_("Lọc trong bảng"), limit=100)
        self.hand = Button(_("&Cấp thuốc"), "primary", icon="pill", name="hand_medicines")
        self.paper = Button(_("&In danh sách cấp tại nhà"), icon="printer", name="print_round")
        self._words = label("", "hint", "muted")
        none = EmptyPage(
            "pill", _("Không ai sắp hết thuốc"), _("Ai sắp hết thuốc uống hằng ngày sẽ ở đây, kèm ngày hết.")
        )
        self.put_together(filter_bar(self.views, self.hamlet, self.typed), none_yet=none)
        self.set_head_actions(self.paper)
        desk.guard(Right.ENTER, self.hand)
        desk.guard(Right.PRINT, self.paper)
        self.views.chosen.connect(lambda _key: self.reload())
        self.hand.clicked.connect(self._hand)
        self.paper.clicked.connect(self._print)

    def show_part(self, part: str) -> None:
        """`out`, `soon` and `month` are the views."""
        if part in set(DueView):
            self.views.set_value(part)
            self.reload()

    def open_line(self, line: RunningOut) -> None:
        """The person, at what this page is about."""
        self._desk.want_taken.emit(line.person_id)

    def listing(self) -> Callable[[], RunningOutList]:
        """Who runs out, as it is filtered and sorted now."""
        desk, view, hamlet = self._desk, DueView(self.views.value()), self.hamlet.value()
        db, today = desk.register.db, desk.now().date()
        hamlets = None if hamlet is None else frozenset((hamlet,))
        words, sort, descending = fold(self.typed.value()), RunningOutSort(self._sort), self._descending

        def found() -> RunningOutList:
            ahead = {DueView.OUT: 0, DueView.MONTH: MONTH}.get(view)
            days = look_ahead(db, desk.catalog, today) if ahead is None else ahead
            return RunningOutList(db, today + timedelta(days=days), hamlets, words, sort, descending=descending)

        return found

    def counts(self) -> Callable[[], dict[DueView, int]]:
        """How many are in which view."""
        desk = self._desk
        db, today = desk.register.db, desk.now().date()

        def counted() -> dict[DueView, int]:
            return dict(zip(DueView, count_due(db, desk.catalog, today, ahead=MONTH), strict=True))

        return counted

    def show_counts(self, found: dict[DueView, int]) -> None:
        """Into the views and the title."""
        for view, count in found.items():
            self.views.set_count(view.value, count)
        out = found[DueView.OUT]
        words = ngettext("{n} người đã hết thuốc", "{n} người đã hết thuốc", out).format(n=out) if out else ""
        self.set_title(_("Sắp hết thuốc"), words)
        self.settle(found[DueView.MONTH])
        self.say_actions()

    def say_actions(self) -> None:
        """One person at a time is handed medicines; the list is of all that are shown."""
        chosen = self.chosen(2)
        one = chosen[0] if len(chosen) == 1 else None
        self._words.setText(one.full_name if one else _("Chọn một người để cấp thuốc"))
        self.hand.setEnabled(one is not None and self._desk.may(Right.ENTER))
        self.paper.setEnabled(self.model.rowCount() > 0 and self._desk.may(Right.PRINT))

    def bar_actions(self) -> Sequence[QWidget]:
        """What is done with the line in hand."""
        return (self.hand,)

    def bar_note(self) -> QWidget | None:
        """Who is chosen."""
        return self._words

    def _hand(self) -> None:
        for line in self.chosen(1):
            run_dialog(self._desk, HandDialog(self._desk, self, line.person_id), _("Đã ghi lần cấp thuốc"))

    def _print(self) -> None:
        desk, find = self._desk, self.listing()
        db, today = desk.register.db, desk.now().date()

        def made() -> tuple[bytes, str]:
            shown = find()
            days = day_rule(db, desk.catalog, today).default_days
            pdf = medicine_round_pdf(db, shown.all(), days=days, until=shown.until, catalog=desk.catalog, today=today)
            return pdf, get_setting(db, "printer")

        name = f"cap-thuoc-tai-nha-{today:%Y%m%d}.pdf"
        desk.ask(self, made, lambda one: to_printer(desk, self, one[0], one[1], name, self._failed), self._failed)

    def _failed(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))


def due_columns(desk: Desk) -> tuple[Column[RunningOut], ...]:
    """The day first: it is what the list is for."""

    def until(line: RunningOut) -> Cell:
        days = (line.runs_out_on - desk.now().date()).days
        if days < 0:
            return Cell(ngettext("hết {n} ngày rồi", "hết {n} ngày rồi", -days).format(n=-days), chip="red")
        if days == 0:
            return Cell(_("hết hôm nay"), chip="red")
        return Cell(ngettext("còn {n} ngày nữa", "còn {n} ngày nữa", days).format(n=days), chip="orange")

    def who(line: RunningOut) -> Cell:
        return Cell(line.full_name, "name", small=age_words(line.birth, desk.now().date()) if line.birth else "")

    return (
        Column("until", _("Thuốc"), until, 140, sort=RunningOutSort.DAY.value),
        Column("day", _("Ngày hết"), lambda line: Cell(date_text(line.runs_out_on), ink="muted"), 100),
        Column("who", _("Họ tên"), who, 230, sort=RunningOutSort.NAME.value),
        Column("hamlet", _("Bản"), lambda line: Cell(line.hamlet), 132, sort=RunningOutSort.HAMLET.value),
        Column("address", _("Địa chỉ"), lambda line: Cell(line.address)),
        Column("phone", _("Điện thoại"), lambda line: Cell(grouped(line.phone), ink="muted"), 130),
        Column("count", _("Số thuốc"), lambda line: Cell(str(line.medicines)), 84, "right"),
    )
