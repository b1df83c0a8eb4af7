"""What an update package says of itself, read strictly: its signature says who wrote it, not that it is sound."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from covidstation.domain.canonical import Fields, decode_canonical, encode

FORMAT: Final = "covidstation-update-1"
MOST_FILES: Final = 20_000
MOST_FILE: Final = 512 << 20
MOST_UNPACKED: Final = 1536 << 20
MOST_PATH: Final = 200
MOST_PART: Final = 120
_VERSION: Final = re.compile(r"(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})", re.ASCII)
_PART: Final = re.compile(r"[\w.+@=,()\[\] -]+")
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]) *(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Three numbers, the newer the greater."""

    major: int
    minor: int
    patch: int

    @classmethod
    def of(cls, text: str) -> Version:
        """Read `1.2.3`. Raises ValueError."""
        found = _VERSION.fullmatch(text)
        if not found:
            raise ValueError("not a version")
        return cls(*(int(number) for number in found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True, slots=True)
class File:
    """One file of the program. `path` is relative with forward slashes; `sha256` is 32 bytes."""

    path: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The signed part of a package.

    `platform`: `any` or one of `stand.platform_name()`. `schema`: of the registers that it writes; `oldest`: the oldest
    register that it can lift. `expires` only warns: a station's clock may be wrong. `start`: the file that is started.
    `archive_size`, `archive_sha256`: of the zip behind the manifest, which holds exactly `files`.
    """

    version: Version
    platform: str
    made: date
    expires: date
    schema: int
    oldest: int
    start: tuple[str, str]
    archive_size: int
    archive_sha256: bytes
    files: tuple[File, ...]

    @property
    def unpacked(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def to_bytes(self) -> bytes:
        """Canonical JSON, which is what is signed."""
        return encode(
            {
                "archive": [self.archive_size, self.archive_sha256.hex()],
                "expires": self.expires.isoformat(),
                "files": [[file.path, file.size, file.sha256.hex()] for file in self.files],
                "format": FORMAT,
                "made": self.made.isoformat(),
                "oldest": self.oldest,
                "platform": self.platform,
                "schema": self.schema,
                "start": list(self.start),
                "version": str(self.version),
            }
        )


def read_manifest(data: bytes) -> Manifest:
    """The manifest of those bytes. Raises ValueError for anything that `to_bytes` would not write, and nothing else."""
    fields = Fields(decode_canonical(data))
    if fields.text("format") != FORMAT:
        raise ValueError("format")
    archive = fields.items("archive", 2)
    files = tuple(_file(one) for one in fields.items("files", MOST_FILES))
    size, sha256 = _sized(archive, MOST_UNPACKED)
    found = Manifest(
        version=Version.of(fields.text("version", 20)),
        platform=fields.text("platform", 40),
        made=fields.day("made"),
        expires=fields.day("expires"),
        schema=fields.number("schema", 1, 10_000),
        oldest=fields.number("oldest", 1, 10_000),
        start=_two(fields.items("start", 2)),
        archive_size=size,
        archive_sha256=sha256,
        files=files,
    )
    check_paths(file.path for file in files)
    if found.unpacked > MOST_UNPACKED or not {file.path for file in files}.issuperset(found.start):
        raise ValueError("files")
    if found.oldest > found.schema or found.to_bytes() != data:  # a key that nobody reads would be signed, too
        raise ValueError("fields")
    return found


def check_paths(paths: Iterable[str]) -> None:
    """Raise ValueError unless every path stays below its folder on Windows and Linux, and none hides another."""
    files, folders = set[str](), set[str]()
    for path in paths:
        if len(path) > MOST_PATH or not unicodedata.is_normalized("NFC", path):
            raise ValueError("path")
        parts = path.split("/")
        for part in parts:
            if not _PART.fullmatch(part) or len(part) > MOST_PART or part[-1] in ". " or part[0] == " ":
                raise ValueError("path")  # also "", ".", ".." and whatever has \ or :
            if _DEVICES.fullmatch(part):
                raise ValueError("device")
        name = path.casefold()
        if name in files:
            raise ValueError("twins")
        files.add(name)
        folders.update("/".join(parts[:at]).casefold() for at in range(1, len(parts)))
    if files & folders:
        raise ValueError("a file that is a folder")


def _two(value: list[object]) -> tuple[str, str]:
    if len(value) != 2 or not isinstance(value[0], str) or not isinstance(value[1], str):
        raise ValueError("start")
    return value[0], value[1]


def _file(value: object) -> File:
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
        raise ValueError("file")
    return File(value[0], *_sized(value[1:], MOST_FILE))


def _sized(value: list[object], most: int) -> tuple[int, bytes]:
    if len(value) != 2:
        raise ValueError("size")
    fields = Fields({"size": value[0], "sha256": value[1]})
    return fields.number("size", 0, most), fields.octets("sha256", 32)
