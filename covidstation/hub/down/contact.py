"""What a station says of itself beside its lines: its program, its backup, what waits, how far it has read ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from covidstation.domain.canonical import Fields, is_hex
from covidstation.hub.database.store import utc
from covidstation.hub.down.stream import open_stream
from covidstation.hub.rows import DownStreamRow, StationRow, StreamRow, to_json

MOST_ABOUT: Final = 16_000  # letters kept of it
MOST_EPOCHS: Final = 64
USB: Final = "usb"
HTTP: Final = "http"
_NEWEST: Final = (
    select(StreamRow.epoch, StreamRow.upto)
    .where(StreamRow.station == bindparam("station"))
    .order_by(StreamRow.n.desc())
    .limit(1)
)


def remember_contact(
    session: Session, station_n: int, epoch: str, last: int, about: Mapping[str, Any], *, carrier: str, now: datetime
) -> None:
    """Keep what a bundle said, unless it is an old one that came late; inside `hub.database.kinds.write`.

    `epoch` and `last` are those of the bundle, after its lines were taken. A station that was restored has read less
    than it had said before: its newest word counts, higher or lower.
    """
    newest = session.execute(_NEWEST, {"station": station_n}).first()
    if newest is None or newest.epoch != epoch or last < newest.upto:
        return
    station = session.get_one(StationRow, station_n)
    station.contact_at, station.carrier = utc(now), carrier
    kept = {name: value for name, value in about.items() if name != "audit"}
    station.about = kept if len(to_json(kept)) <= MOST_ABOUT else {}
    current, read = open_stream(session, station_n), read_down(about)
    if "down" in about:
        read.setdefault(current.epoch, 0)  # a new computer that has nothing of ours names no epoch
    for hub_epoch, upto in read.items():
        stream = session.get(DownStreamRow, (station_n, hub_epoch))
        if stream is not None:
            stream.told_upto, stream.told_at = min(upto, stream.last_seq), utc(now)
    session.flush()


def read_down(about: Mapping[str, Any]) -> dict[str, int]:
    """What it says of our lines; nothing when it cannot be read."""
    try:
        found = Fields(dict(about)).numbers("down", MOST_EPOCHS)
    except ValueError:
        return {}
    return {epoch: upto for epoch, upto in found.items() if is_hex(epoch, 16)}
