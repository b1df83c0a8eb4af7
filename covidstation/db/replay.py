"""Rows from lines that this register did not just write: given back to it (`db.given_back`), or the district's own
(`db.down`). Past the ORM, for such lines keep the stamp under which they were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import JSON, ColumnDefault, Date, DateTime, Row, Table, Uuid, func, select
from sqlalchemy.orm import Session

from covidstation.db.blanks import is_blank
from covidstation.db.conflicts import keep_split, splits_of
from covidstation.db.journal import plain
from covidstation.db.packed import PackedJSON
from covidstation.db.rows import Base, DownLineRow, JournalRow, PersonRow, SearchRow, Synced
from covidstation.domain.groups import WHOLE, group_named, grouped
from covidstation.domain.merging import (
    Case,
    Past,
    Side,
    Value,
    base_by_field,
    base_of,
    is_past,
    judge,
    judge_deletion,
    revived,
    says_again,
    seen_through,
)
from covidstation.domain.ops import Op, decode_op, encode_op

_WHOLE: Final = group_named("", WHOLE)


class NotOurs(ValueError):
    """A line that no register of this schema can have written."""


@cache
def tables() -> Mapping[str, tuple[Table, frozenset[str]]]:
    """Each table that travels, and its fields that do."""
    return {
        cast(Table, mapper.local_table).name: (
            cast(Table, mapper.local_table),
            frozenset(mapper.columns.keys()) - mapper.class_.local_fields,
        )
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Synced)
    }


@cache
def model_of(table: str) -> Any:
    """The class of a table that travels; None for any other name."""
    found = (one.class_ for one in Base.registry.mappers if cast(Table, one.local_table).name == table)
    return next((one for one in found if issubclass(one, Synced)), None)


def named_rows(op: Op) -> dict[str, UUID]:
    """The rows that a line names, by field. Raises NotOurs."""
    if op.table not in tables() or op.action == "d":
        return {}
    table, names = tables()[op.table]
    ids = [name for name in op.fields if name in names and isinstance(table.c[name].type, Uuid)]
    return {name: value for name in ids if (value := value_of(table, name, op.fields[name])) is not None}


def held_row(session: Session, table: Table, row: UUID) -> Row[Any] | None:
    """The row as it stands."""
    return session.connection().execute(select(table).where(table.c.id == row)).one_or_none()


def insert_row(session: Session, op: Op, row: UUID, lost: Iterable[str] = ()) -> None:
    """A new row; `lost` are fields that name rows which are gone. Raises NotOurs."""
    table, names = tables()[op.table]
    values = {name: value_of(table, name, value) for name, value in op.fields.items() if name in names}
    values.update(dict.fromkeys(name for name in lost if table.c[name].nullable))
    extra = {name: value for name, value in op.fields.items() if name not in names}
    filled = {name: value for name, value in values.items() if value is not None}
    filled |= _defaults(table, names.difference(filled))
    filled |= {"id": row, "made": op.stamp, "rev": op.stamp, "extra": extra or None}
    session.connection().execute(table.insert().values(**filled))


def delete_row(session: Session, op: Op, row: UUID) -> bool:
    """Whether there was one."""
    table = tables()[op.table][0]
    if table.name == PersonRow.__tablename__:
        _forget_words(session, row)
    return bool(session.connection().execute(table.delete().where(table.c.id == row)).rowcount)


def _forget_words(session: Session, person: UUID) -> None:
    """The index by which they were found."""
    words = session.scalars(select(SearchRow).join(PersonRow, PersonRow.n == SearchRow.n).where(PersonRow.id == person))
    for row in words:
        session.delete(row)
    session.flush()


class Lineage:
    """All lines of one row that are held here, its own and the district's, by stamp. Read when two values part."""

    def __init__(self, session: Session, row: UUID, more: Mapping[int, tuple[Op, Side]] | None = None) -> None:
        ours = session.scalars(select(JournalRow.line).where(JournalRow.row_id == row))
        theirs = select(DownLineRow.line).where(DownLineRow.row_id == row, DownLineRow.code.is_(None))
        self.lines: dict[int, tuple[Op, Side]] = {}
        for lines, side in ((session.scalars(theirs), Side.DISTRICT), (ours, Side.STATION)):
            for op in map(decode_op, lines):
                self.lines[op.stamp] = (op, side)
        self.lines |= more or {}

    def line(self, stamp: int) -> Op | None:
        """The line with that stamp."""
        return self.lines[stamp][0] if stamp in self.lines else None

    def value(self, values: Mapping[str, Any], stamp: int) -> Value:
        """A value with who wrote it."""
        op, side = self.lines.get(stamp, (None, Side.STATION))
        return Value(values, stamp, side, op.actor if op is not None else "")

    def past(self, names: Iterable[str]) -> Past:
        """Whether the line with a stamp is in the history of a value, for these fields."""
        wanted = tuple(names)
        return lambda stamp, value: is_past(stamp, value, lambda one: base_of(self.lines[one][0], wanted))


def update_row(session: Session, op: Op, row: UUID, held: Row[Any], side: Side, now: datetime) -> bool:
    """Bring a line's fields into a row by the rules of merging; whether a value of it changed. Raises NotOurs."""
    table, names = tables()[op.table]
    for name, value in op.fields.items():
        if name in names:
            value_of(table, name, value)
    stamps = dict(held.stamps or {})
    expected = base_by_field(op.base, op.fields)
    taken: dict[str, Any] = {}
    top = max(held.rev, op.stamp)
    for group, fields in grouped(op.table, op.fields):
        differing = [name for name in fields if stamps.get(name, held.made) != expected[name]]
        known = splits_of(session, op.table, row, group.name)
        values = {name: op.fields[name] for name in fields}
        lineage = Lineage(session, row, {op.stamp: (op, side)}) if differing or known else None
        if differing and lineage is not None:
            if says_again(op, fields, lineage.line) and all(
                expected[name] < stamps.get(name, held.made) for name in differing
            ):
                continue
            differing = [
                name
                for name in differing
                if seen_through(stamps.get(name, held.made), name, fields, lineage.line) != expected[name]
            ]
        if lineage is None or not (differing or known):
            taken |= values
            stamps.update(dict.fromkeys(fields, op.stamp))
            continue
        at = max(stamps.get(name, held.made) if differing else expected[name] for name in differing or fields)
        case = Case(
            op.table,
            op.row,
            group,
            lineage.value(_current(table, held, fields), max(stamps.get(name, held.made) for name in fields)),
            at,
            Value(values, op.stamp, side, op.actor),
            max(expected[name] for name in differing or fields),
        )
        verdict = judge(case, known, lineage.past(fields))
        if verdict.split is not None:
            keep_split(session, op.table, row, verdict.split, now)
        if verdict.value is not None:
            taken |= verdict.value.values
            stamps.update(dict.fromkeys(verdict.value.values, verdict.value.stamp))
            top = max(top, verdict.value.stamp)
    return _write(session, table, row, held, taken, stamps, top)


def _current(table: Table, held: Row[Any], names: Iterable[str]) -> dict[str, Any]:
    """The fields of a row in their JSON form; what this version does not know is in `extra`."""
    columns = table.c.keys()
    return {name: plain(getattr(held, name)) if name in columns else (held.extra or {}).get(name) for name in names}


def _write(
    session: Session,
    table: Table,
    row: UUID,
    held: Row[Any],
    taken: Mapping[str, Any],
    stamps: Mapping[str, int],
    top: int,
) -> bool:
    connection, at = session.connection(), table.update().where(table.c.id == row)
    if not taken:
        if top > held.rev:  # a line that lost was seen all the same: a deletion from now on knows of it
            connection.execute(at.values(rev=top))
        return False
    names = tables()[table.name][1]
    values = {name: value_of(table, name, value) for name, value in taken.items() if name in names}
    extra = {**(held.extra or {}), **{name: value for name, value in taken.items() if name not in names}}
    # Twice: the file's guard wants a new `rev` beside new values, and the newest stamp may be another field's.
    connection.execute(at.values(**values, stamps=dict(stamps), extra=extra or None, rev=held.rev + 1))
    connection.execute(at.values(rev=top))
    return True


def remove_row(session: Session, op: Op, row: UUID, held: Row[Any], side: Side, now: datetime) -> bool:
    """Delete a row, unless it was changed without knowledge of the deletion; whether it went."""
    at = _newest_own(session, op.table, row) if side is Side.DISTRICT else held.rev
    if op.base != at:
        lineage = Lineage(session, row)
        living = lineage.value({"deleted": False}, held.rev)
        came = Value({"deleted": True}, op.stamp, side, op.actor)
        case = Case(op.table, op.row, _WHOLE, living, at, came, base_of(op, ()) or 0)
        verdict = judge_deletion(case)
        if verdict is not None and verdict.split is not None:
            keep_split(session, op.table, row, verdict.split, now)
            return False
    return delete_row(session, op, row)


def _newest_own(session: Session, table: str, row: UUID) -> int:
    """The stamp of this register's newest line about a row; 0 for none."""
    newest = select(func.max(JournalRow.stamp)).where(JournalRow.row_id == row, JournalRow.tbl == table)
    return session.scalar(newest) or 0


def bring_back(session: Session, op: Op, row: UUID, now: datetime) -> bool:
    """Make a row again that was deleted here while the district changed it. False when a legal deletion took it."""
    lineage = Lineage(session, row)
    lines = sorted(lineage.lines.items())
    if not lines or lines[0][1][0].action != "i" or is_blank(encode_op(lines[0][1][0])):
        return False
    insert_row(session, lines[0][1][0], row)
    table = tables()[op.table][0]
    values: dict[str, Any] = {}
    stamps: dict[str, int] = {}
    for stamp, (one, side) in lines[1:]:
        if one.action == "d":
            came = Value({"deleted": True}, stamp, side, one.actor)
            living = Value({"deleted": False}, op.stamp, Side.DISTRICT, op.actor)
            keep_split(session, op.table, row, revived(op.table, op.row, living, came, base_of(one, ()) or 0), now)
        elif stamp != op.stamp:
            values |= one.fields
            stamps |= dict.fromkeys(one.fields, stamp)
    held = held_row(session, table, row)
    if held is not None and values:
        _write(session, table, row, held, values, stamps, max(stamps.values()))
    return True


@cache
def _defaults(table: Table, names: frozenset[str]) -> Mapping[str, Any]:
    """What a line leaves unsaid: `journal._all_fields` names only what is not empty. Raises NotOurs for what has no
    empty value."""
    found = {}
    for name in names:
        default = table.c[name].default
        if isinstance(default, ColumnDefault) and default.is_scalar:
            found[name] = default.arg
        elif table.c[name].nullable:
            found[name] = None
        elif isinstance(table.c[name].type, JSON):
            found[name] = []
        elif table.c[name].type.python_type is str:
            found[name] = ""
        else:
            raise NotOurs(name)
    return found


def value_of(table: Table, name: str, value: Any) -> Any:
    """As the column wants it; the counterpart of `journal.plain`: `null` clears a text or a list. Raises NotOurs."""
    kind = table.c[name].type
    if value is None:
        if table.c[name].nullable:
            return None
        if kind.python_type not in (str, list, dict):
            raise NotOurs(name)
        return _defaults(table, frozenset({name}))[name]
    try:
        if isinstance(kind, Uuid):
            return UUID(hex=value)
        if isinstance(kind, DateTime):
            return datetime.fromisoformat(value)
        if isinstance(kind, Date):
            return date.fromisoformat(value)
    except (ValueError, TypeError, AttributeError) as cause:
        raise NotOurs(name) from cause
    if isinstance(kind, PackedJSON | JSON):
        return value
    if type(value) is not kind.python_type and not (kind.python_type is float and type(value) is int):
        raise NotOurs(name)
    return value
