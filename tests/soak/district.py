"""A district at its full size: a founded hub and as many enrolled stations as are wanted, each in a folder."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import select

from covidstation.db.backup import make_backup as copy_register
from covidstation.db.rows import DownLineRow, JournalRow, StationRow
from covidstation.db.session import Database
from covidstation.hub import rows as hub_rows
from covidstation.hub.copies.backup import make_backup
from covidstation.hub.copies.restoring import restore_hub
from covidstation.hub.database.store import DATABASE, Hub, Place, create_hub, open_hub
from covidstation.hub.stations.enrolling import enrol_station, renew_certificates
from covidstation.services.copies.restore import choose_copy, find_copies, restore
from covidstation.services.exchange.bundles import import_files
from covidstation.services.exchange.enrolment import write_enrolment
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import open_request
from tests.services import samples
from tests.soak.ledger import Ledger
from tests.soak.storm import URL, Storm, answering, stormy

PASSPHRASE = "con đường mòn qua đèo"
WRONG_CLOCKS = {7: timedelta(days=-40), 11: timedelta(hours=-9), 13: timedelta(days=3)}  # by number, of each twenty


@dataclass(slots=True)
class Station:
    """One computer. `rows` and `mistakes` are people entered there, `seen` how many of its lines the ledger has."""

    number: int
    folder: Path
    id: UUID
    n: int  # its number at the hub
    rows: list[UUID] = field(default_factory=list)
    mistakes: list[UUID] = field(default_factory=list)
    seen: int = 0
    restored: bool = False
    wrong_by: timedelta = timedelta()


class District:
    """See the module. `close` ends the hub."""

    def __init__(self, folder: Path, count: int, dice: Random, loss: float) -> None:
        self.folder, self.dice, self.day = folder, dice, 0
        self.ledger, self.storm = Ledger(folder / "ledger"), Storm(dice, loss)
        self.place = Place(folder / "hub" / DATABASE, folder / "hub")
        create_hub(
            self.place,
            name="Trung tâm Y tế Sìn Hồ",
            code="108",
            passphrase=PASSPHRASE,
            now=samples.NOW,
            cost=samples.CHEAP,
        )
        self.hub = open_hub(self.place, PASSPHRASE)
        renew_certificates(self.hub, urls=[URL], authority="", now=samples.NOW)
        template = folder / "template"
        samples.found(template)
        self.stations = [self._enrolled(template, number) for number in range(count)]
        self._told: Counter[tuple[int, str]] = Counter()  # by station and epoch: so many lines the ledger has
        self._serving, self._line = ExitStack(), ExitStack()
        self._line.enter_context(stormy(self.storm))
        self._serve()

    def _enrolled(self, template: Path, number: int) -> Station:
        folder, stick = self.folder / f"station-{number}", self.folder / "stick"
        shutil.copytree(template, folder)
        stick.mkdir()
        db = samples.opened(folder).db
        with db.write(None, samples.NOW) as session:
            row = session.scalars(select(StationRow)).one()
            row.commune_code, row.name = f"{3000 + number:05d}", f"Trạm Y tế xã số {number + 1}"
        request = open_request(write_enrolment(db, stick, by=None, now=samples.NOW).path)
        station, serial = enrol_station(self.hub, request, now=samples.NOW)
        with self.hub.db.read() as session:
            certificate = session.get_one(hub_rows.EnrolmentRow, serial).certificate
            n = session.scalars(select(hub_rows.StationRow.n).where(hub_rows.StationRow.id == station)).one()
        usb.put(stick, usb.certificate_name(station, serial), certificate)
        import_files(db, stick, by=None, now=samples.NOW, yes=True)
        db.close()
        shutil.rmtree(stick)
        return Station(number, folder, station, n, wrong_by=WRONG_CLOCKS.get(number % 20, timedelta()))

    def _serve(self) -> None:
        self._serving.enter_context(answering(self.hub, self.storm, lambda: self.now))

    def close(self) -> None:
        """Stop serving; the folders stay."""
        self._serving.close()
        self._line.close()
        self.hub.db.close()

    @property
    def now(self) -> datetime:
        """What a right clock says: the morning of the day."""
        return samples.NOW + timedelta(days=self.day)

    def at(self, station: Station) -> datetime:
        """What the station's clock says."""
        return self.now + station.wrong_by

    @contextmanager
    def at_work(self, station: Station) -> Iterator[Database]:
        """The station's program runs; what its journal has more at the end is in the ledger."""
        db = samples.opened(station.folder).db
        try:
            yield db
        finally:
            self.remember(station, db)
            db.close()

    def remember(self, station: Station, db: Database) -> None:
        """What the station has written since."""
        with db.read() as session:
            query = select(JournalRow.seq, JournalRow.stamp, JournalRow.line).where(JournalRow.seq > station.seen)
            lines = session.execute(query.order_by(JournalRow.seq)).all()
        self.ledger.add((False, station.n), ((row.stamp, row.line) for row in lines))
        station.seen = max((row.seq for row in lines), default=station.seen)

    def remember_told(self) -> None:
        """What the district has written since."""
        told, streams = hub_rows.DownLineRow, hub_rows.DownStreamRow
        with self.hub.db.read() as session:
            for stream in session.scalars(select(streams)):
                side = (stream.station, stream.epoch)
                query = select(told.stamp, told.line).where(
                    told.station == stream.station, told.epoch == stream.epoch, told.seq > self._told[side]
                )
                self.ledger.add((True, stream.station), [(row.stamp, row.line) for row in session.execute(query)])
                self._told[side] = stream.last_seq

    # disks that break

    def copy_station(self, station: Station) -> None:
        """The copy of a working day."""
        with self.at_work(station) as db:
            copy_register(db, now=self.at(station))

    def restore_station(self, station: Station) -> None:
        """A new disk, and the newest copy on it. What neither the copy nor the district has is destroyed."""
        now = self.at(station)
        copy = find_copies(station.folder, [], now)[0]
        restore(choose_copy(station.folder, copy, samples.PASSPHRASE, now=now, user=samples.USER), now=now)
        shutil.rmtree(station.folder / "set-aside")
        station.restored = True
        db = samples.opened(station.folder).db
        held = own_lines(db), read_lines(db)
        with db.read() as session:
            station.seen = max(session.scalars(select(JournalRow.seq)))
        db.close()
        for told, lines in zip((False, True), held, strict=True):
            self.ledger.mourn((told, station.n), lines | held_at_hub(self.hub, (told, station.n)))

    def copy_hub(self) -> Path:
        """The copy of an evening."""
        return make_backup(self.hub, self.folder / "copies", now=self.now).path

    def restore_hub(self, copy: Path) -> None:
        """A new computer, and that copy on it."""
        self.remember_told()
        self._serving.close()
        self.hub.db.close()
        shutil.rmtree(self.place.folder)
        restore_hub(copy, self.place, PASSPHRASE, now=self.now)
        self.hub = open_hub(self.place, PASSPHRASE)
        for station in self.stations:
            db = samples.opened(station.folder).db
            for told, lines in ((False, own_lines(db)), (True, read_lines(db))):
                self.ledger.mourn((told, station.n), lines | held_at_hub(self.hub, (told, station.n)))
            db.close()
        self._serve()


def own_lines(db: Database) -> set[int]:
    """Stamps of all that is in a station's journal."""
    with db.read() as session:
        return set(session.scalars(select(JournalRow.stamp)))


def read_lines(db: Database) -> set[int]:
    """Stamps of the district's lines that a station holds."""
    with db.read() as session:
        return set(session.scalars(select(DownLineRow.stamp)))


def held_at_hub(hub: Hub, side: tuple[bool, int]) -> set[int]:
    """Stamps of the lines of that side that the hub has."""
    told, n = side
    lines = select(hub_rows.DownLineRow.stamp).where(hub_rows.DownLineRow.station == n)
    if not told:
        streams = select(hub_rows.StreamRow.n).where(hub_rows.StreamRow.station == n)
        lines = select(hub_rows.OperationRow.stamp).where(hub_rows.OperationRow.stream.in_(streams))
    with hub.db.read() as session:
        return set(session.scalars(lines))
