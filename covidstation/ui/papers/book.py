"""Văn bản: the book of numbers, with what became of each paper, and the way to those that are missing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QWidget

from covidstation.db.queries.papers import BookFilter, BookState, Series, book_lines, count_book
from covidstation.db.queries.people import PaperLine
from covidstation.domain.papers import number_text
from covidstation.errors import UserError
from covidstation.i18n import N_, _
from covidstation.messages import sentence
from covidstation.messages.papers import KINDS
from covidstation.services.changes import Kind
from covidstation.services.files import keep_file
from covidstation.services.papers.book import BookLook, book_pdf, look_at_book
from covidstation.services.papers.issuing import start_book_at
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import kept_as
from covidstation.ui.frame.page import Page
from covidstation.ui.look import metrics
from covidstation.ui.papers.book_tables import as_table, book_columns
from covidstation.ui.papers.printer import chosen_printer, device_for, print_pdf
from covidstation.ui.papers.start_at import StartAtDialog
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.saving import choose_file
from covidstation.ui.parts.table import Table

SEARCH_MS = 150
BOOK_STATES: Final = {
    BookState.NOT_DELIVERED: N_("Chưa giao"),
    BookState.DELIVERED: N_("Đã giao"),
    BookState.VOIDED: N_("Đã huỷ"),
}
_TOUCHED = {Kind.PAPERS, Kind.EPISODES, Kind.PEOPLE, Kind.STATION}


class BookPage(Page):
    """The page "Văn bản": one series at a time, filtered by kind, state and words."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("book", _("Văn bản"))
        self._desk = desk
        self._look: BookLook | None = None
        self._book: RecordModel[PaperLine] = RecordModel(desk.tasks, book_columns(), self)
        self.book_table = Table("book_table", _("Sổ số văn bản"), self._book)
        self._later = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._make_controls()
        self._make_buttons()
        self._lay_out()
        self._connect()

    def load(self) -> None:
        """Read again."""
        self._ask()

    def refresh(self, changes: Any) -> None:
        """Read again when something of it changed."""
        if _TOUCHED & set(changes):
            self._ask()

    def bar_actions(self) -> Sequence[QWidget]:
        """For the series in sight."""
        return (self._start, self._copy, self._save, self._print)

    def _make_controls(self) -> None:
        self._which = Combo("series", _("Sổ"), width=184)
        self._which.setAccessibleDescription(_("Sổ"))
        self._kind = Combo("book_kind", _("Lọc theo văn bản"), [(None, _("Mọi văn bản"))], width=248)
        states = [(state, _(words)) for state, words in BOOK_STATES.items()]
        self._state = Combo("book_state", _("Lọc theo trạng thái"), [(None, _("Mọi trạng thái")), *states], width=168)
        self._find = LineEdit("find_in_book", _("Tìm trong sổ"), width=232, hint=_("Tìm số hoặc tên người"))
        self._count = label("", "hint", "muted")

    def _make_buttons(self) -> None:
        self._start = Button(_("&Bắt đầu từ số…"), "quiet", name="start_at")
        self._copy = Button(_("&Chép bảng"), icon="copy", name="copy_book")
        self._save = Button(_("&Lưu PDF"), name="save_book")
        self._print = Button(_("In sổ"), icon="printer", keys="Ctrl+P", name="print_book")
        self.missing = Button("", icon="document", keys="Ctrl+T", name="to_missing")

    def _lay_out(self) -> None:
        filters = QWidget()
        filters.setFixedHeight(48)
        row = QHBoxLayout(filters)
        row.setContentsMargins(metrics.MARGIN, 8, metrics.MARGIN, 8)
        row.setSpacing(metrics.GAP)
        for widget in (self._which, self._kind, self._state, self._find):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._count)
        self.add(filters)
        self.add(Line())
        self._stack = QStackedWidget()
        self._stack.addWidget(self.book_table)
        later = _("Mỗi quyết định, giấy xác nhận cấp xong nằm ở đây theo số, cả số đã huỷ.")
        self._no_book = EmptyPage("document", _("Sổ này chưa có số nào"), later)
        self._not_found = EmptyPage("search", _("Không tìm thấy"), _("Thử số khác, hoặc một chữ của tên."))
        for page in (self._no_book, self._not_found):
            self._stack.addWidget(page)
        self.add(self._stack, 1)
        self.set_head_actions(self.missing)

    def _connect(self) -> None:
        desk = self._desk
        for combo in (self._which, self._kind, self._state):
            combo.picked.connect(lambda _key: self._fill())
        self.missing.clicked.connect(lambda: desk.want_page.emit("missing"))
        self._find.textEdited.connect(lambda _text: self._later.start())
        self._later.timeout.connect(self._fill)
        self._book.loaded.connect(self._book_loaded)
        self.book_table.opened.connect(lambda line: desk.want_issued.emit(line.id))
        self._start.clicked.connect(self._start_at)
        self._copy.clicked.connect(self._copy_table)
        self._save.clicked.connect(self._save_book)
        self._print.clicked.connect(self._print_book)

    def _ask(self) -> None:
        desk = self._desk
        op = partial(look_at_book, desk.register.db, desk.catalog, desk.now().date())
        desk.ask(self, op, self._looked)

    def _looked(self, look: BookLook) -> None:
        self._look = look
        self._which.set_choices([((one.symbol, one.year), f"{one.symbol} {one.year}") for one in look.series])
        kinds = [(kind, _(KINDS[kind.value])) for kind in look.kinds]
        self._kind.set_choices([(None, _("Mọi văn bản")), *kinds])
        words = _("Thiếu giấy tờ ({n})") if look.missing else _("Thiếu giấy tờ")
        self.missing.set_text(words.format(n=look.missing))
        self._fill()

    def _take_focus(self) -> None:
        """The keyboard starts in the list, unless something of the page has it already."""
        holder = self.window().focusWidget()
        if self.isVisible() and (holder is None or not self.isAncestorOf(holder)):
            target = self.book_table if self._stack.currentWidget() is self.book_table else self._which
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        one = self._chosen()
        if one is None:
            return
        db, wanted = self._desk.register.db, self._wanted(one)
        self._book.load(lambda: count_book(db, wanted), lambda offset, limit: book_lines(db, wanted, offset, limit))

    def _book_loaded(self, count: int) -> None:
        one = self._chosen()
        if one is None:
            return
        filtered = self._wanted(one) != BookFilter(one.symbol, one.year)
        empty = self._not_found if filtered else self._no_book
        self._stack.setCurrentWidget(self.book_table if count else empty)
        self._count.setText(_("{n} số").format(n=count))
        words = _("Sổ {symbol} {year}: số tiếp theo {number}")
        number = number_text(one.next_number)
        self.set_title(_("Văn bản"), words.format(symbol=one.symbol, year=one.year, number=number))
        self._take_focus()

    def _wanted(self, one: Series) -> BookFilter:
        return BookFilter(one.symbol, one.year, self._find.value(), self._kind.value(), self._state.value())

    def _chosen(self) -> Series | None:
        if self._look is None:
            return None
        key = self._which.value()
        return next((one for one in self._look.series if (one.symbol, one.year) == key), None)

    def _start_at(self) -> None:
        look, desk = self._look, self._desk
        if look is None:
            return
        year = desk.now().year
        dialog = StartAtDialog(self, [one for one in look.series if one.year == year])
        asking = kept_as(desk, "start_at", str(year))
        asking(dialog)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        one, number = dialog.chosen()
        dialog.deleteLater()
        if not accepted:
            return
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
        desk.act(self, op, lambda _none: desk.said.emit(words), draft=asking.settled)

    def _copy_table(self) -> None:
        """All lines that the filter finds, not only those in sight."""
        one, desk = self._chosen(), self._desk
        if one is None:
            return
        wanted = self._wanted(one)

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
