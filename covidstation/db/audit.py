"""The record of who did what: entries of one act are rows of its transaction, chained like the journal (docs/adr/0019).

Changes note themselves: whose records an act touched is read from the flush. What is looked at, printed or carried
away is noted by its service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.heads import Kept
from covidstation.db.rows import AuditRow, JournalStateRow, PersonRow, Synced
from covidstation.domain.audit import START, AuditAction, AuditEntry, Heads, chain_after

Touched = dict[UUID | None, list[str]]
"""Whose records an act changed, and in which tables; None: nobody's."""


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


def finish(session: Session) -> Kept | None:
    """Before the commit: one entry for each person whose records this act changed, or one for the station's own.

    Returns how far the register will have come, None when the act wrote neither journal nor audit.
    """
    info = session.info
    touched: Touched = info["touched"]
    if len(touched) > 1:
        touched.pop(None, None)
    for person, tables in touched.items():
        note(session, AuditAction.CHANGE, subject=person, detail={"seq": info["first"], "what": " ".join(tables)})
    if not info["noted"]:
        return None
    state = session.get_one(JournalStateRow, 1)
    heads = Heads(state.last_seq, state.chain, state.audit_seq, state.audit_chain)
    return Kept(state.epoch, heads, info["now_ms"])


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


def first_fault(session: Session) -> int | None:
    """The number of the first entry that is missing or not what was written; None when all are whole."""
    state = session.get_one(JournalStateRow, 1)
    chain, expected = START, 1
    try:
        for entry, stored in entries(session):
            chain = chain_after(chain, entry)
            if entry.seq != expected or chain != stored:
                return expected
            expected += 1
    except (ValueError, TypeError):
        return expected
    return None if expected - 1 == state.audit_seq and chain == state.audit_chain else expected
