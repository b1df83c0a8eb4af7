"""Long work: what, n of m, a bar, a Stop, what stopping keeps; then the result in large words with its steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.banner import Level, soft_colours
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import ElidedLabel, Glyph, label, set_ink

StepState = Literal["done", "now", "later", "failed"]
_MARKS: dict[StepState, tuple[str, Ink]] = {
    "done": ("check", "ok"),
    "now": ("clock", "accent"),
    "later": ("", "muted"),
    "failed": ("alert", "danger"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line: its state, what it does, a figure at the right ("48 kB")."""

    state: StepState
    text: str
    figure: str = ""


class StepList(QWidget):
    """Lines under one another, each with the mark of its state."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """These instead of what stood there."""
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for step in steps:
            self._column.addWidget(_step_row(step))


class StepsPanel(QWidget):
    """The soft panel of Đồng bộ: `working(…)` while it runs, `finished(…)` when it is over."""

    def __init__(self, icon: str = "usb") -> None:
        super().__init__()
        self._level: Level = "info"
        self._icon = icon
        self._glyph = Glyph(icon, 32, "accent")
        self._title = label("", "person")
        self._second = ElidedLabel("", "body")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._note = label("", "hint", "muted", wrap=True)
        self._button: Button | None = None
        self._head = QHBoxLayout()
        self._head.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._second)
        self._head.addWidget(self._glyph)
        self._head.addLayout(words, 1)
        self._steps = StepList()
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.MARGIN, 12, metrics.MARGIN, 16)
        column.setSpacing(12)
        column.addLayout(self._head)
        column.addWidget(self._bar)
        column.addWidget(self._steps)
        column.addWidget(self._note)
        column.addStretch(1)

    def working(
        self,
        title: str,
        second: str,
        steps: Sequence[Step],
        note: str,
        *,
        done: int,
        total: int,
        stop: Callable[[], object] | None = None,
        stop_text: str = "",
    ) -> None:
        """Blue, with the bar and (when it can be stopped) the Stop button."""
        self._show("info", "accent", title, "text", second, steps, note)
        self._bar.setVisible(True)
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._put_button(stop_text, stop, keys="Esc")

    def finished(
        self,
        title: str,
        second: str,
        steps: Sequence[Step],
        note: str,
        *,
        good: bool = True,
        again: Callable[[], object] | None = None,
        again_text: str = "",
    ) -> None:
        """Green with the large result ("Rút được"), or red when it failed."""
        level: Level = "ok" if good else "danger"
        ink: Ink = "ok" if good else "danger"
        self._show(level, ink, title, ink, second, steps, note)
        self._bar.setVisible(False)
        self._put_button(again_text, again, icon=self._icon)
        if self._button is not None and self.isVisible():
            self._button.setFocus(Qt.FocusReason.OtherFocusReason)  # the next step, under the hand

    def _show(
        self, level: Level, ink: Ink, title: str, title_ink: Ink, second: str, steps: Sequence[Step], note: str
    ) -> None:
        self._level = level
        self._glyph.show_icon(self._icon, ink)
        self._title.setText(title)
        set_ink(self._title, title_ink)
        self._second.set_text(second)
        self._note.setText(note)
        self.setAccessibleName(f"{title}. {second}")
        self._steps.show_steps(steps)
        self.update()

    def _put_button(self, text: str, act: Callable[[], object] | None, *, keys: str = "", icon: str = "") -> None:
        if self._button is not None:
            self._head.removeWidget(self._button)
            self._button.hide()
            self._button.deleteLater()
            self._button = None
        if act is not None and text:
            self._button = Button(text, keys=keys, icon=icon, name="steps_button")
            self._button.clicked.connect(lambda: act())
            self._head.addWidget(self._button)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Soft ground with its bar."""
        ground, bar, _words = soft_colours(self._level, tokens_of(self))
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(ground))
        painter.fillRect(0, 0, metrics.BAR, self.height(), QColor(bar))


def _step_row(step: Step) -> QWidget:
    holder = QWidget()
    holder.setFixedHeight(24)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    name, ink = _MARKS[step.state]
    if name:
        row.addWidget(Glyph(name, 18, ink))
    else:
        row.addSpacing(28)
    words = label(step.text, "name" if step.state == "now" else "body", "muted" if step.state == "later" else "text")
    row.addWidget(words, 1)
    row.addWidget(label(step.figure, "hint", "muted"))
    return holder
