"""Freezing the waiting lines of the journal into bundles: the same bytes for a stick and for the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from covidstation.db.journal import SCHEMA
from covidstation.db.rows import JournalRow, JournalStateRow
from covidstation.domain.ops import chain_start, decode_op
from covidstation.sync.bundle import LEVEL, PART, PART_LINES, Subject, split_records, write_bundle
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import Certificate
from covidstation.sync.header import Kind as BundleKind
from covidstation.sync.header import Stream
from covidstation.sync.identity import Identity

SMALL: Final = 128 << 10  # bytes: what is packed as tightly as can be, in a few milliseconds
TIGHTEST: Final = 19


@dataclass(frozen=True, slots=True)
class Part:
    """One bundle to be carried: its name on a stick, its bytes, the numbers of its first and last line."""

    name: str
    data: bytes
    bundle: UUID
    first: int
    last: int


def pack(session: Session, certificate: Certificate, identity: Identity, about: Mapping[str, Any]) -> list[Part]:
    """Freeze all waiting lines into parts; a transaction is never divided."""
    state = session.get_one(JournalStateRow, 1)
    rows = session.execute(_waiting(state)).all()
    if not rows:
        return []
    chains = {row.seq: row.chain for row in rows}
    before = chain_at(session, certificate, state.received_upto)
    lines = ((decode_op(row.line).first_of_transaction or row.seq, row.line) for row in rows)
    groups = list(split_records(lines))
    parts = []
    first = state.received_upto + 1
    for number, group in enumerate(groups, 1):
        last = first + len(group) - 1
        stream = Stream(
            first=first,
            last=last,
            chain_before=before,
            chain_after=chains[last],
            schema=SCHEMA,
            part=(number, len(groups)),
        )
        parts.append(_write(certificate, identity, state.epoch, stream, group, about))
        first, before = last + 1, chains[last]
    return parts


def pack_next(
    session: Session, certificate: Certificate, identity: Identity, about: Mapping[str, Any], size: int
) -> Part:
    """The next waiting lines, about `size` bytes of them before they are packed; an empty range when none waits.

    It ends between transactions, unless one alone is larger than two parts of a stick.
    """
    state = session.get_one(JournalStateRow, 1)
    before = after = chain_at(session, certificate, state.received_upto)
    group: list[bytes] = []
    filled = transaction = 0
    for row in session.execute(_waiting(state)).yield_per(500):
        begins = decode_op(row.line).first_of_transaction or row.seq
        full = filled >= size or len(group) >= PART_LINES
        if (full and begins != transaction) or filled >= 2 * PART or len(group) >= 2 * PART_LINES:
            break
        group.append(row.line)
        filled += len(row.line) + 1
        transaction, after = begins, row.chain
    first = state.received_upto + 1
    stream = Stream(first=first, last=first + len(group) - 1, chain_before=before, chain_after=after, schema=SCHEMA)
    return _write(certificate, identity, state.epoch, stream, group, about, LEVEL if filled > SMALL else TIGHTEST)


def _waiting(state: JournalStateRow) -> Select[int, bytes, bytes]:
    return (
        select(JournalRow.seq, JournalRow.line, JournalRow.chain)
        .where(JournalRow.seq > state.received_upto)
        .order_by(JournalRow.seq)
    )


def _write(
    certificate: Certificate,
    identity: Identity,
    epoch: str,
    stream: Stream,
    lines: Sequence[bytes],
    about: Mapping[str, Any],
    level: int = LEVEL,
) -> Part:
    subject = Subject(kind=BundleKind.UP, station=certificate.station, epoch=epoch, stream=stream)
    recipients = [certificate.hub_keys.age, certificate.escrow]
    data = write_bundle(subject, lines, signer=identity.sign, recipients=recipients, about=about, level=level)
    name = usb.up_name(certificate.station, epoch, stream.first, stream.last, stream.part[0])
    return Part(name, data, subject.bundle, stream.first, stream.last)


def chain_at(session: Session, certificate: Certificate, seq: int) -> bytes:
    """The journal's chain after that line."""
    if seq == 0:
        return chain_start(certificate.station, session.get_one(JournalStateRow, 1).epoch)
    return session.get_one(JournalRow, seq).chain
