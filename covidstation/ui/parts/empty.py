"""A page with nothing on it says what belongs there and offers the first step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.ui.parts.labels import Glyph, label


class EmptyPage(QWidget):
    """Icon, what is missing, what will be here, one outlined button; alone in the middle."""

    def __init__(self, icon: str, missing: str, later: str, action: QWidget | None = None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setSpacing(4)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(1)
        column.addWidget(Glyph(icon, 40, "border"), 0, middle)
        column.addSpacing(8)
        column.addWidget(label(missing, "section"), 0, middle)
        column.addWidget(label(later, "body", "muted"), 0, middle)
        if action is not None:
            column.addSpacing(12)
            column.addWidget(action, 0, middle)
        column.addStretch(1)
