"""Lines of this station's own that the district still has and a restored register lacks (docs/adr/0022).

The second writer of the journal: lines keep the stamp under which they were made, for (station, stamp) is their
identity, and get the next number. A line whose stamp is known is passed over; one that knows nothing of newer work
here is merged with it (`db.replay`); what was deleted, and not changed since, stays deleted with all that belongs to
it (`db.burying`), and keeps no values in the journal either. So the order does not matter, and applying twice changes
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.blanks import blanked
from covidstation.db.burying import Orphan, bury, left_of, nobodys_papers
from covidstation.db.deciding import close_once_more
from covidstation.db.replay import (
    NotOurs,
    delete_row,
    held_row,
    insert_row,
    named_rows,
    remove_row,
    tables,
    update_row,
)
from covidstation.db.rows import JournalRow, JournalStateRow, PaperRow, PaperSubjectRow, PurgeRow, StationRow
from covidstation.db.vanished import vanished
from covidstation.domain.merging import Side
from covidstation.domain.ops import Op, chain_next, encode_op

CHUNK: Final = 5000


@dataclass(slots=True)
class GivenBack:
    """What came back: lines new to the journal, and the rows that they touched, by table.

    `purged`: rows that a legal deletion took away of which this register did not know, or which it did not know when it
    deleted; `files`: of papers among them.
    """

    lines: int
    rows: dict[str, set[UUID]]
    purged: set[UUID] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    orphans: dict[UUID, Orphan] = field(default_factory=dict)


def take_back(session: Session, ops: Sequence[Op], now: datetime) -> GivenBack:
    """Bring rows and journal to what they were, inside a transaction of `db.write`. Raises NotOurs; then roll back.

    `ops` in the order of the district's stream. The stamps of the register rise above all of theirs.
    """
    state = session.get_one(JournalStateRow, 1)
    known = _known(session, [op.stamp for op in ops])
    new = [op for op in ops if op.stamp not in known]
    gone = vanished(session, [UUID(hex=op.row) for op in new] + [one for op in new for one in named_rows(op).values()])
    found = GivenBack(len(new), {})
    found.purged = purged_in(new)
    found.files = _files(session, found.purged)
    seq, chain = state.last_seq, state.chain
    first_of: dict[int, int] = {}
    for op in sorted(new, key=lambda one: one.stamp):
        seq += 1
        first = None
        if op.first_of_transaction is not None:
            first = first_of.setdefault(op.first_of_transaction, seq)
        row = UUID(hex=op.row)
        if _apply(session, op, row, gone, found, now):
            found.rows.setdefault(op.table, set()).add(row)
        line = encode_op(replace(blanked(op) if row in gone else op, seq=seq, first_of_transaction=first))
        chain = chain_next(chain, line)
        session.add(JournalRow(seq=seq, stamp=op.stamp, tbl=op.table, row_id=row, op=op.action, line=line, chain=chain))
    session.info["noted"] = session.info.get("noted", False) or bool(new)
    state.last_seq, state.chain = seq, chain
    state.last_stamp = max([state.last_stamp, *(op.stamp for op in new)])
    _bury(session, new, found, now)
    close_once_more(session, now)
    return found


def _bury(session: Session, new: Sequence[Op], found: GivenBack, now: datetime) -> None:
    """Rows that came back without what they belonged to, or lost it by these lines: deleted at the district too."""
    newest: dict[UUID, int] = {}
    dropped: dict[UUID, UUID] = {}
    for op in new:
        row = UUID(hex=op.row)
        newest[row] = max(newest.get(row, 0), op.stamp)
        if op.action == "d":
            found.orphans.pop(row, None)
        elif row in found.orphans and op.table == PaperSubjectRow.__tablename__ and "paper_id" in op.fields:
            dropped[UUID(hex=op.fields["paper_id"])] = found.orphans[row].parent
    for one in [*nobodys_papers(session, dropped), *left_of(session, found.purged)]:
        found.orphans.setdefault(one.row, one)
    if found.orphans:
        known = [replace(one, seen=max(one.seen, newest.get(one.row, 0))) for one in found.orphans.values()]
        files = _files(session, {one.row for one in known})
        legal = bury(session, known, now)
        found.purged |= legal
        found.files |= files if legal else set()


def _files(session: Session, rows: set[UUID]) -> set[str]:
    """Of the papers among these rows."""
    hashes = session.execute(select(PaperRow.id, PaperRow.file_hash)) if rows else ()
    return {row.file_hash for row in hashes if row.id in rows}


def _known(session: Session, stamps: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for at in range(0, len(stamps), CHUNK):
        query = select(JournalRow.stamp).where(JournalRow.stamp.in_(stamps[at : at + CHUNK]))
        found.update(session.scalars(query))
    return found


def purged_in(ops: Sequence[Op]) -> set[UUID]:
    """What was deleted in the same act as a row of `purge` was written."""
    acts = {op.first_of_transaction for op in ops if op.table == PurgeRow.__tablename__ and op.action == "i"} - {None}
    return {UUID(hex=op.row) for op in ops if op.action == "d" and op.first_of_transaction in acts}


def _apply(session: Session, op: Op, row: UUID, gone: set[UUID], found: GivenBack, now: datetime) -> bool:
    """Change one row by the rules of merging; whether anything of it changed. Nothing stops a legal deletion."""
    if op.table not in tables():
        raise NotOurs(op.table)
    table = tables()[op.table][0]
    if op.action == "d":
        held, legal = held_row(session, table, row), row in found.purged
        if not legal and held is not None and not remove_row(session, op, row, held, Side.STATION, now):
            return False
        gone.add(row)
        return delete_row(session, op, row) if legal else held is not None
    lost = {name: one for name, one in named_rows(op).items() if one in gone}
    needed = [one for name, one in lost.items() if not table.c[name].nullable]
    if op.action == "i" and needed and row not in gone:
        gone.add(row)
        found.orphans[row] = Orphan(op.table, row, needed[0], op.stamp)
    if row in gone:
        return False
    held = held_row(session, table, row)
    if op.action == "i":
        if held is not None or (table.name == StationRow.__tablename__ and _has_one(session)):
            return False
        insert_row(session, op, row, lost)
        return True
    if held is None:
        return False
    cleared = {name: None if name in lost and table.c[name].nullable else value for name, value in op.fields.items()}
    return update_row(session, replace(op, fields=cleared), row, held, Side.STATION, now)


def _has_one(session: Session) -> bool:
    return session.scalars(select(StationRow.id).limit(1)).first() is not None
