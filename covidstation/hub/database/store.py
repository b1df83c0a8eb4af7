"""Founding the hub's database and opening it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import URL, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from covidstation.db import keys as wraps
from covidstation.db.ids import new_id
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.database.bell import Bell
from covidstation.hub.database.keys import HubKeys, KeyRing, escrow_file, open_escrow
from covidstation.hub.database.kinds import SCHEMA as SCHEMA
from covidstation.hub.database.kinds import Base, HubDatabase
from covidstation.hub.database.kinds import Place as Place
from covidstation.hub.database.lane import Lane
from covidstation.hub.database.postgres import PostgresBase
from covidstation.hub.database.sqlite import SqliteBase
from covidstation.hub.rows import HubStateRow
from covidstation.paths import default_hub_data
from covidstation.services.access.phrases import check_passphrase
from covidstation.sync.identity import AgeKey, Identity, SignKey

DATABASE: Final = "hub.db"
ESCROW: Final = "escrow.age"
DRIVER: Final = "postgresql+psycopg"
_KEYS: Final = select(HubStateRow.keys)  # asked for each bundle


@dataclass(frozen=True, slots=True)
class Hub:
    """An open hub."""

    db: HubDatabase
    ring: KeyRing
    name: str
    code: str
    epoch: str
    place: Place
    bell: Bell = field(default_factory=Bell, compare=False)
    lane: Lane = field(default_factory=Lane, compare=False)

    @property
    def keys(self) -> HubKeys:
        """Its keys as they were when it was asked last."""
        return self.ring.keys

    def keys_now(self, session: Session) -> HubKeys:
        """Its keys as this session sees them: whoever reads or writes bundles asks first."""
        return self.ring.follow(session.scalars(_KEYS).one())


@dataclass(frozen=True, slots=True)
class Founded:
    """A new hub; both codes are shown once and kept by nobody but whoever prints them.

    `escrow_code` is empty when the root came from an escrow file: that file's code opens this one too.
    """

    words: tuple[str, ...]
    epoch: str
    recovery_code: str
    escrow_code: str
    escrow_file: Path


def place_of(data: Path | None, database: str | None) -> Place:
    """From `--data` and `--database`. Raises UserError hub.database_url."""
    if database is None:
        folder = data or default_hub_data()
        return Place(folder / DATABASE, folder)
    found = _database_of(database)
    return Place(found, data or (found.parent if isinstance(found, Path) else default_hub_data()))


def _database_of(database: str) -> Path | URL:
    if "://" not in database:
        return Path(database)
    try:
        url = make_url(database)
    except ArgumentError as cause:
        raise UserError("hub.database_url") from cause
    backend = url.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return url.set(drivername=DRIVER)
    if backend != "sqlite" or not url.database or url.database == ":memory:":
        raise UserError("hub.database_url")
    return Path(url.database)


def base_at(place: Place) -> Base:
    """The one place that decides which kind of database a hub has."""
    if isinstance(place.database, URL):
        return PostgresBase(place.database, place.folder)
    return SqliteBase(place.database)


def check_empty(place: Place) -> None:
    """Raises UserError hub.already_set_up unless a hub can be laid there."""
    base = base_at(place)
    if base.is_founded() or ((place.folder / wraps.FILE).exists() and not base.is_unfinished()):
        raise UserError("hub.already_set_up", folder=place.folder)


@dataclass(frozen=True, slots=True)
class FromEscrow:
    """What is left of a hub of which not even a copy is: its escrow file, and the code from the safe."""

    file: bytes
    code: str


def create_hub(
    place: Place,
    *,
    name: str,
    code: str,
    passphrase: str,
    now: datetime,
    cost: wraps.Cost | None = None,
    again: FromEscrow | None = None,
) -> Founded:
    """Make the database, its keys and the escrow file; with `again` under the root and escrow of the lost hub.

    The database is published only when all else is safe on the disk: a power cut leaves no hub, or a whole one.
    Raises UserError hub.already_set_up, hub.name_missing, hub.wrong_escrow, hub.escrow_without_root, keys.…,
    hub.database_….
    """
    name = clean(name)
    if not name:
        raise UserError("hub.name_missing")
    check_passphrase(passphrase, name)
    check_empty(place)
    root, escrow, escrow_code = _roots(again)
    # Nobody knows which serials the lost hub gave: the seconds since 1970 are above any that was counted.
    serial = 0 if again is None else int(now.timestamp())
    place.folder.mkdir(parents=True, exist_ok=True)
    base = base_at(place)
    key, epoch = secrets.token_bytes(32), secrets.token_hex(8)
    hub_keys = HubKeys(root, Identity.generate(), escrow.public)
    db = base.prepare(key)
    with db.write(None, now) as session:
        sealed, made = hub_keys.seal(key), utc(now)
        session.add(HubStateRow(name=name, code=code, epoch=epoch, keys=sealed, made_at=made, last_serial=serial))
    db.close()
    recovery_code = write_key_file(place.folder, key, passphrase, escrow.public, cost)
    wraps.replace_file(place.folder / ESCROW, escrow_file(escrow, escrow_code, root))
    base.publish()
    shown = "" if again else escrow_code
    return Founded(hub_keys.words(), epoch, recovery_code, shown, place.folder / ESCROW)


def _roots(again: FromEscrow | None) -> tuple[SignKey, AgeKey, str]:
    """Root, escrow key, and the code that opens the escrow file."""
    if again is None:
        return SignKey.generate(), AgeKey.generate(), wraps.new_recovery_code()
    found = open_escrow(again.file, again.code)
    if found.root is None:
        raise UserError("hub.escrow_without_root")
    return found.root, found.key, wraps.read_recovery_code(again.code)


def write_key_file(folder: Path, key: bytes, passphrase: str, escrow: str, cost: wraps.Cost | None = None) -> str:
    """Wrap the key under the passphrase, for the escrow, and under a new recovery code, which is returned."""
    recovery_code = wraps.new_recovery_code()
    cost = cost or wraps.calibrated_cost()
    wraps.write_keys(
        folder,
        [
            wraps.new_wrap(key, passphrase, kind="user", id=new_id().hex, name="", role="hub", cost=cost),
            wraps.new_wrap(key, recovery_code, kind="recovery", id="recovery", name="", role="hub", cost=wraps.FLOOR),
            wraps.escrow_wrap(key, escrow),
        ],
    )
    return recovery_code


def open_hub(place: Place, passphrase: str) -> Hub:
    """Open with the passphrase or the printed recovery code. Raises UserError hub.not_set_up, keys.…, station.…."""
    base = base_at(place)
    if not base.is_founded():
        raise UserError("hub.not_set_up")
    key = key_of(place.folder, passphrase)
    db = base.open(key)
    try:
        with db.read() as session:
            state = session.scalars(select(HubStateRow)).one()
            ring = KeyRing(HubKeys.unseal(state.keys, key), state.keys, key)
            return Hub(db, ring, state.name, state.code, state.epoch, place)
    except BaseException:
        db.close()
        raise


def key_of(folder: Path, secret: str) -> bytes:
    """The database's key, by passphrase or recovery code. Raises UserError keys.…."""
    try:
        return wraps.open_with(folder, secret).key
    except UserError as trouble:
        if trouble.code not in ("keys.wrong_passphrase", "keys.wrap_damaged"):
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
