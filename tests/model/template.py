"""An enrolled district, made once and copied for each world."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from covidstation.db import keys
from covidstation.db.rows import StationRow
from covidstation.hub import rows as hub_rows
from covidstation.hub.database.store import Place, create_hub, open_hub
from covidstation.hub.stations.enrolling import enrol_station
from covidstation.services.exchange.bundles import import_files
from covidstation.services.exchange.enrolment import write_enrolment
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import open_request
from tests.services import samples

MEMORY = Path("/dev/shm")
PASSPHRASE = "con đường mòn qua đèo"
COMMUNES = (("03517", "Nậm Tăm"), ("03520", "Noong Hẻo"), ("03505", "Chăn Nưa"))


def cheap_keys() -> None:
    """No passphrase here guards anything."""
    keys.calibrated_cost = lambda: samples.CHEAP


def scratch() -> Path | None:
    """Where disks are quick; thousands of worlds are made."""
    return MEMORY if MEMORY.is_dir() else None


@dataclass(frozen=True, slots=True)
class Template:
    """Folders of an enrolled district, to be copied for each world."""

    folder: Path
    keys: tuple[bytes, ...]
    stations: tuple[UUID, ...]


def make_template(folder: Path, count: int = 2) -> Template:
    """Found a hub and stations, and enrol them."""
    place = Place(folder / "hub" / "hub.db", folder / "hub")
    create_hub(
        place, name="Trung tâm Y tế Sìn Hồ", code="108", passphrase=PASSPHRASE, now=samples.NOW, cost=samples.CHEAP
    )
    hub = open_hub(place, PASSPHRASE)
    stick = folder / "stick"
    stick.mkdir()
    opened_with, stations = [], []
    for number, (code, name) in enumerate(COMMUNES[:count]):
        home = folder / f"station-{number}"
        samples.found(home)
        register = samples.opened(home)
        db = register.db
        with db.write(None, samples.NOW) as session:
            row = session.scalars(select(StationRow)).one()
            row.commune_code, row.name = code, f"Trạm Y tế xã {name}"
        request = open_request(write_enrolment(db, stick, by=None, now=samples.NOW).path)
        station, serial = enrol_station(hub, request, same_commune=None, now=samples.NOW)
        with hub.db.read() as session:
            certificate = session.get_one(hub_rows.EnrolmentRow, serial).certificate
        usb.put(stick, usb.certificate_name(station, serial), certificate)
        import_files(db, stick, by=None, now=samples.NOW, yes=True)
        opened_with.append(db.key)
        stations.append(station)
        db.close()
    hub.db.close()
    return Template(folder, tuple(opened_with), tuple(stations))
