"""A large bundle that is on its way in pieces: the same bytes go on after a cut, a kill, a night.

It is sealed to the district and signed; it lies beside the register until the district has it, or it no longer fits.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from covidstation.db.key_file import replace_file
from covidstation.errors import UserError
from covidstation.services.exchange.packing import Part
from covidstation.sync.bundle import LIMITS, read_header

FOLDER: Final = "outbox"
FILE: Final = "up.csb"


def keep(folder: Path, part: Part) -> None:
    """Put it there before its first piece goes. Raises UserError station.disk_full."""
    place = folder / FOLDER
    try:
        place.mkdir(exist_ok=True)
        replace_file(place / FILE, part.data)
    except OSError as cause:
        raise UserError("station.disk_full") from cause


def kept(folder: Path, epoch: str, received: int) -> Part | None:
    """The bundle that was on its way, when it begins where the district's receipt ends; else it is dropped."""
    path = folder / FOLDER / FILE
    try:
        with path.open("rb") as file:
            data = file.read(LIMITS.file + 1)
        header = read_header(data)
    except OSError:
        return None
    except UserError:
        drop(folder)
        return None
    stream = header.stream
    if stream is None or header.epoch != epoch or stream.first != received + 1:
        drop(folder)
        return None
    return Part(path.name, data, header.bundle, stream.first, stream.last)


def drop(folder: Path) -> None:
    """It arrived, or is of no use."""
    with suppress(OSError):
        (folder / FOLDER / FILE).unlink()
