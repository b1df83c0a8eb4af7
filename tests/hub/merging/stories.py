"""Stories of two stations and their district, told by real bundles: the same story, carried in any way.

A story is a list of rounds. In each the stations write, their bundles arrive in some way, and when all of it is there
the district acts. Whoever plays it decides the way (`Way`); `dump` says what the hub has in the end, without what must
differ between two hubs: ids of stations, moments, stamps that the hub gave, numbers of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from covidstation.domain.deciding import Choice
from covidstation.domain.groups import whole_groups
from covidstation.domain.ops import decode_op
from covidstation.errors import UserError
from covidstation.hub.database.records import Record
from covidstation.hub.database.store import Hub
from covidstation.hub.down.items import Author
from covidstation.hub.down.moves import Proposal, decide_move, owner_of, propose_move
from covidstation.hub.down.stream import Change, base_for, say
from covidstation.hub.merging.conflicts import decide_conflict
from covidstation.hub.rows import (
    BundleRow,
    ConflictRow,
    DownLineRow,
    HubStateRow,
    MoveRow,
    OperationRow,
    RecordRow,
    StationRow,
    StreamRow,
)
from tests.hub.fake_stations import NOW, FakeStation

DOCTOR: Final = Author("BS. Lò Thị Hoa")
HOUR: Final = 3_600_000 << 16
PHONES: Final = ("0912000111", "0912000222", "0912000333", None)
YEARS: Final = (1968, 1990, 2012, None)
ISSUERS: Final = 4
HUBS: Final = ("data", "made_at", "decided_at", "heads", "conflict")  # ids, stamps and moments that a hub gives
DISTRICT_ACTS: Final = ("correct", "correct_case", "erase", "hand", "settle")
STATION_ACTS: Final = (
    "new", "ill", "both", "phone", "birth", "card", "outcome", "unknown", "delete", "purge",
    "missing", "twice", "ahead",
)  # fmt: skip


@dataclass(frozen=True)
class Act:
    """Something that a station (`who` 0 or 1) or the district does to the n-th row of its kind."""

    kind: str
    who: int
    n: int
    value: int


@dataclass(frozen=True)
class Round:
    """What the stations write, who of them has read the district's lines before, and what the district then does."""

    writing: tuple[Act, ...]
    reading: tuple[bool, bool]
    district: tuple[Act, ...]


@dataclass
class Writer(FakeStation):
    """A station that knows its rows: what it wrote, and what it has read."""

    number: int = 0
    tag: int = 0  # of the telling: rows of two tellings in one hub are not the same
    known: dict[tuple[str, str], Record] = field(default_factory=dict)
    clock: int = 0
    units: list[int] = field(default_factory=list)  # numbers at which a transaction ends
    taken_over: set[str] = field(default_factory=set)  # and the former station has not read of it
    given: set[str] = field(default_factory=set)  # to the other station, and not read here: still changed, not deleted
    answered: set[str] = field(default_factory=set)  # by the district over its own deletion, and not read here
    erased: set[str] = field(default_factory=set)  # by the district, which this station has not read

    def __post_init__(self) -> None:
        super().__init__(f"Trạm {self.tag}-{self.number}", f"{self.tag:04d}{self.number}")
        self.clock = int(NOW.timestamp() * 1000) << 16

    def __hash__(self) -> int:
        return id(self)

    def write(self, act: Act) -> None:
        """One transaction."""
        before = len(self.lines)
        getattr(self, f"_{act.kind}")(act)
        if len(self.lines) > before:
            self.units.append(len(self.lines))

    def say(self, action: str, table: str, row: str, fields: dict[str, Any] | None = None, **how: Any) -> None:
        """One line; what the station knows follows."""
        self.clock += 1 << 16
        stamp = how.pop("stamp", self.clock)
        record, base = self.known.get((table, row)), how.pop("base", None)
        fields = fields or {}
        if action == "i":
            record = self.known[table, row] = Record(stamp, stamp, dict(fields), {})
        elif record is not None and base is None:
            if action == "u":
                fields = {name: record.fields.get(name) for name in whole_groups(table, frozenset(fields))} | fields
            base = record.rev if action == "d" else base_for(record, fields)
            record.put(fields, stamp)
            record.deleted = action == "d"
            if row in self.erased:  # the district answers what it has heard by then: one act until that is read
                self.answered.add(row)
        self.op(action, int(row, 16), dict(sorted(fields.items())), table=table, base=base, stamp=stamp, **how)

    def read(self, rows: dict[tuple[str, str], Record], at: int) -> None:
        """All that the hub holds of it, which is what it has once it heard everything."""
        self.known = rows
        self.clock = max(self.clock, at)
        self.answered, self.erased, self.given = set(), set(), set()

    def _one(self, table: str, act: Act, but: Collection[str] = ()) -> str | None:
        """What others still say of a row depends on the order in which they are heard: it is left alone until then."""
        left = {*self.taken_over, *self.answered, *but}
        rows = sorted(
            row
            for (of, row), one in self.known.items()
            if of == table
            and not one.deleted
            and not one.fields.get("moved_to")
            and not {row, one.fields.get("person_id")} & left
        )
        return rows[act.n % len(rows)] if rows else None

    def _id(self) -> str:
        self.rows += 1
        return f"{(self.tag << 32) + (self.number << 24) + self.rows:032x}"

    def _new(self, act: Act, **how: Any) -> str:
        row = self._id()
        fields = {"full_name": f"Giàng A Páo {act.value}", "birth_year": 1950 + act.value, "sex": "MALE"}
        self.say("i", "person", row, fields, **how)
        return row

    def _ill(self, act: Act, person: str | None = None, **how: Any) -> None:
        if (person := person or self._one("person", act)) is not None:
            fields = {"person_id": person, "classification": "CONFIRMED", "outcome": "NO_OUTCOME"}
            self.say("i", "episode", self._id(), fields, **how)

    def _both(self, act: Act) -> None:
        first = len(self.lines) + 1
        person = self._new(act, first_of_transaction=first)
        self._ill(act, person, first_of_transaction=first)

    def _change(self, table: str, act: Act, fields: dict[str, Any]) -> None:
        if (row := self._one(table, act)) is not None:
            self.say("u", table, row, fields)

    def _phone(self, act: Act) -> None:
        self._change("person", act, {"phone": PHONES[act.value]})

    def _birth(self, act: Act) -> None:
        self._change("person", act, {"birth_year": YEARS[act.value], "birth_month": act.value + 1})

    def _card(self, act: Act) -> None:
        self._change("person", act, {"citizen_number": f"01205500000{act.value}"})

    def _outcome(self, act: Act) -> None:
        self._change("episode", act, {"outcome": ("RECOVERED", "NO_OUTCOME", "DECEASED", "OTHER")[act.value]})

    def _unknown(self, act: Act) -> None:
        self._change("person", act, {"of_a_later_program": [act.value]})

    def _delete(self, act: Act) -> None:
        if (row := self._one(("person", "episode")[act.value % 2], act, self.given)) is not None:
            self.say("d", ("person", "episode")[act.value % 2], row)

    def _purge(self, act: Act) -> None:
        if (row := self._one("person", act, self.given)) is not None:
            first = len(self.lines) + 1
            self.say("d", "person", row, first_of_transaction=first)
            fields = {"rule": "r", "kind": "person", "until": "2022-03-01", "decision": "1/QĐ", "count": 1}
            fields["purged_at"] = "2022-03-10T05:40:00"
            self.say("i", "purge", self._id(), fields, first_of_transaction=first)

    def _missing(self, act: Act) -> None:
        self.say("u", "person", self._id(), {"phone": PHONES[act.value]}, base=self.clock)

    def _twice(self, act: Act) -> None:
        """What a faulty program does: a stamp that it gave before."""
        if self.lines and (row := self._one("person", act)) is not None:
            given = decode_op(self.lines[act.n % len(self.lines)]).stamp
            self.op("u", int(row, 16), {"phone": "0912000999"}, base=given, stamp=given)

    def _ahead(self, act: Act) -> None:
        """Its clock is ten years ahead from now on; stamps never go back."""
        self.clock += 10 * 365 * 24 * HOUR
        self._phone(act)


class Telling:
    """One story on its way into one hub; play its rounds in turn."""

    def __init__(self, hub: Hub, tag: int) -> None:
        self.hub, self.writers = hub, [Writer(number=n, tag=tag) for n in (0, 1)]
        with hub.db.write(None, NOW) as session:
            session.execute(update(HubStateRow).values(last_stamp=0))  # as a hub that has said nothing yet
        for one in self.writers:
            one.join(hub)
        self.numbers = [self._number(one) for one in self.writers]
        self.done, self.now = 0, NOW
        self.sent = [0, 0]

    def _number(self, writer: Writer) -> int:
        with self.hub.db.read() as session:
            return session.scalars(select(StationRow.n).where(StationRow.id == writer.id)).one()

    def write(self, one: Round) -> None:
        """The stations read, or do not, and write."""
        self.now = NOW + timedelta(hours=4 * self.done)
        at = int(self.now.timestamp() * 1000) << 16
        for writer, number, reads in zip(self.writers, self.numbers, one.reading, strict=True):
            if reads:
                with self.hub.db.read() as session:
                    writer.read({key: record for key, record in held(session, number)}, at)
                self.writers[1 - writer.number].taken_over = set()
        for act in one.writing:
            self.writers[act.who].write(act)
        self.done += 1

    def act(self, one: Round) -> None:
        """The district acts on what is there; two hours after the stations wrote."""
        for act in one.district:
            try:
                with self.hub.db.write(None, self.now) as session:
                    getattr(self, f"_{act.kind}")(session, act, self.now + timedelta(hours=2))
            except UserError:
                continue  # there was nothing to act on: so it is in every hub
        self.sent = [len(one.lines) for one in self.writers]

    def _pick(self, session: Session, act: Act, table: str) -> tuple[int, UUID] | None:
        station = self.numbers[act.who]
        rows = sorted(
            row
            for (of, row), one in held(session, station)
            if of == table and not one.deleted and not one.fields.get("moved_to")
        )
        return (station, UUID(hex=rows[act.n % len(rows)])) if rows else None

    def _correct(self, session: Session, act: Act, now: datetime) -> None:
        if (found := self._pick(session, act, "person")) is not None:
            fields = {"phone": f"09130000{act.value}", "birth_year": 1931 + act.value}
            say(session, self.hub, found[0], [Change("person", found[1], "u", fields)], by=None, now=now)

    def _correct_case(self, session: Session, act: Act, now: datetime) -> None:
        if (found := self._pick(session, act, "episode")) is not None:
            change = Change("episode", found[1], "u", {"outcome": "TRANSFERRED"})
            say(session, self.hub, found[0], [change], by=None, now=now)

    def _erase(self, session: Session, act: Act, now: datetime) -> None:
        if (found := self._pick(session, act, "person")) is not None:
            say(session, self.hub, found[0], [Change("person", found[1], "d")], by=None, now=now)
            self.writers[act.who].erased.add(found[1].hex)

    def _hand(self, session: Session, act: Act, now: datetime) -> None:
        found = self._pick(session, act, "person")
        if found is None or owner_of(session, found[1].hex) != found[0]:
            return
        target = self.numbers[1 - act.who]
        proposal = Proposal(person=found[1].hex, origin=found[0], target=target, reason="về quê")
        move = propose_move(session, self.hub, proposal, DOCTOR, now=now)
        decide_move(session, self.hub, move.id, DOCTOR, accept=True, now=now)
        self.writers[1 - act.who].taken_over.add(found[1].hex)
        self.writers[act.who].given.add(found[1].hex)

    def _settle(self, session: Session, act: Act, now: datetime) -> None:
        query = select(ConflictRow).where(ConflictRow.station == self.numbers[act.who])
        found = sorted(session.scalars(query), key=lambda one: (one.tbl, one.row, one.grp, one.losing["stamp"]))
        if found:
            choice = (Choice.STANDING, Choice.LOSING)[act.value % 2]
            one = found[act.n % len(found)]
            decide_conflict(session, self.hub, one.id, choice, reason="gọi hỏi", by=None, by_name="Hoa", now=now)


def held(session: Session, station: int) -> Iterator[tuple[tuple[str, str], Record]]:
    """The rows of one station."""
    for row in session.scalars(select(RecordRow).where(RecordRow.station == station)):
        yield (row.tbl, row.row), Record(row.made, row.rev, dict(row.fields), dict(row.stamps or {}), row.deleted)


def _stamp(stamp: int | None) -> Any:
    """A station's as it is; the hub gives its own in the order in which it comes to speak."""
    return "district" if stamp is not None and stamp % ISSUERS else stamp


def dump(telling: Telling) -> dict[str, Any]:
    """All that the hub has of the two stations: what stands, history, what parted, what was said and handed over."""
    with telling.hub.db.read() as session:
        found = {
            f"{kind} {at}": read(session, n)
            for kind, read in (
                ("records", _records), ("history", _history), ("conflicts", _conflicts), ("said", _said),
                ("moves", _moves), ("files", _files),
            )
            for at, n in enumerate(telling.numbers)
        }  # fmt: skip
    return found


def _fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Without the ids that a hub gives."""
    return {name: value for name, value in fields.items() if name not in HUBS}


def _records(session: Session, n: int) -> list[Any]:
    """The register as it stands here; what the district told is in `said`."""
    return [
        (
            table,
            row,
            one.deleted,
            one.fields
            | {name: _named(value) for name, value in one.fields.items() if name in ("came_from", "moved_to")},
            [_stamp(one.made), _stamp(one.rev), {name: _stamp(stamp) for name, stamp in sorted(one.stamps.items())}],
        )
        for (table, row), one in sorted(held(session, n), key=lambda one: one[0])
        if table not in ("district_item", "conflict_decision")
    ]


def _named(value: Any) -> Any:
    """A station's name, without the tag of the telling."""
    return str(value).rpartition("-")[2] if value else value


def _history(session: Session, n: int) -> list[Any]:
    query = select(OperationRow, StreamRow.upto).join(StreamRow, StreamRow.n == OperationRow.stream)
    rows = session.execute(query.where(StreamRow.station == n).order_by(StreamRow.n, OperationRow.seq))
    return [(row.seq, row.stamp, row.status, row.code, upto) for row, upto in rows]


def _conflicts(session: Session, n: int) -> list[Any]:
    rows = session.scalars(select(ConflictRow).where(ConflictRow.station == n))
    sides = ("values", "side")
    return sorted(
        (
            (
                row.tbl, row.row, row.grp, row.rule, row.decided_at is not None,
                *(([one[name] for name in sides], _stamp(one["stamp"])) for one in (row.standing, row.losing)),
            )
            for row in rows
        ),
        key=repr,
    )  # fmt: skip


def _said(session: Session, n: int) -> list[Any]:
    """Of each row what was said last of every field: an answer to three lines is one line, or three, as they came."""
    lines = session.scalars(select(DownLineRow.line).where(DownLineRow.station == n).order_by(DownLineRow.seq))
    found: dict[tuple[str, str], dict[str, Any]] = {}
    others = []
    for op in map(decode_op, lines):
        if op.table in ("person", "episode"):
            found.setdefault((op.table, op.row), {}).update({op.action: True}, **op.fields)
        else:
            others.append((op.table, op.action, _fields(dict(op.fields))))
    return sorted([*([*key, fields] for key, fields in found.items()), *others], key=repr)


def _moves(session: Session, n: int) -> list[Any]:
    rows = session.scalars(select(MoveRow).where(MoveRow.origin == n))
    return sorted((row.person, row.state) for row in rows)


def _files(session: Session, n: int) -> list[str]:
    """None waits for another, none stands aside."""
    query = select(BundleRow.outcome).where(BundleRow.station == n, BundleRow.outcome != "taken")
    return list(session.scalars(query))


def stick(folder: Path, telling: Telling, ranges: Sequence[tuple[int, int, int]]) -> Path:
    """Bundles of both stations on one stick, each under the name that a station gives it."""
    for who, first, last in ranges:
        telling.writers[who].put(folder, first, last)
    return folder
