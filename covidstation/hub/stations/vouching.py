"""Keys of a station that nobody has to compare words for: its old key, or the hub's own root, vouches for them.

A `rekey` is the station's old key saying which key follows it. A station that shows the certificate which our root gave
it is one that this hub has forgotten: it was restored from an older copy, or founded anew (docs/adr/0034).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.domain.ops import chain_start
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.database.certificates import in_force, readers, revoked_keys
from covidstation.hub.database.holding import hold_hub
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.rows import EnrolmentRow, StationRow, StreamRow
from covidstation.hub.staff.audit import HubAction, note
from covidstation.hub.stations.enrolling import certify
from covidstation.sync.bundle import read_header
from covidstation.sync.enrolment import Certificate, EnrolRequest, open_request, read_certificate
from covidstation.sync.header import NAMELESS, Kind
from covidstation.sync.identity import key_id
from covidstation.sync.refusals import BundleRefused
from covidstation.sync.rekeying import Rekey, open_rekey

MOST_AT_ONCE: Final = 8  # keys of one station in force: each bundle for it is sealed to all of them


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whose keys they are, and what answers: the newest certificate of those keys. `is_new`: they were not known."""

    station: UUID
    name: str
    number: int  # of the station
    serial: int
    certificate: bytes
    is_new: bool


def is_vouched(data: bytes) -> bool:
    """Whether it is a request that needs no person: a rekey, or an enrolment that shows a certificate."""
    kind = read_header(data).kind
    return kind is Kind.REKEY or (kind is Kind.ENROL and bool(open_request(data).certificate))


def take_vouched(hub: Hub, data: bytes, *, by: UUID | str, now: datetime) -> Vouched:
    """Certify the keys when they are vouched for; the same request again gets what they have.

    Raises BundleRefused bundle.…, enrol.other_root; UserError enrol.former_keys, rekey.former_keys, rekey.older,
    rekey.revoked, hub.compare.
    """
    header = read_header(data)
    if header.kind not in NAMELESS:
        raise BundleRefused("bundle.wrong_kind", kind=header.kind.value)
    rekey = open_rekey(data) if header.kind is Kind.REKEY else None
    request = rekey.request if rekey else open_request(data)
    with hub.db.read() as session:  # a stranger must not be able to hold anybody up
        known = _known(session, request)
        if known is not None and not _has_news(session, hub, request):
            return _answer(session, known, is_new=False)
        root = hub.keys_now(session).root.public
        if rekey is None:
            _shown(request, root)
        else:
            _old(session, rekey)
    with hub.db.write(None, now) as session:
        hold_hub(session)
        if rekey is None:
            _end_revoked(session, _shown(request, root).revoked, by, now)
        known = _known(session, request)
        if known is not None:
            return _answer(session, known, is_new=False)
        if rekey is not None:
            return _follow(session, hub, rekey, by, now)
        return _recall(session, hub, request, _shown(request, root), by, now)


def _known(session: Session, request: EnrolRequest) -> EnrolmentRow | None:
    row = session.scalars(select(EnrolmentRow).where(EnrolmentRow.key_id == key_id(request.keys.sign))).first()
    if row is not None and (row.revoked_at is not None or row.age != request.keys.age):
        raise UserError("enrol.former_keys", name=session.get_one(StationRow, row.station).name)
    return row


def _answer(session: Session, row: EnrolmentRow, *, is_new: bool) -> Vouched:
    station = session.get_one(StationRow, row.station)
    return Vouched(station.id, station.name, station.n, row.serial, row.certificate, is_new)


def _old(session: Session, rekey: Rekey) -> tuple[EnrolmentRow, StationRow]:
    """The keys that vouch, when they are in force and of that station."""
    old = session.scalars(select(EnrolmentRow).where(EnrolmentRow.key_id == rekey.old_id)).first()
    if old is None:
        raise BundleRefused("bundle.unknown_sender", sender=rekey.old_id)
    station = session.get_one(StationRow, old.station)
    if station.id != rekey.station:
        raise BundleRefused("bundle.wrong_station", sender=rekey.old_id)
    if old.revoked_at is not None:
        raise UserError("rekey.former_keys", name=station.name)
    return old, station


def _follow(session: Session, hub: Hub, rekey: Rekey, by: UUID | str, now: datetime) -> Vouched:
    """The old key could write whatever the station writes; what it signs now gives it no more."""
    old, station = _old(session, rekey)
    return _certified(session, hub, station, rekey.request, old.epoch, rekey.old_id, None, by, now)


def _shown(request: EnrolRequest, root: bytes) -> Certificate:
    """The certificate in the request, by our root and for these keys."""
    if not request.certificate:
        raise UserError("hub.compare", name=clean(request.station_name))
    shown = read_certificate(request.certificate, root=root)
    if shown.station_keys != request.keys:
        raise BundleRefused("enrol.not_ours")
    return shown


def _has_news(session: Session, hub: Hub, request: EnrolRequest) -> bool:
    """Whether the certificate that it shows, of our root, names keys as revoked that are in force here."""
    if not request.certificate:
        return False
    try:
        shown = _shown(request, hub.keys_now(session).root.public)
    except BundleRefused:
        return False
    return bool(_still_in_force(session, shown.revoked))


def _still_in_force(session: Session, revoked: Sequence[str]) -> Sequence[EnrolmentRow]:
    query = select(EnrolmentRow).where(EnrolmentRow.key_id.in_(revoked), EnrolmentRow.revoked_at.is_(None))
    return session.scalars(query).all() if revoked else []


def _end_revoked(session: Session, revoked: Sequence[str], by: UUID | str, now: datetime) -> None:
    """The root's own word that these keys were taken out of force, which this hub had forgotten."""
    for row in _still_in_force(session, revoked):
        row.revoked_at = utc(now)
        detail: dict[str, str | int] = {"serials": str(row.serial), "how": "shown"}
        note(session, HubAction.REVOKE, by=by, now=now, station=row.station, detail=detail)
    session.flush()


def _recall(
    session: Session, hub: Hub, request: EnrolRequest, shown: Certificate, by: UUID | str, now: datetime
) -> Vouched:
    """A station, or its newer keys, that this hub has forgotten. One that was revoked comes back by words alone."""
    station = session.scalars(select(StationRow).where(StationRow.id == shown.station)).first()
    if key_id(request.keys.sign) in revoked_keys(session, shown.revoked):
        raise UserError("rekey.revoked", name=station.name if station is not None else clean(request.station_name))
    if station is None:
        station = StationRow(id=shown.station, name=clean(request.station_name), commune=request.commune, place="")
        station.place = clean(request.place)
        session.add(station)
        session.flush()
        session.add(StreamRow(station=station.n, epoch=shown.epoch, chain=chain_start(station.id, shown.epoch)))
        return _certified(session, hub, station, request, shown.epoch, shown.follows, shown, by, now)
    held = in_force(session, station.n)
    if not held and not _outlives(session, station, shown):
        raise UserError("rekey.revoked", name=station.name)
    if any(read_certificate(row.certificate).recalls > shown.serial for row in held):
        raise UserError("rekey.older", name=station.name)
    return _certified(session, hub, station, request, shown.epoch, held[0].key_id if held else "", shown, by, now)


def _outlives(session: Session, station: StationRow, shown: Certificate) -> bool:
    """Whether all keys that are known of the station had been revoked when the root gave it these: a stolen computer
    spoke first."""
    known = session.scalars(select(EnrolmentRow.key_id).where(EnrolmentRow.station == station.n)).all()
    return bool(known) and set(known) <= set(shown.revoked)


def _certified(
    session: Session,
    hub: Hub,
    station: StationRow,
    request: EnrolRequest,
    epoch: str,
    follows: str,
    shown: Certificate | None,
    by: UUID | str,
    now: datetime,
) -> Vouched:
    if len(readers(session, station.n)) >= MOST_AT_ONCE:
        raise UserError("rekey.too_many", name=station.name)
    recalls, revoked = (shown.serial, shown.revoked) if shown is not None else (0, ())
    state = hold_hub(session)
    state.last_serial = max(state.last_serial, recalls)  # founded anew by a clock that was behind
    how = {"epoch": epoch, "follows": follows}
    row = certify(session, hub, station, request, **how, recalls=recalls, revoked=revoked, now=now)
    detail: dict[str, str | int] = {"serial": row.serial, "how": "shown" if recalls else "rekey"}
    note(session, HubAction.ENROL, by=by, now=now, station=station.n, detail=detail)
    return _answer(session, row, is_new=True)


def end_former(session: Session, spoke: EnrolmentRow, now: datetime) -> None:
    """The station speaks by these keys: those before them are in force no more."""
    for row in in_force(session, spoke.station):
        if row.serial < spoke.serial:
            row.revoked_at = utc(now)
