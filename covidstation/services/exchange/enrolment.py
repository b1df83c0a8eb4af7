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
from covidstation.db.journal import UNNAMED, start_epoch
from covidstation.db.rows import JournalStateRow, SecretRow, StationRow
from covidstation.db.session import Database
from covidstation.domain.ops import chain_start
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.access.keyring import CERTIFICATE, follow
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import (
    Certificate,
    EnrolRequest,
    certificate_line,
    open_certificate,
    parse_certificate,
    write_request,
)
from covidstation.sync.identity import Identity

IDENTITY, RESTORED = "identity", "restored"
TRAINING = "[TẬP HUẤN]"  # a hub shows it wherever it names the station: nobody takes it for a real one


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What was written for the district, and the words that two people compare."""

    path: Path
    words: tuple[str, ...]


def identity_of(session: Session) -> Identity:
    """The station's own keys. Raises KeyError before `ensure_identity`."""
    row = session.get(SecretRow, IDENTITY)
    if row is None:
        raise KeyError(IDENTITY)
    return Identity.from_bytes(row.value)


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


def certificate_of(session: Session) -> Certificate | None:
    """The certificate in force, if the station was enrolled."""
    row = session.get(SecretRow, CERTIFICATE)
    return parse_certificate(row.value) if row else None


def journal_start(session: Session) -> bytes:
    """The chain before the first line of the journal."""
    certificate = certificate_of(session)
    state = session.get_one(JournalStateRow, 1)  # a restored register has an epoch of its own, not the certificate's
    return chain_start(certificate.station, state.epoch) if certificate else UNNAMED


@needs(Right.SEE)
def get_certificate(db: Database) -> Certificate | None:
    """The certificate in force, if the station was enrolled."""
    with db.read() as session:
        return certificate_of(session)


@needs(Right.SEE)
def is_enrolled(db: Database) -> bool:
    """Whether the district has answered with a certificate that was accepted."""
    return get_certificate(db) is not None


@needs(Right.SEND)
def write_enrolment(db: Database, folder: Path, *, by: UUID | None, now: datetime) -> Enrolment:
    """Put the enrolment file on a stick; nothing about people is in it."""
    identity = ensure_identity(db, by=by, now=now)
    with db.read() as session:
        station = session.scalars(select(StationRow)).one()
        request = EnrolRequest(
            station_name=f"{TRAINING} {station.name}" if station.training else station.name,
            commune=station.commune_code,
            place=station.place_name,
            keys=identity.public,
            made_at=now.astimezone(UTC),
            program=__version__,
        )
    name = usb.enrol_name(request.commune, identity.sign.id)
    path = usb.put(folder, name, write_request(request, signer=identity.sign))
    return Enrolment(path, request.words())


@needs(Right.SEE)
def look_at_certificate(db: Database, data: bytes) -> Certificate:
    """Read a certificate for this station without accepting it. Raises BundleRefused, UserError enrol.older."""
    with db.read() as session:
        try:
            ours = identity_of(session).public
        except KeyError:
            raise UserError("enrol.not_ours") from None
        held = certificate_of(session)
    found = open_certificate(data, ours=ours, root=held.root if held else None)
    if held and found.serial < held.serial:
        raise UserError("enrol.older")
    return found


@needs(Right.MANAGE)
def accept_certificate(db: Database, certificate: Certificate, *, by: UUID | None, now: datetime) -> Done[bool]:
    """A person compared the words: trust these keys from now on. False when it was held already.

    The journal takes up the station's name and epoch; nothing was sent before, so its chain starts anew. A register
    that was restored keeps its own epoch: the district may have lines under the certificate's that this one lacks.
    """
    return _put(db, certificate, by, now)


@needs(Right.SEND)
def renew_certificate(db: Database, certificate: Certificate, *, by: UUID | None, now: datetime) -> Done[bool]:
    """Put one in force that says the same of all keys as the present one: new addresses, a new term.

    Its words are those that a person has compared. Raises UserError enrol.not_yet when any key is another.
    """
    held = get_certificate(db)
    if held is None or not same_keys(held, certificate):
        raise UserError("enrol.not_yet")
    return _put(db, certificate, by, now)


def same_keys(held: Certificate, found: Certificate) -> bool:
    """Whether two certificates vouch for the very same keys, by the same root."""
    return all(
        getattr(held, name) == getattr(found, name)
        for name in ("root", "hub_keys", "escrow", "station", "station_keys")
    )


def _put(db: Database, certificate: Certificate, by: UUID | None, now: datetime) -> Done[bool]:
    line = certificate_line(certificate)
    with db.write(by, now) as session:
        row = session.get(SecretRow, CERTIFICATE)
        if row is not None and row.value == line:
            return done(False)
        held = parse_certificate(row.value) if row else None
        if row is None:
            session.add(SecretRow(name=CERTIFICATE, value=line))
        else:
            row.value = line
        if held is None or (held.station, held.epoch) != (certificate.station, certificate.epoch):
            own = session.get_one(JournalStateRow, 1).epoch if session.get(SecretRow, RESTORED) else ""
            start_epoch(session, certificate.station, own or certificate.epoch)
    with suppress(UserError, OSError):  # the district's way in; made at the next opening otherwise
        follow(db)
    return done(True, Kind.SYNC)
