"""What the hub says to a station that has just spoken: its receipt, its newest certificate, the next lines down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from covidstation.hub.database.certificates import MOST_READERS, in_force
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.down.stream import build_down
from covidstation.hub.replies.give_back import give_next
from covidstation.hub.replies.receipting import build_receipt
from covidstation.hub.rows import EnrolmentRow, StationRow, StreamRow
from covidstation.sync.receipts import write_receipt

MOST_CERTIFICATES: Final = 4
_STREAM: Final = select(StreamRow).where(
    StreamRow.station == bindparam("station"), StreamRow.epoch == bindparam("epoch")
)
_SPEAKER: Final = (
    select(EnrolmentRow, StationRow)
    .join(StationRow, StationRow.n == EnrolmentRow.station)
    .where(EnrolmentRow.key_id == bindparam("key"))
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose key signed a bundle; `revoked` when the key is no longer in force."""

    station: int
    id: UUID
    name: str
    sign: bytes
    age: str
    revoked: bool


def find_speaker(session: Session, key: str) -> Speaker | None:
    """The station behind a key id, former keys too; None for a stranger."""
    found = session.execute(_SPEAKER, {"key": key}).first()
    if found is None:
        return None
    enrolment, station = found
    return Speaker(
        station=station.n,
        id=station.id,
        name=station.name,
        sign=enrolment.sign,
        age=enrolment.age,
        revoked=enrolment.revoked_at is not None,
    )


def build_answer(
    hub: Hub, speaker: Speaker, epoch: str, *, held: int | None, carrier: str, noted: bool = False, now: datetime
) -> list[bytes]:
    """The receipt for that epoch, certificates in force newer than the one that the station holds, the next lines down;
    to a restored station its own next lines that it lacks.

    `held` is the serial that the station says it has, None when it does not say. That it was heard of, and gets this
    receipt, is written, unless it was `noted` when its lines were taken in.
    """
    with hub.db.read() as session:
        stream = _stream(session, speaker.station, epoch)
        if stream is None:
            return []
        station = session.get_one(StationRow, speaker.station)
        receipt = build_receipt(session, hub, station, stream, now)
        given = give_next(session, hub, station, stream, now=now)
        down = build_down(session, hub, station, now=now)
        signer, keys = hub.keys_now(session).identity.sign, in_force(session, station.n)
        recipients = list(dict.fromkeys([speaker.age, *(row.age for row in keys[:MOST_READERS])]))
        newer = [row.certificate for row in keys if held is not None and held < row.serial]
    answer = [write_receipt(receipt, signer=signer, recipients=recipients), *newer[:MOST_CERTIFICATES]]
    answer += [bundle for bundle in (given, down) if bundle is not None]
    if noted:
        return answer
    with hub.db.write(None, now) as session:
        station, row = session.get_one(StationRow, speaker.station), _stream(session, speaker.station, epoch)
        station.contact_at, station.carrier = utc(now), carrier
        if row is not None:
            row.receipt_at, row.receipt_upto = utc(now), receipt.upto
    return answer


def _stream(session: Session, station: int, epoch: str) -> StreamRow | None:
    return session.scalars(_STREAM, {"station": station, "epoch": epoch}).first()
