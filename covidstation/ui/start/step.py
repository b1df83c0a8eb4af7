"""What the wizard asks of a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from covidstation.domain.problems import Problem
from covidstation.ui.look import metrics
from covidstation.ui.parts.combos import FindCombo
from covidstation.ui.parts.fields import ShowsProblems, show_problems
from covidstation.ui.parts.labels import label

LEFT = 80
TEXT_WIDTH = 744
COLUMN = 360
Values = dict[str, str]


class Step(QWidget):
    """A page of the wizard: a title, what it is for, its fields.

    `values` is what it knows, by field name, to be kept as a draft: never a secret. `training` is False for steps
    that a training station does without.
    """

    edited = Signal()

    def __init__(self, key: str, title: str, why: str, *, training: bool = True) -> None:
        super().__init__()
        self.setObjectName(f"step_{key}")
        self.setAccessibleName(title)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.key, self.title, self.training = key, title, training
        self.rows: list[ShowsProblems] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(LEFT, 48, metrics.MARGIN, metrics.MARGIN)
        self.column.setSpacing(0)
        self.column.addWidget(label(title, "person"))
        self.column.addSpacing(4)
        self._why = label(why, "body", "muted", wrap=True)
        self._why.setFixedWidth(TEXT_WIDTH)
        self.column.addWidget(self._why)
        self.column.addSpacing(24)

    def say_why(self, why: str) -> None:
        """What stands under the title."""
        self._why.setText(why)

    def start(self, values: Mapping[str, str]) -> None:
        """The step comes into sight; `values` is all that is known so far."""

    def values(self) -> Values:
        """What stands in its fields."""
        return {}

    def put(self, values: Mapping[str, str]) -> None:
        """Fill the fields from a draft."""

    def problems(self) -> Sequence[Problem]:
        """What must be mended before the next step."""
        return ()

    def summary(self) -> str:
        """The muted line beside the step once it is done."""
        return ""

    def first(self) -> QWidget | None:
        """Where the focus goes."""
        return None

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Say what is wrong, each beside its field."""
        show_problems(self.rows, problems)

    def listen(self, *widgets: QWidget) -> None:
        """Changes by hand in these fire `edited`."""
        for widget in widgets:
            if isinstance(widget, FindCombo):
                widget.picked.connect(lambda _key: self.edited.emit())
            if isinstance(widget, QLineEdit):
                widget.textEdited.connect(lambda _text: self.edited.emit())
            elif isinstance(widget, QPlainTextEdit):
                widget.textChanged.connect(self.edited.emit)
