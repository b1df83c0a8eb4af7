"""What the district sends to the store, as the station has it: what waits to be counted, what was counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.district import DistrictItem, Said, items_in
from covidstation.db.queries.supply_books import item_of
from covidstation.db.rows import DistrictItemRow, SupplyItemRow
from covidstation.db.session import Database
from covidstation.domain.allotments import (
    Allotment,
    Compared,
    Confirmation,
    compare,
    read_allotment,
    read_count,
    standing_count,
)
from covidstation.domain.district import ItemKind, MessageKind
from covidstation.domain.supplies import ItemDraft


@dataclass(frozen=True, slots=True)
class AllotmentView:
    """One paper of the district. `paper` is None when this program cannot read it; `stands` is the counting that
    counts, `others` those of another life of the register after a restore."""

    item: DistrictItem
    paper: Allotment | None
    stands: Confirmation | None = None
    others: tuple[Confirmation, ...] = ()

    @property
    def id(self) -> UUID:
        """Of the item."""
        return self.item.id

    @property
    def waits(self) -> bool:
        """Nobody has counted it, and the district has not taken it back."""
        return self.item.wants is not None

    @property
    def lines(self) -> tuple[Compared, ...]:
        """What was sent beside what was found."""
        return compare(self.paper, self.stands.count if self.stands is not None else None) if self.paper else ()

    @property
    def differs(self) -> bool:
        """More, less, or something else than was sent."""
        return any(one.differs for one in self.lines)

    @property
    def heard(self) -> bool:
        """The district has what was counted."""
        last = [one.received for one in self.item.said if self.stands is not None and one.id == self.stands.id]
        return bool(last) and last[0]

    @property
    def person_id(self) -> None:
        """It is about nobody."""

    def late(self, today: date) -> bool:
        """It should have been counted by now."""
        return self.waits and self.item.late(today)


def allotments_in(session: Session, item_id: UUID | None = None) -> tuple[AllotmentView, ...]:
    """All of them, inside another act's transaction: what waits by its day, then the others, the newest first."""
    query = select(DistrictItemRow).where(DistrictItemRow.kind == ItemKind.ALLOTMENT.value)
    if item_id is not None:
        query = query.where(DistrictItemRow.id == item_id)
    return tuple(map(view_of, items_in(session, query)))


def list_allotments(db: Database) -> tuple[AllotmentView, ...]:
    """The same."""
    with db.read() as session:
        return allotments_in(session)


def view_of(item: DistrictItem) -> AllotmentView:
    """What an item of that kind says, and what was said to it."""
    try:
        paper = read_allotment(item.data)
    except ValueError:
        paper = None
    stands, others = standing_count(_confirmations(item.said))
    return AllotmentView(item, paper, stands, others)


def _confirmations(said: Sequence[Said]) -> Iterator[Confirmation]:
    for one in said:
        if one.kind is MessageKind.RECEIVED and one.id is not None:
            try:
                count = read_count(one.data)
            except ValueError:
                continue
            yield Confirmation(id=one.id, made_at=one.made_at, count=count, reason=one.text, by_name=one.by_name)


def kept_items_in(session: Session) -> tuple[tuple[UUID, ItemDraft], ...]:
    """Every item that the store keeps, by name."""
    query = select(SupplyItemRow).where(SupplyItemRow.ended_on.is_(None))
    rows = session.scalars(query.order_by(SupplyItemRow.sort_key, SupplyItemRow.n))
    return tuple((row.id, item_of(row)) for row in rows)
