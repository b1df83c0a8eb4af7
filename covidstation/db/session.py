"""The one door to the register: an encrypted SQLite file, one transaction at a time (docs/adr/0009).

Every connection is keyed, WAL, synchronous=FULL; a transaction starts with BEGIN IMMEDIATE when it will write, so two
writers wait for each other instead of failing in the middle.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from covidstation.db import audit, journal
from covidstation.db.door import Door
from covidstation.db.drafts import settle
from covidstation.db.heads import Kept, keep_heads
from covidstation.db.hold import Hold
from covidstation.db.landing import Landing, look_after
from covidstation.db.noting import Noting
from covidstation.db.reserve import give_way, is_full, keep_last
from covidstation.domain.rights import Actor
from covidstation.errors import UserError

LEAST_SQLITE = (3, 51, 3)  # older ones have the WAL-reset bug
BUSY_MS = 10_000
_dialects: dict[str, Dialect] = {}  # mappers keep what they compile for each they ever met: each unlocking left some
FILE_HELD = "file"  # in a connection's info: the mark of the file that it opened


def _check_library() -> None:
    if dbapi2.sqlite_version_info < LEAST_SQLITE:
        raise UserError("station.old_sqlite", found=dbapi2.sqlite_version)


def make_engine(path: Path, key: bytes | Door, *, read_only: bool = False) -> Engine:
    """An engine over the file with the 32-byte raw key, or with whatever key the door has. Nothing is opened yet."""
    _check_library()
    door = key if isinstance(key, Door) else Door(key)
    uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"

    def connect() -> Any:
        with door.turn:
            return keyed(door.key)

    def keyed(key: bytes) -> Any:
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
            cursor.execute("PRAGMA user_version")  # the first read takes the lock that `db.swap` looks for
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.execute("PRAGMA cache_size = -6000")
        cursor.close()
        return connection

    engine = create_engine("sqlite://", module=dbapi2, creator=connect, poolclass=QueuePool, pool_size=4)
    engine.dialect = _dialects.setdefault("one", engine.dialect)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "connect", lambda _connection, record: record.info.update({FILE_HELD: file_mark(path)}))
    return engine


def file_mark(path: Path) -> tuple[int, int] | None:
    """Which file has this name now; None when none has. A file put in its place by another program has another mark."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database(Noting):
    """An open register. `read()` for looking, `write()` for one act of one person."""

    def __init__(self, engine: Engine, path: Path, key: bytes | Door, actor: Actor | None = None) -> None:
        self.engine = engine
        self.path = path
        self.door = key if isinstance(key, Door) else Door(key)
        self.hold: Hold | None = None  # kept by a register that others may want to replace
        self.answers: OrderedDict[Hashable, Any] = OrderedDict()  # what `db.kept` and the lists keep; gone when closed
        super().__init__(actor)
        self._file: tuple[int, int] | None = None

    @property
    def key(self) -> bytes:
        """The key of the file that stands now."""
        return self.door.key

    def let_go(self) -> None:
        """No longer hold the file against those who would replace it: what has its name then is taken for it."""
        self._file = None
        if self.hold is not None:
            self.hold.release()
            self.hold = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A snapshot to query; nothing done in it is kept."""
        with self._room(), translated_errors(), Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self, by: UUID | None, now: datetime) -> Iterator[Session]:
        """One transaction: all that the block does with its journal lines, or nothing.

        `by` is the user's id; without one the act is that of whoever unlocked the register. `now` is an aware moment
        that feeds the stamps. Raises UserError station.not_saved, station.save_unknown, station.disk_full and such.
        """
        if by is None and self.actor is not None:
            by = self.actor.id
        with (
            self._room(),
            translated_errors("station.not_saved"),
            self._paying() as owed,
            Session(self.engine.execution_options(writes=True), expire_on_commit=False) as session,
        ):
            journal.attach(session, actor=by, now=now)
            transaction = session.begin()
            try:
                self._check_file(session)
                yield session
                settle(session, now)
                session.flush()
                heads = audit.finish(session, owed)
                session.flush()
            except BaseException:
                transaction.rollback()
                raise
            self._commit(session, heads)
            if heads is not None:
                keep_heads(self.path.parent, heads)

    def _commit(self, session: Session, heads: Kept | None) -> None:
        """Commit; when the disk reports an error, look before anybody is told that it was not saved."""
        try:
            session.commit()
        except DatabaseError as trouble:
            session.close()
            found = look_after(self.engine, heads, trouble)
            if found is Landing.UNKNOWN:
                raise UserError("station.save_unknown") from trouble
            if found is Landing.NOT_SAVED:
                raise

    def _check_file(self, session: Session) -> None:
        """The file that was opened first still has the register's name.

        Raises UserError station.file_replaced, until the register is opened anew: what were saved now would go into a
        file that nobody finds again, or behind the back of whoever put another one there.
        """
        held = session.connection().info.get(FILE_HELD)
        self._file = self._file or held
        if held is not None and not held == self._file == file_mark(self.path):
            raise UserError("station.file_replaced")

    @contextmanager
    def _room(self) -> Iterator[None]:
        """When the disk is full, give up the reserve: the same act done again then finds room."""
        try:
            yield
        except UserError as trouble:
            failed = trouble.code in ("station.damaged", "station.not_saved")  # all that SQLite says of a small file
            if trouble.code != "station.disk_full" and not (failed and is_full(self.path.parent)):
                raise
            way = give_way(self.path.parent)
            raise UserError("station.disk_full_reserve" if way else "station.disk_full") from trouble

    def close(self) -> None:
        """Fold the log into the file and let go of it; on a full disk what that frees is kept for the next start."""
        with suppress(UserError):  # the log stays and is read at the next start
            self.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()
        self.answers.clear()
        if self.hold is not None:
            keep_last(self.path.parent)
        self.let_go()

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
def translated_errors(failing_disk: str = "station.damaged") -> Iterator[None]:
    """Turn the known troubles of a file on a disk into sentences; the rest is a bug and passes.

    `failing_disk` is the code for a disk that reports an error without a word about the file.
    """
    try:
        yield
    except DatabaseError as trouble:
        known = _sentence_for(str(trouble.orig), failing_disk)
        if known is None:
            raise
        raise known from trouble


_CODES = {
    "full": "station.disk_full",
    "locked": "station.busy",
    "disk I/O": "",  # the caller knows whether it read or wrote
    "unable to open": "",
    "readonly": "",
    "not a database": "station.damaged",
    "malformed": "station.damaged",
    "vtable constructor failed": "station.damaged",  # a bad page of the search index
}


def _sentence_for(reason: str, failing_disk: str = "station.damaged") -> UserError | None:
    """What SQLite's words mean for a person; None when they mean a bug."""
    for words, code in _CODES.items():
        if words in reason:
            return UserError(code or failing_disk, reason=reason)
    return None
