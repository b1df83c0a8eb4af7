"""The station's keys, its request to the district, and the district's certificate."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation import __version__
from covidstation.db.audit import note
from covidstation.db.journal import start_epoch
from covidstation.db.rows import JournalStateRow, SecretRow, StationRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.access.keyring import follow
from covidstation.services.certificate import CERTIFICATE, LACKING, RESTORED, certificate_of, get_certificate
from covidstation.services.changes import Done, Kind, done
from covidstation.services.exchange.station_keys import (
    ANEW,
    IDENTITY,
    SIGNED,
    drop_secret,
    keep_secret,
    next_identity,
    promote_next,
    remember_hub,
    secret_of,
)
from covidstation.services.exchange.station_keys import identity_of as identity_of
from covidstation.services.rights import needs
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import (
    Certificate,
    EnrolRequest,
    certificate_line,
    parse_certificate,
    read_certificate,
    write_request,
)
from covidstation.sync.identity import Identity
from covidstation.sync.refusals import BundleRefused

TRAINING = "[TẬP HUẤN]"  # a hub shows it wherever it names the station: nobody takes it for a real one


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What was written for the district, and the words that two people compare."""

    path: Path
    words: tuple[str, ...]


@needs(Right.SEND)
def ensure_identity(db: Database, *, by: UUID | None, now: datetime) -> Identity:
    """The station's keys, made at first need and kept inside the encrypted register."""
    with db.write(by, now) as session:
        try:
            return identity_of(session)
        except KeyError:
            identity = Identity.generate()
            session.add(SecretRow(name=IDENTITY, value=identity.to_bytes()))
            return identity


@needs(Right.SEND)
def write_enrolment(db: Database, folder: Path, *, by: UUID | None, now: datetime) -> Enrolment:
    """Put the enrolment file on a stick; nothing about people is in it."""
    identity = ensure_identity(db, by=by, now=now)
    with db.read() as session:
        request = request_of(session, identity, now)
    name = usb.enrol_name(request.commune, identity.sign.id)
    path = usb.put(folder, name, write_request(request, signer=identity.sign))
    return Enrolment(path, request.words())


def request_of(session: Session, identity: Identity, now: datetime, certificate: bytes = b"") -> EnrolRequest:
    """What the station says of itself, for these keys."""
    station = session.scalars(select(StationRow)).one()
    return EnrolRequest(
        station_name=f"{TRAINING} {station.name}" if station.training else station.name,
        commune=station.commune_code,
        place=station.place_name,
        keys=identity.public,
        made_at=now.astimezone(UTC),
        program=__version__,
        certificate=certificate,
    )


@needs(Right.SEE)
def look_at_certificate(db: Database, data: bytes) -> Certificate:
    """Read a certificate for this station without accepting it. Raises BundleRefused, UserError enrol.older.

    It may be for the keys that the station has asked for. By another root than the one in force it is looked at only
    after a person asked to be enrolled anew.
    """
    with db.read() as session:
        try:
            ours = identity_of(session).public
        except KeyError:
            raise UserError("enrol.not_ours") from None
        coming, held = next_identity(session), certificate_of(session)
        anew = secret_of(session, ANEW) is not None
    found = read_certificate(data)
    if found.station_keys != ours and (coming is None or found.station_keys != coming.public):
        raise BundleRefused("enrol.not_ours")
    if held is not None and found.root != held.root:
        if not anew or found.station_keys == ours:
            raise BundleRefused("enrol.other_root")
    elif held is not None and found.serial < held.serial:
        raise UserError("enrol.older")
    return found


@needs(Right.MANAGE)
def accept_certificate(
    db: Database, certificate: Certificate, *, by: UUID | None, now: datetime, signed: bytes = b""
) -> Done[bool]:
    """A person compared the words: trust these keys from now on. False when it was held already.

    `signed` is the bundle that it came in. The journal takes up the station's name and epoch, its chain starts anew and
    nothing counts as received. A register that was restored keeps its own epoch: the district may have lines under the
    certificate's that this one lacks.
    """
    return _put(db, certificate, by, now, signed)


@needs(Right.SEND)
def renew_certificate(
    db: Database, certificate: Certificate, *, by: UUID | None, now: datetime, signed: bytes = b""
) -> Done[bool]:
    """Put one in force for which the root vouches that a person has trusted: new addresses, a new term, new keys.

    Raises UserError enrol.not_yet when words must be compared first.
    """
    held = get_certificate(db)
    if held is None or not needs_no_words(held, certificate):
        raise UserError("enrol.not_yet")
    return _put(db, certificate, by, now, signed)


def needs_no_words(held: Certificate, found: Certificate) -> bool:
    """Whether the root and the escrow are those that a person has trusted, and it is no older word on this station."""
    same = all(getattr(held, name) == getattr(found, name) for name in ("root", "escrow", "station"))
    keys = (held.hub_keys, held.station_keys) == (found.hub_keys, found.station_keys)
    return same and (keys or found.serial > held.serial)


@needs(Right.SEND)
def keep_signed(db: Database, signed: bytes, *, by: UUID | None, now: datetime) -> None:
    """Keep the bundle of the certificate in force: it was taken by a program that kept its line alone."""
    with db.read() as session:
        if secret_of(session, SIGNED) == signed:
            return
    with db.write(by, now) as session:
        keep_secret(session, SIGNED, signed)


def _put(db: Database, certificate: Certificate, by: UUID | None, now: datetime, signed: bytes) -> Done[bool]:
    """The certificate, and the keys that it is for, in one transaction: a cut leaves the former ones or these."""
    line = certificate_line(certificate)
    with db.write(by, now) as session:
        value = secret_of(session, CERTIFICATE)
        if value == line:
            return done(False)
        held = parse_certificate(value) if value else None
        keep_secret(session, CERTIFICATE, line)
        if signed:
            keep_secret(session, SIGNED, signed)
        else:
            drop_secret(session, SIGNED)
        if held is not None and held.hub_keys.sign != certificate.hub_keys.sign:
            remember_hub(session, held.hub_keys.sign)
        coming = next_identity(session)
        if coming is not None and certificate.station_keys == coming.public:
            promote_next(session)
            note(session, AuditAction.IMPORT, detail={"what": "station_keys"})
        session.flush()
        if held is None and session.get(SecretRow, RESTORED) is None:
            keep_secret(session, LACKING, b"{}")
        if held is None or (held.station, held.epoch) != (certificate.station, certificate.epoch):
            own = session.get_one(JournalStateRow, 1).epoch if session.get(SecretRow, RESTORED) else ""
            start_epoch(session, certificate.station, own or certificate.epoch)
    with suppress(UserError, OSError):  # the district's way in; made at the next opening otherwise
        follow(db)
    return done(True, Kind.SYNC)
