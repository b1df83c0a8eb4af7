"""What the hub says to a station that has just spoken: its receipt, its newest certificate, the next lines down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.hub.database.certificates import in_force, readers
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.down.stream import build_down
from covidstation.hub.replies.give_back import give_next
from covidstation.hub.replies.receipting import build_receipt
from covidstation.hub.rows import EnrolmentRow, StationRow, StreamRow
from covidstation.sync.receipts import write_receipt

MOST_CERTIFICATES: Final = 4


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
    query = select(EnrolmentRow, StationRow).join(StationRow, StationRow.n == EnrolmentRow.station)
    found = session.execute(query.where(EnrolmentRow.key_id == key)).first()
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
    hub: Hub, speaker: Speaker, epoch: str, *, held: int | None, carrier: str, now: datetime
) -> list[bytes]:
    """The receipt for that epoch, certificates in force newer than the one that the station holds, the next lines down;
    to a restored station its own next lines that it lacks.

    `held` is the serial that the station says it has, None when it does not say. That it was heard of is written.
    """
    with hub.db.read() as session:
        stream = _stream(session, speaker.station, epoch)
        if stream is None:
            return []
        station = session.get_one(StationRow, speaker.station)
        receipt = build_receipt(session, hub, station, stream, now)
        given = give_next(session, hub, station, stream, now=now)
        down = build_down(session, hub, station, now=now)
        signer, recipients = hub.keys_now(session).identity.sign, readers(session, speaker.station, speaker.age)
        newer = [row.certificate for row in in_force(session, station.n) if held is not None and held < row.serial]
    answer = [write_receipt(receipt, signer=signer, recipients=recipients), *newer[:MOST_CERTIFICATES]]
    answer += [bundle for bundle in (given, down) if bundle is not None]
    with hub.db.write(None, now) as session:
        station, row = session.get_one(StationRow, speaker.station), _stream(session, speaker.station, epoch)
        station.contact_at, station.carrier = utc(now), carrier
        if row is not None:
            row.receipt_at, row.receipt_upto = utc(now), receipt.upto
    return answer


def _stream(session: Session, station: int, epoch: str) -> StreamRow | None:
    return session.scalars(select(StreamRow).where(StreamRow.station == station, StreamRow.epoch == epoch)).first()
