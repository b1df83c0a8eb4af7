"""Tiêm chủng: who is due, who is overdue, who is not and why; what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.places import Hamlet
from covidstation.db.queries.station import get_setting
from covidstation.db.queries.vaccine_due import DueCounts, DueLine, DueList, DueSort
from covidstation.domain.citizen import grouped
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.priority import PriorityList
from covidstation.domain.vaccination.stances import Stance
from covidstation.errors import UserError
from covidstation.i18n import _, count_text
from covidstation.messages import sentence
from covidstation.messages.vaccination_due import barred_words, due_sentence
from covidstation.services.changes import Changes, Kind
from covidstation.services.files import keep_file
from covidstation.services.vaccination.due import due_counts, due_list, lacking_by_hamlet, priority_list
from covidstation.services.vaccination.due_papers import DueSelection, due_pdf, due_xlsx
from covidstation.services.vaccination.history import VaccineLook, look_at_vaccination
from covidstation.services.vaccination.session_papers import invitations_pdf
from covidstation.services.vaccination.standing import DeskRules, desk_rules
from covidstation.ui.case_words import age_words
from covidstation.ui.desk import Desk
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import TwoLineLabel
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.saving import choose_table
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.register_page import RegisterPage
from covidstation.ui.vaccination.dose import DoseDialog
from covidstation.ui.vaccination.dose_sheet import DoseSheetDialog
from covidstation.ui.vaccination.due_filters import VIEW_KEYS, DueFilters, all_of
from covidstation.ui.vaccination.due_words import (
    day_cell,
    next_cell,
    offered_words,
    step_cell,
    unsure_words,
    why_cell,
)
from covidstation.ui.vaccination.groups import GroupDialog
from covidstation.ui.vaccination.inviting import InviteListDialog
from covidstation.ui.vaccination.lacking import read_lacking
from covidstation.ui.vaccination.stances import StanceDialog

MOST_CHOSEN: Final = 2000  # people whose group is said at once


class VaccinationPage(RegisterPage[DueLine]):
    """Enter opens the person at their doses; the bar at the foot says why, and writes what was learnt."""

    kinds = frozenset((Kind.VACCINES, Kind.PEOPLE, Kind.PLACES, Kind.EPISODES, Kind.CHRONIC, Kind.RULES))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "vaccination", _("Tiêm chủng"), DueSort.DAY)
        self._groups: PriorityList | None = None
        self._rules: DeskRules | None = None
        self._total: int | None = None  # until they were counted
        self.model = RecordModel(desk.tasks, due_columns(desk), self)
        self.table = Table("vaccination_table", _("Danh sách tiêm chủng"), self.model)
        self.filters = DueFilters(desk, self)
        self.views, self.stage, self.hamlet = self.filters.views, self.filters.stage, self.filters.hamlet
        self.ages, self.group, self.disease = self.filters.ages, self.filters.group, self.filters.disease
        self.typed = self.filters.typed
        self._make_actions()
        later = _(
            "Ai đến hạn, ai quá hạn, ai từ chối hay chưa tiêm được sẽ ở đây, kèm lý do. Thêm người ở Hộ, địa bàn."
        )
        none = EmptyPage("syringe", _("Chưa có ai trong sổ"), later)
        self.put_together(*self.filters.bars(), none_yet=none)
        self.set_head_actions(self.to_session, self.to_coverage, self.to_fridge, self.sheet, self.printing, self.excel)
        desk.guard(Right.ENTER, self.dose, self.stance, self.invite, self.said_group, self.sheet)
        desk.guard(Right.PRINT, self.printing)
        desk.guard(Right.EXPORT, self.excel)
        self._connect()

    def show_part(self, part: str) -> None:
        """A list by its key (`due`, `overdue`, …), with `@` and a hamlet's id for one hamlet of it; or whoever has not
        reached a level (`lacking.lacking_part`)."""
        meant = read_lacking(part)
        view, _at, hamlet = part.partition("@")
        if meant is not None:
            self.filters.show_lacking(meant)
        elif view in VIEW_KEYS:
            self.filters.show_list(view, UUID(hex=hamlet) if hamlet else None)
        else:
            return
        self.reload()

    def load(self) -> None:
        """The groups and rules of the day, as the station has them, too."""
        self._ask_rules()
        super().load()

    def refresh(self, changes: Changes) -> None:
        """Somebody may have changed the rules meanwhile."""
        if Kind.RULES in changes:
            self._ask_rules()
        super().refresh(changes)

    def _ask_rules(self) -> None:
        desk = self._desk
        db, catalog, today = desk.register.db, desk.catalog, self._today()

        def rules() -> tuple[PriorityList, DeskRules]:
            return priority_list(db, catalog=catalog, day=today), desk_rules(db, catalog=catalog)

        desk.ask(self, rules, self._show_rules, self._failed)

    def open_line(self, line: DueLine) -> None:
        """The person, at what this page is about."""
        self._desk.want_vaccine.emit(line.person_id)

    def listing(self) -> Callable[[], DueList]:
        """The people that are wanted now."""
        desk = self._desk
        return partial(
            due_list,
            desk.register.db,
            self.filters.wanted(),
            catalog=desk.catalog,
            now=desk.now(),
            sort=DueSort(self._sort),
            descending=self._descending,
        )

    def counts(self) -> Callable[[], DueCounts]:
        """How many are in which list."""
        desk = self._desk
        return partial(due_counts, desk.register.db, catalog=desk.catalog, now=desk.now())

    def show_counts(self, found: DueCounts) -> None:
        """Into the lists and the title."""
        for key, count in all_of(found).items():
            self.views.set_count(key, count)
        self._count_lacking()
        self._total = found.total
        self._say_title()
        self.settle(found.total)
        self.say_actions()

    def say_actions(self) -> None:
        """Why the one in hand is where they are; one person at a time, a group for many."""
        chosen = self.chosen(2)
        one = chosen[0] if len(chosen) == 1 else None
        words = self._told(one) if one else _("Chọn một người để ghi mũi tiêm hoặc lý do chưa tiêm được")
        if len(chosen) > 1:
            words = _("Đang chọn nhiều người: mời vào buổi tiêm, hoặc ghi nhóm ưu tiên cho tất cả")
        self._words.set_text(f"{one.full_name}: {words}" if one else words)
        held = one is not None and self._held(one) is not None
        self.stance.set_text(_("Sửa lý &do…") if held else _("&Chưa tiêm được…"))
        may = self._desk.may(Right.ENTER)
        for button in (self.dose, self.stance):
            button.setEnabled(one is not None and may)
        self.said_group.setEnabled(bool(chosen) and may and self._groups is not None)
        self.invite.setEnabled(bool(chosen) and may)

    def bar_actions(self) -> Sequence[QWidget]:
        """What is done with the line in hand."""
        return (self.said_group, self.invite, self.stance, self.dose)

    def bar_note(self) -> QWidget | None:
        """Who is chosen, and why they are here."""
        return self._words

    def _told(self, line: DueLine) -> str:
        if self._rules is None:
            return due_sentence(line.state)
        schedule = self._rules.schedule
        barred, unsure = barred_words(schedule.barred_names(line.barred)), unsure_words(line.state, schedule.rules)
        said = (barred, due_sentence(line.state), unsure, offered_words(line, self._rules.products(self._today())))
        return " ".join(filter(None, said))

    def _make_actions(self) -> None:
        self.dose = Button(_("Ghi &mũi tiêm"), "primary", icon="syringe", name="vaccination_dose")
        self.stance = Button(_("&Chưa tiêm được…"), icon="clock", name="vaccination_stance")
        self.invite = Button(_("Mời vào b&uổi tiêm…"), icon="calendar", name="vaccination_invite")
        self.said_group = Button(_("&Nhóm ưu tiên…"), "quiet", icon="people", name="vaccination_said_group")
        self.to_session = Button(_("Buổi &tiêm"), icon="syringe", name="to_session")
        self.to_session.clicked.connect(lambda: self._desk.want_page.emit("session"))
        self.to_coverage = Button(_("Độ &bao phủ"), icon="chart", name="to_coverage")
        self.to_coverage.clicked.connect(lambda: self._desk.want_page.emit("coverage"))
        self.to_fridge = Button(_("Tủ &lạnh"), "quiet", icon="pulse", name="vaccination_to_fridge")
        self.to_fridge.clicked.connect(lambda: self._desk.want_page.emit("fridge"))
        self.printing = Button(_("&In danh sách"), "quiet", icon="printer", name="print_vaccination")
        self.sheet = Button(_("Nhập bản&g mũi"), "quiet", icon="copy", name="vaccination_sheet")
        self.excel = Button(_("&Excel"), "quiet", icon="download", name="vaccination_xlsx")
        self._words = TwoLineLabel("", "hint", "muted")

    def _connect(self) -> None:
        self.filters.changed.connect(self.reload)
        self.filters.said.connect(self._say_title)
        self.dose.clicked.connect(lambda: self._with_look(DoseDialog, _("Đã ghi mũi tiêm")))
        self.stance.clicked.connect(self._write_stance)
        self.said_group.clicked.connect(self._say_group)
        self.invite.clicked.connect(self._invite)
        self.printing.clicked.connect(self._print)
        self.sheet.clicked.connect(self._take_sheet)
        self.excel.clicked.connect(self._keep)

    def _say_title(self) -> None:
        """Whom the list is about."""
        known = self._total is not None
        words = _("{n} người trạm quản lý").format(n=count_text(self._total or 0)) if known else _("đang tính…")
        lacking = self.filters.lacking_words()
        self.set_title(_("Tiêm chủng"), _("người {lacking}").format(lacking=lacking) if lacking else words)

    def _count_lacking(self) -> None:
        """Of whoever lacks what is asked for, how many in which hamlet."""
        desk, lacks = self._desk, self.filters.lacks
        if lacks is not None:
            op = partial(lacking_by_hamlet, desk.register.db, lacks, catalog=desk.catalog, now=desk.now())
            desk.ask(self, op, self.filters.show_left, self._failed)

    def _show_hamlets(self, found: Sequence[Hamlet]) -> None:
        self.filters.show_hamlets(found)

    def _today(self) -> date:
        return self._desk.now().date()

    def _show_rules(self, found: tuple[PriorityList, DeskRules]) -> None:
        self._groups, self._rules = found
        self.filters.show_groups(found[0])
        self.say_actions()

    def _selection(self) -> DueSelection:
        filters = self.filters
        return DueSelection(filters.wanted(), DueSort(self._sort), self._descending, filters.words())

    def _with_look(self, dialog: Callable[[Desk, QWidget, VaccineLook], Any], said: str) -> None:
        """The dialog about the one in hand, with what the register knows."""
        desk = self._desk
        for line in self.chosen(1):
            op = partial(look_at_vaccination, desk.register.db, line.person_id, catalog=desk.catalog, now=desk.now())
            desk.ask(self, op, lambda look: run_dialog(desk, dialog(desk, self, look), said), self._failed)

    def _write_stance(self) -> None:
        """Why somebody cannot be vaccinated; what the list says of them already is changed."""
        for line in self.chosen(1):
            known = self._held(line)
            self._with_look(partial(StanceDialog, known=known), _("Đã ghi lý do"))

    def _held(self, line: DueLine) -> Stance | None:
        """What stands in the list that is in sight."""
        first, other = line.stance, line.away
        return (other or first) if self.filters.wanted().away else (first or other)

    def _take_sheet(self) -> None:
        """Many doses at once; the dialog says itself how many it kept."""
        dialog = DoseSheetDialog(self._desk, self)
        dialog.exec()
        dialog.deleteLater()

    def _say_group(self) -> None:
        lines = self.chosen(MOST_CHOSEN)
        if lines and self._groups is not None:
            run_dialog(self._desk, GroupDialog(self._desk, self, lines, self._groups), _("Đã ghi nhóm ưu tiên"))

    def _invite(self) -> None:
        """Those who are chosen, or all in sight, into a session; with their invitations on paper when wanted."""
        desk, lines = self._desk, self.chosen(MOST_CHOSEN)
        people = [line.person_id for line in lines]
        dialog = InviteListDialog(desk, self, people, self.filters.wanted(), self.model.rowCount())
        run_dialog(desk, dialog, _("Đã mời vào buổi tiêm"))
        if dialog.invited is None or not dialog.prints or not desk.may(Right.PRINT):
            return
        session, invited = dialog.invited
        db, now = desk.register.db, desk.now()

        def made() -> tuple[bytes, str]:
            pdf = invitations_pdf(db, session, catalog=desk.catalog, today=now.date(), only=invited)
            return pdf, get_setting(db, "printer")

        name = f"giay-moi-tiem-{now:%Y%m%d}.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self._failed), self._failed)

    def _print(self) -> None:
        desk, selection = self._desk, self._selection()
        db, now = desk.register.db, desk.now()

        def made() -> tuple[bytes, str]:
            return due_pdf(db, selection, catalog=desk.catalog, now=now), get_setting(db, "printer")

        name = f"tiem-chung-{now:%Y%m%d}.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self._failed), self._failed)

    def _keep(self) -> None:
        desk, selection = self._desk, self._selection()
        path = choose_table(self, f"tiem-chung-{self._today().isoformat()}.xlsx")
        if path is None:
            return
        words = _("Đã lưu {name} vào {folder}.").format(name=path.name, folder=path.parent)

        def keep(data: bytes) -> None:
            desk.tasks.background(
                self, lambda: keep_file(path, data), lambda _path: desk.said.emit(words), self._failed
            )

        desk.ask(
            self,
            partial(due_xlsx, desk.register.db, selection, catalog=desk.catalog, now=desk.now()),
            keep,
            self._failed,
        )

    def _failed(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))


def due_columns(desk: Desk) -> tuple[Column[DueLine], ...]:
    """The day first: it is what the list is for."""

    def who(line: DueLine) -> Cell:
        return Cell(line.full_name, "name", small=age_words(line.birth, desk.now().date()) if line.birth else "")

    return (
        Column("day", _("Hạn tiêm"), day_cell, 150, sort=DueSort.DAY.value),
        Column("who", _("Họ tên"), who, 200, sort=DueSort.NAME.value),
        Column("hamlet", _("Bản"), lambda line: Cell(line.hamlet), 96, sort=DueSort.HAMLET.value),
        Column("next", _("Mũi tới"), next_cell, 172),
        Column("why", _("Vì sao"), why_cell),
        Column("step", _("Việc tiếp theo"), step_cell, 160),
        Column("phone", _("Điện thoại"), lambda line: Cell(grouped(line.phone), ink="muted"), 112),
    )
