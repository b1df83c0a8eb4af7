"""One paper of the district that two lives of a register counted: it counts once in the store (docs/adr/0047).

A register that came back from a copy may not know that a paper was counted before; somebody counts it again, and then
the district gives the first counting back. The latest stands. What the other one brought is taken out again, but for
what has been handed out of its lots since: so much of the delivery is left there, and the rest in the lots of the one
that stands. What came in is then as much as was counted, and no lot is short that need not be.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.allotments import allotments_in
from covidstation.db.queries.supply_books import books_in, item_of
from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyMovementRow
from covidstation.domain.supplies import Link, LinkKind, MovementKind
from covidstation.domain.supply_book import Days, settle
from covidstation.domain.text import fold
from covidstation.i18n import _
from covidstation.services.supplies.allotments import received_in
from covidstation.services.supplies.writing import Move, Said, write_moves


def settle_received_twice(session: Session) -> int:
    """Inside the transaction that brought lines back; the value is how many deliveries were taken out."""
    count = 0
    for view in allotments_in(session):
        if view.stands is None:
            continue
        for other in view.others:
            for row in received_in(session, other.id):
                _take_out(session, row, view.stands.id)
                count += 1
    return count


def _take_out(session: Session, row: SupplyMovementRow, stands: UUID) -> None:
    twin = _twin(session, row, received_in(session, stands))
    part = 0
    if twin is not None and twin.lot_id != row.lot_id:
        part = max(0, min(row.quantity, _short_without(session, row), twin.quantity - _short_without(session, twin)))
    _replace(session, row, part, stands)
    if twin is not None and part:
        _replace(session, twin, twin.quantity - part, stands)


def _twin(session: Session, row: SupplyMovementRow, others: Sequence[SupplyMovementRow]) -> SupplyMovementRow | None:
    """The delivery of the same lot in the counting that stands: that very lot, or one with its label."""
    labels = _labels(session, [row, *others])
    same = [one for one in others if one.lot_id == row.lot_id]
    alike = [one for one in others if labels.get(one.lot_id) == labels.get(row.lot_id)]
    return next(iter(same or alike), None)


def _labels(session: Session, rows: Sequence[SupplyMovementRow]) -> dict[UUID, tuple[object, ...]]:
    """What stands on the box of each lot: each life may have made the item and the lot anew."""
    query = (
        select(SupplyItemRow, SupplyLotRow)
        .join(SupplyLotRow, SupplyLotRow.item_id == SupplyItemRow.id)
        .where(SupplyLotRow.id.in_({row.lot_id for row in rows}))
    )
    return {lot.id: (item_of(item).identity, fold(lot.number), lot.expiry) for item, lot in session.execute(query)}


def _short_without(session: Session, row: SupplyMovementRow) -> int:
    """How many units its lot would lack on its worst day if this delivery had not come. A count says what was there:
    nothing is lacking after it."""
    book = [one for one in books_in(session, [row.lot_id])[row.lot_id] if one.id != row.id]
    counts = [one.day for one in book if one.counted is not None and one.day > row.day]
    return max(0, -Days(settle(book)).least(row.day, min(counts, default=None)))


def _replace(session: Session, row: SupplyMovementRow, units: int, stands: UUID) -> None:
    """The same delivery with so many units; none: it never came."""
    said = Said(
        day=row.day,
        source=row.source,
        partner=row.partner,
        document=row.document,
        reason=_("Phiếu này được đếm hai lần quanh lúc lấy lại bản sao lưu; chỉ tính một lần."),
        by_name=row.by_name,
    )
    kind = MovementKind.RECEIPT if units else MovementKind.VOID
    link = Link(LinkKind.ALLOTMENT, stands)
    write_moves(
        session, said, [Move(lot_id=row.lot_id, kind=kind, quantity=units, link=link, voids=row)], even_below=True
    )
