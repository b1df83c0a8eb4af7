"""Carrying changes to the district and its receipts back, by a folder: a stick, or any other place."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.audit import note
from covidstation.db.journal import SCHEMA
from covidstation.db.rows import BatchRow, JournalRow, JournalStateRow, ReceiptRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.ops import chain_start, decode_op
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.exchange.about import about_station
from covidstation.services.exchange.enrolment import (
    accept_certificate,
    get_certificate,
    identity_of,
    look_at_certificate,
    write_enrolment,
)
from covidstation.services.exchange.given_back import CameBack, take_given_back
from covidstation.services.rights import needs
from covidstation.sync.bundle import Sender, Subject, open_bundle, read_header, split_records, write_bundle
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import Certificate
from covidstation.sync.header import Kind as BundleKind
from covidstation.sync.header import Stream
from covidstation.sync.identity import Identity, key_id
from covidstation.sync.receipts import Receipt, read_receipt

log = logging.getLogger(__name__)

Step = Callable[[str], None]
_OWN: Final = re.compile(r"U-[0-9a-f]{8}-\d{10}-(\d{10})-\d{3}\.csb")


class Exported(StrEnum):
    """What an export wrote."""

    ENROLMENT = "enrolment"
    CHANGES = "changes"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Export:
    """The result of writing to a stick; `words` are for an enrolment alone."""

    what: Exported
    files: tuple[Path, ...] = ()
    changes: int = 0
    size: int = 0
    number: int = 0
    words: tuple[str, ...] = ()


class Taken(StrEnum):
    """What became of one file."""

    RECEIPT = "receipt"
    CERTIFICATE = "certificate"
    ALREADY = "already"
    ASKS = "asks"  # a certificate whose words nobody has compared yet
    REFUSED = "refused"
    GIVEN_BACK = "given_back"  # a restored register has its lost lines again


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


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    data: bytes
    bundle: UUID
    first: int
    last: int


@needs(Right.SEND)
def export_changes(
    db: Database, folder: Path, *, by: UUID | None, now: datetime, step: Step = lambda _name: None
) -> Done[Export]:
    """Write everything after the last receipt, complete and read back, or nothing; not enrolled: the request.

    `step` hears "pack", "write", "check" as the work goes on. Raises UserError `stick.…`.
    """
    certificate = get_certificate(db)
    if certificate is None:
        step("write")
        with db.noting(AuditAction.SEND, now, detail={"what": "enrolment"}):
            enrolment = write_enrolment(db, folder, by=by, now=now)
        return done(Export(Exported.ENROLMENT, (enrolment.path,), words=enrolment.words))
    step("pack")
    with db.read() as session:
        about = about_station(session, session.get_one(JournalStateRow, 1).epoch)
        parts = _pack(session, certificate, identity_of(session), about)
        received = session.get_one(JournalStateRow, 1).received_upto
    if not parts:
        return done(Export(Exported.NOTHING))
    step("write")
    paths = _put_all(folder, parts)
    step("check")
    number = _remember(db, parts, certificate, folder, by, now, about["audit"]["seq"])
    _clear_received(paths[0].parent, received, keep=set(paths))
    size = sum(len(part.data) for part in parts)
    changes = parts[-1].last - parts[0].first + 1
    log.info("bundle written: %d parts, %d changes, up to %d", len(parts), changes, parts[-1].last)
    return done(Export(Exported.CHANGES, tuple(paths), changes, size, number), Kind.SYNC)


def _pack(session: Session, certificate: Certificate, identity: Identity, about: Mapping[str, Any]) -> list[_Part]:
    """Freeze the waiting journal lines into parts; a transaction is never divided."""
    state = session.get_one(JournalStateRow, 1)
    rows = session.execute(
        select(JournalRow.seq, JournalRow.line, JournalRow.chain)
        .where(JournalRow.seq > state.received_upto)
        .order_by(JournalRow.seq)
    ).all()
    if not rows:
        return []
    chains = {row.seq: row.chain for row in rows}
    before = _chain_at(session, certificate, state.received_upto)
    lines = ((decode_op(row.line).first_of_transaction or row.seq, row.line) for row in rows)
    groups = list(split_records(lines))
    parts = []
    first = state.received_upto + 1
    for number, group in enumerate(groups, 1):
        last = first + len(group) - 1
        bundle = uuid4()
        subject = Subject(
            kind=BundleKind.UP,
            station=certificate.station,
            epoch=state.epoch,
            stream=Stream(
                first=first,
                last=last,
                chain_before=before,
                chain_after=chains[last],
                schema=SCHEMA,
                part=(number, len(groups)),
            ),
            bundle=bundle,
        )
        recipients = [certificate.hub_keys.age, certificate.escrow]
        data = write_bundle(subject, group, signer=identity.sign, recipients=recipients, about=about)
        parts.append(
            _Part(usb.up_name(certificate.station, state.epoch, first, last, number), data, bundle, first, last)
        )
        first, before = last + 1, chains[last]
    return parts


def _chain_at(session: Session, certificate: Certificate, seq: int) -> bytes:
    if seq == 0:
        return chain_start(certificate.station, session.get_one(JournalStateRow, 1).epoch)
    return session.get_one(JournalRow, seq).chain


def _put_all(folder: Path, parts: Sequence[_Part]) -> list[Path]:
    """All parts or none: what is new is taken away again when a later one fails.

    A part that stood there before holds the same lines under the same name, and stays.
    """
    standing: set[Path] = set()
    with suppress(UserError):
        standing = {found.path for found in usb.scan(folder)}
    paths: list[Path] = []
    try:
        for part in parts:
            paths.append(usb.put(folder, part.name, part.data))
    except UserError:
        for path in set(paths) - standing:
            with suppress(OSError):
                path.unlink()
        raise
    return paths


def _remember(
    db: Database,
    parts: Sequence[_Part],
    certificate: Certificate,
    folder: Path,
    by: UUID | None,
    now: datetime,
    audit_seq: int,
) -> int:
    with db.write(by, now) as session:
        row = BatchRow(
            bundle_id=parts[-1].bundle,
            epoch=session.get_one(JournalStateRow, 1).epoch,
            seq_from=parts[0].first,
            seq_to=parts[-1].last,
            made_at=now.replace(microsecond=0, tzinfo=None),
            carrier="usb",
            target=folder.name or str(folder),
            size=sum(len(part.data) for part in parts),
        )
        session.add(row)
        session.flush()
        changes = row.seq_to - row.seq_from + 1
        detail: dict[str, str | int] = {
            "what": "bundle",
            "n": changes,
            "epoch": row.epoch,
            "audit": audit_seq,
            "to": row.seq_to,
        }
        note(session, AuditAction.SEND, detail=detail)
        return row.n


def _clear_received(folder: Path, received: int, keep: set[Path]) -> None:
    """Take this station's older bundles off the stick when a receipt covers all of them."""
    with suppress(OSError):
        for path in folder.iterdir():
            match = _OWN.fullmatch(path.name)
            if match and int(match[1]) <= received and path not in keep and not path.is_symlink():
                path.unlink()


@needs(Right.SEND)
def import_files(
    db: Database,
    place: Path,
    *,
    by: UUID | None,
    now: datetime,
    yes: bool = False,
    agreed: tuple[str, ...] = (),
) -> Done[list[Import]]:
    """Read what the district wrote: certificates, receipts, and what it gives back to a restored register.

    `agreed` are the eight words that a person has compared: the certificate with these words is accepted and no
    other. `yes` accepts any, for scripts that stand for a person's yes.
    Each file stands alone: a damaged one is refused with its sentence and stops no other.
    """
    trusted = _Trusted(yes, agreed)
    results = [
        _import_one(db, found, by=by, now=now, trusted=trusted, alone=place.is_file()) for found in usb.scan(place)
    ]
    taken = [result for result in results if result is not None]
    if any(result.outcome is Taken.ASKS for result in taken):  # receipts wait for the answer
        taken = [result for result in taken if not (result.trouble and result.trouble.code == "enrol.not_yet")]
    back = any(one.outcome is Taken.GIVEN_BACK for one in taken)
    for one in taken:
        log.info("read from a stick: %s %s", one.outcome.value, one.trouble.code if one.trouble else "")
    return done(taken, *(Kind if back else (Kind.SYNC,)))


@dataclass(frozen=True, slots=True)
class _Trusted:
    """Which certificate a person has said yes to."""

    any: bool
    words: tuple[str, ...]


def _import_one(
    db: Database, found: usb.FoundFile, *, by: UUID | None, now: datetime, trusted: _Trusted, alone: bool
) -> Import | None:
    name = found.path.name
    try:
        data = usb.read(found)
        header = read_header(data)
        if header.kind in (BundleKind.UP, BundleKind.ENROL) and not alone:
            return None  # our own and other stations' files on the same stick
        certificate = get_certificate(db)
        others = header.station is not None and certificate is not None and header.station != certificate.station
        if others and not alone:
            return None
        if header.kind is BundleKind.CERT:
            return _take_certificate(db, name, data, by=by, now=now, trusted=trusted, alone=alone)
        if certificate is None:
            raise UserError("enrol.not_yet")
        take = _take_back if header.kind is BundleKind.DOWN else _take_receipt
        return take(db, name, data, certificate, by=by, now=now)
    except UserError as trouble:
        return Import(name, Taken.REFUSED, trouble=trouble)


def _take_certificate(
    db: Database, name: str, data: bytes, *, by: UUID | None, now: datetime, trusted: _Trusted, alone: bool
) -> Import | None:
    try:
        certificate = look_at_certificate(db, data)
    except UserError as trouble:
        if not alone and trouble.code in ("enrol.not_ours", "enrol.older"):
            return None  # several stations may share a stick
        raise
    held = get_certificate(db)
    if held == certificate:
        return Import(name, Taken.ALREADY, hub=certificate.hub_name)
    if not trusted.any and certificate.words() != trusted.words:
        return Import(name, Taken.ASKS, hub=certificate.hub_name, words=certificate.words())
    with db.noting(AuditAction.IMPORT, now, detail={"what": "certificate"}):
        accept_certificate(db, certificate, by=by, now=now)
    return Import(name, Taken.CERTIFICATE, hub=certificate.hub_name, words=certificate.words())


def _take_receipt(
    db: Database, name: str, data: bytes, certificate: Certificate, *, by: UUID | None, now: datetime
) -> Import:
    with db.read() as session:
        identity = identity_of(session)
    hub = certificate.hub_keys.sign
    bundle = open_bundle(data, known_senders={key_id(hub): Sender(hub, certificate.station)}, identities=[identity.age])
    receipt = read_receipt(bundle)
    with db.write(by, now) as session:
        rose = _apply_receipt(session, receipt, certificate, now)
        if rose:
            note(session, AuditAction.IMPORT, detail={"what": "receipt", "to": receipt.upto})
    outcome = Taken.RECEIPT if rose else Taken.ALREADY
    return Import(name, outcome, upto=receipt.upto, hub=receipt.hub_name)


def _take_back(
    db: Database, name: str, data: bytes, certificate: Certificate, *, by: UUID | None, now: datetime
) -> Import:
    with db.read() as session:
        identity = identity_of(session)
    hub = certificate.hub_keys.sign
    bundle = open_bundle(data, known_senders={key_id(hub): Sender(hub, certificate.station)}, identities=[identity.age])
    back = take_given_back(db, bundle, by=by, now=now)
    outcome = Taken.GIVEN_BACK if back.changes else Taken.ALREADY
    return Import(name, outcome, hub=certificate.hub_name, came_back=back)


def _apply_receipt(session: Session, receipt: Receipt, certificate: Certificate, now: datetime) -> bool:
    """Only upwards, only in this epoch, only when both sides agree on every line up to there."""
    state = session.get_one(JournalStateRow, 1)
    if receipt.epoch != state.epoch:
        raise UserError("receipt.other_epoch")
    if receipt.upto > state.last_seq:
        raise UserError("receipt.ahead", upto=receipt.upto, ours=state.last_seq)
    if receipt.upto and _chain_at(session, certificate, receipt.upto) != receipt.chain:
        raise UserError("receipt.other_chain")
    last = session.scalars(select(ReceiptRow).order_by(ReceiptRow.n.desc()).limit(1)).first()
    hub_time = receipt.hub_time.astimezone(UTC).replace(tzinfo=None)
    if last is not None and receipt.upto <= state.received_upto and hub_time <= last.hub_time:
        return False
    if receipt.upto < state.received_upto:
        return False
    state.received_upto = receipt.upto
    session.add(
        ReceiptRow(
            epoch=receipt.epoch,
            upto=receipt.upto,
            hub_time=hub_time,
            hub_epoch=receipt.hub_epoch,
            read_at=now.replace(microsecond=0, tzinfo=None),
            exceptions=[
                {"seq": one.seq, "status": one.status, "code": one.code, "text": one.text} for one in receipt.exceptions
            ],
        )
    )
    return True
