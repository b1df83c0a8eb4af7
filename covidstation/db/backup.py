"""A whole copy of the register on this PC: written, synced, opened and counted before it gets its name.

`VACUUM INTO` keeps the encryption and takes one snapshot while others write; a plain copy of the file would be torn.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db import keys
from covidstation.db.copies import FOLDER as FOLDER
from covidstation.db.copies import Copy, Facts, Health, Why, digest, free_name, let_go, list_copies, write_facts
from covidstation.db.rows import (
    BatchRow,
    DailyReportRow,
    EpisodeRow,
    JournalRow,
    JournalStateRow,
    PaperRow,
    PersonRow,
    ReceiptRow,
    SecretRow,
    SettingRow,
    StationRow,
)
from covidstation.db.session import Database, make_engine
from covidstation.errors import UserError

_turn: Final = threading.Lock()  # one at a time: two made in one second would share a part
KEY_CHANGED: Final = "key_changed"  # in the table secret: copies made before do not hold the keys file of today
RESERVE: Final = 16 << 20  # bytes left for the register itself after a copy


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file holds whose pages, journal and chain were found whole; `last_stamp` is the newest of its stamps."""

    facts: Facts
    last_stamp: int


def make_backup(db: Database, *, now: datetime, why: Why = Why.WORK, room: int = 1) -> Path:
    """Write one copy beside the register and let go what the rotation no longer keeps.

    `room`: how many times the register's size must be free. Raises UserError station.backup_failed,
    station.backup_place, station.backup_room, station.disk_full; then no part of it is left.
    """
    folder = db.path.parent / FOLDER
    with _turn, _in_words(folder):
        folder.mkdir(exist_ok=True)
        _need_room(db.path, folder, room)
        name = free_name(folder, now)
        beside, path = folder / f"{name}.part", folder / f"{name}.db"
        try:
            beside.unlink(missing_ok=True)
            facts = _write_copy(db, beside)
            keys.replace_file(path.with_suffix(".keys.json"), (db.path.parent / keys.FILE).read_bytes())
            write_facts(path, replace(facts, why=why.value))
            beside.replace(path)
        except BaseException:
            for left in (beside, path.with_suffix(".keys.json"), path.with_suffix(".json")):
                with suppress(OSError):
                    left.unlink()
            raise
        keys.sync_folder(folder)
        with suppress(OSError):  # the copy stands; what should go may go next time
            let_go(folder, now.date())
    return path


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        if trouble.errno == errno.ENOSPC:
            raise UserError("station.disk_full") from trouble
        raise UserError("station.backup_place", folder=folder, reason=trouble.strerror or str(trouble)) from trouble


def size_of(register: Path) -> int:
    """Bytes of the register with its log."""
    log = register.with_name(register.name + "-wal")
    return register.stat().st_size + (log.stat().st_size if log.exists() else 0)


def _need_room(register: Path, folder: Path, times: int) -> None:
    """Raise UserError station.backup_room when the disk has less than a copy (or several) and a reserve."""
    needed, free = size_of(register) * times + RESERVE, shutil.disk_usage(folder).free
    if free < needed:
        raise UserError("station.backup_room", needed=_megabytes(needed), free=_megabytes(free))


def _megabytes(size: int) -> int:
    return -(-size // (1 << 20))


def _write_copy(db: Database, beside: Path) -> Facts:
    """One snapshot, on the disk and read back; others may save meanwhile."""
    before = _last_seq(db)
    db.outside_transaction("VACUUM INTO ?", str(beside))
    with beside.open("rb+") as file:
        os.fsync(file.fileno())
    found = look_over(beside, db.key)
    if found is None or not before <= found.facts.seq <= _last_seq(db):
        raise UserError("station.backup_failed")
    return replace(found.facts, size=beside.stat().st_size, sha256=digest(beside))


def look_over(path: Path, key: bytes) -> Looked | None:
    """Open a file with its key and look at each page, the journal's count and the end of its chain.

    None when anything is not whole. Registers of every released schema are read; nothing is changed.
    """
    copy = Database(make_engine(path, key, read_only=True), path, key)
    try:
        with copy.read() as session:
            return _looked_over(session)
    except UserError:
        return None
    finally:
        copy.engine.dispose()


def _looked_over(session: Session) -> Looked | None:
    connection = session.connection()
    torn = connection.exec_driver_sql("PRAGMA cipher_integrity_check").first()
    sound = connection.exec_driver_sql("PRAGMA quick_check").scalar()
    if torn is not None or sound != "ok":
        return None
    state = JournalStateRow
    row = session.execute(select(state.epoch, state.last_seq, state.last_stamp, state.chain)).one_or_none()
    if row is None:
        return None
    lines = session.scalar(select(func.count()).select_from(JournalRow.__table__))
    end = session.scalar(select(JournalRow.chain).where(JournalRow.seq == row.last_seq))
    if lines != row.last_seq or (row.last_seq and end != row.chain):
        return None
    tables = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())

    def count(table: type[PersonRow | EpisodeRow | PaperRow]) -> int:
        return session.scalar(select(func.count()).select_from(table.__table__)) or 0

    report = DailyReportRow.__tablename__ in tables and session.scalar(select(func.max(DailyReportRow.day)))
    facts = Facts(
        station=(session.scalar(select(StationRow.name).limit(1)) or "")[:200],
        epoch=row.epoch,
        seq=row.last_seq,
        mark=mark_of(session),
        people=count(PersonRow),
        episodes=count(EpisodeRow),
        papers=count(PaperRow),
        last_report=report.isoformat() if report else "",
        schema=int(connection.exec_driver_sql("PRAGMA user_version").scalar_one()),
    )
    return Looked(facts, row.last_stamp)


def mark_of(session: Session) -> str:
    """Equal when nothing was saved in between, whatever the clock did: journal, settings, bundles, receipts, key."""
    state = session.execute(select(JournalStateRow.epoch, JournalStateRow.last_seq, JournalStateRow.chain)).one()
    asked = (
        select(func.max(BatchRow.n)),
        select(func.max(ReceiptRow.n)),
        select(func.count()).select_from(SettingRow.__table__),
        select(func.max(SettingRow.changed_at)),
    )
    parts = [state.epoch, state.last_seq, state.chain.hex(), *(session.scalar(one) for one in asked)]
    changed = session.get(SecretRow, KEY_CHANGED)
    if changed is not None:
        parts.append(changed.value.decode())
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def copies_of(folder: Path, now: datetime | None = None) -> list[Copy]:
    """The copies beside the register of that data folder, newest name first; none when they cannot be listed."""
    try:
        return list_copies(folder / FOLDER, now)
    except OSError:
        return []


def is_kept(db: Database) -> bool:
    """Whether a copy that is not known to be damaged holds all that was saved."""
    with db.read() as session:
        mark = mark_of(session)
    copies = copies_of(db.path.parent)
    return any(one.facts and one.facts.mark == mark and one.health is Health.WHOLE for one in copies)


def _last_seq(db: Database) -> int:
    with db.read() as session:
        return session.scalars(select(JournalStateRow.last_seq)).one()


def last_backup(folder: Path, now: datetime | None = None) -> datetime | None:
    """When the newest copy was made (wall clock), None when there is none.

    With `now`, copies that bear a later day say nothing: a clock was wrong. Damaged ones never count.
    """
    found = [one.made for one in copies_of(folder, now) if not one.ahead and one.health is not Health.DAMAGED]
    return max(found, default=None)
