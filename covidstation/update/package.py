"""The package's frame: whose signature, over which manifest, before which archive. What is not signed is not parsed.

    magic (16) · manifest size (4, big-endian) · key id (8) · Ed25519 signature (64) · manifest · zip to the end

The signature is over `CONTEXT` and the manifest; the manifest holds size and hash of the zip, and of each file in it.
Every byte of a package is bound, so that no changed one is taken for it.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from covidstation.errors import UserError
from covidstation.update.manifest import File, Manifest, read_manifest

SUFFIX: Final = ".csu"
MAGIC: Final = b"covidstation-upd"
CONTEXT: Final = b"covidstation update manifest, version 1\n"
MOST_MANIFEST: Final = 8 << 20
CHUNK: Final = 1 << 20
_ID: Final = 8
_SIGNATURE: Final = 64
_TORN: Final = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
HEAD: Final = len(MAGIC) + 4 + _ID + _SIGNATURE

Keys = Mapping[bytes, Ed25519PublicKey]
"""The keys that the program trusts, by their ids."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose signature holds; its archive was not looked at yet. `key_id`: 8 bytes of who signed it."""

    path: Path
    key_id: bytes
    manifest: Manifest
    at: int  # where its archive begins


def key_id(public: bytes) -> bytes:
    """The short name of a public key of 32 bytes."""
    return hashlib.sha256(b"covidstation release key\n" + public).digest()[:_ID]


def trusted(publics: Mapping[str, str]) -> Keys:
    """Keys by id, from their hex texts by name."""
    raw = [bytes.fromhex(text) for text in publics.values()]
    return {key_id(one): Ed25519PublicKey.from_public_bytes(one) for one in raw}


def sign(manifest: bytes, secret: Ed25519PrivateKey) -> bytes:
    """The head of a package with that manifest."""
    mine = key_id(secret.public_key().public_bytes_raw())
    return MAGIC + len(manifest).to_bytes(4, "big") + mine + secret.sign(CONTEXT + manifest)


def read_package(path: Path, keys: Keys) -> Package:
    """Look at the head and the manifest alone.

    Raises UserError update.unreadable, update.not_one, update.foreign, update.damaged.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            size = int.from_bytes(head[len(MAGIC) : len(MAGIC) + 4], "big")
            if not head.startswith(MAGIC) or len(head) != HEAD or size > MOST_MANIFEST:
                raise UserError("update.not_one", name=path.name)
            manifest = file.read(size)
            whole = os.fstat(file.fileno()).st_size
    except OSError as trouble:
        raise UserError("update.unreadable", name=path.name, reason=trouble.strerror or "") from trouble
    who = head[len(MAGIC) + 4 :][:_ID]
    public = keys.get(who)
    if public is None:
        raise UserError("update.foreign", name=path.name)
    try:
        public.verify(head[-_SIGNATURE:], CONTEXT + manifest)
        found = read_manifest(manifest)
    except (InvalidSignature, ValueError) as trouble:
        raise UserError("update.damaged", name=path.name) from trouble
    if whole != HEAD + size + found.archive_size:
        raise UserError("update.damaged", name=path.name)
    return Package(path, who, found, HEAD + size)


def take_archive(package: Package, beside: Path) -> None:
    """Copy the archive from the stick to this disk and compare: what is unpacked later is what was looked at.

    Raises UserError update.damaged, update.unreadable; this disk's OSError passes. `beside` may then hold a part.
    """
    digest, left = hashlib.sha256(), package.manifest.archive_size
    try:
        source = package.path.open("rb")
    except OSError as trouble:
        raise UserError("update.unreadable", name=package.path.name, reason=trouble.strerror or "") from trouble
    with source, _synced(beside) as target:
        source.seek(package.at)
        while left:
            try:
                piece = source.read(min(CHUNK, left))
            except OSError as trouble:  # the stick was pulled out
                raise UserError("update.unreadable", name=package.path.name, reason=trouble.strerror or "") from trouble
            if not piece:
                raise UserError("update.damaged", name=package.path.name)
            digest.update(piece)
            target.write(piece)
            left -= len(piece)
    if digest.digest() != package.manifest.archive_sha256:
        raise UserError("update.damaged", name=package.path.name)


def look_through(archive: Path, manifest: Manifest, name: str) -> None:
    """Compare every file of the archive with the manifest, writing nothing. Raises UserError update.damaged."""
    with _opened(archive, manifest, name) as box:
        for file in manifest.files:
            if _copied(box, file, None) != file.sha256:
                raise UserError("update.damaged", name=name)


def unpack(archive: Path, manifest: Manifest, name: str, into: Path) -> None:
    """Write every file below `into`, compared once more while written, and synced.

    Raises UserError update.damaged; the disk's OSError passes.
    """
    with _opened(archive, manifest, name) as box:
        for file in manifest.files:
            path = into.joinpath(*PurePosixPath(file.path).parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            with _synced(path) as target:
                found = _copied(box, file, target)
            if found != file.sha256:
                raise UserError("update.damaged", name=name)
    for folder, _names, _files in os.walk(into, topdown=False):
        sync_folder(Path(folder))


def sync_folder(folder: Path) -> None:
    """Names made or changed in the folder are on the disk; Windows has no such call and does it by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _synced(path: Path) -> Iterator[IO[bytes]]:
    """A new file that is on the disk when the block is left."""
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _opened(archive: Path, manifest: Manifest, name: str) -> Iterator[zipfile.ZipFile]:
    """The archive, when it lists exactly the manifest's files, all plain. Raises UserError update.damaged."""
    try:
        with zipfile.ZipFile(archive) as box:
            listed = {one.filename: one.file_size for one in box.infolist() if _plain(one)}
            if len(box.infolist()) != len(listed) or listed != {file.path: file.size for file in manifest.files}:
                raise UserError("update.damaged", name=name)
            yield box
    except (*_TORN, ValueError) as trouble:
        raise UserError("update.damaged", name=name) from trouble


def _plain(one: zipfile.ZipInfo) -> bool:
    """A regular file, stored or deflated, not encrypted."""
    kind = one.external_attr >> 16 & 0o170000
    return not one.is_dir() and not one.flag_bits & 1 and kind in (0, 0o100000) and one.compress_type in (0, 8)


def _copied(box: zipfile.ZipFile, file: File, target: IO[bytes] | None) -> bytes:
    """The hash of what was read, empty when it is not of the size it was said to be; no bomb is read to its end."""
    digest, left = hashlib.sha256(), file.size + 1
    with box.open(file.path) as source:
        while left and (piece := source.read(min(CHUNK, left))):
            digest.update(piece)
            left -= len(piece)
            if target is not None:
                target.write(piece)
    return digest.digest() if left == 1 else b""
