"""Taking in what stations send: every bundle gets one outcome, and a refused one changes nothing.

What has come is a high-water mark per stream. A bundle beyond a gap is checked and kept whole; when the gap closes it
goes the same way as a bundle that has just arrived. A bundle that contradicts the history held here (a fork), or comes
from keys no longer in force, is kept whole too, aside and never applied, and the alarm is a sentence. A new epoch is a
station that was restored: it has a stream of its own, and `hub.apply` knows the lines that came before.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.domain.ops import Op, chain_over, chain_start
from covidstation.errors import UserError
from covidstation.hub.apply import apply_operations
from covidstation.hub.rows import BundleRow, EnrolmentRow, OperationRow, StationRow, StreamRow
from covidstation.hub.store import Hub, utc
from covidstation.hub.watching import is_news, read_head, watch_head
from covidstation.sync.bundle import OpenedBundle, Sender, open_bundle, read_header, read_ops
from covidstation.sync.carriers import usb
from covidstation.sync.header import Kind, Stream
from covidstation.sync.refusals import BundleRefused


class Outcome(StrEnum):
    """What became of a bundle."""

    TAKEN = "taken"
    ALREADY = "already"
    WAITING = "waiting"  # for an earlier one
    ASIDE = "aside"  # kept whole, not applied: somebody has to look at it
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Intake:
    """The outcome of one bundle. `trouble` says why it was refused or stands aside."""

    name: str
    outcome: Outcome
    station: UUID | None = None
    station_name: str = ""
    first: int = 0
    last: int = 0
    taken: int = 0  # changes that are new in the history
    set_aside: int = 0  # of these, how many could not be applied
    upto: int = 0  # the stream's high-water mark afterwards
    trouble: UserError | None = None

    @property
    def gap(self) -> tuple[int, int] | None:
        """The numbers that a waiting bundle waits for."""
        return (self.upto + 1, self.first - 1) if self.outcome is Outcome.WAITING else None


@dataclass(frozen=True, slots=True)
class _Arrival:
    """An opened bundle, and what its header is sure to have."""

    data: bytes
    sha256: bytes
    bundle: OpenedBundle
    stream: Stream
    epoch: str
    name: str
    ops: Sequence[Op] = ()  # none before the lines were read

    @property
    def sender(self) -> str:
        """Key id of the signer."""
        return self.bundle.header.sender

    @property
    def lines(self) -> tuple[bytes, ...]:
        """As they came."""
        return self.bundle.lines


class _Aside(Exception):
    """The bundle contradicts what is held here."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


OUTCOMES_KEPT: Final = {Outcome.TAKEN: Outcome.ALREADY, Outcome.WAITING: Outcome.WAITING, Outcome.ASIDE: Outcome.ASIDE}


def import_place(hub: Hub, place: Path, *, now: datetime) -> Iterator[Intake]:
    """Take in a file, or all bundles below a folder, each in a transaction of its own, as they are found.

    In a folder, what is not for a hub (receipts, certificates, enrolments) is passed over. Raises UserError
    `stick.…` when the place itself cannot be read.
    """
    alone = place.is_file()
    for found in usb.scan(place):
        try:
            data = usb.read(found)
            if not alone and read_header(data).kind is not Kind.UP:
                continue
            yield from take_in(hub, data, name=found.path.name, now=now)
        except UserError as trouble:
            yield Intake(found.path.name, Outcome.REFUSED, trouble=trouble)


def take_in(hub: Hub, data: bytes, *, name: str = "", now: datetime) -> list[Intake]:
    """Take in one file: its outcome, then those of bundles that had waited for it.

    Checks and decryption go before the transaction; history, state and high-water mark are one transaction.
    Raises BundleRefused, UserError; nothing was changed then.
    """
    sha256 = hashlib.sha256(data).digest()
    with hub.db.read() as session:
        again = _seen(session, sha256, name)
    if again is not None:
        return [again]
    header = read_header(data)
    if header.kind is not Kind.UP:
        raise BundleRefused("bundle.wrong_kind", kind=header.kind.value)
    with hub.db.read() as session:
        sender = _senders(session, header.sender)
    with _uncollected():
        arrival = _open(hub, data, sha256, sender, name)
        with hub.db.read() as session:
            held = _held(session, arrival)
        if held is not None:
            _watch_again(hub, arrival, now)
            return [held]
        arrival = replace(arrival, ops=read_ops(arrival.bundle))
        with hub.db.write(None, now) as session:
            return _settle(session, hub, arrival, now)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection: it would look a hundred times at a bundle's objects, which all live to its end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _seen(session: Session, sha256: bytes, name: str) -> Intake | None:
    """The very same file had its outcome before: no need to open it."""
    row = session.scalars(select(BundleRow).where(BundleRow.sha256 == sha256)).first()
    if row is None:
        return None
    outcome = OUTCOMES_KEPT[Outcome(row.outcome)]
    intake = _intake(session, row, outcome, name)
    return (
        replace(intake, trouble=UserError(row.code, line=row.first, name=intake.station_name)) if row.code else intake
    )


def _intake(session: Session, row: BundleRow, outcome: Outcome, name: str) -> Intake:
    station = session.get_one(StationRow, row.station)
    stream = _stream(session, row.station, row.epoch)
    return Intake(
        name, outcome, station.id, station.name, row.first, row.last, upto=stream.upto if stream is not None else 0
    )


def _senders(session: Session, sender: str) -> dict[str, Sender]:
    """The key of that id, former ones too: what they signed is read, and then set aside."""
    query = select(EnrolmentRow.sign, StationRow.id).join(StationRow, StationRow.n == EnrolmentRow.station)
    found = session.execute(query.where(EnrolmentRow.key_id == sender)).first()
    return {sender: Sender(found.sign, found.id)} if found else {}


def _open(hub: Hub, data: bytes, sha256: bytes, senders: dict[str, Sender], name: str) -> _Arrival:
    bundle = open_bundle(data, known_senders=senders, identities=[hub.keys.identity.age])
    header = bundle.header
    if header.stream is None or header.epoch is None:
        raise BundleRefused("bundle.wrong_kind", kind=header.kind.value)
    return _Arrival(data, sha256, bundle, header.stream, header.epoch, name)


def _held(session: Session, arrival: _Arrival) -> Intake | None:
    """The outcome of a bundle whose every line is held here: stations send all again until a receipt comes.

    Lines that were read once need not be read again; their chain says that they are the same.
    """
    enrolment = _enrolment(session, arrival)
    stream = _stream(session, enrolment.station, arrival.epoch)
    first, last = arrival.stream.first, arrival.stream.last
    whole = bool(arrival.lines) and len(arrival.lines) == last - first + 1
    if enrolment.revoked_at is not None or stream is None or last > stream.upto or not whole:
        return None
    if chain_over(arrival.stream.chain_before, arrival.lines) != _chain_at(session, stream, last):
        return None
    station = session.get_one(StationRow, enrolment.station)
    return Intake(arrival.name, Outcome.ALREADY, station.id, station.name, first, last, upto=stream.upto)


def _enrolment(session: Session, arrival: _Arrival) -> EnrolmentRow:
    return session.scalars(select(EnrolmentRow).where(EnrolmentRow.key_id == arrival.sender)).one()


def _stream(session: Session, station: int, epoch: str) -> StreamRow | None:
    return session.scalars(select(StreamRow).where(StreamRow.station == station, StreamRow.epoch == epoch)).first()


def _settle(session: Session, hub: Hub, arrival: _Arrival, now: datetime) -> list[Intake]:
    """Decide, write, and let go what had waited; all in the caller's transaction."""
    enrolment = _enrolment(session, arrival)
    done = [_place(session, enrolment, arrival, now)]
    _watch(session, enrolment, arrival, now)
    stream = _stream(session, enrolment.station, arrival.epoch)
    while done[0].taken and stream is not None and (row := _next_waiting(session, stream)) is not None:
        done.append(_place(session, enrolment, _take_up(session, hub, row), now))
    return done


def _watch(session: Session, enrolment: EnrolmentRow, arrival: _Arrival, now: datetime) -> None:
    """The head of the station's record, when its keys are in force and its epoch has a stream here."""
    if enrolment.revoked_at is None and _stream(session, enrolment.station, arrival.epoch) is not None:
        said, last = read_head(arrival.bundle.about), arrival.stream.last
        watch_head(session, enrolment.station, arrival.epoch, said, last, now)


def _watch_again(hub: Hub, arrival: _Arrival, now: datetime) -> None:
    """A bundle without a new line may still say that the record went on."""
    said = read_head(arrival.bundle.about)
    with hub.db.read() as session:
        station = _enrolment(session, arrival).station
        news = is_news(session, station, arrival.epoch, said, arrival.stream.last)
    if news:
        with hub.db.write(None, now) as session:
            _watch(session, _enrolment(session, arrival), arrival, now)


def _take_up(session: Session, hub: Hub, row: BundleRow) -> _Arrival:
    """A bundle that had waited, as if it arrived now; its row makes way for the one of its new outcome."""
    data = row.kept or b""
    station = session.get_one(StationRow, row.station)
    name = usb.up_name(station.id, row.epoch, row.first, row.last).rpartition("/")[2]
    arrival = _open(hub, data, row.sha256, _senders(session, read_header(data).sender), name)
    session.delete(row)
    session.flush()
    return replace(arrival, ops=read_ops(arrival.bundle))


def _next_waiting(session: Session, stream: StreamRow) -> BundleRow | None:
    query = select(BundleRow).where(
        BundleRow.station == stream.station,
        BundleRow.epoch == stream.epoch,
        BundleRow.outcome == Outcome.WAITING.value,
        BundleRow.first <= stream.upto + 1,
    )
    return session.scalars(query.order_by(BundleRow.first, BundleRow.n).limit(1)).first()


def _place(session: Session, enrolment: EnrolmentRow, arrival: _Arrival, now: datetime) -> Intake:
    row = BundleRow(
        station=enrolment.station,
        epoch=arrival.epoch,
        id=arrival.bundle.header.bundle,
        first=arrival.stream.first,
        last=arrival.stream.last,
        sha256=arrival.sha256,
        read_at=utc(now),
    )
    taken = set_aside = 0
    trouble = None
    try:
        stream = _stream_in_force(session, enrolment, arrival)
        outcome, new = _compare(session, stream, arrival)
        if new:
            set_aside = apply_operations(session, stream, arrival.ops[-new:], arrival.lines[-new:])
            stream.imported_at, taken = utc(now), new
    except _Aside as reason:
        outcome = Outcome.ASIDE
        station = session.get_one(StationRow, enrolment.station)
        row.code = reason.code
        trouble = UserError(reason.code, line=row.first, name=station.name)
    if outcome is not Outcome.ALREADY:
        row.outcome = outcome.value
        row.kept = None if outcome is Outcome.TAKEN else arrival.data
        session.add(row)
        session.flush()
    intake = _intake(session, row, outcome, arrival.name)
    return replace(intake, taken=taken, set_aside=set_aside, trouble=trouble)


def _stream_in_force(session: Session, enrolment: EnrolmentRow, arrival: _Arrival) -> StreamRow:
    """Any epoch of a station whose keys are in force: a restored one begins its own and sends all that it holds."""
    if enrolment.revoked_at is not None:
        raise _Aside("bundle.former_keys")
    stream = _stream(session, enrolment.station, arrival.epoch)
    if stream is None:
        station = session.get_one(StationRow, enrolment.station)
        stream = StreamRow(
            station=station.n, epoch=arrival.epoch, upto=0, last_stamp=0, chain=chain_start(station.id, arrival.epoch)
        )
        session.add(stream)
        session.flush()
    return stream


def _compare(session: Session, stream: StreamRow, arrival: _Arrival) -> tuple[Outcome, int]:
    """How the bundle meets the history held here, and how many of its last lines are new. Raises _Aside for a fork.

    Equal chains at the last number that both have mean equal lines all the way there, so one comparison is enough.
    """
    first, last = arrival.stream.first, arrival.stream.last
    if first > stream.upto + 1:
        return (Outcome.WAITING if arrival.lines else Outcome.ALREADY), 0
    held = max(0, min(last, stream.upto) - first + 1)
    if chain_over(arrival.stream.chain_before, arrival.lines[:held]) != _chain_at(session, stream, first - 1 + held):
        raise _Aside("bundle.fork")
    new = len(arrival.lines) - held
    return (Outcome.TAKEN if new else Outcome.ALREADY), new


def _chain_at(session: Session, stream: StreamRow, seq: int) -> bytes:
    if seq == stream.upto:
        return stream.chain
    if seq == 0:
        return chain_start(session.get_one(StationRow, stream.station).id, stream.epoch)
    return session.get_one(OperationRow, (stream.n, seq)).chain
