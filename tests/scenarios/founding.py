"""An enrolled district with its TLS, made once and copied for each scenario."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from covidstation.db.rows import StationRow
from covidstation.hub import rows as hub_rows
from covidstation.hub.database.store import Hub, Place, create_hub, open_hub
from covidstation.hub.intake.bundles import import_place
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.stations.enrolling import enrol_station
from covidstation.hub.stations.tls import server_files
from covidstation.services.exchange.bundles import export_changes, import_files
from covidstation.services.exchange.enrolment import write_enrolment
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import open_request
from tests.services import samples

HOST = "https://127.0.0.1"
PASSPHRASE = "con đường mòn qua đèo"
COMMUNES = (("03517", "Nậm Tăm"), ("03520", "Noong Hẻo"))


@dataclass(frozen=True, slots=True)
class Founded:
    """Folders of a hub and its stations, to be copied; the key and the id of each station."""

    folder: Path
    keys: tuple[bytes, ...]
    stations: tuple[UUID, ...]


def hub_place(folder: Path) -> Place:
    """Where the hub lies in such a folder."""
    return Place(folder / "hub" / "hub.db", folder / "hub")


def found_district(folder: Path) -> Founded:
    """Found a hub that may serve and two stations; they are enrolled, know its authority, have sent their founding."""
    place, now = hub_place(folder), samples.NOW
    create_hub(place, name="Trung tâm Y tế Sìn Hồ", code="108", passphrase=PASSPHRASE, now=now, cost=samples.CHEAP)
    hub = open_hub(place, PASSPHRASE)
    files = server_files(hub, [HOST], now=now)
    with hub.db.write(None, now) as session:
        state = session.get_one(hub_rows.HubStateRow, 1)
        state.urls, state.authority = HOST, files.authority
    made = [_found_station(folder / f"station-{number}", hub, number) for number in range(len(COMMUNES))]
    hub.db.close()
    return Founded(folder, tuple(key for key, _id in made), tuple(station for _key, station in made))


def _found_station(home: Path, hub: Hub, number: int) -> tuple[bytes, UUID]:
    code, name = COMMUNES[number]
    samples.found(home)
    db, stick = samples.opened(home).db, home / "stick"
    stick.mkdir()
    with db.write(None, samples.NOW) as session:
        row = session.scalars(select(StationRow)).one()
        row.commune_code, row.name = code, f"Trạm Y tế xã {name}"
    request = open_request(write_enrolment(db, stick, by=None, now=samples.NOW).path)
    station, serial = enrol_station(hub, request, same_commune=None, now=samples.NOW)
    with hub.db.read() as session:
        certificate = session.get_one(hub_rows.EnrolmentRow, serial).certificate
    usb.put(stick, usb.certificate_name(station, serial), certificate)
    import_files(db, stick, by=None, now=samples.NOW, yes=True)
    export_changes(db, stick, by=None, now=samples.NOW)
    list(import_place(hub, stick, now=samples.NOW))
    list(export_answers(hub, stick, now=samples.NOW))
    import_files(db, stick, by=None, now=samples.NOW)
    db.close()
    return db.key, station
