"""Applying a stretch of a stream: one look at the rows it touches, the changes in memory, one write by sets.

An operation that cannot be applied is set aside with a code, listed in the receipt, and never stops the others. One
that parts from what stands is merged (`hub.merging.lines`): the losing value is a conflict, and the receipt says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from covidstation.domain.merging import Side
from covidstation.domain.ops import Op, chain_next, decode_op
from covidstation.hub.database.records import write_records
from covidstation.hub.database.sets import among, insert_rows
from covidstation.hub.database.store import Hub
from covidstation.hub.down.living import say_living
from covidstation.hub.down.stream import answer_suspects
from covidstation.hub.merging.echo import ECHO, replay_missing, take_echoes
from covidstation.hub.merging.lines import NOT_APPLIED, Merger, status_of
from covidstation.hub.rows import OperationRow, StreamRow

DECISION: Final = "conflict_decision"

_operations: Final = cast(Table, OperationRow.__table__)
_OTHERS: Final = select(StreamRow.n).where(
    StreamRow.station == bindparam("station"), StreamRow.n != bindparam("present"), StreamRow.upto > 0
)


def apply_operations(
    session: Session,
    hub: Hub,
    stream: StreamRow,
    ops: Sequence[Op],
    lines: Sequence[bytes],
    *,
    now: datetime | None = None,
) -> int:
    """Take the lines after `stream.upto` into history and state; returns how many were set aside.

    They must follow on without a gap. Nothing is durable before the caller's transaction is.
    """
    merger = Merger(session, stream.station, ops, side=Side.STATION, now=now or datetime.now(UTC))
    repeated = _repeated_stamps(session, stream, ops)
    elsewhere = _in_other_epochs(session, stream, ops)
    history: list[tuple[object, ...]] = []
    special: list[Op] = []
    set_aside, chain = 0, stream.chain
    for op, line in zip(ops, lines, strict=True):
        if elsewhere is not None and elsewhere.get(op.stamp) == (op.table, op.row, op.action):
            code = None  # it came before, under its number of that epoch
        elif op.seq in repeated:
            code = "op.stamp_twice"
        else:
            code = merger.apply(op)
            if op.table in (ECHO, DECISION) and op.action == "i":
                special.append(op)
        chain = chain_next(chain, line)
        status = status_of(code)
        history.append((stream.n, op.seq, op.stamp, line, chain, status, code))
        set_aside += status in NOT_APPLIED
    write_records(session, stream.station, merger.records)
    insert_rows(session, _operations, history)
    stream.upto, stream.chain = ops[-1].seq, chain
    stream.last_stamp = max(stream.last_stamp, *(op.stamp for op in ops))
    _follow_up(session, hub, stream, merger, special)
    return set_aside


def _follow_up(session: Session, hub: Hub, stream: StreamRow, merger: Merger, special: Sequence[Op]) -> None:
    """What some lines ask for beyond their own row: decisions, lines sent back, an answer to a clock far ahead."""
    for op in special:
        if op.table == DECISION:
            merger.decide(op.fields)
    echoes = [op.fields for op in special if op.table == ECHO]
    if echoes and take_echoes(session, hub, stream.station, echoes, now=merger.now):
        replay_missing(session, hub, stream.station, now=merger.now)
    if merger.answers:
        answer_suspects(session, stream.station, merger.answers, now=merger.now)
    if merger.living:
        say_living(session, stream.station, merger.living, now=merger.now)


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

    None when the station has one epoch only. A restored station sends again all that it holds.
    """
    others = list(session.scalars(_OTHERS, {"station": stream.station, "present": stream.n}))
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
