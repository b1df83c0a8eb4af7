"""Small packages, good and hostile, signed by keys of the tests' own."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from covidstation.db.schema import CURRENT
from covidstation.update.manifest import File, Manifest, Version
from covidstation.update.package import sign, trusted
from tools.build_update import Build, build_package

FIRST = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
SECOND = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x03" * 32)
MADE = date(2026, 11, 22)
FILES = {
    "start.py": b"print('a small program')\n",
    "covidstation/__init__.py": b'__version__ = "0.2.0"\n',
    "covidstation/_resources/words.txt": "Trạm Y tế xã Nậm Tăm\n".encode() * 40,
    "lib/empty.txt": b"",
}


def keys():
    publics = {name: key.public_key().public_bytes_raw().hex() for name, key in (("a", FIRST), ("b", SECOND))}
    return trusted(publics)


def tree(folder: Path) -> Path:
    for name, data in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def good(out: Path, folder: Path, *, secret: Ed25519PrivateKey = FIRST, **build) -> Manifest:
    return build_package(tree(folder), out, secret, Build(made=MADE, **{"version": "0.2.0", **build}))


def entry(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, (2026, 11, 22, 0, 0, 0))
    made.create_system, made.external_attr, made.compress_type = 3, mode << 16, zipfile.ZIP_DEFLATED
    return made


def zipped(entries: Sequence[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        for one, data in entries:
            box.writestr(one, data)
    return out.getvalue()


def manifest_of(archive: bytes, files: Sequence[File], **changes) -> Manifest:
    """A manifest that says the truth about the archive's bytes and whatever it likes about the files."""
    made = Manifest(
        version=Version(0, 2, 0),
        platform="any",
        made=MADE,
        expires=date(2028, 11, 21),
        schema=CURRENT,
        oldest=1,
        start=("start.py", "start.py"),
        archive_size=len(archive),
        archive_sha256=hashlib.sha256(archive).digest(),
        files=tuple(files),
    )
    return replace(made, **changes)


def said(name: str, data: bytes, size: int | None = None) -> File:
    return File(name, len(data) if size is None else size, hashlib.sha256(data).digest())


def signed(out: Path, manifest: bytes, archive: bytes, secret: Ed25519PrivateKey = FIRST) -> Path:
    out.write_bytes(sign(manifest, secret) + manifest + archive)
    return out


def mutants(whole: bytes, other: bytes, rng: random.Random) -> Iterator[bytes]:
    """Ever new ways to be another file: flips, cuts, gaps, more bytes, pieces of another signed package."""
    ways = (_flipped, _cut, _gap, _longer, _mixed, _noise)
    while True:
        data = bytearray(whole)
        rng.choice(ways)(data, other, rng, rng.randrange(len(data)), rng.randrange(1, 64))
        if data not in (whole, other):
            yield bytes(data)


def _flipped(data, _other, rng, _at, _length):
    for _flip in range(rng.randrange(1, 6)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _cut(data, _other, _rng, at, _length):
    del data[at:]


def _gap(data, _other, _rng, at, length):
    del data[at : at + length]


def _longer(data, _other, rng, at, length):
    data[at:at] = rng.randbytes(length)


def _mixed(data, other, _rng, at, length):
    data[at : at + length] = other[at : at + length]


def _noise(data, _other, rng, at, length):
    data[at : at + length] = rng.randbytes(length)
