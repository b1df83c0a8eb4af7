"""Many rows in one go, the way each database does it best; the one place that asks which database it is.

SQLite: `executemany` straight on the driver, a third of the time of going through SQLAlchemy. PostgreSQL: binary COPY,
and UPDATE from what was copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any, Final, TypeVar
from zlib import crc32

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Insert,
    Integer,
    LargeBinary,
    String,
    Table,
    TypeDecorator,
    Update,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from covidstation.hub.rows import to_json

CHUNK: Final = 5000  # values in one IN list; SQLite takes 32,766
Row = tuple[object, ...]
T = TypeVar("T")
_PG_TYPES: Final = (  # the first that a column's type is; a hub has no others
    (BigInteger, "int8"),
    (Integer, "int4"),
    (Boolean, "bool"),
    (LargeBinary, "bytea"),
    (DateTime, "timestamp"),
    (Date, "date"),
    (Uuid, "uuid"),
    (String, "text"),
)


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Add rows; each has the table's columns in their order, in the driver's own values (JSON as text)."""
    if not rows:
        return
    if is_postgres(session):
        _copy(session.connection().connection.driver_connection, table.name, list(table.columns), rows)
    else:
        _execute_many(session, _insert_sql(table, session.connection().dialect), rows)


def update_rows(session: Session, table: Table, names: Sequence[str], at: Sequence[str], rows: Sequence[Row]) -> None:
    """Set the columns `names` of the rows named by the columns `at`; each row is their values, then those of `at`."""
    if not rows:
        return
    if is_postgres(session):
        _update_from_copy(session, table, names, at, rows)
        return
    _execute_many(session, _update_sql(table, tuple(names), tuple(at), session.connection().dialect), rows)


def among(session: Session, column: Column[Any], values: Iterable[T]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together pick the rows whose column has one of the values; one query each.

    However many values there are, the text of the query is the same, and need not be made and read anew.
    """
    rest = iter(values)
    while chunk := list(islice(rest, CHUNK)):
        if is_postgres(session):
            yield column == any_(bindparam(None, chunk, type_=ARRAY(column.type)))
        elif isinstance(column.type, String | Integer):
            listed = func.json_each(bindparam(None, to_json(chunk), type_=String())).table_valued("value")
            yield column.in_(select(listed.c.value))
        else:
            yield column.in_(chunk)


def _copy(connection: Any, table: str, columns: Sequence[Column[Any]], rows: Iterable[Row]) -> None:
    """Rows into a table of PostgreSQL, on a psycopg connection."""
    names = ", ".join(f'"{column.name}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN (FORMAT BINARY)') as copy:
        copy.set_types([pg_type(column) for column in columns])
        for row in rows:
            copy.write_row(row)


def pg_type(column: Column[Any]) -> str:
    """What PostgreSQL calls the type of a column."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return next(name for of, name in _PG_TYPES if isinstance(kind, of))


def is_postgres(session: Session) -> bool:
    """Which of the two databases answers here."""
    return session.connection().dialect.name == "postgresql"


def _update_from_copy(
    session: Session, table: Table, names: Sequence[str], at: Sequence[str], rows: Sequence[Row]
) -> None:
    """COPY beside and UPDATE from there: arrays as parameters take the driver five times as long."""
    columns = [table.c[name] for name in (*names, *at)]
    listed = ", ".join(f'"{column.name}" {pg_type(column)}' for column in columns)
    beside = f"new_{table.name}_{crc32(listed.encode()):08x}"
    connection = session.connection()
    make = f'CREATE TEMP TABLE IF NOT EXISTS "{beside}" ({listed}) ON COMMIT DELETE ROWS'  # door: names of our own
    connection.exec_driver_sql(make)  # door: names of our own
    connection.exec_driver_sql(f'TRUNCATE "{beside}"')  # door: names of our own
    _copy(connection.connection.driver_connection, beside, columns, rows)
    sets = ", ".join(f'"{name}" = new."{name}"' for name in names)
    where = " AND ".join(f'old."{name}" = new."{name}"' for name in at)
    target, source = f'"{table.name}" AS old', f'"{beside}" AS new'
    connection.exec_driver_sql(f"UPDATE {target} SET {sets} FROM {source} WHERE {where}")  # noqa: S608  door: of ours


Statement = tuple[str, Callable[[Row], Row]]  # its text, and the values of a row in the order of its parameters


@lru_cache(maxsize=64)
def _insert_sql(table: Table, dialect: Dialect) -> Statement:
    return _compiled(insert(table), table.c.keys(), dialect)


@lru_cache(maxsize=64)
def _update_sql(table: Table, names: tuple[str, ...], at: tuple[str, ...], dialect: Dialect) -> Statement:
    where = and_(*(table.c[name] == bindparam(f"at_{name}") for name in at))
    statement = update(table).where(where).values({name: bindparam(name) for name in names})
    return _compiled(statement, (*names, *(f"at_{name}" for name in at)), dialect)


def _compiled(statement: Insert | Update, names: Sequence[str], dialect: Dialect) -> Statement:
    compiled = statement.compile(dialect=dialect, column_keys=names)
    return str(compiled), itemgetter(*(names.index(name) for name in compiled.positiontup or names))


def _execute_many(session: Session, statement: Statement, rows: Sequence[Row]) -> None:
    text, order = statement
    session.connection().exec_driver_sql(text, [order(row) for row in rows])  # door: compiled from our tables
