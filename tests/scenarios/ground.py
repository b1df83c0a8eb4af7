"""Two stations and their hub, what may happen to their disks and clocks, and a ledger of every line ever written."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from covidstation.db.rows import DownLineRow, JournalRow
from covidstation.db.session import Database, make_engine
from covidstation.domain.ops import Op, decode_op
from covidstation.hub import rows as hub_rows
from covidstation.hub.copies.backup import make_backup
from covidstation.hub.copies.restoring import restore_hub
from covidstation.hub.database.store import open_hub
from covidstation.services.copies.restore import begin_epoch
from tests.scenarios.founding import PASSPHRASE, Founded, hub_place
from tests.services import samples

Line = tuple[bool, int, int]  # of the district, station, stamp


@dataclass(slots=True)
class Flying:
    """A file on its way; `lines` are the stamps in it."""

    down: bool
    station: int
    name: str
    data: bytes
    lines: frozenset[int] = frozenset()


Parcel = list[Flying]


@dataclass(slots=True)
class Node:
    """A station's computer, and the copies that were made of it."""

    folder: Path
    key: bytes
    db: Database
    wrong_by: timedelta = timedelta()
    copies: list[Path] = field(default_factory=list)


class Ground:
    """See the module."""

    def __init__(self, founded: Founded, folder: Path) -> None:
        shutil.copytree(founded.folder, folder, dirs_exist_ok=True)
        self.folder, self.ids = folder, founded.stations
        self.minutes = 0
        self.hub_wrong_by = timedelta()
        self.nodes = [self._open(folder / f"station-{number}", key) for number, key in enumerate(founded.keys)]
        self.place = hub_place(folder)
        self.hub = open_hub(self.place, PASSPHRASE)
        self.hub_copies: list[Path] = []
        self.air: Parcel = []
        self.ever: dict[Line, Op] = {}
        self.destroyed: set[Line] = set()
        self.restored: set[int] = set()
        with self.hub.db.read() as session:
            numbers = {row.id: row.n for row in session.scalars(select(hub_rows.StationRow))}
        self.numbers = [numbers[station] for station in self.ids]

    @staticmethod
    def _open(folder: Path, key: bytes) -> Node:
        path = folder / "register.db"
        return Node(folder, key, Database(make_engine(path, key), path, key))

    def close(self) -> None:
        """Of all of them."""
        for node in self.nodes:
            node.db.engine.dispose()
        self.hub.db.close()

    # clocks

    def tick(self) -> datetime:
        """A minute passes."""
        self.minutes += 1
        return self.now

    @property
    def now(self) -> datetime:
        """What a good clock says."""
        return samples.NOW + timedelta(minutes=self.minutes)

    @property
    def at_district(self) -> datetime:
        """What the hub's clock says."""
        return self.now + self.hub_wrong_by

    def at(self, station: int) -> datetime:
        """What the station's clock says."""
        return self.now + self.nodes[station].wrong_by

    def right_clocks(self) -> None:
        """Somebody sets them all."""
        self.hub_wrong_by = timedelta()
        for node in self.nodes:
            node.wrong_by = timedelta()

    # disks

    def copy_station(self, station: int = 0) -> int:
        """Returns which of its copies it is."""
        node = self.nodes[station]
        node.db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
        node.copies.append(self.folder / f"copy-{station}-{len(node.copies)}.db")
        shutil.copyfile(node.db.path, node.copies[-1])
        return len(node.copies) - 1

    def restore_station(self, station: int = 0, copy: int = 0, *, as_new_epoch: bool = True) -> None:
        """Its disk breaks, and a copy comes on a new one: by the program, or else by somebody who copies files."""
        self.remember()
        self.restored.add(station)
        node = self.nodes[station]
        node.db.engine.dispose()
        for path in node.folder.glob("register*"):
            path.unlink()
        shutil.copyfile(node.copies[copy], node.db.path)
        self.nodes[station] = opened = self._open(node.folder, node.key)
        opened.copies, opened.wrong_by = node.copies, node.wrong_by
        if as_new_epoch:
            self.begin_epoch(station)
        self.mourn()

    def begin_epoch(self, station: int) -> None:
        """What the program does when a copy comes back."""
        with self.nodes[station].db.write(None, self.at(station)) as session:
            begin_epoch(session, (), self.at(station))

    def copy_hub(self) -> int:
        """Returns which of its copies it is."""
        self.hub_copies.append(make_backup(self.hub, self.folder / "copies", now=self.at_district).path)
        return len(self.hub_copies) - 1

    def restore_hub(self, copy: int = 0) -> None:
        """Its disk breaks; a copy comes back on a new one."""
        self.remember()
        self.hub.db.close()
        shutil.rmtree(self.place.folder)
        restore_hub(self.hub_copies[copy], self.place, PASSPHRASE, now=self.at_district)
        self.hub = open_hub(self.place, PASSPHRASE)
        self.mourn()

    # the ledger

    def remember(self) -> None:
        """What the journals have, and what the district said, that the ledger has not."""
        for number, node in enumerate(self.nodes):
            known = {stamp for district, station, stamp in self.ever if (district, station) == (False, number)}
            with node.db.read() as session:
                rows = session.execute(select(JournalRow.stamp, JournalRow.line)).all()
            self._note(False, number, known, rows)
            known = {stamp for district, station, stamp in self.ever if (district, station) == (True, number)}
            said = select(hub_rows.DownLineRow.stamp, hub_rows.DownLineRow.line)
            with self.hub.db.read() as session:
                rows = session.execute(said.where(hub_rows.DownLineRow.station == self.numbers[number])).all()
            self._note(True, number, known, rows)

    def _note(self, district: bool, station: int, known: set[int], rows: Any) -> None:
        for stamp, line in rows:
            if stamp not in known:
                self.ever.setdefault((district, station, stamp), decode_op(line))

    def at_hub(self) -> set[Line]:
        """What the hub has, in both directions."""
        found: set[Line] = set()
        with self.hub.db.read() as session:
            for number, n in enumerate(self.numbers):
                streams = select(hub_rows.StreamRow.n).where(hub_rows.StreamRow.station == n)
                lines = select(hub_rows.OperationRow.stamp).where(hub_rows.OperationRow.stream.in_(streams))
                found |= {(False, number, stamp) for stamp in session.scalars(lines)}
                told = select(hub_rows.DownLineRow.stamp).where(hub_rows.DownLineRow.station == n)
                found |= {(True, number, stamp) for stamp in session.scalars(told)}
        return found

    def mourn(self) -> None:
        """Whatever nobody holds any more is destroyed with its disk, or with its stick."""
        held = {(one.down, one.station, stamp) for one in self.air for stamp in one.lines} | self.at_hub()
        for number, node in enumerate(self.nodes):
            with node.db.read() as session:
                held |= {(False, number, stamp) for stamp in session.scalars(select(JournalRow.stamp))}
                held |= {(True, number, stamp) for stamp in session.scalars(select(DownLineRow.stamp))}
        self.destroyed |= self.ever.keys() - held

    def lost_lines(self, station: int = 0) -> list[Op]:
        """What the station had written and nobody will ever see again: a scenario must name them all."""
        lost = [line for line in sorted(self.destroyed - self.at_hub()) if not line[0] and line[1] == station]
        return [self.ever[line] for line in lost]
