"""Whether an act whose COMMIT reported an error was saved: an error is not a no (docs/adr/0023).

When the disk refuses to sync, the frames of the commit may already stand whole in the log; the next program to open the
register would find them there, and a person who was told "not saved" would have typed them a second time.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from covidstation.db.heads import Kept
from covidstation.db.rows import AuditRow, JournalRow


class Landing(Enum):
    """What was found when looking after a failed commit."""

    SAVED = "saved"
    NOT_SAVED = "not saved"
    UNKNOWN = "unknown"


NEVER_WRITTEN = frozenset(("SQLITE_FULL", "SQLITE_BUSY", "SQLITE_READONLY"))
"""Errors of a commit whose last frame was surely not written whole."""


def look_after(engine: Engine, heads: Kept | None, reason: DatabaseError) -> Landing:
    """Look, through a connection of its own, whether the act that would have left these heads is in the register.

    Every idle connection is closed first, so that SQLite reads its log anew. What is found counts only once the log
    was folded into the file: folding syncs both, so it settles a saved act for good and leaves nothing of one that
    was not. An act without heads (a draft, a setting) does no harm when it is done twice: NOT_SAVED.
    """
    engine.dispose()
    if heads is None:
        return Landing.NOT_SAVED
    try:
        with engine.connect() as connection:
            there = _stands(connection, heads)
    except DatabaseError:
        return _refused(reason)
    settled = _folded(engine)
    if there:
        return Landing.SAVED if settled else Landing.UNKNOWN
    return Landing.NOT_SAVED if settled else _refused(reason)


def _refused(reason: DatabaseError) -> Landing:
    name = getattr(reason.orig, "sqlite_errorname", "")
    return Landing.NOT_SAVED if str(name).startswith(tuple(NEVER_WRITTEN)) else Landing.UNKNOWN


def _stands(connection: Any, kept: Kept) -> bool:
    """The last line of the act and its last entry, each with the hash that they would have got."""
    heads = kept.heads
    with Session(connection) as session:
        line = session.scalar(select(JournalRow.chain).where(JournalRow.seq == heads.journal_seq))
        entry = session.scalar(select(AuditRow.chain).where(AuditRow.seq == heads.audit_seq))
    return entry == heads.audit_chain and (line == heads.journal_chain or heads.journal_seq == 0)


def _folded(engine: Engine) -> bool:
    try:
        raw = engine.raw_connection()
    except DatabaseError:
        return False
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found = cursor.fetchone()
        cursor.close()
        return found is not None and not found[0]  # busy, pages in the log, pages folded
    except engine.dialect.loaded_dbapi.Error:
        raw.invalidate()
        return False
    finally:
        raw.close()
