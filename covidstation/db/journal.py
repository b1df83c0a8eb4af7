"""Capture of changes: each flush of synced rows adds its journal lines in the same transaction (docs/adr/0003).

Sequence numbers, stamps and the chain come from the one `journal_state` row, so a rolled-back act leaves no gap and
no number is used twice. Bulk statements on synced tables are refused: they would pass the journal by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from covidstation.db.audit import touch
from covidstation.db.moved import refuse_moved
from covidstation.db.rows import JournalRow, JournalStateRow, Synced
from covidstation.db.texts import fit
from covidstation.domain.groups import whole_groups
from covidstation.domain.ops import Action, Base, LineTooLong, Op, chain_next, chain_start, encode_op
from covidstation.domain.stamps import next_stamp
from covidstation.errors import UserError

SCHEMA: Final = 1  # version of the record fields, `v` of each line
NOBODY: Final = UUID(int=0)  # whoever opened with the recovery code
UNNAMED: Final = bytes(32)  # the chain of a station that has no name at the district yet


def attach(session: Session, *, actor: UUID | None, now: datetime) -> None:
    """Make this session write the journal, for one act of `actor` at `now`."""
    session.info.update(actor=actor or NOBODY, now_ms=int(now.timestamp() * 1000), first=None, touched={}, noted=False)
    event.listen(session, "before_flush", refuse_moved)
    event.listen(session, "before_flush", _capture)
    event.listen(session, "do_orm_execute", _refuse_bulk)


def _refuse_bulk(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and state.bind_mapper is not None and issubclass(state.bind_mapper.class_, Synced):
        raise AssertionError(f"bulk statement on {state.bind_mapper.class_.__name__} would pass the journal by")


def _capture(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    changes = list(_changes(session))
    if not changes:
        return
    state = session.get(JournalStateRow, 1)
    if state is None:
        raise AssertionError("a synced row before the journal was founded")
    info = session.info
    many = len(changes) > 1 or info["first"] is not None
    if info["first"] is None:
        info["first"] = state.last_seq + 1
    lines = []
    for row, kind, fields in changes:
        seq = state.last_seq + 1
        stamp = next_stamp(state.last_stamp, info["now_ms"])
        op = Op(
            seq=seq,
            stamp=stamp,
            table=row.__tablename__,  # type: ignore[attr-defined]
            row=row.id.hex,
            action=kind,
            fields=fields,
            actor=info["actor"].hex,
            schema=SCHEMA,
            base=_base(row, fields) if kind != "i" else None,
            first_of_transaction=info["first"] if many else None,
        )
        _stamp(row, kind, fields, stamp)
        touch(info["touched"], row)
        line = _line(op)
        state.last_seq, state.last_stamp, state.chain = seq, stamp, chain_next(state.chain, line)
        lines.append(
            JournalRow(seq=seq, stamp=stamp, tbl=op.table, row_id=row.id, op=kind, line=line, chain=state.chain)
        )
    session.add_all(lines)


def _line(op: Op) -> bytes:
    """Raises UserError: a line that no reader takes would stop the whole stream behind it."""
    try:
        return encode_op(op)
    except LineTooLong as trouble:
        raise UserError("forms.record_long") from trouble


def _changes(session: Session) -> Iterator[tuple[Synced, Action, dict[str, Any]]]:
    """What this flush will do, in the order in which it was done."""
    for row in session.new:
        if isinstance(row, Synced):
            fit(row)
            yield row, "i", _all_fields(row)
    for row in session.dirty:
        if isinstance(row, Synced):
            fit(row)
            if fields := _changed_fields(row):
                yield row, "u", fields
    for row in session.deleted:
        if isinstance(row, Synced):
            yield row, "d", {}


def _field_names(row: Synced) -> list[str]:
    return [name for name in inspect(type(row)).columns.keys() if name not in row.local_fields]  # noqa: SIM118


def _all_fields(row: Synced) -> dict[str, Any]:
    """The fields of a new row; what is empty needs no word, a reader takes the default."""
    values = {}
    for name in _field_names(row):
        value = getattr(row, name)
        if value is None:
            column = inspect(type(row)).columns[name]
            value = _default(column.default)
            if value is not None:
                setattr(row, name, value)
        if value not in (None, "", []):
            values[name] = plain(value)
    return values


def _default(default: Any) -> Any:
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def _changed_fields(row: Synced) -> dict[str, Any]:
    """What changed, with all that moves with it: no reader may mix the new half of an address with an old one."""
    attributes = inspect(row).attrs
    names = _field_names(row)
    changed = frozenset(name for name in names if attributes[name].history.has_changes())
    if not changed:
        return {}
    whole = whole_groups(row.__tablename__, changed)  # type: ignore[attr-defined]
    return {name: plain(getattr(row, name)) for name in names if name in whole}


def _base(row: Synced, fields: Mapping[str, Any]) -> Base:
    """The stamp of what is replaced: one number, or by number the fields that bore it."""
    stamps = row.stamps or {}
    by_stamp: dict[int, list[str]] = {}
    for name in fields:
        by_stamp.setdefault(stamps.get(name, row.made), []).append(name)
    if not by_stamp:
        return row.rev
    if len(by_stamp) == 1:
        return next(iter(by_stamp))
    return {stamp: tuple(names) for stamp, names in by_stamp.items()}


def _stamp(row: Synced, kind: Action, fields: Mapping[str, Any], stamp: int) -> None:
    row.rev = stamp
    if kind == "i":
        row.made = stamp
    elif kind == "u":
        row.stamps = {**(row.stamps or {}), **dict.fromkeys(fields, stamp)}


def plain(value: Any) -> Any:
    """The JSON form of a field's value: ids as hex, dates as ISO text, the rest as it is."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def start_epoch(session: Session, station: UUID | None, epoch: str) -> None:
    """Number the history anew under a name that the district gave: same lines, a chain of its own.

    Nothing counts as received in a new epoch. A station without a name yet (None) keeps the chain of the unnamed.
    """
    state = session.get_one(JournalStateRow, 1)
    chain = UNNAMED if station is None else chain_start(station, epoch)
    for row in session.scalars(select(JournalRow).order_by(JournalRow.seq)).yield_per(1000):
        chain = row.chain = chain_next(chain, row.line)
    state.epoch, state.chain, state.received_upto = epoch, chain, 0
