"""One medicine of a handing-out: whether, until when the last one lasts, for how many days, how many, whose."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.domain.dispensing import MOST_DAYS, Origin
from covidstation.domain.prescriptions import MOST_UNITS, HandingItem
from covidstation.i18n import _
from covidstation.services.dispensing.handing import HandingLine
from covidstation.ui.dispensing.words import ORIGINS, dose_text, until_text
from covidstation.ui.look import metrics
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import NumberEdit
from covidstation.ui.parts.labels import ElidedLabel, label, plain_tip

NAME_WIDTH, LEFT_WIDTH, DAYS_WIDTH, UNITS_WIDTH, UNIT_WIDTH, ORIGIN_WIDTH = 232, 188, 64, 72, 44, 148


class HandLine(QWidget):
    """`changed()` by hand. Other days change the units, until somebody types those."""

    changed = Signal()

    def __init__(self, line: HandingLine, today: date, place: int) -> None:
        super().__init__()
        self.line, one = line, line.prescribed
        self.setObjectName(f"line_{place}")
        self.chosen = CheckBox("chosen", one.name.replace("&", "&&"))
        self.chosen.setFixedWidth(NAME_WIDTH)
        self.chosen.setToolTip(plain_tip(dose_text(one.regimen, one.unit)))
        self.chosen.setChecked(True)
        self.until = ElidedLabel(until_text(one, today), "hint", "danger" if one.runs_out_on <= today else "muted")
        self.until.setFixedWidth(LEFT_WIDTH)
        self.days = _number("days", _("Số ngày cấp {name}"), one.name, MOST_DAYS, DAYS_WIDTH)
        self.units = _number("units", _("Số lượng {name}"), one.name, MOST_UNITS, UNITS_WIDTH)
        self.counted = _number("counted", _("Số còn lại ở nhà của {name}"), one.name, MOST_UNITS, UNITS_WIDTH, low=0)
        unit = label(one.unit, "body", "muted")
        unit.setFixedWidth(UNIT_WIDTH)
        self.origin = Combo("origin", _("Nguồn thuốc"), self._origins(), width=ORIGIN_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(metrics.GAP)
        for widget in (self.chosen, self.until, self.counted, self.days, self.units, unit, self.origin):
            row.addWidget(widget)
        row.addStretch(1)
        self.typed = False
        self.set_days(line.days)
        self.chosen.toggled.connect(lambda _on: self._follow())
        self.days.textEdited.connect(lambda _text: self._other_days())
        self.units.textEdited.connect(lambda _text: self._typed())
        self.counted.textEdited.connect(lambda _text: self.changed.emit())
        self.origin.picked.connect(lambda _key: self.changed.emit())

    @property
    def prescription_id(self) -> UUID:
        """Of the medicine."""
        return self.line.prescribed.id

    def set_days(self, days: int) -> None:
        """For so many days, with what they need."""
        self.days.set_number(days)
        if not self.typed:
            self.units.set_number(self.line.prescribed.regimen.units(days))

    def item(self) -> HandingItem | None:
        """As it stands there; None when it is not handed out. What is no number is 0, which is refused by name."""
        if not self.chosen.isChecked():
            return None
        days, units, counted = (field.number() for field in (self.days, self.units, self.counted))
        return HandingItem(
            prescription_id=self.prescription_id,
            days=int(days or 0),
            units=int(units or 0),
            counted=-1 if self.counted.bad() else None if counted is None else int(counted),
            origin=self.origin.value(),
        )

    def _origins(self) -> list[tuple[Origin, str]]:
        """The store first, with what it has, when it keeps the medicine."""
        kept = self.line.in_store
        found = [] if kept is None else [(Origin.STATION, _("kho, có {count}").format(count=kept))]
        return [*found, *((key, _(ORIGINS[key])) for key in (Origin.UPPER, Origin.OWN))]

    def _follow(self) -> None:
        for field in (self.counted, self.days, self.units, self.origin):
            field.setEnabled(self.chosen.isChecked())
        self.changed.emit()

    def _other_days(self) -> None:
        days = self.days.number()
        if days is not None and not self.typed:
            self.units.set_number(self.line.prescribed.regimen.units(int(days)))
        self.changed.emit()

    def _typed(self) -> None:
        self.typed = True
        self.changed.emit()


def head() -> QWidget:
    """The titles over the lines."""
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 2)
    row.setSpacing(metrics.GAP)
    titles = (
        (_("Thuốc"), NAME_WIDTH), (_("Lần trước"), LEFT_WIDTH), (_("Đếm còn"), UNITS_WIDTH), (_("Ngày"), DAYS_WIDTH),
        (_("Cấp"), UNITS_WIDTH), ("", UNIT_WIDTH), (_("Nguồn"), ORIGIN_WIDTH),
    )  # fmt: skip
    for text, width in titles:
        title = label(text, "hint", "muted")
        title.setFixedWidth(width)
        row.addWidget(title)
    row.addStretch(1)
    return widget


def _number(name: str, title: str, medicine: str, most: int, width: int, *, low: int = 1) -> NumberEdit:
    field = NumberEdit(name, title.format(name=medicine), low=low, high=most, width=width)
    field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return field
