"""The right side of a paper before it gets its number: all sections in one scrolling column."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from covidstation.domain.packs import OF_CONTACTS
from covidstation.services.papers.look import PaperLook
from covidstation.ui.look import metrics
from covidstation.ui.papers.law import LawSection, PrintSection
from covidstation.ui.papers.leave import LeaveSection
from covidstation.ui.papers.missing import MissingSection
from covidstation.ui.papers.sections import FamilySection, HomeQuestion, NumbersSection
from covidstation.ui.parts.labels import Line, TwoLineLabel

PANEL = 400
HOME_ASKS = ("paper.home_isolation_ask", "paper.contact_isolation_ask")


def scrolled(widget: QWidget, name: str, title: str) -> QScrollArea:
    """A column of the panel's width that scrolls when the window is low."""
    area = QScrollArea()
    area.setObjectName(name)
    area.setAccessibleName(title)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFixedWidth(PANEL)
    area.viewport().setBackgroundRole(QPalette.ColorRole.Base)
    widget.setBackgroundRole(QPalette.ColorRole.Base)
    widget.setAutoFillBackground(True)
    area.setWidget(widget)
    return area


class DraftPanel(QWidget):
    """Sections from the most pressing on; `printer` is the one that would be used, empty when there is none."""

    restyled = Signal()

    def __init__(self, today: date) -> None:
        super().__init__()
        self.question = HomeQuestion()
        self.leave = LeaveSection(today)
        self.missing = MissingSection()
        self.family = FamilySection()
        self.numbers = NumbersSection()
        self.law = LawSection(today)
        self.printing = PrintSection()
        self.printer = ""
        self._closed = TwoLineLabel("", "hint", "muted")
        self._closed.setObjectName("panel_closed")
        self._closed.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.MARGIN, 4, metrics.MARGIN, 12)
        column.setSpacing(0)
        column.addWidget(self._closed)
        self._closed.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.question)
        column.addWidget(self.leave)
        column.addWidget(self.missing)
        column.addWidget(Line())
        column.addWidget(self.family)
        column.addWidget(self.numbers)
        column.addWidget(self.law)
        column.addWidget(self.printing)
        column.addStretch(1)

    def close_fields(self, why: str) -> None:
        """What stands here can be read, not typed: whoever works may not enter anything. `why` is a whole sentence."""
        self._closed.set_text(why)
        self._closed.show()
        for section in (self.leave, self.missing):
            section.setEnabled(False)

    def show_look(self, look: PaperLook, *, head: bool, today: date) -> None:
        """Everything of that paper."""
        self.question.setVisible(look.prepared.refusal in HOME_ASKS)
        self.question.ask(look.pack.ground(look.prepared.kind), head=head, contact=look.prepared.kind in OF_CONTACTS)
        self.leave.show_leave(look, today=today)
        self.missing.show_look(look)
        chosen = [episode.id for episode in look.episodes] or list(look.people)
        self.family.show_family(look.family, chosen, today)
        self.numbers.show_numbers(look)
        self.law.show_law(look)
        self.printer = self.printing.show_printing(look.prepared.view.signer, look.printer, look.copies)
