"""A sealed copy of the register on a stick, for the day this PC is gone."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from covidstation.db.backup import copies_of, is_kept, make_backup, mark_of
from covidstation.db.copies import Copy, Facts, Health, Why
from covidstation.db.rows import JournalStateRow, StationRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.canonical import decode
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.certificate import certificate_of
from covidstation.services.rights import needs
from covidstation.sync.carriers import copies

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class OnStick:
    """A copy that lies on a stick, read back."""

    path: Path
    size: int


@needs(Right.SEND)
def copy_to_stick(db: Database, folder: Path, *, now: datetime, step: Step = lambda _done, _of: None) -> OnStick:
    """Put the newest state on the stick, sealed; it is opened by the recovery code or the district's key alone.

    `step(done, of)` counts bytes. Raises UserError stick.copy_room when the stick is too small, `stick.…`, and what
    `make_backup` raises.
    """
    copy = _newest(db, now)
    with db.read() as session:
        state = session.execute(select(JournalStateRow.epoch)).scalar_one()
        certificate = certificate_of(session)
        station = certificate.station if certificate else session.scalars(select(StationRow.id)).one()
    name = copies.copy_name(station, state, copy.made)
    keys = without_users(copy.keys.read_bytes())
    facts = asdict(copy.facts or Facts())
    path = copies.put_copy(folder, name, copy.path, keys, facts, step=step)
    with db.noting(AuditAction.BACKUP, now, detail={"copy": path.name, "why": "stick"}):
        return OnStick(path, path.stat().st_size)


def _newest(db: Database, now: datetime) -> Copy:
    """A copy beside the register that holds all that was saved; made now when there is none."""
    if not is_kept(db):
        make_backup(db, now=now, why=Why.WORK)
    with db.read() as session:
        mark = mark_of(session)
    found = [one for one in copies_of(db.path.parent) if one.facts and one.facts.mark == mark]
    whole = [one for one in found if one.health is Health.WHOLE]
    if not whole:
        raise UserError("station.backup_failed")
    return whole[0]


def without_users(keys: bytes) -> bytes:
    """The keys file with what is on paper or at the district alone: a stick goes through many hands.

    Raises UserError keys.damaged.
    """
    try:
        found = decode(keys)
        kept = [wrap for wrap in found["wraps"] if wrap["kind"] != "user"]
    except (ValueError, KeyError, TypeError) as cause:
        raise UserError("keys.damaged") from cause
    return json.dumps(found | {"wraps": kept}, ensure_ascii=False, indent=1).encode()


def draw_out(source: Path, target: Path, *, step: Step = lambda _done, _of: None) -> None:
    """The register of a copy, on this PC or on a stick, as a file of its own, synced.

    Raises UserError station.copy_damaged, station.disk_full, station.copy_unread, `stick.…`; `target` is gone then.
    """
    if source.suffix == ".csk":
        copies.take_out(source, target, step=step)
        return
    try:
        shutil.copyfile(source, target)
        with target.open("rb+") as file:
            os.fsync(file.fileno())
    except OSError as trouble:
        target.unlink(missing_ok=True)
        raise UserError("station.copy_unread", name=source.name, reason=trouble.strerror or "") from trouble


def keys_of(source: Path) -> bytes:
    """The keys file that goes with a copy. Raises UserError station.copy_damaged."""
    if source.suffix == ".csk":
        return copies.carried_keys(source)
    try:
        return source.with_suffix(".keys.json").read_bytes()
    except OSError as cause:
        raise UserError("station.copy_damaged", name=source.name) from cause
