"""Chỉ tiêu, kế hoạch: what the upper level asks for, how far it is, who is missing; the doses of the next months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QStackedWidget, QWidget

from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.db.queries.station import get_setting
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.priority import PriorityList
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.messages.vaccination_due import dose_words
from covidstation.messages.vaccine_coverage import (
    LEVEL_WORDS,
    draw_words,
    meant_words,
    percent_text,
    place_words,
    unused_words,
)
from covidstation.services.changes import Changes, Done, Kind
from covidstation.services.files import keep_file
from covidstation.services.vaccination.due import priority_list
from covidstation.services.vaccination.plan import DosePlan, PlanLine, dose_plan
from covidstation.services.vaccination.target_papers import (
    plan_pdf,
    plan_xlsx,
    targets_pdf,
    targets_xlsx,
)
from covidstation.services.vaccination.targets import TargetLine, close_target, vaccination_targets
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line, TwoLineLabel
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.saving import choose_table
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.register_page import filter_bar
from covidstation.ui.vaccination.lacking import lacking_part
from covidstation.ui.vaccination.target_dialog import TargetDialog

_KINDS: Final = frozenset((Kind.VACCINES, Kind.PEOPLE, Kind.PLACES, Kind.EPISODES, Kind.RULES))
Found = tuple[tuple[TargetLine, ...], DosePlan, list[Hamlet], PriorityList]


class TargetsPage(Page):
    """Enter on a target opens exactly those who are missing, in every hamlet."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("vaccine_targets", _("Chỉ tiêu, kế hoạch tiêm"), entry="vaccination")
        self._desk = desk
        self._hamlets: list[Hamlet] = []
        self._groups: PriorityList | None = None
        self._plan: DosePlan | None = None
        self.view = Segments(
            "targets_view", _("Xem"), [("targets", _("Chỉ tiêu trên giao")), ("plan", _("Liều cần theo tháng"))]
        )
        self.model: RecordModel[TargetLine] = RecordModel(desk.tasks, _target_columns(), self)
        self.table = Table("targets_table", _("Chỉ tiêu tiêm chủng"), self.model)
        self.plan_model: RecordModel[PlanLine] = RecordModel(desk.tasks, _plan_columns(lambda: self._plan), self)
        self.plan = Table("plan_table", _("Liều vắc xin cần theo tháng"), self.plan_model)
        self.back = Button(_("Độ bao &phủ"), "quiet", icon="chart", name="targets_to_coverage")
        self.add_one = Button(_("Thêm chỉ tiêu"), icon="plus", keys="Ctrl+Shift+N", name="add_target")
        self.people = Button(_("&Ai còn thiếu"), "primary", icon="people", name="target_people")
        self.edit = Button(_("Sửa"), icon="pencil", keys="Ctrl+E", name="edit_target")
        self.close_one = Button(_("Đó&ng chỉ tiêu"), "quiet", name="close_target")
        self.words = TwoLineLabel("", "hint", "muted")
        self.printing = Button(_("&In"), "quiet", icon="printer", name="print_targets")
        self.excel = Button(_("E&xcel"), "quiet", icon="download", name="targets_xlsx")
        desk.guard(Right.PRINT, self.printing)
        desk.guard(Right.EXPORT, self.excel)
        self.set_head_actions(self.back, self.printing, self.excel, self.add_one)
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
        self.printing.clicked.connect(self._print)
        self.excel.clicked.connect(self._keep)

    def _show(self, found: Found) -> None:
        targets, self._plan, self._hamlets, self._groups = found
        kept = self._current()
        self.model.set_records(targets)
        self.plan_model.set_records(self._plan.lines)
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
        self.words.set_text(
            _plan_words(self._plan) if self.view.value() == "plan" else _where_words(one) if one else ""
        )

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
        """Everybody whom the target means and who has not had it, whatever keeps them."""
        one = self._current()
        if one is not None:
            self._desk.want_page.emit(f"vaccination:{lacking_part(one.goal)}")

    def _print(self) -> None:
        desk, plan = self._desk, self.view.value() == "plan"
        db, now = desk.register.db, desk.now()

        def made() -> tuple[bytes, str]:
            return (plan_pdf if plan else targets_pdf)(db, catalog=desk.catalog, now=now), get_setting(db, "printer")

        name = f"{'ke-hoach-lieu' if plan else 'chi-tieu-tiem'}-{now:%Y%m%d}.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self._failed), self._failed)

    def _keep(self) -> None:
        desk, plan = self._desk, self.view.value() == "plan"
        now = desk.now()
        path = choose_table(self, f"{'ke-hoach-lieu' if plan else 'chi-tieu-tiem'}-{now.date().isoformat()}.xlsx")
        if path is None:
            return
        words = _("Đã lưu {name} vào {folder}.").format(name=path.name, folder=path.parent)

        def keep(data: bytes) -> None:
            op = partial(keep_file, path, data)
            desk.tasks.background(self, op, lambda _path: desk.said.emit(words), self._failed)

        made = partial(plan_xlsx if plan else targets_xlsx, desk.register.db, catalog=desk.catalog, now=now)
        desk.ask(self, made, keep, self._failed)

    def _failed(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))


def _plan_words(plan: DosePlan | None) -> str:
    if plan is not None and plan.unused:
        return unused_words(plan.unused, plan.name, plan.today)
    return _(
        "Mũi tới của mỗi người theo lịch; quá hạn tính vào tháng này. "
        "Người từ chối, trì hoãn hay phải hỏi thêm không tính."
    )


def _where_words(line: TargetLine) -> str:
    if line.ended:
        return _("Bản này đã nhập hoặc giải thể. Sửa chỉ tiêu để chọn bản khác, hoặc đóng chỉ tiêu.")
    if not line.progress.share.people:
        return _("Trạm không quản lý ai trong diện này.")
    missing = sum(left for _id, _name, left in line.where)
    if not missing:
        return _("Mọi người trong chỉ tiêu đã tiêm.")
    named = ", ".join(f"{name or _('không rõ bản')} {left}" for _id, name, left in line.where)
    words = _("Chưa tiêm {n} người: {where}.").format(n=missing, where=named)
    return f"{words} {line.goal.note}".strip()


def _target_columns() -> tuple[Column[TargetLine], ...]:
    def who(line: TargetLine) -> Cell:
        return Cell(meant_words(line.goal, line.group, place_words(line.hamlet, ended=line.ended)))

    def state(line: TargetLine) -> Cell:
        if line.ended:
            return Cell(_("cần sửa"), chip="orange")
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
        Column("who", _("Ai"), who),
        Column("wanted", _("Cần"), wanted, 104, "right"),
        Column("done", _("Đã tiêm"), reached, 124, "right"),
        Column("lacks", _("Thiếu"), lacks, 70, "right"),
        Column("until", _("Hạn"), lambda line: Cell(date_text(line.goal.until), ink="muted"), 100),
        Column("in_charge", _("Phụ trách"), lambda line: Cell(line.goal.in_charge), 150),
        Column("document", _("Văn bản"), lambda line: Cell(line.goal.document, ink="muted"), 150),
    )


def _plan_columns(plan: Callable[[], DosePlan | None]) -> tuple[Column[PlanLine], ...]:
    def lots(line: PlanLine) -> Cell:
        held = plan()
        first, *rest = (
            [draw_words(one, held.name(one.lot), held.today) for one in line.draws] if held and line.draws else [""]
        )
        return Cell(first, ink="muted", small=_("và {n} lô nữa").format(n=len(rest)) if rest else "")

    def lacks(line: PlanLine) -> Cell:
        return Cell(f"{line.lacks}", "name", chip="orange") if line.lacks else Cell("–")

    return (
        Column("month", _("Tháng"), lambda line: Cell(f"{line.month:%m/%Y}", "name"), 96),
        Column("dose", _("Mũi"), lambda line: Cell(dose_words(line.dose)), 150),
        Column("product", _("Vắc xin"), lambda line: Cell(line.product or _("hỏi lại từng người")), 190),
        Column("doses", _("Số liều"), lambda line: Cell(f"{line.doses}", "name"), 90, "right"),
        Column("stock", _("Kho dùng được"), lambda line: Cell(f"{line.stock}"), 130, "right"),
        Column("lacks", _("Thiếu liều"), lacks, 110),
        Column("vials", _("Thiếu lọ"), lambda line: Cell(f"{line.vials}" if line.vials else "–"), 90, "right"),
        Column("lots", _("Lô dùng trước"), lots),
    )
