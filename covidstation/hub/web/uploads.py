"""Large bundles that come in pieces: what has arrived lies in a file until it is whole, bounded in number, size, age.

The content is sealed to the hub's keys and signed, so the files need no protection of their own; whether the pieces
fit is told by the bundle's hashes at the end.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from covidstation.errors import UserError

FOLDER: Final = "uploads"
PARTIAL_AGE: Final = 7 * 86_400.0  # seconds: a line that comes back next week goes on
WHOLE_AGE: Final = 15 * 60.0  # seconds: an answer that was lost on the way is asked for again
_NAME: Final = re.compile(r"(\d+)-([0-9a-f]{32})-(\d+)\.part")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may lie here."""

    each: int = 3  # bundles of one station
    files: int = 2_000
    total: int = 4 << 30  # bytes, by the lengths that were announced


@dataclass(slots=True)
class Upload:
    """One bundle on its way; `size` bytes of `length` are here."""

    station: int
    bundle: UUID
    length: int
    path: Path
    size: int
    touched: float
    busy: bool = False

    @property
    def whole(self) -> bool:
        """Whether all of it is here."""
        return self.size == self.length


class Uploads:
    """All of them. Used from the event loop alone; the folder is its own."""

    def __init__(self, folder: Path, bounds: Bounds | None = None) -> None:
        self._folder, self._bounds = folder, bounds or Bounds()
        self._held: dict[UUID, Upload] = {}
        for path in folder.glob("*.part") if folder.is_dir() else ():
            self._find(path)

    def _find(self, path: Path) -> None:
        match = _NAME.fullmatch(path.name)
        with suppress(OSError):
            stat = path.lstat()
            if match is None or stat.st_size > int(match[3]):
                path.unlink()
                return
            bundle = UUID(hex=match[2])
            self._held[bundle] = Upload(int(match[1]), bundle, int(match[3]), path, stat.st_size, stat.st_mtime)

    def get(self, bundle: UUID) -> Upload | None:
        """What is here of it."""
        return self._held.get(bundle)

    def begin(self, station: int, bundle: UUID, length: int, now: float) -> Upload:
        """Room for a new one; the station's oldest make way. Raises UserError http.no_room."""
        own = sorted((one for one in self._held.values() if one.station == station), key=lambda one: one.touched)
        for old in own[: max(0, len(own) + 1 - self._bounds.each)]:
            if old.busy:
                raise UserError("http.no_room")
            self.drop(old)
        total = sum(one.length for one in self._held.values())
        if len(self._held) >= self._bounds.files or total + length > self._bounds.total:
            raise UserError("http.no_room")
        path = self._folder / f"{station}-{bundle.hex}-{length}.part"
        try:
            self._folder.mkdir(exist_ok=True)
            path.touch(exist_ok=False)
        except OSError as cause:
            raise UserError("http.no_room") from cause
        upload = Upload(station, bundle, length, path, 0, now)
        self._held[bundle] = upload
        return upload

    def add(self, upload: Upload, piece: bytes, now: float) -> None:
        """Append. Raises UserError http.no_room; what was there stays, cut to a length that is known."""
        if upload.size + len(piece) > upload.length:
            raise UserError("http.bad_request", what="Upload-Length")
        try:
            with upload.path.open("r+b") as file:
                file.truncate(upload.size)
                file.seek(upload.size)
                file.write(piece)
        except OSError as cause:
            raise UserError("http.no_room") from cause
        upload.size += len(piece)
        upload.touched = now

    def settle(self, upload: Upload) -> None:
        """What is said to be here is on the disk."""
        with suppress(OSError), upload.path.open("rb") as file:
            os.fsync(file.fileno())

    def drop(self, upload: Upload) -> None:
        """Forget it."""
        self._held.pop(upload.bundle, None)
        with suppress(OSError):
            upload.path.unlink()

    def sweep(self, now: float) -> int:
        """Drop what nobody came back for, and what was answered a while ago; returns how many."""
        old = [
            one
            for one in self._held.values()
            if not one.busy and now - one.touched > (WHOLE_AGE if one.whole else PARTIAL_AGE)
        ]
        for one in old:
            self.drop(one)
        return len(old)
