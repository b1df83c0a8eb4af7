"""Bring a register to this program's schema: Alembic steps in one transaction, or a refusal of a newer one.

`PRAGMA user_version` holds the number of the last step, so an up-to-date register opens without loading Alembic.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from covidstation.db.rows import Base, Synced
from covidstation.errors import UserError

CURRENT = 1
MIGRATIONS = Path(__file__).parent / "migrations"


def version_of(engine: Engine) -> int:
    """The register's schema number; 0 for an empty file."""
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def upgrade(engine: Engine) -> None:
    """Run the missing steps, all or none. Raises UserError station.newer_data, with nothing changed."""
    found = version_of(engine)
    if found > CURRENT:
        raise UserError("station.newer_data", found=found, known=CURRENT)
    if found < CURRENT:
        _run_steps(engine)


def _run_steps(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415  (only once in the life of a register's version)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        guard_synced_tables(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {CURRENT}")  # door: our number; PRAGMA has no parameters


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
