"""The record of who did what: entries of one act are rows of its transaction, chained like the journal (docs/adr/0019).

Changes note themselves: whose records an act touched is read from the flush. What is looked at, printed or carried
away is noted by its service.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.heads import Kept
from covidstation.db.rows import AuditRow, JournalStateRow, PersonRow, Synced
from covidstation.domain.audit import START, AuditAction, AuditEntry, Heads, chain_after

Touched = dict[UUID | None, list[str]]
"""Whose records an act changed, and in which tables; None: nobody's."""
EVERYTHING: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Owed:
    """An entry that could not be written yet: what, of whom, by whom, when (milliseconds since 1970 UTC)."""

    action: AuditAction
    subject: UUID | None
    detail: Mapping[str, str | int]
    actor: UUID | None
    at: int


def note(
    session: Session,
    action: AuditAction,
    *,
    subject: UUID | None = None,
    detail: Mapping[str, str | int] | None = None,
    actor: UUID | None = None,
    at: int | None = None,
) -> None:
    """Add one entry to the act of this session, by its actor and its moment unless others are given."""
    state = session.get_one(JournalStateRow, 1)
    session.info["noted"] = True
    entry = AuditEntry(
        seq=state.audit_seq + 1,
        at=session.info["now_ms"] if at is None else at,
        actor=actor or session.info["actor"],
        action=action,
        subject=subject,
        detail=dict(detail or {}),
    )
    state.audit_seq, state.audit_chain = entry.seq, chain_after(state.audit_chain, entry)
    session.add(
        AuditRow(
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            action=action.value,
            subject=subject,
            detail=dict(entry.detail),
            chain=state.audit_chain,
        )
    )


def touch(touched: Touched, row: Synced) -> None:
    """Remember whose record a flush changes."""
    person: UUID | None = row.id if isinstance(row, PersonRow) else getattr(row, "person_id", None)
    tables = touched.setdefault(person, [])
    table: str = row.__tablename__  # type: ignore[attr-defined]
    if table not in tables:
        tables.append(table)


def finish(session: Session, owed: Sequence[Owed] = ()) -> Kept | None:
    """Before the commit: one entry for each person whose records this act changed, or one for the station's own.

    What is `owed` from before comes after it. Returns how far the register will have come, None when the act wrote
    neither journal nor audit.
    """
    info = session.info
    touched: Touched = info["touched"]
    if len(touched) > 1:
        touched.pop(None, None)
    for person, tables in touched.items():
        note(session, AuditAction.CHANGE, subject=person, detail={"seq": info["first"], "what": " ".join(tables)})
    for one in owed:
        note(session, one.action, subject=one.subject, detail=one.detail, actor=one.actor, at=one.at)
    if not info["noted"]:
        return None
    return Kept(session.get_one(JournalStateRow, 1).epoch, heads_in(session), info["now_ms"])


def heads_in(session: Session) -> Heads:
    """How far journal and record have come."""
    state = session.get_one(JournalStateRow, 1)
    return Heads(state.last_seq, state.chain, state.audit_seq, state.audit_chain)


def entries(session: Session) -> Iterator[tuple[AuditEntry, bytes]]:
    """All entries with their stored chain, in order. Raises ValueError for an entry of no known kind."""
    for row in session.execute(select(AuditRow.__table__).order_by(AuditRow.seq)):
        entry = AuditEntry(
            seq=row.seq,
            at=row.at,
            actor=row.actor,
            action=AuditAction(row.action),
            subject=row.subject,
            detail=row.detail,
        )
        yield entry, row.chain


def head_at(session: Session, seq: int) -> bytes | None:
    """The stored chain hash at that number; None when there is no such entry."""
    if seq == 0:
        return START
    return session.scalar(select(AuditRow.chain).where(AuditRow.seq == seq))


@dataclass(frozen=True, slots=True)
class Walk:
    """How far the chain was recomputed: the number and the hash, and the first entry that is not what was written."""

    seq: int = 0
    chain: bytes = START
    fault: int | None = None


def walk(session: Session, start: Walk = Walk(), most: int = EVERYTHING, known: frozenset[int] = frozenset()) -> Walk:
    """Recompute the chain over at most so many entries after `start`, from the columns as they stand in the file.

    `known` faults were found and answered before: the walk goes on behind them from what is stored. Straight from the
    driver: 200,000 entries in less than a second, which no mapped row allows.
    """
    rows = session.connection().exec_driver_sql(
        "SELECT seq, at, actor, action, subject, detail, chain FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
        (start.seq, most),
    )
    seq, chain, sha256 = start.seq, start.chain, hashlib.sha256
    cursor: Any = rows.cursor  # SQLAlchemy's own rows would take as long again
    for number, at, actor, action, subject, detail, stored in cursor:
        line = f"{number} {at} {actor} {action} {subject or '-'} {detail}"
        seen = sha256(chain + line.encode()).digest()
        good = number == seq + 1 and seen == stored and _shaped(at, actor, action, subject)
        if not good and seq + 1 not in known:
            return Walk(seq, chain, seq + 1)
        seq, chain = number, stored
    return Walk(seq, chain)


def _shaped(at: Any, actor: Any, action: str, subject: Any) -> bool:
    """Whether each column holds one word of its own: the same line must not come from other columns."""
    return type(at) is int and len(actor) == 32 and action.isidentifier() and (subject is None or len(subject) == 32)


def walk_end(session: Session, most: int, known: frozenset[int] = frozenset()) -> Walk:
    """Recompute the newest entries alone, from the stored hash before them."""
    state = session.get_one(JournalStateRow, 1)
    start = max(0, state.audit_seq - most)
    before = head_at(session, start)
    return (
        Walk(start, before or b"", start or 1)
        if before is None
        else whole(session, walk(session, Walk(start, before), known=known))
    )


def whole(session: Session, walked: Walk) -> Walk:
    """The same walk; when it came to the end, the end must be the one that was counted."""
    state = session.get_one(JournalStateRow, 1)
    ended = (walked.seq, walked.chain) == (state.audit_seq, state.audit_chain)
    return walked if walked.fault or ended else Walk(walked.seq, walked.chain, walked.seq + 1)


def first_fault(session: Session) -> int | None:
    """The number of the first entry that is missing or not what was written; None when all are whole."""
    return whole(session, walk(session)).fault
