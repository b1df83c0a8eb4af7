"""The cohort of a quarter: under care, under control, lost, by hamlet."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.chronic_figures import Cohort, CohortFigures, cohort_figures, quarter_of
from covidstation.domain.chronic_lists import chronic_list_on
from covidstation.domain.targets import targets_on
from covidstation.i18n import _
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import Role
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import Dialog, foot
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.table import Table

_WIDTH, _HEIGHT = 860, 560
_QUARTERS = 8


class CohortDialog(Dialog):
    """A quarter, a disease, and the table."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent, _("Số liệu bệnh mạn tính"), "cohort_dialog")
        self.setFixedSize(_WIDTH, _HEIGHT)
        self._desk = desk
        quarters = [(day, quarter_words(day)) for day in _last_quarters(desk.now().date())]
        self.quarter = Combo("quarter", _("Quý"), quarters, width=130)
        self.code = disease_combo(desk, "cohort_code")
        self.model: RecordModel[Cohort] = RecordModel(desk.tasks, _columns(), self)
        self.table = Table("cohort_table", _("Số liệu theo bản"), self.model)
        self.words = label("", "hint", "muted", wrap=True)
        self.close_button = Button(_("Đóng"), "primary", keys="Esc", bind=False, name="close_cohort")
        self._lay_out()
        self.quarter.picked.connect(lambda _key: self.ask())
        self.code.picked.connect(lambda _key: self.ask())
        self.close_button.clicked.connect(self.accept)
        self.ask()
        self.quarter.setFocus()

    def ask(self) -> None:
        """Count anew."""
        desk, today = self._desk, self._desk.now().date()
        lost = targets_on(desk.catalog.target_rules, today).lost_days
        op = partial(
            cohort_figures, desk.register.db, self.quarter.value(), today=today, lost_days=lost, code=self.code.value()
        )
        desk.ask(self, op, partial(self._show, lost))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 12)
        top.setSpacing(8)
        top.addWidget(label(_("Số liệu bệnh mạn tính"), "section"))
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP)
        for widget in (label(_("Đến cuối"), "hint", "muted"), self.quarter, self.code):
            row.addWidget(widget)
        row.addStretch(1)
        top.addLayout(row)
        top.addWidget(self.words)
        column.addLayout(top)
        column.addWidget(Line())
        column.addWidget(self.table, 1)
        column.addWidget(Line())
        column.addLayout(foot(self.close_button))

    def _show(self, lost: int, found: CohortFigures) -> None:
        self.model.set_records((*found.hamlets, found.whole))
        whole = found.whole
        share = round(100 * whole.controlled / whole.under_care) if whole.under_care else 0
        words = _(
            "Đến hết {day}: {all} người đang theo dõi, {good} người đạt ở lần khám cuối ({share} %), "
            "{lost} người quá {days} ngày không khám."
        )
        self.words.setText(
            words.format(
                day=f"{found.last:%d/%m/%Y}",
                all=whole.under_care,
                good=whole.controlled,
                share=share,
                lost=whole.lost,
                days=lost,
            )
        )


def disease_combo(desk: Desk, name: str) -> Combo:
    """Any disease, or those of the list whose codes begin alike."""
    shelf = chronic_list_on(desk.catalog.chronic_lists, desk.now().date())
    choices = [("", _("Mọi bệnh")), *((one.code, one.label) for one in shelf.codes)]
    return Combo(name, _("Lọc theo bệnh"), choices, width=190)


def quarter_words(day: date) -> str:
    """`Quý I/2022`."""
    return _("Quý {number}/{year}").format(number=("I", "II", "III", "IV")[(day.month - 1) // 3], year=day.year)


def _last_quarters(today: date) -> list[date]:
    found = [quarter_of(today)[0]]
    while len(found) < _QUARTERS:
        found.append(quarter_of(found[-1] - timedelta(days=1))[0])
    return found


def _role(line: Cohort) -> Role:
    return "name" if line.whole else "body"


def _columns() -> tuple[Column[Cohort], ...]:
    def name(line: Cohort) -> Cell:
        return Cell(_("Cả xã"), "name") if line.whole else Cell(line.hamlet or _("không rõ bản"))

    def number(key: str, title: str, width: int) -> Column[Cohort]:
        return Column(key, title, lambda line: Cell(f"{getattr(line, key)}", _role(line)), width, "right")

    return (
        Column("hamlet", _("Bản"), name),
        number("under_care", _("Theo dõi"), 100),
        number("controlled", _("Đạt"), 90),
        number("uncontrolled", _("Chưa đạt"), 100),
        number("unknown", _("Chưa đủ số đo"), 130),
        number("lost", _("Mất dấu"), 100),
        number("removed", _("Thôi trong quý"), 130),
    )
