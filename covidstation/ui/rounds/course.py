"""The course of one illness: temperature and oxygen as lines with the guideline's limits, and every check below."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.care import Level
from covidstation.domain.measures import measure_text
from covidstation.domain.monitoring import Visit
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _, moment_text
from covidstation.messages import sentence
from covidstation.services.care.course import Course, course_of
from covidstation.services.care.rounds import MOST_CHECKS, set_checks_a_day, void_visit
from covidstation.services.changes import Changes, Kind
from covidstation.ui.case_words import MEANS
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import kept_as
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import Role
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import ask_reason
from covidstation.ui.parts.labels import label, plain_tip
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.table import Table
from covidstation.ui.rounds.chart import Chart, Point
from covidstation.ui.rounds.paper import print_patient
from covidstation.ui.rounds.visit_dialog import VisitDialog
from covidstation.ui.rounds.words import ROUNDS, STATUSES, signs_words

CHART_HEIGHT = 132
ROWS_SHOWN = 6
_INKS: dict[Level | None, tuple[Role, Ink]] = {Level.DANGER: ("name", "danger"), Level.WATCH: ("name", "warn")}


class CourseView(QWidget):
    """`show_course(episode_id)` asks the register; `refresh(changes)` asks again. `measured` after an own check."""

    measured = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("course_view")
        self._desk = desk
        self._episode: UUID | None = None
        self._course: Course | None = None
        self.temperature = Chart("temperature_chart", _("Nhiệt độ (°C)"), (36, 40))
        self.oxygen = Chart("oxygen_chart", _("SpO2 (%)"), (88, 100))
        self.model: RecordModel[Visit] = RecordModel(desk.tasks, self._columns(), self)
        self.table = Table("visits_table", _("Các lần đo"), self.model)
        self.none = label(_("Chưa có lần đo nào."), "body", "muted")
        self.add_button = Button(_("Đo thêm"), icon="pulse", name="add_visit")
        self.edit_button = Button(_("Sửa lần đo"), name="edit_visit")
        self.void_button = Button(_("Bỏ lần đo"), "quiet", name="void_visit")
        self.often = Combo("checks_a_day", _("Số lần đo mỗi ngày"), [(0, "")], width=188)
        self.print_button = Button(_("In phiếu theo dõi"), icon="printer", name="print_patient_sheet")
        if not desk.may(Right.TREAT):
            self.often.setEnabled(False)
            self.often.setToolTip(plain_tip(sentence(UserError("rights.treat"))))
        self._lay_out()
        self._connect()

    def show_course(self, episode_id: UUID) -> None:
        """The course of that illness."""
        self._episode = episode_id
        self._ask()

    def refresh(self, changes: Changes) -> None:
        """Ask again when a check or a rule changed."""
        if self._episode is not None and changes & {Kind.CARE, Kind.RULES, Kind.EPISODES}:
            self._ask()

    def add_visit(self) -> None:
        """One more check, at any hour."""
        if self._episode is not None:
            self._open(VisitDialog(self._desk, self, self._episode))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.GAP)
        charts = QHBoxLayout()
        charts.setSpacing(metrics.MARGIN)
        for chart in (self.temperature, self.oxygen):
            chart.setFixedHeight(CHART_HEIGHT)
            charts.addWidget(chart, 1)
        column.addLayout(charts)
        acts = QHBoxLayout()
        acts.setSpacing(metrics.GAP)
        for button in (self.add_button, self.edit_button, self.void_button):
            acts.addWidget(button)
        acts.addStretch(1)
        acts.addWidget(label(_("Mỗi ngày đo"), "hint", "muted"))
        acts.addWidget(self.often)
        acts.addWidget(self.print_button)
        column.addLayout(acts)
        column.addWidget(self.none)
        column.addWidget(self.table)

    def _connect(self) -> None:
        self.add_button.clicked.connect(self.add_visit)
        self.edit_button.clicked.connect(self._edit)
        self.void_button.clicked.connect(self._void)
        self.print_button.clicked.connect(self._print)
        self.often.activated.connect(lambda _row: self._set_often())
        self.table.opened.connect(lambda _visit: self._edit())

    def _ask(self) -> None:
        desk, episode_id = self._desk, self._episode
        if episode_id is not None:
            op = partial(course_of, desk.register.db, episode_id, catalog=desk.catalog)
            desk.ask(self, op, self._show)

    def _show(self, course: Course) -> None:
        if course.episode_id != self._episode:
            return
        self._course = course
        self._show_often(course)
        newest_first = course.visits[::-1]
        self.model.set_records(newest_first)
        some = bool(newest_first)
        for widget in (self.table, self.temperature, self.oxygen, self.edit_button, self.void_button):
            widget.setVisible(some)
        self.none.setVisible(not some)
        rows = min(len(newest_first), ROWS_SHOWN)
        self.table.setFixedHeight((rows + 1) * metrics.TABLE_ROW + 2)
        self.temperature.show_points(_points(course, "temperature", 10), course.temperature_limits)
        self.oxygen.show_points(_points(course, "spo2", 1), course.oxygen_limits)

    def _show_often(self, course: Course) -> None:
        usual = _("theo hướng dẫn ({n} lần)").format(n=course.usual_checks) if course.usual_checks else _("sáng, chiều")
        choices = [(0, usual), *((n, _("{n} lần").format(n=n)) for n in range(1, MOST_CHECKS + 1))]
        self.often.set_choices(choices)
        self.often.set_value(course.checks_a_day or 0)

    def _set_often(self) -> None:
        """More checks than the guideline asks, or fewer, for this person."""
        desk, course = self._desk, self._course
        if course is None:
            return
        count = self.often.value() or None
        op = partial(
            set_checks_a_day, desk.register.db, course.episode_id, count, by=desk.register.user_id, now=desk.now()
        )
        desk.act(self, op, lambda _none: desk.said.emit(_("Đã đổi số lần đo mỗi ngày")))

    def _columns(self) -> tuple[Column[Visit], ...]:
        def measure(name: str, title: str, width: int) -> Column[Visit]:
            def cell(visit: Visit) -> Cell:
                return self._value(visit, name)

            return Column(name, title, cell, width, "right")

        today = self._desk.now().date
        return (
            Column("at", _("Lúc"), lambda visit: Cell(moment_text(visit.at, today())), 150),
            Column("round", _("Lượt"), lambda visit: Cell(_(ROUNDS[visit.round]), ink="muted"), 76),
            measure("temperature", _("Nhiệt độ"), 72),
            measure("spo2", _("SpO2"), 56),
            measure("pulse", _("Mạch"), 56),
            measure("breaths", _("Nhịp thở"), 72),
            measure("pressure", _("HA"), 76),
            Column("signs", _("Dấu hiệu"), self._signs, 0),
            Column("means", _("Cách đo"), lambda visit: Cell(_(MEANS[visit.means]), "hint", "muted"), 80),
            Column("by", _("Người đo"), lambda visit: Cell(visit.by_name, "hint", "muted"), 124),
        )

    def _value(self, visit: Visit, name: str) -> Cell:
        course = self._course
        names = {"systolic", "diastolic"} if name == "pressure" else {name}
        found = [sign.level for sign in course.signs.get(visit.id, ()) if sign.measure in names] if course else []
        level = Level.DANGER if Level.DANGER in found else found[0] if found else None
        role, ink = _INKS.get(level, ("body", "text"))
        return Cell(measure_text(name, visit.vitals), role, ink)

    def _signs(self, visit: Visit) -> Cell:
        if not visit.met:
            words = _("{status}: {reason}").format(status=_(STATUSES[visit.status]), reason=visit.reason)
            return Cell(words, "hint", "muted")
        signs = signs_words(self._desk.catalog, visit.symptoms, asked=visit.signs_asked)
        bad = visit.level is Level.DANGER
        text = ". ".join(part for part in (signs, visit.note) if part)
        word = _("nặng") if bad else ""
        return Cell(text or word, "body", "danger" if bad else "text", icon="alert" if bad else "")

    def _edit(self) -> None:
        visit = self.table.current_record()
        if visit is not None and self._episode is not None:
            self._open(VisitDialog(self._desk, self, self._episode, visit))

    def _open(self, dialog: VisitDialog) -> None:
        dialog.saved.connect(self.measured)
        dialog.open()

    def _void(self) -> None:
        visit: Visit | None = self.table.current_record()
        if visit is None:
            return
        when = moment_text(visit.at, self._desk.now().date())
        text = _("Lần đo {when} không còn được tính; sổ vẫn giữ lại dòng này và lý do.").format(when=when)
        asking = kept_as(self._desk, "void_visit", visit.id)
        reason = ask_reason(
            self,
            _("Bỏ lần đo này?"),
            text,
            act=_("Bỏ lần đo"),
            reason=_("Vì sao, ví dụ: ghi nhầm người"),
            keep=asking,
            heavy=True,
        )
        if reason:
            desk = self._desk
            by, name = desk.register.user_id, desk.register.user_name
            keep = partial(void_visit, desk.register.db, visit.id, reason, catalog=desk.catalog)
            op = partial(keep, by=by, by_name=name, now=desk.now())
            desk.act(self, op, lambda _none: self.measured.emit(), draft=asking.settled)

    def _print(self) -> None:
        if self._episode is not None:
            print_patient(self._desk, self, self._episode)


def _points(course: Course, name: str, part: int) -> list[Point]:
    found: list[Point] = []
    for visit in course.visits:
        value: int | None = getattr(visit.vitals, name)
        signs = course.signs.get(visit.id, ())
        bad = any(sign.measure == name and sign.level is Level.DANGER for sign in signs)
        if value is not None:
            found.append(Point(visit.at, value / part, bad, measure_text(name, visit.vitals)))
    return found
