"""The one field of the grid that a hand is in: it stands over its cell and knows what belongs there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QWidget

from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.parts.labels import restyle
from covidstation.ui.parts.popup import Choice
from covidstation.ui.rounds.cells import ReasonEdit, SignEdit, ValueEdit
from covidstation.ui.rounds.entry import COLUMN_OF, FIELDS, MEASURED, RIGHT_COLUMNS, Col, Entry
from covidstation.ui.rounds.model import TITLES

SIGNS_WIDTH: Final = 300


class Hand(QObject):
    """Three fields on the viewport, one of them shown at most."""

    def __init__(self, viewport: QWidget, signs: Sequence[Choice]) -> None:
        super().__init__(viewport)
        self._viewport = viewport
        self.value = ValueEdit(viewport)
        self.signs = SignEdit(viewport, signs)
        self.reason = ReasonEdit(viewport)
        self.hide()

    @property
    def shown(self) -> QWidget | None:
        """The field in sight."""
        return next((field for field in self._fields() if not field.isHidden()), None)

    def writes(self) -> bool:
        """Whether it is the plain field, whose text belongs to the cell."""
        return self.shown is self.value

    def hide(self) -> None:
        """No field at all."""
        self.reason.close_list()
        for field in self._fields():
            field.hide()

    def open(self, entry: Entry, column: Col) -> QWidget:
        """The field of that cell, filled and in the state of its problems; the caller places it."""
        self.hide()
        title = f"{entry.line.person.full_name}, {_(TITLES[column])}"
        field: QWidget = self.signs if column is Col.SIGNS else self.value
        if column is Col.SIGNS:
            self.signs.set_chosen(entry.symptoms)
            self.signs.setAccessibleName(title)
        else:
            measure = FIELDS[column] if column in MEASURED else ""
            text, letters = entry.texts.get(column, ""), column is Col.NOTE
            self.value.open(measure, title, text, letters=letters, right=column in RIGHT_COLUMNS)
        wrong = [one.level for one in entry.problems if COLUMN_OF.get(one.field) is column]
        restyle(field, "state", "" if not wrong else "error" if "error" in wrong else "warn")
        field.show()
        return field

    def ask_reason(self, entry: Entry) -> None:
        """Why the person was not met."""
        self.hide()
        self.reason.show()
        self.reason.setFocus()
        self.reason.open(entry.texts.get(Col.NOTE, "") if entry.missed else "")

    def place(self, cell: QRect) -> None:
        """Stand over that cell; signs and reasons need more room than their column has."""
        field, box = self.shown, QRect(cell)
        if field is self.signs:
            box.setWidth(SIGNS_WIDTH)
        elif field is self.reason:
            box.setRight(self._viewport.width() - metrics.GAP)
        if field is not None:
            field.setGeometry(box.adjusted(2, 0, -2, -1))

    def _fields(self) -> tuple[QWidget, ...]:
        return self.value, self.signs, self.reason
