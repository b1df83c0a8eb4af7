"""The F0 tab: the open illness with all care and its acts, then what is known of the earlier ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.care import CareRecord
from covidstation.db.queries.people import PersonPage
from covidstation.domain.episodes import CaseOutcome, Episode
from covidstation.domain.needs import Need, Needs
from covidstation.i18n import _, date_text
from covidstation.services.care.look import CareLook
from covidstation.ui.care.words import day_words, needs_words
from covidstation.ui.case_words import OUTCOMES
from covidstation.ui.contacts.section import ContactsSection
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.medicines.given import GivenView
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.column import column_in_scroll, empty_column, inset
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import ElidedLabel, Line, label, set_ink
from covidstation.ui.parts.rows import KeyValues, SectionHead
from covidstation.ui.person.overview import figures
from covidstation.ui.person.sections import (
    Section,
    call_rows,
    change_rows,
    follow_up_rows,
    test_rows,
    transfer_rows,
)
from covidstation.ui.rounds.course import CourseView
from covidstation.ui.triage.why import RiskVerdict


class StateBlock(QWidget):
    """Day and end, what is still needed, the risk class with its why, and the acts of care in one row."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._day = label("", "section")
        self.away = False  # in a hospital now
        self._needs = ElidedLabel("", "strong", "muted")
        self.risk = RiskVerdict(wide=True)
        self.buttons = {
            "check": Button(_("Đo thê&m"), icon="pulse", name="care_check"),
            "call": Button(_("&Gọi"), icon="phone", name="care_call"),
            "add_test": Button(_("Thêm &xét nghiệm"), icon="flask", name="add_test"),
            "give": Button(_("Cho th&uốc"), icon="pill", name="care_give"),
            "transfer": Button(_("&Chuyển tuyến"), icon="truck", name="care_transfer"),
            "return": Button(_("Ghi lúc &về"), icon="home", name="care_return"),
            "change": Button(_("G&ia hạn"), icon="calendar", name="care_change"),
            "triage": Button(_("&Phân loại nguy cơ"), icon="shield", name="care_triage"),
            "outcome": Button(_("Ghi kết &quả"), name="set_outcome"),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.MARGIN, 12, metrics.MARGIN, 8)
        column.setSpacing(metrics.GAP)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._day)
        top.addWidget(self._needs, 1)
        column.addLayout(top)
        column.addWidget(self.risk)
        acts = QHBoxLayout()
        acts.setSpacing(metrics.GAP)
        for key, button in self.buttons.items():
            button.clicked.connect(lambda _checked=False, act=key: self.asked.emit(act))
            acts.addWidget(button)
        acts.addStretch(1)
        column.addLayout(acts)

    def show_look(self, look: CareLook) -> None:
        """The open illness."""
        needs = look.open_needs
        self._day.setText(day_words(needs) if needs else "")
        self._day.setVisible(bool(self._day.text()))
        self._needs.set_text(_needs_line(look, needs))
        free = needs is not None and needs.need is Need.FREE
        waits = needs is not None and needs.need in (Need.TEST, Need.AWAY)
        set_ink(self._needs, "ok" if free else "warn" if waits else "muted")
        self.risk.show_why(look.why)
        self.away = look.open is not None and look.record.away(look.open.id) is not None
        self.leave_out({})

    def leave_out(self, elsewhere: Mapping[str, bool]) -> None:
        """Hide the acts that cannot be done now, and those that the head of the page asks for itself."""
        for act, button in self.buttons.items():
            possible = self.away if act == "return" else not (self.away and act in ("transfer", "check"))
            button.setVisible(possible and not elsewhere.get(act, False))


def _needs_line(look: CareLook, needs: Needs | None) -> str:
    """What is still needed, where the person is, and whether the rule behind it was confirmed."""
    if look.open is None or needs is None:
        return ""
    words = needs_words(needs)
    away = look.record.away(look.open.id)
    if away is not None and away.left_at is not None:
        words = _("Đang ở {place} từ {moment}").format(place=away.facility, moment=f"{away.left_at:%H:%M %d/%m/%Y}")
    rule = look.rules.isolation
    words = words[:1].upper() + words[1:]
    unsure = rule is not None and not rule.confirmed and away is None
    return _("{needs} · quy định số ngày chưa xác nhận").format(needs=words) if unsure else words


class IllnessTab(QWidget):
    """`show_look` fills it; `asked(act, payload)` when a person wants to do something: the page does it."""

    asked = Signal(str, object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._catalog = desk.catalog
        self._open: Episode | None = None
        self._person_id: UUID | None = None
        area, self._rows = column_in_scroll()
        self._area = area
        area.setObjectName("illness_tab")
        area.setAccessibleName(_("Các lần mắc"))
        self.state = StateBlock()
        self.state.asked.connect(lambda act: self.asked.emit(act, self._open))
        self.given = GivenView(desk)
        self.course = CourseView(desk)
        self.contacts = ContactsSection(desk)
        self._make_sections()
        self._old = QVBoxLayout()
        self._old.setSpacing(0)
        for widget in (self.state, self._line, *self._sections, self.contacts):
            self._rows.addWidget(widget)
        self._rows.addLayout(self._old)
        self._rows.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _make_sections(self) -> None:
        self._line = Line()
        self.measured = Section("care_course", _("Diễn biến")).hold(inset(self.course))
        self.tests = Section("care_tests", _("Xét nghiệm"))
        self.medicines = Section("care_medicines", _("Thuốc đã cho")).hold(self.given)
        self.given.counted.connect(lambda count: self.medicines.setVisible(count > 0))
        self.calls = Section("care_calls", _("Cuộc gọi"))
        self.transfers = Section("care_transfers", _("Chuyển tuyến"))
        self.changes = Section("care_changes", _("Gia hạn, rút ngắn cách ly"))
        self.months = Section("care_months", _("Hỏi thăm sau khi khỏi"))
        self._sections: tuple[Section, ...] = (
            self.measured, self.tests, self.medicines, self.calls, self.transfers, self.changes, self.months,
        )  # fmt: skip

    def show_look(self, look: CareLook, today: date) -> None:
        """All illnesses: the open one with its care, the others as they ended."""
        page, record = look.page, look.record
        if page.person.id != self._person_id:
            self._area.verticalScrollBar().setValue(0)
        self._person_id = page.person.id
        self._catalog = look.catalog
        self._open = look.open
        shown = look.open or (page.episodes[0] if page.episodes else None)
        for widget in (self.state, self._line):
            widget.setVisible(look.open is not None)
        if look.open is not None:
            self.state.show_look(look)
        self._fill(shown, record, today)
        unsure = not look.plan_confirmed and any(one.due_on for one in record.follow_ups)
        self.months.head.second.set_text(_("các mốc tháng chưa xác nhận") if unsure else "")
        self.contacts.show_case(page.person.id, shown.id if shown else None)
        empty_column(self._old)
        if not page.episodes:
            self._old.addWidget(self._nothing())
            return
        for episode in page.episodes:
            self._old.addWidget(self._block(page, episode, today, tests=episode is not shown))
        self._old.addWidget(self._again())

    def _fill(self, shown: Episode | None, record: CareRecord, today: date) -> None:
        self.given.show_episode(shown.id if shown else None)
        if shown is None:
            for section in self._sections:
                section.hide()
            return
        self.measured.show()
        self.course.add_button.setVisible(self._open is None)  # else it stands above
        self.course.show_course(shown.id)
        act = self.asked.emit
        self.tests.fill(test_rows(shown, act))
        self.calls.fill(call_rows(record, shown, today, act))
        self.transfers.fill(transfer_rows(record, shown, today, act))
        self.changes.fill(change_rows(record, shown, today))
        self.months.fill(follow_up_rows(record, today, act))

    def _nothing(self) -> EmptyPage:
        new = Button(_("F0 mới"), icon="plus", name="tab_new_f0")
        new.clicked.connect(lambda: self.asked.emit("again", None))
        return EmptyPage("person", _("Chưa mắc lần nào"), _("Xét nghiệm, cách ly và kết quả sẽ ở đây."), new)

    def _again(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(metrics.MARGIN, 12, metrics.MARGIN, 12)
        button = Button(_("Mắc lần nữa"), icon="plus", name="tab_again")
        button.clicked.connect(lambda: self.asked.emit("again", None))
        row.addWidget(button)
        row.addStretch(1)
        return holder

    def _block(self, page: PersonPage, episode: Episode, today: date, *, tests: bool) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 8)
        column.setSpacing(0)
        buttons = []
        if episode.outcome is not CaseOutcome.NO_OUTCOME:
            buttons = [self._link(_("Sửa"), "edit", episode), self._link(_("Mở lại"), "reopen", episode)]
        title = _("Lần mắc từ {day}").format(day=date_text(episode.report_date))
        column.addWidget(SectionHead(title, _(OUTCOMES[episode.outcome]), *buttons))
        column.addWidget(KeyValues(figures(page, episode, self._catalog, today)[1:]))
        for row in test_rows(episode, self.asked.emit) if tests else ():
            column.addWidget(row)
        return holder

    def _link(self, text: str, act: str, payload: Any) -> Button:
        button = Button(text, "quiet", name=f"{act}_illness")
        button.clicked.connect(lambda: self.asked.emit(act, payload))
        return button
