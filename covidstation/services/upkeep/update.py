"""Taking a newer version of the program from a stick: looked through whole, tried on a copy of the register, switched.

Until the pointer is switched nothing of the running version changes, and the register is lifted only at the first
start of the new one (docs/adr/0025).
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess  # door: starts the tested version of this program
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation import __version__
from covidstation.db import audit, keys, schema
from covidstation.db.backup import make_backup
from covidstation.db.queries.station import Counts, counts
from covidstation.db.rows import SecretRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.access.entrance import REGISTER
from covidstation.services.changes import Done, done
from covidstation.services.rights import needs
from covidstation.services.upkeep.selftest import SelfTest, read_report
from covidstation.update import stand
from covidstation.update.manifest import Manifest, Version
from covidstation.update.package import Package, look_through, read_package, sync_folder, take_archive, unpack
from covidstation.update.trust import release_keys

log = logging.getLogger(__name__)

RATCHET: Final = "update_ratchet"
SPARE: Final = 200 << 20
TEST_SECONDS: Final = 600
_MB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class UpdateLook:
    """What a package would bring. `expired`: by this PC's clock; that only warns."""

    file: Path
    running: str
    version: str
    made: date
    expired: bool
    size: int
    lifts: bool  # whether the register will be lifted to a newer schema


@dataclass(frozen=True, slots=True)
class Installed:
    """A version that starts from the next start on."""

    version: str
    before: str
    backup: Path


@needs(Right.MANAGE)
def look_at_update(db: Database, file: Path, *, now: datetime, running: str = __version__) -> UpdateLook:
    """What the package is, or why it is not taken; its files are looked through when it is installed.

    Raises UserError update.unreadable, not_one, foreign, damaged, other_platform, older, ratchet, too_old_data,
    newer_data.
    """
    package = read_package(file, release_keys())
    _fits(db, package, running)
    manifest = package.manifest
    lifts = manifest.schema > schema.version_of(db.engine)
    expired = now.date() > manifest.expires
    return UpdateLook(file, running, str(manifest.version), manifest.made, expired, manifest.unpacked, lifts)


@needs(Right.MANAGE)
def install_update(
    db: Database, file: Path, *, by: UUID | None, now: datetime, home: Path | None = None, running: str = __version__
) -> Done[Installed]:
    """Install it beside the running version, which goes on until the window is closed.

    Raises what `look_at_update` raises, and UserError update.no_home, no_space, not_written, failed_test and those of a
    backup; then the next start is of the running version, and nothing of the new one is left.
    """
    home = home or stand.home()
    if home is None:
        raise UserError("update.no_home")
    package = read_package(file, release_keys())
    _fits(db, package, running)
    manifest = package.manifest
    before = _pointer(home)
    app = f"{stand.PREFIX}{manifest.version}"
    if app == before.app:
        raise UserError("update.older", version=manifest.version, running=running)
    _room(home, manifest, db.path)
    with _written(home):
        _put_beside(package, home, app)
    try:
        backup = make_backup(db, now=now)
        _tried(home / app, manifest, db, backup)
        with db.write(by, now) as session:
            _raise_ratchet(session, package)
            detail = {"version": str(manifest.version), "before": running}
            audit.note(session, AuditAction.UPDATE, detail=detail)
        with _written(home):
            stand.point_to(home, stand.Pointer(app, before.app))
    except BaseException:
        with suppress(OSError, ValueError):
            if stand.read_pointer(home) != before:  # renamed, and then the disk refused the sync
                stand.point_to(home, before)
        shutil.rmtree(home / app, ignore_errors=True)
        raise
    stand.let_go(home, stand.Pointer(app, before.app))
    log.info("update installed: %s after %s", manifest.version, running)
    return done(Installed(str(manifest.version), running, backup))


def _pointer(home: Path) -> stand.Pointer:
    """Which version starts now. Raises UserError update.not_written: nothing could be switched there."""
    try:
        return stand.read_pointer(home)
    except (OSError, ValueError) as trouble:
        reason = getattr(trouble, "strerror", None) or stand.CURRENT
        raise UserError("update.not_written", folder=home, reason=reason) from trouble


def _fits(db: Database, package: Package, running: str) -> None:
    """Raise UserError when the package is older, foreign to this PC, or cannot lift this register."""
    manifest = package.manifest
    here = stand.platform_name()
    if manifest.platform not in ("any", here):
        raise UserError("update.other_platform", name=package.path.name, platform=manifest.platform, here=here)
    if manifest.version <= Version.of(running):
        raise UserError("update.older", version=manifest.version, running=running)
    with db.read() as session:
        known = _ratchet(session).get(package.key_id.hex())
    if known and manifest.version < Version.of(known):
        raise UserError("update.ratchet", version=manifest.version, known=known)
    found = schema.version_of(db.engine)
    if found < manifest.oldest:
        raise UserError("update.too_old_data", version=manifest.version, found=found, oldest=manifest.oldest)
    if found > manifest.schema:
        raise UserError("update.newer_data", version=manifest.version, found=found)


def _ratchet(session: Session) -> dict[str, str]:
    """The highest version that each key has brought, by the key's id in hex."""
    row = session.get(SecretRow, RATCHET)
    return dict(json.loads(row.value)) if row else {}


def _raise_ratchet(session: Session, package: Package) -> None:
    """Never lowered: what is kept here was verified and tried."""
    value = json.dumps({**_ratchet(session), package.key_id.hex(): str(package.manifest.version)}).encode()
    session.merge(SecretRow(name=RATCHET, value=value))


def _room(home: Path, manifest: Manifest, register: Path) -> None:
    """Raise UserError update.no_space unless there is room for the archive, its files, a backup and the tried copy."""
    size = register.stat().st_size
    wanted = {home: manifest.archive_size + manifest.unpacked + SPARE, register.parent: 3 * size + SPARE}
    if home.stat().st_dev == register.parent.stat().st_dev:
        wanted = {home: sum(wanted.values()) - SPARE}
    for place, need in wanted.items():
        free = shutil.disk_usage(place).free
        if free < need:
            raise UserError("update.no_space", need=-(-(need - free) // _MB), free=free // _MB)


@contextmanager
def _written(home: Path) -> Iterator[None]:
    """Turn what the disk refuses into a sentence."""
    try:
        yield
    except OSError as trouble:
        raise UserError("update.not_written", folder=home, reason=trouble.strerror or "") from trouble


def _put_beside(package: Package, home: Path, app: str) -> None:
    """Verify everything, then unpack; the folder gets its name when all of it is on the disk."""
    archive, part = home / f"{app}.zip.part", home / f"{app}.part"
    try:
        take_archive(package, archive)
        look_through(archive, package.manifest, package.path.name)
        for leftover in (part, home / app):
            if leftover.exists():
                shutil.rmtree(leftover)
        unpack(archive, package.manifest, package.path.name, part)
        keys.replace_file(part / "start", "\n".join(package.manifest.start).encode())
        sync_folder(part)
        part.replace(home / app)
        sync_folder(home)
    finally:
        archive.unlink(missing_ok=True)
        shutil.rmtree(part, ignore_errors=True)


def _tried(app: Path, manifest: Manifest, db: Database, backup: Path) -> None:
    """The new version opens, lifts and prints from a copy of the register. Raises UserError update.failed_test."""
    before = counts(db)
    with tempfile.TemporaryDirectory(prefix="update-test-", dir=db.path.parent) as place:
        folder = Path(place)
        shutil.copyfile(backup, folder / REGISTER)
        shutil.copyfile(db.path.parent / keys.FILE, folder / keys.FILE)
        file = app / manifest.start[1]
        program = [sys.executable, "-P", str(file)] if file.suffix == ".py" else [str(file)]
        try:
            status = subprocess.run(
                [*program, "--data", str(folder), "selftest"],
                input=db.key.hex().encode() + b"\n",  # never on the command line, where everybody could read it
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=TEST_SECONDS,
                check=False,
            ).returncode
        except (OSError, subprocess.TimeoutExpired):
            status = -1
        found = read_report(folder)
    step = _what_failed(found, status, manifest, before)
    if step:
        log.warning("update %s failed its test: %s", manifest.version, step)
        raise UserError("update.failed_test", version=manifest.version, step=step)


def _what_failed(found: SelfTest | None, status: int, manifest: Manifest, before: Counts) -> str:
    """The step that did not hold, empty when all did."""
    if found is None:
        return "start"
    if found.failed:
        return found.failed
    if (found.version, found.schema) != (str(manifest.version), manifest.schema):
        return "version"
    if (found.people, found.episodes) != (before.people, before.episodes):
        return "count"
    return "" if status == 0 else "end"
