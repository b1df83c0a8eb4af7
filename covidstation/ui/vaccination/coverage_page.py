"""Độ bao phủ: how many of whom have had which dose, by hamlet, age, sex, priority group and month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.coverage import LEVELS, Level
from covidstation.errors import UserError
from covidstation.i18n import N_, _, date_text
from covidstation.messages import sentence
from covidstation.messages.vaccine_coverage import LEVEL_WORDS, percent_text, risk_words, span_words
from covidstation.services.changes import Changes, Kind
from covidstation.services.files import keep_file
from covidstation.services.vaccination.coverage import (
    CoverageLine,
    CoverageLook,
    Part,
    Within,
    look_at_coverage,
)
from covidstation.services.vaccination.coverage_papers import coverage_csv, coverage_pdf, coverage_xlsx
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.look import metrics
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.saving import choose_data, choose_table
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.register_page import filter_bar
from covidstation.ui.vaccination.coverage_chart import Bar, Bars, CoverageChart
from covidstation.ui.vaccination.lacking import lacking_part

PARTS: Final = (
    (Part.HAMLET, N_("Theo bản")),
    (Part.AGE, N_("Theo tuổi")),
    (Part.SEX, N_("Theo giới")),
    (Part.GROUP, N_("Theo nhóm ưu tiên")),
    (Part.MONTH, N_("Theo tháng")),
)
_KINDS: Final = frozenset((Kind.VACCINES, Kind.PEOPLE, Kind.PLACES, Kind.EPISODES, Kind.RULES))


@dataclass(frozen=True, slots=True)
class _Shown:
    """One line of the table, and whether it counts doses of a month instead of people."""

    line: CoverageLine
    month: bool


class CoveragePage(Page):
    """A day, a parting, the picture and the table; Enter on a line opens who of it is missing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("coverage", _("Độ bao phủ vắc xin"), entry="vaccination")
        self._desk = desk
        self._look: CoverageLook | None = None
        today = desk.now().date()
        self.parts = Segments("coverage_part", _("Chia theo"), [(key.value, _(words)) for key, words in PARTS])
        self.day = DateEdit("coverage_day", _("Hết ngày"), today=today)
        self.day.set_day(today)
        levels = [(level, _(words)) for level, words in LEVEL_WORDS.items()]
        self.level = Combo("coverage_level", _("Mũi trong hình"), levels, width=150)
        self.level.set_value(Level.BASIC)
        self.hamlet = Combo("coverage_hamlet", _("Lọc theo bản"), [(None, _("Mọi bản"))], width=150)
        self.ages = Combo("coverage_ages", _("Lọc theo tuổi"), [(None, _("Mọi tuổi"))], width=130)
        self.group = Combo("coverage_group", _("Lọc theo nhóm ưu tiên"), [("", _("Mọi nhóm"))], width=220)
        self.chart = CoverageChart()
        self.words = label("", "body", wrap=True)
        self.rule = label("", "hint", "muted", wrap=True)
        self.risk = label("", "hint", "muted", wrap=True)
        self.model: RecordModel[_Shown] = RecordModel(desk.tasks, _columns(), self)
        self.table = Table("coverage_table", _("Độ bao phủ vắc xin"), self.model)
        self.people = Button(_("&Ai còn thiếu"), "primary", icon="people", name="coverage_people")
        self.to_list = Button(_("&Danh sách tiêm"), "quiet", icon="syringe", name="coverage_to_list")
        self.to_targets = Button(_("&Chỉ tiêu, kế hoạch"), icon="check", name="coverage_to_targets")
        self.printing = Button(_("&In"), "quiet", icon="printer", name="print_coverage")
        self.excel = Button(_("&Excel"), "quiet", icon="download", name="coverage_xlsx")
        self.lines = Button(_("CS&V từng người"), "quiet", icon="download", name="coverage_csv")
        desk.guard(Right.PRINT, self.printing)
        desk.guard(Right.EXPORT, self.excel, self.lines)
        self.set_head_actions(self.to_list, self.printing, self.excel, self.lines, self.to_targets)
        self._lay_out()
        self._connect()

    def load(self) -> None:
        """Count anew."""
        day, desk = self.day.day(), self._desk
        if day is None:
            return
        op = partial(look_at_coverage, desk.register.db, day, catalog=desk.catalog, now=desk.now())
        desk.ask(self, op, self._show, self._failed)

    def refresh(self, changes: Changes) -> None:
        """Count again when something in sight may have changed."""
        if changes & _KINDS:
            self.load()

    def show_part(self, part: str) -> None:
        """One of the partings by its key."""
        if part in set(Part):
            self.parts.set_value(part)
            self._fill()

    def bar_actions(self) -> Sequence[QWidget]:
        """What is done with the line in hand."""
        return (self.people,)

    def bar_note(self) -> QWidget | None:
        """Who is counted."""
        return self.rule

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(metrics.MARGIN, 8, metrics.MARGIN, 8)
        top.setSpacing(8)
        top.addWidget(self.words)
        top.addWidget(self.risk)
        top.addWidget(self.chart)
        self.add(filter_bar(self.parts, label(_("Hết ngày"), "hint", "muted"), self.day, self.level))
        self.add(filter_bar(self.hamlet, self.ages, self.group))
        self.add(Line())
        self.body.addLayout(top)
        self.add(Line())
        self.add(self.table, 1)
        self.rule.setText(_("Tính mọi người trạm quản lý, cả tạm trú, với mọi mũi trong sổ dù tiêm ở đâu."))

    def _connect(self) -> None:
        self.parts.chosen.connect(lambda _key: self._fill())
        for combo in (self.level, self.hamlet, self.ages, self.group):
            combo.picked.connect(lambda _key: self._fill())
        self.day.value_changed.connect(lambda _day: self.load())
        self.table.opened.connect(self._open)
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._say())
        self.people.clicked.connect(lambda: self._open(self.table.current_record()))
        self.to_list.clicked.connect(lambda: self._desk.want_page.emit("vaccination"))
        self.to_targets.clicked.connect(lambda: self._desk.want_page.emit("vaccine_targets"))
        self.printing.clicked.connect(self._print)
        self.excel.clicked.connect(lambda: self._keep(coverage_xlsx, "xlsx", words=self._narrowed()))
        self.lines.clicked.connect(lambda: self._keep(coverage_csv, "csv"))

    def _show(self, look: CoverageLook) -> None:
        self.banner.hide()
        self._look = look
        self.hamlet.set_choices([(None, _("Mọi bản")), *look.names])
        self.ages.set_choices([(None, _("Mọi tuổi")), *((one, span_words(one)) for one in look.spans)])
        self.group.set_choices([("", _("Mọi nhóm")), *((one.code, one.label) for one in look.groups.groups)])
        self._fill()

    def _within(self) -> Within:
        """Of whom the figures are."""
        return Within(self.hamlet.value(), self.ages.value(), self.group.value() or "")

    def _narrowed(self) -> str:
        """The same in words; empty for everybody."""
        return ", ".join(one.currentText() for one in (self.hamlet, self.ages, self.group) if one.value())

    def _fill(self) -> None:
        everybody, part = self._look, Part(self.parts.value())
        if everybody is None:
            return
        look = everybody.of(self._within())
        month = part is Part.MONTH
        lines = look.lines(part)
        self.model.set_records([_Shown(one, month and not one.whole) for one in lines])
        self._draw(look, lines, month=month)
        n = f"{look.whole.people:,}".replace(",", ".")
        whole, rule = everybody.whole, everybody.rule
        day = date_text(look.coverage.day)
        self.set_title(_("Độ bao phủ vắc xin"), _("{n} nhân khẩu, hết {day}").format(n=n, day=day))
        words = _(
            "{level}: {all} nhân khẩu, cần {percent} % ({lack}) · "
            "người nguy cơ {risk}, cần {risk_percent} % ({risk_lack})"
        )
        self.words.setText(
            words.format(
                level=_(LEVEL_WORDS[rule.level]),
                all=percent_text(whole.tenths(rule.level)),
                percent=rule.percent,
                lack=_lack(whole.lacks(rule.level, rule.percent)),
                risk=percent_text(everybody.at_risk.tenths(rule.level)),
                risk_percent=rule.risk_percent,
                risk_lack=_lack(everybody.at_risk.lacks(rule.level, rule.risk_percent)),
            )
        )
        self.risk.setText(risk_words(rule, rule.title))
        self._say()

    def _draw(self, look: CoverageLook, lines: Sequence[CoverageLine], *, month: bool) -> None:
        """The shares of the level that is chosen; by months how far the whole had come at the end of each."""
        level, rule = Level(self.level.value()), look.rule
        mark = rule.percent if level is rule.level else 0
        if not month:
            bars = tuple(Bar(one.words, one.share.tenths(level)) for one in lines)
            self.chart.show_bars(Bars(_(LEVEL_WORDS[level]), bars, mark))
            return
        people, so_far, found = look.whole.people, 0, []
        for one in lines[:-1]:
            so_far += one.share.count(level)
            found.append(Bar(one.words, so_far * 1000 // people if people else None))
        title = _("{level}, cộng dồn đến hết từng tháng").format(level=_(LEVEL_WORDS[level]))
        self.chart.show_bars(Bars(title, tuple(found), mark))

    def _say(self) -> None:
        one = self.table.current_record() if self.model.rowCount() else None
        self.people.setEnabled(one is not None and self._may_name(one))

    def _may_name(self, shown: _Shown) -> bool:
        """A list speaks of today."""
        return shown.line.listed and not shown.month and self.day.day() == self._desk.now().date()

    def _open(self, shown: _Shown | None) -> None:
        """Who of these has not had what the picture shows: as many as are missing from the figure."""
        if shown is not None and self._may_name(shown):
            meant = self._within().meant(shown.line.meant(Level(self.level.value())))
            self._desk.want_page.emit(f"vaccination:{lacking_part(meant)}")

    def _print(self) -> None:
        day, desk = self.day.day(), self._desk
        if day is None:
            return
        db, now, within, words = desk.register.db, desk.now(), self._within(), self._narrowed()

        def made() -> tuple[bytes, str]:
            pdf = coverage_pdf(db, day, catalog=desk.catalog, now=now, within=within, words=words)
            return pdf, get_setting(db, "printer")

        name = f"do-bao-phu-{day:%Y%m%d}.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self._failed), self._failed)

    def _keep(self, make: Callable[..., bytes], kind: str, **more: str) -> None:
        day, desk = self.day.day(), self._desk
        choose = choose_table if kind == "xlsx" else choose_data
        path = choose(self, f"do-bao-phu-{day.isoformat()}.{kind}") if day else None
        if path is None or day is None:
            return
        words = _("Đã lưu {name} vào {folder}.").format(name=path.name, folder=path.parent)

        def keep(data: bytes) -> None:
            op = partial(keep_file, path, data)
            desk.tasks.background(self, op, lambda _path: desk.said.emit(words), self._failed)

        within = self._within()
        op = partial(make, desk.register.db, day, catalog=desk.catalog, now=desk.now(), within=within, **more)
        desk.ask(self, op, keep, self._failed)

    def _failed(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))


def _lack(count: int) -> str:
    return _("còn thiếu {n} người").format(n=count) if count else _("đạt")


def _columns() -> tuple[Column[_Shown], ...]:
    def words(one: _Shown) -> Cell:
        return Cell(_(one.line.words) if one.line.whole else one.line.words, "name" if one.line.whole else "body")

    def people(one: _Shown) -> Cell:
        return Cell("" if one.month else f"{one.line.share.people}", "name" if one.line.whole else "body")

    def reached(level: Level) -> Column[_Shown]:
        def cell(one: _Shown) -> Cell:
            share = one.line.share
            told = "" if one.month else f"  ({percent_text(share.tenths(level))})"
            return Cell(f"{share.count(level)}{told}", "name" if one.line.whole else "body")

        return Column(level.value.lower(), _(LEVEL_WORDS[level]), cell, 140, "right")

    return (
        Column("words", _("Theo"), words),
        Column("people", _("Nhân khẩu"), people, 110, "right"),
        *(reached(level) for level in LEVELS),
    )
