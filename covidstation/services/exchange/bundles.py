"""Carrying changes to the district and its receipts back, by a folder: a stick, or any other place."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from covidstation.db.audit import note
from covidstation.db.rows import BatchRow, JournalStateRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.certificate import get_certificate
from covidstation.services.changes import Done, Kind, done
from covidstation.services.exchange.about import about_station
from covidstation.services.exchange.answers import Import, Taken, Trusted, import_one
from covidstation.services.exchange.enrolment import identity_of, write_enrolment
from covidstation.services.exchange.packing import Part, pack, pack_next
from covidstation.services.exchange.rekeying import asked_rekey, put_key_files
from covidstation.services.exchange.word import has_word, keep_told
from covidstation.services.rights import needs
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import Certificate

__all__ = ["Export", "Exported", "Import", "Taken", "export_changes", "import_files"]

log = logging.getLogger(__name__)

Step = Callable[[str], None]
_OWN: Final = re.compile(r"U-[0-9a-f]{8}-\d{10}-(\d{10})-\d{3}\.csb")


class Exported(StrEnum):
    """What an export wrote."""

    ENROLMENT = "enrolment"
    CHANGES = "changes"
    NOTHING = "nothing"
    KEYS = "keys"  # no changes wait, but new keys are asked for
    WORD = "word"  # no changes wait, but the district must hear how far we have read


@dataclass(frozen=True, slots=True)
class Export:
    """The result of writing to a stick; `words` are for an enrolment alone."""

    what: Exported
    files: tuple[Path, ...] = ()
    changes: int = 0
    size: int = 0
    number: int = 0
    words: tuple[str, ...] = ()


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
        about = about_station(session, session.get_one(JournalStateRow, 1).epoch, now=now, folder=db.path.parent)
        parts = pack(session, certificate, identity_of(session), about)
        received = session.get_one(JournalStateRow, 1).received_upto
        word = not parts and has_word(session)
        if word:
            parts = [pack_next(session, certificate, identity_of(session), about, 0)]
    with db.read() as session:
        asks = asked_rekey(session) is not None
    if not parts and not asks:
        return done(Export(Exported.NOTHING))
    step("write")
    keys = put_key_files(db, folder, now=now)
    if not parts:
        return done(Export(Exported.KEYS, keys))
    paths = _put_all(folder, parts)
    step("check")
    number = _remember(db, parts, certificate, folder, by, now, about["audit"]["seq"])
    _clear_received(paths[0].parent, received, keep=set(paths))
    size = sum(len(part.data) for part in parts)
    changes = parts[-1].last - parts[0].first + 1
    log.info("bundle written: %d parts, %d changes, up to %d", len(parts), changes, parts[-1].last)
    return done(Export(Exported.WORD if word else Exported.CHANGES, tuple(paths), changes, size, number), Kind.SYNC)


def _put_all(folder: Path, parts: Sequence[Part]) -> list[Path]:
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
    parts: Sequence[Part],
    certificate: Certificate,
    folder: Path,
    by: UUID | None,
    now: datetime,
    audit_seq: int,
) -> int:
    with db.write(by, now) as session:
        keep_told(session)
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
        changes = row.seq_to - row.seq_from + 1
        if changes:
            session.add(row)
            session.flush()
        detail: dict[str, str | int] = {
            "what": "bundle",
            "n": changes,
            "epoch": row.epoch,
            "audit": audit_seq,
            "to": row.seq_to,
        }
        note(session, AuditAction.SEND, detail=detail)
        return row.n if changes else 0


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
    trusted = Trusted(yes, agreed)
    results = [
        import_one(db, found, by=by, now=now, trusted=trusted, alone=place.is_file()) for found in usb.scan(place)
    ]
    taken = [result for result in results if result is not None]
    if any(result.outcome is Taken.ASKS for result in taken):  # receipts wait for the answer
        taken = [result for result in taken if not (result.trouble and result.trouble.code == "enrol.not_yet")]
    back = any(one.outcome is Taken.GIVEN_BACK for one in taken)
    for one in taken:
        log.info("read from a stick: %s %s", one.outcome.value, one.trouble.code if one.trouble else "")
    return done(taken, *(Kind if back else (Kind.SYNC,)))
