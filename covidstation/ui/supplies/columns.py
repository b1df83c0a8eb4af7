"""The columns of the store's tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from uuid import UUID

from covidstation.db.queries.supplies import LotLine, MovementLine, SupplyLine, SupplyState
from covidstation.db.queries.supply_ledger import LedgerLine
from covidstation.i18n import _, count_text, date_text
from covidstation.messages.supplies import vials_text
from covidstation.services.vaccination.thawing import Thawing
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.records import Cell, Column
from covidstation.ui.supplies.words import KINDS, MOVEMENTS, STATES, about_movement, amount, lasts_text

Thawed = Mapping[UUID, Thawing]
"""By lot, until when it may be used at 2–8 °C."""


def item_columns(today: Callable[[], date]) -> tuple[Column[SupplyLine], ...]:
    """What it is, what is left, how long it lasts, what it asks for."""

    def left(line: SupplyLine) -> Cell:
        bad = line.balance < 0
        text = amount(line.balance if bad else line.usable, line.unit)
        return Cell(text, "name" if line.balance else "body", "danger" if bad else "text" if line.balance else "muted")

    def expiry(line: SupplyLine) -> Cell:
        over = line.expiry is not None and line.expiry < today()
        soon = SupplyState.EXPIRING in line.states
        return Cell(date_text(line.expiry), ink="danger" if over else "warn" if soon else "text")

    def state(line: SupplyLine) -> Cell:
        if line.state not in STATES:
            return Cell()
        words = ", ".join(_(STATES[one][0]) for one in line.states if one in STATES)
        return Cell(words, chip=STATES[line.state][1])

    return (
        Column("title", _("Mặt hàng"), lambda line: Cell(line.title, "name", small=line.form), 320, sort="title"),
        Column("kind", _("Loại"), lambda line: Cell(_(KINDS.get(line.kind, line.kind)), ink="muted"), 130, sort="kind"),
        Column("left", _("Còn dùng được"), left, 150, "right", sort="left"),
        Column("lasts", _("Đủ dùng"), lambda line: Cell(lasts_text(line), ink="muted"), 110, "right", sort="lasts"),
        Column("expiry", _("Hạn gần nhất"), expiry, 120, sort="expiry"),
        Column("state", _("Cần làm"), state, sort="state"),
    )


def lot_columns(
    unit: Callable[[], str],
    vial: Callable[[], int],
    thawed: Callable[[], Thawed],
    today: Callable[[], date],
    soon: timedelta,
) -> tuple[Column[LotLine], ...]:
    """What expires first on top, within `soon` in another colour; `unit`, `vial` and what `thawed` are those of the
    item in sight."""

    def expiry(line: LotLine) -> Cell:
        near = line.expiry is not None and today() <= line.expiry <= today() + soon and line.balance > 0
        over = line.over and line.balance > 0
        return Cell(date_text(line.expiry) or _("không ghi"), ink="danger" if over else "warn" if near else "text")

    def left(line: LotLine) -> Cell:
        ink: Ink = "danger" if line.balance < 0 else "text" if line.balance else "muted"
        vials = f" ({vials_text(line.balance, vial())})" if vial() and line.balance > 0 else ""
        return Cell(amount(line.balance, unit()) + vials, "name" if line.balance else "body", ink)

    def state(line: LotLine) -> Cell:
        if line.waits and not line.over:
            return Cell(_("chờ quyết định, chưa dùng"), chip="red")
        if line.over and line.balance > 0:
            return Cell(_("hết hạn, cần huỷ"), chip="red")
        if not line.balance:
            return Cell(_("đã hết"), "hint", "muted")
        thawing = thawed().get(line.id)
        if thawing is None:
            return Cell()
        words = _("rã đông {came}, dùng đến {until}")
        words = words.format(came=date_text(thawing.came), until=date_text(thawing.until))
        return Cell(words, "hint", "danger" if thawing.until < today() else "muted")

    return (
        Column("number", _("Số lô"), lambda line: Cell(line.number or _("không rõ"), "name"), 200),
        Column("expiry", _("Hạn dùng"), expiry, 140),
        Column("left", _("Còn"), left, 200, "right"),
        Column("state", "", state),
    )


def movement_columns() -> tuple[Column[MovementLine], ...]:
    """The newest on top."""

    def units(line: MovementLine) -> Cell:
        return Cell(count_text(line.quantity, "+"), "name", "text" if line.quantity else "muted")

    def left(line: MovementLine) -> Cell:
        return Cell(count_text(line.left), ink="muted")

    return (
        Column("day", _("Ngày"), lambda line: Cell(date_text(line.day)), 110),
        Column("kind", _("Việc"), lambda line: Cell(_(MOVEMENTS.get(line.kind, "")), "strong"), 120),
        Column("units", _("Thêm, bớt"), units, 100, "right"),
        Column("left", _("Tồn"), left, 90, "right"),
        Column("lot", _("Lô"), lambda line: Cell(line.lot or _("không rõ"), ink="muted"), 110),
        Column("about", _("Từ đâu, cho ai, vì sao"), lambda line: Cell(about_movement(line))),
        Column("by", _("Người ghi"), lambda line: Cell(line.by_name, "hint", "muted"), 150),
    )


def ledger_columns(*, by_lot: bool) -> tuple[Column[LedgerLine], ...]:
    """What stood, came, went, is left."""

    def figure(name: str, title: str, width: int = 80, *, keep: bool = False) -> Column[LedgerLine]:
        def cell(line: LedgerLine) -> Cell:
            value: int = getattr(line, name)
            vials = f" ({vials_text(value, line.vial)})" if name == "closing" and line.vial and value > 0 else ""
            return Cell(count_text(value) + vials if value or keep else "", "name" if keep else "body")

        return Column(name, title, cell, width, "right")

    lots: tuple[Column[LedgerLine], ...] = (
        Column("number", _("Số lô"), lambda line: Cell(line.number, ink="muted"), 90),
        Column("expiry", _("Hạn dùng"), lambda line: Cell(date_text(line.expiry), ink="muted"), 96),
    )
    return (
        Column("title", _("Mặt hàng"), lambda line: Cell(line.title, "name"), 240 if by_lot else 310),
        *(lots if by_lot else ()),
        Column("unit", _("ĐVT"), lambda line: Cell(line.unit, ink="muted"), 56),
        figure("opening", _("Tồn đầu"), keep=True),
        figure("received", _("Nhập")),
        figure("returned", _("Trả về")),
        figure("issued", _("Xuất")),
        figure("sent_back", _("Chuyển trả")),
        figure("lost", _("Hỏng, huỷ")),
        figure("more", _("KK thừa")),
        figure("less", _("KK thiếu")),
        figure("closing", _("Tồn cuối"), 0, keep=True),
    )
