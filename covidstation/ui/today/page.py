"""Hôm nay: the danger signs on top, then one list of work, each line with its count, its reason and its act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QStackedWidget

from covidstation.db.queries.chronic import ChronicView
from covidstation.db.queries.episodes import EpisodeState
from covidstation.db.queries.rounds import AlertLine
from covidstation.db.queries.station import get_setting
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.i18n import _, long_date
from covidstation.messages import sentence
from covidstation.services.changes import Changes
from covidstation.services.reports.today import TodaysWork, missing_here, todays_work
from covidstation.services.reports.today_sheet import work_sheet_pdf
from covidstation.services.upkeep.notices import station_notices
from covidstation.ui.area import AreaBox, area_words
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.frame.page import Page
from covidstation.ui.frame.sidebar import EntryButton
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.column import column_in_scroll
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.rows import WorkRow
from covidstation.ui.parts.toast import Toast
from covidstation.ui.rounds.answering import AnswerDialog, tell_why
from covidstation.ui.today import lists, vaccine_lines, words
from covidstation.ui.today.danger import DangerBlock
from covidstation.ui.today.issuing import Issuing
from covidstation.ui.today.keys import Key, WorkLine
from covidstation.ui.today.lines import lines_of, round_title
from covidstation.ui.today.notices import NoticeBar
from covidstation.ui.today.people import PeoplePanel
from covidstation.ui.today.sharing import share_out
from covidstation.ui.today.sheet import sheet_rows


class TodayPage(Page):
    """The first page. It asks the register anew whenever something was saved."""

    def __init__(self, desk: Desk, told: Callable[[TodaysWork], object] = lambda _work: None) -> None:
        """`told` hears every answer: the frame shows the same counts, and need not ask again."""
        super().__init__("today", _("Hôm nay"))
        self._desk, self._told = desk, told
        self._work: TodaysWork | None = None
        self.danger = DangerBlock()
        self.danger.hide()
        self.rows = {key: self._made(key) for key in Key}
        self.printing = Button(_("In việc hôm nay"), "quiet", icon="printer", keys="Ctrl+P", name="print_work")
        self.mine = AreaBox(desk, self, self.load)
        self.sharing = Button(_("Chia &việc"), "quiet", icon="people", name="share_work")
        self.set_head_actions(self.mine, self.sharing, self.printing)
        self.notices = NoticeBar(desk)
        self._stack = QStackedWidget()
        self.issuing = Issuing(desk, self)
        self.people = PeoplePanel()
        self._area, self._column = column_in_scroll()
        self._stack.addWidget(self._list())
        self.empty = self._nothing()
        for widget in (self.empty, self.issuing.panel, self.people):
            self._stack.addWidget(widget)
        self.add(self.notices)
        self.add(self._stack, 1)
        self._bind()

    def load(self) -> None:
        """Ask for the day's work."""
        desk = self._desk
        desk.ask(self, partial(todays_work, desk.register, desk.catalog, desk.now()), self.show_work)
        desk.ask(self, partial(station_notices, desk.register, desk.now(), desk.made_on), self.notices.show_notices)

    def refresh(self, changes: Changes) -> None:
        """Anything saved may change a line."""
        if changes:
            self.load()

    def show_work(self, work: TodaysWork) -> None:
        """Fill the lines in the order of this minute; a line without work is not shown."""
        self._work, now = work, self._desk.now()
        self._told(work)
        self.mine.show_area(work.area)
        self._show_title(work)
        here = self.window().focusWidget()  # also while a dialog stands over it: that one closes next
        answered = here is not None and self.danger.isAncestorOf(here) and not work.alerts
        self.danger.show_alerts(work.alerts, now)
        lines = lines_of(work, now)
        shown = {line.key for line in lines}
        for key, row in self.rows.items():
            row.setVisible(key in shown)
        for place, line in enumerate(lines, start=1):  # 0 is the danger block
            self._show_line(place, line)
        self.printing.setVisible(bool(lines or work.alerts))
        self._name_buttons(work)
        if self._stack.currentWidget() in (self._area, self.empty):
            self._stack.setCurrentWidget(self._area if lines or work.alerts else self.empty)
            self._focus_first(lines, anew=answered)

    def _show_line(self, place: int, line: WorkLine) -> None:
        row = self.rows[line.key]
        if self._column.indexOf(row) != place:
            self._column.insertWidget(place, row)
        row.set_count(line.count)
        row.set_body(line.what, line.why, lead=line.lead)
        row.set_progress(*line.progress)

    def _focus_first(self, lines: Sequence[WorkLine], *, anew: bool) -> None:
        """The first act of the day has the focus, unless somebody is elsewhere; `anew`: where they were is gone."""
        here = QApplication.focusWidget()
        if here is not None and not isinstance(here, EntryButton) and not anew:
            return
        if self.danger.take_focus():
            return
        for line in lines:
            button = self._acts[line.key][-1]
            if button.isVisibleTo(self):
                button.setFocus()
                return

    def _show_title(self, work: TodaysWork) -> None:
        parts = [long_date(self._desk.now().date())]
        if work.active:
            parts.append(_("{n} F0 đang theo dõi").format(n=work.active))
        parts.append(_("{n} F0 mới hôm nay").format(n=work.found_today))
        if work.area.filter is not None:
            parts.append(area_words(work.area))
        self.set_title(_("Hôm nay"), " · ".join(parts))

    def _name_buttons(self, work: TodaysWork) -> None:
        """What the buttons would do now."""
        self.rows[Key.ROUND].set_title(round_title(work.round.round))
        endings, orders = self._acts[Key.ENDINGS][-1], self._acts[Key.ORDERS][-1]
        self._acts[Key.ENDINGS][1].setVisible(work.over_days.count > 0)
        endings.setVisible(work.may_end.count > 0)
        endings.set_text(words.print_text(work.ending, work.may_end.count))
        orders.setVisible(work.home_isolation in ("", "yes"))
        count = work.without_order.count
        text = _("Xem, in quyết định") if count == 1 else words.print_text(PaperKind.ISOLATION_ORDER, count)
        orders.set_text(text)

    def _made(self, key: Key) -> WorkRow:
        """The row of that key with its buttons, the chief one last."""
        icon, title, buttons = self._looks()[key]
        self._acts[key] = buttons
        return WorkRow(icon, title, *buttons, name=f"row_{key}")

    @property
    def _acts(self) -> dict[Key, tuple[Button, ...]]:
        found: dict[Key, tuple[Button, ...]] = self.__dict__.setdefault("_acts_by_key", {})
        return found

    def _looks(self) -> dict[Key, tuple[str, str, tuple[Button, ...]]]:
        def one(text: str, name: str, icon: str = "", kind: str = "normal") -> Button:
            return Button(text, kind, icon=icon, name=name)  # type: ignore[arg-type]  # one of the kinds

        return {
            Key.QUESTION: ("help", _("Cách ly tại nhà"), (one(_("T&rả lời"), "answer_home_isolation"),)),
            Key.HOURS: ("clock", _("Giờ cách ly"), (one(_("Xem"), "see_hours"),)),
            Key.REPORT: ("chart", _("Báo cáo 07:00"), (one(_("Xem, &chốt, in"), "open_report", "chart"),)),
            Key.ROUND: ("pulse", _("Theo dõi"), (one(_("&Nhập cả lượt"), "open_round", "pulse"),)),
            Key.ENDINGS: (
                "check",
                _("Kết thúc cách ly"),
                (
                    one(_("&Vì sao?"), "why_ending", kind="quiet"),
                    one(_("&Ghi xét nghiệm"), "to_tests", "flask"),
                    one("", "issue_endings", "printer"),
                ),
            ),
            Key.ORDERS: ("document", _("Thiếu giấy tờ"), (one("", "issue_orders", "printer"),)),
            Key.CONTACTS: ("people", _("F1"), (one(_("Xem &F1"), "open_contacts"),)),
            Key.PAPERS: ("document", _("Giao giấy tờ"), (one(_("&Xem, đánh dấu"), "open_missing"),)),
            Key.CALLS: ("phone", _("Hẹn gọi"), (one(_("Xem, &gọi"), "see_calls", "phone"),)),
            Key.NOTICES: ("clock", _("Chưa nhập hệ thống"), (one(_("Xem &hạn"), "open_notices"),)),
            Key.FOLLOW_UPS: ("heart", _("Thăm sau khỏi bệnh"), (one(_("Xem &danh sách"), "see_follow_ups"),)),
            Key.MEDICINES: ("pill", _("Hết thuốc"), (one(_("Xem, cấp th&uốc"), "open_due", "pill"),)),
            Key.ALLOTMENTS: ("box", _("Huyện cấp"), (one(_("Đếm, nhậ&p"), "open_allotments", "box"),)),
            Key.CHRONIC: ("heart", _("Quá hẹn khám"), (one(_("Xem, gh&i khám"), "open_chronic", "heart"),)),
            Key.REACTIONS: ("alert", _("Tai biến sau tiêm"), (one(_("Xem, b&áo"), "open_reactions", "alert"),)),
            Key.FRIDGE: ("pulse", _("Tủ lạnh"), (one(_("Đo, &ghi nhiệt độ"), "open_fridge", "pulse"),)),
            Key.SITTING: ("clock", _("Theo dõi sau tiêm"), (one(_("X&em, cho về"), "see_sitting", "clock"),)),
            Key.SESSION: ("syringe", _("Buổi tiêm"), (one(_("Vào b&uổi tiêm"), "open_vaccine_session", "syringe"),)),
            Key.REVISITS: ("phone", _("Hẹn về vắc xin"), (one(_("Xem, hỏ&i lại"), "see_revisits"),)),
            Key.VACCINES: ("syringe", _("Tiêm chủng"), (one(_("Xem, &mời tiêm"), "open_vaccination", "syringe"),)),
            Key.REVIEW: ("home", _("Rà từng nhà"), (one(_("Rà &tiếp"), "open_reviews", "home"),)),
            Key.STORE: ("box", _("Kho"), (one(_("Xem &kho"), "open_store"),)),
            Key.DISTRICT: ("info", _("Từ huyện"), (one(_("Xem, trả &lời"), "open_district"),)),
            Key.KEPT: ("pencil", _("Chưa lưu"), (one(_("&Mở lại"), "open_kept"),)),
            Key.SENDING: ("arrows", _("Gửi lên huyện"), (one(_("Ghi &USB"), "to_sync", "usb"),)),
        }

    def _list(self) -> QScrollArea:
        self._column.addWidget(self.danger)
        for row in self.rows.values():
            row.hide()
            self._column.addWidget(row)
        self._column.addStretch(1)
        self._area.setObjectName("work_list")
        self._area.setAccessibleName(_("Việc hôm nay"))
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return self._area

    def _nothing(self) -> EmptyPage:
        first = Button(_("Ghi F0 mới"), icon="plus", name="first_f0")
        first.clicked.connect(lambda: self._desk.want_f0.emit(NewF0()))
        missing = _("Hôm nay không có việc nào đang chờ")
        later = _("Dấu hiệu nặng, lượt theo dõi, giấy tờ thiếu và báo cáo sẽ hiện ở đây. Quét thẻ căn cước để ghi F0.")
        return EmptyPage("check", missing, later, first)

    def _bind(self) -> None:
        desk, go = self._desk, self._desk.want_page.emit
        pages = {
            Key.QUESTION: "settings:law",
            Key.REPORT: "reports",
            Key.ROUND: "rounds",
            Key.CONTACTS: "contacts",
            Key.PAPERS: "missing",
            Key.NOTICES: "reports:notices",
            Key.MEDICINES: "medicines_due",
            Key.ALLOTMENTS: "supplies:allotted",
            Key.CHRONIC: f"chronic:{ChronicView.OVERDUE}",
            Key.REACTIONS: "reactions",
            Key.VACCINES: "vaccination:due",
            Key.REVIEW: "reviews",
            Key.STORE: "supplies",
            Key.DISTRICT: "district",
            Key.SENDING: "sync",
        }
        for key, page in pages.items():
            self._acts[key][-1].clicked.connect(partial(go, page))
        self._acts[Key.ENDINGS][0].clicked.connect(self._tell_why)
        self._acts[Key.ENDINGS][1].clicked.connect(partial(go, f"f0_list:{EpisodeState.NEEDS_TEST}"))
        self._acts[Key.ENDINGS][-1].clicked.connect(lambda: self.issuing.start(self._work, ending=True))
        self._acts[Key.ORDERS][-1].clicked.connect(lambda: self.issuing.start(self._work, ending=False))
        for key in vaccine_lines.DOORS:
            self._acts[key][-1].clicked.connect(partial(self._open, key))
        self._acts[Key.KEPT][-1].clicked.connect(lambda: desk.want_f0.emit(NewF0()))
        for key, maker in lists.MAKERS.items():
            self._acts[key][-1].clicked.connect(partial(self._show_people, maker))
        self.printing.clicked.connect(self._print)
        self.sharing.clicked.connect(partial(share_out, desk, self))
        self.issuing.started.connect(lambda: self._stack.setCurrentWidget(self.issuing.panel))
        self.issuing.finished.connect(self._show_list)
        self.people.closed.connect(self._show_list)
        self.people.opened.connect(desk.want_person)
        self.danger.opened.connect(desk.want_person)
        self.danger.transfer.connect(desk.want_transfer)
        self.danger.answer.connect(self._answer)
        self.danger.why.connect(self._why_alert)
        self.danger.all_asked.connect(partial(go, "rounds"))

    def _open(self, key: Key) -> None:
        if self._work is not None:
            self._desk.want_page.emit(vaccine_lines.door(key, self._work))

    def _show_people(self, maker: lists.Maker) -> None:
        if self._work is None:
            return
        title, second, lines = maker(self._desk, self, self._work)
        self.people.show_people(title, second, lines)
        self._stack.setCurrentWidget(self.people)
        self.people.setFocus()

    def _show_list(self) -> None:
        self._stack.setCurrentWidget(self._area)
        self.load()

    def _print(self) -> None:
        """Everything in sight, and who stands behind it."""
        desk, work = self._desk, self._work
        if work is None:
            return
        titles = {key: row.title() for key, row in self.rows.items()}
        register, now = desk.register, desk.now()

        def make() -> tuple[bytes, str]:
            rows = sheet_rows(work, missing_here(register, desk.catalog, now), titles, now)
            return work_sheet_pdf(register.db, rows, now.date()), get_setting(register.db, "printer")

        def failed(trouble: UserError) -> None:
            Toast.tell(self, sentence(trouble), bad=True)

        desk.ask(self, make, lambda made: hand_out(desk, self, *made, "viec-hom-nay.pdf", failed), failed)

    def _tell_why(self) -> None:
        if self._work is not None:
            tell(self, _("Khi nào được kết thúc cách ly"), words.why_ending(self._work), bad=False)

    def _answer(self, alerts: tuple[AlertLine, ...]) -> None:
        dialog = AnswerDialog(self._desk, self, alerts)
        dialog.saved.connect(lambda: self._desk.said.emit(_("Đã ghi việc đã làm")))
        dialog.exec()
        dialog.deleteLater()

    def _why_alert(self, alert: AlertLine) -> None:
        tell_why(self._desk, self, alert)
