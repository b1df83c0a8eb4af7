"""What must hold after every scenario, whatever happened in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from covidstation.db.journal import plain
from covidstation.db.rows import Base, DownLineRow, JournalRow, JournalStateRow, Synced
from covidstation.domain.ops import Op, chain_over, chain_start
from covidstation.hub import rows as hub_rows
from tests.scenarios.district import District

EMPTY: tuple[Any, ...] = (None, "", [], {})
TABLES = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Synced)
}


def check(world: District) -> None:
    """Nothing is missing, nothing is there twice, both ends show the same, no value was silently overwritten."""
    there = world.at_hub()
    world.destroyed -= there  # a stick in a drawer brought it back
    missing = world.ever.keys() - world.destroyed - there
    assert not missing, f"never reached the hub: {[world.ever[one] for one in missing]}"
    for station in range(len(world.nodes)):
        _at_the_station(world, station)
        _each_once(world, station)
        _same_rows(world, station)
        _all_received(world, station)
        _nothing_overwritten(world, station)
        world.conflicts(station)


def _at_the_station(world: District, station: int) -> None:
    """It has its own lines and those of the district, also after a restore."""
    with world.nodes[station].db.read() as session:
        has = {False: set(session.scalars(select(JournalRow.stamp)))}
        has[True] = set(session.scalars(select(DownLineRow.stamp)))
    for line in world.ever.keys() - world.destroyed:
        assert line[1] != station or line[2] in has[line[0]], f"the station lacks {world.ever[line]}"


def _each_once(world: District, station: int) -> None:
    """Every stream is gapless and its chain leads to its end; no stamp is in it twice."""
    with world.hub.db.read() as session:
        streams = select(hub_rows.StreamRow).where(hub_rows.StreamRow.station == world.numbers[station])
        for stream in session.scalars(streams):
            query = select(hub_rows.OperationRow).where(hub_rows.OperationRow.stream == stream.n)
            lines = session.scalars(query.order_by(hub_rows.OperationRow.seq)).all()
            assert [one.seq for one in lines] == list(range(1, stream.upto + 1))
            assert len({one.stamp for one in lines}) == len(lines), "a line is there twice"
            start = chain_start(world.ids[station], stream.epoch)
            assert chain_over(start, [one.line for one in lines]) == stream.chain


def _same_rows(world: District, station: int) -> None:
    """Every row of every table that travels, field by field."""
    tables = {op.table for op in world.ever.values()} & TABLES.keys()
    ours, theirs = rows_here(world, station, tables), rows_there(world, station, tables)
    both = {key: (ours.get(key), theirs.get(key)) for key in ours.keys() | theirs.keys()}
    assert not {key: two for key, two in both.items() if two[0] != two[1]}


def rows_here(world: District, station: int, tables: Collection[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """What the station's register shows, without what is empty."""
    found = {}
    with world.nodes[station].db.read() as session:
        for table in tables:
            kind = TABLES[table]
            for row in session.scalars(select(kind)):
                names = set(kind.__mapper__.columns.keys()) - row.local_fields
                found[table, row.id.hex] = _told(
                    {name: plain(getattr(row, name)) for name in names} | (row.extra or {})
                )
    return found


def rows_there(world: District, station: int, tables: Collection[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """What the district shows of it."""
    with world.hub.db.read() as session:
        query = select(hub_rows.RecordRow).where(hub_rows.RecordRow.station == world.numbers[station])
        rows = [row for row in session.scalars(query) if not row.deleted and row.tbl in tables]
        return {(row.tbl, row.row): _told(row.fields) for row in rows}


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in EMPTY}


def _all_received(world: District, station: int) -> None:
    """At rest the station knows that the district has everything."""
    with world.nodes[station].db.read() as session:
        state = session.get_one(JournalStateRow, 1)
    stream = world.stream(station, state.epoch)
    assert stream is not None and state.received_upto == state.last_seq == stream.upto


def _nothing_overwritten(world: District, station: int) -> None:
    """A value that was written is shown, was replaced by somebody who had seen it, or is kept in a conflict."""
    kept: set[tuple[str, int]] = set()
    with world.hub.db.read() as session:
        for row in session.scalars(select(hub_rows.ConflictRow)):
            kept |= {(row.row, row.standing["stamp"]), (row.row, row.losing["stamp"])}
    shown = rows_there(world, station, TABLES)
    written = [op for line, op in world.ever.items() if line not in world.destroyed and line[1] == station]
    bases = [(op.row, name, base) for op in written for name, base in _bases(op).items()]
    replaced, newest = set(bases), {(row, name): 0 for row, name, _base in bases}
    for row, name, base in bases:
        newest[row, name] = max(newest[row, name], base)
    for op in written:
        record = shown.get((op.table, op.row))
        if op.action == "d" or record is None or (op.row, op.stamp) in kept:
            continue
        for name, value in op.fields.items():
            same = record.get(name, None) == (None if value in EMPTY else value)
            seen = (op.row, name, op.stamp) in replaced or newest.get((op.row, name), 0) > op.stamp
            assert same or seen, f"{name}={value!r} of {op.row} is neither shown nor kept"


def _bases(op: Op) -> dict[str, int]:
    if isinstance(op.base, dict):
        return {name: stamp for stamp, names in op.base.items() for name in names}
    return dict.fromkeys(op.fields, op.base or 0)
