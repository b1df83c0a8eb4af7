"""An enrolled district, made once and copied for each world."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from covidstation.db import keys
from covidstation.db.rows import StationRow
from covidstation.db.session import Database
from covidstation.hub import rows as hub_rows
from covidstation.hub.database.store import FromEscrow, Hub, Place, create_hub, open_hub
from covidstation.hub.stations.enrolling import SameCommune, enrol_station
from covidstation.services.exchange.bundles import import_files
from covidstation.services.exchange.enrolment import write_enrolment
from covidstation.services.exchange.rekeying import enrol_anew
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import open_request
from tests.haste import hurry
from tests.model.databases import Databases, Files
from tests.services import samples

PASSPHRASE = "con đường mòn qua đèo"
COMMUNES = (("03517", "Nậm Tăm"), ("03520", "Noong Hẻo"), ("03505", "Chăn Nưa"), ("03523", "Căn Co"))


def cheap_keys() -> None:
    """No passphrase here guards anything, and thousands of registers are opened."""
    hurry()
    keys.calibrated_cost = lambda: samples.CHEAP


@dataclass(frozen=True, slots=True)
class Template:
    """Folders of an enrolled district, to be copied for each world; its hub is at `place`, closed."""

    folder: Path
    keys: tuple[bytes, ...]
    stations: tuple[UUID, ...]
    place: Place
    databases: Databases
    escrow: FromEscrow

    def copy_hub(self, folder: Path) -> Place:
        """A hub of one's own."""
        shutil.copytree(self.place.folder, folder)
        return self.databases.copy(self.place, folder)


def make_template(folder: Path, databases: Databases | None = None) -> Template:
    """Found a hub and a station in each commune, and enrol them."""
    databases = databases or Files()
    (folder / "hub").mkdir()
    place = databases.empty(folder / "hub")
    founded = create_hub(
        place, name="Trung tâm Y tế Sìn Hồ", code="108", passphrase=PASSPHRASE, now=samples.NOW, cost=samples.CHEAP
    )
    hub = open_hub(place, PASSPHRASE)
    opened_with, stations = [], []
    for number in range(len(COMMUNES)):
        db = found_station(folder / f"station-{number}", number, samples.NOW)
        stations.append(enrol(hub, db, folder / "stick", samples.NOW))
        opened_with.append(db.key)
        db.close()
    hub.db.close()
    escrow = FromEscrow(founded.escrow_file.read_bytes(), founded.escrow_code)
    return Template(folder, tuple(opened_with), tuple(stations), place, databases, escrow)


def found_station(home: Path, number: int, now: datetime) -> Database:
    """A new register of that commune, open."""
    samples.found(home, now=now)
    db = samples.opened(home).db
    with db.write(None, now) as session:
        row = session.scalars(select(StationRow)).one()
        row.commune_code, row.name = COMMUNES[number][0], f"Trạm Y tế xã {COMMUNES[number][1]}"
    return db


def enrol(hub: Hub, db: Database, stick: Path, now: datetime, *, anew: bool = False) -> UUID:
    """Two people compared the words; keys that the station had before are not believed any more. `anew`: it has been
    enrolled, and makes new ones."""
    stick.mkdir(exist_ok=True)
    write = enrol_anew if anew else write_enrolment
    request = open_request(write(db, stick, by=None, now=now).path)
    station, serial = enrol_station(hub, request, same_commune=SameCommune.REPLACE, now=now)
    with hub.db.read() as session:
        certificate = session.get_one(hub_rows.EnrolmentRow, serial).certificate
    usb.put(stick, usb.certificate_name(station, serial), certificate)
    import_files(db, stick, by=None, now=now, yes=True)
    return station
