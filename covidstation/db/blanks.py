"""Journal lines whose values a legal deletion took away, and how the chain stands over them (docs/adr/0024).

A blanked line keeps its number, stamp, table, row, field names and base; its values are gone. It can no longer be
hashed to the chain value beside it, which stays and is held by the line that follows. The deletion's own line in the
journal bears a seal: the hash over number, chain before and chain after of every line that does not chain by itself.
So a line before a blanked one, the blanked one's place, and one blanked by somebody else are all found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import LargeBinary, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.db.packed import unpack
from covidstation.db.rows import ConflictRow, DownLineRow, JournalRow, JournalStateRow, PurgeRow
from covidstation.domain.ops import Op, chain_next, decode_op, encode_op

_CHUNK: Final = 400


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk along the journal found: the first fault with the number at which it stands, or none.

    `seal` is over the lines that do not chain by themselves, empty when all do.
    """

    fault: Literal["", "gap", "changed"]
    seq: int
    seal: str = ""


def blanked(op: Op) -> Op:
    """The same operation without its values."""
    return replace(op, fields=dict.fromkeys(op.fields) if op.action == "u" else {})


def is_blank(line: bytes) -> bool:
    """Whether a line is an insert without fields, or an update that only clears."""
    try:
        op = decode_op(line)
    except ValueError:
        return False
    return op.action != "d" and all(value is None for value in op.fields.values())


def walk(session: Session, start: bytes) -> Walk:
    """Follow the chain from its start to the counted end."""
    state = session.get_one(JournalStateRow, 1)
    chain, expected, pile, first = start, 1, hashlib.sha256(), 0
    stored = type_coerce(JournalRow.line, LargeBinary).label("stored")
    for row in session.execute(select(JournalRow.seq, stored, JournalRow.chain).order_by(JournalRow.seq)):
        if row.seq != expected:
            return Walk("gap", expected)
        line = b""
        with suppress(ValueError):  # a line that cannot be unpacked leaves the chain behind
            line = unpack("journal", row.stored)
        if not line or chain_next(chain, line) != row.chain:
            if not is_blank(line):
                return Walk("changed", row.seq)
            first = first or row.seq
            pile.update(row.seq.to_bytes(8, "big") + chain + row.chain)
        chain = row.chain
        expected += 1
    if expected - 1 != state.last_seq or chain != state.chain:
        return Walk("gap", expected)
    seal = pile.hexdigest() if first else ""
    if first and seal != _newest_seal(session):
        return Walk("changed", first)
    return Walk("", state.last_seq, seal)


def _newest_seal(session: Session) -> str:
    """That of the newest deletion, or of one that was finished on a restored register, from the journal itself."""
    query = select(JournalRow.line).where(JournalRow.tbl == PurgeRow.__tablename__, JournalRow.op != "d")
    for line in session.scalars(query.order_by(JournalRow.seq.desc())):
        seal = decode_op(line).fields.get("seal", "")
        if seal:
            return str(seal)
    return ""


def blank_lines(session: Session, rows: Iterable[UUID]) -> int:
    """Take the values out of every line of these rows, inside the act that deletes them; how many lines it was."""
    wanted, count = list(rows), 0
    for at in range(0, len(wanted), _CHUNK):
        query = select(JournalRow).where(JournalRow.row_id.in_(wanted[at : at + _CHUNK]), JournalRow.op != "d")
        for row in session.scalars(query):
            line = encode_op(blanked(decode_op(row.line)))
            if line != row.line:
                row.line = line
                count += 1
        session.flush()
    _blank_told(session, wanted)
    return count


def _blank_told(session: Session, rows: Iterable[UUID]) -> None:
    """What the district said of them, and the values between which somebody had to choose."""
    wanted = list(rows)
    for at in range(0, len(wanted), _CHUNK):
        some = wanted[at : at + _CHUNK]
        for told in session.scalars(select(DownLineRow).where(DownLineRow.row_id.in_(some))):
            with suppress(ValueError):
                told.line = encode_op(blanked(decode_op(told.line)))
        for conflict in session.scalars(select(ConflictRow).where(ConflictRow.row_id.in_(some))):
            session.delete(conflict)
    session.flush()


def seal_of(session: Session, start: bytes) -> str:
    """The seal that a deletion must bear, after its lines were blanked and before its own line is written."""
    pile, chain, found = hashlib.sha256(), start, False
    for row in session.execute(select(JournalRow.seq, JournalRow.line, JournalRow.chain).order_by(JournalRow.seq)):
        if chain_next(chain, row.line) != row.chain:
            pile.update(row.seq.to_bytes(8, "big") + chain + row.chain)
            found = True
        chain = row.chain
    return pile.hexdigest() if found else ""
