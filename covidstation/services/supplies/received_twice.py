"""One paper of the district that two lives of a register counted: it counts once in the store (docs/adr/0047).

A register that came back from a copy may not know that a paper was counted before; somebody counts it again, and then
the district gives the first counting back. The latest stands. What the other one brought is taken out again, but for
what has been handed out of its lots since: so much of the delivery is left there, and the rest in the lots of the one
that stands. What came in is then as much as was counted, and no lot is short that need not be.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.db.queries.allotments import allotments_in
from covidstation.db.rows import SupplyMovementRow
from covidstation.domain.supplies import Link, LinkKind, MovementKind
from covidstation.i18n import _
from covidstation.services.supplies.deliveries import labels_in, received_in, short_without
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
        free = twin.quantity - short_without(session, [twin])
        part = max(0, min(row.quantity, short_without(session, [row]), free))
    _replace(session, row, part, stands)
    if twin is not None and part:
        _replace(session, twin, twin.quantity - part, stands)


def _twin(session: Session, row: SupplyMovementRow, others: Sequence[SupplyMovementRow]) -> SupplyMovementRow | None:
    """The delivery of the same lot in the counting that stands: that very lot, or one with its label."""
    labels = labels_in(session, {one.lot_id for one in (row, *others)})
    same = [one for one in others if one.lot_id == row.lot_id]
    alike = [one for one in others if labels.get(one.lot_id) == labels.get(row.lot_id)]
    return next(iter(same or alike), None)


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
