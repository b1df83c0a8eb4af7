"""Bring a database to this program's schema: Alembic steps in one transaction, or a refusal of a newer one.

`PRAGMA user_version` holds the number of the last step, so an up-to-date register opens without loading Alembic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from covidstation.db.rows import Base, Synced
from covidstation.db.session import translated_errors
from covidstation.errors import UserError

CURRENT = 7
MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Schema:
    """One database's schema: the number of its last step, the folder of its steps, what follows them."""

    current: int
    steps: Path
    finish: Callable[[Connection], None] = lambda _connection: None


def version_of(engine: Engine) -> int:
    """The database's schema number; 0 for an empty file."""
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def upgrade(engine: Engine, schema: Schema | None = None) -> None:
    """Run the missing steps, all or none; the register's, if no other schema is named.

    Raises UserError station.newer_data with nothing changed; station.upgrade_failed, station.disk_full, after which the
    database has the old schema or, should only the last sync have been refused, the new one.
    """
    schema = schema or REGISTER
    with translated_errors("station.upgrade_failed"):
        found = version_of(engine)
        if found > schema.current:
            raise UserError("station.newer_data", found=found, known=schema.current)
        if found < schema.current:
            _run_steps(engine, schema)


def _run_steps(engine: Engine, schema: Schema) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        run_steps(connection, schema)
        schema.finish(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {schema.current}")  # door: our number, no parameters here


def run_steps(connection: Connection, schema: Schema) -> None:
    """The missing steps up to that schema, within the caller's transaction."""
    from alembic import command  # noqa: PLC0415  (only once in the life of a database's version)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(schema.steps).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, f"{schema.current:04}")


def guard_synced_tables(connection: Connection) -> None:
    """Triggers that abort a write to a synced table that passes the journal by (leaves `rev` as it was)."""
    for mapper in Base.registry.mappers:
        row = mapper.class_
        if not issubclass(row, Synced):
            continue
        table = row.__tablename__  # type: ignore[attr-defined]
        fields = [name for name in mapper.column_attrs.keys() if name not in row.local_fields]  # noqa: SIM118
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS guard_{table}")  # door: a table name of ours
        connection.exec_driver_sql(  # door: names of our own tables and columns
            f"CREATE TRIGGER guard_{table} BEFORE UPDATE OF {', '.join(fields)} ON {table} WHEN NEW.rev = OLD.rev "
            "BEGIN SELECT RAISE(ABORT, 'a synced row was changed outside the journal'); END"
        )


REGISTER = Schema(CURRENT, MIGRATIONS, guard_synced_tables)
