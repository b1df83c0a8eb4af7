"""A box of several lines for what goes onto a paper, and its row of a form."""

from __future__ import annotations

import unicodedata

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from covidstation.domain.text import clean
from covidstation.ui.parts.fields import Field

DIALOG = 800  # a box and the sentence beside it
_LINE, _ROOM = 21, 20


class TextBox(QPlainTextEdit):
    """Plain words on `lines` lines; Tab leaves it, longer text scrolls. `value()` is tidy and on one line."""

    def __init__(self, name: str, title: str, *, lines: int = 2, width: int = 0) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setTabChangesFocus(True)
        self.setFixedHeight(lines * _LINE + _ROOM)
        if width:
            self.setFixedWidth(width)

    def value(self) -> str:
        """The words, NFC, spaces and line ends squeezed: a paper breaks its lines itself."""
        return clean(unicodedata.normalize("NFC", self.toPlainText()))

    def set_value(self, text: str) -> None:
        """Show these words."""
        self.setPlainText(text)


def box_row(text: str, box: QWidget, *, required: bool = False) -> Field:
    """The row of a form around a box, as tall as it."""
    row = Field(text, box, required=required)
    row.setFixedHeight(box.maximumHeight() + 8)
    return row
