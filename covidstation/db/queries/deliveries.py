"""Which papers have reached the home."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from covidstation.db.rows import PaperDeliveryRow, PaperRow
from covidstation.db.session import Database
from covidstation.domain.care import OrderMeans

_PART = 500  # ids in one question


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mark that stands: when, by whom and into whose hands."""

    id: UUID
    paper_id: UUID
    delivered_on: date
    by_name: str
    to_name: str
    means: OrderMeans
    note: str


def stands() -> ColumnElement[bool]:
    """Whether a row of `paper_delivery` is a mark that no later row voids."""
    later = aliased(PaperDeliveryRow)
    same = later.paper_id == PaperDeliveryRow.paper_id  # by its index
    return PaperDeliveryRow.voids.is_(None) & ~exists().where(same, later.voids == PaperDeliveryRow.id)


def is_delivered() -> ColumnElement[bool]:
    """Whether a row of `paper` has a mark that stands."""
    return exists().where(PaperDeliveryRow.paper_id == PaperRow.id, stands())


def deliveries_of(db: Database, paper_ids: Collection[UUID]) -> dict[UUID, Delivery]:
    """The mark of each paper that has one."""
    with db.read() as session:
        return deliveries_in(session, paper_ids)


def deliveries_in(session: Session, paper_ids: Collection[UUID]) -> dict[UUID, Delivery]:
    """The same inside another question."""
    found: dict[UUID, Delivery] = {}
    ids = list(paper_ids)
    for at in range(0, len(ids), _PART):
        query = select(PaperDeliveryRow).where(PaperDeliveryRow.paper_id.in_(ids[at : at + _PART]), stands())
        found |= {row.paper_id: delivery_of(row) for row in session.scalars(query.order_by(PaperDeliveryRow.n))}
    return found


def delivery_of(row: PaperDeliveryRow) -> Delivery:
    """The row as a value."""
    return Delivery(
        id=row.id,
        paper_id=row.paper_id,
        delivered_on=row.delivered_on,
        by_name=row.by_name,
        to_name=row.to_name,
        means=OrderMeans(row.means),
        note=row.note,
    )
