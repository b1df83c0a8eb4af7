"""Room kept beside the register for the hour when the disk is full (docs/adr/0023).

On a full disk SQLite cannot even make the small files with which it reads. Giving up this file makes room for the day's
last saves, drafts and papers, for locking and closing, while the person in charge clears the disk.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage
from typing import Final

FILE: Final = "register.reserve"
SIZE: Final = 16 << 20  # three thousand saves with their log
PLENTY: Final = 500 << 20  # bytes free from which the reserve is laid in; below that it would be part of the trouble
_PIECE: Final = 1 << 20


def lay_in(folder: Path) -> bool:
    """Keep the reserve if there is none and the disk has plenty; whether it is there now. Never raises for a disk."""
    path = folder / FILE
    try:
        if path.stat().st_size >= SIZE:
            return True
    except OSError:
        pass
    try:
        if disk_usage(folder).free < PLENTY:
            return False
        with path.open("wb") as file:
            for _one in range(SIZE // _PIECE):
                file.write(os.urandom(_PIECE))  # zeros would be squeezed to nothing by a file system that packs
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        give_way(folder)
        return False
    return True


def give_way(folder: Path) -> bool:
    """Give up the reserve; whether that made room."""
    with suppress(OSError):
        (folder / FILE).unlink()
        return True
    return False
