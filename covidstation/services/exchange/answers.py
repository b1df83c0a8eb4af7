"""Taking what the district wrote: certificates, receipts, its lines; alike from a stick and over the line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from covidstation.db.audit import note
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange.aside import take_up_aside
from covidstation.services.exchange.down import GIVEN_BACK, TookDown, take_opened
from covidstation.services.exchange.enrolment import (
    accept_certificate,
    keep_signed,
    look_at_certificate,
    needs_no_words,
    renew_certificate,
)
from covidstation.services.exchange.given_back import CameBack, take_given_back
from covidstation.services.exchange.receipts import apply_receipt
from covidstation.services.exchange.station_keys import former_hubs, reading_keys
from covidstation.services.exchange.word import tell_anyway
from covidstation.services.rights import needs
from covidstation.sync.bundle import OpenedBundle, Sender, open_bundle, read_header
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import Certificate
from covidstation.sync.header import NAMELESS
from covidstation.sync.header import Kind as BundleKind
from covidstation.sync.identity import key_id
from covidstation.sync.receipts import read_receipt
from covidstation.sync.refusals import BundleRefused


class Taken(StrEnum):
    """What became of one file."""

    RECEIPT = "receipt"
    CERTIFICATE = "certificate"
    ALREADY = "already"
    ASKS = "asks"  # a certificate whose words nobody has compared yet
    REFUSED = "refused"
    GIVEN_BACK = "given_back"  # a restored register has its lost lines again
    DOWN = "down"  # lines of the district
    GAP = "gap"  # lines of the district whose earlier ones are not here yet: asked for again


@dataclass(frozen=True, slots=True)
class Import:
    """One file of an import; `trouble` says why it was refused, `words` what to compare."""

    name: str
    outcome: Taken
    upto: int = 0
    hub: str = ""
    words: tuple[str, ...] = ()
    trouble: UserError | None = None
    came_back: CameBack | None = None
    down: TookDown | None = None


@dataclass(frozen=True, slots=True)
class Trusted:
    """Which certificate a person has said yes to."""

    any: bool
    words: tuple[str, ...]


@needs(Right.SEND)
def import_one(
    db: Database, found: usb.FoundFile, *, by: UUID | None, now: datetime, trusted: Trusted, alone: bool
) -> Import | None:
    """One file of a stick; None for what is not meant for this station. A refusal is a result."""
    try:
        data = usb.read(found)
        return take_one(db, found.path.name, data, by=by, now=now, trusted=trusted, alone=alone)
    except UserError as trouble:
        return Import(found.path.name, Taken.REFUSED, trouble=trouble)


@needs(Right.SEND)
def take_one(
    db: Database, name: str, data: bytes, *, by: UUID | None, now: datetime, trusted: Trusted, alone: bool
) -> Import | None:
    """One bundle of the district, whoever carried it; a refusal is a result."""
    try:
        header = read_header(data)
        if header.kind in (BundleKind.UP, *NAMELESS) and not alone:
            return None  # our own and other stations' files on the same stick
        certificate = get_certificate(db)
        others = header.station is not None and certificate is not None and header.station != certificate.station
        if header.kind is BundleKind.CERT:  # of another district it may name us by another id
            return _take_certificate(db, name, data, by=by, now=now, trusted=trusted, alone=alone)
        if certificate is None:
            raise UserError("enrol.not_yet")
        if others and not alone:
            return None
        take = _take_down if header.kind is BundleKind.DOWN else _take_receipt
        taken = take(db, name, data, certificate, by=by, now=now)
        take_up_aside(db, by=by, now=now)
        return taken
    except UserError as trouble:
        return Import(name, Taken.REFUSED, trouble=trouble)


def _take_certificate(
    db: Database, name: str, data: bytes, *, by: UUID | None, now: datetime, trusted: Trusted, alone: bool
) -> Import | None:
    try:
        certificate = look_at_certificate(db, data)
    except UserError as trouble:
        if not alone and trouble.code in ("enrol.not_ours", "enrol.older"):
            return None  # several stations may share a stick
        raise
    held = get_certificate(db)
    if held == certificate:
        keep_signed(db, data, by=by, now=now)
        return Import(name, Taken.ALREADY, hub=certificate.hub_name)
    if held is not None and needs_no_words(held, certificate):
        renew_certificate(db, certificate, by=by, now=now, signed=data)
        return Import(name, Taken.CERTIFICATE, hub=certificate.hub_name)
    if not trusted.any and certificate.words() != trusted.words:
        return Import(name, Taken.ASKS, hub=certificate.hub_name, words=certificate.words())
    with db.noting(AuditAction.IMPORT, now, detail={"what": "certificate"}):
        accept_certificate(db, certificate, by=by, now=now, signed=data)
    return Import(name, Taken.CERTIFICATE, hub=certificate.hub_name, words=certificate.words())


def _open(db: Database, data: bytes, certificate: Certificate) -> tuple[OpenedBundle, bool]:
    """Opened, and whether the district's former key signed it: then it lay long on a stick, and newer ones say more."""
    with db.read() as session:
        identities, former = reading_keys(session), former_hubs(session)
    present = certificate.hub_keys.sign
    senders = {id: Sender(key, certificate.station) for id, key in (former | {key_id(present): present}).items()}
    bundle = open_bundle(data, known_senders=senders, identities=identities)
    return bundle, bundle.header.sender != key_id(present)


def _take_receipt(
    db: Database, name: str, data: bytes, certificate: Certificate, *, by: UUID | None, now: datetime
) -> Import:
    bundle, is_late = _open(db, data, certificate)
    if is_late:
        return Import(name, Taken.ALREADY, hub=certificate.hub_name)
    receipt = read_receipt(bundle)
    try:
        with db.write(by, now) as session:
            rose = apply_receipt(session, receipt, certificate, now)
            if rose:
                note(session, AuditAction.IMPORT, detail={"what": "receipt", "to": receipt.upto})
    except UserError as trouble:
        if trouble.code == "receipt.old_hub":
            with db.write(by, now) as session:
                tell_anyway(session)
        raise
    outcome = Taken.RECEIPT if rose else Taken.ALREADY
    return Import(name, outcome, upto=receipt.upto, hub=receipt.hub_name)


def _take_down(
    db: Database, name: str, data: bytes, certificate: Certificate, *, by: UUID | None, now: datetime
) -> Import:
    """Lines of the district, or lines of this station's own that it gives back."""
    bundle, is_late = _open(db, data, certificate)
    if is_late and GIVEN_BACK in bundle.about:
        raise BundleRefused("bundle.former_hub")
    if is_late:
        return Import(name, Taken.ALREADY, hub=certificate.hub_name)
    if GIVEN_BACK in bundle.about:
        back = take_given_back(db, bundle, by=by, now=now)
        outcome = Taken.GIVEN_BACK if back.changes else Taken.ALREADY
        return Import(name, outcome, hub=certificate.hub_name, came_back=back)
    took = take_opened(db, bundle, by=by, now=now).value
    outcome = Taken.GAP if took.gap is not None else Taken.DOWN if took.lines else Taken.ALREADY
    return Import(name, outcome, hub=certificate.hub_name, down=took)
