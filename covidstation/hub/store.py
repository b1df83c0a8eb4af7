"""Founding the hub's database and opening it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from covidstation.db import keys as wraps
from covidstation.db.ids import new_id
from covidstation.db.schema import Schema, upgrade
from covidstation.db.session import Database, make_engine
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.keys import HubKeys, escrow_file
from covidstation.hub.rows import HubStateRow
from covidstation.paths import default_hub_data
from covidstation.services.access.phrases import check_passphrase
from covidstation.sync.identity import AgeKey, Identity, SignKey

DATABASE: Final = "hub.db"
ESCROW: Final = "escrow.age"
LOG_PAGES: Final = 4000  # 16 MiB: one station's large bundle is folded into the file after its commit, not within
SCHEMA: Final = Schema(3, Path(__file__).parent / "migrations")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hub lives: its database file, and the folder of the wrapped key and the escrow file."""

    database: Path
    folder: Path


@dataclass(frozen=True, slots=True)
class Hub:
    """An open hub."""

    db: Database
    keys: HubKeys
    name: str
    code: str
    epoch: str
    place: Place


@dataclass(frozen=True, slots=True)
class Founded:
    """A new hub; both codes are shown once and kept by nobody but whoever prints them."""

    words: tuple[str, ...]
    epoch: str
    recovery_code: str
    escrow_code: str
    escrow_file: Path


def place_of(data: Path | None, database: str | None) -> Place:
    """From `--data` and `--database`. Raises UserError hub.postgresql_later, hub.database_url."""
    if database is None:
        folder = data or default_hub_data()
        return Place(folder / DATABASE, folder)
    path = _file_of(database)
    return Place(path, data or path.parent)


def _file_of(database: str) -> Path:
    if "://" not in database:
        return Path(database)
    try:
        url = make_url(database)
    except ArgumentError as cause:
        raise UserError("hub.database_url") from cause
    backend = url.get_backend_name()
    if backend in ("postgresql", "postgres"):
        raise UserError("hub.postgresql_later")
    if backend != "sqlite" or not url.database or url.database == ":memory:":
        raise UserError("hub.database_url")
    return Path(url.database)


def create_hub(
    place: Place, *, name: str, code: str, passphrase: str, now: datetime, cost: wraps.Cost | None = None
) -> Founded:
    """Make the database, its keys and the escrow file.

    The database gets its name only when all else is safe on the disk: a power cut leaves no hub, or a whole one.
    Raises UserError hub.already_set_up, hub.name_missing, keys.passphrase_short.
    """
    name = clean(name)
    if not name:
        raise UserError("hub.name_missing")
    check_passphrase(passphrase, name)
    unfinished = place.database.with_name(place.database.name + ".new")
    if place.database.exists() or ((place.folder / wraps.FILE).exists() and not unfinished.exists()):
        raise UserError("hub.already_set_up", folder=place.folder)
    for folder in (place.folder, place.database.parent):
        folder.mkdir(parents=True, exist_ok=True)
    key, escrow, epoch = secrets.token_bytes(32), AgeKey.generate(), secrets.token_hex(8)
    hub_keys = HubKeys(SignKey.generate(), Identity.generate(), escrow.public)
    state = HubStateRow(name=name, code=code, epoch=epoch, keys=hub_keys.seal(key), made_at=utc(now))
    _write_database(unfinished, key, state, now)
    recovery_code, escrow_code = wraps.new_recovery_code(), wraps.new_recovery_code()
    cost = cost or wraps.calibrated_cost()
    wraps.write_keys(
        place.folder,
        [
            wraps.new_wrap(key, passphrase, kind="user", id=new_id().hex, name="", role="hub", cost=cost),
            wraps.new_wrap(key, recovery_code, kind="recovery", id="recovery", name="", role="hub", cost=wraps.FLOOR),
        ],
    )
    wraps.replace_file(place.folder / ESCROW, escrow_file(escrow, escrow_code))
    unfinished.replace(place.database)
    wraps.sync_folder(place.database.parent)
    return Founded(hub_keys.words(), epoch, recovery_code, escrow_code, place.folder / ESCROW)


def _write_database(path: Path, key: bytes, state: HubStateRow, now: datetime) -> None:
    for leftover in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        leftover.unlink(missing_ok=True)
    engine = _engine(path, key)
    upgrade(engine, SCHEMA)
    db = Database(engine, path, key)
    with db.write(None, now) as session:
        session.add(state)
    db.close()


def _engine(path: Path, key: bytes) -> Engine:
    engine = make_engine(path, key)

    @event.listens_for(engine, "connect")
    def _let_the_log_grow(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")  # door: our number, no parameters here

    return engine


def open_hub(place: Place, passphrase: str) -> Hub:
    """Open with the passphrase or the printed recovery code. Raises UserError hub.not_set_up, keys.…, station.…."""
    if not place.database.is_file():
        raise UserError("hub.not_set_up")
    key = _key_of(place.folder, passphrase)
    engine = _engine(place.database, key)
    db = Database(engine, place.database, key)
    with db.read() as session:  # a damaged file shows here, as a sentence
        session.connection().exec_driver_sql("SELECT count(*) FROM sqlite_master")
    upgrade(engine, SCHEMA)
    with db.read() as session:
        state = session.scalars(select(HubStateRow)).one()
        return Hub(db, HubKeys.unseal(state.keys, key), state.name, state.code, state.epoch, place)


def _key_of(folder: Path, secret: str) -> bytes:
    try:
        return wraps.open_with(folder, secret).key
    except UserError as trouble:
        if trouble.code != "keys.wrong_passphrase":
            raise
        try:
            return wraps.open_with_recovery(folder, secret).key
        except UserError:
            raise trouble from None


def utc(moment: datetime) -> datetime:
    """As the hub's tables keep moments: UTC, no zone, to the second."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None)


def aware(moment: datetime) -> datetime:
    """A moment of the hub's tables with its zone."""
    return moment.replace(tzinfo=UTC)
