"""Answers to stations: certificates and receipts on a stick, from what is durable alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from covidstation.errors import UserError
from covidstation.hub.database.certificates import readers
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.down.contact import read_down
from covidstation.hub.down.stream import down_bundles, open_stream
from covidstation.hub.figures.stations import staged_ranges, stations_in_force
from covidstation.hub.rows import DownStreamRow, EnrolmentRow, OperationRow, StationRow, StreamRow
from covidstation.messages import sentence
from covidstation.sync.bundle import read_header
from covidstation.sync.carriers import usb
from covidstation.sync.header import Header, Kind
from covidstation.sync.receipts import MOST_EPOCHS, MOST_STAGED, Receipt, ReceiptException, write_receipt
from covidstation.sync.refusals import BundleRefused

MOST_EXCEPTIONS: Final = 20_000  # the first ones; a station with more has a trouble that these show
HEADER: Final = 16 << 10
_EXCEPTIONS: Final = (
    select(OperationRow.seq, OperationRow.status, OperationRow.code)
    .where(OperationRow.stream == bindparam("stream"), OperationRow.code.is_not(None))
    .order_by(OperationRow.seq)
    .limit(MOST_EXCEPTIONS)
)
_RECEIPT: Final = re.compile(r"R-[0-9a-f]{8}-\d{10}\.csb")
_DOWN: Final = re.compile(r"D-[0-9a-f]{8}-\d{10}-\d{10}-\d{3}\.csb")


@dataclass(frozen=True, slots=True)
class Written:
    """What was put on the stick for one station; `down` are bundles of our own lines that it has not read."""

    station: StationRow
    certificate: Path
    receipt: Path
    upto: int
    down: tuple[Path, ...] = ()


def build_receipt(session: Session, hub: Hub, station: StationRow, stream: StreamRow, now: datetime) -> Receipt:
    """What this hub durably holds of a stream, as of the session's snapshot."""
    return Receipt(
        station=station.id,
        epoch=stream.epoch,
        upto=stream.upto,
        chain=stream.chain,
        staged=staged_ranges(session, stream)[:MOST_STAGED],
        exceptions=tuple(
            ReceiptException(seq, status or "", code or "", sentence(UserError(code or "")))
            for seq, status, code in session.execute(_EXCEPTIONS, {"stream": stream.n})
        ),
        hub_time=now.astimezone(UTC).replace(microsecond=0),
        hub_epoch=hub.epoch,
        hub_name=hub.name,
        down=_former_epochs(session, hub, station),
    )


def _former_epochs(session: Session, hub: Hub, station: StationRow) -> dict[str, int]:
    """How far this hub knows what it said before it was restored: a station that holds more sends it back.

    Of an epoch that only the station knows, 0: who has heard of it comes after it, and the station believes that.
    """
    query = select(DownStreamRow.epoch, DownStreamRow.last_seq).where(
        DownStreamRow.station == station.n, DownStreamRow.epoch != hub.epoch
    )
    known = {epoch: last for epoch, last in session.execute(query.limit(MOST_EPOCHS))}
    heard = [epoch for epoch in read_down(station.about or {}) if epoch not in (hub.epoch, *known)]
    return known | dict.fromkeys(heard[: MOST_EPOCHS - len(known)], 0)


def export_answers(hub: Hub, folder: Path, *, now: datetime) -> Iterator[Written]:
    """Write what is for every enrolled station, each file read back; then take away what that makes superfluous.

    Certificate, our own lines that it has not read, receipt. Raises UserError `stick.…`; what was written before stays.
    """
    with hub.db.read() as session:
        numbers = [station.n for station, _enrolment, _stream in stations_in_force(session)]
    with hub.db.write(None, now) as session:
        for number in numbers:
            open_stream(session, number)
    with hub.db.read() as session:
        answers = [
            _Answer(station, enrolment, stream.n, build_receipt(session, hub, station, stream, now))
            for station, enrolment, stream in stations_in_force(session)
        ]
    for answer in answers:
        yield _put(hub, folder, answer, now)


@dataclass(frozen=True, slots=True)
class _Answer:
    station: StationRow
    enrolment: EnrolmentRow
    stream: int
    receipt: Receipt


def _put(hub: Hub, folder: Path, answer: _Answer, now: datetime) -> Written:
    station, enrolment, receipt = answer.station, answer.enrolment, answer.receipt
    certificate = usb.put(folder, usb.certificate_name(station.id, enrolment.serial), enrolment.certificate)
    with hub.db.read() as session:
        down = tuple(usb.put(folder, name, data) for name, data in down_bundles(session, hub, station, now=now))
        signer, recipients = hub.keys_now(session).identity.sign, readers(session, station.n)
    data = write_receipt(receipt, signer=signer, recipients=recipients or [enrolment.age])
    path = usb.put(folder, usb.receipt_name(station.id, receipt.epoch, receipt.upto), data)
    _take_away_older(hub, path.parent, {path, *down})
    with hub.db.write(None, now) as session:
        stream = session.get_one(StreamRow, answer.stream)
        stream.receipt_at, stream.receipt_upto = utc(now), receipt.upto
    return Written(station, certificate, path, receipt.upto, down)


def _take_away_older(hub: Hub, place: Path, newest: set[Path]) -> None:
    """Receipts of this hub, and lines of its present epoch, that the newest ones make superfluous; a failure leaves
    litter. Those of others stay, and lines of a former epoch: a restored hub may lack them."""
    with suppress(OSError):
        for path in list(place.iterdir()):
            if path in newest or path.is_symlink() or not path.is_file():
                continue
            if _RECEIPT.fullmatch(path.name) or _DOWN.fullmatch(path.name):
                header = _ours(hub, path)
                if header is not None and (header.kind is Kind.RECEIPT or header.epoch == hub.epoch):
                    path.unlink()


def _ours(hub: Hub, path: Path) -> Header | None:
    try:
        with path.open("rb") as file:
            header = read_header(file.read(HEADER))
    except BundleRefused:
        return None
    ours = {one.sign.id for one in (hub.keys.identity, *hub.keys.former)}
    return header if header.sender in ours and header.kind in (Kind.RECEIPT, Kind.DOWN) else None
