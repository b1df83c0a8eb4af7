"""Phản ứng sau tiêm: every reaction, those that somebody must still report or end first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting, get_station
from covidstation.db.queries.vaccine_events import EventLine, list_events
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.reactions import EventEnd
from covidstation.domain.vaccination.screening import ReactionKind, ScreeningRule, reaction_words, screening_rule_on
from covidstation.errors import UserError
from covidstation.i18n import _, ngettext
from covidstation.messages import sentence
from covidstation.services.changes import Changes, Done, Kind
from covidstation.services.files import keep_file
from covidstation.services.vaccination.reaction_month import month_reactions_pdf, month_reactions_xlsx
from covidstation.services.vaccination.reaction_papers import event_pdf
from covidstation.services.vaccination.reactions import reopen_event, take_back_report
from covidstation.services.vaccination.standing import desk_rules
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.months import MonthCombo
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.saving import choose_table
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.register_page import filter_bar
from covidstation.ui.vaccination.reaction_dialogs import EventDialog, EventEndDialog, ReportDialog
from covidstation.ui.vaccination.session_words import ENDS

Found = tuple[tuple[EventLine, ...], tuple[ScreeningRule, ...], str]
_MONTHS: Final = 12  # that can be chosen


class ReactionsPage(Page):
    """The list; Enter opens the reaction."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("reactions", _("Phản ứng sau tiêm"), entry="vaccination")
        self._desk = desk
        self._lines: tuple[EventLine, ...] = ()
        self._rules: tuple[ScreeningRule, ...] = ()  # as the station has them
        self._words: Mapping[str, ReactionKind] = {}
        self._upper = ""
        self.view = Segments("reaction_view", _("Lọc phản ứng"), [("open", _("Cần xem")), ("all", _("Tất cả"))])
        self.month = MonthCombo("reaction_month", _("Lọc theo tháng"), _MONTHS, every=_("Mọi tháng"))
        self.month.show_until(desk.now().date())
        self.model: RecordModel[EventLine] = RecordModel(
            desk.tasks, event_columns(desk, lambda: self._rules, lambda: self._words), self
        )
        self.table = Table("reactions_table", _("Phản ứng sau tiêm"), self.model)
        self.to_session = Button(_("&Buổi tiêm"), "quiet", icon="syringe", name="to_session")
        self.person = Button(_("&Người này"), "quiet", icon="person", name="reaction_person")
        self.again = Button(_("&Mở lại"), "quiet", name="reopen_reaction")
        self.paper = Button(_("&In báo cáo"), icon="printer", name="print_reaction")
        self.report = Button(_("Đã &báo tuyến trên"), name="report_reaction")
        self.untold = Button(_("&Chưa báo"), "quiet", name="take_back_report")
        self.end = Button(_("&Kết thúc"), name="end_reaction")
        self.edit = Button(_("Sửa"), "primary", icon="pencil", keys="Ctrl+E", name="edit_reaction")
        desk.guard(Right.ENTER, self.again, self.untold, self.report, self.end, self.edit)
        self.sums = Button(_("Tổng hợp thán&g"), "quiet", icon="printer", name="print_month_reactions")
        self.excel = Button(_("E&xcel"), "quiet", icon="download", name="month_reactions_xlsx")
        desk.guard(Right.PRINT, self.paper, self.sums)
        desk.guard(Right.EXPORT, self.excel)
        self.set_head_actions(self.to_session, self.sums, self.excel)
        later = _("Phản ứng ghi ở bàn tiêm hoặc ở trang của một người sẽ hiện ở đây.")
        self._empty = EmptyPage("heart", _("Không có phản ứng nào cần xem"), later)
        column = QVBoxLayout()
        column.setSpacing(0)
        for widget, stretch in ((filter_bar(self.view, self.month), 0), (self.table, 1), (self._empty, 1)):
            column.addWidget(widget, stretch)
        self.body.addLayout(column, 1)
        self._connect()

    def load(self) -> None:
        """All of them."""
        desk = self._desk
        db, catalog = desk.register.db, desk.catalog
        self.month.show_until(desk.now().date())

        def found() -> Found:
            rules = desk_rules(db, catalog=catalog).screenings
            return tuple(list_events(db)), rules, get_station(db).upper_name

        desk.ask(self, found, self._show, self._failed)

    def refresh(self, changes: Changes) -> None:
        """Ask again when something in sight may have changed."""
        if changes & {Kind.VACCINES, Kind.PEOPLE, Kind.RULES}:
            self.load()

    def bar_actions(self) -> Sequence[QWidget]:
        """What is done with the one in hand."""
        return (self.person, self.again, self.untold, self.paper, self.report, self.end, self.edit)

    def _connect(self) -> None:
        desk = self._desk
        self.view.chosen.connect(lambda _key: self._fill())
        self.month.picked.connect(lambda _month: self._pick())
        self.sums.clicked.connect(lambda: self._print_month())
        self.excel.clicked.connect(lambda: self._keep_month())
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._say())
        self.table.opened.connect(lambda _line: self._edit())
        self.to_session.clicked.connect(lambda: desk.want_page.emit("session"))
        self.person.clicked.connect(self._with(lambda one: desk.want_person.emit(one.person_id)))
        self.edit.clicked.connect(lambda: self._edit())
        self.report.clicked.connect(self._with(self._report))
        self.untold.clicked.connect(self._with(self._untell))
        self.end.clicked.connect(self._with(self._end))
        self.again.clicked.connect(self._with(self._again))
        self.paper.clicked.connect(self._with(self._print))

    def _with(self, act: Callable[[EventLine], object]) -> Callable[[], None]:
        def run() -> None:
            one = self.table.current_record()
            if one is not None:
                act(one)

        return run

    def _show(self, found: Found) -> None:
        self._lines, self._rules, self._upper = found
        self._words = reaction_words(self._rules)
        waiting = sum(map(_waits, self._lines))
        self.view.set_count("open", waiting)
        self.view.set_count("all", len(self._lines))
        words = ngettext("{n} tai biến nặng cần xem", "{n} tai biến nặng cần xem", waiting).format(n=waiting)
        self.set_title(_("Phản ứng sau tiêm"), words if waiting else "")
        self._fill()

    def _fill(self) -> None:
        shown = [one for one in self._lines if self.view.value() == "all" or _waits(one)]
        month: date | None = self.month.value()
        if month is not None:
            shown = [one for one in shown if one.event.began_at and one.event.began_at.date().replace(day=1) == month]
        kept = self.table.current_record()
        self.model.set_records(shown)
        at = next((row for row, one in enumerate(shown) if kept is not None and one.event.id == kept.event.id), 0)
        if shown:
            self.table.setCurrentIndex(self.model.index(at, 0))
        self.table.setVisible(bool(shown))
        self._empty.setVisible(not shown)
        self._say()

    def _say(self) -> None:
        one = self.table.current_record() if self.model.rowCount() else None
        for button in (self.person, self.paper):
            button.setEnabled(one is not None)
        for button in (self.edit, self.end):
            button.setEnabled(one is not None and one.event.open)
        self.report.setEnabled(one is not None and one.event.severe)
        self.untold.setEnabled(one is not None and one.event.reported_at is not None)
        self.again.setEnabled(one is not None and not one.event.open)

    def _edit(self) -> None:
        one = self.table.current_record()
        if one is None or not one.event.open:
            return
        rule = screening_rule_on(self._rules, self._desk.now().date())
        dialog = EventDialog(self._desk, self, rule, one.person_id, one.full_name, known=one.event)
        run_dialog(self._desk, dialog, _("Đã sửa phản ứng"))

    def _report(self, one: EventLine) -> None:
        run_dialog(self._desk, ReportDialog(self._desk, self, one.event, self._upper), _("Đã ghi lần báo"))

    def _untell(self, one: EventLine) -> None:
        title, event = _("{name}: chưa báo tuyến trên?").format(name=one.full_name), one.event
        words = _("Lần báo {whom} ngày {day} được lấy lại; phản ứng này trở lại “chưa báo”.")
        text = words.format(whom=event.reported_to, day=f"{event.reported_at:%d/%m/%Y}")
        if confirm(self, title, text, act=_("Lấy lại lần báo")):
            register = self._desk.register
            op = partial(take_back_report, register.db, event.id, by=register.user_id, now=self._desk.now())
            self._desk.act(self, op, lambda _one: self._desk.said.emit(_("Đã lấy lại lần báo")), self._failed)

    def _end(self, one: EventLine) -> None:
        run_dialog(self._desk, EventEndDialog(self._desk, self, one.event), _("Đã kết thúc theo dõi"))

    def _again(self, one: EventLine) -> None:
        register = self._desk.register
        op: Callable[[], Done[Any]] = partial(
            reopen_event,
            register.db,
            one.event.id,
            catalog=self._desk.catalog,
            by=register.user_id,
            now=self._desk.now(),
        )
        self._desk.act(self, op, lambda _one: self._desk.said.emit(_("Đã mở lại")), self._failed)

    def _print(self, one: EventLine) -> None:
        desk = self._desk
        db, today = desk.register.db, desk.now().date()

        def made() -> tuple[bytes, str]:
            return event_pdf(db, one.event.id, catalog=desk.catalog, today=today), get_setting(db, "printer")

        name = f"phan-ung-sau-tiem-{today:%Y%m%d}.pdf"
        desk.ask(self, made, lambda pdf: hand_out(desk, self, pdf[0], pdf[1], name, self._failed), self._failed)

    def _pick(self) -> None:
        """All of a month, whether somebody still has to look at them or not."""
        if self.month.value() is not None:
            self.view.set_value("all")
        self._fill()

    def _of_month(self) -> date:
        """The month that is chosen; this one where none is."""
        return self.month.value() or self._desk.now().date().replace(day=1)

    def _print_month(self) -> None:
        desk, month = self._desk, self._of_month()
        db, today = desk.register.db, desk.now().date()

        def made() -> tuple[bytes, str]:
            return month_reactions_pdf(db, month, catalog=desk.catalog, today=today), get_setting(db, "printer")

        name = f"phan-ung-sau-tiem-thang-{month:%Y-%m}.pdf"
        desk.ask(self, made, lambda pdf: hand_out(desk, self, pdf[0], pdf[1], name, self._failed), self._failed)

    def _keep_month(self) -> None:
        desk, month = self._desk, self._of_month()
        path = choose_table(self, f"phan-ung-sau-tiem-thang-{month:%Y-%m}.xlsx")
        if path is None:
            return
        words = _("Đã lưu {name} vào {folder}.").format(name=path.name, folder=path.parent)
        today = desk.now().date()
        made = partial(month_reactions_xlsx, desk.register.db, month, catalog=desk.catalog, today=today)

        def keep(data: bytes) -> None:
            op = partial(keep_file, path, data)
            desk.tasks.background(self, op, lambda _path: desk.said.emit(words), self._failed)

        desk.ask(self, made, keep, self._failed)

    def _failed(self, trouble: UserError) -> None:
        problems = getattr(trouble, "problems", ())
        self.banner.show_message("danger", sentence(problems[0] if problems else trouble))


def _waits(one: EventLine) -> bool:
    return one.event.severe and (one.event.open or one.event.unreported)


def event_columns(
    desk: Desk, rules: Callable[[], Sequence[ScreeningRule]], known: Callable[[], Mapping[str, ReactionKind]]
) -> tuple[Column[EventLine], ...]:
    """How bad, who, what (in the words that are `known`), when, told (by the station's own `rules`), how it ended."""

    def level(one: EventLine) -> Cell:
        if one.event.end is EventEnd.MISTAKE:
            return Cell(_("ghi nhầm"), chip="plain")
        return Cell(_("nặng"), chip="red") if one.event.severe else Cell(_("thông thường"), chip="yellow")

    def what(one: EventLine) -> Cell:
        words = known()
        return Cell(", ".join(words[code].label if code in words else code for code in one.event.kinds))

    def when(one: EventLine) -> Cell:
        began = one.event.began_at
        return Cell(f"{began:%H:%M %d/%m/%Y}" if began else "", ink="muted")

    def told(one: EventLine) -> Cell:
        event = one.event
        if event.reported_at is not None:
            return Cell(f"{event.reported_at:%d/%m}", ink="muted", small=event.report_number)
        if not event.unreported:
            return Cell("")
        rule = next((r for r in rules() if event.began_at and r.on(event.began_at.date())), None)
        due = event.report_due(rule.report_hours) if rule is not None else None
        late = due is not None and due < desk.now().replace(tzinfo=None)
        return Cell(_("quá hạn báo") if late else _("chưa báo"), chip="red" if late else "orange")

    def end(one: EventLine) -> Cell:
        until = one.event.follow_until
        follow = _("đến {day}").format(day=f"{until:%d/%m}") if one.event.open and until else ""
        return Cell(_(ENDS[one.event.end]) if not one.event.open or one.event.severe else "", small=follow)

    return (
        Column("level", _("Mức"), level, 116),
        Column("who", _("Họ tên"), lambda one: Cell(one.full_name, "name", small=one.hamlet), 220),
        Column("what", _("Biểu hiện"), what),
        Column("when", _("Bắt đầu"), when, 140),
        Column("told", _("Báo tuyến trên"), told, 130),
        Column("end", _("Kết cục"), end, 170),
    )
