"""Answers to stations: certificates and receipts on a stick, from what is durable alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.errors import UserError
from covidstation.hub.figures import staged_ranges, stations_in_force
from covidstation.hub.rows import OperationRow, StationRow, StreamRow
from covidstation.hub.store import Hub, utc
from covidstation.messages import sentence
from covidstation.sync.bundle import read_header
from covidstation.sync.carriers import usb
from covidstation.sync.header import Kind
from covidstation.sync.receipts import MOST_STAGED, Receipt, ReceiptException, write_receipt
from covidstation.sync.refusals import BundleRefused

MOST_EXCEPTIONS: Final = 20_000  # the first ones; a station with more has a trouble that these show
HEADER: Final = 16 << 10
_RECEIPT: Final = re.compile(r"R-[0-9a-f]{8}-\d{10}\.csb")


@dataclass(frozen=True, slots=True)
class Written:
    """What was put on the stick for one station."""

    station: StationRow
    certificate: Path
    receipt: Path
    upto: int


def build_receipt(session: Session, hub: Hub, station: StationRow, stream: StreamRow, now: datetime) -> Receipt:
    """What this hub durably holds of a stream, as of the session's snapshot."""
    query = (
        select(OperationRow.seq, OperationRow.status, OperationRow.code)
        .where(OperationRow.stream == stream.n, OperationRow.code.is_not(None))
        .order_by(OperationRow.seq)
        .limit(MOST_EXCEPTIONS)
    )
    return Receipt(
        station=station.id,
        epoch=stream.epoch,
        upto=stream.upto,
        chain=stream.chain,
        staged=staged_ranges(session, stream)[:MOST_STAGED],
        exceptions=tuple(
            ReceiptException(seq, status or "", code or "", sentence(UserError(code or "")))
            for seq, status, code in session.execute(query)
        ),
        hub_time=now.astimezone(UTC).replace(microsecond=0),
        hub_epoch=hub.epoch,
        hub_name=hub.name,
    )


def export_answers(hub: Hub, folder: Path, *, now: datetime) -> Iterator[Written]:
    """Write certificate and receipt of every enrolled station, each read back; then take its older receipts away.

    Raises UserError `stick.…`; what was written before that stays.
    """
    with hub.db.read() as session:
        answers = [
            (station, enrolment, stream.n, build_receipt(session, hub, station, stream, now))
            for station, enrolment, stream in stations_in_force(session)
        ]
    for station, enrolment, stream_n, receipt in answers:
        name = usb.certificate_name(station.id, enrolment.serial)
        certificate = usb.put(folder, name, enrolment.certificate)
        data = write_receipt(receipt, signer=hub.keys.identity.sign, recipients=[enrolment.age])
        path = usb.put(folder, usb.receipt_name(station.id, receipt.epoch, receipt.upto), data)
        _take_away_older(hub, path)
        with hub.db.write(None, now) as session:
            stream = session.get_one(StreamRow, stream_n)
            stream.receipt_at, stream.receipt_upto = utc(now), receipt.upto
        yield Written(station, certificate, path, receipt.upto)


def _take_away_older(hub: Hub, newest: Path) -> None:
    """Receipts of this hub that the newest one makes superfluous; those of others stay. A failure leaves litter."""
    with suppress(OSError):
        for path in list(newest.parent.iterdir()):
            other = _RECEIPT.fullmatch(path.name) and path != newest
            if other and path.is_file() and not path.is_symlink() and _is_ours(hub, path):
                path.unlink()


def _is_ours(hub: Hub, path: Path) -> bool:
    try:
        with path.open("rb") as file:
            header = read_header(file.read(HEADER))
    except BundleRefused:
        return False
    return header.kind is Kind.RECEIPT and header.sender == hub.keys.identity.sign.id
