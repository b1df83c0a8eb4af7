"""A hub, its stations, their clocks, and what is on the way between them (docs/adr/0026).

The program's own code throughout. Loose files and lines are one thing: bytes in the air, which can be lost, doubled,
late, or reach the wrong station. Sticks are folders that are carried round.
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

from covidstation.db.rows import DownLineRow, JournalRow, JournalStateRow
from covidstation.db.session import Database, make_engine
from covidstation.hub import rows as hub_rows
from covidstation.hub.database.store import open_hub
from covidstation.sync.bundle import read_header
from covidstation.sync.carriers import usb
from covidstation.sync.header import Kind
from tests.model.ledger import Key, Ledger
from tests.model.template import PASSPHRASE, Template
from tests.services import samples

FIELDS = (
    "full_name", "phone", "address_detail", "address_printed", "occupation", "conditions", "citizen_number",
    "birth_year", "father_name", "insurance_number",
)  # fmt: skip
LISTS, NUMBERS = ("conditions",), ("birth_year",)
STICKS = 2
NOBODY = 0
DOWNWARD = (Kind.DOWN, Kind.RECEIPT, Kind.CERT)


@dataclass(slots=True)
class Flying:
    """A file between two programs; `lines` are those in it."""

    down: bool
    station: int
    name: str
    data: bytes
    lines: frozenset[Key] = frozenset()


@dataclass(slots=True)
class Node:
    """A station's computer."""

    folder: Path
    key: bytes
    db: Database
    wrong_by: timedelta = timedelta()
    copies: list[Path] = field(default_factory=list)
    cut_off: bool = False
    is_old: bool = False  # its program knows less than the hub's
    by_hand: bool = False  # an old file was put back by hand once
    needs_epoch: bool = False  # and somebody has noticed


class District:
    """The places, and the ledger that remembers what they do not."""

    def __init__(self, template: Template, folder: Path, count: int = 2) -> None:
        self.template, self.folder = template, folder
        self.steps = 0
        self.air: list[Flying] = []
        self.ledger = Ledger()
        self.people: list[tuple[int, UUID]] = []
        self.nodes = []
        for number in range(count):
            shutil.copytree(template.folder / f"station-{number}", folder / f"station-{number}")
            self.nodes.append(self.open_node(folder / f"station-{number}", template.keys[number]))
        self.ids = template.stations[:count]
        self.place = template.copy_hub(folder / "hub")
        self.hub = open_hub(self.place, PASSPHRASE)
        self._numbers: dict[int, int] = {}
        self.hub_copies: list[Path] = []
        self.hub_wrong_by = timedelta()
        self.torn: set[str] = set()  # names of files that were cut
        self.sealed_away: set[Key] = set()  # in files for a hub that is gone: only the escrow opens them
        self.sticks = [folder / f"stick-{number}" for number in range(STICKS)]
        for stick in self.sticks:
            stick.mkdir()

    @staticmethod
    def open_node(folder: Path, key: bytes) -> Node:
        """A station's program starts."""
        path = folder / "register.db"
        return Node(folder, key, Database(make_engine(path, key), path, key))

    def close(self) -> None:
        for node in self.nodes:
            node.db.engine.dispose()
        self.hub.db.close()
        self.template.databases.drop(self.place)

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

    # who is who

    def node(self, station: int) -> int:
        """Stories name stations by any number."""
        return station % len(self.nodes)

    def person(self, number: int) -> tuple[int, UUID]:
        """The station that wrote somebody down, and the row."""
        return self.people[number % len(self.people)]

    def station_n(self, station: int) -> int:
        """Its number at the hub, which no restore changes; `NOBODY` at one that was founded anew and has not met it."""
        if station not in self._numbers:
            with self.hub.db.read() as session:
                query = select(hub_rows.StationRow.n).where(hub_rows.StationRow.id == self.ids[station])
                found = session.scalars(query).one_or_none()
            if found is None:
                return NOBODY
            self._numbers[station] = found
        return self._numbers[station]

    def forget_numbers(self) -> None:
        """The hub is another one."""
        self._numbers = {}

    def epoch_of(self, station: int) -> str:
        with self.nodes[station].db.read() as session:
            return session.get_one(JournalStateRow, 1).epoch

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for files that go into the air."""
        with TemporaryDirectory(dir=self.folder) as made:
            yield Path(made)

    # the ledger

    def remember(self, station: int) -> None:
        """What the station's journal has that the ledger has not."""
        with self.nodes[station].db.read() as session:
            epoch = session.get_one(JournalStateRow, 1).epoch
            for seq, stamp, line in session.execute(select(JournalRow.seq, JournalRow.stamp, JournalRow.line)):
                if self.ledger.numbers.get((False, station, epoch, seq)) != stamp:
                    self.ledger.write(False, station, epoch, seq, line)

    def remember_hub(self) -> None:
        """What the hub has said that the ledger has not."""
        told = hub_rows.DownLineRow
        with self.hub.db.read() as session:
            numbers = {self.station_n(number): number for number in range(len(self.nodes))}
            numbers.pop(NOBODY, None)
            columns = (told.station, told.epoch, told.seq, told.stamp, told.line)
            for n, epoch, seq, stamp, line in session.execute(select(*columns)):
                if n in numbers and self.ledger.numbers.get((True, numbers[n], epoch, seq)) != stamp:
                    self.ledger.write(True, numbers[n], epoch, seq, line)

    def noted(self, station: int, stick: Path) -> list[Flying]:
        """The bundles on a stick, with what the ledger knows of them."""
        found = []
        for one in usb.scan(stick):
            data = usb.read(one)
            header = read_header(data)
            down = header.kind in DOWNWARD
            lines = self.ledger.lines_of(data)
            if header.stream is not None and header.epoch is not None and not lines:
                piece = header.stream
                own = self.ids.index(header.station) if header.station in self.ids else station
                # Lines that the hub gives back bear numbers of no stream; they are held where they came from.
                is_back = down and (True, own, header.epoch, piece.first) not in self.ledger.numbers
                if not is_back:
                    lines = self.ledger.pack(data, down, own, header.epoch, piece.first, piece.last)
            found.append(Flying(down, station, one.path.name, data, lines))
        return found

    def held(self) -> set[Key]:
        """Every line of which a copy exists somewhere."""
        found = {key for one in self.air for key in one.lines}
        for stick in self.sticks:
            found |= {key for path in stick.rglob("*.csb") for key in self.ledger.lines_of(path.read_bytes())}
        for number, node in enumerate(self.nodes):
            with node.db.read() as session:
                found |= {(False, number, stamp) for stamp in session.scalars(select(JournalRow.stamp))}
                found |= {(True, number, stamp) for stamp in session.scalars(select(DownLineRow.stamp))}
        return found | self.at_hub()

    def at_hub(self) -> set[Key]:
        """What the hub has in its history, in both directions."""
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

    def mourn(self) -> None:
        self.ledger.mourn(self.held())


def value(name: str, text: str) -> Any:
    """What somebody types, as the field wants it."""
    return [text] if name in LISTS else 1900 + len(text) if name in NUMBERS else text


def empty(name: str) -> Any:
    return [] if name in LISTS else None if name in NUMBERS else ""
