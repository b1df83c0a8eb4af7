"""The right side of the day's report: which day, new cases by day, what only people know, what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.problems import Problem
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.reports.daily import MOST_OXYGEN, TEXT_LIMIT, DailyReport, Typed
from covidstation.ui.look import metrics
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit, set_state
from covidstation.ui.parts.labels import label, set_ink
from covidstation.ui.reports.chart import DayChart
from covidstation.ui.reports.columns import LACKING

WIDTH = 400
_KEEP_MS = 1500


class TypedPanel(QWidget):
    """`day_changed(date)` when another day is chosen; `typed(Typed)` a moment after something was written."""

    day_changed = Signal(object)
    typed = Signal(object)

    def __init__(self, today: date) -> None:
        super().__init__()
        self.setObjectName("report_panel")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.day = DateEdit("report_day", _("Ngày báo cáo"), today=today)
        self.day.set_day(today)
        self.oxygen = NumberEdit("oxygen", _("Số người thở ô xy tại nhà"), high=MOST_OXYGEN, width=72)
        self.difficulties = LineEdit("difficulties", _("Khó khăn, vướng mắc"), limit=TEXT_LIMIT)
        self.difficulties.setPlaceholderText(_("Không có thì ghi “không”"))
        self.suggestions = LineEdit("suggestions", _("Đề xuất, kiến nghị"), limit=TEXT_LIMIT)
        self.chart = DayChart()
        self._span = label("", "hint", "muted", wrap=True)
        self._state = label("", "strong", wrap=True)
        self._code = label("", "hint", "muted")
        self._form = label(_("Tiêu đề, nơi nhận: chưa xác nhận với văn bản của tỉnh"), "hint", "muted", wrap=True)
        self._lacking = label("", "hint", "warn", wrap=True)
        self._filling = False
        self._later = QTimer(self, interval=_KEEP_MS, singleShot=True)
        self._later.timeout.connect(lambda: self.typed.emit(self.value()))
        self._lay_out()
        self._connect()

    def value(self) -> Typed:
        """What is written."""
        oxygen = self.oxygen.number()
        return Typed(
            oxygen=int(oxygen) if oxygen is not None else None,
            difficulties=self.difficulties.value(),
            suggestions=self.suggestions.value(),
        )

    def show_report(self, report: DailyReport, words: str, *, good: bool) -> None:
        """The report's period, chart and state; a frozen one's words cannot be written over."""
        period = report.period
        span = _("Số liệu từ {start} đến {end}")
        self._span.setText(span.format(start=f"{period.from_at:%H:%M %d/%m}", end=f"{period.cutoff_at:%H:%M %d/%m/%Y}"))
        self.chart.show_series(report.series)
        self._form.setVisible(not report.head.confirmed)
        self._code.setText(_("Mã nhật ký truy cập {code}").format(code=report.audit) if report.audit else "")
        self._code.setVisible(bool(report.audit))
        self._state.setText(words)
        set_ink(self._state, "ok" if good else "text")
        self.show_lacking(report.lacking)

    def show_lacking(self, lacking: Sequence[str]) -> None:
        """What somebody still has to write."""
        names = ", ".join(_(LACKING[name]) for name in lacking)
        self._lacking.setText(_("Còn thiếu: {names}.").format(names=names) if names else "")
        self._lacking.setVisible(bool(names))

    def show_typed(self, typed: Typed, *, fixed: bool) -> None:
        """These words; `fixed`: they were sent."""
        self._filling = True
        self.oxygen.set_number(typed.oxygen)
        self.difficulties.set_value(" ".join(typed.difficulties.splitlines()))
        self.suggestions.set_value(" ".join(typed.suggestions.splitlines()))
        for edit in (self.oxygen, self.difficulties, self.suggestions):
            edit.setReadOnly(fixed)
            set_state(edit, "")
        self._filling = False

    def bad(self) -> bool:
        """Whether something stands there that is no number."""
        bad = self.oxygen.bad()
        set_state(self.oxygen, "error" if bad else "")
        if bad:
            self._lacking.setText(sentence(Problem("oxygen", "reports.oxygen", {"most": str(MOST_OXYGEN)})))
            self._lacking.setVisible(True)
            self.oxygen.setFocus()
        return bad

    def writing(self) -> bool:
        """Whether somebody writes in it now."""
        return any(edit.hasFocus() for edit in (self.oxygen, self.difficulties, self.suggestions))

    def keep_now(self) -> None:
        """Do not wait any longer."""
        if self._later.isActive():
            self._later.stop()
            self.typed.emit(self.value())

    def forget(self) -> None:
        """Another day's words are coming."""
        self._later.stop()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, metrics.MARGIN, 12)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP)
        row.addWidget(_named(_("&Ngày báo cáo"), self.day))
        row.addWidget(self.day)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._span)
        column.addWidget(self._state)
        column.addWidget(self._code)
        column.addWidget(self._lacking)  # above the fold of a low window
        column.addSpacing(6)
        column.addWidget(self.chart)
        column.addSpacing(10)
        row = QHBoxLayout()
        row.addWidget(_named(_("Thở &ô xy tại nhà"), self.oxygen))
        row.addWidget(self.oxygen)
        row.addWidget(label(_("người"), "body", "muted"))
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(_named(_("&Khó khăn, vướng mắc"), self.difficulties))
        column.addWidget(self.difficulties)
        column.addWidget(_named(_("Đề &xuất, kiến nghị"), self.suggestions))
        column.addWidget(self.suggestions)
        column.addSpacing(4)
        column.addWidget(self._form)
        column.addStretch(1)

    def _connect(self) -> None:
        self.day.value_changed.connect(lambda day: self.day_changed.emit(day) if day is not None else None)
        for edit in (self.oxygen, self.difficulties, self.suggestions):
            edit.textEdited.connect(lambda _text: None if self._filling else self._later.start())


def _named(words: str, widget: QWidget) -> QWidget:
    result = label(words, "hint", "muted")
    result.setBuddy(widget)
    return result
