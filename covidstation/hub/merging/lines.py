"""Lines against records: the quick way for what follows on, the rules of merging for what does not (docs/adr/0026).

A `Merger` works on one stretch of one station's lines, with all records they touch in memory. History is read only
where two values have parted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from covidstation.db.journal import SCHEMA
from covidstation.domain.deciding import Decision, after_decision
from covidstation.domain.groups import WHOLE, group_named, grouped
from covidstation.domain.merging import (
    Case,
    LineOf,
    Side,
    Split,
    Value,
    base_by_field,
    base_of,
    fill_split,
    is_past,
    judge,
    judge_deletion,
    newest_of,
    revived,
    says_again,
    seen_through,
    split_of,
)
from covidstation.domain.ops import Op, decode_op
from covidstation.domain.stamps import STATION, ceiling
from covidstation.hub.database.records import Key, Record, load_records
from covidstation.hub.database.sets import among
from covidstation.hub.database.shapes import fits
from covidstation.hub.database.store import utc
from covidstation.hub.rows import ConflictRow, DownLineRow, OperationRow, StreamRow
from covidstation.sync.upcast import upcast

CONFLICT, CLOCK_AHEAD = "op.conflict", "op.clock_ahead"
QUARANTINE, TOO_OLD = "quarantine", "hub_too_old"
NOT_APPLIED: Final = (QUARANTINE, TOO_OLD)
_STATUS: Final[Mapping[str, str]] = {"op.newer": TOO_OLD, CONFLICT: "conflict", CLOCK_AHEAD: "clock_suspect"}
_WHOLE: Final = group_named("", WHOLE)
_conflicts: Final = cast(Table, ConflictRow.__table__)
_ANY_CONFLICT: Final = select(ConflictRow.id).where(ConflictRow.station == bindparam("station")).limit(1)


def status_of(code: str | None) -> str | None:
    """What the receipt calls a line with that code (docs/bundle-format-1.md §4)."""
    return None if code is None else _STATUS.get(code, QUARANTINE)


class Lines:
    """Single lines of a station's history by their stamps: those at hand, then what it sent, then what it was told."""

    def __init__(self, session: Session, station: int, at_hand: Iterable[tuple[Op, Side]] = ()) -> None:
        self._session, self._station = session, station
        self._found: dict[int, tuple[Op, Side] | None] = {op.stamp: (op, side) for op, side in at_hand}

    def get(self, stamp: int, table: str, row: str) -> tuple[Op, Side] | None:
        """The line with that stamp, if it is one of that row."""
        if stamp not in self._found:
            self._found[stamp] = self._look_up(stamp, table, row)
        return self._found[stamp]

    def _look_up(self, stamp: int, table: str, row: str) -> tuple[Op, Side] | None:
        sent = (
            select(OperationRow.line)
            .join(StreamRow, StreamRow.n == OperationRow.stream)
            .where(StreamRow.station == self._station, OperationRow.stamp == stamp)
        )
        told = select(DownLineRow.line).where(DownLineRow.station == self._station, DownLineRow.stamp == stamp)
        for query, side in ((sent, Side.STATION), (told, Side.DISTRICT)):
            for line in self._session.scalars(query):
                op = decode_op(line)
                if (op.table, op.row) == (table, row):
                    return op, side
        return None


class Merger:
    """One stretch of lines of one station, applied to its records in memory."""

    def __init__(self, session: Session, station: int, ops: Sequence[Op], *, side: Side, now: datetime) -> None:
        self.session, self.station, self.side, self.now = session, station, side, now
        keys = {(op.table, op.row) for op in ops}
        self.records = load_records(session, station, keys)
        self.limit = ceiling(now)
        self.answers: dict[tuple[str, str, str], tuple[int, tuple[str, ...]]] = {}
        """Suspect lines that lost: by table, row and group their stamp and fields. The hub answers each with a line."""
        self.living: dict[Key, frozenset[str]] = {}
        """Rows that live on though the hub had deleted them, and the station cannot know, with fields of theirs."""
        self._lines = Lines(session, station, ((op, side) for op in ops))
        self._splits = self._load_splits(keys)
        self._purged = _purged_in(ops)

    def _load_splits(self, keys: set[Key]) -> dict[Key, dict[UUID, Split]]:
        if self.session.scalars(_ANY_CONFLICT, {"station": self.station}).first() is None:
            return {}
        found: dict[Key, dict[UUID, Split]] = {}
        for picked in among(self.session, _conflicts.c.row, {row for _table, row in keys}):
            query = select(ConflictRow).where(ConflictRow.station == self.station, picked)
            for kept in self.session.scalars(query):
                found.setdefault((kept.tbl, kept.row), {})[kept.id] = split_of(kept)
        return found

    def apply(self, op: Op) -> str | None:
        """Change one record in memory; None, or a code: why not, or what is remarkable about it."""
        op = upcast(op)
        key = (op.table, op.row)
        record = self.records.get(key)
        if (record is None) != (op.action == "i"):
            return "op.row_missing" if record is None else "op.row_exists"
        if not fits(op.table, op.fields):
            return "op.newer" if op.schema > SCHEMA else "op.field_type"
        code = None
        if record is None:
            fields = {name: value for name, value in op.fields.items() if value is not None}
            self.records[key] = Record(op.stamp, op.stamp, fields, {}, is_new=True, changed=True)
        elif op.action == "d":
            code = self._delete(record, op)
        elif not record.deleted and key not in self._splits and _follows(record, op):
            record.put(op.fields, op.stamp)
        else:
            code = self._merge(record, op)
        if code is None and op.stamp > self.limit and self.side is Side.STATION:
            return CLOCK_AHEAD
        return code

    def _delete(self, record: Record, op: Op) -> str | None:
        if record.deleted:
            return None
        ours = self.side is Side.DISTRICT
        at = newest_of(STATION, record.made, record.stamps) if ours else record.rev
        if op.base != at and op.row not in self._purged:
            living = self._value(op, {"deleted": False}, record.rev)
            came = Value({"deleted": True}, op.stamp, self.side, op.actor)
            case = Case(op.table, op.row, _WHOLE, living, at, came, base_of(op, ()) or 0)
            verdict = judge_deletion(case)
            if verdict is not None and verdict.split is not None:
                self._keep((op.table, op.row), verdict.split)
                return CONFLICT
        record.deleted, record.changed, record.rev = True, True, max(record.rev, op.stamp)
        if op.row in self._purged:
            record.fields, record.stamps = {}, {}
        return None

    def _merge(self, record: Record, op: Op) -> str | None:
        """The rules, group by group; a row that was deleted lives on, unless a legal deletion emptied it."""
        code = None
        if record.deleted:
            if not record.fields:
                return "op.row_deleted"
            self._revive(record, op)
            code = CONFLICT
        expected = base_by_field(op.base, op.fields)
        for group, fields in grouped(op.table, op.fields):
            differing = [name for name in fields if record.stamp_of(name) != expected[name]]
            known = [one for one in self._splits.get((op.table, op.row), {}).values() if one.group == group.name]
            values = {name: op.fields[name] for name in fields}
            if differing:
                line_of = self._line_of(op)
                if says_again(op, fields, line_of) and _is_older(record, expected, differing):
                    continue
                differing = [
                    name
                    for name in differing
                    if seen_through(record.stamp_of(name), name, fields, line_of) != expected[name]
                ]
            if not differing and not known:
                record.put(values, op.stamp)
                continue
            standing = {name: record.fields.get(name) for name in fields}
            case = Case(
                op.table,
                op.row,
                group,
                self._value(op, standing, max(record.stamp_of(name) for name in fields)),
                max(record.stamp_of(name) if differing else expected[name] for name in differing or fields),
                Value(values, op.stamp, self.side, op.actor),
                max(expected[name] for name in differing or fields),
                self.limit,
            )
            code = self._judged(record, case, known, fields) or code
        return code

    def _line_of(self, op: Op) -> LineOf:
        def line_of(stamp: int) -> Op | None:
            found = self._lines.get(stamp, op.table, op.row)
            return found[0] if found is not None else None

        return line_of

    def _judged(self, record: Record, case: Case, known: Sequence[Split], fields: tuple[str, ...]) -> str | None:
        def past(stamp: int, value: int) -> bool:
            return is_past(stamp, value, lambda one: self._base(case, fields, one))

        verdict = judge(case, known, past)
        if verdict.value is not None:
            record.put(verdict.value.values, verdict.value.stamp)
        split = verdict.split
        if split is None:
            return None
        self._keep((case.table, case.row), split)
        if case.came.stamp > self.limit and split.losing.stamp == case.came.stamp:
            self.answers[case.table, case.row, case.group.name] = (case.came.stamp, fields)
        went_on = case.base == case.at and any(one.id == split.id for one in known)
        return CONFLICT if split.is_open and not went_on else None

    def _base(self, case: Case, fields: tuple[str, ...], stamp: int) -> int | None:
        """Raises KeyError for a line that is not held."""
        found = self._lines.get(stamp, case.table, case.row)
        if found is None:
            raise KeyError(stamp)
        return base_of(found[0], fields)

    def _value(self, op: Op, values: Mapping[str, Any], stamp: int) -> Value:
        found = self._lines.get(stamp, op.table, op.row)
        line, side = found if found is not None else (None, Side.STATION)
        return Value(values, stamp, side, line.actor if line is not None else "")

    def _revive(self, record: Record, op: Op) -> None:
        found = self._lines.get(record.rev, op.table, op.row)
        base = (base_of(found[0], ()) or 0) if found is not None and found[0].action == "d" else 0
        deletion = self._value(op, {"deleted": True}, record.rev)
        living = Value({"deleted": False}, op.stamp, self.side, op.actor)
        self._keep((op.table, op.row), revived(op.table, op.row, living, deletion, base))
        record.deleted, record.changed = False, True
        if deletion.side is Side.DISTRICT and op.stamp <= base:  # the station takes this line for one that we had read
            self.living[op.table, op.row] = frozenset(op.fields)

    def _keep(self, key: Key, split: Split) -> None:
        self._splits.setdefault(key, {})[split.id] = split
        keep_split(self.session, self.station, key, split, self.now)

    def decide(self, fields: Mapping[str, Any]) -> None:
        """What a line of `conflict_decision` does: it closes what is open of that group, at this end too."""
        decision = Decision.from_fields(fields, self.side)
        if decision is None:
            return
        close_decided(self.session, self.station, decision, self._lines, self.now)
        key = (decision.table, decision.row)
        if key in self._splits:
            self._splits[key] = {one.id: one for one in splits_of(self.session, self.station, key)}


def _is_older(record: Record, expected: Mapping[str, int], names: Iterable[str]) -> bool:
    """Whether what stands is newer than what a line expects."""
    return all(expected[name] < record.stamp_of(name) for name in names)


def _follows(record: Record, op: Op) -> bool:
    """Whether an update replaces exactly the values that stand here."""
    if isinstance(op.base, Mapping):
        pairs = ((name, stamp) for stamp, names in op.base.items() for name in names)
        return all(record.stamps.get(name, record.made) == stamp for name, stamp in pairs)
    return all(record.stamps.get(name, record.made) == op.base for name in op.fields)


def _purged_in(ops: Sequence[Op]) -> set[str]:
    """Rows that were deleted in the same act as a row of `purge` was written."""
    acts = {op.first_of_transaction for op in ops if op.table == "purge" and op.action == "i"} - {None}
    return {op.row for op in ops if op.action == "d" and op.first_of_transaction in acts} if acts else set()


def kept_rows(session: Session, station: int, key: Key) -> list[ConflictRow]:
    """All conflicts that there ever were of one row."""
    table, row = key
    query = select(ConflictRow).where(ConflictRow.station == station, ConflictRow.tbl == table, ConflictRow.row == row)
    return list(session.scalars(query))


def splits_of(session: Session, station: int, key: Key) -> list[Split]:
    """The same as values."""
    return [split_of(one) for one in kept_rows(session, station, key)]


def keep_split(session: Session, station: int, key: Key, split: Split, now: datetime) -> None:
    """Write a split under its id; a new one was found `now`."""
    found = session.get(ConflictRow, split.id)
    if found is None:
        found = ConflictRow(id=split.id, station=station, tbl=key[0], row=key[1], found_at=utc(now))
        session.add(found)
    fill_split(found, split, found.found_at)
    session.flush()


def close_decided(session: Session, station: int, decision: Decision, lines: Lines, now: datetime) -> None:
    """Close every open conflict of the group that the decision speaks of. What went on unseen stays open."""
    key = (decision.table, decision.row)
    for kept in kept_rows(session, station, key):
        split = split_of(kept)
        if kept.grp != decision.group or not (split.is_open or kept.id == decision.conflict):
            continue
        names = group_named(decision.table, split.group).fields or tuple(split.standing.values)

        def base(stamp: int, names: tuple[str, ...] = names) -> int:
            found = lines.get(stamp, decision.table, decision.row)
            return (base_of(found[0], names) or 0) if found is not None else 0

        later = after_decision(split, decision, base) if split.is_open else None
        kept.decided_at, kept.decision = decision.at or utc(now), decision.to_json()
        _settle_lines(session, station, decision.heads | {split.standing.stamp, split.losing.stamp})
        if later is not None:
            keep_split(session, station, key, later, now)
    session.flush()


def _settle_lines(session: Session, station: int, stamps: Iterable[int]) -> None:
    """The receipt need not name the lines of a conflict that is decided."""
    streams = select(StreamRow.n).where(StreamRow.station == station)
    query = select(OperationRow).where(
        OperationRow.stream.in_(streams),
        OperationRow.stamp.in_(sorted(stamps)),
        OperationRow.code == CONFLICT,
    )
    for row in session.scalars(query):
        row.status = row.code = None
