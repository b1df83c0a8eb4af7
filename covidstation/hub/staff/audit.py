"""The district's record of who did what: rows of the act's own transaction, each chained to the one before.

The same promise as a station's (docs/adr/0019): what was written cannot be changed or taken out of the middle without
the chain showing it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from covidstation.domain.canonical import encode
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.rows import HubAuditRow

START: Final = bytes(32)
PROGRAM: Final = "program"  # an act of the command line or of the program itself
TURN: Final = 0x6875625F61756474  # of PostgreSQL's advisory locks: entries are written one after the other


class HubAction(StrEnum):
    """One kind of entry."""

    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGOUT = "logout"
    SEE = "see"
    REVEAL = "reveal"
    DECIDE = "decide"
    EXPORT = "export"
    IMPORT = "import"
    SEND = "send"
    TELL = "tell"
    ENROL = "enrol"
    REVOKE = "revoke"
    KEYS = "keys"  # the hub's own
    USERS = "users"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands; `at` is UTC without a zone."""

    seq: int
    at: datetime
    user: str
    action: str
    station: int | None
    subject: str | None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """How many entries the chain was computed over anew, and the first that is not what was written."""

    entries: int
    fault: int | None


def chain_after(chain: bytes, entry: Entry) -> bytes:
    """The hash with this entry: SHA-256 over the one before and the entry's columns in one line.

    No column but the last can have a space in it, so nothing can move from one to the next.
    """
    head = f"{entry.seq} {entry.at.isoformat()} {entry.user} {entry.action} {entry.station or '-'} "
    line = head.encode() + f"{entry.subject or '-'} ".encode() + encode(dict(entry.detail))
    return hashlib.sha256(chain + line).digest()


def note(
    session: Session,
    action: HubAction,
    *,
    by: UUID | str,
    now: datetime,
    station: int | None = None,
    subject: str | None = None,
    detail: Mapping[str, str | int] | None = None,
) -> None:
    """Add one entry to the session's act. `by` is a user's id or PROGRAM, `subject` the row id of a person, a user."""
    if session.connection().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(TURN)))
    session.flush()
    last = session.execute(select(HubAuditRow.seq, HubAuditRow.chain).order_by(HubAuditRow.seq.desc()).limit(1)).first()
    seq, chain = (last.seq + 1, last.chain) if last else (1, START)
    user = by.hex if isinstance(by, UUID) else by
    entry = Entry(seq, utc(now), user, action.value, station, subject, dict(detail or {}))
    session.add(
        HubAuditRow(
            seq=entry.seq,
            at=entry.at,
            user=entry.user,
            action=entry.action,
            station=entry.station,
            subject=entry.subject,
            detail=dict(entry.detail),
            chain=chain_after(chain, entry),
        )
    )


def note_alone(hub: Hub, action: HubAction, *, by: UUID | str, now: datetime, **what: Any) -> None:
    """The same as an act of its own: something was looked at or carried away."""
    with hub.db.write(None, now) as session:
        note(session, action, by=by, now=now, **what)


def entries(
    session: Session,
    *,
    user: str = "",
    action: str = "",
    subject: str = "",
    before: int | None = None,
    most: int = 100,
) -> list[Entry]:
    """The newest first; `before` a number, for the next page."""
    query = select(HubAuditRow).order_by(HubAuditRow.seq.desc()).limit(most)
    for column, value in ((HubAuditRow.user, user), (HubAuditRow.action, action), (HubAuditRow.subject, subject)):
        if value:
            query = query.where(column == value)
    if before is not None:
        query = query.where(HubAuditRow.seq < before)
    return [_entry(row) for row in session.scalars(query)]


def check_chain(session: Session, newest: int | None = None) -> Checked:
    """Compute the chain anew over the newest so many entries, or over all of them."""
    query = select(HubAuditRow).order_by(HubAuditRow.seq)
    chain, expected, count = START, 1, 0
    if newest is not None:
        last = session.scalar(select(func.max(HubAuditRow.seq))) or 0
        if last > newest:
            before = session.get(HubAuditRow, last - newest)
            if before is None:
                return Checked(0, last - newest)
            chain, expected = before.chain, last - newest + 1
            query = query.where(HubAuditRow.seq >= expected)
    with closing(_walk(session, query)) as rows:
        for row in rows:
            entry = _entry(row)
            if entry.seq != expected or not _shaped(entry) or chain_after(chain, entry) != row.chain:
                return Checked(count, expected)
            chain, expected, count = row.chain, expected + 1, count + 1
    return Checked(count, None)


def _walk(session: Session, query: Select[HubAuditRow]) -> Generator[HubAuditRow, None, None]:
    """Row by row, none of them kept in memory. Whoever stops early closes it: a server holds a cursor meanwhile."""
    with closing(session.scalars(query.execution_options(yield_per=1000))) as rows:
        for row in rows:
            yield row
            session.expunge(row)


def _entry(row: HubAuditRow) -> Entry:
    return Entry(row.seq, row.at, row.user, row.action, row.station, row.subject, row.detail)


def _shaped(entry: Entry) -> bool:
    words = (entry.user, entry.action, entry.subject or "-")
    return all(word and not any(letter.isspace() for letter in word) for word in words)
