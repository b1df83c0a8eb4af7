"""A whole copy of the register on this PC: written, synced, opened and counted before it gets its name.

`VACUUM INTO` keeps the encryption and takes one snapshot while others write; a plain copy of the file would be torn.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from covidstation.db import keys
from covidstation.db.rows import JournalStateRow, PersonRow
from covidstation.db.session import Database, make_engine
from covidstation.errors import UserError

FOLDER = "backups"
KEPT = 14
_NAME = re.compile(r"register-(\d{8}-\d{6})\.db")


def make_backup(db: Database, *, now: datetime) -> Path:
    """Write one backup beside the register and let the oldest go. Raises UserError station.backup_failed."""
    folder = db.path.parent / FOLDER
    folder.mkdir(exist_ok=True)
    name = f"register-{now.strftime('%Y%m%d-%H%M%S')}"
    beside, path = folder / f"{name}.part", folder / f"{name}.db"
    beside.unlink(missing_ok=True)
    db.outside_transaction("VACUUM INTO ?", str(beside))
    with beside.open("rb+") as file:
        os.fsync(file.fileno())
    if _counted(beside, db.key) != _counted_in(db):
        beside.unlink(missing_ok=True)
        raise UserError("station.backup_failed")
    keys.replace_file(folder / f"{name}.keys.json", (db.path.parent / keys.FILE).read_bytes())
    beside.replace(path)
    keys.sync_folder(folder)
    _let_go(folder)
    return path


def _counted(path: Path, key: bytes) -> tuple[int, int]:
    copy = Database(make_engine(path, key, read_only=True), path, key)
    try:
        with copy.read() as session:
            session.connection().exec_driver_sql("PRAGMA quick_check")
        return _counted_in(copy)
    finally:
        copy.engine.dispose()


def _counted_in(db: Database) -> tuple[int, int]:
    with db.read() as session:
        people = session.scalar(select(func.count()).select_from(PersonRow)) or 0
        return people, session.get_one(JournalStateRow, 1).last_seq


def _let_go(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir() if _NAME.fullmatch(path.name))
    for name in names[:-KEPT]:
        (folder / name).unlink()
        (folder / name).with_suffix(".keys.json").unlink(missing_ok=True)


def last_backup(folder: Path) -> datetime | None:
    """When the newest backup was made (wall clock), None when there is none."""
    try:
        found = [match[1] for path in (folder / FOLDER).iterdir() if (match := _NAME.fullmatch(path.name))]
    except OSError:
        return None
    return datetime.strptime(max(found), "%Y%m%d-%H%M%S") if found else None
