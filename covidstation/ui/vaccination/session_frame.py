"""The look of Buổi tiêm: its buttons, the desk at the left, the tables at the right."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from covidstation.db.queries.vaccine_seats import SeatLine, counts_of
from covidstation.db.queries.vaccine_sessions import SessionSheet
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.screening import ScreeningRule
from covidstation.domain.vaccination.sessions import SessionStatus, Step, observed_until
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import ElidedLabel, Line
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.vaccination.session_card import DeskCard
from covidstation.ui.vaccination.session_columns import VialLine, seat_columns, vial_columns
from covidstation.ui.vaccination.session_words import STATUSES, take_words, trouble_words

_CARD: Final = 520
USUAL_MINUTES: Final = 30  # until the rule of the day is read


class SessionFrame(Page):
    """What stands on the page, and what is chosen of it; `SessionPage` says what it does.

    `person_wanted(person_id)`: they are to stand at the desk; `session_wanted(session_id)`: it is to be shown.
    """

    person_wanted, session_wanted = Signal(object), Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__("session", _("Buổi tiêm"), entry="vaccination")
        self._desk = desk
        self._warned = ""
        self.sheet: SessionSheet | None = None
        self.rule: ScreeningRule | None = None
        self.lines: tuple[SeatLine, ...] = ()
        self.session = Combo("session", _("Buổi tiêm"), width=256)
        self.card = DeskCard(desk, self)
        self.model: RecordModel[SeatLine] = RecordModel(desk.tasks, seat_columns(self.clock), self)
        self.table = Table("session_people", _("Mọi người của buổi tiêm"), self.model)
        self.vials: RecordModel[VialLine] = RecordModel(desk.tasks, vial_columns(), self)
        self.vial_table = Table("session_vials", _("Lô và lọ vắc xin"), self.vials)
        self._make_actions()
        self._lay_out()

    def clock(self) -> tuple[datetime, int]:
        """Now, and how long somebody sits."""
        return self._desk.now(), self.rule.observe_minutes if self.rule is not None else USUAL_MINUTES

    def running(self) -> bool:
        """Whether the session in sight is open."""
        return self.sheet is not None and self.sheet.line.status is SessionStatus.OPEN

    def failed(self, trouble: UserError) -> None:
        """Say why not."""
        problems = getattr(trouble, "problems", ())
        self.banner.show_message("danger", sentence(problems[0] if problems else trouble))

    def chosen(self) -> list[SeatLine]:
        """The chosen lines from the top."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [line for line in map(self.model.record, rows) if line is not None]

    def rested(self) -> list[SeatLine]:
        """Who has sat out their time."""
        if self.rule is None:
            return []
        now, minutes = self._desk.now().replace(tzinfo=None), self.rule.observe_minutes
        injected = ((one, one.seat.injected_at) for one in self.lines)  # of 600 most are told by the hour alone
        return [
            one
            for one, at in injected
            if at is not None and observed_until(at, minutes) <= now and one.step is Step.OBSERVED
        ]

    def _say_title(self) -> None:
        sheet = self.sheet
        if sheet is None:
            self.set_title(_("Buổi tiêm"))
            return
        counts = counts_of(self.lines)
        waiting = counts[Step.COME] + counts[Step.SCREENED]
        for key, count in (("all", len(self.lines)), ("expected", counts[Step.EXPECTED])):
            self.view.set_count(key, count)
        self.view.set_count("waiting", waiting)
        self.view.set_count("observed", counts[Step.OBSERVED])
        words = (
            _("{status}, mời {n}")
            if sheet.line.status is SessionStatus.PLANNED
            else _("tiêm {given}, không tiêm {ended}")
        )
        status = _(STATUSES[sheet.line.status])
        self.set_title(
            _("Buổi tiêm"),
            words.format(status=status, n=len(self.lines), given=sheet.line.given, ended=counts[Step.ENDED]),
        )
        self._stock.set_text(" · ".join(map(take_words, sheet.takes)) or _("chưa lấy vắc xin"))
        closed = sheet.line.status is SessionStatus.CLOSED
        self.start.setVisible(sheet.line.status is SessionStatus.PLANNED)
        self.close_it.setVisible(sheet.line.status is not SessionStatus.PLANNED)
        self.close_it.set_text(_("Mở lạ&i") if closed else _("Kết thú&c buổi"))
        self._warn()

    def _over(self) -> bool:
        return self.sheet is not None and self.sheet.line.status is SessionStatus.CLOSED

    def _warn(self) -> None:
        """What is wrong with the vials is said as long as it is."""
        told = trouble_words(self.sheet) if self.sheet is not None else ""
        if told:
            self.banner.show_message("warn", told)
        elif self._warned:
            self.banner.clear()
        self._warned = told

    def _make_actions(self) -> None:
        self.events = Button(_("Tai &biến"), "quiet", icon="alert", name="to_reactions")
        self.papers = Button(_("In"), icon="printer", name="print_session", arrow=True)
        self.plan = Button(_("Buổi mới"), icon="plus", keys="Ctrl+Shift+N", name="plan_session")
        self.edit = Button(_("&Sửa buổi"), name="edit_session")
        self.start = Button(_("Bắt đầu"), "primary", name="open_session")
        self.close_it = Button(_("Kết thú&c buổi"), name="close_session")
        self.first = Button(_("Lập buổi tiêm"), icon="plus", name="first_session")
        self.people = Button(_("Thêm"), icon="plus", keys="Ctrl+N", name="invite_people")
        self.remove = Button(_("Bỏ &tên"), "quiet", name="uninvite_people")
        self.rested_go = Button(_("C&ho về đủ giờ"), name="let_rested_go")
        self.by_paper = Button(_("Từ giấ&y"), name="enter_from_paper")
        self.certify = Button("", keys="Ctrl+P", name="print_confirmations")
        self.take = Button(_("Lấy vắc &xin"), icon="plus", name="take_vaccine")
        self.leave = Button(_("Bỏ lô"), "quiet", name="leave_vaccine")
        self.waste = Button(_("&Huỷ liều"), name="waste_doses")
        self.over = Button(_("&Rút thêm được"), name="draw_over")
        self.not_lost = Button(_("Lấy lại lần huỷ"), "quiet", name="void_waste")
        writing = (
            self.plan, self.edit, self.start, self.close_it, self.first, self.people, self.remove, self.rested_go,
            self.take, self.leave, self.waste, self.over, self.not_lost, self.by_paper,
        )  # fmt: skip
        self._desk.guard(Right.ENTER, *writing)
        self._desk.guard(Right.PRINT, self.papers)
        self._desk.guard(Right.ISSUE, self.certify)

    def _lay_out(self) -> None:
        self.set_head_actions(self.session, self.events, self.papers, self.plan, self.edit, self.close_it, self.start)
        self.card.setFixedWidth(_CARD)
        sides = QHBoxLayout()
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(0)
        sides.addWidget(self.card)
        sides.addWidget(Line(vertical=True))
        sides.addLayout(self._right(), 1)
        holder = QWidget()
        holder.setLayout(sides)
        later = _("Chọn ngày, nơi tiêm, lô vắc xin và người được mời; đến ngày thì quét thẻ từng người.")
        self._empty = EmptyPage("calendar", _("Chưa có buổi tiêm nào"), later, self.first)
        self._stack = QStackedWidget()
        for view in (holder, self._empty, QWidget()):
            self._stack.addWidget(view)
        self._stack.currentChanged.connect(lambda _at: self._show_head())
        self._stack.setCurrentIndex(2)  # until it is known whether there is a session
        self.add(self._stack, 1)

    def _show_head(self) -> None:
        """Without a session there is none to choose, print, change, begin or end."""
        there = self._stack.currentIndex() == 0
        for part in (self.session, self.papers, self.edit):
            part.setVisible(there)
        if not there:
            self.start.hide()
            self.close_it.hide()

    def _right(self) -> QVBoxLayout:
        items = [("all", _("Tất cả")), ("expected", _("Chưa đến")), ("waiting", _("Chờ")), ("observed", _("Theo dõi"))]
        self.view = Segments("session_view", _("Lọc theo chỗ của mỗi người"), [*items, ("vials", _("Vắc xin"))])
        self.typed = LineEdit("session_filter", _("Lọc theo tên, số"), width=150, hint=_("tên, số"))
        bar = QHBoxLayout()
        bar.setContentsMargins(metrics.GAP, 6, metrics.GAP, 6)
        bar.setSpacing(metrics.GAP)
        for widget in (self.view, self.typed):
            bar.addWidget(widget)
        bar.addStretch(1)
        self._stock = ElidedLabel("", "hint", "muted")
        self._both = QStackedWidget()
        self._both.addWidget(self.table)
        self._both.addWidget(self.vial_table)
        acts = QHBoxLayout()
        acts.setContentsMargins(metrics.GAP, 6, metrics.GAP, 6)
        acts.setSpacing(metrics.GAP)
        acts.addStretch(1)
        self._people_acts = (self.remove, self.rested_go, self.people, self.by_paper)
        self._vial_acts = (self.not_lost, self.leave, self.over, self.waste, self.take)
        acts.addWidget(self.certify)
        self.certify.hide()
        for button in (*self._people_acts, *self._vial_acts):
            acts.addWidget(button)
        for button in self._vial_acts:  # all of them together would widen the window
            button.hide()
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(Line())
        column.addWidget(self._both, 1)
        column.addWidget(Line())
        stock = QHBoxLayout()
        stock.setContentsMargins(metrics.GAP, 4, metrics.GAP, 0)
        stock.addWidget(self._stock)
        column.addLayout(stock)  # beside all the buttons there is no room for it
        column.addLayout(acts)
        return column
