"""What is known of a file before it is opened: who signed it, what became of it when it came before."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from covidstation.errors import UserError
from covidstation.hub.database.lane import Known
from covidstation.hub.database.outcomes import OUTCOMES_KEPT, Intake, Outcome
from covidstation.hub.intake.former import FORK, went_on
from covidstation.hub.rows import BundleRow, EnrolmentRow, StationRow, StreamRow
from covidstation.sync.bundle import Sender
from covidstation.sync.header import Header

# Asked for each file: a statement made once costs a third of one that is put together each time.
_BUNDLE: Final = select(BundleRow).where(BundleRow.sha256 == bindparam("sha256"))
_SIGNER: Final = (
    select(EnrolmentRow.sign, StationRow.id, StationRow.n, StreamRow.upto)
    .join(StationRow, StationRow.n == EnrolmentRow.station)
    .outerjoin(StreamRow, (StreamRow.station == StationRow.n) & (StreamRow.epoch == bindparam("epoch")))
    .where(EnrolmentRow.key_id == bindparam("key"))
)
_STREAM: Final = select(StreamRow).where(
    StreamRow.station == bindparam("station"), StreamRow.epoch == bindparam("epoch")
)


def find_signer(session: Session, header: Header, sha256: bytes) -> tuple[Known, int]:
    """Whose key the header names, a former one too: what it signed is read, and then perhaps set aside.

    With the number of the station. Nobody has checked the header yet; a stranger's has no senders.
    """
    found = session.execute(_SIGNER, {"key": header.sender, "epoch": header.epoch}).first()
    if found is None:
        return Known(sha256, {}), 0
    may_be_held = found.upto is not None and header.stream is not None and header.stream.last <= found.upto
    return Known(sha256, {header.sender: Sender(found.sign, found.id)}, may_be_held), found.n


def find_seen(session: Session, sha256: bytes, name: str) -> tuple[Intake, tuple[int, str]] | None:
    """The very same file had its outcome before: no need to open it. With the stream in which it lies."""
    row = session.scalars(_BUNDLE, {"sha256": sha256}).first()
    if row is None:
        return None
    is_over = row.code == FORK and went_on(session, row)
    intake = intake_of(session, row, Outcome.ALREADY if is_over else OUTCOMES_KEPT[Outcome(row.outcome)], name)
    if row.code and not is_over:
        intake = replace(intake, trouble=UserError(row.code, line=row.first, name=intake.station_name))
    return intake, (row.station, row.epoch)


def seen_before(session: Session, sha256: bytes, name: str) -> Intake | None:
    """What a file that had its outcome before is told when it comes again."""
    found = find_seen(session, sha256, name)
    return found[0] if found else None


def intake_of(session: Session, row: BundleRow, outcome: Outcome, name: str) -> Intake:
    """An outcome with what a person is told about it."""
    station = session.get_one(StationRow, row.station)
    stream = stream_of(session, row.station, row.epoch)
    return Intake(
        name, outcome, station.id, station.name, row.first, row.last, upto=stream.upto if stream is not None else 0
    )


def stream_of(session: Session, station: int, epoch: str) -> StreamRow | None:
    """How far an epoch of a station has come; asked for again and again in one slice."""
    known: dict[tuple[int, str], StreamRow] = session.info.setdefault("streams", {})
    if (station, epoch) not in known:
        if (found := session.scalars(_STREAM, {"station": station, "epoch": epoch}).first()) is None:
            return None
        known[station, epoch] = found
    return known[station, epoch]
