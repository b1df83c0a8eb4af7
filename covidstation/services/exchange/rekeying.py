"""New keys of the station: asked for on the word of the old ones, or by being enrolled anew (docs/adr/0034).

The station goes on with its old keys until the district's certificate for the new ones is here. Whatever is cut off in
between, the same request is written again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.db.audit import note
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.certificate import certificate_of
from covidstation.services.changes import Done, Kind, done
from covidstation.services.exchange.enrolment import Enrolment, request_of
from covidstation.services.exchange.station_keys import (
    ANEW,
    REKEY,
    SIGNED,
    drop_secret,
    identity_of,
    keep_secret,
    make_next,
    next_identity,
    secret_of,
)
from covidstation.services.rights import needs
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import station_words, write_request
from covidstation.sync.identity import PublicKeys, key_id
from covidstation.sync.rekeying import Rekey, write_rekey


class KeyState(StrEnum):
    """Where a change of the station's keys stands."""

    NOT_ENROLLED = "not_enrolled"
    IN_FORCE = "in_force"  # nothing is under way
    ASKED = "asked"  # new keys, vouched for by the old ones
    ANEW = "anew"  # new keys, for which two people compare words


@dataclass(frozen=True, slots=True)
class KeyLook:
    """The station's keys as a person sees them. `words` are those to be read out when it is enrolled anew."""

    state: KeyState
    hub: str = ""
    serial: int = 0
    given: date | None = None
    words: tuple[str, ...] = ()


@needs(Right.MANAGE)
def ask_new_keys(db: Database, *, by: UUID | None, now: datetime) -> Done[bool]:
    """Make the next keys and let the present ones vouch for them; False when that was done already.

    The request goes with the next sending, by line or stick. Raises UserError enrol.not_yet.
    """
    with db.write(by, now) as session:
        certificate = certificate_of(session)
        if certificate is None:
            raise UserError("enrol.not_yet_keys")
        if secret_of(session, REKEY) is not None:
            return done(False)
        present, coming = identity_of(session), make_next(session)
        request = request_of(session, coming, now)
        rekey = Rekey(request=request, station=certificate.station, old=present.sign.public)
        keep_secret(session, REKEY, write_rekey(rekey, old=present.sign, new=coming.sign))
        drop_secret(session, ANEW)
        note(session, AuditAction.USERS, detail={"what": "station_keys"})
    return done(True, Kind.SYNC)


@needs(Right.MANAGE)
def enrol_anew(db: Database, folder: Path, *, by: UUID | None, now: datetime) -> Enrolment:
    """Write an enrolment file with new keys, for a district that no longer takes the old ones, or is a new one.

    Two people compare the words, as at the first time. Raises UserError enrol.not_yet_keys, `stick.…`.
    """
    with db.write(by, now) as session:
        if certificate_of(session) is None:
            raise UserError("enrol.not_yet_keys")
        coming = make_next(session)
        keep_secret(session, ANEW, b"1")
        request = request_of(session, coming, now)
        note(session, AuditAction.SEND, detail={"what": "enrolment"})
    name = usb.enrol_name(request.commune, coming.sign.id)
    path = usb.put(folder, name, write_request(request, signer=coming.sign))
    return Enrolment(path, request.words())


def asked_rekey(session: Session) -> bytes | None:
    """The bundle that asks for new keys, while the district has not answered."""
    return secret_of(session, REKEY)


def shown_certificate(session: Session, now: datetime) -> bytes | None:
    """The bundle in which the station shows its certificate to a district that has forgotten it."""
    signed = secret_of(session, SIGNED)
    if signed is None:
        return None
    identity = identity_of(session)
    return write_request(request_of(session, identity, now, signed), signer=identity.sign)


@needs(Right.SEND)
def put_key_files(db: Database, folder: Path, *, now: datetime) -> tuple[Path, ...]:
    """What a stick carries beside the changes: new keys that are asked for, and the certificate, shown.

    Raises UserError `stick.…`.
    """
    with db.read() as session:
        certificate, rekey = certificate_of(session), asked_rekey(session)
        shown = shown_certificate(session, now)
        coming = next_identity(session)
    if certificate is None:
        return ()
    files = []
    if shown is not None:
        own = usb.shown_name(certificate.station, key_id(certificate.station_keys.sign))
        files.append((own, shown))
    if rekey is not None and coming is not None:
        files.append((usb.rekey_name(certificate.station, coming.sign.id), rekey))
    return tuple(usb.put(folder, name, data) for name, data in files)


@needs(Right.SEE)
def look_at_keys(db: Database) -> KeyLook:
    """Where the station's keys stand."""
    with db.read() as session:
        certificate, coming = certificate_of(session), next_identity(session)
        anew, asked = secret_of(session, ANEW) is not None, secret_of(session, REKEY) is not None
    if certificate is None:
        return KeyLook(KeyState.NOT_ENROLLED)
    state = KeyState.ANEW if anew else KeyState.ASKED if asked else KeyState.IN_FORCE
    words = _words(coming.public) if anew and coming is not None else ()
    return KeyLook(state, certificate.hub_name, certificate.serial, certificate.issued_at.date(), words)


@lru_cache(maxsize=2)
def _words(keys: PublicKeys) -> tuple[str, ...]:
    """The same keys have the same words, and making them is slow on purpose."""
    return station_words(keys)
