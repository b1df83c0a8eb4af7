"""The managed population on any day: by age and sex, of one hamlet or of all; and the same on paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.domain.people import Sex
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.households.paper import PopulationLook, look_at_population, population_pdf
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import Dialog, foot
from covidstation.ui.parts.edits import DateEdit
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.table import Table

_WIDTH, _HEIGHT = 640, 584


@dataclass(frozen=True, slots=True)
class AgeLine:
    """One band of ages."""

    words: str
    men: int
    women: int
    total: int
    whole: bool = False


class PopulationDialog(Dialog):
    """A day, a hamlet, and the table."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent, _("Nhân khẩu quản lý"), "population_dialog")
        self.setFixedSize(_WIDTH, _HEIGHT)
        self._desk = desk
        today = desk.now().date()
        self.day = DateEdit("population_day", _("Hết ngày"), today=today)
        self.day.set_day(today)
        self.hamlet = Combo("population_hamlet", _("Bản"), [(None, _("Cả xã"))], width=200)
        self.model: RecordModel[AgeLine] = RecordModel(desk.tasks, _columns(), self)
        self.table = Table("population_table", _("Nhân khẩu theo tuổi, giới"), self.model)
        self.flows = label("", "hint", "muted", wrap=True)
        self.trouble = label("", "hint", "danger", wrap=True)
        self.trouble.hide()
        self.print = Button(_("&In"), icon="printer", name="print_population")
        self.close_button = Button(_("Đóng"), "primary", keys="Esc", bind=False, name="close_population")
        self._lay_out()
        self.day.value_changed.connect(lambda _day: self.ask())
        self.hamlet.picked.connect(lambda _key: self.ask())
        self.print.clicked.connect(self._print)
        self.close_button.clicked.connect(self.accept)
        self.ask()
        self.day.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 12)
        top.setSpacing(8)
        top.addWidget(label(_("Nhân khẩu quản lý"), "section"))
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP)
        for widget in (label(_("Hết ngày"), "hint", "muted"), self.day, label(_("ở"), "hint", "muted"), self.hamlet):
            row.addWidget(widget)
        row.addStretch(1)
        top.addLayout(row)
        top.addWidget(self.flows)
        top.addWidget(self.trouble)
        column.addLayout(top)
        column.addWidget(Line())
        column.addWidget(self.table, 1)
        column.addWidget(Line())
        column.addLayout(foot(self.print, self.close_button))

    def ask(self) -> None:
        """Count anew."""
        day = self.day.day()
        if day is None:
            return
        desk, today = self._desk, self._desk.now().date()
        op = partial(look_at_population, desk.register.db, day, self.hamlet.value(), catalog=desk.catalog, today=today)
        desk.ask(self, op, self._show, self._failed)

    def _show(self, look: PopulationLook) -> None:
        self.trouble.hide()
        if len(self.hamlet.all_keys()) != len(look.hamlets) + 1:
            choices: list[tuple[UUID | None, str]] = [(one.id, one.title) for one in look.hamlets]
            self.hamlet.set_choices([(None, _("Cả xã")), *choices])
        found = look.population
        lines = [_line(look, _band(first, end), first, end) for first, end in look.spans]
        unknown = found.total - sum(line.total for line in lines)
        men, women = found.count(sex=Sex.MALE), found.count(sex=Sex.FEMALE)
        if unknown:
            rest = (men - sum(line.men for line in lines), women - sum(line.women for line in lines))
            lines.append(AgeLine(_("không rõ tuổi"), *rest, unknown))
        self.model.set_records([*lines, AgeLine(_("Cộng"), men, women, found.total, whole=True)])
        flows = look.flows
        words = _("Cả xã từ đầu tháng đến ngày này: {born} sinh, {came} đến, {died} mất, {left} chuyển đi.")
        self.flows.setText(words.format(born=flows.born, came=flows.came, died=flows.died, left=flows.left))

    def _failed(self, trouble: UserError) -> None:
        self.trouble.setText(sentence(trouble))
        self.trouble.show()

    def _print(self) -> None:
        day, desk = self.day.day(), self._desk
        if day is None:
            return
        db, today = desk.register.db, desk.now().date()

        def made() -> tuple[bytes, str]:
            return population_pdf(db, day, catalog=desk.catalog, today=today), get_setting(db, "printer")

        name = f"nhan-khau-{day.isoformat()}.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self._failed), self._failed)


def _band(first: int, end: int | None) -> str:
    if end is None:
        return _("từ {first} tuổi").format(first=first)
    return _("dưới 1 tuổi") if end == 1 else _("{first}–{last} tuổi").format(first=first, last=end - 1)


def _line(look: PopulationLook, words: str, first: int, end: int | None) -> AgeLine:
    count = partial(look.population.count, first=first, end=end)
    return AgeLine(words, count(sex=Sex.MALE), count(sex=Sex.FEMALE), count())


def _columns() -> tuple[Column[AgeLine], ...]:
    def number(value: int, line: AgeLine) -> Cell:
        return Cell(f"{value}", "name" if line.whole else "body")

    return (
        Column("age", _("Tuổi"), lambda line: Cell(line.words, "name" if line.whole else "body")),
        Column("men", _("Nam"), lambda line: number(line.men, line), 110, "right"),
        Column("women", _("Nữ"), lambda line: number(line.women, line), 110, "right"),
        Column("total", _("Tổng"), lambda line: number(line.total, line), 120, "right"),
    )
