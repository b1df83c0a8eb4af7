"""Người cần quan tâm: the living list, each with a reason and a next step; nobody leaves it but by a closing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.station import get_setting
from covidstation.db.queries.vulnerable import (
    Gone,
    VulnerableCounts,
    VulnerableFilter,
    VulnerableLine,
    VulnerableList,
    VulnerableSort,
    count_vulnerable,
    list_vulnerable,
)
from covidstation.domain.citizen import grouped
from covidstation.domain.reviews import Question, reason_words
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _, date_text, ngettext
from covidstation.messages import sentence
from covidstation.services.changes import Kind
from covidstation.services.files import keep_file
from covidstation.services.reviews.papers import VulnerableSelection, listed_codes, vulnerable_pdf, vulnerable_xlsx
from covidstation.ui.area import AreaBox
from covidstation.ui.case_words import age_words
from covidstation.ui.desk import Desk
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.saving import choose_table
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.register_page import RegisterPage, filter_bar
from covidstation.ui.reviews.dialogs import CloseDialog, StepDialog
from covidstation.ui.reviews.words import GONE

ALL, LATE, LEFT = "all", "late", "gone"


class VulnerablePage(RegisterPage[VulnerableLine]):
    """Enter opens the person; the bar writes the next step or closes."""

    kinds = frozenset((Kind.REVIEWS, Kind.PEOPLE, Kind.PLACES, Kind.EPISODES))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "vulnerable", _("Người cần quan tâm"), VulnerableSort.DUE, entry="households")
        words, today = reason_words(desk.catalog.review_packs), lambda: desk.now().date()
        self.model = RecordModel(desk.tasks, columns(words, today), self)
        self.table = Table("vulnerable_table", _("Người cần quan tâm"), self.model)
        views = [(ALL, _("Tất cả")), (LATE, _("Quá hẹn")), (LEFT, _("Đã mất, đã đi"))]
        self.views = Segments("vulnerable_filter", _("Lọc danh sách"), views)
        self.reason = Combo("vulnerable_reason", _("Lọc theo lý do"), [("", _("Mọi lý do"))], width=190)
        self.hamlet = Combo("vulnerable_hamlet", _("Lọc theo bản"), [(None, _("Mọi bản"))], width=150)
        self.typed = LineEdit("vulnerable_text", _("Lọc theo tên"), width=130, hint=_("Tên"), limit=100)
        self.mine = AreaBox(desk, self, self.reload)
        self.back = Button(_("&Rà từng nhà"), "quiet", icon="home", name="to_reviews")
        self.printing = Button(_("&In"), "quiet", icon="printer", name="print_vulnerable")
        self.excel = Button(_("&Excel"), "quiet", icon="download", name="vulnerable_xlsx")
        self.close_one = Button(_("Đón&g, thôi quan tâm riêng"), icon="check", name="close_findings")
        self.step = Button(_("Việc tiếp theo"), "primary", icon="pencil", keys="Ctrl+E", name="next_step")
        later = _("Rà từng nhà, hoặc ở trang của một người, ghi ai cần quan tâm và việc tiếp theo là gì.")
        self.put_together(
            filter_bar(self.views, self.reason, self.hamlet, self.mine, self.typed),
            none_yet=EmptyPage("heart", _("Chưa có ai trong danh sách"), later),
        )
        self.set_head_actions(self.back, self.printing, self.excel)
        desk.guard(Right.ENTER, self.close_one, self.step)
        desk.guard(Right.PRINT, self.printing)
        desk.guard(Right.EXPORT, self.excel)
        self._connect()

    def bar_actions(self) -> Sequence[QWidget]:
        """What can be done with those that are chosen."""
        return (self.close_one, self.step)

    def load(self) -> None:
        """Whose area it is first, then the list."""
        self.mine.ask(super().load)

    def listing(self) -> Callable[[], VulnerableList]:
        """Those that are wanted now."""
        desk = self._desk
        return partial(
            list_vulnerable,
            desk.register.db,
            self._wanted(),
            day=desk.now().date(),
            listed=listed_codes(desk.catalog),
            sort=VulnerableSort(self._sort),
            descending=self._descending,
        )

    def counts(self) -> Callable[[], VulnerableCounts]:
        """How many there are, and why."""
        desk = self._desk
        listed = listed_codes(desk.catalog)
        area = self.mine.area.filter
        return partial(count_vulnerable, desk.register.db, day=desk.now().date(), listed=listed, hamlets=area)

    def show_counts(self, found: VulnerableCounts) -> None:
        """Into the filters and the title."""
        words = reason_words(self._desk.catalog.review_packs)
        reasons = [
            (code, _("{reason} ({n})").format(reason=one.short, n=found.by_reason.get(code, 0)))
            for code, one in words.items()
        ]
        self.reason.set_choices([("", _("Mọi lý do")), *reasons])
        for key, count in ((ALL, found.people), (LATE, found.overdue), (LEFT, found.gone)):
            self.views.set_count(key, count)
        told = ngettext("{n} người", "{n} người", found.people).format(n=found.people)
        self.set_title(_("Người cần quan tâm"), told)
        self.settle(sum(found.by_reason.values()))
        self.say_actions()

    def say_actions(self) -> None:
        """A step is of one person; several are closed together."""
        chosen = self.chosen(2)
        self.step.setEnabled(len(chosen) == 1)
        self.close_one.setEnabled(bool(chosen))

    def _connect(self) -> None:
        self.views.chosen.connect(lambda _key: self.reload())
        self.reason.picked.connect(lambda _key: self.reload())
        self.back.clicked.connect(lambda: self._desk.want_page.emit("reviews"))
        self.step.clicked.connect(self._step)
        self.close_one.clicked.connect(self._close)
        self.printing.clicked.connect(self._print)
        self.excel.clicked.connect(self._keep)

    def _wanted(self) -> VulnerableFilter:
        return VulnerableFilter(
            reason=self.reason.value() or "",
            hamlet_id=self.hamlet.value(),
            hamlets=self.mine.area.filter,
            overdue=self.views.value() == LATE,
            gone=self.views.value() == LEFT,
            typed=self.typed.value(),
        )

    def _selection(self) -> VulnerableSelection:
        parts = [self.views.title() if self.views.value() != ALL else ""]
        parts += [combo.currentText() for combo in (self.reason, self.hamlet) if combo.value()]
        words = ", ".join(filter(None, parts))
        return VulnerableSelection(self._wanted(), VulnerableSort(self._sort), self._descending, words)

    def _step(self) -> None:
        line = self.table.current_record()
        if line is not None:
            run_dialog(self._desk, StepDialog(self._desk, self, line), _("Đã ghi việc tiếp theo"))

    def _close(self) -> None:
        lines = self.chosen()
        if lines:
            run_dialog(self._desk, CloseDialog(self._desk, self, lines), _("Đã đóng"))

    def _print(self) -> None:
        desk, selection = self._desk, self._selection()
        db, today = desk.register.db, desk.now().date()

        def made() -> tuple[bytes, str]:
            return vulnerable_pdf(db, selection, catalog=desk.catalog, today=today), get_setting(db, "printer")

        name = "nguoi-can-quan-tam.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self._failed), self._failed)

    def _keep(self) -> None:
        desk, selection, today = self._desk, self._selection(), self._desk.now().date()
        path = choose_table(self, f"nguoi-can-quan-tam-{today.isoformat()}.xlsx")
        if path is None:
            return
        words = _("Đã lưu {name} vào {folder}.").format(name=path.name, folder=path.parent)

        def keep(data: bytes) -> None:
            desk.tasks.background(
                self, lambda: keep_file(path, data), lambda _path: desk.said.emit(words), self._failed
            )

        op = partial(vulnerable_xlsx, desk.register.db, selection, catalog=desk.catalog, today=today)
        desk.ask(self, op, keep, self._failed)

    def _failed(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))


def columns(words: Mapping[str, Question], today: Callable[[], date]) -> tuple[Column[VulnerableLine], ...]:
    """Who and why first, then what is next."""

    def name(one: VulnerableLine) -> Cell:
        age = age_words(one.birth, today()) if one.birth else ""
        return Cell(one.full_name, "name", small=age)

    def why(one: VulnerableLine) -> Cell:
        reasons = ", ".join(
            words[found.reason].short if found.reason in words else found.reason for found in one.findings
        )
        gone = _(GONE[one.gone]) if one.gone is not Gone.NO else ""
        if gone:
            return Cell(gone, "hint_strong", "warn", icon="alert", small=reasons)
        return Cell(reasons)

    def step(one: VulnerableLine) -> Cell:
        return Cell(next((found.next_step for found in one.findings if found.next_step), ""))

    def due(one: VulnerableLine) -> Cell:
        late = one.overdue(today())
        return Cell(
            date_text(one.due_on),
            "strong" if late else "body",
            "warn" if late else "text",
            icon="clock" if late else "",
        )

    return (
        Column("name", _("Họ và tên"), name, 230, sort=VulnerableSort.NAME.value),
        Column("hamlet", _("Bản"), lambda one: Cell(one.hamlet, small=one.trip), 120, sort=VulnerableSort.HAMLET.value),
        Column("why", _("Lý do"), why, 260),
        Column("due", _("Hẹn đến"), due, 130, sort=VulnerableSort.DUE.value),
        Column("step", _("Việc tiếp theo"), step),
        Column("phone", _("Điện thoại"), lambda one: Cell(grouped(one.phone), ink="muted"), 120),
    )
