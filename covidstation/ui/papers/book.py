"""Văn bản: the book of numbers, and those whose paper is missing, one by one or all at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QStackedWidget, QWidget

from covidstation.db.queries.episodes import EpisodeLine
from covidstation.db.queries.papers import BookFilter, Series, book_lines, count_book
from covidstation.db.queries.people import PaperLine
from covidstation.domain.papers import number_text
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.book import BookLook, book_pdf, look_at_book
from covidstation.services.changes import Kind
from covidstation.services.files import keep_file
from covidstation.services.papers import start_book_at
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.look import metrics
from covidstation.ui.papers.book_tables import as_table, book_columns, ending_reason, order_reason, waiting_columns
from covidstation.ui.papers.bulk import BulkRun, Way
from covidstation.ui.papers.keeping import choose_file
from covidstation.ui.papers.printer import chosen_printer, device_for, print_pdf
from covidstation.ui.papers.run_panel import RunPanel
from covidstation.ui.papers.start_at import StartAtDialog
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import confirm, tell
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.records import Cell, RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table

SEARCH_MS = 150
_TOUCHED = {Kind.PAPERS, Kind.EPISODES, Kind.PEOPLE, Kind.STATION}


class BookPage(Page):
    """The page "Văn bản": tabs `book`, `order`, `ending`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("book", _("Văn bản"))
        self._desk = desk
        self._look: BookLook | None = None
        self._run = BulkRun(desk, self)
        self._run_shown = False
        self._book: RecordModel[PaperLine] = RecordModel(desk.tasks, book_columns(), self)
        self._waiting: RecordModel[EpisodeLine] = RecordModel(desk.tasks, waiting_columns(self._reason), self)
        self.book_table = Table("book_table", _("Sổ số văn bản"), self._book)
        self.waiting_table = Table("waiting_table", _("Những người chờ văn bản"), self._waiting)
        self.run_panel = RunPanel(self._run)
        self._later = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._make_controls()
        self._make_buttons()
        self._lay_out()
        self._connect()

    def load(self) -> None:
        """Read again."""
        self._ask()

    def refresh(self, changes: Any) -> None:
        """Read again when something of it changed; a run reads at its end."""
        if _TOUCHED & set(changes) and not self._run.running():
            self._ask()

    def may_leave(self) -> bool:
        """A run goes on only in sight."""
        if not self._run.running():
            return True
        tell(self, _("Đang cấp văn bản"), _("Đợi xong, hoặc bấm Dừng rồi mới sang trang khác."), bad=False)
        return False

    def bar_actions(self) -> Sequence[QWidget]:
        """Of the tab in sight."""
        if self._run_shown:
            return ()
        if self._tabs.value() == "book":
            return (self._start, self._copy, self._save, self._print)
        return (self._bulk,) if self._ids() else ()

    def show_tab(self, key: str) -> None:
        """`book`, `order` or `ending`."""
        self._tabs.set_value(key)
        self._fill()

    def _make_controls(self) -> None:
        names = [("book", _("Sổ số")), ("order", _("Thiếu quyết định")), ("ending", _("Chờ kết thúc"))]
        self._tabs = Segments("book_tabs", _("Xem"), names)
        self._which = Combo("series", _("Sổ"), width=184)
        self._which.setAccessibleDescription(_("Sổ"))
        self._find = LineEdit("find_in_book", _("Tìm trong sổ"), width=232, hint=_("Tìm số hoặc tên người"))
        self._count = label("", "hint", "muted")

    def _make_buttons(self) -> None:
        self._start = Button(_("&Bắt đầu từ số…"), "quiet", name="start_at")
        self._copy = Button(_("&Chép bảng"), icon="copy", name="copy_book")
        self._save = Button(_("&Lưu PDF"), name="save_book")
        self._print = Button(_("In sổ"), icon="printer", keys="Ctrl+P", name="print_book")
        self._bulk = Button("", "primary", icon="printer", keys="Ctrl+P", name="issue_all")

    def _lay_out(self) -> None:
        filters = QWidget()
        filters.setFixedHeight(48)
        row = QHBoxLayout(filters)
        row.setContentsMargins(metrics.MARGIN, 8, metrics.MARGIN, 8)
        row.setSpacing(metrics.GAP)
        for widget in (self._tabs, self._which, self._find):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._count)
        self._filters = filters
        self.add(filters)
        self.add(Line())
        self._stack = QStackedWidget()
        for view in (self.book_table, self.waiting_table, self.run_panel):
            self._stack.addWidget(view)
        later = _("Mỗi quyết định, giấy xác nhận cấp xong nằm ở đây theo số, cả số đã huỷ.")
        self._no_book = EmptyPage("document", _("Sổ này chưa có số nào"), later)
        self._nothing = EmptyPage("check", _("Không ai thiếu giấy tờ"), _("Ai thiếu văn bản sẽ hiện ở đây."))
        self._not_found = EmptyPage("search", _("Không tìm thấy"), _("Thử số khác, hoặc một chữ của tên."))
        for page in (self._no_book, self._nothing, self._not_found):
            self._stack.addWidget(page)
        self.add(self._stack, 1)

    def _connect(self) -> None:
        desk = self._desk
        self._tabs.chosen.connect(lambda _key: self._fill())
        self._which.picked.connect(lambda _key: self._fill())
        self._find.textEdited.connect(lambda _text: self._later.start())
        self._later.timeout.connect(self._fill_book)
        self._book.loaded.connect(self._book_loaded)
        self.book_table.opened.connect(lambda line: desk.want_issued.emit(line.id))
        self.waiting_table.opened.connect(lambda line: desk.open_paper((line.id,), ending=self._is_ending()))
        self._start.clicked.connect(self._start_at)
        self._copy.clicked.connect(self._copy_table)
        self._save.clicked.connect(self._save_book)
        self._print.clicked.connect(self._print_book)
        self._bulk.clicked.connect(self._issue_all)
        self._run.ended.connect(lambda _outcome: self._ask())
        self.run_panel.closed.connect(self._close_run)
        self.run_panel.wanted.connect(lambda one: desk.open_paper((one,), ending=self._is_ending()))

    def _ask(self) -> None:
        desk = self._desk
        op = partial(look_at_book, desk.register.db, desk.catalog, desk.now().date())
        desk.ask(self, op, self._looked)

    def _looked(self, look: BookLook) -> None:
        self._look = look
        self._tabs.set_count("order", len(look.without_order))
        self._tabs.set_count("ending", len(look.over))
        self._which.set_choices([((one.symbol, one.year), f"{one.symbol} {one.year}") for one in look.series])
        self._fill()

    def _fill(self) -> None:
        look = self._look
        if look is None or self._run_shown:
            return
        book = self._tabs.value() == "book"
        self._which.setVisible(book)
        self._find.setVisible(book)
        if book:
            self._fill_book()
        else:
            lines = look.over if self._is_ending() else look.without_order
            self._waiting.set_records(lines)
            self._stack.setCurrentWidget(self.waiting_table if lines else self._nothing)
            self._count.setText(_("{n} người").format(n=len(lines)))
            self.set_title(_("Văn bản"), _("Enter mở từng văn bản để xem trước khi cấp số"))
        count = len(self._ids())
        printer = chosen_printer(look.printer)
        words = _("Cấp số và in {n} văn bản") if printer else _("Cấp số, lưu {n} văn bản")
        self._bulk.set_text(words.format(n=count))
        self._bulk.set_icon("printer" if printer else "download")
        self.actions_changed.emit()
        self._take_focus()

    def _take_focus(self) -> None:
        """The keyboard starts in the list, unless something of the page has it already."""
        holder = self.window().focusWidget()
        if self.isVisible() and (holder is None or not self.isAncestorOf(holder)):
            view = self._stack.currentWidget()
            target = view if view in (self.book_table, self.waiting_table) else self._tabs
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_book(self) -> None:
        one = self._chosen()
        if one is None:
            return
        db, wanted = self._desk.register.db, BookFilter(one.symbol, one.year, self._find.value())
        self._book.load(lambda: count_book(db, wanted), lambda offset, limit: book_lines(db, wanted, offset, limit))

    def _book_loaded(self, count: int) -> None:
        one = self._chosen()
        if one is None or self._tabs.value() != "book" or self._run_shown:
            return
        empty = self._not_found if self._find.value() else self._no_book
        self._stack.setCurrentWidget(self.book_table if count else empty)
        self._count.setText(_("{n} số").format(n=count))
        words = _("Sổ {symbol} {year}: số tiếp theo {number}")
        number = number_text(one.next_number)
        self.set_title(_("Văn bản"), words.format(symbol=one.symbol, year=one.year, number=number))
        self._take_focus()

    def _chosen(self) -> Series | None:
        if self._look is None:
            return None
        key = self._which.value()
        return next((one for one in self._look.series if (one.symbol, one.year) == key), None)

    def _is_ending(self) -> bool:
        return self._tabs.value() == "ending"

    def _ids(self) -> list[Any]:
        """Whose paper can be made now in the tab in sight."""
        look = self._look
        if look is None or self._tabs.value() == "book":
            return []
        if self._is_ending():
            return [line.id for line in look.over if line.id in look.ready]
        return [line.id for line in look.without_order]

    def _reason(self, line: EpisodeLine) -> Cell:
        if not self._is_ending():
            return order_reason(line)
        ready = self._look is not None and line.id in self._look.ready
        return ending_reason(line, ready=ready, today=self._desk.now().date())

    def _start_at(self) -> None:
        look, desk = self._look, self._desk
        if look is None:
            return
        year = desk.now().year
        dialog = StartAtDialog(self, [one for one in look.series if one.year == year])
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        one, number = dialog.chosen()
        op = partial(
            start_book_at,
            desk.register.db,
            one.symbol,
            one.year,
            number,
            by=desk.register.user_id,
            now=desk.now(),
        )
        words = _("Sổ {symbol} {year} đi tiếp từ số {n}.").format(symbol=one.symbol, year=one.year, n=number)
        desk.act(self, op, lambda _none: desk.said.emit(words))

    def _copy_table(self) -> None:
        """All lines that the filter finds, not only those in sight."""
        one, desk = self._chosen(), self._desk
        if one is None:
            return
        wanted = BookFilter(one.symbol, one.year, self._find.value())

        def copied(lines: list[PaperLine]) -> None:
            QGuiApplication.clipboard().setText(as_table(book_columns(), lines))
            desk.said.emit(_("Đã chép {n} dòng; dán vào Excel hoặc Word.").format(n=len(lines)))

        desk.ask(self, partial(book_lines, desk.register.db, wanted), copied)

    def _with_book_pdf(self, use: Any) -> None:
        one, desk = self._chosen(), self._desk
        if one is not None:
            op = partial(book_pdf, desk.register.db, one.symbol, one.year, today=desk.now().date())
            desk.ask(self, op, use)

    def _save_book(self) -> None:
        one, desk = self._chosen(), self._desk
        if one is None:
            return
        path = choose_file(self.window(), f"so-{one.symbol}-{one.year}.pdf")
        if path is not None:
            words = _("Đã lưu {name}.").format(name=path.name)
            self._with_book_pdf(
                lambda pdf: desk.tasks.background(
                    self, lambda: keep_file(path, pdf), lambda _path: desk.said.emit(words), self._trouble
                )
            )

    def _print_book(self) -> None:
        look, desk = self._look, self._desk
        printer = chosen_printer(look.printer) if look else ""
        if not printer:
            self._save_book()
            return
        device = device_for(printer)
        words = _("Đã gửi sổ đến máy in {printer}.").format(printer=printer)
        self._with_book_pdf(
            lambda pdf: desk.tasks.background(
                self, lambda: print_pdf(pdf, device), lambda _none: desk.said.emit(words), self._trouble
            )
        )

    def _trouble(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))

    def _issue_all(self) -> None:
        look, ids = self._look, self._ids()
        if look is None or not ids or self._run.running():
            return
        if not self._is_ending() and look.home_isolation in ("ask", "no"):
            self._desk.open_paper((ids[0],))  # its page asks the head of station, or says what was answered
            return
        kind = look.ending if self._is_ending() else look.order
        way = self._way(look)
        if way is None:
            return
        where = way.printer or str(way.folder)
        text = _("Mỗi văn bản nhận một số trong sổ, ngày hôm nay, rồi đi đến {where}. Số đã cấp không sửa, không xoá.")
        act = _("Cấp {n} số").format(n=len(ids))
        if confirm(self, _("Cấp {n} văn bản?").format(n=len(ids)), text.format(where=where), act=act):
            self.banner.clear()
            self._run_shown = True
            self._filters.setEnabled(False)
            self._stack.setCurrentWidget(self.run_panel)
            self.actions_changed.emit()
            self._run.start(kind, ids, way)

    def _way(self, look: BookLook) -> Way | None:
        printer = chosen_printer(look.printer)
        if printer:
            return Way(printer=printer, copies=look.copies)
        chosen = QFileDialog.getExistingDirectory(self.window(), _("Máy này chưa có máy in: lưu các PDF vào đâu?"))
        return Way(folder=Path(chosen)) if chosen else None

    def _close_run(self) -> None:
        self._run_shown = False
        self._filters.setEnabled(True)
        self._fill()
