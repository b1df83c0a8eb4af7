"""The hub on a PostgreSQL server (docs/adr/0030).

Every commit is durable when it returns: a server that was told not to sync is refused. What SQLite's one writer gives
for nothing, services ask for here by locking the rows that they decide by (`with_for_update`, no words in SQLite).
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import URL, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError, TimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from covidstation.db.key_file import replace_file, sync_folder
from covidstation.db.schema import Schema, run_steps
from covidstation.errors import UserError
from covidstation.hub.database.kinds import SCHEMA
from covidstation.hub.rows import HubBase, HubStateRow

LEAST_SERVER: Final = 140_000  # PostgreSQL 14
MIGRATING: Final = 0x43_53_42_31  # "CSB1": the advisory lock that whoever migrates holds
SERVING: Final = 0x43_53_42_32  # the first half of the lock of whoever takes in what a station sent
POOL: Final = 10  # connections of one program; workers, requests and the backup share them
RESTED: Final = 5.0  # seconds without use after which a connection is tried first
MARK: Final = "hub.founding"
VERSIONS: Final = "alembic_version"
_CODES: Final = {  # by the first letters of SQLSTATE
    "53100": "hub.disk_full",
    "53": "hub.busy",
    "40": "hub.busy",
    "55P03": "hub.busy",
    "57014": "hub.busy",
    "28": "hub.database_refused",
    "3D": "hub.database_refused",
    "42501": "hub.database_refused",
    "58": "hub.damaged",
    "XX": "hub.damaged",
}


class PostgresDatabase:
    """An open hub on a server."""

    at_once = 2  # while one waits for the server, the other decrypts

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A snapshot to query; nothing done in it is kept."""
        with translated(), Session(self._reading) as session:
            yield session

    @contextmanager
    def write(self, by: UUID | None, now: datetime) -> Iterator[Session]:
        """One durable transaction, all or nothing. Raises UserError hub.busy, hub.disk_full, hub.database_away.

        After the last one nobody knows whether the commit came through; what the hub does may be done again.
        """
        with translated(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            session.info.update(actor=by, now_ms=int(now.timestamp() * 1000))
            yield session

    def upgrade(self, schema: Schema) -> None:
        """Run the steps that are missing up to that schema, all or none.

        A second program that starts meanwhile waits, and finds nothing to do. Raises UserError station.newer_data,
        hub.database_foreign with nothing changed.
        """
        with translated(), self.engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATING})
            found = version_of(connection)
            if found > schema.current:
                raise UserError("station.newer_data", found=found, known=schema.current)
            if found < schema.current:
                run_steps(connection, schema)

    @contextmanager
    def alone_with(self, station: int) -> Iterator[bool]:
        """By an advisory lock: the server releases it when the program is gone, however it went."""
        with translated(), self.engine.connect() as connection:
            lock = text("SELECT pg_try_advisory_xact_lock(:kind, :station)")
            yield bool(connection.scalar(lock, {"kind": SERVING, "station": station}))

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


class PostgresBase:
    """A database on a server. Until a hub is whole, a mark in its folder says that it is being founded."""

    def __init__(self, url: URL, folder: Path) -> None:
        self.url, self._folder = url, folder
        self._mark = folder / MARK
        self._name = url.render_as_string(hide_password=True).encode()

    def is_founded(self) -> bool:
        """Whether the server has a hub of which this folder does not say that its founding was cut off."""
        with _connected(self.url) as connection:
            there = inspect(connection).has_table(HubStateRow.__tablename__)
            return there and connection.scalar(select(HubStateRow.only)) is not None and not self.is_unfinished()

    def is_unfinished(self) -> bool:
        """Whether the mark names this database."""
        return self._mark.is_file() and self._mark.read_bytes() == self._name

    def prepare(self, key: bytes, schema: Schema = SCHEMA) -> PostgresDatabase:
        """The tables, without a hub in them. `key` seals what lies in them; the server knows nothing of it.

        Raises UserError hub.database_foreign for a database that holds somebody else's tables.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with _opened(self.url) as db:
            if self.is_unfinished():
                with translated(), db.engine.begin() as connection:
                    HubBase.metadata.drop_all(connection)
                    connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
            with translated(), db.engine.connect() as connection:
                version_of(connection)
            replace_file(self._mark, self._name)
            db.upgrade(schema)
        return db

    def publish(self) -> None:
        """Take the mark away."""
        self._mark.unlink()
        sync_folder(self._folder)

    def open(self, key: bytes) -> PostgresDatabase:
        """Open it. Raises UserError hub.not_set_up, hub.…."""
        if not self.is_founded():
            raise UserError("hub.not_set_up")
        with _opened(self.url) as db:
            db.upgrade(SCHEMA)
        return db


def _make_engine(url: URL) -> Engine:
    """Raises UserError hub.postgresql_missing when the program was installed without what speaks to servers."""
    try:
        engine = create_engine(
            url,
            pool_size=POOL,
            max_overflow=0,
            pool_timeout=20,
            isolation_level="READ COMMITTED",
            connect_args={
                "connect_timeout": 5,
                "application_name": "covidstation-hub",
                "options": "-c synchronous_commit=on -c lock_timeout=20s -c timezone=UTC",
            },
        )
    except ModuleNotFoundError as cause:
        raise UserError("hub.postgresql_missing") from cause
    _ping_after_a_rest(engine)
    return engine


def _ping_after_a_rest(engine: Engine) -> None:
    """A connection that has lain for a while may be gone: ask before it is used, and open a new one.

    Not each time, as SQLAlchemy's `pool_pre_ping` would: a file's way through the inbox takes a dozen sessions. A
    server that ended one meanwhile has said so, and that can be seen without asking.
    """

    @event.listens_for(engine, "checkin")
    def _rest(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["rests"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _wake(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        rested = time.monotonic() - record.info.get("rests", time.monotonic())
        if rested < RESTED and not _has_said_something(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as trouble:
            raise InvalidatePoolError("the server ended it") from trouble


def _has_said_something(connection: Any) -> bool:
    """Whether a server that nobody asked has sent something: that it is going, or a notice."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        return bool(selector.select(timeout=0))


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    engine = _make_engine(url)
    try:
        with translated(), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _opened(url: URL) -> Iterator[PostgresDatabase]:
    """The database of a server that may be trusted; closed again only when the block fails."""
    db = PostgresDatabase(_make_engine(url))
    try:
        with translated(), db.engine.connect() as connection:
            _check_server(connection)
        yield db
    except BaseException:
        db.close()
        raise


def _check_server(connection: Connection) -> None:
    """Raises UserError hub.postgresql_old, hub.postgresql_unsafe."""
    show = {
        name: str(connection.exec_driver_sql(f"SHOW {name}").scalar_one())  # door: names from the line below
        for name in ("server_version_num", "fsync", "full_page_writes", "server_encoding")
    }
    if int(show["server_version_num"]) < LEAST_SERVER:
        raise UserError("hub.postgresql_old", found=show["server_version_num"], least=LEAST_SERVER // 10_000)
    if (show["fsync"], show["full_page_writes"]) != ("on", "on"):
        raise UserError("hub.postgresql_unsafe")
    if show["server_encoding"] != "UTF8":
        raise UserError("hub.postgresql_encoding", found=show["server_encoding"])


def version_of(connection: Connection) -> int:
    """The number of the last step that ran here; 0 for an empty database. Raises UserError hub.database_foreign."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return 0
    if HubStateRow.__tablename__ not in tables or VERSIONS not in tables:
        raise UserError("hub.database_foreign")
    return int(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or 0)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the known troubles of a server into sentences; the rest is a bug and passes."""
    try:
        yield
    except TimeoutError as trouble:
        raise UserError("hub.busy") from trouble
    except DBAPIError as trouble:
        code = _code_of(trouble)
        if code is None:
            raise
        reason = str(trouble.orig).partition("\n")[0]
        raise UserError(code, reason=reason) from trouble


def _code_of(trouble: DBAPIError) -> str | None:
    cause: Any = trouble.orig
    state = getattr(cause, "sqlstate", None) or ""
    for start, code in _CODES.items():
        if state.startswith(start):
            return code
    gone = trouble.connection_invalidated or state.startswith(("08", "57P")) or not state
    return "hub.database_away" if gone and isinstance(trouble, OperationalError) else None
