"""Room kept beside the register for the hour when the disk is full (docs/adr/0023).

On a full disk SQLite cannot even make the small files with which it reads. Giving up the reserve makes room for the
day's last saves, drafts and papers, for locking and closing, while the person in charge clears the disk. A second one,
small, is given up by the opening alone: who comes back to a disk that is still full finds the register readable.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage
from typing import Final

FILE: Final = "register.reserve"
SIZE: Final = 16 << 20  # three thousand saves with their log
LAST: Final = "register.room"
LAST_SIZE: Final = 256 << 10  # what SQLite reads with, a log, a few entries of who came in
NOTHING: Final = 64 << 10  # bytes free below which no register can be opened
PLENTY: Final = 500 << 20  # bytes free from which the reserve is laid in; below that it would be part of the trouble
_PIECE: Final = 1 << 20


def lay_in(folder: Path) -> bool:
    """Keep the reserve if there is none and the disk has plenty; whether it is there now. Never raises for a disk."""
    keep_last(folder)
    return _kept(folder / FILE, SIZE, PLENTY)


def keep_last(folder: Path) -> bool:
    """Keep the room for the next opening, be it on a disk that is nearly full; whether it is there now."""
    return _kept(folder / LAST, LAST_SIZE, LAST_SIZE)


def _kept(path: Path, size: int, least: int) -> bool:
    try:
        if path.stat().st_size >= size:
            return True
    except OSError:
        pass
    try:
        if disk_usage(path.parent).free < least:
            return False
        with path.open("wb") as file:
            for at in range(0, size, _PIECE):
                file.write(os.urandom(min(_PIECE, size - at)))  # a file system that packs would squeeze zeros
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        _gone(path)
        return False
    return True


def give_way(folder: Path) -> bool:
    """Give up the reserve; whether that made room."""
    return _gone(folder / FILE)


def is_full(folder: Path) -> bool:
    """Whether there is no room even to open a register."""
    try:
        return disk_usage(folder).free < NOTHING
    except OSError:
        return False


def give_way_to_open(folder: Path) -> bool:
    """On a full disk give up the room for an opening, else the reserve; whether that made room."""
    return is_full(folder) and (_gone(folder / LAST) or give_way(folder))


def _gone(path: Path) -> bool:
    with suppress(OSError):
        path.unlink()
        return True
    return False
