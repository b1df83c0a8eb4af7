"""A district with its hub and real stations, who exchange sticks: what the tests of items and moves stand on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from covidstation.db.queries.district import DistrictItem, list_items
from covidstation.db.session import Database
from covidstation.hub.database.store import Hub
from covidstation.hub.down.items import Author
from covidstation.hub.intake.bundles import Outcome, import_place
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.rows import EnrolmentRow, RecordRow, StationRow
from covidstation.hub.stations.enrolling import enrol_station, look_at_request
from covidstation.services.access.opening import Register
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange.bundles import Import, Taken, export_changes, import_files
from covidstation.services.exchange.enrolment import accept_certificate, look_at_certificate, write_enrolment
from tests.services import samples

HOA = Author("BS. Lò Thị Hoa")


COMMUNES = (("Nậm Tăm", "03517"), ("Pa Tần", "03520"), ("Phìn Hồ", "03523"))


class Place:
    """One station of the district: its register, its folder of sticks, its number at the hub."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.register: Register = samples.opened(world.folder / name)
        self.stick = world.folder / f"{name}-usb"
        self.stick.mkdir(exist_ok=True)
        certificate = get_certificate(self.db)
        assert certificate is not None
        with world.hub.db.read() as session:
            row = session.scalars(select(StationRow).where(StationRow.id == certificate.station)).one()
            self.n, self.name = row.n, row.name

    @property
    def db(self) -> Database:
        """Its database."""
        return self.register.db

    def send(self) -> list[Any]:
        """Write a stick and let the hub read it; every line of it must be taken."""
        now = self.world.tick()
        export_changes(self.db, self.stick, by=None, now=now)
        outcomes = list(import_place(self.world.hub, self.stick, now=now))
        assert all(one.outcome in (Outcome.TAKEN, Outcome.ALREADY) for one in outcomes), outcomes
        return outcomes

    def receive(self) -> list[Import]:
        """The hub writes its answers to the stick and the station reads it; what brought something new."""
        assert [one.station.n for one in export_answers(self.world.hub, self.stick, now=self.world.tick())]
        read = import_files(self.db, self.stick, by=None, now=self.world.tick()).value
        assert all(one.outcome not in (Taken.REFUSED, Taken.GAP) for one in read), read
        took = [one for one in read if one.outcome is Taken.DOWN and one.down is not None and one.down.lines]
        assert all(one.down is None or not one.down.aside for one in took), took
        return took

    def exchange(self) -> None:
        """There and back."""
        self.send()
        self.receive()

    def items(self) -> tuple[DistrictItem, ...]:
        """What it has from the district."""
        return list_items(self.db)

    def one(self, table: type[Any], id: UUID) -> Any:
        """A row of its register."""
        with self.db.read() as session:
            return session.scalars(select(table).where(table.id == id)).one()


def found_stations(hub: Hub, folder: Path) -> None:
    """Every commune's register, enrolled; slow, so once for all tests."""
    for name, commune in COMMUNES:
        draft = replace(samples.STATION, name=f"Trạm Y tế xã {name}", commune_code=commune, place_name=name)
        samples.found(folder / name, draft)
        db = samples.opened(folder / name).db
        look = look_at_request(hub, write_enrolment(db, folder, by=None, now=samples.NOW).path.read_bytes())
        _station, serial = enrol_station(hub, look.request, now=samples.NOW)
        with hub.db.read() as session:
            certificate = session.get_one(EnrolmentRow, serial).certificate
        accept_certificate(db, look_at_certificate(db, certificate), by=None, now=samples.NOW)
        db.close()


class World:
    """The hub and its stations at a moment that goes on by a minute with each exchange."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        self.hub, self.folder, self.now = hub, folder, samples.NOW
        self.stations: list[Place] = []

    def station(self, name: str) -> Place:
        """That commune's station, open."""
        place = Place(self, name)
        self.stations.append(place)
        return place

    def tick(self) -> datetime:
        """A minute later."""
        self.now += timedelta(minutes=1)
        return self.now

    def record(self, place: Place, table: str, row: UUID) -> dict[str, Any]:
        """What the hub holds of a row."""
        with self.hub.db.read() as session:
            return dict(session.get_one(RecordRow, (place.n, table, row.hex)).fields)

    def close(self) -> None:
        """Let go of every file."""
        for place in self.stations:
            place.db.engine.dispose()
