"""Chưa nhập hệ thống: what the national notifiable-disease system must still hear, by deadline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.domain.notifiable import NoticeEvent
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.reports.case_report import case_report, case_reports_pdf
from covidstation.services.reports.notices import NoticeLine, mark_entered, notices_due, unmark_entered
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import ElidedLabel, Line
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.parts.toast import Toast
from covidstation.ui.reports.columns import notice_columns
from covidstation.ui.reports.dialogs import CaseReportDialog, MarkDialog

_MOST = 500  # marked in one act


class NoticesTab(QWidget):
    """The queue, and what was entered. `counted(n)`: how many still wait."""

    buttons_changed = Signal()
    told = Signal(str, str)
    counted = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        now = desk.now()
        self.which = Segments("notice_filter", _("Lọc"), [("open", _("Chưa nhập")), ("entered", _("Đã nhập"))])
        self._rule = ElidedLabel("", "hint", "muted")
        self.models = {
            key: RecordModel[NoticeLine](desk.tasks, notice_columns(now, entered=key == "entered"), self)
            for key in ("open", "entered")
        }
        titles = {"open": _("Ca bệnh chưa nhập hệ thống"), "entered": _("Ca bệnh đã nhập hệ thống")}
        self.tables = {key: Table(f"notices_{key}", titles[key], model) for key, model in self.models.items()}
        self.form = Button(_("Xem &phiếu, chép"), icon="copy", name="case_report")
        self.printing = Button(_("&In phiếu"), icon="printer", name="print_case_reports")
        self.person = Button(_("&Mở người bệnh"), "quiet", icon="person", name="open_case")
        self.mark = Button(_("Đã nhập hệ thống"), "primary", icon="check", keys="Ctrl+Return", name="mark_entered")
        self.undo = Button(_("&Bỏ đánh dấu"), icon="void", name="unmark_entered")
        self._none = EmptyPage("check", _("Không còn ca nào phải nhập"), _("Ca mới sẽ hiện ở đây cùng hạn phải nhập."))
        self._lay_out()
        self._connect()

    def load(self) -> None:
        """Read both lists."""
        desk = self._desk

        def asked() -> dict[str, tuple[NoticeLine, ...]]:
            db, now = desk.register.db, desk.now()
            return {key: notices_due(db, desk.catalog, now, entered=key == "entered") for key in ("open", "entered")}

        desk.ask(self, asked, self._show, self._failed)

    def buttons(self) -> Sequence[QWidget]:
        """Of the list in sight."""
        key = self.which.value()
        if not self.models[key].rowCount():
            return ()
        last = self.mark if key == "open" else self.undo
        return (self.person, self.printing, self.form, last)

    def leave(self) -> None:
        """Nothing is half done here."""

    def current_table(self) -> Table:
        """The list in sight."""
        return self.tables[self.which.value()]

    def _lay_out(self) -> None:
        bar = QWidget()
        bar.setFixedHeight(metrics.FORM_ROW + 8)
        row = QHBoxLayout(bar)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(metrics.GAP * 2)
        row.addWidget(self.which)
        row.addWidget(self._rule, 1)
        self._stack = QStackedWidget()
        for part in (*self.tables.values(), self._none):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(Line())
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.which.chosen.connect(lambda _key: self._show_part())
        for table in self.tables.values():
            table.opened.connect(self._open_form)
            table.selectionModel().selectionChanged.connect(lambda _now, _before: self._say())
        self.form.clicked.connect(lambda: self._open_form(self.current_table().current_record()))
        self.person.clicked.connect(self._open_person)
        self.printing.clicked.connect(self._print)
        self.mark.clicked.connect(self._mark)
        self.undo.clicked.connect(self._undo)

    def _show(self, found: dict[str, tuple[NoticeLine, ...]]) -> None:
        for key, lines in found.items():
            self.models[key].set_records(lines)
            self.which.set_count(key, len(lines))
        waiting = found["open"]
        self.counted.emit(len(waiting))
        if waiting:
            rule = waiting[-1].rule
            words = rule.title if rule.confirmed else _("{rule} (chưa xác nhận)").format(rule=rule.title)
            self._rule.set_text(words)
        self._show_part()

    def _show_part(self) -> None:
        key = self.which.value()
        self._stack.setCurrentWidget(self.tables[key] if self.models[key].rowCount() else self._none)
        self._say()
        self.buttons_changed.emit()

    def _say(self) -> None:
        """The verb carries how many are chosen."""
        count = len(self.tables["open"].selectionModel().selectedRows())
        self.mark.set_text(
            _("Đã nhập hệ thống") if count < 2 else _("Đã nhập {count} ca vào hệ thống").format(count=count)
        )

    def _chosen(self) -> list[NoticeLine]:
        table = self.current_table()
        rows = sorted(index.row() for index in table.selectionModel().selectedRows())[:_MOST]
        found = (self.models[self.which.value()].record(row) for row in rows)
        return [line for line in found if line is not None]

    def _failed(self, trouble: UserError) -> None:
        self.told.emit("danger", sentence(trouble))

    def _open_person(self) -> None:
        line = self.current_table().current_record()
        if line is not None:
            self._desk.want_person.emit(line.person_id)

    def _open_form(self, line: NoticeLine | None) -> None:
        if line is None:
            return
        desk = self._desk
        op = partial(case_report, desk.register.db, desk.catalog, line.episode_id, desk.now())
        title = _("Báo cáo ca bệnh: {name}").format(name=line.full_name)
        desk.ask(
            self, op, lambda fields: CaseReportDialog(desk, self, title, line.rule.form, fields).open(), self._failed
        )

    def _print(self) -> None:
        """The reports of those chosen, a sheet each."""
        lines, desk = self._chosen(), self._desk
        if not lines:
            return
        db, cases = desk.register.db, [line.episode_id for line in lines]

        def make() -> tuple[bytes, str]:
            return case_reports_pdf(db, desk.catalog, cases, desk.now()), get_setting(db, "printer")

        desk.ask(
            self, make, lambda made: hand_out(desk, self, *made, "bao-cao-ca-benh.pdf", self._failed), self._failed
        )

    def _act(self, lines: Sequence[NoticeLine], number: str) -> Callable[[], Done[Any]]:
        desk = self._desk
        return partial(
            mark_entered,
            desk.register.db,
            _keys(lines),
            catalog=desk.catalog,
            by=desk.register.user_id,
            by_name=desk.register.user_name,
            now=desk.now(),
            system_number=number,
        )

    def _mark(self) -> None:
        lines = self._chosen()
        if len(lines) == 1:
            MarkDialog(self._desk, self, lines[0], partial(self._act, lines)).open()
        elif lines:
            text = _("Chỉ đánh dấu những ca đã có trên hệ thống của Bộ Y tế. Chương trình này không tự gửi lên đó.")
            title = _("{n} ca đã nhập hệ thống?").format(n=len(lines))
            if confirm(self, title, text, act=_("Đánh dấu {n} ca").format(n=len(lines))):
                self._desk.act(self, self._act(lines, ""), lambda _n: self._marked(lines), self._failed)

    def _marked(self, lines: Sequence[NoticeLine]) -> None:
        words = _("Đã đánh dấu {n} ca là đã nhập.").format(n=len(lines))
        Toast.tell(self, words, undo=lambda: self._take_back(lines))

    def _undo(self) -> None:
        lines = self._chosen()
        if lines:
            self._take_back(lines)

    def _take_back(self, lines: Sequence[NoticeLine]) -> None:
        desk = self._desk
        op = partial(unmark_entered, desk.register.db, _keys(lines), by=desk.register.user_id, now=desk.now())
        words = _("Đã bỏ đánh dấu {n} ca.").format(n=len(lines))
        desk.act(self, op, lambda _n: desk.said.emit(words), self._failed)


def _keys(lines: Sequence[NoticeLine]) -> list[tuple[Any, NoticeEvent]]:
    return [(line.episode_id, line.event) for line in lines]
