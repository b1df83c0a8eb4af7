"""The lines of a delivery or of an issue: an item found by typing, its lot, so many units; one more with a key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from covidstation.db.queries.supplies import SupplyLine
from covidstation.domain.problems import Problem
from covidstation.domain.supplies import MOST_UNITS, SHORT_LIMIT, ItemDraft, vial_of
from covidstation.i18n import _
from covidstation.messages.supplies import vials_text
from covidstation.services.supplies.acts import IssueLine, ReceiptLine
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit, set_state
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.popup import Choice
from covidstation.ui.supplies.words import amount

ITEM, LOT, DAY, UNITS, UNIT, PACK = 330, 110, 112, 96, 64, 108
MOST_LINES = 60
Units = dict[Any, tuple[str, int]]
"""By item: its unit, and the doses in a vial of a vaccine, else 0."""


def choices_of(lines: Sequence[SupplyLine], common: Sequence[ItemDraft], *, stocked: bool) -> tuple[Choice, ...]:
    """Items of the store with what is left, then common ones that it lacks; `stocked`: only what can be given."""
    kept = [line for line in lines if line.usable > 0 or not stocked]
    found = [Choice(line.id, line.title, amount(line.usable, line.unit)) for line in kept]
    if stocked:
        return tuple(found)
    names = {line.title.casefold() for line in lines}
    told = _("chưa có trong kho")
    return (*found, *(Choice(one, one.title, told) for one in common if one.title.casefold() not in names))


class SupplyRow(QWidget):
    """One line. `dropped(row)`; `typed()` when something was chosen."""

    dropped = Signal(object)
    typed = Signal()

    def __init__(self, desk: Desk, choices: Sequence[Choice], units: Units, *, lots: bool) -> None:
        super().__init__()
        self._units = units
        self.item = FindCombo("item", _("Mặt hàng"), choices, width=ITEM, hint=_("gõ tên, hàm lượng"))
        self.number = LineEdit("number", _("Số lô"), width=LOT, limit=SHORT_LIMIT)
        self.expiry = DateEdit("expiry", _("Hạn dùng"), today=desk.now().date(), width=DAY)
        self.quantity = NumberEdit("quantity", _("Số lượng"), low=1, high=MOST_UNITS, width=UNITS)
        self.quantity.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.unit = label("", "body", "muted")
        self.unit.setMinimumWidth(UNIT + 16)
        self.pack = Combo("pack", _("Tính theo"), width=PACK)
        self.pack.hide()
        drop = Button("", "quiet", icon="x", name="drop_line")
        drop.setAccessibleName(_("Bỏ dòng này"))
        drop.setToolTip(_("Bỏ dòng này"))
        drop.setProperty("aside", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(metrics.GAP)
        row.addWidget(self.item)
        if lots:
            row.addWidget(self.number)
            row.addWidget(self.expiry)
        else:
            self.number.setParent(None)
            self.expiry.setParent(None)
        for widget in (self.quantity, self.pack, self.unit, drop):
            row.addWidget(widget)
        row.addStretch(1)
        drop.clicked.connect(lambda: self.dropped.emit(self))
        self.item.picked.connect(lambda _key: self._picked())
        self.quantity.textChanged.connect(lambda _text: self._say_units())
        self.pack.picked.connect(lambda _key: self._say_units())

    def empty(self) -> bool:
        """Nothing was typed."""
        return not self.item.text() and self.quantity.number() is None

    def units(self) -> int:
        """The quantity in units, where vials were typed their doses; 0 when none can be read."""
        found = self.quantity.number()
        return int(found) * (self.pack.value() or 1) if found is not None else 0

    def take_units(self, units: Units) -> None:
        """What each item is counted in."""
        self._units = units

    def _unit(self) -> tuple[str, int]:
        key = self.item.value()
        if isinstance(key, ItemDraft):
            return key.unit, vial_of(key.kind.value, key.pack_size)
        return self._units.get(key, ("", 0))

    def _picked(self) -> None:
        unit, vial = self._unit()
        told = _("lọ {n} {unit}").format(n=vial, unit=unit)
        self.pack.set_choices([(1, unit), (vial, told)] if vial else [(1, unit)])
        self.pack.setVisible(bool(vial))
        self._say_units()
        self.typed.emit()

    def _say_units(self) -> None:
        """The unit; of vaccine the other way to say the same."""
        unit, vial = self._unit()
        if not vial:
            self.unit.setText(unit)
            return
        units, in_vials = self.units(), self.pack.value() == vial
        said = amount(units, unit) if in_vials else vials_text(units, vial)
        self.unit.setText(f"= {said}" if units else "")


class SupplyLines(QWidget):
    """All lines under their heads; there is always an empty one to go on with."""

    fields: ClassVar[frozenset[str]] = frozenset({"item", "number", "expiry", "quantity"})

    def __init__(self, desk: Desk, *, lots: bool) -> None:
        super().__init__()
        self.setObjectName("supply_lines")
        self._desk, self._lots = desk, lots
        self._choices: tuple[Choice, ...] = ()
        self._units: Units = {}
        self.rows: list[SupplyRow] = []
        self.add = Button(_("Thêm &dòng"), "quiet", icon="plus", name="add_supply_line")
        self.add.clicked.connect(lambda: self.add_row(focus=True))
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.setMinimumHeight(5 * metrics.FORM_ROW)
        self._scroll = scroll
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 4)
        column.setSpacing(4)
        column.addLayout(self._heads())
        column.addWidget(scroll, 1)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.add_row()

    def set_choices(self, choices: Sequence[Choice], units: Units) -> None:
        """What can be chosen, with the unit of each."""
        self._choices, self._units = tuple(choices), units
        for row in self.rows:
            row.take_units(units)
            row.item.set_choices(self._choices)

    def add_row(self, *, focus: bool = False) -> SupplyRow:
        """One more line."""
        row = SupplyRow(self._desk, self._choices, self._units, lots=self._lots)
        row.dropped.connect(self._drop)
        row.typed.connect(self._grow)
        self.rows.append(row)
        self._column.insertWidget(len(self.rows) - 1, row)
        self.add.setEnabled(len(self.rows) < MOST_LINES)
        if focus:
            row.item.setFocus()
            self._scroll.ensureWidgetVisible(row)
        return row

    def make_room(self, count: int) -> None:
        """So many lines at least."""
        while len(self.rows) < min(count, MOST_LINES):
            self.add_row()

    def filled(self) -> list[SupplyRow]:
        """The lines that somebody typed in."""
        return [row for row in self.rows if not row.empty()]

    def wrong(self) -> list[Problem]:
        """What cannot be read, and no item chosen; each line is marked."""
        found = []
        for row in self.rows:
            bad_item = not row.empty() and row.item.value() is None
            bad_units = not row.empty() and row.quantity.number() is None
            set_state(row.item, "error" if bad_item else "")
            set_state(row.quantity, "error" if bad_units else "")
            set_state(row.expiry, "error" if row.expiry.bad() else "")
            if bad_item:
                found.append(Problem("", "supplies.item_missing"))
            elif bad_units:
                found.append(Problem("", "supplies.units_missing"))
            elif row.expiry.bad():
                found.append(Problem("", "forms.bad_date"))
        return found

    def mark(self, problems: Sequence[Problem]) -> None:
        """Colour the fields that were refused: `lines.2.expiry`."""
        rows = self.filled()
        for problem in problems:
            parts = problem.field.split(".")
            if len(parts) == 3 and parts[1].isdecimal() and int(parts[1]) < len(rows):
                widget = getattr(rows[int(parts[1])], parts[2], None)
                if isinstance(widget, QWidget):
                    set_state(widget, "error")

    def receipt_lines(self) -> tuple[ReceiptLine, ...]:
        """As a delivery."""
        return tuple(
            ReceiptLine(
                item_id=key if isinstance(key := row.item.value(), UUID) else None,
                new=key if isinstance(key, ItemDraft) else None,
                number=row.number.value(),
                expiry=row.expiry.day(),
                quantity=row.units(),
            )
            for row in self.filled()
        )

    def issue_lines(self) -> tuple[IssueLine, ...]:
        """As an issue."""
        return tuple(IssueLine(item_id=row.item.value(), quantity=row.units()) for row in self.filled())

    def _heads(self) -> QHBoxLayout:
        heads = [(_("Mặt hàng"), ITEM), (_("Số lô"), LOT), (_("Hạn dùng"), DAY), (_("Số lượng"), UNITS)]
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP)
        for text, width in heads if self._lots else (heads[0], heads[3]):
            head = label(text, "hint", "muted")
            head.setFixedWidth(width)
            row.addWidget(head)
        row.addStretch(1)
        return row

    def _grow(self) -> None:
        """A line below the last one, as soon as that one holds an item."""
        if self.rows[-1].item.value() is not None and len(self.rows) < MOST_LINES:
            self.add_row()

    def _drop(self, row: SupplyRow) -> None:
        if len(self.rows) > 1:
            self.rows.remove(row)
            row.hide()
            row.deleteLater()
        else:
            row.item.put_text("")
            row.quantity.set_number(None)
        self.rows[0].item.setFocus()
