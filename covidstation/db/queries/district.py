"""What came from the district and what was answered, as frozen values; texts are cleaned of what cannot be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.merged import merged_with, standing_record
from covidstation.db.rows import (
    Base,
    DistrictItemRow,
    DistrictMessageRow,
    JournalRow,
    JournalStateRow,
    PersonRow,
    Synced,
)
from covidstation.db.session import Database
from covidstation.domain.district import MOST_BODY, MOST_TITLE, WANTED, ItemKind, MessageKind
from covidstation.domain.text import clean, clean_block

FEW: Final = 500  # items that a question names one by one


@dataclass(frozen=True, slots=True)
class Said:
    """One message of this station; `received` once the district's receipt covers it."""

    kind: MessageKind
    text: str
    by_name: str
    made_at: datetime
    received: bool
    accepts: bool | None = None  # of an answer to a move
    id: UUID | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictItem:
    """One item. `person_id` and `person_name` are of whom it speaks, when they are in this register.

    `kind` is None for one that only a newer program knows: it is shown as an announcement.
    """

    id: UUID
    kind: ItemKind | None
    title: str
    body: str
    author: str
    made_at: datetime
    received_at: datetime
    due_on: date | None
    withdrawn_at: datetime | None
    seen_at: datetime | None
    data: Mapping[str, Any]
    person_id: UUID | None = None
    person_name: str = ""
    said: tuple[Said, ...] = ()

    @property
    def wants(self) -> MessageKind | None:
        """What still has to be said; None when nothing has."""
        wanted = WANTED.get(self.kind) if self.kind is not None else None
        if wanted is None or self.withdrawn_at is not None or any(one.kind is wanted for one in self.said):
            return None
        return wanted

    @property
    def unread(self) -> bool:
        """Nobody has opened it, and it still counts."""
        return self.seen_at is None and self.withdrawn_at is None

    def late(self, today: date) -> bool:
        """Its day is over and it still wants something."""
        return self.due_on is not None and self.due_on < today and (self.wants is not None or self.unread)


def list_items(db: Database) -> tuple[DistrictItem, ...]:
    """All items: what wants an answer by its day, then what nobody has read, then the others, the newest first."""
    with db.read() as session:
        return items_in(session, select(DistrictItemRow))


def items_about(db: Database, person_id: UUID) -> tuple[DistrictItem, ...]:
    """Those that speak of one person or of a record of theirs, in the same order."""
    with db.read() as session:
        rows = [person_id, *merged_with(session, [person_id])]
        for row in _of_people().values():
            rows += session.scalars(select(row.id).where(row.person_id == person_id))
        return items_in(session, select(DistrictItemRow).where(DistrictItemRow.about_row.in_(rows)))


def get_item(db: Database, item_id: UUID) -> DistrictItem | None:
    """One of them."""
    with db.read() as session:
        return next(iter(items_in(session, select(DistrictItemRow).where(DistrictItemRow.id == item_id))), None)


def items_in(session: Session, query: Any) -> tuple[DistrictItem, ...]:
    """The same inside another act's transaction."""
    rows = list(session.scalars(query))
    said, people = _said(session, [row.id for row in rows]), _people(session, rows)
    found = [_item(row, said.get(row.id, ()), people.get(row.about_row)) for row in rows]
    return tuple(sorted(found, key=_order))


def _order(item: DistrictItem) -> tuple[Any, ...]:
    rank = 0 if item.wants is not None else 1 if item.unread else 3 if item.withdrawn_at is not None else 2
    due = item.due_on or date.max if rank < 2 else date.max
    return rank, due, -item.made_at.timestamp(), item.id


def _item(row: DistrictItemRow, said: Sequence[Said], person: tuple[UUID, str] | None) -> DistrictItem:
    known = {kind.value: kind for kind in ItemKind}
    return DistrictItem(
        id=row.id,
        kind=known.get(row.kind),
        title=clean(row.title)[:MOST_TITLE],
        body=clean_block(row.body)[:MOST_BODY],
        author=clean(row.author)[:MOST_TITLE],
        made_at=row.made_at,
        received_at=row.received_at,
        due_on=row.due_on,
        withdrawn_at=row.withdrawn_at,
        seen_at=row.seen_at,
        data=row.data if isinstance(row.data, dict) else {},
        person_id=person[0] if person else None,
        person_name=person[1] if person else "",
        said=tuple(said),
    )


def _said(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[Said]]:
    if not ids:
        return {}
    received = session.scalar(select(JournalStateRow.received_upto)) or 0
    waiting = select(JournalRow.row_id).where(
        JournalRow.tbl == DistrictMessageRow.__tablename__, JournalRow.op == "i", JournalRow.seq > received
    )
    unsent = set(session.scalars(waiting))
    found: dict[UUID, list[Said]] = defaultdict(list)
    wanted, known = set(ids), {kind.value: kind for kind in MessageKind}
    of_some = DistrictMessageRow.item.in_(wanted) if len(wanted) <= FEW else DistrictMessageRow.item.is_not(None)
    query = select(DistrictMessageRow).where(of_some).order_by(DistrictMessageRow.n)
    for row in session.scalars(query):
        if row.item in wanted and row.kind in known:
            data = row.data or {}
            accepts = data.get("accept") if row.kind == MessageKind.MOVE_ANSWER.value else None
            received = row.id not in unsent
            one = Said(known[row.kind], row.text, row.by_name, row.made_at, received, accepts, row.id, data)
            found[row.item].append(one)
    return found


@cache
def _of_people() -> Mapping[str, Any]:
    """The tables that travel and whose rows name a person."""
    kinds: list[Any] = [one.class_ for one in Base.registry.mappers if "person_id" in one.columns]
    return {kind.__tablename__: kind for kind in kinds if issubclass(kind, Synced)}


def _people(session: Session, rows: Iterable[DistrictItemRow]) -> dict[UUID | None, tuple[UUID, str]]:
    """Whom each record is about: person and name, by the record's id."""
    by_table: dict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        if row.about_tbl and row.about_row is not None:
            by_table[row.about_tbl].append(row.about_row)
    person_of = {one: standing_record(session, one) for one in by_table.pop(PersonRow.__tablename__, [])}
    for table, ids in by_table.items():
        if table in _of_people():
            kind = _of_people()[table]
            pairs = session.execute(select(kind.id, kind.person_id).where(kind.id.in_(ids)))
            person_of |= {one: person for one, person in pairs if person is not None}
    named = select(PersonRow.id, PersonRow.full_name).where(PersonRow.id.in_(set(person_of.values())))
    names = {one: name for one, name in session.execute(named)}
    return {row: (person, names[person]) for row, person in person_of.items() if person in names}
