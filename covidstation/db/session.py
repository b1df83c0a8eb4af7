"""The one door to the register: an encrypted SQLite file, one transaction at a time (docs/adr/0009).

Every connection is keyed, WAL, synchronous=FULL; a transaction starts with BEGIN IMMEDIATE when it will write, so two
writers wait for each other instead of failing in the middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from covidstation.db import audit, journal
from covidstation.db.heads import keep_heads
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Actor
from covidstation.errors import UserError

LEAST_SQLITE = (3, 51, 3)  # older ones have the WAL-reset bug
BUSY_MS = 10_000


def _check_library() -> None:
    if dbapi2.sqlite_version_info < LEAST_SQLITE:
        raise UserError("station.old_sqlite", found=dbapi2.sqlite_version)


def make_engine(path: Path, key: bytes, *, read_only: bool = False) -> Engine:
    """An engine over the file with the 32-byte raw key. Nothing is opened yet."""
    _check_library()
    uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"

    def connect() -> Any:
        connection = dbapi2.connect(
            uri, uri=True, check_same_thread=False, isolation_level=None, timeout=BUSY_MS / 1000
        )
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")  # door: hexadecimal, PRAGMA has no parameters
        cursor.execute("PRAGMA cipher_log_level = NONE")
        cursor.execute("PRAGMA foreign_keys = ON")
        if not read_only:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA wal_autocheckpoint = 400")
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.execute("PRAGMA cache_size = -6000")
        cursor.close()
        return connection

    engine = create_engine("sqlite://", module=dbapi2, creator=connect, poolclass=QueuePool, pool_size=4)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """An open register. `read()` for looking, `write()` for one act of one person."""

    def __init__(self, engine: Engine, path: Path, key: bytes, actor: Actor | None = None) -> None:
        self.engine = engine
        self.path = path
        self.key = key
        self.actor = actor  # who unlocked it; None: the program itself

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A snapshot to query; nothing done in it is kept."""
        with translated_errors(), Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self, by: UUID | None, now: datetime) -> Iterator[Session]:
        """One transaction: all that the block does with its journal lines, or nothing.

        `by` is the user's id; without one the act is that of whoever unlocked the register. `now` is an aware moment
        that feeds the stamps. Raises UserError for a full disk and such.
        """
        if by is None and self.actor is not None:
            by = self.actor.id
        with (
            translated_errors(),
            Session(self.engine.execution_options(writes=True), expire_on_commit=False) as session,
        ):
            journal.attach(session, actor=by, now=now)
            with session.begin():
                yield session
                session.flush()
                heads = audit.finish(session)
            if heads is not None:
                keep_heads(self.path.parent, heads)

    @contextmanager
    def noting(self, action: AuditAction, now: datetime, **entry: Any) -> Iterator[None]:
        """Do something that changes nothing of the register and note it; when the block fails nothing is noted.

        `entry` as in `db.audit.note`.
        """
        yield
        with self.write(None, now) as session:
            audit.note(session, action, **entry)

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        with suppress(UserError):  # the log stays and is read at the next start
            self.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()

    def outside_transaction(self, statement: str, *values: str) -> None:
        """Run one statement that SQLite allows only by itself: a checkpoint, VACUUM INTO."""
        try:
            connection = self.engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(statement, values)
                cursor.close()
            finally:
                connection.close()
        except dbapi2.DatabaseError as trouble:
            raise _sentence_for(str(trouble)) or UserError("station.busy") from trouble


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the known troubles of a file on a disk into sentences; the rest is a bug and passes."""
    try:
        yield
    except DatabaseError as trouble:
        known = _sentence_for(str(trouble.orig))
        if known is None:
            raise
        raise known from trouble


_CODES = {
    "full": "station.disk_full",
    "locked": "station.locked_by_other",
    "disk I/O": "station.damaged",
    "unable to open": "station.damaged",
    "readonly": "station.damaged",
    "not a database": "station.damaged",
    "malformed": "station.damaged",
}


def _sentence_for(reason: str) -> UserError | None:
    """What SQLite's words mean for a person; None when they mean a bug."""
    for words, code in _CODES.items():
        if words in reason:
            return UserError(code, reason=reason)
    return None
