"""Lines of the district, brought into the register (docs/bundle-format-1.md §10).

The third writer of rows beside the journal and `db.given_back`: such lines are no lines of this station, so they are
kept as they came in `down_line` and get no number in the journal. What cannot be applied is kept with a code and stops
nothing. Applying twice changes nothing: a stamp that is known is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from covidstation.db.blanks import blanked, is_blank
from covidstation.db.deciding import close_decided, close_once_more
from covidstation.db.journal import SCHEMA
from covidstation.db.merged import settling
from covidstation.db.replay import (
    NotOurs,
    bring_back,
    held_row,
    insert_row,
    named_rows,
    remove_row,
    tables,
    update_row,
    value_of,
)
from covidstation.db.rows import (
    Base,
    ConflictRow,
    DistrictItemRow,
    DownLineRow,
    DownStreamRow,
    JournalStateRow,
    ReceiptRow,
    Synced,
)
from covidstation.db.vanished import vanished
from covidstation.domain.merging import Side, base_of, names_since
from covidstation.domain.ops import Op, chain_over, chain_start, encode_op

CHUNK: Final = 5000
ITEM: Final = "district_item"
DECISION: Final = "conflict_decision"
OURS: Final = frozenset({"app_user", "daily_report", "district_message", "echo", "purge"})
"""Tables in which the station alone speaks."""

RETRIED: Final = ("op.row_missing", "op.newer")
"""What may be applied later after all."""

_items: Final = cast(Table, DistrictItemRow.__table__)
_ITEM_FIELDS: Final = frozenset(_items.c.keys()) - {"n", "id", "received_at", "seen_at"}


@dataclass(slots=True)
class CameDown:
    """What one bundle brought: new lines, the rows that they touched by table, how many conflicts are open since.

    `aside`: numbers and codes of what could not be applied. `gap`: the numbers that are missing before this bundle;
    nothing was taken then. `fork`: it contradicts what was read before; nothing was taken either.
    """

    lines: int = 0
    rows: dict[str, set[UUID]] = field(default_factory=dict)
    conflicts: int = 0
    aside: list[tuple[int, str]] = field(default_factory=list)
    gap: tuple[int, int] | None = None
    fork: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """An opened bundle: where it belongs, its lines, and the same ones as operations of this program's schema."""

    station: UUID
    epoch: str
    first: int
    chain_before: bytes
    lines: Sequence[bytes]
    ops: Sequence[Op]
    limit: int  # stamps above it are not believed


def take_lines(session: Session, piece: Piece, now: datetime) -> CameDown:
    """Apply a piece of a stream, inside `db.write`: what follows on from what was read."""
    found = CameDown()
    stream = _stream(session, piece)
    if piece.first > stream.upto + 1:
        found.gap = (stream.upto + 1, piece.first - 1)
        return found
    held = min(len(piece.lines), stream.upto + 1 - piece.first)
    at_end = piece.first - 1 + held == stream.upto
    if at_end and chain_over(piece.chain_before, piece.lines[:held]) != stream.chain:
        found.fork = True
        return found
    new = list(zip(piece.ops[held:], piece.lines[held:], strict=True))
    if not new:
        return found
    before = _open_conflicts(session)
    again = _take_each(session, piece, new, found, now)
    stream.upto, stream.read_at = new[-1][0].seq, now.replace(microsecond=0, tzinfo=None)
    stream.chain = chain_over(stream.chain, piece.lines[held:])
    state = session.get_one(JournalStateRow, 1)
    state.last_stamp = max([state.last_stamp, *(op.stamp for op, _line in new if op.stamp <= piece.limit)])
    session.flush()
    _say_again(session, again)
    found.conflicts = _open_conflicts(session) - before
    return found


def _stream(session: Session, piece: Piece) -> DownStreamRow:
    stream = session.scalars(select(DownStreamRow).where(DownStreamRow.epoch == piece.epoch)).first()
    if stream is None:
        stream = DownStreamRow(epoch=piece.epoch, upto=0, chain=chain_start(piece.station, piece.epoch))
        session.add(stream)
        session.flush()
    return stream


def _open_conflicts(session: Session) -> int:
    query = select(func.count()).select_from(ConflictRow).where(ConflictRow.decided_at.is_(None))
    return session.scalar(query) or 0


def _say_again(session: Session, rows: Mapping[tuple[str, UUID], Iterable[str]]) -> None:
    """Tell the district that rows which one side had deleted live on, by a line of the station's own for each.

    Both ends must agree, and neither can tell whether a deletion knew of the other's change: so whoever lets a row live
    says so (`hub.down.living` is the other end).
    """
    session.expire_all()
    with settling(session):  # it may be somebody whom another station looks after by now
        for (table, row), names in rows.items():
            kind = _classes()[table]
            found = session.scalars(select(kind).where(kind.id == row)).first()
            for name in tables()[table][1].intersection(names) if found is not None else ():
                flag_modified(found, name)


@cache
def _classes() -> Mapping[str, type[Synced]]:
    found = {}
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Synced):
            found[cast(Table, mapper.local_table).name] = mapper.class_
    return found


@dataclass(slots=True)
class _Run:
    """What lines applied one by one leave for those after them: the rows that this station deleted and nobody changed
    since, and the fields to say once more of rows that live on though one side had deleted them."""

    gone: set[UUID]
    again: dict[tuple[str, UUID], frozenset[str]] = field(default_factory=dict)

    def lives(self, op: Op, row: UUID, names: Iterable[str]) -> None:
        """That row does."""
        self.again[op.table, row] = self.again.get((op.table, row), frozenset()).union(names)


def _take_each(
    session: Session, piece: Piece, new: Sequence[tuple[Op, bytes]], found: CameDown, now: datetime
) -> Mapping[tuple[str, UUID], Iterable[str]]:
    """Apply them one by one; the rows that came back to life, with the fields that the district had changed."""
    known = _known(session, [op.stamp for op, _line in new])
    blank = _blank(session, known)
    run = _Run(vanished(session, [UUID(hex=op.row) for op, _line in new]))
    for op, line in new:
        row = UUID(hex=op.row)
        if op.stamp in known:
            table, same_row, code = known[op.stamp]
            if (table, same_row) != (op.table, row):
                code = "op.stamp_twice"
        else:
            code = _code_of(session, op, row, run, now)
            known[op.stamp] = (op.table, row, code)
            found.lines += 1
            found.rows.setdefault(op.table, set()).add(row)
        if code is not None:
            found.aside.append((op.seq, code))
        gone_by_law = code == "op.purged" or op.stamp in blank
        kept = encode_op(blanked(op)) if gone_by_law else line
        session.add(
            DownLineRow(epoch=piece.epoch, seq=op.seq, stamp=op.stamp, tbl=op.table, row_id=row, line=kept, code=code)
        )
    return run.again


def _blank(session: Session, stamps: Iterable[int]) -> set[int]:
    """Those of the lines that are here whose values a legal deletion took."""
    wanted = list(stamps)
    found: set[int] = set()
    for at in range(0, len(wanted), CHUNK):
        query = select(DownLineRow.stamp, DownLineRow.line).where(DownLineRow.stamp.in_(wanted[at : at + CHUNK]))
        found.update(stamp for stamp, line in session.execute(query) if is_blank(line))
    return found


def _known(session: Session, stamps: Sequence[int]) -> dict[int, tuple[str, UUID, str | None]]:
    found: dict[int, tuple[str, UUID, str | None]] = {}
    columns = (DownLineRow.stamp, DownLineRow.tbl, DownLineRow.row_id, DownLineRow.code)
    for at in range(0, len(stamps), CHUNK):
        query = select(*columns).where(DownLineRow.stamp.in_(stamps[at : at + CHUNK])).order_by(DownLineRow.n.desc())
        found.update({stamp: (table, row, code) for stamp, table, row, code in session.execute(query)})
    return found


def _code_of(session: Session, op: Op, row: UUID, run: _Run, now: datetime) -> str | None:
    """Apply one line, or say why not; a line that is not applied changes nothing."""
    try:
        if op.table == ITEM:
            return _put_item(session, op, row, now)
        if op.table in OURS:
            return "op.not_yours"
        if op.table not in tables():
            return "op.newer"
        if any(one in run.gone for one in named_rows(op).values()):
            run.gone |= {row} if op.action == "i" else set()
            return "op.purged"
        code = _apply(session, op, row, run, now)
    except NotOurs:
        return "op.newer" if op.schema > SCHEMA else "op.field_type"
    if code is None and op.table == DECISION:
        close_decided(session, op, Side.DISTRICT, now)
    return code


def _apply(session: Session, op: Op, row: UUID, run: _Run, now: datetime) -> str | None:
    table, names = tables()[op.table]
    held = held_row(session, table, row)
    if op.action == "i":
        if held is not None or row in run.gone:
            return "op.row_exists" if held is not None else "op.purged"
        insert_row(session, op, row)
        return None
    if op.action == "d":
        if held is None and row not in run.gone:
            return "op.row_missing"  # a restored register gets it back yet
        if held is not None and not remove_row(session, op, row, held, Side.DISTRICT, now):
            run.lives(op, row, names_since(held.stamps or {}, base_of(op, ()) or 0) or names)
        return None
    if held is None:
        if not bring_back(session, op, row, now):
            return "op.purged" if row in run.gone else "op.row_missing"
        run.lives(op, row, op.fields)
        held = held_row(session, table, row)
    if held is not None:
        update_row(session, op, row, held, Side.DISTRICT, now)
    return None


def retry_aside(session: Session, read: Callable[[bytes], Op], now: datetime) -> CameDown:
    """Apply lines that were set aside because their row was missing here, or this program was too old for them.

    A restored register gets its own rows back after it has read what the district wrote about them. `read` brings a
    line to the present schema. Inside `db.write`; `lines` and `rows` say what could be applied.
    """
    found = CameDown()
    query = select(DownLineRow).where(DownLineRow.code.in_(RETRIED)).order_by(DownLineRow.stamp, DownLineRow.n)
    kept = [(row, read(row.line)) for row in session.scalars(query)]
    if not kept:
        return found
    before = _open_conflicts(session)
    run = _Run(vanished(session, [row.row_id for row, _op in kept]))
    codes: dict[int, str | None] = {}
    for row, op in kept:
        if op.stamp not in codes:
            codes[op.stamp] = code = _code_of(session, op, row.row_id, run, now)
            if code is None:
                found.lines += 1
                found.rows.setdefault(op.table, set()).add(row.row_id)
        row.code = codes[op.stamp]
    close_once_more(session, now)
    _say_again(session, run.again)
    found.conflicts = _open_conflicts(session) - before
    return found


def _put_item(session: Session, op: Op, row: UUID, now: datetime) -> str | None:
    """What the district tells or asks: fields that this version does not know stay in the line alone. NotOurs."""
    connection, at = session.connection(), _items.c.id == row
    values = {name: _item_value(name, value) for name, value in op.fields.items() if name in _ITEM_FIELDS}
    held = connection.execute(select(_items.c.n).where(at)).first()
    if op.action == "d":
        connection.execute(_items.delete().where(at))
        return None
    if op.action == "u":
        if held is None:
            return "op.row_missing"
        if values:
            connection.execute(_items.update().where(at).values(**values))
        return None
    if held is not None:
        return "op.row_exists"
    given = {"title": "", "body": "", "author": "", "made_at": now.replace(microsecond=0, tzinfo=None)}
    filled: dict[str, Any] = given | values | {"id": row, "received_at": now.replace(microsecond=0, tzinfo=None)}
    if "kind" not in filled:
        raise NotOurs("kind")
    connection.execute(_items.insert().values(**filled))
    return None


def _item_value(name: str, value: Any) -> Any:
    """Raises NotOurs."""
    if value is None and not _items.c[name].nullable:
        if name in ("title", "body", "author"):
            return ""
        raise NotOurs(name)
    if name == "data" and not isinstance(value, dict | None):
        raise NotOurs(name)
    return None if value is None else value_of(_items, name, value)


def read_so_far(session: Session, most: int = 8) -> dict[str, int]:
    """How far the district's lines were read, for the newest epochs of the district: `about.down` (format, §2).

    The epoch of the last receipt is among them though nothing of it was read: a district that was restored to before it
    hears so that it was there, whatever the clocks say.
    """
    query = select(DownStreamRow.epoch, DownStreamRow.upto).order_by(DownStreamRow.n.desc()).limit(most)
    found = {epoch: upto for epoch, upto in session.execute(query)}
    heard = session.scalars(select(ReceiptRow.hub_epoch).order_by(ReceiptRow.n.desc()).limit(1)).first()
    return found if heard is None else {heard: 0} | found


def set_aside(session: Session, most: int = 64) -> dict[str, list[list[Any]]]:
    """The newest lines that could not be applied, by epoch: number and code (`about.aside`)."""
    query = select(DownLineRow.epoch, DownLineRow.seq, DownLineRow.code).where(DownLineRow.code.is_not(None))
    found: dict[str, list[list[Any]]] = {}
    for epoch, seq, code in session.execute(query.order_by(DownLineRow.n.desc()).limit(most)):
        found.setdefault(epoch, []).append([seq, code])
    return found


def lines_after(session: Session, epoch: str, seq: int) -> Iterator[tuple[int, bytes]]:
    """The lines of an epoch beyond a number, in order."""
    query = select(DownLineRow.seq, DownLineRow.line).where(DownLineRow.epoch == epoch, DownLineRow.seq > seq)
    for row in session.execute(query.order_by(DownLineRow.seq)):
        yield row.seq, row.line
