"""What the settings page asks of each of its sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.labels import label

LABEL = 168


class Section(QWidget):
    """A section: `load()` when it is shown, `unsaved()` guards leaving, `buttons()` stand in the action bar.

    `told(level, text)` is for the banner; an empty text clears it.
    """

    buttons_changed = Signal()
    told = Signal(str, str)

    def __init__(self, desk: Desk, key: str, title: str) -> None:
        super().__init__()
        self.desk, self.key, self.title = desk, key, title
        self.setObjectName(f"section_{key}")
        self.setAccessibleName(title)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(metrics.MARGIN, 12, metrics.MARGIN, 16)
        self.column.setSpacing(0)

    def load(self) -> None:
        """Read what is shown."""

    def show_about(self, about: str) -> None:
        """What a section's list is narrowed to, or the field that is wanted; most have none."""

    def unsaved(self) -> bool:
        """Whether something typed would be lost."""
        return False

    def put_aside(self) -> None:
        """The window locks: keep what is half typed; most have nothing."""

    def forget(self) -> None:
        """Whoever typed here gave it up."""

    def buttons(self) -> Sequence[QWidget]:
        """Of the action bar, the primary one last."""
        return ()

    def fills(self) -> bool:
        """Whether the section has a table of its own and must not scroll as a whole."""
        return False

    def close_fields(self, right: Right, fields: Iterable[QWidget]) -> None:
        """Nobody types into what they may not save: grey, with the reason at the head of the section."""
        if self.desk.may(right):
            return
        for field in fields:
            field.setEnabled(False)
        why = label(sentence(UserError(f"rights.{right.value}")), "hint", "muted", wrap=True)
        why.setObjectName("section_closed")
        self.column.insertWidget(0, why)

    def failed(self, trouble: UserError) -> None:
        """Say it in the banner."""
        self.told.emit("danger", sentence(trouble))


def framed(section: Section) -> QWidget:
    """In a scroll area, unless it fills the page itself."""
    if section.fills():
        return section
    area = QScrollArea()
    area.setObjectName(f"area_{section.key}")
    area.setAccessibleName(section.title)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(section)
    return area
