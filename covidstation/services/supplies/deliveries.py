"""What countings of one paper brought into the store, and which lot needs how much of it (docs/adr/0047).

Two lives of a register may each have made a lot of the same box. What was handed out of either must have come into it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.supply_books import books_in, item_of, standing
from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyMovementRow
from covidstation.domain.supplies import LinkKind
from covidstation.domain.supply_book import Days, settle
from covidstation.domain.text import fold

Label = tuple[object, ...]


def received_in(session: Session, message: UUID) -> list[SupplyMovementRow]:
    """What a counting brought into the store and still stands there."""
    row = SupplyMovementRow
    query = select(row).where(row.link_kind == LinkKind.ALLOTMENT.value, row.link_id == message, standing())
    return list(session.scalars(query.order_by(row.n)))


def labels_in(session: Session, lots: Collection[UUID]) -> Mapping[UUID, Label]:
    """What stands on the box of each lot: the item, the number, the expiry."""
    query = (
        select(SupplyItemRow, SupplyLotRow)
        .join(SupplyLotRow, SupplyLotRow.item_id == SupplyItemRow.id)
        .where(SupplyLotRow.id.in_(lots))
    )
    return {lot.id: (item_of(item).identity, fold(lot.number), lot.expiry) for item, lot in session.execute(query)}


def short_without(session: Session, rows: Sequence[SupplyMovementRow]) -> int:
    """How many units their lot would lack on its worst day if these deliveries, all of one lot, had not come.

    A count says what was there: nothing is lacking after it.
    """
    lot, first, gone = rows[0].lot_id, min(row.day for row in rows), {row.id for row in rows}
    book = [one for one in books_in(session, [lot])[lot] if one.id not in gone]
    counts = [one.day for one in book if one.counted is not None and one.day > first]
    return max(0, -Days(settle(book)).least(first, min(counts, default=None)))


def spread(
    session: Session, former: Iterable[SupplyMovementRow], lots: Iterable[tuple[UUID, int]]
) -> list[tuple[UUID, int]]:
    """New deliveries in the place of former ones: a lot that gets none keeps what was handed out of it since, taken off
    what goes into another lot of the same label."""
    found: dict[UUID, int] = {}
    for lot, units in lots:
        found[lot] = found.get(lot, 0) + units
    left: dict[UUID, list[SupplyMovementRow]] = {}
    for row in former:
        if row.lot_id not in found:
            left.setdefault(row.lot_id, []).append(row)
    labels = labels_in(session, {*found, *left})
    for lot, rows in left.items():
        same = next((one for one in found if one not in left and labels.get(one) == labels.get(lot)), None)
        part = min(short_without(session, rows), found[same]) if same is not None else 0
        if same is not None and part:
            found[same] -= part
            found[lot] = part
    return [(lot, units) for lot, units in found.items() if units]
