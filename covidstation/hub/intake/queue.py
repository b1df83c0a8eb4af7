"""The inbox: a file is durable there before anything else happens to it, and gets its outcome in its turn.

`enqueue` keeps it, `workers` takes it in, `wait` hears what became of it. What came before, by the hash of the
whole file, is answered from the record. Only what a known key signed is kept, and never more than the bounds.
A small file whose sender waits need not lie there (`take_at_once`): it is told of when it was taken in, not before.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, exists, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from covidstation.errors import UserError
from covidstation.hub.database.bell import Expected
from covidstation.hub.database.lane import Handed, Known
from covidstation.hub.database.outcomes import Intake, Outcome
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.intake.known import find_signer, seen_before
from covidstation.hub.rows import BundleRow, InboxRow
from covidstation.sync.bundle import check_bundle, read_header
from covidstation.sync.header import Header, Kind
from covidstation.sync.refusals import BundleRefused

SOON, LATER = 0.2, 3.0  # seconds between looks for another program's answer, growing; this program's own is heard
Json = Mapping[str, Any]
_OWN: Final = InboxRow.station == bindparam("station")
_MET: Final = select(
    select(InboxRow.state).where(InboxRow.sha256 == bindparam("sha256")).scalar_subquery(),
    exists().where(BundleRow.sha256 == bindparam("sha256")),
)
_OUTCOME: Final = select(InboxRow.outcome).where(InboxRow.sha256 == bindparam("sha256"))
_ROOM: Final = select(
    func.count(),
    func.coalesce(func.sum(InboxRow.size), 0),
    func.count().filter(_OWN),
    func.coalesce(func.sum(InboxRow.size).filter(_OWN), 0),
).where(InboxRow.state == "waiting")


class State(StrEnum):
    """Where a file of the inbox stands."""

    WAITING = "waiting"
    DONE = "done"
    ASIDE = "aside"  # this program failed at it; it is kept for the next version of the program


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may wait at once, in files and bytes, in all and of one station; beyond, senders come again later."""

    files: int = 5_000
    size: int = 512 << 20
    files_of_one: int = 64
    size_of_one: int = 160 << 20
    a_second: int = 50  # files that are surely taken in each second: how long to stay away


BOUNDS: Final = Bounds()
SHORT: Final = 1_000  # changes of a file that may go the short way
SOONEST, LATEST = 5, 300  # seconds after which to come again


@dataclass(frozen=True, slots=True)
class Ticket:
    """A file that is durable. `answer` is there at once when the file came before and had its outcome."""

    hub: Hub
    sha256: bytes
    expected: Expected
    answer: tuple[Intake, ...] | None = None


def enqueue(
    hub: Hub, data: bytes, now: datetime, *, name: str = "", carrier: str = "http", bounds: Bounds = BOUNDS
) -> Ticket:
    """Keep a file of a station until its turn; it is durable when this returns.

    Raises BundleRefused for what no known key signed or is not from a station; UserError hub.busy with `seconds` after
    which to come again. Nothing is kept then.
    """
    found = _look(hub, data, name, bounds)
    return found if isinstance(found, Ticket) else _keep(hub, data, found, now, name, carrier)


def take_at_once(
    hub: Hub, data: bytes, now: datetime, *, name: str = "", carrier: str = "http", patience: float
) -> list[Intake] | None:
    """Take a file in while its sender waits; None when it is durable and its turn has not come in that time.

    A small one is taken together with others that wait, without lying in the inbox first; what does not go smoothly
    there goes the long way. Raises as `enqueue`.
    """
    ends = time.monotonic() + patience
    found = _look(hub, data, name, BOUNDS)
    if isinstance(found, Ticket):
        return wait(found, patience)
    if hub.bell.workers and found.lines <= SHORT and not found.others:
        answer = _hand(hub, Handed(data, found.known, name, carrier, found.station, found.lines), patience)
        if answer is not None:
            return answer
    return wait(_keep(hub, data, found, now, name, carrier), ends - time.monotonic())


def _hand(hub: Hub, file: Handed, patience: float) -> list[Intake] | None:
    """Wait for the worker that takes it in; None when it has to go the long way."""
    mine = hub.lane.hand(file)
    if mine is None:
        return None
    hub.bell.ring()
    answer = mine.wait(patience) if hub.bell.workers else None  # they may have stopped meanwhile
    if answer is None:
        hub.lane.leave(mine)
    return answer


@dataclass(frozen=True, slots=True)
class _Checked:
    """A file that is new, of a station whose key signed it. `others` of that station wait in the inbox."""

    known: Known
    station: int
    lines: int
    others: int


def _look(hub: Hub, data: bytes, name: str, bounds: Bounds) -> Ticket | _Checked:
    """Whether a file is known, and if not, whether it may come in. Raises BundleRefused, UserError hub.busy."""
    sha256 = hashlib.sha256(data).digest()
    with hub.db.read() as session:
        state, is_taken = session.execute(_MET, {"sha256": sha256}).one()
        if is_taken and (again := seen_before(session, sha256, name)) is not None:
            return Ticket(hub, sha256, hub.bell.expect(sha256), (again,))
        if state is not None:
            answer = _outcomes(session, sha256) if state in (State.DONE, State.ASIDE) else None
            return Ticket(hub, sha256, hub.bell.expect(sha256), answer)
        header, known, station = _check(session, data, sha256)
        others = _check_room(session, station, len(data), bounds)
    stream = header.stream
    return _Checked(known, station, 0 if stream is None else stream.last - stream.first + 1, others)


def _keep(hub: Hub, data: bytes, found: _Checked, now: datetime, name: str, carrier: str) -> Ticket:
    sha256 = found.known.sha256
    expected = hub.bell.expect(sha256)
    row = {
        "station": found.station,
        "name": name,
        "sha256": sha256,
        "carrier": carrier,
        "size": len(data),
        "tries": 0,
        "state": State.WAITING.value,
        "arrived_at": utc(now),
        "data": data,
    }
    try:
        with hub.db.write(None, now) as session:
            session.execute(insert(InboxRow), row)
    except IntegrityError:  # the same file came twice at once
        pass
    hub.bell.kept += 1
    hub.bell.ring()
    return Ticket(hub, sha256, expected)


def wait(ticket: Ticket, seconds: float) -> list[Intake] | None:
    """The outcomes of the file and of those that had waited for it; None when its turn has not come in that time."""
    if ticket.answer is not None:
        return list(ticket.answer)
    ends = time.monotonic() + seconds
    pause = SOON
    while True:
        left = ends - time.monotonic()
        found = ticket.expected.wait(min(left, pause))
        if found is not None:
            return found
        with ticket.hub.db.read() as session:
            answer = _outcomes(session, ticket.sha256)
        if answer is not None:
            return list(answer)
        if left <= pause:
            return None
        pause = min(LATER, pause * 1.5) if ticket.hub.bell.workers else SOON


def _outcomes(session: Session, sha256: bytes) -> tuple[Intake, ...] | None:
    """What the record says of a file; None while it waits."""
    kept = session.scalar(_OUTCOME, {"sha256": sha256})
    return None if kept is None else from_record(kept)


def _check(session: Session, data: bytes, sha256: bytes) -> tuple[Header, Known, int]:
    """The header, who signed it, and the number of that station. Raises BundleRefused."""
    header = read_header(data)
    if header.kind is not Kind.UP:
        raise BundleRefused("bundle.wrong_kind", kind=header.kind.value)
    known, station = find_signer(session, header, sha256)
    check_bundle(data, known_senders=known.senders)
    return header, known, station


def _check_room(session: Session, station: int, size: int, bounds: Bounds) -> int:
    """How many files of the station wait. Raises UserError hub.busy when there is no room for one more."""
    files, held, mine, held_of_one = session.execute(_ROOM, {"station": station}).one()
    of_one = mine >= bounds.files_of_one or (mine and held_of_one + size > bounds.size_of_one)
    if of_one or files >= bounds.files or (files and held + size > bounds.size):
        raise UserError("hub.busy", seconds=max(SOONEST, min(LATEST, files // bounds.a_second)))
    return int(mine)


def to_record(outcomes: Sequence[Intake]) -> dict[str, Any]:
    """The outcomes as the inbox keeps them."""
    return {"files": [_kept(one) for one in outcomes]}


def from_record(kept: Json) -> tuple[Intake, ...]:
    """What `to_record` kept."""
    return tuple(_intake(one) for one in kept.get("files", ()))


def _kept(one: Intake) -> dict[str, Any]:
    trouble = one.trouble
    return {
        "name": one.name,
        "outcome": one.outcome.value,
        "station": one.station.hex if one.station else None,
        "station_name": one.station_name,
        "range": [one.first, one.last],
        "taken": [one.taken, one.set_aside, one.upto],
        "trouble": None if trouble is None else [trouble.code, {name: _plain(v) for name, v in trouble.params.items()}],
    }


def _plain(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)


def _intake(kept: Json) -> Intake:
    (first, last), (taken, set_aside, upto) = kept["range"], kept["taken"]
    trouble = kept["trouble"]
    return Intake(
        name=kept["name"],
        outcome=Outcome(kept["outcome"]),
        station=UUID(kept["station"]) if kept["station"] else None,
        station_name=kept["station_name"],
        first=first,
        last=last,
        taken=taken,
        set_aside=set_aside,
        upto=upto,
        trouble=UserError(trouble[0], **trouble[1]) if trouble else None,
    )
