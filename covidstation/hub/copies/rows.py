"""Rows as bytes that both databases can give and take: the tuples of PostgreSQL's COPY, binary.

PostgreSQL streams them as they are. For SQLite they are made and read here, from what its driver holds: a UUID as 32
hex digits, a moment and a day as ISO text, a truth value as 0 or 1.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table
from sqlalchemy.orm import Session

from covidstation.hub.database.sets import is_postgres, pg_type

BLOCK: Final = 256 << 10
START: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # signature, flags, length of the extension
END: Final = b"\xff\xff"
Columns = Sequence[tuple[str, str]]  # name and PostgreSQL's type
_COUNT, _LENGTH = struct.Struct(">h"), struct.Struct(">i")
_NULL: Final = _LENGTH.pack(-1)
_SMALL, _BIG = struct.Struct(">i"), struct.Struct(">q")
_DAY_ONE, _FIRST_MOMENT = date(2000, 1, 1), datetime(2000, 1, 1)
_TICK: Final = timedelta(microseconds=1)


def columns_of(table: Table) -> Columns:
    """Its columns, in the table's order."""
    return [(column.name, pg_type(column)) for column in table.columns]


def dump(session: Session, table: Table) -> Iterator[tuple[bytes, int]]:
    """Blocks of whole tuples with how many there are in each, as of the session's snapshot."""
    return _dump_postgres(session, table) if is_postgres(session) else _dump_sqlite(session, table)


def _listed(columns: Columns) -> str:
    return ", ".join(f'"{name}"' for name, _kind in columns)


def _dump_postgres(session: Session, table: Table) -> Iterator[tuple[bytes, int]]:
    driver: Any = session.connection().connection.driver_connection
    statement = f'COPY "{table.name}" ({_listed(columns_of(table))}) TO STDOUT (FORMAT BINARY)'
    held, count = bytearray(), 0
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for number, message in enumerate(copy):  # the server sends a message for each row, the start with the first
            piece = bytes(message)
            if number == 0:
                piece = piece[len(START) :]
            if piece == END:
                break
            held += piece
            count += 1
            if len(held) >= BLOCK:
                yield bytes(held), count
                held, count = bytearray(), 0
        for _rest in copy:
            raise AssertionError("a row after the end")
    if count:
        yield bytes(held), count


def _dump_sqlite(session: Session, table: Table) -> Iterator[tuple[bytes, int]]:
    columns = columns_of(table)
    packers = [_PACK[kind] for _name, kind in columns]
    start = _COUNT.pack(len(columns))
    driver: Any = session.connection().connection.driver_connection
    session.connection().exec_driver_sql("SELECT count(*) FROM sqlite_master")  # the snapshot begins
    parts: list[bytes] = []
    size = count = 0
    for row in driver.execute(f'SELECT {_listed(columns)} FROM "{table.name}"'):  # noqa: S608  door: names of ours
        parts.append(start)
        for value, pack in zip(row, packers, strict=True):
            if value is None:
                parts.append(_NULL)
            else:
                packed = pack(value)
                parts += (_LENGTH.pack(len(packed)), packed)
                size += len(packed)
        count += 1
        if size >= BLOCK:
            yield b"".join(parts), count
            parts, size, count = [], 0, 0
    if count:
        yield b"".join(parts), count


def count_rows(block: bytes, columns: Columns) -> int:
    """How many tuples a block has. Raises ValueError when it is not made of them."""
    return sum(1 for _row in _tuples(block, len(columns)))


def _tuples(block: bytes, width: int) -> Iterator[list[bytes | None]]:
    at, end = 0, len(block)
    try:
        while at < end:
            (count,) = _COUNT.unpack_from(block, at)
            if count != width:
                raise ValueError("not a row of this table")
            at += _COUNT.size
            row: list[bytes | None] = []
            for _field in range(width):
                (length,) = _LENGTH.unpack_from(block, at)
                at += _LENGTH.size
                if length < -1 or at + max(0, length) > end:
                    raise ValueError("a field is cut")
                row.append(None if length < 0 else block[at : at + length])
                at += max(0, length)
            yield row
    except struct.error as cause:
        raise ValueError("a row is cut") from cause


class Loader:
    """Puts blocks into the tables of an empty hub, table by table, in the session's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._driver: Any = session.connection().connection.driver_connection
        self._stack = ExitStack()
        self._take: Callable[[bytes], None] | None = None

    def __enter__(self) -> Loader:
        return self

    def __exit__(self, *trouble: Any) -> None:
        self._stack.__exit__(*trouble)

    def begin(self, table: str, columns: Columns) -> None:
        """The next blocks are of this table. Names come from the file: only those that the database has are taken."""
        self.end()
        known = self._known(table)
        if not {name for name, _kind in columns} <= known or not {kind for _name, kind in columns} <= set(_PACK):
            raise ValueError("a column that this schema does not have")
        self._take = (self._into_postgres if is_postgres(self._session) else self._into_sqlite)(table, columns)

    def _known(self, table: str) -> set[str]:
        if table not in self._session.connection().dialect.get_table_names(self._session.connection()):
            raise ValueError("a table that this schema does not have")
        found = self._session.connection().dialect.get_columns(self._session.connection(), table)
        return {column["name"] for column in found}

    def take(self, block: bytes) -> None:
        """Whole tuples of the table that was begun."""
        if self._take is None:
            raise ValueError("a block before its table")
        self._take(block)

    def end(self) -> None:
        """No more of this table."""
        self._stack.close()
        self._take = None

    def _into_postgres(self, table: str, columns: Columns) -> Callable[[bytes], None]:
        cursor = self._stack.enter_context(self._driver.cursor())
        copy = self._stack.enter_context(cursor.copy(f'COPY "{table}" ({_listed(columns)}) FROM STDIN (FORMAT BINARY)'))
        copy.write(START)
        self._stack.callback(copy.write, END)
        write: Callable[[bytes], None] = copy.write
        return write

    def _into_sqlite(self, table: str, columns: Columns) -> Callable[[bytes], None]:
        marks = ", ".join("?" * len(columns))
        statement = f'INSERT INTO "{table}" ({_listed(columns)}) VALUES ({marks})'  # noqa: S608  door: names that the database has itself
        unpackers = [_UNPACK[kind] for _name, kind in columns]

        def take(block: bytes) -> None:
            rows = (
                [None if value is None else unpack(value) for value, unpack in zip(row, unpackers, strict=True)]
                for row in _tuples(block, len(columns))
            )
            self._driver.executemany(statement, rows)

        return take


def set_counters(session: Session, tables: Iterable[Table]) -> None:
    """Make numbers that the database gives go on after those that were loaded. SQLite does so by itself."""
    if not is_postgres(session):
        return
    for table in tables:
        column = table.autoincrement_column
        if column is not None:
            newest = f'(SELECT coalesce(max("{column.name}"), 0) + 1 FROM "{table.name}")'  # noqa: S608
            counter = f"pg_get_serial_sequence('\"{table.name}\"', '{column.name}')"
            session.connection().exec_driver_sql(f"SELECT setval({counter}, {newest}, false)")  # door: names of ours


def _moment(value: bytes) -> str:
    return (_FIRST_MOMENT + timedelta(microseconds=_BIG.unpack(value)[0])).isoformat(" ", "microseconds")


_PACK: Final[dict[str, Callable[[Any], bytes]]] = {
    "int4": _SMALL.pack,
    "int8": _BIG.pack,
    "bool": lambda value: b"\1" if value else b"\0",
    "bytea": bytes,
    "text": str.encode,
    "uuid": bytes.fromhex,
    "timestamp": lambda value: _BIG.pack((datetime.fromisoformat(value) - _FIRST_MOMENT) // _TICK),
    "date": lambda value: _SMALL.pack((date.fromisoformat(value) - _DAY_ONE).days),
}
_UNPACK: Final[dict[str, Callable[[bytes], Any]]] = {
    "int4": lambda value: _SMALL.unpack(value)[0],
    "int8": lambda value: _BIG.unpack(value)[0],
    "bool": lambda value: value != b"\0",
    "bytea": bytes,
    "text": bytes.decode,
    "uuid": bytes.hex,
    "timestamp": _moment,
    "date": lambda value: (_DAY_ONE + timedelta(days=_SMALL.unpack(value)[0])).isoformat(),
}
