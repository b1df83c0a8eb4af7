"""Another file in the register's place, so that a cut at any moment leaves the one or the other (docs/adr/0020).

An old log beside a new file would be played into it, so the log is folded in and gone before the name changes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2

from covidstation.db import hold
from covidstation.db.key_file import sync_folder
from covidstation.db.session import Database
from covidstation.errors import UserError

REGISTER: Final = "register.db"
REKEYED: Final = "register.db.rekeyed"
_PATIENCE: Final = 5.0  # seconds for an act that is on
_SIDES: Final = ("-wal", "-shm", "-journal")
_STATE: Final = "SELECT last_seq, chain, audit_seq, audit_chain, epoch FROM journal_state"


def place(folder: Path, new_file: Path) -> None:
    """Make `new_file`, on the same disk, the register of that folder; the caller holds it alone and folded its log.

    Raises UserError station.in_use, station.not_replaced; then the old one stands.
    """
    try:
        with new_file.open("rb+") as file:
            os.fsync(file.fileno())
        for side in _SIDES:
            (folder / (REGISTER + side)).unlink(missing_ok=True)
        new_file.replace(folder / REGISTER)
        sync_folder(folder)
    except PermissionError as trouble:  # Windows, while somebody has it open
        raise UserError("station.in_use") from trouble
    except OSError as trouble:
        raise UserError("station.not_replaced", reason=trouble.strerror or "") from trouble


def fold(path: Path, key: bytes) -> None:
    """Fold the log into the file and leave the log's way of writing: it fails while anybody has the file open.

    Raises UserError station.busy, station.damaged.
    """
    with _told(), closing(_keyed(path, key)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        if mode != "delete":
            raise UserError("station.busy")


@contextmanager
def handed_over(db: Database) -> Iterator[None]:
    """Nobody else reads or writes this register, in this program or in another; its log is folded.

    Other threads wait at the door; a connection in use or another program refuses it: UserError station.busy,
    station.in_use. Afterwards the register is open as before, with whatever key `db.door` has then.
    """
    folder = db.path.parent
    with db.door.turn:
        db.engine.pool.dispose()
        db.let_go()
        try:
            with hold.alone(folder):
                _fold_idle(db)
                yield
        finally:
            db.let_go()  # again: an act that was on has looked at the old file meanwhile
            db.hold = hold.share(folder)


def _fold_idle(db: Database) -> None:
    """Fold the log once the acts that were on when the door closed have ended.

    The pool is emptied, not replaced as `Engine.dispose` would: what is given back to a pool that is no longer the
    engine's stays open, and the file with it.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            fold(db.path, db.door.key)
        except UserError as trouble:
            if trouble.code != "station.busy" or time.monotonic() > until:
                raise
            time.sleep(0.05)
            db.engine.pool.dispose()
        else:
            return


def rekey(db: Database, new_key: bytes, *, placed: Callable[[], None]) -> None:
    """Encrypt the register anew: a copy gets the key, is looked over, and takes the place; `placed` is called then.

    Raises UserError station.busy, station.in_use, station.disk_full, station.backup_failed; then nothing changed.
    """
    copy = db.path.with_name(REKEYED)
    with handed_over(db):
        try:
            _rekeyed(db.path, db.door.key, copy, new_key)
            place(db.path.parent, copy)
        finally:
            forget(copy)
        db.door.key = new_key
        placed()


def forget(path: Path) -> None:
    """Remove a file of ours with its sides, if it is there."""
    for side in ("", *_SIDES):
        path.with_name(path.name + side).unlink(missing_ok=True)


def _rekeyed(path: Path, key: bytes, copy: Path, new_key: bytes) -> None:
    forget(copy)
    with _told():
        with closing(_keyed(path, key)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
            wanted = _counted(connection)
        with closing(_keyed(copy, key)) as connection:
            connection.execute("PRAGMA synchronous = OFF")  # synced as a whole before it gets its name
            connection.execute(f"PRAGMA rekey = \"x'{new_key.hex()}'\"")  # door: hexadecimal, no parameters here
        with closing(_keyed(copy, new_key)) as connection:
            torn = connection.execute("PRAGMA cipher_integrity_check").fetchone()
            sound = connection.execute("PRAGMA quick_check").fetchone()
            if torn is not None or sound != ("ok",) or _counted(connection) != wanted:
                raise UserError("station.backup_failed")


def _counted(connection: Any) -> list[tuple[Any, ...]]:
    """How many rows each table has, and how far journal and audit came."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
    counts = [
        (name, *connection.execute(f'SELECT count(*) FROM "{name}"').fetchone())  # noqa: S608  door: tables of ours
        for name in names
    ]
    return [*counts, connection.execute(_STATE).fetchone()]


def _keyed(path: Path, key: bytes) -> Any:
    connection = dbapi2.connect(str(path), isolation_level=None, timeout=1)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")  # door: hexadecimal, PRAGMA has no parameters
    connection.execute("PRAGMA cipher_log_level = NONE")
    return connection


@contextmanager
def _told() -> Iterator[None]:
    """What SQLite says, as a sentence."""
    try:
        yield
    except dbapi2.DatabaseError as trouble:
        reason = str(trouble)
        if "locked" in reason:
            raise UserError("station.busy") from trouble
        if "full" in reason:
            raise UserError("station.disk_full") from trouble
        raise UserError("station.damaged", reason=reason) from trouble
