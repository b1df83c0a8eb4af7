"""Freezing the waiting lines of the journal into bundles: the same bytes for a stick and for the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.journal import SCHEMA
from covidstation.db.rows import JournalRow, JournalStateRow
from covidstation.domain.ops import chain_start, decode_op
from covidstation.sync.bundle import Subject, split_records, write_bundle
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import Certificate
from covidstation.sync.header import Kind as BundleKind
from covidstation.sync.header import Stream
from covidstation.sync.identity import Identity


@dataclass(frozen=True, slots=True)
class Part:
    """One bundle to be carried: its name on a stick, its bytes, the numbers of its first and last line."""

    name: str
    data: bytes
    bundle: UUID
    first: int
    last: int


def pack(session: Session, certificate: Certificate, identity: Identity, about: Mapping[str, Any]) -> list[Part]:
    """Freeze the waiting journal lines into parts; a transaction is never divided."""
    state = session.get_one(JournalStateRow, 1)
    rows = session.execute(
        select(JournalRow.seq, JournalRow.line, JournalRow.chain)
        .where(JournalRow.seq > state.received_upto)
        .order_by(JournalRow.seq)
    ).all()
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
        bundle = uuid4()
        subject = Subject(
            kind=BundleKind.UP,
            station=certificate.station,
            epoch=state.epoch,
            stream=Stream(
                first=first,
                last=last,
                chain_before=before,
                chain_after=chains[last],
                schema=SCHEMA,
                part=(number, len(groups)),
            ),
            bundle=bundle,
        )
        recipients = [certificate.hub_keys.age, certificate.escrow]
        data = write_bundle(subject, group, signer=identity.sign, recipients=recipients, about=about)
        parts.append(
            Part(usb.up_name(certificate.station, state.epoch, first, last, number), data, bundle, first, last)
        )
        first, before = last + 1, chains[last]
    return parts


def chain_at(session: Session, certificate: Certificate, seq: int) -> bytes:
    """The journal's chain after that line."""
    if seq == 0:
        return chain_start(certificate.station, session.get_one(JournalStateRow, 1).epoch)
    return session.get_one(JournalRow, seq).chain
