"""The running clock of an isolation decision: each step with what is left of its time, and one click to write it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout

from covidstation.domain.episodes import Episode
from covidstation.domain.hours import Step, StepState
from covidstation.i18n import _
from covidstation.services.care.isolation import CaseRules, hours_on
from covidstation.ui.care.words import STEPS, step_words
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import Glyph, Ground, label, set_ink

_TICK_MS = 20_000


class HoursStrip(Ground):
    """Hidden where the law or the case has no clock. `marked(Step)` when a step was done just now."""

    marked = Signal(object)

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(QPalette.ColorRole.AlternateBase)
        self.setObjectName("hours_strip")
        self.setAccessibleName(_("Các mốc giờ cách ly"))
        self.setFixedHeight(metrics.FORM_ROW)
        self._now = now
        self._case: tuple[Episode, CaseRules] | None = None
        self._step: Step | None = None
        self._glyph = Glyph("clock", 18, "muted")
        self._found = label("", "hint", "muted")
        self._steps = [label("", "strong") for _step in Step]
        self._hold = label("", "hint", "muted")
        self.mark = Button("", icon="check", name="mark_step")
        self.mark.clicked.connect(self._emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(metrics.GAP)
        row.addWidget(self._glyph)
        row.addWidget(self._found)
        for one in self._steps:
            row.addSpacing(metrics.GAP)
            row.addWidget(one)
        row.addSpacing(metrics.GAP)
        row.addWidget(self._hold)
        row.addStretch(1)
        row.addWidget(self.mark)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._say)
        self.hide()

    def show_case(self, episode: Episode | None, rules: CaseRules) -> None:
        """The clock of that illness; None shows nothing."""
        self._case = (episode, rules) if episode is not None else None
        self._say()

    def _say(self) -> None:
        hours = None
        if self._case is not None:
            hours = hours_on(self._case[1], self._case[0], self._now().replace(tzinfo=None))
        running = hours.running if hours is not None else None
        self.setVisible(running is not None)
        if hours is None or running is None:
            self._tick.stop()
            return
        self._tick.start()
        self._step = running.step
        self._found.setText(_("Phát hiện {clock}").format(clock=f"{hours.found:%H:%M %d/%m}"))
        for words, state in zip(self._steps, hours.steps, strict=True):
            words.setText(step_words(state))
            set_ink(words, _ink(state))
        held = hours.hold_until
        self._hold.setText(_("giữ tại nhà chờ quyết định đến {clock}").format(clock=f"{held:%H:%M}") if held else "")
        self._glyph.show_icon("clock", "danger" if running.late else "warn")
        self.mark.set_text(_("Đã {step}, ghi bây giờ").format(step=_(STEPS[running.step]).lower()))

    def _emit(self) -> None:
        if self._step is not None:
            self.marked.emit(self._step)


def _ink(state: StepState) -> Ink:
    if state.late is not None:
        return "danger"
    return "warn" if state.running else "muted"
