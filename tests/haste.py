"""What a run of tests need not do for each of its thousands of registers; `hurry()` once at its start, before any fork.

Their files lie in memory where there is room: an act waits for the disk twenty times, and longer than it works.
Nothing that a test writes is shared: only what SQLAlchemy compiled, and the statements that found an empty file. Those
are what the steps themselves said to the first file; `tests/db/test_schema.py` compares the two.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from covidstation.db import schema as schemas
from covidstation.db import session as sessions

STATEMENTS = 4000  # that stay compiled: more than the whole program has
STEPS = schemas.run_steps  # as the program takes them
CREATE_ENGINE = sessions.create_engine
MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes: with less, the program would warn of a full disk
_done: list[bool] = []


def scratch() -> Path | None:
    """Where disks are quick; None: wherever temporary files lie."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM else None


def hurry() -> None:
    """From now on all registers of this process share them; a second call does nothing."""
    if not _done:
        _done.append(True)
        if place := scratch():
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))
        _compile_once()
        _step_once()


def _compile_once() -> None:
    """What was compiled for one register serves the next: a test of its own meets each statement once or twice."""
    make = sessions.create_engine
    first: list[Engine] = []

    def make_alike(*args: Any, **kwargs: Any) -> Engine:
        engine = make(*args, **kwargs | {"query_cache_size": STATEMENTS})
        if not first:
            first.append(engine)
        engine.dialect, engine._compiled_cache = first[0].dialect, first[0]._compiled_cache
        return engine

    sessions.create_engine = make_alike


def _step_once() -> None:
    """The steps from an empty file are taken once, by Alembic; every other file is told the same, in a third of it."""
    said: dict[tuple[Path, int], list[tuple[str, Any]]] = {}

    def run_steps(connection: Connection, schema: schemas.Schema) -> None:
        key = schema.steps, schema.current
        if not _is_empty(connection):
            STEPS(connection, schema)
        elif key in said:
            for statement, values in said[key]:
                connection.exec_driver_sql(statement, values or None)
        else:
            said[key] = _heard(connection, lambda: STEPS(connection, schema))

    schemas.run_steps = run_steps


def _is_empty(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    return bool(connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one() == 0)


def _heard(connection: Connection, act: Callable[[], None]) -> list[tuple[str, Any]]:
    """What was said to the database that it may have changed it."""
    said: list[tuple[str, Any]] = []

    def hear(_on: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            said.append((statement, values))

    event.listen(connection, "before_cursor_execute", hear)
    try:
        act()
    finally:
        event.remove(connection, "before_cursor_execute", hear)
    return said
