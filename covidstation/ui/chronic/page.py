"""Mạn tính, cao tuổi: who is overdue, who is due, all who are followed, elders without their yearly check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.chronic import (
    ChronicFilter,
    ChronicLine,
    ChronicList,
    ChronicSort,
    ChronicView,
    count_chronic,
    list_chronic,
)
from covidstation.db.queries.station import get_setting
from covidstation.domain.age_groups import age_groups_on
from covidstation.domain.chronic_lists import chronic_list_on, labels_of
from covidstation.domain.citizen import grouped
from covidstation.domain.rights import Right
from covidstation.domain.targets import TargetRule, targets_on
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.services.changes import Kind
from covidstation.services.chronic.list_paper import ChronicSelection, chronic_list_pdf
from covidstation.services.chronic.visits import ChronicLook, look_at_chronic
from covidstation.ui.case_words import age_words
from covidstation.ui.chronic.acts import ChronicCallDialog, ConditionDialog
from covidstation.ui.chronic.figures import CohortDialog, disease_combo
from covidstation.ui.chronic.visit import ChronicVisitDialog
from covidstation.ui.chronic.words import RESULTS, call_words, late_words
from covidstation.ui.desk import Desk
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.register_page import RegisterPage, filter_bar


class ChronicPage(RegisterPage[ChronicLine]):
    """Enter opens the person; the bar at the foot writes a visit or a call of the line in hand."""

    kinds = frozenset((Kind.CHRONIC, Kind.PEOPLE, Kind.PLACES, Kind.EPISODES, Kind.RULES))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "chronic", _("Mạn tính, cao tuổi"), ChronicSort.GRAVE)
        today = desk.now().date()
        self.model = RecordModel(desk.tasks, chronic_columns(desk), self)
        self.table = Table("chronic_table", _("Danh sách bệnh mạn tính, người cao tuổi"), self.model)
        titles = (
            (ChronicView.OVERDUE, _("Quá hẹn")),
            (ChronicView.DUE, _("Đến hẹn tuần này")),
            (ChronicView.ALL, _("Tất cả")),
            (ChronicView.ELDERS, _("Cao tuổi chưa khám {year}").format(year=today.year)),
        )
        keys = [(key.value, words) for key, words in titles]
        self.views = Segments("chronic_filter", _("Lọc theo hẹn khám"), keys)
        self.hamlet = Combo("chronic_hamlet", _("Lọc theo bản"), [(None, _("Mọi bản"))], width=132)
        self.code = disease_combo(desk, "chronic_code")
        self.typed = LineEdit("chronic_text", _("Lọc trong bảng"), width=120, hint=_("Lọc trong bảng"), limit=100)
        self.home = CheckBox("chronic_home", _("Đến &nhà"))
        self._make_actions()
        first = Button(_("Thêm người bệnh"), icon="plus", name="first_chronic")
        later = _(
            "Người tăng huyết áp, đái tháo đường và bệnh mạn tính khác sẽ ở đây: ai đến hẹn, ai quá hẹn, ai chưa đạt."
        )
        self.put_together(
            filter_bar(self.views, self.hamlet, self.code, self.home, self.typed),
            none_yet=EmptyPage("heart", _("Chưa theo dõi ai"), later, first),
        )
        self.set_head_actions(self.medicines, self.figures, self.printing, self.add_one)
        first.clicked.connect(self._add)
        desk.guard(Right.ENTER, self.visit, self.call, self.add_one, first)
        desk.guard(Right.PRINT, self.printing)
        self._connect()

    def show_part(self, part: str) -> None:
        """`overdue`, `due`, `all` and `elders` are the views."""
        if part in set(ChronicView):
            self.views.set_value(part)
            self.home.setChecked(False)
            self.reload()

    def open_line(self, line: ChronicLine) -> None:
        """The person, at what this page is about."""
        self._desk.want_chronic.emit(line.person_id)

    def listing(self) -> Callable[[], ChronicList]:
        """The people that are wanted now."""
        return partial(
            list_chronic,
            self._desk.register.db,
            self._wanted(),
            today=self._today(),
            elder_from=self._elder_from(),
            sort=ChronicSort(self._sort),
            descending=self._descending,
        )

    def counts(self) -> Callable[[], dict[ChronicView, int]]:
        """How many are in which view."""
        return partial(count_chronic, self._desk.register.db, today=self._today(), elder_from=self._elder_from())

    def show_counts(self, found: dict[ChronicView, int]) -> None:
        """Into the views and the title."""
        for view, count in found.items():
            self.views.set_count(view.value, count)
        words = _("{n} người đang theo dõi").format(n=found[ChronicView.ALL])
        self.set_title(_("Mạn tính, cao tuổi"), words)
        self.settle(found[ChronicView.ALL] + found[ChronicView.ELDERS])
        self.say_actions()

    def say_actions(self) -> None:
        """One person at a time."""
        chosen = self.chosen(2)
        one = chosen[0] if len(chosen) == 1 else None
        self._chosen_words.setText(one.full_name if one else _("Chọn một người để ghi lần khám hoặc cuộc gọi"))
        for button in (self.visit, self.call):
            button.setEnabled(one is not None and self._desk.may(Right.ENTER))

    def bar_actions(self) -> Sequence[QWidget]:
        """What is done with the line in hand."""
        return (self.call, self.visit)

    def bar_note(self) -> QWidget | None:
        """Who is chosen."""
        return self._chosen_words

    def _make_actions(self) -> None:
        self.visit = Button(_("Ghi &khám"), "primary", icon="pulse", name="chronic_visit")
        self.call = Button(_("&Gọi điện"), icon="phone", name="chronic_call")
        self.medicines = Button(_("Sắp &hết thuốc"), "quiet", icon="pill", name="to_medicines_due")
        self.printing = Button(_("&In"), "quiet", icon="printer", name="print_chronic_list")
        self.figures = Button(_("&Số liệu"), "quiet", icon="chart", name="chronic_figures")
        self.add_one = Button(_("Thêm người bệnh"), icon="plus", keys="Ctrl+Shift+N", name="add_chronic")
        self._chosen_words = label("", "hint", "muted")

    def _connect(self) -> None:
        self.views.chosen.connect(lambda _key: self.reload())
        self.code.picked.connect(lambda _key: self.reload())
        self.medicines.clicked.connect(lambda: self._desk.want_page.emit("medicines_due"))
        self.home.toggled.connect(lambda _on: self.reload())
        self.printing.clicked.connect(self._print)
        self.figures.clicked.connect(self._show_figures)
        self.add_one.clicked.connect(self._add)
        self.visit.clicked.connect(self._visit)
        self.call.clicked.connect(self._call)

    def _wanted(self) -> ChronicFilter:
        view = ChronicView(self.views.value())
        code = self.code.value() if view is not ChronicView.ELDERS else ""
        return ChronicFilter(view, self.hamlet.value(), self.typed.value(), code, home=self.home.isChecked())

    def _print(self) -> None:
        desk, today = self._desk, self._today()
        chosen = [combo.currentText() for combo in (self.hamlet, self.code) if combo.value()]
        words = ", ".join((self.views.title(), *chosen))
        selection = ChronicSelection(self._wanted(), ChronicSort(self._sort), self._descending, words)
        db = desk.register.db

        def made() -> tuple[bytes, str]:
            return chronic_list_pdf(db, selection, catalog=desk.catalog, today=today), get_setting(db, "printer")

        name = f"man-tinh-{today:%Y%m%d}.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self._failed), self._failed)

    def _today(self) -> date:
        return self._desk.now().date()

    def _elder_from(self) -> int:
        return age_groups_on(self._desk.catalog.age_groups, self._today()).elder_from

    def _visit(self) -> None:
        for line in self.chosen(1):
            yearly = self.views.value() == ChronicView.ELDERS.value
            open_visit(self._desk, self, line.person_id, yearly=yearly, failed=self._failed)

    def _call(self) -> None:
        for line in self.chosen(1):
            dialog = ChronicCallDialog(
                self._desk, self, person_id=line.person_id, full_name=line.full_name, phone=line.phone
            )
            run_dialog(self._desk, dialog, _("Đã ghi cuộc gọi"))

    def _add(self) -> None:
        shelf = chronic_list_on(self._desk.catalog.chronic_lists, self._today())
        dialog = ConditionDialog(self._desk, self, shelf)
        dialog.taken_in.connect(self._desk.want_chronic)
        run_dialog(self._desk, dialog, _("Đã thêm vào sổ mạn tính"))

    def _show_figures(self) -> None:
        dialog = CohortDialog(self._desk, self)
        dialog.exec()
        dialog.deleteLater()

    def _failed(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))


def open_visit(
    desk: Desk, parent: QWidget, person_id: UUID, *, failed: Callable[[UserError], object], yearly: bool = False
) -> None:
    """The form of a visit of that person, with what the register knows."""

    def show(look: ChronicLook) -> None:
        run_dialog(desk, ChronicVisitDialog(desk, parent, look, yearly=yearly), _("Đã ghi lần khám"))

    op = partial(look_at_chronic, desk.register.db, person_id, catalog=desk.catalog, now=desk.now())
    desk.ask(parent, op, show, failed)


def chronic_columns(desk: Desk) -> tuple[Column[ChronicLine], ...]:
    """The day first: it is what the list is for."""
    labels = labels_of(desk.catalog.chronic_lists)

    def rule() -> TargetRule:
        return targets_on(desk.catalog.target_rules, desk.now().date())

    def who(line: ChronicLine) -> Cell:
        return Cell(line.full_name, "name", small=age_words(line.birth, desk.now().date()) if line.birth else "")

    def diseases(line: ChronicLine) -> Cell:
        return Cell(", ".join(labels.get(code) or labels.get(code[:3]) or code for code in line.codes))

    def late(line: ChronicLine) -> Cell:
        words, tone = late_words(line, rule())
        return Cell(words, chip=tone if words and tone != "plain" else None)

    return (
        Column("late", _("Hẹn khám"), late, 162, sort=ChronicSort.GRAVE.value),
        Column("who", _("Họ tên"), who, 204, sort=ChronicSort.NAME.value),
        Column("hamlet", _("Bản"), lambda line: Cell(line.hamlet), 98, sort=ChronicSort.HAMLET.value),
        Column("diseases", _("Bệnh"), diseases),
        Column("last", _("Lần cuối"), _last_day, 96, sort=ChronicSort.LAST.value),
        Column("result", _("So với đích"), _result, 132),
        Column("call", _("Cuộc gọi, chuyển tuyến"), _call_cell, 164),
        Column("phone", _("Điện thoại"), lambda line: Cell(grouped(line.phone), ink="muted"), 120),
    )


def _result(line: ChronicLine) -> Cell:
    if line.last_on is None:
        return Cell(_("chưa khám"), "hint", "muted")
    words, tone = RESULTS[line.result]
    return Cell(_(words), chip=tone)


def _last_day(line: ChronicLine) -> Cell:
    return Cell(date_text(line.last_on), ink="muted") if line.last_on else Cell()


def _call_cell(line: ChronicLine) -> Cell:
    if line.away_on is not None:
        return Cell(_("chuyển {day}, chưa về").format(day=f"{line.away_on:%d/%m}"), "hint", "warn")
    home = _("đến nhà {day}").format(day=f"{line.home_on:%d/%m}") if line.home_on else ""
    return Cell(call_words(line) or home, "hint", "muted")
