"""A register of the first release with 100,000 people comes to today's schema (bar 34: ≤ 60 s, its copy included).

`python -m benchmarks.migration [PEOPLE]` multiplies the rows of tests/data/registers/1, opens the register as the
program does, and prints JSON: seconds of the whole opening, of the copy before it and of the steps, wall and processor.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import TableClause, column, func, insert, select, table
from sqlalchemy.engine import Connection

from benchmarks.measure import report
from covidstation.db import keys
from covidstation.db.ids import new_id
from covidstation.db.rows import EpisodeRow, PersonRow
from covidstation.db.schema import CURRENT, version_of
from covidstation.db.session import Database, make_engine
from covidstation.services.access import opening
from covidstation.services.access.entrance import REGISTER

OLD = Path(__file__).parents[1] / "tests" / "data" / "registers" / "1"
PASSPHRASE = "nước chảy đá mòn"  # of that register, which holds nobody real
TABLES = ("person", "episode", "pathogen_test", "paper", "paper_subject", "number_book", "search_text")
PAPERS, FIFTH = ("paper", "paper_subject", "number_book"), 5  # one in five has a paper
PIECE = 2_000
UNITS = ("s", "s of the processor")
Tables = dict[TableClause, list[dict[str, Any]]]


def main() -> None:
    """Build, open, print."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(OLD, Path(place, "data")))
        multiply(folder, people)
        size = (folder / REGISTER).stat().st_size
        took: dict[str, list[float]] = {}
        with (
            patch.object(opening, "make_backup", timed("copy", took, opening.make_backup)),
            patch.object(opening.schema, "upgrade", timed("steps", took, opening.schema.upgrade)),
        ):
            db = timed("opening", took, opening.open_register)(folder, PASSPHRASE).db
        with db.read() as session:
            found = [session.scalar(select(func.count()).select_from(row.__table__)) for row in (PersonRow, EpisodeRow)]
        assert found == [people, people] and version_of(db.engine) == CURRENT
        db.close()
    figures = {
        f"{name} {kind}": round(value, 1)
        for name, both in took.items()
        for kind, value in zip(UNITS, both, strict=True)
    }
    report("migration", {"people": people, "megabytes": size >> 20, **figures})


def timed(name: str, took: dict[str, list[float]], act: Callable[..., Any]) -> Callable[..., Any]:
    """The same, its wall and processor seconds kept under that name."""

    def acting(*given: Any, **words: Any) -> Any:
        began, worked = time.perf_counter(), time.process_time()
        try:
            return act(*given, **words)
        finally:
            took[name] = [time.perf_counter() - began, time.process_time() - worked]

    return acting


def multiply(folder: Path, people: int) -> None:
    """Give the register so many people, each with what its two have; the journal's end is that of a true one."""
    path, key = folder / REGISTER, keys.open_with(folder, PASSPHRASE).key
    engine = make_engine(path, key)
    with engine.execution_options(writes=True).begin() as connection:
        tables = dict(_rows(connection, name) for name in (*TABLES, "journal"))
        for first in range(2, people, PIECE):
            for kind, rows in _copies(tables, range(first, min(first + PIECE, people), 2)):
                connection.execute(insert(kind), rows)
        count = connection.exec_driver_sql("SELECT count(*) FROM journal").scalar_one()
        connection.exec_driver_sql(
            "UPDATE journal SET chain = (SELECT chain FROM journal_state) WHERE seq = ?", (count,)
        )
        connection.exec_driver_sql("UPDATE journal_state SET last_seq = ?", (count,))
    Database(engine, path, key).close()


def _rows(connection: Connection, name: str) -> tuple[TableClause, list[dict[str, Any]]]:
    """A table as it lies in the old file, and its rows."""
    columns = connection.exec_driver_sql("SELECT name FROM pragma_table_info(?)", (name,)).scalars()
    found = table(name, *map(column, columns))
    return found, [dict(row) for row in connection.execute(select(found)).mappings()]


def _copies(tables: Tables, starts: range) -> Iterator[tuple[TableClause, list[dict[str, Any]]]]:
    """Each table's rows again for each start, with ids, numbers and stamps of their own that still agree."""
    made: Tables = {kind: [] for kind in tables}
    for start in starts:
        ids = {row["id"]: new_id().hex for rows in tables.values() for row in rows if "id" in row}
        for kind, rows in tables.items():
            if kind.name in PAPERS and start // 2 % FIFTH:
                continue
            for row in rows:
                copy = {name: ids.get(value, value) if isinstance(value, str) else value for name, value in row.items()}
                for name in ("n", "seq", "number"):
                    if name in copy:
                        copy[name] += start // 2 * len(rows)
                made[kind].append(copy)
    yield from made.items()


if __name__ == "__main__":
    main()
