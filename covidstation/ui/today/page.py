"""Hôm nay: one list of work, each line with its count, its reason and its act."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QApplication, QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.domain.packs import PaperKind
from covidstation.i18n import _, long_date
from covidstation.services.changes import Changes, Kind
from covidstation.services.papers import missing_papers
from covidstation.services.today import TodaysWork, todays_work
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.frame.page import Page
from covidstation.ui.frame.sidebar import EntryButton
from covidstation.ui.papers.bulk import BulkRun, Way
from covidstation.ui.papers.printer import chosen_printer
from covidstation.ui.papers.run_panel import RunPanel
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm, tell
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.rows import WorkRow
from covidstation.ui.status_parts import OLD
from covidstation.ui.today import words


class TodayPage(Page):
    """The first page. It asks the register anew whenever something was saved."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("today", _("Hôm nay"))
        self._desk = desk
        self._work: TodaysWork | None = None
        self._run = BulkRun(desk, self)
        self._run_kind = PaperKind.ISOLATION_ORDER
        self.result = RunPanel(self._run)
        self._answer = Button(_("T&rả lời"), name="answer_home_isolation")
        self._why = Button(_("&Vì sao?"), "quiet", name="why_ending")
        self._print_endings = Button("", icon="printer", name="issue_endings")
        self._print_orders = Button("", icon="printer", name="issue_orders")
        self._to_sync = Button(_("Ghi &USB"), icon="usb", name="to_sync")
        self.question = WorkRow("help", _("Cách ly tại nhà"), self._answer, name="row_question")
        self.endings = WorkRow("check", _("Kết thúc cách ly"), self._why, self._print_endings, name="row_endings")
        self.orders = WorkRow("document", _("Thiếu giấy tờ"), self._print_orders, name="row_orders")
        self.sending = WorkRow("arrows", _("Gửi lên huyện"), self._to_sync, name="row_sending")
        self._rows = (self.question, self.endings, self.orders, self.sending)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list())
        self.empty = self._nothing()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.result)
        self.add(self._stack, 1)
        self._bind()

    def load(self) -> None:
        """Ask for the day's work."""
        desk = self._desk
        desk.ask(self, partial(todays_work, desk.register, desk.catalog, desk.now()), self.show_work)

    def refresh(self, changes: Changes) -> None:
        """Anything saved may change a line."""
        if changes - {Kind.PLACES}:
            self.load()

    def show_work(self, work: TodaysWork) -> None:
        """Fill the lines; a line without work is not shown."""
        self._work = work
        self._show_title(work)
        self._show_question(work)
        self._show_endings(work)
        self._show_orders(work)
        self._show_sending(work)
        busy = any(not row.isHidden() for row in self._rows)
        if self._stack.currentWidget() is not self.result:
            self._stack.setCurrentIndex(0 if busy else 1)
            self._focus_first()

    def _focus_first(self) -> None:
        """The first act of the day has the focus, unless a person is elsewhere already."""
        here = QApplication.focusWidget()
        if here is not None and not isinstance(here, EntryButton):
            return
        for button in (self._answer, self._print_endings, self._print_orders, self._to_sync):
            if button.isVisibleTo(self):
                button.setFocus()
                return

    def _show_title(self, work: TodaysWork) -> None:
        parts = [long_date(self._desk.now().date())]
        if work.active:
            parts.append(_("{n} F0 đang theo dõi").format(n=work.active))
        parts.append(_("{n} F0 mới hôm nay").format(n=work.found_today))
        self.set_title(_("Hôm nay"), " · ".join(parts))

    def _show_question(self, work: TodaysWork) -> None:
        self.question.setVisible(work.home_isolation == "ask")
        self.question.set_body(_("Có được cách ly COVID-19 tại nhà không?"), work.law.text)

    def _show_endings(self, work: TodaysWork) -> None:
        count = work.may_end.count + work.over_days.count
        self.endings.setVisible(count > 0)
        self.endings.set_count(count)
        self.endings.set_body(*words.ending_text(work))
        self._print_endings.setVisible(work.may_end.count > 0)
        self._print_endings.set_text(words.print_text(work.ending, work.may_end.count))

    def _show_orders(self, work: TodaysWork) -> None:
        count = work.without_order.count
        self.orders.setVisible(count > 0)
        self.orders.set_count(count)
        self.orders.set_body(*words.order_text(work))
        self._print_orders.setVisible(work.home_isolation in ("", "yes"))
        text = _("Xem, in quyết định") if count == 1 else words.print_text(PaperKind.ISOLATION_ORDER, count)
        self._print_orders.set_text(text)

    def _show_sending(self, work: TodaysWork) -> None:
        now, unsent = self._desk.now(), work.status.sync.unsent
        self.sending.setVisible(unsent > 0)
        self.sending.set_count(unsent)
        age = work.status.oldest_age(now)
        late = age is not None and age > OLD
        what, why = words.sending_text(work, now)
        self.sending.set_body(what, why, lead=_("Quá 1 ngày") + " –" if late else "")

    def _list(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in self._rows:
            row.hide()
            column.addWidget(row)
        column.addStretch(1)
        return holder

    def _nothing(self) -> EmptyPage:
        first = Button(_("Ghi F0 mới"), icon="plus", name="first_f0")
        first.clicked.connect(lambda: self._desk.want_f0.emit(NewF0()))
        missing = _("Hôm nay không có việc nào đang chờ")
        later = _("Giấy tờ thiếu, cách ly đủ ngày và việc gửi huyện sẽ hiện ở đây. Quét thẻ căn cước để ghi F0.")
        return EmptyPage("check", missing, later, first)

    def _bind(self) -> None:
        self._answer.clicked.connect(lambda: self._desk.want_page.emit("settings:law"))
        self._to_sync.clicked.connect(lambda: self._desk.want_page.emit("sync"))
        self.result.closed.connect(self._read_result)
        self.result.wanted.connect(self._open_skipped)
        self._why.clicked.connect(self._tell_why)
        self._print_endings.clicked.connect(lambda: self._issue(ending=True))
        self._print_orders.clicked.connect(lambda: self._issue(ending=False))

    def _tell_why(self) -> None:
        if self._work is not None:
            tell(self, _("Khi nào được kết thúc cách ly"), words.why_ending(self._work), bad=False)

    def _issue(self, *, ending: bool) -> None:
        """One person: look at the paper; several: all in one go after one question."""
        desk = self._desk
        if not self._run.running():
            desk.ask(self, partial(_round, desk, ending=ending), partial(self._found, ending))

    def _found(self, ending: bool, found: tuple[list[UUID], Way]) -> None:
        ids, way = found
        if self._work is None or self._run.running() or not ids:
            return
        if len(ids) == 1:
            self._desk.open_paper(ids, ending=ending)
            return
        kind = self._work.ending if ending else PaperKind.ISOLATION_ORDER
        printer = chosen_printer(way.printer)
        text = words.before_issuing(kind, len(ids), printer)
        if not confirm(self, words.print_text(kind, len(ids)), text, act=words.act_text(kind, len(ids))):
            return
        folder = None if printer else self._ask_folder()
        if printer or folder is not None:
            self._stack.setCurrentWidget(self.result)
            self._run_kind = kind
            self._run.start(kind, ids, Way(printer, way.copies, folder))

    def _ask_folder(self) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(self, _("Lưu các văn bản vào thư mục"))
        return Path(chosen) if chosen else None

    def _read_result(self) -> None:
        self._stack.setCurrentIndex(0)
        self.load()

    def _open_skipped(self, episode_id: UUID) -> None:
        ending = self._run_kind is not PaperKind.ISOLATION_ORDER
        self._desk.open_paper([episode_id], ending=ending)


def _round(desk: Desk, *, ending: bool) -> tuple[list[UUID], Way]:
    """Whose papers wait, and the station's printer and copies."""
    db = desk.register.db
    ids = missing_papers(db, ending=ending, catalog=desk.catalog, today=desk.now().date())
    return ids, Way(get_setting(db, "printer"), int(get_setting(db, "print_copies")))
