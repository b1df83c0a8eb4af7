"""When the register cannot be opened: what is safe, everything onto a stick as it is, and looking without writing."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db import keys, restoring
from covidstation.db.backup import copies_of
from covidstation.db.rows import StationRow, UserRow
from covidstation.db.session import Database, make_engine
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.services.access import attempts
from covidstation.services.access.entrance import REGISTER
from covidstation.services.access.keyring import recognises
from covidstation.services.access.opening import Register
from covidstation.sync.carriers.usb import as_user_error

CARRIED: Final = "CSB-cuu-ho"
_FILES: Final = (REGISTER, f"{REGISTER}-wal", f"{REGISTER}-journal", keys.FILE, "register.head", "register.tries")
_FOLDERS: Final = (restoring.READY, restoring.PART)
COPIES: Final = 2
SPARE: Final = 1 << 20

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Carried:
    """What was put on a stick for the district: every file as it was, sealed or encrypted already."""

    place: Path
    files: int
    size: int
    left: tuple[str, ...]  # copies for which there was no room


def carry_everything(folder: Path, stick: Path, now: datetime, *, step: Step = lambda _done, _of: None) -> Carried:
    """Copy what is left of the register, damaged or not, and its newest copies; each file is read back.

    Raises UserError stick.full, stick.no_folder, station.nothing_left, `stick.…`; nothing of the folder is changed.
    """
    needed = [folder / name for name in _FILES if (folder / name).is_file()]
    for name in _FOLDERS:
        with suppress(OSError):
            needed += [path for path in (folder / name).iterdir() if path.is_file()]
    extra = [path for copy in copies_of(folder)[:COPIES] for path in (copy.path, copy.keys) if path.is_file()]
    if not needed and not extra:
        raise UserError("station.nothing_left", folder=folder)
    if not stick.is_dir():
        raise UserError("stick.no_folder", folder=stick)
    try:
        room = shutil.disk_usage(stick).free - SPARE - sum(path.stat().st_size for path in needed)
        if room < 0:
            raise UserError("stick.full")
        taken, left = _that_fit(extra, room)
        place = stick / CARRIED / now.strftime("%Y%m%d-%H%M%S")
        place.mkdir(parents=True, exist_ok=True)
        every = [*needed, *taken]
        total, done = sum(path.stat().st_size for path in every), 0
        for path in every:
            target = place / path.relative_to(folder)
            target.parent.mkdir(exist_ok=True)
            _carry(path, target)
            done += path.stat().st_size
            step(done, total)
    except OSError as trouble:
        raise as_user_error(trouble, stick) from trouble
    return Carried(place, len(every), total, tuple(path.name for path in left))


def _that_fit(paths: Sequence[Path], room: int) -> tuple[list[Path], list[Path]]:
    taken: list[Path] = []
    left: list[Path] = []
    for path in paths:
        size = path.stat().st_size
        (taken if size <= room else left).append(path)
        room -= size if size <= room else 0
    return taken, left


def _carry(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    if _digest(source) != _digest(target):
        raise UserError("stick.not_the_same", folder=target.parent)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Reading(Database):
    """A register that is only looked at: a private copy, gone when it is closed. Whatever would write is refused."""

    def __init__(self, place: Path, key: bytes) -> None:
        path = place / REGISTER
        super().__init__(make_engine(path, key, read_only=True), path, key)
        self._place = place

    def write(self, by: UUID | None, now: datetime) -> AbstractContextManager[Session]:  # type: ignore[override]
        """Refused: UserError station.only_reading."""
        raise UserError("station.only_reading")

    @contextmanager
    def noting(self, action: AuditAction, now: datetime, **entry: Any) -> Iterator[None]:
        """There is nowhere to note it; looking goes on."""
        yield

    def note(
        self,
        action: AuditAction,
        *,
        subjects: Sequence[UUID | None] = (None,),
        detail: Mapping[str, str | int] | None = None,
        now: datetime | None = None,
    ) -> None:
        """Likewise."""

    def close(self) -> None:
        """Forget the copy."""
        self.engine.dispose()
        shutil.rmtree(self._place, ignore_errors=True)


def open_to_read(folder: Path, passphrase: str, *, user: str | None = None, now: datetime) -> Register:
    """Open a private copy of the register, of any schema, for somebody who may then only look.

    For a folder that cannot be written to, a full disk, a register of a newer program. Raises UserError
    keys.wrong_passphrase, keys.wait, station.damaged, station.disk_full, …; the register is not touched.
    """
    with attempts.trying(folder, "", now) as judged:
        unlocked = keys.open_with(folder, passphrase, user)
        judged.who = unlocked.wrap.id
    db = _private(folder, unlocked.keys)
    try:
        with db.read() as session:
            training = session.scalars(select(StationRow.training)).one()
            columns = select(UserRow.name, UserRow.disabled_on).where(UserRow.id == unlocked.user)
            row = session.execute(columns).one_or_none()
            if not recognises(session, unlocked.wrap):
                raise UserError("keys.replaced")
        if row is None or row.disabled_on is not None:
            raise UserError("keys.unknown_user", name="")
    except BaseException:
        db.close()
        raise
    db.actor = Actor(unlocked.user, row.name, Role.READ_ONLY)
    return Register(db, folder, unlocked.user, row.name, Role.READ_ONLY.value, training)


def _private(folder: Path, either: Sequence[bytes]) -> Reading:
    """A copy that one of these keys opens; with the last of them it is not tried yet."""
    place = _copied(folder)
    *earlier, last = either
    for key in earlier:
        db = Reading(place, key)
        try:
            with db.read() as session:
                session.connection().exec_driver_sql("SELECT count(*) FROM sqlite_master")
        except UserError:  # a change of keys was cut off after the file took its place
            db.engine.dispose()
        else:
            return db
    return Reading(place, last)


def _copied(folder: Path) -> Path:
    place = None
    try:
        place = Path(tempfile.mkdtemp(prefix="covidstation-"))  # finds no folder at all on a full disk
        for name in (REGISTER, f"{REGISTER}-wal"):
            if (folder / name).is_file():
                shutil.copyfile(folder / name, place / name)
    except OSError as trouble:
        if place is not None:
            shutil.rmtree(place, ignore_errors=True)
        if trouble.errno == errno.EIO:
            raise UserError("station.damaged", reason=trouble.strerror or "") from trouble
        raise UserError("station.disk_full") from trouble
    return place
