"""Applying a stretch of a stream: one look at the rows it touches, the changes in memory, one write by sets.

An operation that cannot be applied is set aside with a code, listed in the receipt, and never stops the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from covidstation.db.journal import SCHEMA
from covidstation.domain.ops import Op, chain_next, decode_op
from covidstation.hub.rows import OperationRow, RecordRow, StreamRow, to_json
from covidstation.hub.sets import among, insert_rows, update_rows
from covidstation.hub.shapes import fits

QUARANTINE, TOO_OLD = "quarantine", "hub_too_old"

Key = tuple[str, str]  # table, row id

_records: Final = cast(Table, RecordRow.__table__)
_operations: Final = cast(Table, OperationRow.__table__)


@dataclass(slots=True)
class _Record:
    """A row of the station's register while a bundle is applied."""

    made: int
    rev: int
    fields: dict[str, Any]
    stamps: dict[str, int]
    deleted: bool = False
    is_new: bool = False
    changed: bool = False


def apply_operations(session: Session, stream: StreamRow, ops: Sequence[Op], lines: Sequence[bytes]) -> int:
    """Take the lines after `stream.upto` into history and state; returns how many were set aside.

    They must follow on without a gap. Nothing is durable before the caller's transaction is.
    """
    records = _load(session, stream.station, {(op.table, op.row) for op in ops})
    repeated = _repeated_stamps(session, stream, ops)
    elsewhere = _in_other_epochs(session, stream, ops)
    history: list[tuple[object, ...]] = []
    set_aside, chain = 0, stream.chain
    for op, line in zip(ops, lines, strict=True):
        if elsewhere is not None and elsewhere.get(op.stamp) == (op.table, op.row, op.action):
            code = None  # it came before, under its number of that epoch
        elif op.seq in repeated:
            code = "op.stamp_twice"
        else:
            code = _apply(records, op, merge=elsewhere is not None)
        chain = chain_next(chain, line)
        status = code and (TOO_OLD if code == "op.newer" else QUARANTINE)
        history.append((stream.n, op.seq, op.stamp, line, chain, status, code))
        set_aside += code is not None
    _write(session, stream.station, records)
    insert_rows(session, _operations, history)
    stream.upto, stream.chain = ops[-1].seq, chain
    stream.last_stamp = max(stream.last_stamp, *(op.stamp for op in ops))
    return set_aside


def _load(session: Session, station: int, keys: set[Key]) -> dict[Key, _Record]:
    """The touched rows that are already there."""
    by_table: dict[str, list[str]] = {}
    for table, row in keys:
        by_table.setdefault(table, []).append(row)
    columns = [_records.c[name] for name in ("row", "made", "rev", "fields", "stamps", "deleted")]
    found: dict[Key, _Record] = {}
    for table, rows in by_table.items():
        for picked in among(session, _records.c.row, rows):
            query = select(*columns).where(_records.c.station == station, _records.c.tbl == table, picked)
            for row, made, rev, fields, stamps, deleted in session.connection().execute(query):
                found[table, row] = _Record(made, rev, fields, stamps or {}, deleted)
    return found


def _repeated_stamps(session: Session, stream: StreamRow, ops: Sequence[Op]) -> set[int]:
    """Numbers of the operations whose stamp this stream already gave; a stamp is given once (format, §1)."""
    stamps = [op.stamp for op in ops]
    if len(set(stamps)) == len(stamps) and min(stamps) > stream.last_stamp:
        return set()
    given: set[int] = set()
    for picked in among(session, _operations.c.stamp, (stamp for stamp in stamps if stamp <= stream.last_stamp)):
        query = select(_operations.c.stamp).where(_operations.c.stream == stream.n, picked)
        given.update(session.connection().execute(query).scalars())
    repeated: set[int] = set()
    for op in ops:
        if op.stamp in given:
            repeated.add(op.seq)
        given.add(op.stamp)
    return repeated


def _in_other_epochs(session: Session, stream: StreamRow, ops: Sequence[Op]) -> dict[int, tuple[str, str, str]] | None:
    """Which of these operations came in another epoch of the station: table, row and action by stamp.

    None when the station has one epoch only. A restored station sends again all that it holds, and has not seen what it
    lost: then its lines and the lost ones are merged (`_merged`) instead of compared.
    """
    query = select(StreamRow.n).where(StreamRow.station == stream.station, StreamRow.n != stream.n, StreamRow.upto > 0)
    others = list(session.scalars(query))
    if not others:
        return None
    found: dict[int, tuple[str, str, str]] = {}
    for picked in among(session, _operations.c.stamp, (op.stamp for op in ops)):
        columns = (_operations.c.stamp, _operations.c.line)
        query_lines = select(*columns).where(_operations.c.stream.in_(others), picked)
        for stamp, line in session.connection().execute(query_lines):
            op = decode_op(line)
            found[stamp] = (op.table, op.row, op.action)
    return found


def _apply(records: dict[Key, _Record], op: Op, *, merge: bool = False) -> str | None:
    """Change one record in memory, or say why not; a refused operation leaves it as it was."""
    key = (op.table, op.row)
    record = records.get(key)
    if (record is None) != (op.action == "i"):
        return "op.row_missing" if record is None else "op.row_exists"
    if not fits(op.table, op.fields):
        return "op.newer" if op.schema > SCHEMA else "op.field_type"
    if record is None:
        fields = {name: value for name, value in op.fields.items() if value is not None}
        records[key] = _Record(op.stamp, op.stamp, fields, {}, is_new=True, changed=True)
        return None
    if merge:
        _merged(record, op)
        return None
    if record.deleted:
        return "op.row_deleted"
    if not _follows(record, op):
        return "op.base_differs"
    for name, value in op.fields.items():
        record.stamps[name] = op.stamp
        if value is None:
            record.fields.pop(name, None)
        else:
            record.fields[name] = value
    record.deleted = op.action == "d"
    record.rev, record.changed = op.stamp, True
    return None


def _merged(record: _Record, op: Op) -> None:
    """Of two values of a field the newer stamp stands; what was deleted stays deleted. As `db.given_back`."""
    if op.action == "d":
        record.deleted = record.changed = True
    if record.deleted:
        return
    for name, value in op.fields.items():
        if record.stamps.get(name, record.made) >= op.stamp:
            continue
        record.stamps[name], record.changed = op.stamp, True
        if value is None:
            record.fields.pop(name, None)
        else:
            record.fields[name] = value
    record.rev = max(record.rev, op.stamp)


def _follows(record: _Record, op: Op) -> bool:
    """Whether the operation replaces exactly the values that stand here."""
    if op.action == "d":
        return op.base == record.rev
    if isinstance(op.base, Mapping):
        pairs = ((name, stamp) for stamp, names in op.base.items() for name in names)
        return all(record.stamps.get(name, record.made) == stamp for name, stamp in pairs)
    return all(record.stamps.get(name, record.made) == op.base for name in op.fields)


def _write(session: Session, station: int, records: Mapping[Key, _Record]) -> None:
    new: list[tuple[object, ...]] = []
    changed: list[tuple[object, ...]] = []
    for (table, row), record in records.items():
        if record.changed:
            stamps = to_json(record.stamps) if record.stamps else None
            state = (record.rev, to_json(record.fields), stamps, record.deleted)
            if record.is_new:
                new.append((station, table, row, record.made, *state))
            else:
                changed.append((*state, station, table, row))
    insert_rows(session, _records, new)
    update_rows(session, _records, ("rev", "fields", "stamps", "deleted"), ("station", "tbl", "row"), changed)
