"""Taking in what stations send: every bundle gets one outcome, and a refused one changes nothing.

What has come is a high-water mark per stream. A bundle beyond a gap is checked and kept whole; when the gap closes it
goes the same way as a bundle that has just arrived. A large one is taken in slices (`Taking`), so that others need not
wait for all of it. A bundle that contradicts the history held here (a fork), or comes from keys no longer in force, is
kept whole too, aside and never applied, and the alarm is a sentence. A new epoch is a station that was restored: it
has a stream of its own, and `hub.merging.apply` knows the lines that came before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Table, bindparam, exists, insert, select
from sqlalchemy.orm import Session

from covidstation.domain.ops import Op, chain_over, chain_start
from covidstation.errors import UserError
from covidstation.hub.database.holding import hold_stations
from covidstation.hub.database.lane import Known
from covidstation.hub.database.outcomes import Intake as Intake
from covidstation.hub.database.outcomes import Outcome as Outcome
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.down.contact import HTTP, USB, remember_contact
from covidstation.hub.down.hearing import hear
from covidstation.hub.intake.former import FORK, why_aside
from covidstation.hub.intake.known import find_seen, find_signer, intake_of, stream_of
from covidstation.hub.intake.slices import SLICE, slice_end, uncollected
from covidstation.hub.intake.vouched import take_keys, take_keys_of_stick
from covidstation.hub.intake.watching import read_head, watch_head
from covidstation.hub.merging.apply import apply_operations
from covidstation.hub.rows import BundleRow, EnrolmentRow, OperationRow, StationRow, StreamRow
from covidstation.hub.stations.vouching import end_former
from covidstation.sync.bundle import OpenedBundle, Sender, open_bundle, read_header, read_ops
from covidstation.sync.carriers import usb
from covidstation.sync.header import NAMELESS, Kind, Stream
from covidstation.sync.refusals import BundleRefused

_BUNDLE: Final = cast(Table, BundleRow.__table__)
_NEW: Final = {
    column.name: bindparam(f"new_{column.name}", type_=column.type) for column in _BUNDLE.c if column.name != "n"
}
_ADD_BUNDLE: Final = insert(_BUNDLE).from_select(  # unless the same file came by another way after this one was opened
    list(_NEW), select(*_NEW.values()).where(~exists().where(_BUNDLE.c.sha256 == _NEW["sha256"]))
)
_ENROLMENT: Final = select(EnrolmentRow).where(EnrolmentRow.key_id == bindparam("key"))
_WAITING: Final = (
    select(BundleRow)
    .join(StreamRow, (StreamRow.station == BundleRow.station) & (StreamRow.epoch == BundleRow.epoch))
    .where(
        BundleRow.station == bindparam("station"),
        BundleRow.epoch == bindparam("epoch"),
        BundleRow.outcome == Outcome.WAITING.value,
        BundleRow.first <= StreamRow.upto + 1,
    )
    .order_by(BundleRow.first, BundleRow.n)
    .limit(1)
)


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
    waited: int | None = None  # row of a bundle that had waited
    is_answered: bool = False  # its sender waits for a receipt, which `replies.answering` gives after the commit

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


def import_place(hub: Hub, place: Path, *, now: datetime) -> Iterator[Intake]:
    """Take in a file, or all bundles below a folder, each in a transaction of its own, as they are found.

    In a folder, what is not for a hub (receipts, certificates, enrolments) is passed over, but not keys that are
    vouched for. Raises UserError `stick.…` when the place itself cannot be read.
    """
    alone = place.is_file()
    for found in usb.scan(place):
        try:
            data = usb.read(found)
            if (kind := read_header(data).kind) is Kind.UP or (alone and kind not in NAMELESS):
                yield from take_in(hub, data, name=found.path.name, now=now)
            elif alone:
                yield take_keys(hub, data, name=found.path.name, now=now)
            elif (keys := take_keys_of_stick(hub, data, name=found.path.name, now=now)) is not None:
                yield keys
        except UserError as trouble:
            yield Intake(found.path.name, Outcome.REFUSED, trouble=trouble)


def take_in(hub: Hub, data: bytes, *, name: str = "", now: datetime) -> list[Intake]:
    """Take in one file: its outcome, then those of bundles that had waited for it.

    Checks and decryption go before the transactions; history, state and high-water mark are one transaction for each
    slice. Raises BundleRefused, UserError; nothing was changed then, but for the slices before the one that failed.
    """
    taking = Taking(hub, data, name=name, now=now)
    while not taking.is_done:
        with hub.db.write(None, now) as session:
            taking.step(session)
    return taking.outcomes


class Taking:
    """One file on its way in. Cut off anywhere, it goes on where it was when the same file is taken in again."""

    def __init__(
        self,
        hub: Hub,
        data: bytes,
        *,
        name: str = "",
        carrier: str = USB,
        now: datetime,
        known: Known | None = None,
    ) -> None:
        """Check, decrypt and read the file, outside any transaction; what is not `known` is looked up.

        Raises BundleRefused, UserError.
        """
        self._hub, self._carrier, self._now = hub, carrier, now
        self.outcomes: list[Intake] = []
        self._arrival: _Arrival | None = None  # what is being taken; None: look for one that had waited
        self._taken = self._set_aside = 0  # by the slices so far
        self._stream: tuple[int, str] | None = None
        self.is_done = False
        if known is None and (known := self._look(data, name)) is None:
            return
        with uncollected():
            self._open(_open(hub, data, known.sha256, known.senders, name), known.may_be_held)

    def _look(self, data: bytes, name: str) -> Known | None:
        """None when it had its outcome before."""
        sha256 = hashlib.sha256(data).digest()
        with self._hub.db.read() as session:
            again = find_seen(session, sha256, name)
            if again is not None:
                self._end_with(session, again[0], again[1])
                return None
            header = read_header(data)
            if header.kind is not Kind.UP:
                raise BundleRefused("bundle.wrong_kind", kind=header.kind.value)
            self._hub.keys_now(session)
            return find_signer(session, header, sha256)[0]

    def _open(self, arrival: _Arrival, may_be_held: bool) -> None:
        if may_be_held:
            with self._hub.db.read() as session:
                held = _held(session, arrival)
                if held is not None:
                    self._end_with(session, held, (_enrolment(session, arrival).station, arrival.epoch))
            if held is not None:
                _watch_again(self._hub, arrival, self._carrier, self._now)
                return
        self._arrival = replace(arrival, ops=read_ops(arrival.bundle), is_answered=self._carrier == HTTP)

    def _end_with(self, session: Session, outcome: Intake, stream: tuple[int, str]) -> None:
        """Nothing in the file is new; but what had waited for it may still do so after a cut."""
        self.outcomes.append(outcome)
        self._stream = stream
        self.is_done = not self._others_wait(session)

    def _others_wait(self, session: Session) -> bool:
        return self._stream is not None and _next_waiting(session, *self._stream) is not None

    def step(self, session: Session, most: int = SLICE) -> None:
        """The next slice, of about so many changes, in the caller's transaction; `is_done` after the last one.

        When the transaction fails, so did the whole of it: begin with a new one.
        """
        with uncollected():
            if self._arrival is None and self._stream is not None:
                waiting = _next_waiting(session, *self._stream)
                self._arrival = None if waiting is None else _take_up(session, self._hub, waiting)
            if self._arrival is not None:
                self._advance(session, self._arrival, most)
            self.is_done = self._arrival is None and not self._others_wait(session)

    def _advance(self, session: Session, arrival: _Arrival, most: int) -> None:
        enrolment = _enrolment(session, arrival)
        hold_stations(session, enrolment.station)
        self._stream = (enrolment.station, arrival.epoch)
        placed = _place(session, self._hub, enrolment, arrival, self._now, most)
        self._taken += placed.taken
        self._set_aside += placed.set_aside
        stream = stream_of(session, enrolment.station, arrival.epoch)
        if placed.taken and stream is not None:
            end = stream.upto - arrival.stream.first + 1
            new = arrival.ops[end - placed.taken : end]
            hear(session, self._hub, stream, new, any_aside=placed.set_aside > 0, now=self._now)
        if placed.outcome is Outcome.PARTLY:
            return
        if arrival.waited is None:
            _watch(session, enrolment, arrival, self._now)
            _listen(session, enrolment, arrival, self._carrier, self._now)
        self.outcomes.append(replace(placed, taken=self._taken, set_aside=self._set_aside))
        self._arrival, self._taken, self._set_aside = None, 0, 0


def _open(hub: Hub, data: bytes, sha256: bytes, senders: Mapping[str, Sender], name: str) -> _Arrival:
    bundle = open_bundle(data, known_senders=senders, identities=hub.keys.readers)
    header = bundle.header
    if header.stream is None or header.epoch is None:
        raise BundleRefused("bundle.wrong_kind", kind=header.kind.value)
    return _Arrival(data, sha256, bundle, header.stream, header.epoch, name)


def _held(session: Session, arrival: _Arrival) -> Intake | None:
    """The outcome of a bundle whose every line is held here: stations send all again until a receipt comes.

    Lines that were read once need not be read again; their chain says that they are the same.
    """
    enrolment = _enrolment(session, arrival)
    stream = stream_of(session, enrolment.station, arrival.epoch)
    first, last = arrival.stream.first, arrival.stream.last
    whole = bool(arrival.lines) and len(arrival.lines) == last - first + 1
    if enrolment.revoked_at is not None or stream is None or last > stream.upto or not whole:
        return None
    if chain_over(arrival.stream.chain_before, arrival.lines) != _chain_at(session, stream, last):
        return None
    station = session.get_one(StationRow, enrolment.station)
    return Intake(arrival.name, Outcome.ALREADY, station.id, station.name, first, last, upto=stream.upto)


def _enrolment(session: Session, arrival: _Arrival) -> EnrolmentRow:
    known: dict[str, EnrolmentRow] = session.info.setdefault("enrolments", {})  # asked for again and again in one slice
    if arrival.sender not in known:
        known[arrival.sender] = session.scalars(_ENROLMENT, {"key": arrival.sender}).one()
    return known[arrival.sender]


def _watch(session: Session, enrolment: EnrolmentRow, arrival: _Arrival, now: datetime) -> None:
    """The head of the station's record, when its keys are in force and its epoch has a stream here."""
    if enrolment.revoked_at is None and stream_of(session, enrolment.station, arrival.epoch) is not None:
        said, last = read_head(arrival.bundle.about), arrival.stream.last
        watch_head(session, enrolment.station, arrival.epoch, said, last, now)


def _listen(session: Session, enrolment: EnrolmentRow, arrival: _Arrival, carrier: str, now: datetime) -> None:
    """What the station says of itself, when its keys are in force; those before them are so no longer."""
    if enrolment.revoked_at is None:
        end_former(session, enrolment, now)
        last, about = arrival.stream.last, arrival.bundle.about
        if carrier == HTTP:  # whatever epoch it speaks of
            station = session.get_one(StationRow, enrolment.station)
            station.contact_at, station.carrier = utc(now), carrier
        remember_contact(session, enrolment.station, arrival.epoch, last, about, carrier=carrier, now=now)


def _watch_again(hub: Hub, arrival: _Arrival, carrier: str, now: datetime) -> None:
    """A bundle without a new line may still say that the record went on, and how far our own lines were read."""
    with hub.db.write(None, now) as session:
        enrolment = _enrolment(session, arrival)
        _watch(session, enrolment, arrival, now)
        _listen(session, enrolment, arrival, carrier, now)


def _take_up(session: Session, hub: Hub, row: BundleRow) -> _Arrival:
    """A bundle that had waited, as if it arrived now; its row stays until all of it is taken."""
    data = row.kept or b""
    station = session.get_one(StationRow, row.station)
    name = usb.up_name(station.id, row.epoch, row.first, row.last).rpartition("/")[2]
    arrival = _open(hub, data, row.sha256, find_signer(session, read_header(data), row.sha256)[0].senders, name)
    return replace(arrival, ops=read_ops(arrival.bundle), waited=row.n)


def _next_waiting(session: Session, station: int, epoch: str) -> BundleRow | None:
    """The first bundle of that stream whose gap has closed."""
    return session.scalars(_WAITING, {"station": station, "epoch": epoch}).first()


def _place(session: Session, hub: Hub, enrolment: EnrolmentRow, arrival: _Arrival, now: datetime, most: int) -> Intake:
    """Write the next slice, or the outcome of the whole."""
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
            start = len(arrival.ops) - new
            end = slice_end(arrival.ops, start, most)
            lines = arrival.lines[start:end]
            set_aside = apply_operations(session, hub, stream, arrival.ops[start:end], lines, now=now)
            stream.imported_at, taken = utc(now), end - start
            outcome = Outcome.TAKEN if end == len(arrival.ops) else Outcome.PARTLY
            if arrival.is_answered and outcome is Outcome.TAKEN:
                stream.receipt_at, stream.receipt_upto = utc(now), stream.upto
    except _Aside as reason:
        outcome = Outcome.ASIDE
        station = session.get_one(StationRow, enrolment.station)
        row.code = reason.code
        trouble = UserError(reason.code, line=row.first, name=station.name)
    if outcome is not Outcome.PARTLY:
        _record(session, row, outcome, arrival)
    intake = intake_of(session, row, outcome, arrival.name)
    return replace(intake, taken=taken, set_aside=set_aside, trouble=trouble)


def _record(session: Session, row: BundleRow, outcome: Outcome, arrival: _Arrival) -> None:
    """Keep what became of a file; the row of one that had waited makes way."""
    if arrival.waited is not None:
        session.delete(session.get_one(BundleRow, arrival.waited))
        session.flush()
    if outcome is not Outcome.ALREADY:
        row.outcome = outcome.value
        row.kept = None if outcome is Outcome.TAKEN else arrival.data
        values = {new.key: getattr(row, name) for name, new in _NEW.items()}
        session.connection().execute(_ADD_BUNDLE, values)


def _stream_in_force(session: Session, enrolment: EnrolmentRow, arrival: _Arrival) -> StreamRow:
    """Any epoch of a station whose keys are in force: a restored one begins its own and sends all that it holds."""
    stream = stream_of(session, enrolment.station, arrival.epoch)
    if (code := why_aside(session, enrolment, stream, arrival.stream.last)) is not None:
        raise _Aside(code)
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
        raise _Aside(FORK)
    new = len(arrival.lines) - held
    return (Outcome.TAKEN if new else Outcome.ALREADY), new


def _chain_at(session: Session, stream: StreamRow, seq: int) -> bytes:
    if seq == stream.upto:
        return stream.chain
    if seq == 0:
        return chain_start(session.get_one(StationRow, stream.station).id, stream.epoch)
    return session.get_one(OperationRow, (stream.n, seq)).chain
