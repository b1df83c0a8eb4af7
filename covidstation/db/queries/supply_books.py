"""The books of lots: what stands, inside another act's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyMovementRow, SupplyStockRow
from covidstation.domain.supplies import ItemDraft, MovementKind, SupplyKind
from covidstation.domain.supply_book import Entry, Shelf, free_on

_PART = 400
_KINDS = {one.value: one for one in MovementKind}  # a book has hundreds of lines, and `MovementKind()` is slow


def standing() -> ColumnElement[bool]:
    """A movement that no other row voids, and that moves something itself."""
    voided = select(SupplyMovementRow.voids).where(SupplyMovementRow.voids.is_not(None))
    condition: ColumnElement[bool] = and_(
        SupplyMovementRow.id.not_in(voided), SupplyMovementRow.kind != MovementKind.VOID.value
    )
    return condition


def item_of(row: SupplyItemRow) -> ItemDraft:
    """The item as a frozen value."""
    same = ("name", "atc", "strength", "form", "unit", "pack_size", "low_level", "medicine", "kept_from", "note")
    return ItemDraft(
        kind=SupplyKind(row.kind), substances=tuple(row.substances), **{name: getattr(row, name) for name in same}
    )


@lru_cache(maxsize=8192)
def title_of(name: str, strength: str) -> str:
    """The item's title; folding letters costs more than all the rest of a line."""
    return ItemDraft(name=name, strength=strength).title


def books_in(session: Session, lots: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    """All that stands of these lots; one without movements has an empty book."""
    found: dict[UUID, list[Entry]] = {lot: [] for lot in lots}
    row = SupplyMovementRow
    columns: tuple[Any, ...] = (row.lot_id, row.id, row.day, row.turn, row.kind, row.quantity, row.counted)
    for at in range(0, len(lots), _PART):
        part = row.lot_id.in_(lots[at : at + _PART])
        voided = set(session.scalars(select(row.voids).where(row.voids.is_not(None))))
        for lot, *rest in session.execute(select(*columns).where(part, row.kind != MovementKind.VOID.value)):
            if rest[0] not in voided:
                kind = _KINDS.get(rest[3]) or MovementKind(rest[3])
                found[lot].append(Entry(rest[0], rest[1], rest[2], kind, rest[4], rest[5]))
    return found


def last_turn_in(session: Session, lot_id: UUID) -> int:
    """The highest turn that any movement of the lot has, standing or not."""
    query = select(func.coalesce(func.max(SupplyMovementRow.turn), 0)).where(SupplyMovementRow.lot_id == lot_id)
    return session.scalars(query).one()


def written_at(session: Session, row: SupplyMovementRow) -> int:
    """The stamp of the first movement in the place of this one: whatever stands for another has its place."""
    query = select(func.min(SupplyMovementRow.made)).where(
        SupplyMovementRow.lot_id == row.lot_id, SupplyMovementRow.turn == row.turn
    )
    return session.scalars(query).one()


def first_turn_since(session: Session, lot_id: UUID, day: date, stamp: int) -> int | None:
    """The place before all that was written in that lot's book, of that day, since the stamp; None for the last."""
    row = SupplyMovementRow
    places = select(row.turn).where(row.lot_id == lot_id, row.day == day).group_by(row.turn)
    first = session.scalars(places.having(func.min(row.made) > stamp).order_by(row.turn)).first()
    return None if first is None else first - 1


def shelves_in(session: Session, item_id: UUID, day: date, today: date, *, expired: bool = False) -> tuple[Shelf, ...]:
    """The lots of an item with what may be taken of each on that day; `expired` for those whose day is over alone."""
    over = and_(SupplyLotRow.expiry.is_not(None), SupplyLotRow.expiry < day)
    query = (
        select(SupplyLotRow.id, SupplyLotRow.expiry, SupplyLotRow.n, SupplyStockRow.balance)
        .join(SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id)
        .where(SupplyLotRow.item_id == item_id, over if expired else or_(SupplyLotRow.expiry.is_(None), ~over))
    )
    if day >= today:
        query = query.where(SupplyStockRow.balance > 0)  # a past day may have had what a later count took away
    rows = session.execute(query).all()
    if day >= today:  # nothing is written after today, so that what is left is free
        return tuple(Shelf(row.id, row.expiry, row.balance, row.n) for row in rows)
    books = books_in(session, [row.id for row in rows])
    ordered = {lot: sorted(book, key=lambda one: one.place) for lot, book in books.items()}
    return tuple(Shelf(row.id, row.expiry, free_on(ordered[row.id], day), row.n) for row in rows)


def kept_item_in(session: Session, medicine: str, day: date) -> SupplyItemRow | None:
    """The item that a medicine of the F0 list comes out of on that day; None when the store does not keep it."""
    query = select(SupplyItemRow).where(
        SupplyItemRow.medicine == medicine,
        SupplyItemRow.kept_from <= day,
        or_(SupplyItemRow.ended_on.is_(None), SupplyItemRow.ended_on > day),
    )
    return session.scalars(query.order_by(SupplyItemRow.n)).first()


def in_store(session: Session, medicines: Sequence[str], day: date) -> dict[str, int]:
    """How many units of these medicines of the F0 list may be given today; only those that the store keeps."""
    kept = {code: item for code in medicines if (item := kept_item_in(session, code, day)) is not None}
    return {code: sum(one.free for one in shelves_in(session, item.id, day, day)) for code, item in kept.items()}
