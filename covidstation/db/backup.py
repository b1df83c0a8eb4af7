"""A whole copy of the register on this PC: written, synced, opened and counted before it gets its name.

`VACUUM INTO` keeps the encryption and takes one snapshot while others write; a plain copy of the file would be torn.
"""

from __future__ import annotations

import errno
import os
import re
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from covidstation.db import keys
from covidstation.db.rows import JournalRow, JournalStateRow
from covidstation.db.session import Database, make_engine
from covidstation.errors import UserError

FOLDER = "backups"
KEPT = 14
STALE = 3600  # seconds after which a part belongs to nobody any more
_NAME = re.compile(r"register-(\d{8}-\d{6})\.db")


def make_backup(db: Database, *, now: datetime) -> Path:
    """Write one backup beside the register and let the oldest go.

    Raises UserError station.backup_failed, station.backup_place, station.disk_full; then no part of it is left.
    """
    folder = db.path.parent / FOLDER
    name = f"register-{now.strftime('%Y%m%d-%H%M%S')}"
    beside, path = folder / f"{name}.part", folder / f"{name}.db"
    try:
        folder.mkdir(exist_ok=True)
        beside.unlink(missing_ok=True)
        _write_copy(db, beside)
        keys.replace_file(folder / f"{name}.keys.json", (db.path.parent / keys.FILE).read_bytes())
        beside.replace(path)
        keys.sync_folder(folder)
        _let_go(folder)
    except OSError as trouble:
        if trouble.errno == errno.ENOSPC:
            raise UserError("station.disk_full") from trouble
        raise UserError("station.backup_place", folder=folder, reason=trouble.strerror) from trouble
    finally:
        with suppress(OSError):
            beside.unlink()
    return path


def _write_copy(db: Database, beside: Path) -> None:
    """One snapshot, on the disk and read back; others may save meanwhile."""
    before = _last_seq(db)
    db.outside_transaction("VACUUM INTO ?", str(beside))
    with beside.open("rb+") as file:
        os.fsync(file.fileno())
    found = _looked_over(beside, db.key)
    if found is None or not before <= found <= _last_seq(db):
        raise UserError("station.backup_failed")


def _looked_over(path: Path, key: bytes) -> int | None:
    """The last number of the copy's journal; None when its pages or its journal are not whole."""
    copy = Database(make_engine(path, key, read_only=True), path, key)
    try:
        with copy.read() as session:
            connection = session.connection()
            torn = connection.exec_driver_sql("PRAGMA cipher_integrity_check").first()
            sound = connection.exec_driver_sql("PRAGMA quick_check").scalar()
            lines = session.scalar(select(func.count()).select_from(JournalRow))
        last = _last_seq(copy)
        return last if torn is None and sound == "ok" and lines == last else None
    except UserError:
        return None
    finally:
        copy.engine.dispose()


def _last_seq(db: Database) -> int:
    with db.read() as session:
        return session.get_one(JournalStateRow, 1).last_seq


def _let_go(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir() if _NAME.fullmatch(path.name))
    for name in names[:-KEPT]:
        (folder / name).unlink()
        (folder / name).with_suffix(".keys.json").unlink(missing_ok=True)
    for torn in folder.glob("register-*.part"):
        if torn.stat().st_mtime < time.time() - STALE:
            torn.unlink()


def last_backup(folder: Path) -> datetime | None:
    """When the newest backup was made (wall clock), None when there is none."""
    try:
        found = [match[1] for path in (folder / FOLDER).iterdir() if (match := _NAME.fullmatch(path.name))]
    except OSError:
        return None
    return datetime.strptime(max(found), "%Y%m%d-%H%M%S") if found else None
