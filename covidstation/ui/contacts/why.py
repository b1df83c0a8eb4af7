"""The lines under a form that say which rule speaks, why, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.domain.problems import Problem
from covidstation.ui.look import metrics
from covidstation.ui.parts.labels import label


class WhyRow(QWidget):
    """Muted words under a field, wrapped; stands among the rows of a form and answers for none of its fields."""

    def __init__(self, *, indent: int = metrics.FORM_LABEL) -> None:
        super().__init__()
        self.setObjectName("quarantine_why")
        self._words = label("", "hint", "muted", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(indent, 0, 0, 6)
        row.addWidget(self._words)
        self.setMinimumHeight(44)

    def say(self, text: str) -> None:
        """Show that text."""
        self._words.setText(text)
        self.setAccessibleName(text)

    def text(self) -> str:
        """What is shown."""
        return self._words.text()

    def show_problems(self, _problems: Iterable[Problem]) -> set[str]:
        """None of its own."""
        return set()
