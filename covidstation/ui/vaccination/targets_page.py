"""Chỉ tiêu, kế hoạch: what the upper level asks for, how far it is, who is missing; the doses of the next months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QStackedWidget, QWidget

from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.goals import GoalDraft
from covidstation.domain.vaccination.priority import PriorityList
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.messages.vaccination_due import dose_words
from covidstation.messages.vaccine_coverage import LEVEL_WORDS, percent_text
from covidstation.services.changes import Changes, Done, Kind
from covidstation.services.vaccination.due import priority_list
from covidstation.services.vaccination.targets import (
    PlanLine,
    TargetLine,
    close_target,
    dose_plan,
    vaccination_targets,
)
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line, TwoLineLabel
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.register_page import filter_bar
from covidstation.ui.vaccination.target_dialog import TargetDialog

MOST_NAMED: Final = 4  # hamlets in the foot
_KINDS: Final = frozenset((Kind.VACCINES, Kind.PEOPLE, Kind.PLACES, Kind.EPISODES, Kind.RULES))
Found = tuple[tuple[TargetLine, ...], tuple[PlanLine, ...], list[Hamlet], PriorityList]


class TargetsPage(Page):
    """Enter on a target opens who is overdue in the hamlet where most are missing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("vaccine_targets", _("Chỉ tiêu, kế hoạch tiêm"), entry="vaccination")
        self._desk = desk
        self._hamlets: list[Hamlet] = []
        self._groups: PriorityList | None = None
        self.view = Segments(
            "targets_view", _("Xem"), [("targets", _("Chỉ tiêu trên giao")), ("plan", _("Liều cần theo tháng"))]
        )
        self.model: RecordModel[TargetLine] = RecordModel(desk.tasks, _target_columns(), self)
        self.table = Table("targets_table", _("Chỉ tiêu tiêm chủng"), self.model)
        self.plan_model: RecordModel[PlanLine] = RecordModel(desk.tasks, _plan_columns(), self)
        self.plan = Table("plan_table", _("Liều vắc xin cần theo tháng"), self.plan_model)
        self.back = Button(_("Độ bao &phủ"), "quiet", icon="chart", name="targets_to_coverage")
        self.add_one = Button(_("Thêm chỉ tiêu"), icon="plus", keys="Ctrl+Shift+N", name="add_target")
        self.people = Button(_("&Ai còn thiếu"), "primary", icon="people", name="target_people")
        self.edit = Button(_("Sửa"), icon="pencil", keys="Ctrl+E", name="edit_target")
        self.close_one = Button(_("Đó&ng chỉ tiêu"), "quiet", name="close_target")
        self.words = TwoLineLabel("", "hint", "muted")
        self.set_head_actions(self.back, self.add_one)
        desk.guard(Right.ENTER, self.add_one, self.edit, self.close_one)
        later = _(
            "Ghi chỉ tiêu tuyến trên giao: mũi nào, bao nhiêu, đến ngày nào, ai phụ trách. Phần mềm tính còn thiếu."
        )
        self._none = EmptyPage("check", _("Chưa có chỉ tiêu nào"), later)
        self._no_plan = EmptyPage(
            "syringe", _("Chưa có ai đến hạn trong sáu tháng tới"), _("Xem lại ở danh sách tiêm.")
        )
        self._stack = QStackedWidget()
        for part in (self.table, self.plan, self._none, self._no_plan):
            self._stack.addWidget(part)
        self.add(filter_bar(self.view))
        self.add(Line())
        self.add(self._stack, 1)
        self._connect()

    def load(self) -> None:
        """Count anew."""
        desk = self._desk
        db, catalog, now = desk.register.db, desk.catalog, desk.now()

        def found() -> Found:
            return (
                vaccination_targets(db, catalog=catalog, now=now),
                dose_plan(db, catalog=catalog, now=now),
                hamlets(db),
                priority_list(db, catalog=catalog, day=now.date()),
            )

        desk.ask(self, found, self._show, self._failed)

    def refresh(self, changes: Changes) -> None:
        """Count again when something in sight may have changed."""
        if changes & _KINDS:
            self.load()

    def show_part(self, part: str) -> None:
        """`targets` or `plan`."""
        if part in ("targets", "plan"):
            self.view.set_value(part)
            self._turn()

    def bar_actions(self) -> Sequence[QWidget]:
        """What is done with the target in hand."""
        return (self.close_one, self.edit, self.people)

    def bar_note(self) -> QWidget | None:
        """Where those live who are missing; what the plan counts."""
        return self.words

    def _connect(self) -> None:
        self.view.chosen.connect(lambda _key: self._turn())
        self.table.opened.connect(lambda _line: self._people())
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._say())
        self.back.clicked.connect(lambda: self._desk.want_page.emit("coverage"))
        self.add_one.clicked.connect(lambda: self._dialog(None))
        self.edit.clicked.connect(lambda: self._dialog(self._current()))
        self.close_one.clicked.connect(self._close)
        self.people.clicked.connect(self._people)

    def _show(self, found: Found) -> None:
        targets, plan, self._hamlets, self._groups = found
        kept = self._current()
        self.model.set_records(targets)
        self.plan_model.set_records(plan)
        at = next((row for row, one in enumerate(targets) if kept is not None and one.goal.id == kept.goal.id), 0)
        if targets:
            self.table.setCurrentIndex(self.model.index(at, 0))
        met = sum(one.progress.met for one in targets)
        words = _("{met} trên {all} chỉ tiêu đã đạt").format(met=met, all=len(targets)) if targets else ""
        self.set_title(_("Chỉ tiêu, kế hoạch tiêm"), words)
        self._turn()

    def _turn(self) -> None:
        """The table of the view, or why it is empty."""
        if self.view.value() == "plan":
            self._stack.setCurrentWidget(self.plan if self.plan_model.rowCount() else self._no_plan)
        else:
            self._stack.setCurrentWidget(self.table if self.model.rowCount() else self._none)
        self._say()

    def _current(self) -> TargetLine | None:
        shown = self.view.value() == "targets" and self.model.rowCount()
        return self.table.current_record() if shown else None

    def _say(self) -> None:
        one, may = self._current(), self._desk.may(Right.ENTER)
        self.people.setEnabled(one is not None)
        for button in (self.edit, self.close_one):
            button.setEnabled(one is not None and may)
        self.words.set_text(_plan_words() if self.view.value() == "plan" else _where_words(one) if one else "")

    def _dialog(self, line: TargetLine | None) -> None:
        if self._groups is None:
            return
        known = line.goal if line else None
        dialog = TargetDialog(self._desk, self, self._hamlets, self._groups, known)
        run_dialog(self._desk, dialog, _("Đã ghi chỉ tiêu"))

    def _close(self) -> None:
        one = self._current()
        if one is None:
            return
        text = _("Chỉ tiêu rời khỏi danh sách. Số liệu tiêm chủng giữ nguyên.")
        if not confirm(self, _("Đóng chỉ tiêu này?"), text, act=_("Đóng chỉ tiêu"), back=_("Giữ lại")):
            return
        register = self._desk.register
        op: Callable[[], Done[Any]] = partial(
            close_target, register.db, one.goal.id, by=register.user_id, now=self._desk.now()
        )
        self._desk.act(self, op, lambda _one: self._desk.said.emit(_("Đã đóng chỉ tiêu")), self._failed)

    def _people(self) -> None:
        """The due list, in the hamlet where most are missing."""
        one = self._current()
        if one is None:
            return
        hamlet = next((where for where, _name, _left in one.where if where is not None), None)
        self._desk.want_page.emit(f"vaccination:overdue@{hamlet.hex}" if hamlet else "vaccination:overdue")

    def _failed(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))


def _plan_words() -> str:
    return _(
        "Mũi tới của mỗi người theo lịch; quá hạn tính vào tháng này. "
        "Người từ chối, trì hoãn hay phải hỏi thêm không tính."
    )


def _where_words(line: TargetLine) -> str:
    named = ", ".join(f"{name or _('không rõ bản')} {left}" for _id, name, left in line.where[:MOST_NAMED])
    if not named:
        return _("Mọi người trong chỉ tiêu đã tiêm.")
    words = _("Chưa tiêm nhiều nhất: {where}.").format(where=named)
    return f"{words} {line.goal.note}".strip()


def who_words(goal: GoalDraft, group: str, hamlet: str) -> str:
    """Whom a target means."""
    ages = ""
    last = None if goal.end_age is None else goal.end_age - 1
    if goal.first_age is not None and last is not None:
        ages = _("{first}–{last} tuổi").format(first=goal.first_age, last=last)
    elif goal.first_age is not None:
        ages = _("từ {first} tuổi").format(first=goal.first_age)
    elif last is not None:
        ages = _("đến {last} tuổi").format(last=last)
    return ", ".join(filter(None, (ages, group, hamlet))) or _("Cả xã")


def _target_columns() -> tuple[Column[TargetLine], ...]:
    def state(line: TargetLine) -> Cell:
        if line.progress.met:
            return Cell(_("đạt"), chip="green")
        if line.late:
            return Cell(_("quá hạn"), chip="red")
        return Cell(_("còn {days} ngày").format(days=(line.goal.until - line.today).days), chip="blue")

    def wanted(line: TargetLine) -> Cell:
        percent = line.goal.percent
        return Cell(f"{line.progress.wanted}" + (f" ({percent}\u00a0%)" if percent is not None else ""))

    def reached(line: TargetLine) -> Cell:
        progress = line.progress
        return Cell(f"{progress.done} ({percent_text(progress.share.tenths(line.goal.level))})")

    def lacks(line: TargetLine) -> Cell:
        return Cell(f"{line.progress.lacks}" if line.progress.lacks else "–", "name")

    return (
        Column("state", _("Tình trạng"), state, 136),
        Column("level", _("Mũi"), lambda line: Cell(_(LEVEL_WORDS[line.goal.level]), "name"), 130),
        Column("who", _("Ai"), lambda line: Cell(who_words(line.goal, line.group, line.hamlet))),
        Column("wanted", _("Cần"), wanted, 104, "right"),
        Column("done", _("Đã tiêm"), reached, 124, "right"),
        Column("lacks", _("Thiếu"), lacks, 70, "right"),
        Column("until", _("Hạn"), lambda line: Cell(date_text(line.goal.until), ink="muted"), 100),
        Column("in_charge", _("Phụ trách"), lambda line: Cell(line.goal.in_charge), 150),
        Column("document", _("Văn bản"), lambda line: Cell(line.goal.document, ink="muted"), 150),
    )


def _plan_columns() -> tuple[Column[PlanLine], ...]:
    return (
        Column("month", _("Tháng"), lambda line: Cell(f"{line.month:%m/%Y}", "name"), 130),
        Column("dose", _("Mũi"), lambda line: Cell(dose_words(line.dose)), 200),
        Column("product", _("Vắc xin"), lambda line: Cell(line.product or _("hỏi lại từng người"))),
        Column("doses", _("Số liều"), lambda line: Cell(f"{line.doses}", "name"), 130, "right"),
        Column("vials", _("Số lọ"), lambda line: Cell(f"{line.vials}" if line.vials else "–"), 130, "right"),
    )
