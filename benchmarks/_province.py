"""Many stations on one PostgreSQL hub, each with keys, a stream and one sealed bundle of its own; all invented.

They are laid straight into the tables, as enrolment leaves them: founding 12,000 by words is not what is measured.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from benchmarks.bundle import ACTOR, NOW, patient
from covidstation.domain.ops import Op, chain_over, chain_start, encode_op
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.rows import EnrolmentRow, StationRow, StreamRow
from covidstation.sync.bundle import Subject, write_bundle
from covidstation.sync.header import Kind, Stream
from covidstation.sync.identity import Identity, key_id

SERIAL = 1_000_000


@dataclass(frozen=True, slots=True)
class Sender:
    """One station and what it sends this morning."""

    id: UUID
    epoch: str
    keys: Identity
    bundle: UUID
    data: bytes
    lines: int


def enrolled(hub: Hub, count: int, luck: random.Random) -> list[tuple[UUID, str, Identity]]:
    """So many stations with keys in force; returns id, epoch, keys of each."""
    made = [
        (UUID(int=luck.getrandbits(128)), f"{luck.getrandbits(64):016x}", Identity.generate()) for _one in range(count)
    ]
    with hub.db.write(None, NOW) as session:
        for number, (id, _epoch, _keys) in enumerate(made):
            session.add(StationRow(id=id, name=f"Trạm Y tế xã {number + 1}", commune=f"{number:05d}", place=""))
        session.flush()
        numbers = {id: n for n, id in session.execute(select(StationRow.n, StationRow.id))}
        for serial, (id, epoch, keys) in enumerate(made, SERIAL):
            public = keys.public
            session.add(
                EnrolmentRow(
                    serial=serial,
                    station=numbers[id],
                    key_id=key_id(public.sign),
                    sign=public.sign,
                    age=public.age,
                    epoch=epoch,
                    certificate=b"",  # theirs already: nobody asks for it this morning
                    enrolled_at=utc(NOW),
                )
            )
            session.add(StreamRow(station=numbers[id], epoch=epoch, chain=chain_start(id, epoch)))
    return made


def senders(hub: Hub, count: int, lines: int, seed: int) -> Iterator[Sender]:
    """Each with one bundle of a morning: half new people, the other half an illness of each of them."""
    luck = random.Random(seed)
    recipients = [hub.keys.identity.age.public, hub.keys.escrow]
    for id, epoch, keys in enrolled(hub, count, luck):
        written = list(morning_lines(lines, luck))
        before = chain_start(id, epoch)
        stream = Stream(
            first=1, last=len(written), chain_before=before, chain_after=chain_over(before, written), schema=1
        )
        bundle = UUID(int=luck.getrandbits(128))
        subject = Subject(kind=Kind.UP, station=id, epoch=epoch, stream=stream, bundle=bundle)
        data = write_bundle(subject, written, signer=keys.sign, recipients=recipients)
        yield Sender(id, epoch, keys, bundle, data, len(written))


def morning_lines(count: int, luck: random.Random) -> Iterator[bytes]:
    """Journal lines, numbered from 1."""
    stamp = int(NOW.timestamp() * 1000) << 16
    person = ""
    for seq in range(1, count + 1):
        row = f"{luck.getrandbits(128):032x}"
        if seq % 2:
            person, table, fields = row, "person", patient(luck)
        else:
            table = "episode"
            fields = {
                "person_id": person,
                "report_date": "2022-03-10",
                "classification": "CONFIRMED",
                "outcome": "NO_OUTCOME",
                "isolation_type": "HOME",
                "symptoms": ["COUGH", "FEVER"],
            }
        op = Op(
            seq=seq,
            stamp=stamp + (seq << 16),
            action="i",
            table=table,
            row=row,
            fields=fields,
            actor=ACTOR,
            schema=1,
        )
        yield encode_op(op)
