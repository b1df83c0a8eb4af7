"""Sending to the district over the line and taking its answer, in one round trip for what a bundle can hold.

Nothing here holds the register while the line works: a bundle is frozen from a snapshot, goes, and the answer is taken
in by the same functions as from a stick. Whatever fails leaves every change in the register, unsent.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.audit import note
from covidstation.db.hold import only_one
from covidstation.db.queries.station import get_setting
from covidstation.db.rows import AuditRow, BatchRow, JournalStateRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.pace import SOONEST, back_off, new_speed, next_round, slice_size, worth_a_word
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.certificate import get_certificate
from covidstation.services.changes import Done, Kind, done
from covidstation.services.exchange import outbox
from covidstation.services.exchange.about import about_station
from covidstation.services.exchange.answers import Import, Taken, Trusted, take_one
from covidstation.services.exchange.enrolment import identity_of
from covidstation.services.exchange.line_state import LineState, addresses, keep_line, read_line
from covidstation.services.exchange.packing import Part, pack_next
from covidstation.services.exchange.rekeying import asked_rekey, shown_certificate
from covidstation.services.exchange.station_keys import SIGNED, secret_of
from covidstation.services.exchange.word import told_by_line
from covidstation.services.rights import needs
from covidstation.sync.bundle import read_header
from covidstation.sync.enrolment import Certificate
from covidstation.sync.frames import AT_ONCE
from covidstation.sync.header import Kind as BundleKind
from covidstation.sync.http import Line, Reply
from covidstation.sync.refusals import BundleRefused

log = logging.getLogger(__name__)

LOCK: Final = "line.hold"
PACKED: Final = 4  # lines before packing are about so many times larger than the bundle
MOST_ROUNDS: Final = 200
FORGOTTEN: Final = frozenset({"bundle.unknown_sender", "bundle.foreign"})  # what a hub says that has lost keys
NEWS: Final = frozenset({Taken.RECEIPT, Taken.DOWN, Taken.GIVEN_BACK, Taken.CERTIFICATE})
Heard = Callable[[int, int], object]


class Rest(Enum):
    """What is left of a large bundle that was cut off."""

    NONE = "none"
    GOES_ON = "goes on"  # the district has a part of it
    UNKNOWN = "unknown"  # the district does not know it: it was forgotten, or is in


@dataclass(frozen=True, slots=True)
class Synced:
    """What one sending did. `waiting`: changes that are still unsent; `drift`: the PC's clock is wrong by so much."""

    sent: int = 0  # changes
    size: int = 0  # bytes
    rounds: int = 0
    upto: int = 0
    waiting: int = 0
    seconds: float = 0.0
    url: str = ""
    taken: tuple[Import, ...] = ()
    drift: timedelta | None = None

    @property
    def news(self) -> bool:
        """Whether anything is other than before."""
        return bool(self.sent) or any(one.outcome in NEWS for one in self.taken)

    @property
    def trouble(self) -> UserError | None:
        """What of the answer could not be taken."""
        return next((one.trouble for one in self.taken if one.outcome is Taken.REFUSED), None)


@dataclass(slots=True)
class _Talk:
    """One sending as it goes on."""

    db: Database
    by: UUID | None
    now: datetime
    line: Line
    stop: threading.Event
    heard: Heard
    state: LineState
    began: float = field(default_factory=time.monotonic)
    found: Synced = field(default_factory=Synced)
    more: bool = False  # the district has more lines than it said

    @property
    def folder(self) -> Path:
        """Where the register lies."""
        return self.db.path.parent

    def moment(self) -> datetime:
        """Now, by this PC's clock as it stood at the beginning."""
        return self.now + timedelta(seconds=time.monotonic() - self.began)


@needs(Right.SEND)
def sync_now(
    db: Database,
    *,
    by: UUID | None,
    now: datetime,
    stop: threading.Event | None = None,
    heard: Heard = lambda _done, _all: None,
) -> Done[Synced]:
    """Send what waits and take what the district says, until nothing waits; one at a time of all programs.

    `stop` ends it before the next round trip; `heard` is told (bytes there, bytes in all) of a large bundle. What is
    known of the line is kept whatever happens. Raises UserError wire.…, enrol.not_yet.
    """
    certificate = get_certificate(db)
    if certificate is None:
        raise UserError("enrol.not_yet")
    folder, stop = db.path.parent, stop or threading.Event()
    with only_one(folder / LOCK, UserError("wire.already")):
        state = replace(read_line(folder), tried_at=now)
        try:
            with _line_of(db, certificate) as line:
                talk = _Talk(db, by, now, line, stop, heard, state)
                _settle(talk, _go_on(talk))
        except UserError as trouble:
            if trouble.code != "wire.stopped":
                _keep_failure(folder, state, trouble, now)
            log.info("not sent: %s", trouble.code)
            raise
    found = talk.found
    log.info("sent: %d changes, %d bytes, %d rounds, %.1f s", found.sent, found.size, found.rounds, found.seconds)
    return done(found, *_changed(found))


def _changed(found: Synced) -> Sequence[Kind]:
    quiet = {Taken.ALREADY, Taken.RECEIPT, Taken.CERTIFICATE}
    return (Kind.SYNC,) if all(one.outcome in quiet for one in found.taken) else tuple(Kind)


def _line_of(db: Database, certificate: Certificate) -> Line:
    urls = addresses(get_setting(db, "hub_url"), certificate)
    return Line(urls, authority=certificate.tls_authority, proxy=get_setting(db, "proxy").strip())


def _keep_failure(folder: Path, state: LineState, trouble: UserError, now: datetime) -> None:
    asked = trouble.params.get("seconds", 0.0)
    wait = back_off(state.failures, float(asked) if isinstance(asked, int | float) else 0.0)
    params = {name: str(value) for name, value in trouble.params.items() if name != "seconds"}
    failures, again = state.failures + 1, now + timedelta(seconds=wait)
    keep_line(folder, replace(state, failures=failures, trouble=trouble.code, params=params, next_at=again))


def _go_on(talk: _Talk) -> float:
    """Round after round while something waits and each brings the two sides further.

    Returns the seconds after which the district has more to say, 0 for nothing.
    """
    _ask_for_keys(talk)
    _note(talk)
    was_forgotten = False
    for _round in range(MOST_ROUNDS):
        if talk.stop.is_set():
            raise UserError("wire.stopped")
        part, rest = _freeze(talk)
        before = talk.found.upto
        try:
            reply = _carry(talk, part, rest)
        except UserError as trouble:
            if was_forgotten or not _is_forgotten(trouble) or not _show_certificate(talk):
                raise
            was_forgotten = True
            continue
        if talk.stop.is_set():
            raise UserError("wire.stopped")
        further = _take(talk, part, reply) or talk.found.upto > before or rest is Rest.UNKNOWN
        if reply.later or not further or not (talk.found.waiting or talk.more):
            return reply.later
    return 0.0


def _ask_for_keys(talk: _Talk) -> None:
    """Bring the request for new keys, if there is one. A district that refuses it still takes the old ones' changes."""
    with talk.db.read() as session:
        rekey = asked_rekey(session)
    if rekey is not None:
        _bring_keys(talk, rekey)


def _show_certificate(talk: _Talk) -> bool:
    """A district that was restored or founded anew has forgotten our keys, or lost its own: its root remembers us."""
    with talk.db.read() as session:
        shown = shown_certificate(session, talk.moment())
    return shown is not None and _bring_keys(talk, shown)


def _bring_keys(talk: _Talk, data: bytes) -> bool:
    """Whether it was taken: the certificate that answers is in force from now on."""
    certificate = get_certificate(talk.db)
    try:
        reply = talk.line.exchange(read_header(data).bundle, data, serial=certificate.serial if certificate else 0)
    except UserError as trouble:
        if trouble.code != "wire.refused":
            raise
        log.info("keys not taken: %s", trouble.params.get("code"))
        return False
    taken = _take_all(talk, reply)
    talk.found = replace(talk.found, taken=(*talk.found.taken, *taken))
    return any(one.outcome in (Taken.CERTIFICATE, Taken.ALREADY) for one in taken)


def _is_forgotten(trouble: UserError) -> bool:
    return trouble.code == "wire.refused" and trouble.params.get("code") in FORGOTTEN


def _note(talk: _Talk) -> None:
    """That changes leave the house, once for each state of the journal: a line that is down notes nothing anew."""
    with talk.db.read() as session:
        if not _has_news(session):
            return
    with talk.db.write(talk.by, talk.now) as session:
        state = session.get_one(JournalStateRow, 1)
        detail: dict[str, str | int] = {
            "what": "line",
            "n": state.last_seq - state.received_upto,
            "epoch": state.epoch,
            "audit": state.audit_seq,
            "to": state.last_seq,
        }
        note(session, AuditAction.SEND, detail=detail)


def _has_news(session: Session) -> bool:
    state = session.get_one(JournalStateRow, 1)
    query = select(AuditRow.detail).where(AuditRow.action == AuditAction.SEND.value).order_by(AuditRow.seq.desc())
    for detail in session.scalars(query.limit(10)):
        if detail.get("epoch") == state.epoch and isinstance(detail.get("to"), int):
            return int(detail["to"]) < state.last_seq
    return True


def _freeze(talk: _Talk) -> tuple[Part, Rest]:
    """The next bundle from a snapshot; the one that was on its way in pieces goes on."""
    certificate = get_certificate(talk.db)
    if certificate is None:
        raise UserError("enrol.not_yet")
    with talk.db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        epoch, received = state.epoch, state.received_upto
    held = outbox.kept(talk.folder, epoch, received)
    if held is not None and talk.line.arrived(held.bundle) is not None:
        return held, Rest.GOES_ON
    outbox.drop(talk.folder)
    unknown = held is not None  # it was forgotten there, or is in already: ask before all of it goes again
    with talk.db.read() as session:
        about = about_station(session, epoch, now=talk.moment(), folder=talk.folder, noted=True)
        size = 0 if unknown else PACKED * slice_size(talk.state.speed)
        part = pack_next(session, certificate, identity_of(session), about, size)
    if len(part.data) > AT_ONCE:
        outbox.keep(talk.folder, part)
    return part, Rest.UNKNOWN if unknown else Rest.NONE


def _carry(talk: _Talk, part: Part, rest: Rest) -> Reply:
    """There and back; the bundle is remembered as sent once an answer came."""
    serial, size = _serial(talk), len(part.data)
    try:
        reply = talk.line.exchange(
            part.bundle,
            part.data,
            serial=serial,
            resume=rest is Rest.GOES_ON,
            sent=lambda there: talk.heard(there, size),
            stop=talk.stop,
        )
    except UserError as trouble:
        if trouble.code == "wire.refused":
            outbox.drop(talk.folder)  # the same again is no use; what waits is packed anew
        raise
    outbox.drop(talk.folder)
    talk.state = replace(talk.state, speed=new_speed(talk.state.speed, size, reply.seconds), url=reply.url)
    if part.last >= part.first:
        _remember(talk, part, reply)
    told_by_line(talk.db, by=talk.by, now=talk.now)
    return reply


def _serial(talk: _Talk) -> int:
    """Of the certificate that we hold; 0 asks for it again, by whom a program took it that did not keep its bundle."""
    certificate = get_certificate(talk.db)
    with talk.db.read() as session:
        is_kept = secret_of(session, SIGNED) is not None
    return certificate.serial if certificate is not None and is_kept else 0


def _remember(talk: _Talk, part: Part, reply: Reply) -> None:
    with talk.db.write(talk.by, talk.now) as session:
        session.add(
            BatchRow(
                bundle_id=part.bundle,
                epoch=session.get_one(JournalStateRow, 1).epoch,
                seq_from=part.first,
                seq_to=part.last,
                made_at=talk.now.replace(microsecond=0, tzinfo=None),
                carrier="http",
                target=urlsplit(reply.url).hostname or "",
                size=len(part.data),
            )
        )


def _take(talk: _Talk, part: Part, reply: Reply) -> bool:
    """Take in the answer as files of a stick; whether the district said something new."""
    taken = _take_all(talk, reply)
    with talk.db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        upto, waiting = state.received_upto, state.last_seq - state.received_upto
    talk.more = any(one.down is not None and one.down.more for one in taken)
    found = talk.found
    talk.found = replace(
        found,
        sent=found.sent + part.last - part.first + 1,
        size=found.size + len(part.data),
        rounds=found.rounds + 1,
        upto=upto,
        waiting=waiting,
        seconds=time.monotonic() - talk.began,
        url=reply.url,
        taken=(*found.taken, *taken),
        drift=_drift(talk, reply),
    )
    return any(one.outcome in NEWS for one in taken)


def _take_all(talk: _Talk, reply: Reply) -> list[Import]:
    """Certificates first: the rest may be signed by a key that only they name."""
    nobody = Trusted(any=False, words=())
    bundles = sorted(reply.bundles, key=lambda data: not _is_certificate(data))
    return [
        one
        for data in bundles
        if (one := take_one(talk.db, "", data, by=talk.by, now=talk.now, trusted=nobody, alone=False)) is not None
    ]


def _is_certificate(data: bytes) -> bool:
    try:
        return read_header(data).kind is BundleKind.CERT
    except BundleRefused:
        return False


def _drift(talk: _Talk, reply: Reply) -> timedelta | None:
    """How far this PC's clock is before the district's, when it is worth a word."""
    if reply.hub_time is None:
        return talk.found.drift
    drift = talk.moment() - reply.hub_time
    talk.state = replace(talk.state, drift=drift.total_seconds())
    return drift if worth_a_word(drift) else None


def _settle(talk: _Talk, later: float) -> None:
    """What is known of the line after a good answer."""
    wait = max(later, SOONEST) if later or talk.found.waiting else next_round()
    trouble = talk.found.trouble
    keep_line(
        talk.folder,
        replace(
            talk.state,
            contact_at=talk.moment(),
            next_at=talk.moment() + timedelta(seconds=wait),
            failures=0,
            trouble=trouble.code if trouble else "",
            params={name: str(value) for name, value in trouble.params.items()} if trouble else {},
        ),
    )
