"""A small store, and short words for its acts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from covidstation.db.queries.supply_books import standing
from covidstation.db.rows import SupplyLotRow, SupplyMovementRow, SupplyStockRow
from covidstation.db.session import Database
from covidstation.domain.supplies import ItemDraft, MovementKind, Source, SupplyKind
from covidstation.services.supplies.acts import (
    CountDraft,
    CountLine,
    IssueDraft,
    IssueLine,
    LotDraft,
    ReceiptDraft,
    ReceiptLine,
    count,
    issue,
    move_lot,
    receive,
)
from covidstation.services.supplies.items import add_items
from tests.services.samples import NOW, TODAY, USER

PARACETAMOL = ItemDraft(
    name="Paracetamol", substances=("paracetamol",), atc="N02BE01", strength="500 mg", form="viên nén", unit="viên",
    medicine="paracetamol500", kept_from=TODAY - timedelta(days=60),
)  # fmt: skip
MASKS = ItemDraft(kind=SupplyKind.PROTECTIVE, name="Khẩu trang N95", unit="cái", kept_from=PARACETAMOL.kept_from)
WHO: dict[str, Any] = {"by": None, "now": NOW}
SOON, LATER = TODAY + timedelta(days=40), TODAY + timedelta(days=400)


def keep(db: Database, draft: ItemDraft = PARACETAMOL) -> UUID:
    """That item, in the store."""
    return add_items(db, [draft], **WHO).value[0]


def bring(
    db: Database, item: UUID, quantity: int, *, day: date = TODAY, number: str = "L1", expiry: date | None = LATER
) -> UUID:
    """A delivery of one lot; the lot."""
    line = ReceiptLine(item_id=item, number=number, expiry=expiry, quantity=quantity)
    receive(db, ReceiptDraft(day=day, source=Source.UPPER, lines=(line,), by_name=USER), **WHO)
    with db.read() as session:
        found = select(SupplyLotRow.id).where(SupplyLotRow.item_id == item, SupplyLotRow.number == number)
        return session.scalars(found).one()


def hand(db: Database, item: UUID, quantity: int, *, day: date = TODAY) -> int:
    """Out by hand; from how many lots."""
    lines = (IssueLine(item_id=item, quantity=quantity),)
    return issue(db, IssueDraft(day=day, partner="Đội chăm sóc", lines=lines, by_name=USER), **WHO).value


def one(db: Database, lot: UUID, kind: MovementKind, quantity: int, *, day: date = TODAY, reason: str = "vỡ") -> UUID:
    """One act with that lot."""
    draft = LotDraft(lot_id=lot, kind=kind, day=day, quantity=quantity, reason=reason, by_name=USER)
    return move_lot(db, draft, **WHO).value


def counted(db: Database, lot: UUID, found: int, *, day: date = TODAY, reason: str = "đếm lại") -> int:
    """A count of one lot."""
    return count(db, CountDraft(day=day, lines=(CountLine(lot_id=lot, counted=found),), reason=reason), **WHO).value


def moves(db: Database, lot: UUID) -> list[Any]:
    """What stands of that lot, in its order."""
    row = SupplyMovementRow
    with db.read() as session:
        return list(session.scalars(select(row).where(row.lot_id == lot, standing()).order_by(row.day, row.turn)))


def left(db: Database, lot: UUID, day: date | None = None) -> int:
    """The sum of what stands, to the end of that day."""
    return sum(row.quantity for row in moves(db, lot) if day is None or row.day <= day)


def kept_sums(db: Database) -> dict[UUID, int]:
    """What the triggers keep."""
    with db.read() as session:
        return {row.lot_id: row.balance for row in session.scalars(select(SupplyStockRow))}


def movement(db: Database, lot: UUID, kind: MovementKind) -> UUID:
    """The newest standing movement of that kind."""
    found: UUID = next(row.id for row in reversed(moves(db, lot)) if row.kind == kind.value)
    return found
