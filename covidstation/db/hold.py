"""Who holds the register: every open one has a shared hold, whoever replaces the file needs it alone (docs/adr/0020).

The hold is a lock on an empty file beside the register, taken through SQLite: it works alike on every system, between
programs and within one, and is gone with its process. Nothing is ever written into the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2

from covidstation.db.reserve import give_way, give_way_to_open
from covidstation.errors import UserError

FILE: Final = "register.hold"
KEYS_FILE: Final = "keys.hold"
_TURN: Final = 10.0  # seconds to wait for a turn that takes milliseconds
_ALONE: Final = 0.5  # seconds: a command that is just ending


class Hold:
    """A shared hold until `release`, or until nobody keeps it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def release(self) -> None:
        """Let go; twice does no harm."""
        self._connection.close()


def share(folder: Path) -> Hold:
    """Hold the register with others. Raises UserError station.being_replaced, station.read_only, station.disk_full."""
    connection = _locked(folder / FILE, "BEGIN", _TURN, UserError("station.being_replaced"))
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the first read takes the lock
    except dbapi2.DatabaseError as trouble:
        connection.close()
        raise UserError("station.being_replaced") from trouble
    return Hold(connection)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold it with nobody beside. Raises UserError station.in_use, station.read_only."""
    connection = _locked(folder / FILE, "BEGIN EXCLUSIVE", _ALONE, UserError("station.in_use"))
    try:
        yield
    finally:
        connection.close()


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """One after the other: for a file that is read, changed and written back. Raises UserError station.busy."""
    connection = _locked(path, "BEGIN EXCLUSIVE", _TURN, UserError("station.busy"))
    try:
        yield
    finally:
        connection.close()


@contextmanager
def only_one(path: Path, taken: UserError) -> Iterator[None]:
    """One of all programs at this folder; for whoever comes second, `taken` is raised at once."""
    connection = _locked(path, "BEGIN EXCLUSIVE", 0.1, taken)
    try:
        yield
    finally:
        connection.close()


def _emptied(path: Path) -> None:
    """What somebody else wrote into it, or a broken disk, would lock everybody out. Cut, not replaced: locks stay."""
    with suppress(OSError):
        if path.stat().st_size:
            os.truncate(path, 0)


def _locked(path: Path, begin: str, wait: float, taken: UserError) -> Any:
    _emptied(path)
    try:
        connection = dbapi2.connect(str(path), isolation_level=None, timeout=wait, check_same_thread=False)
    except dbapi2.DatabaseError as trouble:
        raise UserError("station.read_only", folder=path.parent) from trouble
    try:
        connection.execute(begin)
    except dbapi2.DatabaseError as trouble:
        connection.close()
        if "locked" in str(trouble):
            raise taken from trouble
        if "full" in str(trouble):
            if give_way_to_open(path.parent) or give_way(path.parent):
                return _locked(path, begin, wait, taken)
            raise UserError("station.disk_full") from trouble
        raise UserError("station.read_only", folder=path.parent) from trouble
    return connection
