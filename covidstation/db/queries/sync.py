"""What is not yet at the district, since when, and what it has confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from covidstation.db.rows import (
    Base,
    BatchRow,
    JournalRow,
    JournalStateRow,
    PaperDeliveryRow,
    PaperSubjectRow,
    PersonRow,
    ReceiptRow,
    Synced,
)
from covidstation.db.session import Database
from covidstation.domain.stamps import moment_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """Changes of one kind that no receipt covers; `oldest` is in UTC."""

    table: str
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """One bundle that was written. `received` says whether a receipt covers all of it."""

    number: int
    made_at: datetime
    carrier: str
    target: str
    changes: int
    size: int
    received: bool
    received_at: datetime | None = None  # the station's wall clock, when its receipt was read


@dataclass(frozen=True, slots=True)
class Touched:
    """What one line of the journal changed: its table, and the person it is about when there is one."""

    table: str
    person_id: UUID | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The newest receipt; times are the station's wall clock, `hub_time` the district's in UTC."""

    upto: int
    hub_time: datetime
    read_at: datetime
    exceptions: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class SyncState:
    """The truth of the status line. `oldest` (UTC) is None when everything was received."""

    unsent: int
    oldest: datetime | None
    on_stick: int  # of the unsent, how many were written to a stick
    last_receipt: Receipt | None

    def oldest_age(self, now: datetime) -> timedelta | None:
        """How long the oldest unsent change has waited; never below zero when the clock went back."""
        return max(timedelta(0), now.astimezone(UTC) - self.oldest) if self.oldest is not None else None


def sync_state(db: Database) -> SyncState:
    """Counted from the journal itself, in one snapshot."""
    with db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        oldest = session.scalar(
            select(JournalRow.stamp).where(JournalRow.seq > state.received_upto).order_by(JournalRow.seq).limit(1)
        )
        written = session.scalar(select(func.max(BatchRow.seq_to)).where(BatchRow.epoch == state.epoch)) or 0
        receipt = session.scalars(select(ReceiptRow).order_by(ReceiptRow.n.desc()).limit(1)).first()
        return SyncState(
            unsent=state.last_seq - state.received_upto,
            oldest=moment_of(oldest) if oldest else None,
            on_stick=max(0, written - state.received_upto),
            last_receipt=_receipt(receipt) if receipt else None,
        )


def _receipt(row: ReceiptRow) -> Receipt:
    return Receipt(row.upto, row.hub_time, row.read_at, tuple(row.exceptions))


def waiting_by_kind(db: Database) -> list[Waiting]:
    """The unsent changes by table, most first."""
    with db.read() as session:
        upto = session.get_one(JournalStateRow, 1).received_upto
        count = func.count()
        rows = session.execute(
            select(JournalRow.tbl, count, func.min(JournalRow.stamp))
            .where(JournalRow.seq > upto)
            .group_by(JournalRow.tbl)
            .order_by(count.desc(), JournalRow.tbl)
        )
        return [Waiting(table, number, moment_of(stamp)) for table, number, stamp in rows]


def batches(db: Database, limit: int = 50) -> list[Batch]:
    """The newest bundles written."""
    with db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        rows = session.scalars(select(BatchRow).order_by(BatchRow.n.desc()).limit(limit)).all()
        receipts = session.execute(
            select(ReceiptRow.upto, ReceiptRow.read_at).where(ReceiptRow.epoch == state.epoch).order_by(ReceiptRow.n)
        ).all()
        return [
            Batch(
                number=row.n,
                made_at=row.made_at,
                carrier=row.carrier,
                target=row.target,
                changes=row.seq_to - row.seq_from + 1,
                size=row.size,
                received=row.epoch == state.epoch and row.seq_to <= state.received_upto,
                received_at=next((one.read_at for one in receipts if one.upto >= row.seq_to), None)
                if row.epoch == state.epoch
                else None,
            )
            for row in rows
        ]


def touched_by(db: Database, seq: int) -> Touched | None:
    """What the line of that number changed."""
    with db.read() as session:
        line = session.get(JournalRow, seq)
        if line is None:
            return None
        person_id = _person_of(session, line.tbl, line.row_id)
        name = session.scalar(select(PersonRow.full_name).where(PersonRow.id == person_id)) if person_id else None
        return Touched(line.tbl, person_id, name or "")


def _person_of(session: Session, table: str, row_id: UUID) -> UUID | None:
    if table == "person":
        return row_id
    owner = _OWNERS.get(table)
    found: UUID | None = session.scalars(owner(row_id)).first() if owner is not None else None
    return found


def _owner_column(row: Any) -> Callable[[UUID], Select[Any]]:
    return lambda row_id: select(row.person_id).where(row.id == row_id)


_OWNERS: Final[Mapping[str, Callable[[UUID], Select[Any]]]] = {
    **{
        mapper.local_table.name: _owner_column(mapper.class_)  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Synced) and "person_id" in mapper.columns
    },
    "paper": lambda paper: select(PaperSubjectRow.person_id).where(PaperSubjectRow.paper_id == paper).limit(1),
    "paper_delivery": lambda mark: (
        select(PaperSubjectRow.person_id)
        .join(PaperDeliveryRow, PaperDeliveryRow.paper_id == PaperSubjectRow.paper_id)
        .where(PaperDeliveryRow.id == mark)
        .limit(1)
    ),
}
"""How to find whom a row of a table speaks of."""
