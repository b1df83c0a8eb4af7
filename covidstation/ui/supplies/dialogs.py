"""Bringing in, handing out, acts with one lot, corrections of a quantity and of a lot's label."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.supplies import LotLine, MovementLine
from covidstation.domain.problems import Problem
from covidstation.domain.supplies import MOST_UNITS, SHORT_LIMIT, MovementKind, Source
from covidstation.domain.text import TEXT_LIMIT
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, date_text
from covidstation.services.changes import Done
from covidstation.services.supplies.acts import (
    IssueDraft,
    LotDraft,
    ReceiptDraft,
    correct_movement,
    issue,
    move_lot,
    receive,
)
from covidstation.services.supplies.items import edit_lot
from covidstation.services.supplies.look import StoreLook, look_at_store
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import label
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.supplies.lines import SupplyLines, Units, choices_of
from covidstation.ui.supplies.words import MOVEMENTS, SOURCES, amount, lot_title

WIDE = 320


def day_problems(day: DateEdit, name: str = "day") -> list[Problem]:
    """A day that cannot be read, or none."""
    if day.day() is not None:
        return []
    return [Problem(name, "forms.bad_date" if day.bad() else "supplies.day_missing")]


class _LinesDialog(ActDialog):
    """What a delivery and an issue share: the lines under a few rows."""

    row_fields: ClassVar[frozenset[str]] = SupplyLines.fields
    lots: ClassVar[bool] = True

    def __init__(
        self, desk: Desk, parent: QWidget, title: str, rows: list[Field], first: QWidget, chosen: object = None
    ) -> None:
        self.lines = SupplyLines(desk, lots=self.lots)
        self._item = chosen
        super().__init__(desk, parent, title, rows, first)
        self.setMinimumSize(1020 if self.lots else 760, 560)
        self.rows_column.insertWidget(self.rows_column.count() - 1, self.lines, 1)
        today = desk.now().date()
        desk.ask(self, partial(look_at_store, desk.register.db, catalog=desk.catalog, today=today), self._show_store)

    def about(self) -> str:
        """One at a time."""
        return "store"

    def make_room(self, raw: Mapping[str, Any]) -> None:
        """As many lines as the draft has."""
        self.lines.make_room(sum(key.startswith("item/") for key in raw))

    def wrong(self) -> list[Problem]:
        """The day, and lines that cannot be read."""
        return [*day_problems(self.day), *self.lines.wrong()]

    def failed(self, trouble: UserError) -> None:
        """The refused fields of the lines are marked too."""
        super().failed(trouble)
        if isinstance(trouble, Refused):
            self.lines.mark(trouble.problems)

    day: DateEdit

    def _show_store(self, look: StoreLook) -> None:
        units: Units = {line.id: (line.unit, line.vial) for line in look.lines}
        self.lines.set_choices(choices_of(look.lines, look.common, stocked=not self.lots), units)
        row = self.lines.rows[0]
        if self._item is not None and row.empty():
            row.item.set_value(self._item)
            row.item.picked.emit(row.item.value())
            (row.number if self.lots else row.quantity).setFocus()


class ReceiptDialog(_LinesDialog):
    """A delivery note, line by line; common items that the store does not keep yet are made on the way."""

    def __init__(self, desk: Desk, parent: QWidget, item: object = None) -> None:
        today = desk.now().date()
        self.day = DateEdit("day", _("Ngày nhập"), today=today)
        self.day.set_day(today)
        sources = [(key, _(words)) for key, words in SOURCES.items()]
        self.source = Combo("source", _("Nguồn"), sources, width=168)
        self.partner = LineEdit(
            "partner", _("Bên giao"), width=WIDE, limit=TEXT_LIMIT, hint=_("trung tâm y tế, nhà thuốc")
        )
        self.document = LineEdit("document", _("Số phiếu"), width=150, limit=TEXT_LIMIT)
        rows = [
            Field(_("&Ngày nhập"), self.day, required=True).beside(self.source, _("&nguồn"), name="source"),
            Field(_("&Bên giao"), self.partner).beside(self.document, _("số &phiếu"), name="document"),
        ]
        super().__init__(desk, parent, _("Nhập kho"), rows, self.partner, item)

    def act(self) -> Callable[[], Done[Any]]:
        """Bring it in."""
        register = self._desk.register
        draft = ReceiptDraft(
            day=self.day.day(),
            source=Source(self.source.value()),
            partner=self.partner.value(),
            document=self.document.value(),
            lines=self.lines.receipt_lines(),
            by_name=register.user_name or "",
        )
        return partial(receive, register.db, draft, by=register.user_id, now=self._desk.now())


class IssueDialog(_LinesDialog):
    """Out by hand: the lots are found by what expires first."""

    lots = False

    def __init__(self, desk: Desk, parent: QWidget, item: object = None) -> None:
        today = desk.now().date()
        self.day = DateEdit("day", _("Ngày xuất"), today=today)
        self.day.set_day(today)
        self.partner = LineEdit("partner", _("Xuất cho"), width=WIDE, limit=TEXT_LIMIT, hint=_("đội, điểm trạm, bản"))
        self.document = LineEdit("document", _("Số phiếu"), width=150, limit=TEXT_LIMIT)
        self.reason = LineEdit("reason", _("Để làm gì"), width=WIDE, limit=TEXT_LIMIT)
        rows = [
            Field(_("&Ngày xuất"), self.day, required=True),
            Field(_("&Xuất cho"), self.partner, required=True).beside(self.document, _("số &phiếu"), name="document"),
            Field(_("Để &làm gì"), self.reason),
        ]
        super().__init__(desk, parent, _("Xuất kho"), rows, self.partner, item)

    def act(self) -> Callable[[], Done[Any]]:
        """Hand it out."""
        register = self._desk.register
        draft = IssueDraft(
            day=self.day.day(),
            partner=self.partner.value(),
            document=self.document.value(),
            reason=self.reason.value(),
            lines=self.lines.issue_lines(),
            by_name=register.user_name or "",
        )
        return partial(issue, register.db, draft, by=register.user_id, now=self._desk.now())


class LotDialog(ActDialog):
    """One act with one lot: destroyed, lost, sent back, come back, handed out."""

    def __init__(self, desk: Desk, parent: QWidget, title: str, unit: str, lot: LotLine) -> None:
        today = desk.now().date()
        self._lot = lot
        kinds = [MovementKind.EXPIRY] if lot.over else [MovementKind.ISSUE]
        kinds += [MovementKind.LOSS, MovementKind.SENT_BACK, MovementKind.RETURN]
        self.kind = Combo("kind", _("Việc"), [(kind, _(MOVEMENTS[kind])) for kind in kinds], width=168)
        self.day = DateEdit("day", _("Ngày"), today=today)
        self.day.set_day(today)
        self.quantity = NumberEdit("quantity", _("Số lượng"), low=1, high=MOST_UNITS, width=112)
        if lot.over and lot.balance > 0:
            self.quantity.set_number(lot.balance)
        self.partner = LineEdit("partner", _("Giao cho, nhận từ"), width=WIDE, limit=TEXT_LIMIT)
        self.reason = LineEdit("reason", _("Lý do"), width=WIDE, limit=TEXT_LIMIT)
        self.document = LineEdit("document", _("Số phiếu"), width=150, limit=TEXT_LIMIT)
        rows = (
            Field(_("&Việc"), self.kind),
            Field(_("&Ngày"), self.day, required=True),
            Field(_("&Số lượng"), self.quantity, required=True).beside(_unit(unit), field=False),
            Field(_("&Giao cho, từ ai"), self.partner),
            Field(_("Lý &do"), self.reason),
            Field(_("Số &phiếu"), self.document),
        )
        heading = _("{name}: {lot}, còn {left}").format(
            name=title, lot=lot_title(lot.number, lot.expiry), left=amount(lot.balance, unit)
        )
        super().__init__(desk, parent, heading, rows, self.kind)

    def about(self) -> str:
        """The lot."""
        return self._lot.id.hex

    def wrong(self) -> list[Problem]:
        """No day, no quantity."""
        found = day_problems(self.day)
        if self.quantity.number() is None:
            found.append(Problem("quantity", "supplies.units_missing"))
        return found

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        register = self._desk.register
        draft = LotDraft(
            lot_id=self._lot.id,
            kind=self.kind.value(),
            day=self.day.day(),
            quantity=int(self.quantity.number() or 0),
            partner=self.partner.value(),
            document=self.document.value(),
            reason=self.reason.value(),
            by_name=register.user_name or "",
        )
        return partial(move_lot, register.db, draft, by=register.user_id, now=self._desk.now())


class QuantityDialog(ActDialog):
    """Another quantity for a movement that was written wrongly."""

    def __init__(self, desk: Desk, parent: QWidget, unit: str, line: MovementLine) -> None:
        self._line = line
        counts = line.counted is not None
        self.quantity = NumberEdit("quantity", _("Số đúng"), low=0 if counts else 1, high=MOST_UNITS, width=112)
        self.quantity.set_number(line.counted if line.counted is not None else abs(line.quantity))
        self.reason = LineEdit("reason", _("Vì sao sửa"), width=WIDE, limit=TEXT_LIMIT)
        rows = (
            Field(_("&Số đúng"), self.quantity, required=True).beside(_unit(unit), field=False),
            Field(_("&Vì sao sửa"), self.reason, required=True),
        )
        title = _("Sửa số: {what} ngày {day}, {lot}").format(
            what=_(MOVEMENTS[line.kind]), day=date_text(line.day), lot=lot_title(line.lot, line.expiry)
        )
        super().__init__(desk, parent, title, rows, self.quantity)

    def about(self) -> str:
        """The movement."""
        return self._line.id.hex

    def wrong(self) -> list[Problem]:
        """No quantity."""
        return [Problem("quantity", "supplies.units_missing")] if self.quantity.number() is None else []

    def act(self) -> Callable[[], Done[Any]]:
        """Put it right."""
        register = self._desk.register
        return partial(
            correct_movement,
            register.db,
            self._line.id,
            int(self.quantity.number() or 0),
            self.reason.value(),
            by=register.user_id,
            now=self._desk.now(),
            by_name=register.user_name or "",
        )


class LabelDialog(ActDialog):
    """The number and the expiry of a lot, as they are printed on the box."""

    def __init__(self, desk: Desk, parent: QWidget, lot: LotLine) -> None:
        self._lot = lot
        self.number = LineEdit("number", _("Số lô"), width=168, limit=SHORT_LIMIT)
        self.number.set_value(lot.number)
        self.expiry = DateEdit("expiry", _("Hạn dùng"), today=desk.now().date())
        self.expiry.set_day(lot.expiry)
        rows = (Field(_("&Số lô"), self.number), Field(_("&Hạn dùng"), self.expiry))
        super().__init__(desk, parent, _("Sửa số lô, hạn dùng"), rows, self.number)

    def about(self) -> str:
        """The lot."""
        return self._lot.id.hex

    def wrong(self) -> list[Problem]:
        """A day that is none."""
        return [Problem("expiry", "forms.bad_date")] if self.expiry.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Correct it."""
        register = self._desk.register
        number, expiry = self.number.value(), self.expiry.day()
        return partial(edit_lot, register.db, self._lot.id, number, expiry, by=register.user_id, now=self._desk.now())


def _unit(unit: str) -> QWidget:
    return label(unit, "body", "muted")
