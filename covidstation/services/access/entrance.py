"""What can be known of a data folder before its register is opened; light, since the first window waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from covidstation.db.key_file import FILE as KEYS
from covidstation.db.key_file import read_keys
from covidstation.db.place import PlaceKind, place_of
from covidstation.errors import UserError

REGISTER: Final = "register.db"
BACKUPS: Final = "backups"
RESTORED: Final = "restore.ready"  # `db.restoring`: a restored register that waits to be carried over
TRAINING: Final = "-tap-huan"


class FolderState(StrEnum):
    """What stands in a data folder."""

    EMPTY = "empty"  # a register may be founded here
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Entrant:
    """Someone who may unlock the register; `role` as in `domain.station.Role`."""

    name: str
    role: str


def look_at_folder(folder: Path) -> FolderState:
    """Whether a register is here.

    Raises UserError station.no_folder when the place cannot hold one, station.register_missing when there was one
    and only its keys or backups are left: then nothing may be founded over it; place.cloud_founding,
    place.network_founding.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError("station.no_folder", folder=folder)
    if (folder / REGISTER).is_file() or (folder / RESTORED / REGISTER).is_file():
        return FolderState.REGISTER
    unfinished = (folder / f"{REGISTER}.new").is_file()  # a power cut while it was being founded
    if ((folder / KEYS).exists() and not unfinished) or any((folder / BACKUPS).glob("register-*.db")):
        raise UserError("station.register_missing", folder=folder)
    refuse_place(folder)
    return FolderState.EMPTY


def refuse_place(folder: Path) -> None:
    """No register is founded where it would be spoilt. Raises place.cloud_founding, place.network_founding."""
    place = place_of(folder)
    if place.kind is PlaceKind.CLOUD:
        raise UserError("place.cloud_founding", cloud=place.name)
    if place.kind is PlaceKind.NETWORK:
        raise UserError("place.network_founding")


def entrants(folder: Path) -> list[Entrant]:
    """Those who may unlock, in the order of the file. Raises UserError keys.damaged, station.newer_data."""
    waits = (folder / RESTORED / KEYS).is_file()
    wraps = read_keys(folder / RESTORED if waits else folder)
    return list(dict.fromkeys(Entrant(wrap.name, wrap.role) for wrap in wraps if wrap.kind == "user"))


def beside(folder: Path) -> Path:
    """The training folder that goes with a station's folder, and the other way round."""
    name = folder.name
    return folder.with_name(name.removesuffix(TRAINING) if name.endswith(TRAINING) else name + TRAINING)


def is_training_folder(folder: Path) -> bool:
    """Whether it is the second one of the two."""
    return folder.name.endswith(TRAINING)
