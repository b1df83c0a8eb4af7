"""A restored register takes the place of the one that stands, so that a cut leaves the old one or the new (ADR 22).

The new register and its keys are made whole in a folder of their own. Giving that folder its final name is the moment
of decision: before it nothing has changed, after it whoever opens the register first carries the two files over. What
stood there before was copied to `set-aside` and is never deleted by the program.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from covidstation.db import hold, swap
from covidstation.db.heads import forget_heads
from covidstation.db.key_file import FILE as KEYS
from covidstation.db.key_file import sync_folder
from covidstation.errors import UserError

PART: Final = "restore.part"
READY: Final = "restore.ready"
ASIDE: Final = "set-aside"
REGISTER: Final = swap.REGISTER
_OLD: Final = (REGISTER, f"{REGISTER}-wal", f"{REGISTER}-journal", KEYS, "register.head")


def fresh_part(folder: Path) -> Path:
    """An empty folder for the new register, on the same disk. Raises UserError station.read_only."""
    part = folder / PART
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
    except OSError as trouble:
        raise UserError("station.read_only", folder=folder) from trouble
    return part


def forget_part(folder: Path) -> None:
    """Nothing was decided: nothing is left."""
    shutil.rmtree(folder / PART, ignore_errors=True)


def is_decided(folder: Path) -> bool:
    """Whether a restored register waits to be carried over."""
    return (folder / READY).is_dir()


def set_aside(folder: Path, now: datetime) -> Path | None:
    """Copy what stands in the register's place, damaged or not; None when nothing stands there. Raises OSError."""
    found = [folder / name for name in _OLD if (folder / name).is_file()]
    if not found:
        return None
    aside = folder / ASIDE
    aside.mkdir(exist_ok=True)
    while (aside / now.strftime("%Y%m%d-%H%M%S")).exists():
        now += timedelta(seconds=1)
    place = aside / now.strftime("%Y%m%d-%H%M%S")
    part = place.with_name(place.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    for path in found:
        shutil.copyfile(path, part / path.name)
        with (part / path.name).open("rb+") as file:
            os.fsync(file.fileno())
    sync_folder(part)
    part.replace(place)
    sync_folder(aside)
    return place


def decide(folder: Path) -> None:
    """The new register stands from now on; `finish` carries it over. Its two files are synced by whoever made them."""
    part = folder / PART
    for path in list(part.iterdir()):
        if path.name not in (REGISTER, KEYS):
            path.unlink()
    sync_folder(part)
    shutil.rmtree(folder / READY, ignore_errors=True)  # an empty one of a finish that was cut off at its end
    part.replace(folder / READY)
    sync_folder(folder)


def finish(folder: Path) -> bool:
    """Carry a decided register over; whether there was one. Again after a cut: what is done is passed over.

    Raises UserError station.in_use while somebody has the old one open, station.not_replaced.
    """
    if not is_decided(folder):
        return False
    with hold.alone(folder):
        carry_over(folder)
    return True


def carry_over(folder: Path) -> None:
    """The same for whoever holds the register alone already. An old log never stands beside the new file."""
    ready = folder / READY
    try:
        if (ready / KEYS).exists():
            (ready / KEYS).replace(folder / KEYS)
            sync_folder(folder)
        if (ready / REGISTER).exists():
            forget_heads(folder)
            swap.place(folder, ready / REGISTER)
        with suppress(FileNotFoundError):
            ready.rmdir()
        sync_folder(folder)
    except OSError as trouble:
        raise UserError("station.not_replaced", reason=trouble.strerror or "") from trouble
