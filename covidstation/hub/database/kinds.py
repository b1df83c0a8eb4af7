"""What the hub needs of a database, whichever it is: SQLite in one encrypted file, or a PostgreSQL server.

Everything above asks for sessions and for sets (`sets`); which database answers is decided once, in `base_at`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import URL, Engine
from sqlalchemy.orm import Session

from covidstation.db.schema import Schema

SCHEMA: Final = Schema(5, Path(__file__).parent.parent / "migrations")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hub lives: its database (a file, or a PostgreSQL server), and the folder of its keys and escrow file."""

    database: Path | URL
    folder: Path


class HubDatabase(Protocol):
    """An open database: `hub.database.sqlite.SqliteDatabase`, or `hub.database.postgres.PostgresDatabase`."""

    engine: Engine
    at_once: int  # workers of the inbox that do good

    def read(self) -> AbstractContextManager[Session]:
        """A snapshot to query; nothing done in it is kept."""

    def write(self, by: UUID | None, now: datetime) -> AbstractContextManager[Session]:
        """One durable transaction, all or nothing. Raises UserError station.…, hub.database_away."""

    def upgrade(self, schema: Schema) -> None:
        """Run the steps that are missing up to that schema. Raises UserError station.newer_data, …."""

    def alone_with(self, station: int) -> AbstractContextManager[bool]:
        """Keep other programs from serving that station meanwhile; False when one does. Ends with the program."""

    def close(self) -> None:
        """Let go of it."""


class Base(Protocol):
    """The place of one hub's tables, before anything is opened."""

    def is_founded(self) -> bool:
        """Whether a hub lives here."""

    def is_unfinished(self) -> bool:
        """Whether a founding was cut off here, so that it may be done again over what it left."""

    def prepare(self, key: bytes, schema: Schema = SCHEMA) -> HubDatabase:
        """Empty tables, which nobody finds yet."""

    def publish(self) -> None:
        """What was prepared, and closed, is the hub from now on."""

    def open(self, key: bytes) -> HubDatabase:
        """Open it, brought to this program's schema. Raises UserError station.…, hub.…."""
