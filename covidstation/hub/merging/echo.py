"""Lines of the hub's own that it lost and a station sends back; lines of stations that can be applied only later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.db.journal import SCHEMA
from covidstation.domain.canonical import is_hex
from covidstation.domain.echoes import is_piece, joined
from covidstation.domain.merging import Side
from covidstation.domain.ops import Op, chain_next, chain_start, decode_op
from covidstation.hub.database.records import write_records
from covidstation.hub.database.store import Hub
from covidstation.hub.down.allotments import take_up_papers
from covidstation.hub.down.hearing import hear_again, pass_on
from covidstation.hub.merging.lines import NOT_APPLIED, Merger, status_of
from covidstation.hub.rows import (
    DownLineRow,
    DownStreamRow,
    HubStateRow,
    OperationRow,
    RecordRow,
    StationRow,
    StreamRow,
)

ECHO: Final = "echo"
DECISION: Final = "conflict_decision"
MISSING, NEWER = "op.row_missing", "op.newer"


def take_echoes(session: Session, hub: Hub, station: int, echoes: Sequence[Mapping[str, Any]], *, now: datetime) -> int:
    """Put lines of former epochs back into their history and apply them as if they had just been written.

    What does not follow on, or is of the present epoch, is left in the station's own record. Returns how many were new.
    """
    present = session.scalars(select(HubStateRow.epoch)).one()
    found: dict[str, dict[int, tuple[Op, bytes]]] = {}
    for fields in echoes:
        one = _read(_whole(session, station, fields))
        if one is not None and one[0] != present:
            found.setdefault(one[0], {})[one[1].seq] = one[1:]
    known = _told(session, station, [op for lines in found.values() for op, _line in lines.values()])
    fresh: dict[int, Op] = {}
    for epoch, lines in found.items():
        fresh |= {op.stamp: op for op in _append_former(session, station, epoch, lines) if op.stamp not in known}
    merger = Merger(session, station, list(fresh.values()), side=Side.DISTRICT, now=now)
    applied = [op for op in fresh.values() if _again(merger, op)]
    write_records(session, station, merger.records)
    for op in applied:
        if op.table == DECISION and op.action == "i":
            merger.decide(op.fields)
    session.flush()
    take_up_papers(session, station, applied)
    pass_on(session, hub, station, applied, now=now)
    return len(fresh)


def _again(merger: Merger, op: Op) -> bool:
    """Apply a line that came back; whether it could be. A row that the station deleted stays so: it had read it."""
    record = merger.records.get((op.table, op.row))
    if record is not None and record.deleted:
        return False
    return status_of(merger.apply(op)) not in NOT_APPLIED


def _whole(session: Session, station: int, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """A line that came in pieces, put together once the last of them is here."""
    text, seq = fields.get("line"), fields.get("seq")
    if not isinstance(text, str) or type(seq) is not int or not is_piece(text):
        return fields
    near = type_coerce(RecordRow.fields, Text).contains(f'"seq":{seq}', autoescape=True)
    held = session.scalars(select(RecordRow.fields).where(RecordRow.station == station, RecordRow.tbl == ECHO, near))
    same = [one for one in held if all(one.get(name) == fields.get(name) for name in ("epoch", "seq"))]
    return {**fields, "line": joined(str(one.get("line")) for one in same)}


def _read(fields: Mapping[str, Any]) -> tuple[str, Op, bytes] | None:
    epoch, seq, line = (fields.get(name) for name in ("epoch", "seq", "line"))
    if not is_hex(epoch, 16) or not isinstance(line, str):
        return None
    try:
        op = decode_op(line.encode())
    except ValueError:
        return None
    return (str(epoch), op, line.encode()) if op.seq == seq else None


def _append_former(session: Session, station: int, epoch: str, lines: Mapping[int, tuple[Op, bytes]]) -> list[Op]:
    stream = session.get(DownStreamRow, (station, epoch))
    if stream is None:
        start = chain_start(session.get_one(StationRow, station).id, epoch)
        stream = DownStreamRow(station=station, epoch=epoch, last_seq=0, told_upto=0, chain=start)
        session.add(stream)
    new = []
    while (found := lines.get(stream.last_seq + 1)) is not None:
        op, line = found
        stream.last_seq, stream.chain = op.seq, chain_next(stream.chain, line)
        stream.told_upto = op.seq
        session.add(
            DownLineRow(
                station=station,
                epoch=epoch,
                seq=op.seq,
                stamp=op.stamp,
                tbl=op.table,
                row=op.row,
                line=line,
                chain=stream.chain,
            )
        )
        new.append(op)
    return new


def _told(session: Session, station: int, ops: Sequence[Op]) -> set[int]:
    """Stamps that are in the history of an epoch: said again, not new."""
    query = select(DownLineRow.stamp).where(
        DownLineRow.station == station, DownLineRow.stamp.in_([op.stamp for op in ops])
    )
    return set(session.scalars(query)) if ops else set()


def replay_missing(session: Session, hub: Hub, station: int, *, now: datetime) -> int:
    """Apply lines whose row was missing, now that lines came back which may have made it; how many could be."""
    return _replay(session, hub, station, now, lambda op, code: code == MISSING)


def replay_newer(hub: Hub, *, now: datetime) -> int:
    """After an upgrade: apply what an older program of this hub kept because it was too new; how many could be."""
    with hub.db.read() as session:
        state = session.scalars(select(HubStateRow)).one()
        if state.schema >= SCHEMA:
            return 0
        stations = list(session.scalars(select(StationRow.n).order_by(StationRow.n)))
    count = 0
    for station in stations:
        with hub.db.write(None, now) as session:
            count += _replay(
                session, hub, station, now, lambda op, code: code == MISSING or (code == NEWER and op.schema <= SCHEMA)
            )
    with hub.db.write(None, now) as session:
        session.scalars(select(HubStateRow)).one().schema = SCHEMA
    return count


def _replay(session: Session, hub: Hub, station: int, now: datetime, wanted: Callable[[Op, str], bool]) -> int:
    query = (
        select(OperationRow)
        .join(StreamRow, StreamRow.n == OperationRow.stream)
        .where(StreamRow.station == station, OperationRow.code.in_((MISSING, NEWER)))
        .order_by(OperationRow.stamp)
    )
    kept = [(row, op) for row in session.scalars(query) if wanted(op := decode_op(row.line), row.code or "")]
    if not kept:
        return 0
    merger = Merger(session, station, [op for _row, op in kept], side=Side.STATION, now=now)
    applied: dict[int, list[Op]] = {}
    count = 0
    for row, op in kept:
        code = merger.apply(op)
        if code in (MISSING, NEWER):
            continue
        row.code, row.status = code, status_of(code)
        count += 1
        if row.status not in NOT_APPLIED:
            applied.setdefault(row.stream, []).append(op)
    write_records(session, station, merger.records)
    session.flush()
    for ops in applied.values():
        for op in ops:
            if op.table == DECISION and op.action == "i":
                merger.decide(op.fields)
    for stream, ops in applied.items():
        hear_again(session, hub, session.get_one(StreamRow, stream), ops, now=now)
    return count
