"""At rest: each line is at the district once, both ends show the same, no value went without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from covidstation.db.journal import plain
from covidstation.db.rows import Base, JournalStateRow, Synced
from covidstation.db.session import Database
from covidstation.domain.groups import EVENTS
from covidstation.domain.merging import base_by_field
from covidstation.domain.ops import Op, chain_over, chain_start, decode_op
from covidstation.errors import UserError
from covidstation.hub import rows as hub_rows
from covidstation.hub.merging.lines import NOT_APPLIED
from covidstation.hub.replies.give_back import give_back
from covidstation.services.exchange.bundles import import_files
from covidstation.services.exchange.wire import sync_now
from tests.soak.district import District, Station, own_lines, read_lines
from tests.soak.month import Month

TABLES = {m.class_.__tablename__: m.class_ for m in Base.registry.mappers if issubclass(m.class_, Synced)}
MOST_ROUNDS = 8
Shown = dict[tuple[str, str], dict[str, Any]]


def settle(month: Month) -> int:
    """Clocks are right, lines work, all sticks arrive, until nobody has anything new; how many rounds it took."""
    district = month.district
    district.storm.loss, district.storm.late = 0.0, [(0, request) for _day, request in district.storm.late]
    district.storm.clear_up(0)
    month.sticks = [(0, stick) for _day, stick in month.sticks]
    month.sticks_arrive()
    before: list[Any] = []
    for turn in range(1, MOST_ROUNDS + 1):
        district.day += 1
        marks = [_talk(district, station) for station in district.stations]
        district.remember_told()
        if marks == before:
            return turn
        before = marks
    raise AssertionError("they never come to rest")


def _talk(district: District, station: Station) -> Any:
    station.wrong_by *= 0
    back = district.folder / "give-back"
    back.mkdir()
    with district.at_work(station) as db:
        sync_now(db, by=None, now=district.now)
        if station.restored:
            try:
                give_back(district.hub, str(station.id), back, now=district.now)
                import_files(db, back, by=None, now=district.now)
            except UserError as trouble:
                assert trouble.code == "hub.nothing_to_give"
        for path in sorted(back.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        back.rmdir()
        with db.read() as session:
            state = session.get_one(JournalStateRow, 1)
            return state.last_seq, state.received_upto, state.epoch, len(read_lines(db))


@dataclass
class Found:
    """What the checks saw; `wrong` must be empty."""

    wrong: list[str] = field(default_factory=list)
    lines: int = 0
    told: int = 0
    destroyed: int = 0
    conflicts: int = 0
    codes: Counter[str] = field(default_factory=Counter)

    def must(self, good: object, what: str) -> None:
        """Note what is not so."""
        if not good:
            self.wrong.append(what)


def check(district: District) -> Found:
    """Look at everything of everybody."""
    found = Found()
    with district.hub.db.read() as session:
        waiting = select(func.count()).where(hub_rows.InboxRow.state != "done")
        found.must(not session.scalar(waiting), "files wait in the inbox, or stand aside")
        found.conflicts = session.scalar(select(func.count()).select_from(hub_rows.ConflictRow)) or 0
    for station in district.stations:
        with district.at_work(station) as db:
            _look(district, station, db, found)
    return found


def _look(district: District, station: Station, db: Database, found: Found) -> None:
    who = f"station {station.number}"
    ours, theirs = district.ledger.ops((False, station.n)), district.ledger.ops((True, station.n))
    found.lines, found.told = found.lines + len(ours), found.told + len(theirs)
    taken = _history(district, station, db, found)
    with district.hub.db.read() as session:
        told = hub_rows.DownLineRow
        said = Counter(
            (epoch, stamp)
            for epoch, stamp in session.execute(select(told.epoch, told.stamp).where(told.station == station.n))
        )
    saying = {stamp for _epoch, stamp in said}
    found.must({*taken.values(), *said.values()} <= {1}, f"{who}: lines are there twice")
    sides = (("up", ours, set(taken), own_lines(db)), ("down", theirs, saying, read_lines(db)))
    for name, ever, at_hub, at_home in sides:
        gone = district.ledger.destroyed.get((name == "down", station.n), set()) - at_hub
        found.destroyed += len(gone)
        due = ever.keys() - gone
        found.must(due <= at_hub, f"{who}, {name}: the hub lacks {len(due - at_hub)} of {len(due)}")
        found.must(due <= at_home, f"{who}, {name}: it lacks {len(due - at_home)} of {len(due)}")
        found.must(at_hub <= ever.keys(), f"{who}, {name}: the hub has lines that nobody wrote")
    shown = at_district(district, station)
    home = at_station(db)
    differing = [key for key in home.keys() | shown.keys() if home.get(key) != shown.get(key)]
    found.must(not differing, f"{who}: {[(key, home.get(key), shown.get(key)) for key in differing[:2]]}")
    alive = [op for op in (*ours.values(), *theirs.values()) if op.stamp in taken or op.stamp in saying]
    for what in _unsaid(alive, shown, _kept(district, station)):
        found.must(False, f"{who}: {what}")


def _history(district: District, station: Station, db: Database, found: Found) -> Counter[int]:
    """The lines of the present epoch: gapless, chained, none refused, and as many as both sides believe."""
    who = f"station {station.number}"
    with db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        epoch, last, received, chain = state.epoch, state.last_seq, state.received_upto, state.chain
    with district.hub.db.read() as session:
        query = select(hub_rows.StreamRow).where(hub_rows.StreamRow.station == station.n)
        streams = {stream.epoch: stream for stream in session.scalars(query)}
        stream = streams[epoch]
        operation = hub_rows.OperationRow
        rows = session.execute(
            select(operation.seq, operation.line, operation.status, operation.code)
            .where(operation.stream == stream.n)
            .order_by(operation.seq)
        ).all()
        upto, their_chain = stream.upto, stream.chain
        bundle = hub_rows.BundleRow
        here = (bundle.station == station.n, bundle.epoch == epoch, bundle.outcome != "taken")
        found.must(
            not session.scalars(select(bundle.outcome).where(*here)).all(), f"{who}: bundles wait or stand aside"
        )
    found.must(last == received == upto == len(rows), f"{who}: {last} written, {received} received, hub {upto}")
    found.must([row.seq for row in rows] == list(range(1, upto + 1)), f"{who}: a gap in the history")
    found.must(
        chain == their_chain == chain_over(chain_start(station.id, epoch), [r.line for r in rows]), f"{who}: chain"
    )
    found.codes.update(row.code for row in rows if row.code)
    found.must(not [row for row in rows if row.status in NOT_APPLIED], f"{who}: lines that were not applied")
    return Counter(decode_op(row.line).stamp for row in rows)


def at_station(db: Database) -> Shown:
    """Every row that travels, without what is empty."""
    found: Shown = {}
    with db.read() as session:
        for table, kind in TABLES.items():
            for row in session.scalars(select(kind)):
                names = set(kind.__mapper__.columns.keys()) - row.local_fields
                found[table, row.id.hex] = told({name: plain(getattr(row, name)) for name in names})
    return found


def at_district(district: District, station: Station) -> Shown:
    """The same as the hub has it, of the tables that a station has."""
    query = select(hub_rows.RecordRow).where(
        hub_rows.RecordRow.station == station.n, hub_rows.RecordRow.deleted.is_(False)
    )
    with district.hub.db.read() as session:
        return {(row.tbl, row.row): told(row.fields) for row in session.scalars(query) if row.tbl in TABLES}


def told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is empty needs no word."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _kept(district: District, station: Station) -> set[tuple[str, int]]:
    query = select(hub_rows.ConflictRow).where(hub_rows.ConflictRow.station == station.n)
    with district.hub.db.read() as session:
        rows = session.scalars(query).all()
    return {(row.row, value["stamp"]) for row in rows for value in (row.standing, row.losing)}


def _unsaid(alive: list[Op], shown: Shown, kept: set[tuple[str, int]]) -> Iterator[str]:
    """Values that are not shown, were not replaced by somebody who had seen them, and are in no conflict."""
    replaced: set[tuple[str, str, int]] = set()
    newest: dict[tuple[str, str], int] = {}
    for op in alive:
        for name, base in base_by_field(op.base, op.fields).items():
            replaced.add((op.row, name, base))
            newest[op.row, name] = max(newest.get((op.row, name), 0), base)
    for op in alive:
        now = shown.get((op.table, op.row))
        if now is None or op.action == "d" or op.table in EVENTS:
            continue
        for name, value in op.fields.items():
            if (now.get(name) or None) == (value or None):
                continue
            seen = (op.row, name, op.stamp) in replaced or newest[op.row, name] > op.stamp
            if not seen and (op.row, op.stamp) not in kept:
                yield f"{name}={value!r} of {op.table} {op.row} is neither shown nor kept"
