"""A district with its stations, of the program's own code, in which everything may go wrong (docs/adr/0026).

Sticks and lines are one thing here: bytes in the air, which can be lost, doubled, late, or reach the wrong station. A
ledger outside the programs remembers every line that was ever written, and which were destroyed with a disk before any
copy of them left it. At rest nothing else may be missing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.rows import DownLineRow, JournalRow, JournalStateRow, PersonRow, VisitRow
from covidstation.db.session import Database, make_engine
from covidstation.domain.ops import decode_op
from covidstation.errors import UserError
from covidstation.hub import rows as hub_rows
from covidstation.hub.copies.backup import make_backup
from covidstation.hub.copies.restoring import restore_hub
from covidstation.hub.database.store import Place, open_hub
from covidstation.hub.down.stream import Change, down_bundles, say
from covidstation.hub.intake.bundles import Outcome, take_in
from covidstation.hub.replies.give_back import give_back
from covidstation.hub.replies.receipting import build_receipt
from covidstation.services.copies.restore import begin_epoch
from covidstation.services.exchange.bundles import export_changes, import_files
from covidstation.services.privacy.purge import forget_words
from covidstation.sync.bundle import read_header
from covidstation.sync.carriers import usb
from covidstation.sync.receipts import write_receipt
from tests.model.template import PASSPHRASE, Template
from tests.services import samples

FIELDS = ("full_name", "phone", "address_detail", "occupation", "conditions")


@dataclass(slots=True)
class Flying:
    """A file between two programs; `lines` are the stamps in it."""

    down: bool
    station: int
    name: str
    data: bytes
    lines: frozenset[int] = frozenset()


@dataclass(slots=True)
class Node:
    """A station's computer."""

    folder: Path
    key: bytes
    db: Database
    wrong_by: timedelta = timedelta()
    copies: list[Path] = field(default_factory=list)


@dataclass(slots=True)
class Written:
    """One line as the ledger knows it."""

    table: str
    row: str
    fields: dict[str, Any]
    action: str
    bases: dict[str, int]


class World:
    """See the module."""

    def __init__(self, template: Template, folder: Path) -> None:
        self.folder = folder
        self.steps = 0
        self.air: list[Flying] = []
        self.ever: dict[tuple[bool, int, int], Written] = {}  # (of the district, station, stamp)
        self.destroyed: set[tuple[bool, int, int]] = set()
        self.people: list[tuple[int, UUID]] = []
        shutil.copytree(template.folder, folder, dirs_exist_ok=True)
        self.nodes = [self._open(folder / f"station-{number}", key) for number, key in enumerate(template.keys)]
        self.ids = template.stations
        self.place = Place(folder / "hub" / "hub.db", folder / "hub")
        self.hub = open_hub(self.place, PASSPHRASE)
        self.hub_copies: list[Path] = []
        self.hub_wrong_by = timedelta()

    @staticmethod
    def _open(folder: Path, key: bytes) -> Node:
        path = folder / "register.db"
        return Node(folder, key, Database(make_engine(path, key), path, key))

    def close(self) -> None:
        for node in self.nodes:
            node.db.engine.dispose()
        self.hub.db.close()

    # time

    @property
    def now(self) -> datetime:
        return samples.NOW + timedelta(minutes=self.steps)

    @property
    def at_district(self) -> datetime:
        """What the hub's clock says."""
        return self.now + self.hub_wrong_by

    def at(self, station: int) -> datetime:
        """What the station's clock says."""
        return self.now + self.nodes[station].wrong_by

    # acts

    def add_person(self, station: int, name: str) -> None:
        row = new_id()
        with self.nodes[station].db.write(None, self.at(station)) as session:
            session.add(PersonRow(id=row, full_name=name, sex="FEMALE", sort_key=name))
        self.people.append((station, row))
        self._remember(station)

    def edit(self, person: int, field_name: str, value: str) -> None:
        station, row = self.people[person % len(self.people)]
        with self.nodes[station].db.write(None, self.at(station)) as session:
            found = session.scalars(select(PersonRow).where(PersonRow.id == row)).first()
            if found is not None:
                setattr(found, field_name, _value(field_name, value))
        self._remember(station)

    def visit(self, person: int, note: str) -> None:
        station, row = self.people[person % len(self.people)]
        with self.nodes[station].db.write(None, self.at(station)) as session:
            session.add(
                VisitRow(
                    id=new_id(),
                    person_id=row,
                    at=self.at(station).replace(tzinfo=None),
                    day=self.now.date(),
                    round="MORNING",
                    status="MET",
                    means="VISIT",
                    note=note,
                )
            )
        self._remember(station)

    def delete(self, person: int) -> None:
        station, row = self.people[person % len(self.people)]
        with self.nodes[station].db.write(None, self.at(station)) as session:
            found = session.scalars(select(PersonRow).where(PersonRow.id == row)).first()
            if found is not None:
                forget_words(session, [found])
                session.delete(found)
        self._remember(station)

    def correct(self, person: int, field_name: str, value: str) -> None:
        """The district changes a record that it knows."""
        station, row = self.people[person % len(self.people)]
        n = self.station_n(station)
        change = Change("person", row, "u", {field_name: _value(field_name, value)})
        try:
            with self.hub.db.write(None, self.at_district) as session:
                ops = say(session, self.hub, n, [change], by=None, now=self.at_district)
        except UserError:
            return  # not known there, or deleted
        for op in ops:
            self._ledger(True, station, op)

    def export(self, station: int) -> None:
        node = self.nodes[station]
        with self._stick() as stick:
            with node.db.read() as session:
                stamps = {row.seq: row.stamp for row in session.execute(select(JournalRow.seq, JournalRow.stamp))}
            export_changes(node.db, stick, by=None, now=self.at(station))
            for found in usb.scan(stick):
                data = usb.read(found)
                stream = read_header(data).stream
                if stream is not None:
                    lines = frozenset(stamps[seq] for seq in range(stream.first, stream.last + 1) if seq in stamps)
                    self.air.append(Flying(False, station, found.path.name, data, lines))

    def answer(self, station: int) -> None:
        """The hub's receipt and lines for a station."""
        with self.hub.db.read() as session:
            row = session.scalars(select(hub_rows.StationRow).where(hub_rows.StationRow.id == self.ids[station])).one()
            streams = select(hub_rows.StreamRow).where(hub_rows.StreamRow.station == row.n)
            stream = session.scalars(streams.order_by(hub_rows.StreamRow.n.desc())).first()
            age = session.scalars(select(hub_rows.EnrolmentRow.age).where(hub_rows.EnrolmentRow.station == row.n)).one()
            if stream is not None:
                receipt = build_receipt(session, self.hub, row, stream, self.at_district)
                data = write_receipt(receipt, signer=self.hub.keys.identity.sign, recipients=[age])
                self.air.append(Flying(True, station, usb.receipt_name(row.id, receipt.epoch, receipt.upto), data))
            told = hub_rows.DownLineRow
            stamps = {
                seq: stamp
                for seq, stamp in session.execute(
                    select(told.seq, told.stamp).where(told.station == row.n, told.epoch == self.hub.epoch)
                )
            }
            for name, data in down_bundles(session, self.hub, row, now=self.at_district):
                piece = read_header(data).stream
                lines = frozenset(stamps[seq] for seq in range(piece.first, piece.last + 1))
                self.air.append(Flying(True, station, name, data, lines))

    def deliver(self, index: int, *, keep: bool = False, to: int | None = None) -> None:
        """One file arrives; `keep`: it stays in the air and can arrive again. `to`: at the wrong station."""
        if not self.air:
            return
        one = self.air[index % len(self.air)]
        if not keep and to is None:
            self.air.remove(one)
        if one.down:
            self._to_station(one, one.station if to is None else to % len(self.nodes))
        else:
            results = take_in(self.hub, one.data, name="x.csb", now=self.at_district)
            assert all(result.outcome is not Outcome.REFUSED for result in results)

    def deliver_again(self, index: int) -> None:
        """One file arrives, and a copy of it stays on the way."""
        self.deliver(index, keep=True)

    def misdeliver(self, index: int, station: int) -> None:
        """A stick is read at a station for which it was not meant, perhaps."""
        if self.air and self.air[index % len(self.air)].down:
            self.deliver(index, to=station)

    def talk(self, station: int) -> None:
        """Both ways at once, as over a line."""
        held, self.air = self.air, []
        self.export(station)
        self._arrive()
        self.answer(station)
        self._arrive()
        self.air = held

    def _to_station(self, one: Flying, station: int) -> None:
        with self._stick() as stick:
            usb.put(stick, one.name, one.data)
            import_files(self.nodes[station].db, stick, by=None, now=self.at(station), yes=True)
        self._remember(station)

    def lose(self, index: int) -> None:
        """A stick is lost. What only it held is destroyed."""
        if self.air:
            del self.air[index % len(self.air)]
            self._mourn()

    def skew(self, station: int, days: int) -> None:
        self.nodes[station].wrong_by = timedelta(days=days)

    def skew_hub(self, days: int) -> None:
        self.hub_wrong_by = timedelta(days=days)

    # disasters

    def copy_station(self, station: int) -> None:
        node = self.nodes[station]
        node.db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
        path = self.folder / f"copy-{station}-{len(node.copies)}.db"
        shutil.copyfile(node.db.path, path)
        node.copies.append(path)

    def restore_station(self, station: int, index: int) -> None:
        """Its disk breaks; a copy comes back on a new one."""
        node = self.nodes[station]
        if not node.copies:
            return
        node.db.engine.dispose()
        for path in node.folder.iterdir():
            if path.name.startswith("register"):
                path.unlink()
        shutil.copyfile(node.copies[index % len(node.copies)], node.db.path)
        self.nodes[station] = opened = self._open(node.folder, node.key)
        opened.copies, opened.wrong_by = node.copies, node.wrong_by
        with opened.db.write(None, self.at(station)) as session:
            begin_epoch(session, (), self.at(station))
        self._mourn()

    def copy_hub(self) -> None:
        self.hub_copies.append(make_backup(self.hub, self.folder / "copies", now=self.at_district).path)

    def restore_hub(self, index: int) -> None:
        """Its disk breaks; a copy comes back on a new one."""
        if not self.hub_copies:
            return
        self.hub.db.close()
        shutil.rmtree(self.place.folder)
        restore_hub(self.hub_copies[index % len(self.hub_copies)], self.place, PASSPHRASE, now=self.at_district)
        self.hub = open_hub(self.place, PASSPHRASE)
        self._mourn()

    # the ledger

    def _remember(self, station: int) -> None:
        """What the station's journal has that the ledger has not."""
        with self.nodes[station].db.read() as session:
            for line in session.scalars(select(JournalRow.line).order_by(JournalRow.seq)):
                self._ledger(False, station, decode_op(line))

    def _ledger(self, district: bool, station: int, op: Any) -> None:
        key = (district, station, op.stamp)
        if key not in self.ever:
            bases = (
                {name: stamp for stamp, names in op.base.items() for name in names}
                if isinstance(op.base, dict)
                else dict.fromkeys(op.fields, op.base or 0)
            )
            self.ever[key] = Written(op.table, op.row, dict(op.fields), op.action, bases)

    def held(self) -> set[tuple[bool, int, int]]:
        """Every line of which a copy exists somewhere."""
        found = {(one.down, one.station, stamp) for one in self.air for stamp in one.lines}
        for number, node in enumerate(self.nodes):
            with node.db.read() as session:
                found |= {(False, number, stamp) for stamp in session.scalars(select(JournalRow.stamp))}
                found |= {(True, number, stamp) for stamp in session.scalars(select(DownLineRow.stamp))}
        return found | self.at_hub()

    def at_hub(self) -> set[tuple[bool, int, int]]:
        """What the hub has, in both directions; whole bundles that wait there too."""
        found = set()
        with self.hub.db.read() as session:
            for number in range(len(self.nodes)):
                n = self.station_n(number)
                streams = select(hub_rows.StreamRow.n).where(hub_rows.StreamRow.station == n)
                lines = select(hub_rows.OperationRow.stamp).where(hub_rows.OperationRow.stream.in_(streams))
                found |= {(False, number, stamp) for stamp in session.scalars(lines)}
                told = select(hub_rows.DownLineRow.stamp).where(hub_rows.DownLineRow.station == n)
                found |= {(True, number, stamp) for stamp in session.scalars(told)}
        return found

    def _mourn(self) -> None:
        held = self.held()
        self.destroyed |= {key for key in self.ever if key not in held and key not in self.destroyed}

    def station_n(self, station: int) -> int:
        with self.hub.db.read() as session:
            query = select(hub_rows.StationRow.n).where(hub_rows.StationRow.id == self.ids[station])
            return session.scalars(query).one()

    @contextmanager
    def _stick(self) -> Iterator[Path]:
        with TemporaryDirectory(dir=self.folder) as made:
            yield Path(made)

    # rest

    def settle(self) -> None:
        """All clocks right, all sticks arrive, and everybody talks until nobody has anything new."""
        for node in self.nodes:
            node.wrong_by = timedelta()
        self.hub_wrong_by = timedelta()
        for _round in range(8):
            self.steps += 1
            before = self.shape()
            for station in range(len(self.nodes)):
                self.export(station)
            self._arrive()
            for station in range(len(self.nodes)):
                self.answer(station)
                self.give_back(station)
            self._arrive()
            if self.shape() == before:
                return
        raise AssertionError("they never come to rest")

    def _arrive(self) -> None:
        while self.air:
            self.deliver(0)

    def give_back(self, station: int) -> None:
        """What the hub has of a restored station's own."""
        with self._stick() as stick:
            try:
                give_back(self.hub, str(self.ids[station]), stick, now=self.at_district)
            except UserError:
                return
            for found in usb.scan(stick):
                self.air.append(Flying(True, station, found.path.name, usb.read(found)))

    def shape(self) -> Any:
        """How far everybody is."""
        marks = []
        for node in self.nodes:
            with node.db.read() as session:
                state = session.get_one(JournalStateRow, 1)
                count = len(session.scalars(select(DownLineRow.stamp)).all())
                marks.append((state.last_seq, state.received_upto, state.epoch, count))
        return marks, len(self.at_hub())


def _value(name: str, value: str) -> Any:
    return [value] if name == "conditions" else value


def empty(name: str) -> Any:
    return [] if name == "conditions" else ""
