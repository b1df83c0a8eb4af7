"""Where a record stands on its way to the district: kept here, on a stick, sent, received, in question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import BatchRow, ConflictRow, JournalRow, JournalStateRow, ReceiptRow
from covidstation.db.session import Database

CONFLICTS = frozenset({"conflict"})


class Stage(StrEnum):
    """From the least to the most that is known; what needs a person stands above all."""

    RECEIVED = "received"
    SENT = "sent"  # over the line: the district has it and is still writing it down
    ON_STICK = "on_stick"
    SAVED = "saved"  # here alone
    ASIDE = "aside"  # the district keeps it, and asks
    CONFLICT = "conflict"  # two values for one thing


_ORDER = tuple(Stage)


@dataclass(frozen=True, slots=True)
class RecordSync:
    """`number`, `target`, `moment` (wall clock) of the bundle that carries it; `code`, `text`: what the district asks.

    `count`: how many changes of the record stand so.
    """

    stage: Stage
    number: int = 0
    target: str = ""
    moment: datetime | None = None
    code: str = ""
    text: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class SyncFacts:
    """What one snapshot knows of everything that was sent."""

    received: int
    batches: tuple[BatchRow, ...]  # of this epoch, beyond what was received; the newest first
    asked: Mapping[int, Mapping[str, Any]]
    open_conflicts: frozenset[UUID]  # rows

    def of_line(self, seq: int, row: UUID) -> RecordSync:
        """How the line of that number stands, a change of that row."""
        asked = self.asked.get(seq)
        if row in self.open_conflicts:
            return RecordSync(Stage.CONFLICT)
        if asked is not None:
            stage = Stage.CONFLICT if asked.get("status") in CONFLICTS else Stage.ASIDE
            return RecordSync(stage, code=str(asked["code"]), text=str(asked["text"]))
        if seq <= self.received:
            return RecordSync(Stage.RECEIVED)
        for batch in self.batches:
            if batch.seq_from <= seq <= batch.seq_to:
                stage = Stage.SENT if batch.carrier == "http" else Stage.ON_STICK
                return RecordSync(stage, batch.n, batch.target, batch.made_at)
        return RecordSync(Stage.SAVED)


def sync_facts(session: Session) -> SyncFacts:
    """Read once, asked for many lines."""
    state = session.get_one(JournalStateRow, 1)
    batches = session.scalars(
        select(BatchRow)
        .where(BatchRow.epoch == state.epoch, BatchRow.seq_to > state.received_upto)
        .order_by(BatchRow.n.desc())
    ).all()
    last = session.scalars(
        select(ReceiptRow).where(ReceiptRow.epoch == state.epoch).order_by(ReceiptRow.n.desc()).limit(1)
    ).first()
    conflicts = session.scalars(select(ConflictRow.row_id).where(ConflictRow.decided_at.is_(None)))
    asked = {int(one["seq"]): one for one in last.exceptions} if last is not None else {}
    return SyncFacts(state.received_upto, tuple(batches), asked, frozenset(conflicts))


def sync_states_of(db: Database, rows: Sequence[tuple[str, UUID]]) -> RecordSync | None:
    """How rows (table, id) that a person sees as one record stand: as the least of their changes; None without one."""
    with db.read() as session:
        facts = sync_facts(session)
        tables = {table for table, _row in rows}
        query = select(JournalRow.seq, JournalRow.row_id).where(
            JournalRow.row_id.in_([row for _table, row in rows]), JournalRow.tbl.in_(tables)
        )
        return least(facts.of_line(seq, row) for seq, row in session.execute(query))


def least(states: Iterable[RecordSync]) -> RecordSync | None:
    """The one that needs the most, and how many stand so; None of none."""
    found = list(states)
    if not found:
        return None
    worst = max(found, key=lambda one: (_ORDER.index(one.stage), one.number))
    count = sum(one.stage is worst.stage for one in found)
    return RecordSync(worst.stage, worst.number, worst.target, worst.moment, worst.code, worst.text, count)
