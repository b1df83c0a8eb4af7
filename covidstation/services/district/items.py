"""Reading what the district tells, and answering what it asks: written offline, sent with the next bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries import district
from covidstation.db.queries.district import DistrictItem
from covidstation.db.rows import DistrictItemRow, DistrictMessageRow
from covidstation.db.session import Database
from covidstation.domain.district import MOST_ANSWER, WANTED, ItemKind, MessageKind
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.text import clean, clean_block
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.district.packs import trouble_of_pack
from covidstation.services.district.targets import Reached, reached_in
from covidstation.services.rights import may, needs


@dataclass(frozen=True, slots=True)
class ItemLook:
    """One item with what belongs beside it: how far a target was reached, why a pack could not be read."""

    item: DistrictItem
    reached: Reached | None = None
    trouble: UserError | None = None


@dataclass(frozen=True, slots=True)
class DistrictWork:
    """For the side bar and for Hôm nay: what wants an answer, the first due first, and how much nobody has read."""

    waiting: tuple[DistrictItem, ...] = ()
    unread: int = 0
    late: int = 0

    @property
    def count(self) -> int:
        """How many items want somebody's eye."""
        return len(self.waiting) + self.unread


@needs(Right.SEE)
def district_items(db: Database) -> tuple[DistrictItem, ...]:
    """All items: what wants an answer first, then what nobody has read."""
    return district.list_items(db)


@needs(Right.SEE)
def district_work(db: Database, today: date) -> DistrictWork:
    """What waits for this station to answer or to read; what waits for the store is the store's."""
    items = [item for item in district.list_items(db) if item.kind is not ItemKind.ALLOTMENT]
    waiting = tuple(item for item in items if item.wants is not None)
    unread = sum(item.unread for item in items if item.wants is None)
    return DistrictWork(waiting, unread, sum(item.late(today) for item in items))


@needs(Right.SEE)
def look_at_item(db: Database, item_id: UUID, catalog: Catalog) -> ItemLook:
    """One item. Raises UserError district.unknown_item."""
    item = district.get_item(db, item_id)
    if item is None:
        raise UserError("district.unknown_item")
    reached = None
    if item.kind is ItemKind.TARGET:
        with db.read() as session:
            reached = reached_in(session, item.data)
    trouble = trouble_of_pack(item.data, catalog) if item.kind is ItemKind.PACK else None
    return ItemLook(item, reached, trouble)


@needs(Right.SEE)
def mark_read(db: Database, item_id: UUID, *, by: UUID | None, by_name: str, now: datetime) -> Done[bool]:
    """Somebody has opened an item: the district hears of the first time. The value: whether this was it.

    Whoever may only look does not count as the station's reader.
    """
    if not may(db, Right.ENTER):
        return done(False)
    with db.write(by, now) as session:
        row = _row(session, item_id)
        if row.seen_at is not None:
            return done(False)
        row.seen_at = now.replace(microsecond=0, tzinfo=None)
        add_message(session, MessageKind.READ, item=row.id, by_name=by_name, now=now)
    return done(True, Kind.DISTRICT, Kind.SYNC)


@needs(Right.ENTER)
def answer_item(
    db: Database, item_id: UUID, text: str, *, by: UUID | None, by_name: str, now: datetime
) -> Done[MessageKind]:
    """Answer a question, or say that a finding was put right and how; once more adds to what was said.

    Raises Refused district.answer_missing, district.answer_long; UserError district.unknown_item, district.withdrawn,
    district.not_to_answer.
    """
    text = checked_text(text, "answer", "district.answer_missing")
    with db.write(by, now) as session:
        row = _row(session, item_id)
        kind = WANTED.get(ItemKind(row.kind)) if row.kind in {one.value for one in ItemKind} else None
        if row.withdrawn_at is not None:
            raise UserError("district.withdrawn")
        if kind is None or kind not in (MessageKind.ANSWER, MessageKind.DONE):
            raise UserError("district.not_to_answer")
        row.seen_at = row.seen_at or now.replace(microsecond=0, tzinfo=None)
        add_message(
            session,
            kind,
            item=row.id,
            about_tbl=row.about_tbl,
            about_row=row.about_row,
            text=text,
            by_name=by_name,
            now=now,
        )
    return done(kind, Kind.DISTRICT, Kind.SYNC)


def checked_text(text: str, field: str, missing: str) -> str:
    """A text for the district, tidied. Raises Refused with `missing` or district.answer_long under that field."""
    text = clean_block(text)
    if not clean(text):  # nothing that can be seen
        raise Refused([Problem(field, missing)])
    if len(text) > MOST_ANSWER:
        raise Refused([Problem(field, "district.answer_long", {"most": str(MOST_ANSWER)})])
    return text


def add_message(session: Session, kind: MessageKind, *, by_name: str, now: datetime, **fields: Any) -> UUID:
    """One message to the district, in another act's transaction; its id."""
    moment = now.replace(microsecond=0, tzinfo=None)
    row = DistrictMessageRow(id=new_id(), kind=kind.value, by_name=clean(by_name), made_at=moment, **fields)
    session.add(row)
    return row.id


def _row(session: Session, item_id: UUID) -> DistrictItemRow:
    row = session.scalars(select(DistrictItemRow).where(DistrictItemRow.id == item_id)).first()
    if row is None:
        raise UserError("district.unknown_item")
    return row
