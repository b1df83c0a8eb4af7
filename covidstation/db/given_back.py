"""Lines of this station's own that the district still has and a restored register lacks (docs/adr/0022).

The second writer of the journal: lines keep the stamp under which they were made, for (station, stamp) is their
identity, and get the next number. A line whose stamp is known is passed over; of two values of a field the newer stamp
stands; what was deleted stays deleted, with all that belongs to it, and keeps no values in the journal either. So the
order does not matter, and applying twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import JSON, ColumnDefault, Date, DateTime, Table, Uuid, select
from sqlalchemy.orm import Session

from covidstation.db.blanks import blanked
from covidstation.db.packed import PackedJSON
from covidstation.db.rows import (
    Base,
    JournalRow,
    JournalStateRow,
    PaperRow,
    PersonRow,
    PurgeRow,
    SearchRow,
    StationRow,
    Synced,
)
from covidstation.domain.ops import Op, chain_next, encode_op

CHUNK: Final = 5000


class NotOurs(ValueError):
    """A line that no register of this schema can have written."""


@dataclass(slots=True)
class GivenBack:
    """What came back: lines new to the journal, and the rows that they touched, by table.

    `purged`: rows that a legal deletion took away which this register did not know of; `files`: of its papers.
    """

    lines: int
    rows: dict[str, set[UUID]]
    purged: set[UUID] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


@cache
def _tables() -> Mapping[str, tuple[Table, frozenset[str]]]:
    """Each table that travels, and its fields that do."""
    return {
        cast(Table, mapper.local_table).name: (
            cast(Table, mapper.local_table),
            frozenset(mapper.columns.keys()) - mapper.class_.local_fields,
        )
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Synced)
    }


def take_back(session: Session, ops: Sequence[Op]) -> GivenBack:
    """Bring rows and journal to what they were, inside a transaction of `db.write`. Raises NotOurs; then roll back.

    `ops` in the order of the district's stream. The stamps of the register rise above all of theirs.
    """
    state = session.get_one(JournalStateRow, 1)
    known = _known(session, [op.stamp for op in ops])
    new = [op for op in ops if op.stamp not in known]
    gone = _deleted(session, [UUID(hex=op.row) for op in new] + [one for op in new for one in _named(op).values()])
    found = GivenBack(len(new), {})
    found.purged = purged_in(new)
    hashes = session.execute(select(PaperRow.id, PaperRow.file_hash)) if found.purged else ()
    found.files = {row.file_hash for row in hashes if row.id in found.purged}
    seq, chain = state.last_seq, state.chain
    first_of: dict[int, int] = {}
    for op in sorted(new, key=lambda one: one.stamp):
        seq += 1
        first = None
        if op.first_of_transaction is not None:
            first = first_of.setdefault(op.first_of_transaction, seq)
        row = UUID(hex=op.row)
        if _apply(session, op, row, gone):
            found.rows.setdefault(op.table, set()).add(row)
        line = encode_op(replace(blanked(op) if row in gone else op, seq=seq, first_of_transaction=first))
        chain = chain_next(chain, line)
        session.add(JournalRow(seq=seq, stamp=op.stamp, tbl=op.table, row_id=row, op=op.action, line=line, chain=chain))
    session.info["noted"] = session.info.get("noted", False) or bool(new)
    state.last_seq, state.chain = seq, chain
    state.last_stamp = max([state.last_stamp, *(op.stamp for op in new)])
    session.flush()
    return found


def _known(session: Session, stamps: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for at in range(0, len(stamps), CHUNK):
        query = select(JournalRow.stamp).where(JournalRow.stamp.in_(stamps[at : at + CHUNK]))
        found.update(session.scalars(query))
    return found


def _named(op: Op) -> dict[str, UUID]:
    """The rows that a line names, by field."""
    if op.table not in _tables() or op.action == "d":
        return {}
    table, names = _tables()[op.table]
    ids = [name for name in op.fields if name in names and isinstance(table.c[name].type, Uuid)]
    return {name: value for name in ids if (value := _value(table, name, op.fields[name])) is not None}


def purged_in(ops: Sequence[Op]) -> set[UUID]:
    """What was deleted in the same act as a row of `purge` was written."""
    acts = {op.first_of_transaction for op in ops if op.table == PurgeRow.__tablename__ and op.action == "i"} - {None}
    return {UUID(hex=op.row) for op in ops if op.action == "d" and op.first_of_transaction in acts}


def _deleted(session: Session, rows: Sequence[UUID]) -> set[UUID]:
    """Rows that this register's own history deleted: they do not come back."""
    ids = sorted(set(rows))
    found: set[UUID] = set()
    for at in range(0, len(ids), CHUNK):
        query = select(JournalRow.row_id).where(JournalRow.op == "d", JournalRow.row_id.in_(ids[at : at + CHUNK]))
        found.update(session.scalars(query))
    return found


def _apply(session: Session, op: Op, row: UUID, gone: set[UUID]) -> bool:
    """Change one row by the rule of merging; whether anything of it changed."""
    if op.table not in _tables():
        raise NotOurs(op.table)
    table, names = _tables()[op.table]
    connection = session.connection()
    if op.action == "d":
        gone.add(row)
        if table.name == PersonRow.__tablename__:
            _forget_words(session, row)
        return bool(connection.execute(table.delete().where(table.c.id == row)).rowcount)
    lost = {name for name, one in _named(op).items() if one in gone}
    if op.action == "i" and any(not table.c[name].nullable for name in lost):
        gone.add(row)
    if row in gone:
        return False
    values = {name: _value(table, name, value) for name, value in op.fields.items() if name in names}
    values.update(dict.fromkeys(name for name in lost if table.c[name].nullable))
    extra = {name: value for name, value in op.fields.items() if name not in names}
    columns = (table.c.rev, table.c.made, table.c.stamps, table.c.extra)
    held = connection.execute(select(*columns).where(table.c.id == row)).one_or_none()
    if op.action == "i":
        if held is not None or (table.name == StationRow.__tablename__ and _has_one(session)):
            return False
        filled = {**_defaults(table, names), **{name: value for name, value in values.items() if value is not None}}
        filled |= {"id": row, "made": op.stamp, "rev": op.stamp, "extra": extra or None}
        connection.execute(table.insert().values(**filled))
        return True
    if held is None:
        return False
    stamps = dict(held.stamps or {})
    newer = [name for name in op.fields if stamps.get(name, held.made) < op.stamp]
    if not newer:
        return False
    stamps.update(dict.fromkeys(newer, op.stamp))
    changed = {name: value for name, value in values.items() if name in newer}
    left = {**(held.extra or {}), **{name: value for name, value in extra.items() if name in newer}} or None
    at = table.update().where(table.c.id == row)
    # Twice: the file's guard wants a new `rev` beside new values, and the newest stamp may be another field's.
    connection.execute(at.values(**changed, stamps=stamps, extra=left, rev=op.stamp))
    connection.execute(at.values(rev=max(held.rev, op.stamp)))
    return True


def _forget_words(session: Session, person: UUID) -> None:
    """The index by which they were found."""
    words = session.scalars(select(SearchRow).join(PersonRow, PersonRow.n == SearchRow.n).where(PersonRow.id == person))
    for row in words:
        session.delete(row)
    session.flush()


def _has_one(session: Session) -> bool:
    return session.scalars(select(StationRow.id).limit(1)).first() is not None


@cache
def _defaults(table: Table, names: frozenset[str]) -> Mapping[str, Any]:
    """What a line leaves unsaid: `journal._all_fields` names only what is not empty."""
    found = {}
    for name in names:
        default = table.c[name].default
        if isinstance(default, ColumnDefault) and default.is_scalar:
            found[name] = default.arg
        elif table.c[name].nullable:
            found[name] = None
        elif isinstance(table.c[name].type, JSON):
            found[name] = []
        else:
            found[name] = ""
    return found


def _value(table: Table, name: str, value: Any) -> Any:
    """As the column wants it; the counterpart of `journal.plain`. Raises NotOurs."""
    kind = table.c[name].type
    if value is None:
        if not table.c[name].nullable:
            raise NotOurs(name)
        return None
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
