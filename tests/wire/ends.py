"""Both ends of the line: a hub that serves, a station that is enrolled there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from covidstation.db.rows import JournalStateRow
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.rows import EnrolmentRow, HubStateRow, OperationRow, RecordRow
from covidstation.hub.stations.enrolling import SameCommune, enrol_station, look_at_request, renew_certificates
from covidstation.hub.stations.tls import server_files
from covidstation.services.exchange.bundles import import_files
from covidstation.services.exchange.enrolment import write_enrolment
from covidstation.services.exchange.wire import Synced, sync_now
from tests.hub.web.serving import serving_hub
from tests.services.samples import PAO, f0, register

PASSPHRASE = "con đường mòn qua đèo"


def now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True)
class Served:
    """A hub that serves at that port."""

    hub: Hub
    url: str

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0


@contextmanager
def served(hub: Hub, *, tls: bool = True, also: Sequence[str] = (), **how: Any) -> Iterator[Served]:
    """Serve, and say so in every certificate from now on."""
    files = server_files(hub, ["https://127.0.0.1"], now=now()) if tls else None
    with serving_hub(hub, tls=files, **how) as url:
        renew_certificates(hub, urls=[*also, url], authority=files.authority if files else "", now=now())
        yield Served(hub, url)


def join(db: Database, hub: Hub, *, second: bool = False, replaces: bool = False) -> Database:
    """Be enrolled, as if words were compared, and have the newest certificate."""
    folder = db.path.parent / "stick"
    folder.mkdir(exist_ok=True)
    look = look_at_request(hub, write_enrolment(db, folder, by=None, now=now()).path.read_bytes())
    how = SameCommune.REPLACE if replaces else SameCommune.SECOND if second else None
    _station, serial = enrol_station(hub, look.request, same_commune=how, now=now())
    with hub.db.read() as session:
        data = session.get_one(EnrolmentRow, serial).certificate
    take_certificate(db, data)
    return db


def take_certificate(db: Database, data: bytes) -> None:
    """From a stick, with a person's yes."""
    path = db.path.parent / "certificate.csb"
    path.write_bytes(data)
    (taken,) = import_files(db, path, by=None, now=now(), yes=True).value
    assert taken.trouble is None, taken.trouble


def point_to(db: Database, hub: Hub, urls: Sequence[str], authority: str | None = None) -> None:
    """Another address in the station's certificate, as the hub would write it."""
    with hub.db.read() as session:
        held = session.get_one(HubStateRow, 1).authority
    renew_certificates(hub, urls=urls, authority=held if authority is None else authority, now=now())
    with hub.db.read() as session:
        data = session.scalars(select(EnrolmentRow).order_by(EnrolmentRow.serial.desc())).first().certificate
    take_certificate(db, data)


def people(db: Database, count: int, start: int = 1) -> None:
    """So many F0s, each an act of its own."""
    for number in range(start, start + count):
        draft = replace(
            PAO,
            full_name=f"Giàng Thị {number}",
            birth=PartialDate(1950 + number % 60, 1 + number % 12),
            citizen_number=f"012055{number:06d}",
            old_citizen_number="",
            phone="",
        )
        register(db, f0(draft), now=now())


def sync(db: Database, **how: Any) -> Synced:
    """What the program does."""
    return sync_now(db, by=None, now=how.pop("now", None) or now(), **how).value


def unsent(db: Database) -> int:
    with db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        return state.last_seq - state.received_upto


def last_seq(db: Database) -> int:
    with db.read() as session:
        return session.get_one(JournalStateRow, 1).last_seq


def history(hub: Hub) -> int:
    """How many lines the hub has."""
    with hub.db.read() as session:
        return session.scalar(select(func.count()).select_from(OperationRow)) or 0


def records(hub: Hub, table: str = "person") -> int:
    with hub.db.read() as session:
        return session.scalar(select(func.count()).where(RecordRow.tbl == table)) or 0


def folder_of(db: Database) -> Path:
    return db.path.parent


def code(db: Database, **how: object) -> str:
    """What a sending that fails says; nothing of the station is lost, and it is remembered for the page."""
    before = last_seq(db)
    with pytest.raises(UserError) as trouble:
        sync(db, **how)
    assert last_seq(db) == before
    return trouble.value.code
