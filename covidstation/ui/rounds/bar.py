"""Above the grid: which round, which day, how people are reached; and below it the keys."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from covidstation.domain.care import Round, VisitMeans
from covidstation.i18n import _
from covidstation.ui.case_words import MEANS
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.edits import DateEdit
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.segments import Segments
from covidstation.ui.rounds.entry import Slot
from covidstation.ui.rounds.words import ROUNDS


class RoundBar(QWidget):
    """`changed()` when another round or day is wanted; `means_changed()` when people are reached another way."""

    changed = Signal()
    means_changed = Signal()

    def __init__(self, today: date) -> None:
        super().__init__()
        self.setFixedHeight(metrics.FORM_ROW + 4)
        rounds = [(key.value, _(words)) for key, words in ROUNDS.items()]
        self.rounds = Segments("round_choice", _("Lượt"), rounds)
        self.means = Segments("means_choice", _("Cách đo"), [(key.value, _(words)) for key, words in MEANS.items()])
        self.before = Button(_("Hôm trước"), "quiet", keys="Ctrl+PgUp", name="day_before")
        self.after = Button(_("Hôm sau"), "quiet", keys="Ctrl+PgDown", name="day_after")
        self.day = DateEdit("round_day", _("Ngày"), today=today)
        self._shown = today
        self._today = today
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(metrics.GAP)
        row.addWidget(self.rounds)
        row.addSpacing(metrics.GAP)
        row.addWidget(self.means)
        row.addStretch(1)
        for widget in (self.before, self.day, self.after):
            row.addWidget(widget)
        self.rounds.chosen.connect(lambda _key: self.changed.emit())
        self.means.chosen.connect(lambda _key: self.means_changed.emit())
        self.before.clicked.connect(lambda: self._step(-1))
        self.after.clicked.connect(lambda: self._step(1))
        self.day.editingFinished.connect(self._day_typed)

    def slot(self) -> Slot:
        """What is chosen."""
        means = VisitMeans(self.means.value())
        return Slot(self.day.day() or self._today, Round(self.rounds.value()), means)

    def show_slot(self, day: date, round_: Round, today: date) -> None:
        """Choose that round of that day without asking for it."""
        self._today = today
        self.rounds.set_value(round_.value)
        self.day.set_day(day)
        self.after.setEnabled(day < today)
        self._shown = day

    def _step(self, days: int) -> None:
        self.day.set_day(min(self._today, self.slot().day + timedelta(days=days)))
        self._day_typed()

    def _day_typed(self) -> None:
        day = self.day.day()
        if day is None or day > self._today:
            self.day.set_day(self._shown)
        elif day != self._shown:
            self._shown = day
            self.after.setEnabled(day < self._today)
            self.changed.emit()


class Progress(QWidget):
    """`14 trên 31 đã đo` and its bar."""

    def __init__(self) -> None:
        super().__init__()
        self._words = label("", "name")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, metrics.GAP * 2, 0)
        row.setSpacing(metrics.GAP)
        row.addWidget(self._words)
        row.addWidget(self._bar)

    def show_count(self, done: int, wanted: int) -> None:
        """How far the round is."""
        words = _("{done} trên {all} đã đo").format(done=done, all=wanted)
        self._words.setText(words)
        self._bar.setRange(0, max(wanted, 1))
        self._bar.setValue(done)
        self._bar.setAccessibleName(words)


class Keys(QWidget):
    """The keys of the grid, in one line."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for key, words in (
            (_("Enter"), _("ô tiếp")),
            (_("↓"), _("người tiếp")),
            (_("K"), _("không gặp được")),
            (_("Dấu –"), _("bỏ trống")),
            (_("F3"), _("vì sao")),
            (_("F4"), _("chuyển tuyến")),
            (_("F6"), _("trả lời")),
        ):
            row.addWidget(label(key, "hint_strong"))
            row.addWidget(label(words, "hint", "muted"))
            row.addSpacing(10)
