"""Bundles on a USB stick or in any folder (docs/bundle-format-1.md §7).

What is written is there, whole and read back, before `put` returns; what is found is hostile until opened.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Final
from uuid import UUID

from covidstation.errors import UserError
from covidstation.sync.refusals import BundleRefused

TOP: Final = "CSB"
MOST_FILES: Final = 10_000
MOST_ENTRIES: Final = 200_000
MOST_SIZE: Final = 64 << 20
MOST_DEPTH: Final = 4
JUNCTION: Final = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT of Windows

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,80}(\.csb)?")
_CODES: Final = {
    errno.ENOSPC: "stick.full",
    errno.EDQUOT: "stick.full",
    errno.EFBIG: "stick.full",
    errno.EROFS: "stick.read_only",
    errno.EACCES: "stick.no_permission",
    errno.EPERM: "stick.no_permission",
    errno.EIO: "stick.pulled_out",
    errno.ENODEV: "stick.pulled_out",
    errno.ENXIO: "stick.pulled_out",
    errno.ENOENT: "stick.pulled_out",
    errno.ENOTCONN: "stick.pulled_out",
    errno.ESTALE: "stick.pulled_out",
}
_WINDOWS_CODES: Final = {
    19: "stick.read_only",  # ERROR_WRITE_PROTECT, an EACCES to Python
    21: "stick.pulled_out",  # ERROR_NOT_READY, likewise
    39: "stick.full",
    112: "stick.full",
    433: "stick.pulled_out",
    1006: "stick.pulled_out",
    1167: "stick.pulled_out",
}


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be a bundle. Its name is for people, never for decisions."""

    path: Path
    size: int


def up_name(station: UUID, epoch: str, first: int, last: int, part: int = 1) -> str:
    """Where a station's bundle lies below the chosen folder."""
    return f"{TOP}/{station.hex}/up/U-{epoch[:8]}-{first:010d}-{last:010d}-{part:03d}.csb"


def down_name(station: UUID, epoch: str, first: int, last: int, part: int = 1) -> str:
    """Where a hub's bundle for a station lies."""
    return f"{TOP}/{station.hex}/down/D-{epoch[:8]}-{first:010d}-{last:010d}-{part:03d}.csb"


def give_back_name(station: UUID, epoch: str, first: int, last: int, part: int = 1) -> str:
    """Where a hub's bundle of a station's own lines lies."""
    return f"{TOP}/{station.hex}/down/G-{epoch[:8]}-{first:010d}-{last:010d}-{part:03d}.csb"


def receipt_name(station: UUID, epoch: str, upto: int) -> str:
    """Where a receipt lies."""
    return f"{TOP}/{station.hex}/down/R-{epoch[:8]}-{upto:010d}.csb"


def certificate_name(station: UUID, serial: int) -> str:
    """Where a certificate lies."""
    return f"{TOP}/{station.hex}/down/C-{serial:06d}.csb"


def enrol_name(commune: str, sender: str) -> str:
    """Where an enrolment file lies; `sender` is the key id."""
    return f"{TOP}/enrol/E-{commune}-{sender}.csb"


def shown_name(station: UUID, sender: str) -> str:
    """Where a station shows its hub the certificate that it holds; `sender` is the key id."""
    return f"{TOP}/{station.hex}/up/E-{sender}.csb"


def rekey_name(station: UUID, sender: str) -> str:
    """Where a station asks for new keys; `sender` is the id of the new one."""
    return f"{TOP}/{station.hex}/up/K-{sender}.csb"


def put(folder: Path, name: str, data: bytes) -> Path:
    """Write one file below the chosen folder; returns when it is on the medium and was read back.

    Complete or nothing: after an error the file is not there, or there in full. Raises UserError (`stick.…`).
    """
    parts = PurePosixPath(name).parts
    if not parts or not name.endswith(".csb") or not all(_NAME.fullmatch(part) for part in parts):
        raise ValueError(name)
    if not folder.is_dir():
        raise UserError("stick.no_folder", folder=folder)
    target = (folder.parent if folder.name.upper() == TOP else folder).joinpath(*parts)
    try:
        make_folder(target.parent, len(parts) - 1)
        _write(target, data)
        same = _digest(target) == hashlib.sha256(data).digest()
    except OSError as error:
        raise as_user_error(error, folder) from error
    if not same:
        with suppress(OSError):
            target.unlink()
        raise UserError("stick.not_the_same", folder=folder)
    return target


def scan(place: Path) -> list[FoundFile]:
    """The files to try below a folder, in order of their names; or the one file given.

    Regular `*.csb` files alone, no links followed, at most four folders deep; looks into `CSB` only where the
    folder has one. Raises UserError: no such place, too many files, stick pulled out.
    """
    try:
        if place.is_file():
            return [FoundFile(place, place.stat().st_size)]
        if not place.is_dir():
            raise UserError("stick.no_folder", folder=place)
        top = place / TOP
        has_top = top.is_dir() and not top.is_symlink()
        found = chain(_files(place, 0), _files(top, MOST_DEPTH - 1)) if has_top else _files(place, MOST_DEPTH)
        result = []
        for one in found:
            result.append(one)
            if len(result) > MOST_FILES:
                raise UserError("stick.too_many", folder=place, most=MOST_FILES)
    except OSError as error:
        raise as_user_error(error, place) from error
    return sorted(result, key=lambda one: (one.path.name, str(one.path)))


def read(found: FoundFile) -> bytes:
    """The bytes of a found file, if it is still a regular file of allowed size. Raises BundleRefused."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(os.open(found.path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise BundleRefused("bundle.unreadable", name=found.path.name)
            data = file.read(MOST_SIZE + 1)
    except OSError:
        raise BundleRefused("bundle.unreadable", name=found.path.name) from None
    if len(data) > MOST_SIZE:
        raise BundleRefused("bundle.too_large", most=MOST_SIZE >> 20)
    return data


def _files(folder: Path, depth: int) -> Iterator[FoundFile]:
    """Walk at most `depth` folders down; a crowd of other files ends the walk with UserError."""
    waiting = [(folder, depth)]
    seen = 0
    while waiting:
        here, left = waiting.pop()
        for entry in _entries(here, strict=here is folder):
            seen += 1
            if seen > MOST_ENTRIES:
                raise UserError("stick.too_many", folder=folder, most=MOST_FILES)
            if entry.name.startswith("."):
                continue
            if left and _is_folder(entry):
                waiting.append((here / entry.name, left - 1))
            elif entry.name.lower().endswith(".csb") and entry.is_file(follow_symlinks=False):
                yield FoundFile(here / entry.name, entry.stat(follow_symlinks=False).st_size)


def _entries(folder: Path, *, strict: bool) -> Iterator[os.DirEntry[str]]:
    """What lies in a folder; one that may not be read is passed over (Windows keeps such on each stick)."""
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except PermissionError:
        if strict:
            raise


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """A real folder: neither a link nor, on Windows, a junction."""
    if not entry.is_dir(follow_symlinks=False):
        return False
    return getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) != JUNCTION


def make_folder(folder: Path, depth: int) -> None:
    """Make the last `depth` folders of the path where missing; a link among them would lead elsewhere."""
    missing = [folder, *folder.parents][:depth]
    for one in reversed(missing):
        if one.is_symlink():
            raise UserError("stick.link", folder=one)
        if not one.is_dir():
            one.mkdir()
            sync_folder(one.parent)


def _write(target: Path, data: bytes) -> None:
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(part, flags, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make names durable. Windows has no such call, and some stick file systems refuse it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(handle)


def _digest(path: Path) -> bytes:
    """SHA-256 of what the medium gives back, past the system's cache where it can be dropped."""
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").digest()


def as_user_error(error: OSError, folder: Path) -> UserError:
    code = _WINDOWS_CODES.get(getattr(error, "winerror", None) or 0) or _CODES.get(error.errno or 0)
    if code is None:
        return UserError("stick.failed", folder=folder, reason=error.strerror or str(error))
    return UserError(code, folder=folder)
