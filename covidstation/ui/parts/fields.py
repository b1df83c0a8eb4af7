"""A form's rows: a label with its mnemonic, the widgets, and what is wrong with them on the same line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from covidstation.domain.problems import Problem
from covidstation.messages import sentence
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.edits import set_state
from covidstation.ui.parts.labels import Glyph, TwoLineLabel, label, set_ink


class ShowsProblems(Protocol):
    """A row that can say what is wrong with its own widgets."""

    def show_problems(self, problems: Iterable[Problem]) -> set[str]:
        """Show the worst of those about its widgets; returns the field names it answers for."""


def show_problems(rows: Iterable[ShowsProblems], problems: Iterable[Problem]) -> list[Problem]:
    """Give each row its problems; returns those about no field of these rows."""
    all_problems = list(problems)
    named: set[str] = set()
    for row in rows:
        named |= row.show_problems(all_problems)
    return [problem for problem in all_problems if problem.field not in named]


class _Beside(QWidget):
    """Icon and sentence: a hint in muted, a problem in its colour."""

    def __init__(self) -> None:
        super().__init__()
        self._glyph = Glyph("alert", 16, "warn")
        self._words = TwoLineLabel("", "hint", "muted")
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self._glyph)
        box.addWidget(self._words, 1)
        self.say("", "muted")

    def say(self, text: str, ink: Ink, icon: str = "") -> None:
        self._glyph.setVisible(bool(icon))
        if icon:
            self._glyph.show_icon(icon, ink)
        set_ink(self._words, ink)
        self._words.set_text(text)


class _Rowed(QWidget):
    """What Field and StackedField share: widgets by field name, the hint and the problem."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}_row")
        self._widgets: dict[str, QWidget] = {}
        self._hint = ""
        self._hint_ink: Ink = "muted"
        self._wrong = False
        self._beside = _Beside()

    def set_hint(self, text: str, ink: Ink = "muted") -> None:
        """Muted words where a problem would stand; a problem covers them."""
        self._hint, self._hint_ink = text, ink
        if not self._wrong:
            self._beside.say(text, ink)

    def show_problems(self, problems: Iterable[Problem]) -> set[str]:
        """Show the worst problem of this row's widgets and colour the widget it is about."""
        mine = [problem for problem in problems if problem.field in self._widgets]
        levels = {problem.field: problem.level for problem in reversed(mine)}
        levels |= {problem.field: "error" for problem in mine if problem.level == "error"}
        states = {"error": "error", "warning": "warn", None: ""}
        for name, widget in self._widgets.items():
            set_state(widget, states[levels.get(name)])
        worst = next((one for one in mine if one.level == "error"), mine[0] if mine else None)
        self._wrong = worst is not None
        if worst is None:
            self._beside.say(self._hint, self._hint_ink)
        else:
            self._beside.say(sentence(worst), "danger" if worst.level == "error" else "warn", "alert")
        return set(self._widgets)

    def clear_problems(self) -> None:
        """Nothing is wrong any more."""
        self.show_problems(())


class Field(_Rowed):
    """One 40-px row of a form: `Field("&Điện thoại", LineEdit("phone", …), required=True)`.

    A widget answers for the problem field of its object name, or of `name`. `beside()` puts more on the line.
    """

    def __init__(
        self,
        text: str,
        widget: QWidget,
        *,
        name: str = "",
        required: bool = False,
        label_width: int = metrics.FORM_LABEL,
    ) -> None:
        super().__init__(name or widget.objectName())
        self.setFixedHeight(metrics.FORM_ROW)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(metrics.GAP)
        self._row.addWidget(_titled(text, widget, required, label_width))
        self._row.addSpacing(-metrics.GAP)
        self._row.addWidget(widget)
        self._row.addSpacing(metrics.GAP)
        self._row.addWidget(self._beside, 1)
        self._widgets[name or widget.objectName()] = widget
        self._labels: dict[QWidget, QLabel] = {}

    def label_of(self, widget: QWidget) -> QLabel:
        """The muted label before a widget that `beside` put there, to hide both together. Raises KeyError."""
        return self._labels[widget]

    def beside(self, widget: QWidget, text: str = "", *, name: str = "", field: bool = True) -> Field:
        """Another widget at the right, after its own muted label; `field=False` for plain words ("67 tuổi")."""
        at = self._row.count() - 2
        if text:
            words = label(text, "body", "muted")
            words.setBuddy(widget)
            self._row.insertWidget(at, words)
            self._labels[widget] = words
            at += 1
        self._row.insertWidget(at, widget)
        if field:
            self._widgets[name or widget.objectName()] = widget
        return self

    def after(self, widget: QWidget) -> Field:
        """A link at the end of the line, behind the hint or the problem that it answers."""
        self._row.addWidget(widget)
        return self


class StackedField(_Rowed):
    """The wizard's row: label above, a 40-px field, one line under it for the hint or the problem."""

    def __init__(self, text: str, widget: QWidget, *, name: str = "", required: bool = False) -> None:
        super().__init__(name or widget.objectName())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = label(text, "strong")
        head.setBuddy(widget)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(head)
        if required:
            top.addWidget(label("*", "strong", "danger"))
        top.addStretch(1)
        column.addLayout(top)
        column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._beside)
        self._widgets[name or widget.objectName()] = widget


def _titled(text: str, widget: QWidget, required: bool, width: int) -> QWidget:
    """The label, its star when required, in a column of fixed width."""
    holder = QWidget()
    holder.setFixedWidth(width)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 4, 0)
    row.setSpacing(4)
    words: QLabel = label(text, "body", "muted")
    words.setBuddy(widget)
    row.addWidget(words)
    if required:
        row.addWidget(label("*", "body", "danger"))
    row.addStretch(1)
    return holder
