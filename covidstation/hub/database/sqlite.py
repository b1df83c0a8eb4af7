"""The hub in one encrypted SQLite file: `db.session.Database` with a longer log (docs/adr/0009)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from covidstation.db.key_file import sync_folder
from covidstation.db.schema import Schema, upgrade
from covidstation.db.session import Database, make_engine
from covidstation.errors import UserError
from covidstation.hub.database.kinds import SCHEMA

LOG_PAGES: Final = 4000  # 16 MiB: one station's large bundle is folded into the file after its commit, not within
SIDES: Final = ("", "-wal", "-shm")


class SqliteDatabase(Database):
    """The file, open."""

    at_once = 1  # it has one writer

    def upgrade(self, schema: Schema) -> None:
        """Run the steps that are missing up to that schema."""
        upgrade(self.engine, schema)

    @contextmanager
    def alone_with(self, station: int) -> Iterator[bool]:
        """One program serves a file; a second one that tries waits for the writer's turn, slice by slice."""
        yield True


class SqliteBase:
    """A file; it is founded under another name, and gets its own when all else is safe on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unfinished = path.with_name(path.name + ".new")

    def is_founded(self) -> bool:
        """Whether the file is there, whatever it is: nothing is founded over it."""
        return self.path.exists()

    def is_unfinished(self) -> bool:
        """Whether the file stands under its first name."""
        return self._unfinished.exists()

    def prepare(self, key: bytes, schema: Schema = SCHEMA) -> SqliteDatabase:
        """An empty database beside the place of the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for side in SIDES:
            self._unfinished.with_name(self._unfinished.name + side).unlink(missing_ok=True)
        db = SqliteDatabase(_engine(self._unfinished, key), self._unfinished, key)
        db.upgrade(schema)
        return db

    def publish(self) -> None:
        """Give the prepared file its name; a power cut leaves no hub, or a whole one."""
        with self._unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        self._unfinished.replace(self.path)
        sync_folder(self.path.parent)

    def open(self, key: bytes) -> SqliteDatabase:
        """Open the file. Raises UserError hub.not_set_up, station.…."""
        if not self.path.is_file():
            raise UserError("hub.not_set_up")
        db = SqliteDatabase(_engine(self.path, key), self.path, key)
        with db.read() as session:  # a damaged file shows here, as a sentence
            session.connection().exec_driver_sql("SELECT count(*) FROM sqlite_master")
        db.upgrade(SCHEMA)
        return db


def _engine(path: Path, key: bytes) -> Engine:
    engine = make_engine(path, key)

    @event.listens_for(engine, "connect")
    def _let_the_log_grow(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")  # door: our number, no parameters here

    return engine
