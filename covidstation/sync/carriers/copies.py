"""A copy of the register on a stick: one `.csk` file, sealed because both of its parts are (docs/bundle-format-1.md).

A stored zip of three members: `manifest.json`, `keys.json`, `register.db`. The register is the encrypted file itself,
the keys open it by the recovery code on paper or the district's escrow key alone. What is found on a stick is hostile:
it is read by these three names, within the size of the file, and believed only where hashes agree.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

from covidstation.domain.canonical import decode
from covidstation.errors import UserError
from covidstation.sync.carriers.usb import TOP, as_user_error, make_folder, sync_folder

MANIFEST, KEYS, REGISTER = "manifest.json", "keys.json", "register.db"
FORMAT: Final = 1
MOST_SMALL: Final = 1 << 20  # bytes of manifest and keys
MOST_FOUND: Final = 200
SPARE: Final = 1 << 20  # bytes of names and folders on a stick
KEPT: Final = 2
PIECE: Final = 1 << 20
_TORN: Final = (zipfile.BadZipFile, ValueError, KeyError, NotImplementedError, RuntimeError, EOFError, OverflowError)
_NAME: Final = re.compile(r"B-([0-9a-f]{8})-(\d{8}-\d{6})\.csk")

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Carried:
    """A copy on a stick: when it was made (wall clock) and what its manifest says, which nothing vouches for."""

    path: Path
    made: datetime
    size: int
    facts: Mapping[str, Any]


def copy_name(station: UUID, epoch: str, made: datetime) -> str:
    """Where a station's copy lies below the stick."""
    return f"{TOP}/{station.hex}/backup/B-{epoch[:8]}-{made:%Y%m%d-%H%M%S}.csk"


def put_copy(
    folder: Path,
    name: str,
    register: Path,
    keys: bytes,
    facts: Mapping[str, Any],
    *,
    step: Step = lambda _done, _of: None,
) -> Path:
    """Write one below the stick, read it back, and keep the newest two of that station.

    `step(done, of)` counts bytes written and read. Raises UserError `stick.…`, stick.copy_room; the older ones stand
    then, and no part of the new one.
    """
    if not folder.is_dir():
        raise UserError("stick.no_folder", folder=folder)
    top = folder.parent if folder.name.upper() == TOP else folder
    target = top.joinpath(*name.split("/"))
    try:
        make_folder(target.parent, 3)
        size = register.stat().st_size
        _make_room(target.parent, size + len(keys) + SPARE)
        part = target.with_name(target.name + ".part")
        try:
            _write(part, register, keys, facts, _moving(step, 0, size))
            part.replace(target)
            sync_folder(target.parent)
        finally:
            with suppress(OSError):
                part.unlink()
        try:
            _read_back(target, _moving(step, size, size))
        except UserError:
            target.unlink()
            raise
        _take_away(target.parent, KEPT)
    except OSError as trouble:
        raise as_user_error(trouble, folder) from trouble
    return target


def _moving(step: Step, before: int, size: int) -> Callable[[int], None]:
    return lambda done: step(before + done, 2 * size)


def _make_room(folder: Path, needed: int) -> None:
    """All but the newest one may go for a newer one. Raises UserError stick.copy_room."""
    if shutil.disk_usage(folder).free < needed:
        _take_away(folder, 1)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise UserError("stick.copy_room", needed=-(-needed // (1 << 20)), free=free >> 20)


def _take_away(folder: Path, most: int) -> None:
    """Of the station's copies keep the newest by name that are files of ours."""
    names = sorted((one.name for one in folder.iterdir() if _NAME.fullmatch(one.name)), key=_when, reverse=True)
    for name in names[most:]:
        with suppress(OSError):
            if not (folder / name).is_symlink():
                (folder / name).unlink()


def _when(name: str) -> str:
    match = _NAME.fullmatch(name)
    return match[2] if match else ""


def _write(part: Path, register: Path, keys: bytes, facts: Mapping[str, Any], moved: Callable[[int], None]) -> None:
    part.unlink(missing_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(os.open(part, flags, 0o600), "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
            with register.open("rb") as source, packed.open(REGISTER, "w", force_zip64=True) as member:
                sha256 = _poured(source, member, moved)
            packed.writestr(KEYS, keys)
            files = {REGISTER: sha256, KEYS: hashlib.sha256(keys).hexdigest()}
            manifest = {"format": FORMAT, "facts": dict(facts), "files": files}
            packed.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False))
        file.flush()
        os.fsync(file.fileno())


def _poured(source: IO[bytes], target: IO[bytes] | None, moved: Callable[[int], None]) -> str:
    digest, done = hashlib.sha256(), 0
    while piece := source.read(PIECE):
        digest.update(piece)
        if target is not None:
            target.write(piece)
        done += len(piece)
        moved(done)
    return digest.hexdigest()


def _read_back(path: Path, moved: Callable[[int], None]) -> None:
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    if not _agrees(path, None, moved):
        raise UserError("stick.not_the_same", folder=path.parent)


def _agrees(path: Path, target: Path | None, moved: Callable[[int], None]) -> bool:
    """Whether both members are what the manifest says; the register is written to `target` on the way."""
    try:
        with _opened(path) as packed:
            wanted = _manifest(packed)["files"]
            keys = hashlib.sha256(packed.read(KEYS)).hexdigest()
            with packed.open(REGISTER) as source:
                if target is None:
                    found = _poured(source, None, moved)
                else:
                    with target.open("wb") as file:
                        found = _poured(source, file, moved)
                        file.flush()
                        os.fsync(file.fileno())
    except _TORN:
        return False
    return bool({REGISTER: found, KEYS: keys} == wanted)


def _opened(path: Path) -> zipfile.ZipFile:
    """The zip, if it is one of ours: three stored members that fit into the file. Raises BadZipFile."""
    packed = zipfile.ZipFile(path)
    members = {one.filename: one for one in packed.infolist()}
    small = all(members[name].file_size <= MOST_SMALL for name in (MANIFEST, KEYS) if name in members)
    stored = all(one.compress_type == zipfile.ZIP_STORED and not one.flag_bits & 1 for one in members.values())
    within = sum(one.file_size for one in members.values()) <= path.stat().st_size
    if set(members) != {MANIFEST, KEYS, REGISTER} or len(packed.infolist()) != 3 or not (small and stored and within):
        packed.close()
        raise zipfile.BadZipFile(path.name)
    return packed


def _manifest(packed: zipfile.ZipFile) -> dict[str, Any]:
    """Raises ValueError."""
    try:
        found = decode(packed.read(MANIFEST))
    except RecursionError as cause:
        raise ValueError("not a manifest") from cause
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError("not a manifest")
    facts, files = found.get("facts"), found.get("files")
    if not isinstance(facts, dict) or not isinstance(files, dict):
        raise ValueError("not a manifest")
    return found


def find_carried(place: Path) -> list[Carried]:
    """The copies on a stick or in a folder, newest first, those that are not what they should be passed over.

    Raises UserError `stick.…` when the place itself cannot be read.
    """
    try:
        found = [one for path in _paths(place) if (one := look_at_carried(path)) is not None]
    except OSError as trouble:
        raise as_user_error(trouble, place) from trouble
    return sorted(found, key=lambda one: one.made, reverse=True)


def _paths(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
        return
    top = place if place.name.upper() == TOP else place / TOP
    count = 0
    for pattern, root in (("*/backup/B-*.csk", top), ("B-*.csk", place), ("*/B-*.csk", place)):
        for path in root.glob(pattern):
            if path.is_file() and not path.is_symlink():
                count += 1
                if count > MOST_FOUND:
                    raise UserError("stick.too_many", folder=place, most=MOST_FOUND)
                yield path


def look_at_carried(path: Path) -> Carried | None:
    """What a file says it is, without reading all of it; None when it is no copy."""
    match = _NAME.fullmatch(path.name)
    try:
        made = datetime.strptime(match[2], "%Y%m%d-%H%M%S") if match else datetime.fromtimestamp(path.stat().st_mtime)
        with _opened(path) as packed:
            return Carried(path, made, path.stat().st_size, _manifest(packed)["facts"])
    except (OSError, *_TORN):
        return None


def carried_keys(path: Path) -> bytes:
    """Its keys file. Raises UserError station.copy_damaged."""
    try:
        with _opened(path) as packed:
            return packed.read(KEYS)
    except (OSError, *_TORN) as cause:
        raise UserError("station.copy_damaged", name=path.name) from cause


def take_out(path: Path, target: Path, *, step: Step = lambda _done, _of: None) -> None:
    """Write its register to `target`, synced; on UserError station.copy_damaged, `stick.…` there is no `target`."""
    try:
        size = path.stat().st_size
        whole = _agrees(path, target, lambda done: step(done, size))
    except OSError as trouble:
        target.unlink(missing_ok=True)
        raise as_user_error(trouble, path.parent) from trouble
    if not whole:
        target.unlink(missing_ok=True)
        raise UserError("station.copy_damaged", name=path.name)
