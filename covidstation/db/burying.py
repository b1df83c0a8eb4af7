"""What belonged to somebody who was deleted, and comes to light later: it goes too, and the district is told.

A restored register may delete somebody before the lines that it lost come back: of the rows among them it knew nothing,
so its deletion names none. And a deletion that it had lost comes back when newer rows of the same people stand here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.journal import SCHEMA
from covidstation.db.replay import delete_row, held_row, tables
from covidstation.db.rows import JournalRow, JournalStateRow, PaperSubjectRow, PurgeRow
from covidstation.domain.ops import Op, chain_next, decode_op, encode_op
from covidstation.domain.stamps import next_stamp

_CHUNK: Final = 400


@dataclass(frozen=True, slots=True)
class Orphan:
    """A row that goes, as part of what was deleted. `seen`: the newest stamp of it that is known."""

    table: str
    row: UUID
    parent: UUID
    seen: int


def left_of(session: Session, gone: Iterable[UUID]) -> list[Orphan]:
    """The rows that stand here and cannot be without one of these, with what in turn cannot be without them."""
    found: dict[UUID, Orphan] = {}
    parents = set(gone)
    while parents:
        new = {one.row: one for one in _naming(session, sorted(parents)) if one.row not in found}
        found |= new
        parents = set(new)
    return list(found.values())


def _naming(session: Session, parents: Sequence[UUID]) -> Iterable[Orphan]:
    for name, (table, fields) in tables().items():
        for field in fields:
            column = table.c.get(field)
            if column is None or column.nullable or not isinstance(column.type, Uuid):
                continue
            for at in range(0, len(parents), _CHUNK):
                query = select(table.c.id, table.c.rev, column.label("parent"))
                for one in session.execute(query.where(column.in_(parents[at : at + _CHUNK]))):
                    yield Orphan(name, one.id, one.parent, one.rev)


def nobodys_papers(session: Session, dropped: Mapping[UUID, UUID]) -> list[Orphan]:
    """Papers that name nobody any more, with what belongs to them. `dropped`: by paper, one who is gone."""
    named = set(session.scalars(select(PaperSubjectRow.paper_id).where(PaperSubjectRow.paper_id.in_(dropped))))
    table = tables()["paper"][0]
    rows = [(one, person) for one, person in dropped.items() if one not in named]
    held = [(row, person) for one, person in rows if (row := held_row(session, table, one)) is not None]
    found = [Orphan("paper", row.id, person, row.rev) for row, person in held]
    return found + left_of(session, [one.row for one in found])


def bury(session: Session, orphans: Sequence[Orphan], now: datetime) -> set[UUID]:
    """Delete these rows and write a line for each, inside a transaction of `db.write`; those that a law took.

    They go in the same way as what they belonged to: a legal deletion is said once more, with its own word beside, for
    the district lets a row live otherwise that it believes to know better (docs/bundle-format-1.md §9).
    """
    session.flush()
    acts = _acts(session, orphans)
    legal = [one for one in orphans if one.row in acts]
    for one in orphans:
        if one.row not in acts:
            _delete(session, one, None)
    if not legal:
        return set()
    info = session.info
    if info["first"] is None:
        info["first"] = session.get_one(JournalStateRow, 1).last_seq + 1
    for one in legal:
        _delete(session, one, info["first"])
    for act in {acts[one.row] for one in legal}:
        session.add(_again(session, act, now))
    session.flush()
    return {one.row for one in legal}


def _delete(session: Session, orphan: Orphan, first: int | None) -> None:
    state, info = session.get_one(JournalStateRow, 1), session.info
    op = Op(
        seq=state.last_seq + 1,
        stamp=next_stamp(state.last_stamp, info["now_ms"]),
        table=orphan.table,
        row=orphan.row.hex,
        action="d",
        fields={},
        actor=info["actor"].hex,
        schema=SCHEMA,
        base=orphan.seen,
        first_of_transaction=first,
    )
    delete_row(session, op, orphan.row)
    line = encode_op(op)
    state.last_seq, state.last_stamp, state.chain = op.seq, op.stamp, chain_next(state.chain, line)
    session.add(
        JournalRow(
            seq=op.seq, stamp=op.stamp, tbl=op.table, row_id=orphan.row, op=op.action, line=line, chain=state.chain
        )
    )


def _acts(session: Session, orphans: Sequence[Orphan]) -> dict[UUID, UUID]:
    """By orphan, the row of `purge` with which its parent, or the parent's parent, went."""
    purges = select(JournalRow.line).where(JournalRow.tbl == PurgeRow.__tablename__, JournalRow.op == "i")
    by_act = {op.first_of_transaction: UUID(hex=op.row) for op in map(decode_op, session.scalars(purges))}
    parent_of = {one.row: one.parent for one in orphans}
    parents = sorted(set(parent_of.values()) - parent_of.keys()) if by_act else []
    legal: dict[UUID, UUID] = {}
    for at in range(0, len(parents), _CHUNK):
        query = select(JournalRow.line).where(JournalRow.op == "d", JournalRow.row_id.in_(parents[at : at + _CHUNK]))
        for op in map(decode_op, session.scalars(query)):
            if op.first_of_transaction is not None and op.first_of_transaction in by_act:
                legal[UUID(hex=op.row)] = by_act[op.first_of_transaction]
    found: dict[UUID, UUID] = {}
    for row in parent_of:
        top, seen = row, set[UUID]()
        while top in parent_of and top not in seen:
            seen.add(top)
            top = parent_of[top]
        if top in legal:
            found[row] = legal[top]
    return found


def _again(session: Session, act: UUID, now: datetime) -> PurgeRow:
    """The word of a deletion that goes on: of nobody else, so it counts none."""
    held = session.scalars(select(PurgeRow).where(PurgeRow.id == act)).one()
    return PurgeRow(
        id=new_id(),
        rule=held.rule,
        kind=held.kind,
        until=held.until,
        decision=held.decision,
        count=0,
        by_name=held.by_name,
        purged_at=now.replace(microsecond=0, tzinfo=None),
    )
