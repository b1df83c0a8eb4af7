"""A register that is behind what it once was: named at the opening, with ways on, until a person has chosen one.

SQLite takes a damaged frame of its log for the log's end: the register opens well, and what came after is silently
gone. `register.head` remembers how far it was (`db.heads`). The same look finds a file that was put back.
"""

from __future__ import annotations

import json
import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.audit import Walk, head_at, heads_in, note, walk, walk_end, whole
from covidstation.db.heads import Kept, forget_heads, keep_heads, read_heads
from covidstation.db.journal import start_epoch
from covidstation.db.rows import AuditRow, JournalRow, JournalStateRow, SecretRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction, Heads
from covidstation.domain.rights import Right
from covidstation.domain.stamps import moment_of
from covidstation.errors import UserError
from covidstation.services.certificate import RESTORED, certificate_of
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

NEWEST: Final = 1000
"""Entries whose chain is recomputed before the first page; the rest follows when nobody waits."""
PIECE: Final = 20_000
_NAME: Final = "loss"  # in the table secret: what was found and not yet answered
_KNOWN: Final = "known_faults"  # there too: entries that were answered for
log = logging.getLogger(__name__)


class LossKind(StrEnum):
    """What was found."""

    BEHIND = "behind"  # the register has fewer changes or entries than it had
    OTHER = "other"  # it has as many, but not the same
    RECORD = "record"  # the record of who did what was edited or cut


@dataclass(frozen=True, slots=True)
class Loss:
    """What is no longer in the register. `since` is the last thing that is still there, `until` the last that was."""

    kind: LossKind
    since: datetime
    until: datetime
    changes: int = 0  # of the journal
    entries: int = 0  # of the record of who did what
    seq: int = 0  # for RECORD: the first entry that is not what was written


@needs(Right.OWN)
def look_for_loss(db: Database, *, now: datetime) -> Loss | None:
    """At each opening, before anything is written: compare, keep what was found, and forget the old heads.

    A finding stands until `accept_loss`. No head file beside a register that had one is noted once; heads of another
    epoch are of a register that was restored since, and count for nothing.
    """
    folder = db.path.parent
    with db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        kept = read_heads(folder, state.epoch)
        found = _compared(session, kept) if kept is not None else _record(session, now)
        missing = kept is None and state.audit_seq > 0
    with suppress(UserError, OSError):
        if found is not None:
            _keep(db, found, kept, now)
        elif missing:
            log.warning("no heads of this epoch beside the register")
            db.note(AuditAction.AUDIT, detail={"what": "head_missing"}, now=now)
    return found or _standing(db)


def _compared(session: Session, kept: Kept) -> Loss | None:
    heads, was = heads_in(session), kept.heads
    until = datetime.fromtimestamp(kept.at / 1000, UTC)
    changes, entries = was.journal_seq - heads.journal_seq, was.audit_seq - heads.audit_seq
    if changes > 0 or entries > 0:
        return Loss(LossKind.BEHIND, _last_moment(session), until, max(0, changes), max(0, entries))
    if (changed := _record(session, until)) is not None:
        return changed
    return None if _goes_on(session, was) else Loss(LossKind.OTHER, until, until)


def _goes_on(session: Session, was: Heads) -> bool:
    """Whether the register, at the numbers that the heads name, has the hashes that they name."""
    line = session.scalar(select(JournalRow.chain).where(JournalRow.seq == was.journal_seq))
    return (was.journal_seq == 0 or line == was.journal_chain) and head_at(session, was.audit_seq) == was.audit_chain


def _record(session: Session, until: datetime) -> Loss | None:
    fault = walk_end(session, NEWEST, _known(session)).fault
    return None if fault is None else Loss(LossKind.RECORD, _moment_before(session, fault, until), until, seq=fault)


def _known(session: Session) -> frozenset[int]:
    """Faults of the record that a person has answered for: said once, not at every start."""
    row = session.get(SecretRow, _KNOWN)
    return frozenset(json.loads(row.value)) if row is not None else frozenset()


def _last_moment(session: Session) -> datetime:
    """When the newest thing that is there was done."""
    stamp = session.scalar(select(JournalRow.stamp).order_by(JournalRow.seq.desc()).limit(1)) or 0
    at = session.scalar(select(AuditRow.at).order_by(AuditRow.seq.desc()).limit(1)) or 0
    return max(moment_of(stamp), datetime.fromtimestamp(at / 1000, UTC))


def _moment_before(session: Session, seq: int, otherwise: datetime) -> datetime:
    at = session.scalar(select(AuditRow.at).where(AuditRow.seq < seq).order_by(AuditRow.seq.desc()).limit(1))
    return otherwise if at is None else datetime.fromtimestamp(at / 1000, UTC)


def _keep(db: Database, found: Loss, kept: Kept | None, now: datetime) -> None:
    """In the register first, then the heads anew: a cut in between finds the same again, and says it once more."""
    with db.write(None, now) as session:
        numbers = {"changes": found.changes, "entries": found.entries, "from": found.seq}
        note(session, AuditAction.AUDIT, detail={"what": f"loss_{found.kind}", **numbers})
        stamp = (kept.at << 16) if kept is not None else 0
        session.merge(SecretRow(name=_NAME, value=json.dumps(_plain(found) | {"stamp": stamp}).encode()))
    forget_heads(db.path.parent)
    with db.read() as session:
        epoch = session.get_one(JournalStateRow, 1).epoch
        keep_heads(db.path.parent, Kept(epoch, heads_in(session), int(now.timestamp() * 1000)))


def _plain(found: Loss) -> dict[str, str | int]:
    numbers = {"changes": found.changes, "entries": found.entries, "seq": found.seq}
    return {"kind": found.kind.value, "since": found.since.isoformat(), "until": found.until.isoformat()} | numbers


def _standing(db: Database) -> Loss | None:
    """What was found at an earlier opening and nobody has answered."""
    with db.read() as session:
        row = session.get(SecretRow, _NAME)
        if row is None:
            return None
        held = json.loads(row.value)
    since, until = datetime.fromisoformat(held["since"]), datetime.fromisoformat(held["until"])
    return Loss(LossKind(held["kind"]), since, until, held["changes"], held["entries"], held["seq"])


@needs(Right.MANAGE)
def accept_loss(db: Database, *, by: UUID | None, now: datetime) -> Done[None]:
    """Go on with what is there, by the decision of the head of station; the decision is noted.

    Lost changes may have reached the district: the numbers that they had must not come a second time, so that the
    register goes on as a new epoch, as after a restore, above every stamp that was given; the district can give them
    back, and until then a person compares the numbers of papers.
    """
    with db.write(by, now) as session:
        row = session.get(SecretRow, _NAME)
        if row is None:
            return done(None)
        held = json.loads(row.value)
        session.delete(row)
        if held["changes"] or held["kind"] == LossKind.OTHER.value:
            certificate = certificate_of(session)
            start_epoch(session, certificate.station if certificate else None, secrets.token_hex(8))
            state = session.get_one(JournalStateRow, 1)
            state.last_stamp = max(state.last_stamp, held["stamp"], int(now.timestamp() * 1000) << 16)
            since = datetime.fromisoformat(held["since"]).astimezone(now.tzinfo).replace(microsecond=0)
            marker = {"made": since.isoformat(), "at": now.isoformat(timespec="seconds"), "whole": False}
            session.merge(SecretRow(name=RESTORED, value=json.dumps(marker).encode()))
        elif held["seq"]:
            known = sorted(_known(session) | {held["seq"]})
            session.merge(SecretRow(name=_KNOWN, value=json.dumps(known).encode()))
        note(session, AuditAction.AUDIT, detail={"what": "loss_accepted", "kind": held["kind"]})
    return done(None, Kind.SYNC)


@needs(Right.SEE)
def verify_record(db: Database, start: Walk, *, now: datetime) -> Walk:
    """Recompute the next piece of the record's chain, for the hours when nobody waits; a fault is kept as a loss.

    Begin with `Walk()`; at its end the walk has the number of the newest entry.
    """
    with db.read() as session:
        walked = walk(session, start, PIECE, _known(session))
        if walked.fault is None and walked.seq - start.seq < PIECE:
            walked = whole(session, walked)
        found = None
        if walked.fault is not None:
            found = Loss(LossKind.RECORD, _moment_before(session, walked.fault, now), now, seq=walked.fault)
    if found is not None and _standing(db) is None:
        _keep(db, found, None, now)
    return walked


@needs(Right.SEE)
def standing_loss(db: Database) -> Loss | None:
    """What was found and not yet answered."""
    return _standing(db)
