"""Giving a restored station its own lines back: what it had sent before, and the copy it was restored from lacks.

The lines of all its former epochs whose stamps its present one has not, in the order of their stamps, numbered from 1
anew and sealed to the station alone (docs/bundle-format-1.md §7). Giving twice, or more than it lacks, does no harm:
(station, stamp) is a line's identity, and the station passes over those that it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.journal import SCHEMA
from covidstation.domain.ops import Op, chain_over, chain_start, decode_op, encode_op
from covidstation.errors import UserError
from covidstation.hub.database.certificates import readers
from covidstation.hub.database.keys import HubKeys
from covidstation.hub.database.store import Hub
from covidstation.hub.figures.stations import stations_in_force
from covidstation.hub.rows import EnrolmentRow, OperationRow, StationRow, StreamRow
from covidstation.sync.bundle import PART, Subject, split_records, write_bundle
from covidstation.sync.carriers import usb
from covidstation.sync.header import Kind, Stream

_ANSWER: Final = 512 * 1024  # of lines in one answer, before packing: a minute of a slow line
_FILE: Final = re.compile(r"G-[0-9a-f]{8}-\d{10}-\d{10}-\d{3}\.csb")


@dataclass(frozen=True, slots=True)
class GaveBack:
    """What was written for a station."""

    station: StationRow
    lines: int
    files: tuple[Path, ...]


def give_back(hub: Hub, station: str, folder: Path, *, now: datetime) -> GaveBack:
    """Write the lines that the station lacks below the folder; `station` is its id, commune code or name.

    Raises UserError hub.which_station, hub.nothing_to_give, `stick.…`.
    """
    with hub.db.read() as session:
        row, _enrolment, stream = _station(session, station)
        ops, recipients = _lacking(session, row, stream), readers(session, row.n)
        keys = hub.keys_now(session)
    if not ops:
        raise UserError("hub.nothing_to_give", name=row.name)
    parts = _parts(keys, row, [*recipients, keys.escrow], stream.epoch, ops, now)
    files = tuple(usb.put(folder, name, data) for name, data in parts)
    with suppress(OSError):
        for path in files[0].parent.iterdir():
            if _FILE.fullmatch(path.name) and path not in files and not path.is_symlink():
                path.unlink()
    return GaveBack(row, len(ops), files)


def give_next(session: Session, hub: Hub, station: StationRow, present: StreamRow, *, now: datetime) -> bytes | None:
    """The first of the lines that a station says to lack, once all that it has is here; None when it says nothing.

    Over the line they come in answers, part 1 of as many as are left; an empty part 1 of 1 says that none is.
    """
    lacks = (station.about or {}).get("lacks")
    if type(lacks) is not int or present.upto < lacks:
        return None
    others = select(StreamRow.n).where(StreamRow.station == station.n, StreamRow.n != present.n).limit(1)
    ops = _lacking(session, station, present) if session.scalar(others) is not None else []
    keys = hub.keys_now(session)
    recipients = [*readers(session, station.n), keys.escrow]
    return next(data for _name, data in _parts(keys, station, recipients, present.epoch, ops, now, size=_ANSWER))


def _station(session: Session, wanted: str) -> tuple[StationRow, EnrolmentRow, StreamRow]:
    known = stations_in_force(session)
    name = wanted.strip().casefold()
    found = [one for one in known if name in (one[0].id.hex, str(one[0].id), one[0].commune, one[0].name.casefold())]
    if len(found) != 1:
        raise UserError("hub.which_station", name=wanted, names="; ".join(f"{one.name}" for one, _e, _s in known))
    return found[0]


def _lacking(session: Session, station: StationRow, present: StreamRow) -> list[Op]:
    """By rising stamp. Before the new epoch has come, all that was ever sent."""
    query = select(StreamRow).where(StreamRow.station == station.n).order_by(StreamRow.n)
    streams = list(session.scalars(query))
    has: set[int] = set()
    if len(streams) > 1 and present.upto:
        has = set(session.scalars(select(OperationRow.stamp).where(OperationRow.stream == present.n)))
        streams = [one for one in streams if one.n != present.n]
    found: dict[int, Op] = {}
    for stream in streams:
        lines = select(OperationRow.stamp, OperationRow.line).where(OperationRow.stream == stream.n)
        for stamp, line in session.execute(lines.order_by(OperationRow.seq)):
            if stamp not in has:
                found.setdefault(stamp, _of_stream(decode_op(line), stream.n))
    return _renumbered(sorted(found.values(), key=lambda op: op.stamp))


_STREAMS: Final = 1 << 32  # more lines than a stream has: keeps the transactions of two streams apart


def _of_stream(op: Op, stream: int) -> Op:
    first = op.first_of_transaction
    return replace(op, first_of_transaction=first and stream * _STREAMS + first)


def _renumbered(ops: Sequence[Op]) -> list[Op]:
    first_of: dict[int, int] = {}
    found = []
    for seq, op in enumerate(ops, 1):
        first = op.first_of_transaction
        found.append(replace(op, seq=seq, first_of_transaction=first and first_of.setdefault(first, seq)))
    return found


def _parts(
    keys: HubKeys,
    station: StationRow,
    recipients: Sequence[str],
    epoch: str,
    ops: Sequence[Op],
    now: datetime,
    *,
    size: int = PART,
) -> Iterator[tuple[str, bytes]]:
    lines = ((op.first_of_transaction or op.seq, encode_op(op)) for op in ops)
    groups: list[list[bytes]] = list(split_records(lines, size=size)) or [[]]
    chain, first, run = chain_start(station.id, epoch), 1, uuid4()
    about = {"give_back": run.hex, "hub_time": now.isoformat(timespec="seconds"), "lines": len(ops)}
    for number, group in enumerate(groups, 1):
        last, after = first + len(group) - 1, chain_over(chain, group)
        stream = Stream(
            first=first,
            last=last,
            chain_before=chain,
            chain_after=after,
            schema=SCHEMA,
            part=(number, len(groups)),
        )
        subject = Subject(kind=Kind.DOWN, station=station.id, epoch=epoch, stream=stream)
        data = write_bundle(subject, group, signer=keys.identity.sign, recipients=recipients, about=about)
        yield usb.give_back_name(station.id, epoch, first, last, number), data
        first, chain = last + 1, after
