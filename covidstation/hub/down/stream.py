"""The stream down: what the hub says to one station, line by line, and the bundles that carry it (format, §10).

A line is written once, with a stamp of the hub's own clock, and applied to the station's records here in the same
transaction. Every bundle holds all that the station has not said to have read. A restored hub has a new epoch: what it
holds of the former ones is said again under new numbers, and the station passes over the stamps that it knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation import __version__
from covidstation.db.journal import SCHEMA
from covidstation.domain.groups import whole_groups
from covidstation.domain.ops import Action, Base, LineTooLong, Op, chain_next, chain_start, decode_op, encode_op
from covidstation.domain.stamps import DISTRICT, ceiling, next_stamp
from covidstation.errors import UserError
from covidstation.hub.database.certificates import readers
from covidstation.hub.database.holding import hold_hub, hold_stations
from covidstation.hub.database.records import Record, load_records, write_records
from covidstation.hub.database.store import Hub
from covidstation.hub.rows import DownLineRow, DownStreamRow, HubStateRow, StationRow, StreamRow
from covidstation.sync.bundle import PART, Subject, split_records, write_bundle
from covidstation.sync.carriers import usb
from covidstation.sync.header import MOST_PARTS, Kind, Stream

NOBODY: Final = UUID(int=0)  # the program itself
_EPOCH: Final = select(HubStateRow.epoch)
OURS: Final = "district_item"  # the one table whose rows no station changes: nothing to hold against it


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one row of a station's register. `fields` in their JSON form, None clears; empty for a delete."""

    table: str
    row: UUID
    action: Action
    fields: Mapping[str, Any] = field(default_factory=dict)


def say(
    session: Session, hub: Hub, station_n: int, changes: Sequence[Change], *, by: UUID | None, now: datetime
) -> list[Op]:
    """Write one transaction of lines for a station and apply it to what is held of it, inside `write`.

    An update names only what changes: what is already so is left out, and fields that move together go together.
    Raises UserError op.row_missing, op.row_exists, forms.record_long; then roll back.
    """
    if any(one.table != OURS for one in changes):
        hold_stations(session, station_n)
    keys = {(one.table, one.row.hex) for one in changes}
    records = load_records(session, station_n, keys)
    heard = _heard(session, station_n) if any(one.action == "d" for one in changes) else 0
    drafts = [draft for one in changes if (draft := _drafted(records, one, heard)) is not None]
    ops = append(session, station_n, drafts, by=by, now=now)
    write_records(session, station_n, records)
    return ops


@dataclass(slots=True)
class Draft:
    """A line that lacks its number and stamp. `record` is changed with it; None leaves the records alone."""

    change: Change
    base: Base
    record: Record | None
    is_answer: bool = False  # its base is the station's own, whatever stands here


def _heard(session: Session, station_n: int) -> int:
    """The newest stamp of the station that was read here: its stamps rise, so all its older lines were."""
    newest = select(func.max(StreamRow.last_stamp)).where(StreamRow.station == station_n)
    return session.scalar(newest) or 0


def _drafted(records: dict[tuple[str, str], Record], change: Change, heard: int) -> Draft | None:
    """Raises UserError; None for an update that changes nothing. A new row is put among the records."""
    key = (change.table, change.row.hex)
    record = records.get(key)
    if change.action == "i":
        if record is not None:
            raise UserError("op.row_exists")
        records[key] = record = Record(0, 0, {}, {}, is_new=True)
        fields = {name: value for name, value in change.fields.items() if value not in (None, "", [])}
        return Draft(replace(change, fields=fields), None, record)
    if record is None or record.deleted:
        raise UserError("op.row_missing")
    if change.action == "d":
        return Draft(change, heard or record.rev, record)
    changed = {name: value for name, value in change.fields.items() if record.fields.get(name) != value}
    if not changed:
        return None
    names = whole_groups(change.table, frozenset(changed))
    fields = {name: changed[name] if name in changed else record.fields.get(name) for name in sorted(names)}
    return Draft(replace(change, fields=fields), base_for(record, fields), record)


def base_for(record: Record, names: Iterable[str]) -> Base:
    """The stamp of what is replaced: one number, or by number the fields that bore it."""
    by_stamp: dict[int, list[str]] = {}
    for name in names:
        by_stamp.setdefault(record.stamp_of(name), []).append(name)
    if len(by_stamp) == 1:
        return next(iter(by_stamp))
    return {stamp: tuple(fields) for stamp, fields in by_stamp.items()}


def append(session: Session, station_n: int, drafts: Sequence[Draft], *, by: UUID | None, now: datetime) -> list[Op]:
    """Give the drafts numbers and stamps, write their lines, and change their records in memory."""
    if not drafts:
        return []
    state = hold_hub(session)
    stream = open_stream(session, station_n, refresh=True)
    top, now_ms = ceiling(now), int(now.timestamp() * 1000)
    first = stream.last_seq + 1 if len(drafts) > 1 else None
    ops = []
    for draft in drafts:
        change, record = draft.change, draft.record
        seen = record.rev if record is not None else 0
        stamp = next_stamp(max(state.last_stamp, seen), now_ms, DISTRICT)
        if seen <= top:
            state.last_stamp = stamp
        else:
            stamp = _free_above(session, station_n, stamp)
        op = Op(
            seq=stream.last_seq + 1,
            stamp=stamp,
            table=change.table,
            row=change.row.hex,
            action=change.action,
            fields=change.fields,
            actor=(by or NOBODY).hex,
            schema=SCHEMA,
            base=_base_now(draft),
            first_of_transaction=first,
        )
        _add_line(session, stream, op)
        if record is not None:
            _change(record, op)
        ops.append(op)
    session.flush()
    return ops


def _free_above(session: Session, station_n: int, stamp: int) -> int:
    """For a row whose stamp nobody believes: a stamp above it all the same, so that order is told by stamps alone.

    The hub's clock does not follow it, so that it may have been given before.
    """
    given = select(DownLineRow.stamp).where(DownLineRow.station == station_n, DownLineRow.stamp >= stamp)
    taken = set(session.scalars(given))
    while stamp in taken:
        stamp = next_stamp(stamp, 0, DISTRICT)
    return stamp


def _base_now(draft: Draft) -> Base:
    """A row made or changed earlier in the same transaction bears a new stamp by now."""
    record, change = draft.record, draft.change
    if record is None or draft.is_answer or not record.changed or change.action != "u":
        return draft.base
    return base_for(record, change.fields)


def _change(record: Record, op: Op) -> None:
    if op.action == "i":
        record.made = record.rev = op.stamp
        record.fields.update(op.fields)
        record.changed = True
    else:
        record.put(op.fields, op.stamp)
        record.deleted = op.action == "d"


def _add_line(session: Session, stream: DownStreamRow, op: Op) -> None:
    try:
        line = encode_op(op)
    except LineTooLong as trouble:
        raise UserError("forms.record_long") from trouble
    stream.last_seq, stream.chain = op.seq, chain_next(stream.chain, line)
    session.add(
        DownLineRow(
            station=stream.station,
            epoch=stream.epoch,
            seq=op.seq,
            stamp=op.stamp,
            tbl=op.table,
            row=op.row,
            line=line,
            chain=stream.chain,
        )
    )


def open_stream(session: Session, station_n: int, *, refresh: bool = False) -> DownStreamRow:
    """The station's stream of the hub's present epoch, inside `hub.database.kinds.write`; begun where it is missing.

    A stream that begins says again what is held of former epochs, in the order of its stamps, each stamp once.
    `refresh` asks for it as it is now, for whoever adds to it and holds the hub.
    """
    epoch = session.scalars(_EPOCH).one()
    if (stream := session.get(DownStreamRow, (station_n, epoch), populate_existing=refresh)) is not None:
        return stream
    hold_hub(session)  # two that begin it at once wait for each other
    if (stream := session.get(DownStreamRow, (station_n, epoch), populate_existing=True)) is not None:
        return stream
    station = session.get_one(StationRow, station_n)
    stream = DownStreamRow(
        station=station_n, epoch=epoch, last_seq=0, told_upto=0, chain=chain_start(station.id, epoch)
    )
    session.add(stream)
    session.flush()
    former = select(DownLineRow.epoch, DownLineRow.line).where(DownLineRow.station == station_n)
    lines = {op.stamp: (epoch, op) for epoch, line in session.execute(former) for op in [decode_op(line)]}
    first_of: dict[tuple[str, int], int] = {}
    for _stamp, (epoch, op) in sorted(lines.items()):
        first = op.first_of_transaction
        if first is not None:
            first = first_of.setdefault((epoch, first), stream.last_seq + 1)
        _add_line(session, stream, replace(op, seq=stream.last_seq + 1, first_of_transaction=first))
    session.flush()
    return stream


def answer_suspects(
    session: Session,
    station_n: int,
    answers: Mapping[tuple[str, str, str], tuple[int, tuple[str, ...]]],
    *,
    now: datetime,
) -> None:
    """Tell a station whose clock ran ahead which value stands: a line that has its own as base, whatever the clocks."""
    records = load_records(session, station_n, {(table, row) for table, row, _group in answers})
    drafts = []
    for (table, row, _group), (stamp, names) in answers.items():
        record = records[table, row]
        fields = {name: record.fields.get(name) for name in names}
        drafts.append(Draft(Change(table, UUID(hex=row), "u", fields), stamp, record, is_answer=True))
    append(session, station_n, drafts, by=None, now=now)
    write_records(session, station_n, records)


def build_down(session: Session, hub: Hub, station: StationRow, *, now: datetime, limit: int = PART) -> bytes | None:
    """The next bundle of lines that the station has not said to have read, of about `limit` bytes; None for none."""
    return next((data for _name, data in _bundles(session, hub, station, now, limit, 1)), None)


def down_bundles(session: Session, hub: Hub, station: StationRow, *, now: datetime) -> Iterator[tuple[str, bytes]]:
    """All that the station has not said to have read: for each part its name on a stick and its bytes."""
    return _bundles(session, hub, station, now, PART, MOST_PARTS)


def _bundles(
    session: Session, hub: Hub, station: StationRow, now: datetime, size: int, most: int
) -> Iterator[tuple[str, bytes]]:
    stream = session.get(DownStreamRow, (station.n, hub.epoch))
    ages, keys = readers(session, station.n), hub.keys_now(session)
    if stream is None or not ages or stream.told_upto >= stream.last_seq:
        return
    here = select(DownLineRow.seq, DownLineRow.line, DownLineRow.chain).where(
        DownLineRow.station == station.n, DownLineRow.epoch == hub.epoch
    )
    before = chain_start(station.id, hub.epoch)
    if stream.told_upto:
        before = session.execute(here.where(DownLineRow.seq == stream.told_upto)).one().chain
    chains: dict[int, bytes] = {}
    groups = _groups(
        session.execute(here.where(DownLineRow.seq > stream.told_upto).order_by(DownLineRow.seq)), chains, size
    )
    first = stream.told_upto + 1
    for _number, group in zip(range(most), groups, strict=False):
        last = first + len(group) - 1
        piece = Stream(first=first, last=last, chain_before=before, chain_after=chains[last], schema=SCHEMA)
        subject = Subject(kind=Kind.DOWN, station=station.id, epoch=hub.epoch, stream=piece)
        about = {"clock": int(now.timestamp() * 1000), "more": stream.last_seq - last, "program": __version__}
        data = write_bundle(
            subject,
            group,
            signer=keys.identity.sign,
            recipients=[*ages, keys.escrow],
            about=about,
        )
        yield usb.down_name(station.id, hub.epoch, first, last), data
        first, before = last + 1, chains[last]


def _groups(rows: Iterable[Any], chains: dict[int, bytes], size: int) -> Iterator[list[bytes]]:
    def lines() -> Iterator[tuple[int, bytes]]:
        for seq, line, chain in rows:
            chains[seq] = chain
            yield decode_op(line).first_of_transaction or seq, line

    return split_records(lines(), size=size)
