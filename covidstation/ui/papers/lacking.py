"""Thiếu giấy tờ: who lacks which paper, printing many at once, and marking them as brought to the home."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from covidstation.domain import packs
from covidstation.domain.missing import Errand, MissingKind, MissingLine, errands
from covidstation.domain.packs import PaperKind
from covidstation.domain.problems import Problem
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Kind
from covidstation.services.papers.missing import MissingLook, delivery_list_pdf, lacks_of, look_at_missing
from covidstation.ui.desk import Desk, PaperWish
from covidstation.ui.frame.page import Page
from covidstation.ui.papers.bulk import BulkRun, Outcome, Way
from covidstation.ui.papers.delivering import ask_delivery
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.papers.lacking_filters import DELIVER, ISSUE, LackingFilters
from covidstation.ui.papers.lacking_tables import missing_columns
from covidstation.ui.papers.printer import chosen_printer
from covidstation.ui.papers.run_panel import RunPanel
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm, tell
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.table import Table

_TOUCHED = {Kind.PAPERS, Kind.EPISODES, Kind.PEOPLE, Kind.STATION, Kind.CARE, Kind.CONTACTS, Kind.RULES}
_CHUNK = 4  # lines looked at in one go: a twelfth of a second, after which others have their turn
Key = tuple[str, UUID, UUID | None]


class MissingPage(Page):
    """The page `missing`. Several rows chosen: the buttons mean those; else all that the filters show."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("missing", _("Thiếu giấy tờ"), entry="book")
        self._desk = desk
        self._look: MissingLook | None = None
        self._shown: list[MissingLine] = []
        self._wanted: list[Errand] = []  # what the buttons mean now
        self._filling = False
        self._lacks: dict[Key, tuple[Problem, ...]] = {}
        self._turn = 0
        self._just_issued: set[UUID] = set()
        self._run_shown = False
        self._run = BulkRun(desk, self)
        columns = missing_columns(lambda: desk.now().date(), lambda line: self._lacks.get(line.key))
        self.model: RecordModel[MissingLine] = RecordModel(desk.tasks, columns, self)
        self.table = Table("missing_table", _("Giấy tờ còn thiếu"), self.model)
        self.run_panel = RunPanel(self._run)
        self._make_controls()
        self._lay_out()
        self._connect()

    def load(self) -> None:
        """Read again."""
        desk = self._desk
        desk.ask(self, partial(look_at_missing, desk.register.db, desk.catalog, desk.now().date()), self._looked)

    def refresh(self, changes: Any) -> None:
        """Read again when something of it changed; a run reads at its end."""
        if _TOUCHED & set(changes) and not self._run.running():
            self.load()

    def show_kind(self, kind: MissingKind | str | None) -> None:
        """Show that kind alone ("issue" or "deliver" for all to print, all to bring); None shows everything."""
        self.filters.show_kind(kind)

    def show_only(self, subject_ids: Sequence[UUID]) -> None:
        """Show these illnesses (or contacts) alone, until "Xem tất cả"."""
        self.filters.show_only(subject_ids)

    def show_part(self, part: str) -> None:
        """A kind's value, "issue" or "deliver"; anything else shows everything."""
        known = {kind.value: kind for kind in MissingKind}
        self.show_kind(part if part in (ISSUE, DELIVER) else known.get(part))

    def may_leave(self) -> bool:
        """A run goes on only in sight."""
        if not self._run.running():
            return True
        tell(self, _("Đang cấp văn bản"), _("Đợi xong, hoặc bấm Dừng rồi mới sang trang khác."), bad=False)
        return False

    def bar_actions(self) -> Sequence[QWidget]:
        """What can be done with the lines in sight."""
        if self._run_shown:
            return ()
        deliver = (self.sign_list, self.delivered) if self._to_deliver() else ()
        return (*deliver, *((self.issue,) if self._wanted else ()))

    def _make_controls(self) -> None:
        self.filters = LackingFilters()
        self.book = Button(_("&Sổ số"), "normal", icon="document", name="to_book")
        self.sign_list = Button(_("In &danh sách giao nhận"), icon="printer", name="print_sign_list")
        self.delivered = Button("", icon="truck", keys="Ctrl+G", name="mark_delivered")
        self.issue = Button("", "primary", icon="printer", keys="Ctrl+P", name="issue_missing")

    def _lay_out(self) -> None:
        self.add(self.filters)
        self.add(Line())
        self._stack = QStackedWidget()
        self._nothing = EmptyPage("check", _("Không ai thiếu giấy tờ"), _("Ai thiếu văn bản sẽ hiện ở đây."))
        self._filtered = EmptyPage("filter", _("Không có ai khớp"), _("Đổi bộ lọc để xem những người khác."))
        for view in (self.table, self.run_panel, self._nothing, self._filtered):
            self._stack.addWidget(view)
        self.add(self._stack, 1)
        self.set_head_actions(self.book)

    def _connect(self) -> None:
        self.filters.changed.connect(self._fill)
        self.filters.regrouped.connect(self._say)
        self.filters.every_wanted.connect(self.table.selectAll)
        self.book.clicked.connect(lambda: self._desk.want_page.emit("book"))
        self.table.opened.connect(self._open)
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._say())
        self.issue.clicked.connect(self._issue)
        self.delivered.clicked.connect(self._deliver)
        self.sign_list.clicked.connect(self._print_sign_list)
        self._run.ended.connect(self._ended)
        self.run_panel.closed.connect(self._close_run)
        self.run_panel.wanted.connect(self._open_skipped)

    def _looked(self, look: MissingLook) -> None:
        self._look = look
        self._lacks = {}
        self.filters.show_choices(look.lines)
        self._fill()

    def _fill(self) -> None:
        if self._look is None or self._run_shown:
            return
        self._shown = self.filters.kept(self._look.lines)
        self._filling = True
        self.model.set_records(self._shown)
        empty = self._filtered if self._look.lines else self._nothing
        self._stack.setCurrentWidget(self.table if self._shown else empty)
        people = len({line.person_id for line in self._look.lines})
        words = _("{n} giấy của {people} người") if people else ""
        self.set_title(_("Thiếu giấy tờ"), words.format(n=len(self._look.lines), people=people))
        self._choose_issued()
        self._filling = False
        self._say()
        self._take_focus()
        self._turn += 1
        self._look_further(self._turn)

    def _choose_issued(self) -> None:
        """The papers of the run just ended stay chosen, so that they can be marked as delivered at once."""
        if not self._just_issued:
            return
        chosen = QItemSelection()
        for row, line in enumerate(self._shown):
            if line.paper_id in self._just_issued:
                chosen.select(self.model.index(row, 0), self.model.index(row, 0))
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)

    def hideEvent(self, event: QHideEvent) -> None:
        """Another page is in sight: no more is looked at, so that nobody waits for it."""
        self._turn += 1
        super().hideEvent(event)

    def _look_further(self, turn: int) -> None:
        """What the lines in sight lack, a few at a time."""
        desk = self._desk
        wanted = [line for line in self._shown if not line.delivers and line.key not in self._lacks][:_CHUNK]
        if not wanted or turn != self._turn:
            return

        def looked(found: dict[Key, tuple[Problem, ...]]) -> None:
            if turn == self._turn:
                self._lacks.update(found)
                self.table.viewport().update()
                self._look_further(turn)

        desk.ask(self, partial(lacks_of, desk.register.db, wanted, catalog=desk.catalog, now=desk.now()), looked)

    def _take_focus(self) -> None:
        holder = self.window().focusWidget()
        if self.isVisible() and (holder is None or not self.isAncestorOf(holder)):
            target = self.table if self._shown else self.filters.kind
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _meant(self) -> list[MissingLine]:
        """Those chosen when there are several, else all that is shown."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self._shown[row] for row in rows] if len(rows) > 1 else self._shown

    def _to_deliver(self) -> list[UUID]:
        found = (line.paper_id for line in self._meant() if line.delivers)
        return list(dict.fromkeys(paper for paper in found if paper is not None))

    def _errands(self) -> list[Errand]:
        return errands(self._meant(), together=self.filters.together.isChecked())

    def _say(self) -> None:
        """The buttons carry how many they mean, and whether that is all."""
        if self._filling:  # the table's new choice is one of several changes; they are told together
            return
        self._wanted = self._errands()
        chosen = len(self.table.selectionModel().selectedRows()) > 1
        printer = chosen_printer(self._look.printer) if self._look else ""
        if chosen:
            words = _("In {n} giấy đã chọn") if printer else _("Cấp số, lưu {n} giấy đã chọn")
            brought = _("Đã giao {n} giấy đã chọn")
        else:
            words = _("In cả {n} giấy") if printer else _("Cấp số, lưu cả {n} giấy")
            brought = _("Đã giao cả {n} giấy")
        self.issue.set_text(words.format(n=len(self._wanted)))
        self.issue.set_icon("printer" if printer else "download")
        self.delivered.set_text(brought.format(n=len(self._to_deliver())))
        self.actions_changed.emit()

    def _open(self, line: MissingLine) -> None:
        if line.delivers:
            self._desk.want_issued.emit(line.paper_id)
        else:
            self._desk.want_paper.emit(wish_of(line.paper, (line.subject_id,), line.about_id))

    def _open_skipped(self, subject_id: UUID) -> None:
        errand = self.run_panel.errand_of(subject_id)
        if errand is not None:
            self._desk.want_paper.emit(wish_of(errand.kind, errand.subject_ids, errand.about_id))

    def _issue(self) -> None:
        look, wanted = self._look, self._wanted
        if look is None or not wanted or self._run.running():
            return
        order = next((one for one in wanted if one.kind is PaperKind.ISOLATION_ORDER), None)
        if order is not None and look.home_isolation in ("ask", "no"):
            self._desk.want_paper.emit(wish_of(order.kind, order.subject_ids))  # its page asks the head of station
            return
        way = self._way(look)
        if way is None:
            return
        where = way.printer or str(way.folder)
        text = _("Mỗi văn bản nhận một số trong sổ, ngày hôm nay, rồi đi đến {where}. Số đã cấp không sửa, không xoá.")
        act = _("Cấp {n} số").format(n=len(wanted))
        if confirm(self, _("Cấp {n} văn bản?").format(n=len(wanted)), text.format(where=where), act=act):
            self.banner.clear()
            self._run_shown = True
            self.filters.setEnabled(False)
            self._stack.setCurrentWidget(self.run_panel)
            self.actions_changed.emit()
            self._run.start_errands(wanted, way)

    def _way(self, look: MissingLook) -> Way | None:
        printer = chosen_printer(look.printer)
        if printer:
            return Way(printer=printer, copies=look.copies)
        chosen = QFileDialog.getExistingDirectory(self.window(), _("Máy này chưa có máy in: lưu các PDF vào đâu?"))
        return Way(folder=Path(chosen)) if chosen else None

    def _ended(self, outcome: Outcome) -> None:
        self._just_issued = {issued.id for issued in outcome.issued}
        self.load()

    def _close_run(self) -> None:
        self._run_shown = False
        self.filters.setEnabled(True)
        if self._just_issued and self.filters.kind.value() is not None:
            self.filters.kind.set_value(DELIVER)
        self._fill()
        self._just_issued = set()

    def _deliver(self) -> None:
        papers = self._to_deliver()
        if papers:
            ask_delivery(self._desk, self, papers)

    def _print_sign_list(self) -> None:
        desk, look = self._desk, self._look
        lines = [line for line in self._meant() if line.delivers]
        if look is None or not lines:
            return
        op = partial(delivery_list_pdf, desk.register.db, lines, catalog=desk.catalog, today=desk.now().date())
        name = _("danh-sach-giao-nhan.pdf")
        desk.ask(self, op, lambda pdf: hand_out(desk, self, pdf, look.printer, name, self._trouble), self._trouble)

    def _trouble(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))


def wish_of(kind: PaperKind, ids: Sequence[UUID], about_id: UUID | None = None) -> PaperWish:
    """The paper page's wish for a paper of that kind."""
    if kind in packs.OF_CONTACTS:
        return PaperWish((), kind=kind, contact_ids=tuple(ids))
    return PaperWish(tuple(ids), ending=kind in packs.ENDING, kind=kind, about_id=about_id)
