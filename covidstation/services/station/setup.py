"""Founding a register and opening it."""

from __future__ import annotations

import errno
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from covidstation.db import keys, schema
from covidstation.db.ids import new_id
from covidstation.db.journal import UNNAMED
from covidstation.db.rows import JournalStateRow, StationRow, UserRow
from covidstation.db.session import Database, make_engine
from covidstation.domain.problems import errors
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role, StationDraft, check_station
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.station.entrance import REGISTER as REGISTER
from covidstation.services.station.entrance import FolderState, look_at_folder
from covidstation.services.station.record import tidy_station

SETUP_DRAFT = "setup.json"


@dataclass(frozen=True, slots=True)
class Founded:
    """A new register's id and its recovery code, shown and printed once."""

    station_id: UUID
    user_id: UUID
    recovery_code: str


@dataclass(frozen=True, slots=True)
class Register:
    """An open register and who opened it; `user_id` is None after the recovery code."""

    db: Database
    folder: Path
    user_id: UUID | None
    user_name: str
    role: str
    training: bool

    @property
    def actor(self) -> Actor | None:
        """Who unlocked it, for `services.rights`."""
        return self.db.actor


def is_set_up(folder: Path) -> bool:
    """Whether the folder holds a register."""
    return (folder / REGISTER).is_file()


def found_register(
    folder: Path,
    draft: StationDraft,
    *,
    user_name: str,
    passphrase: str,
    now: datetime,
    cost: keys.Cost | None = None,
    recovery_code: str = "",
) -> Founded:
    """Make the encrypted register, its first user (head of station) and its recovery code.

    `recovery_code` is one that a person has already put on paper, else a new one is made. The register gets its name
    only when it and its keys are safe on the disk: a power cut leaves no register, or a whole one. Raises Refused,
    UserError station.already_set_up, station.register_missing, station.read_only, keys.passphrase_short.
    """
    draft, user_name = tidy_station(draft), clean(user_name)
    if found := errors(check_station(draft)):
        raise Refused(found)
    if not user_name:
        raise UserError("station.user_name_missing")
    keys.check_passphrase(passphrase)
    if look_at_folder(folder) is FolderState.REGISTER:
        raise UserError("station.already_set_up", folder=folder)
    with _on_disk(folder):
        return _found(folder, draft, user_name, passphrase, now, cost or keys.calibrated_cost(), recovery_code)


@contextmanager
def _on_disk(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses into a sentence."""
    try:
        yield
    except OSError as trouble:
        if trouble.errno == errno.ENOSPC:
            raise UserError("station.disk_full") from trouble
        raise UserError("station.read_only", folder=folder) from trouble


def _found(
    folder: Path,
    draft: StationDraft,
    user_name: str,
    passphrase: str,
    now: datetime,
    cost: keys.Cost,
    recovery_code: str,
) -> Founded:
    folder.mkdir(parents=True, exist_ok=True)
    key, code, user_id = secrets.token_bytes(32), recovery_code or keys.new_recovery_code(), new_id()
    station_id = _write_register(folder, key, draft, user_id, user_name, now)
    head = Role.HEAD.value
    keys.write_keys(
        folder,
        [
            keys.wrap_key(key, passphrase, kind="user", id=user_id.hex, name=user_name, role=head, cost=cost),
            keys.wrap_key(key, code, kind="recovery", id="recovery", name="", role=head, cost=keys.FLOOR),
        ],
    )
    (folder / f"{REGISTER}.new").replace(folder / REGISTER)
    keys.sync_folder(folder)
    (folder / SETUP_DRAFT).unlink(missing_ok=True)
    return Founded(station_id, user_id, code)


def _write_register(
    folder: Path, key: bytes, draft: StationDraft, user_id: UUID, user_name: str, now: datetime
) -> UUID:
    path = folder / f"{REGISTER}.new"
    # Keys first: alone, they would speak of a register that was lost.
    for leftover in (folder / keys.FILE, path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        leftover.unlink(missing_ok=True)
    engine = make_engine(path, key)
    schema.upgrade(engine)
    db = Database(engine, path, key)
    station_id = new_id()
    with db.write(user_id, now) as session:
        session.add(JournalStateRow(epoch=secrets.token_hex(8), chain=UNNAMED))
        session.flush()
        session.add(StationRow(id=station_id, **asdict(draft)))
        session.add(UserRow(id=user_id, name=user_name, role=Role.HEAD.value))
    try:
        db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")  # the file is renamed without its log
    finally:
        db.engine.dispose()
    return station_id


def open_register(folder: Path, passphrase: str, *, user: str | None = None) -> Register:
    """Open with a user's passphrase. Raises UserError station.not_set_up, keys.wrong_passphrase and others."""
    if not is_set_up(folder):
        raise UserError("station.not_set_up")
    key, user_id = keys.open_with(folder, passphrase, user)
    return open_with_key(folder, key, user_id)


def open_with_recovery(folder: Path, code: str) -> Register:
    """Open with the printed recovery code."""
    if not is_set_up(folder):
        raise UserError("station.not_set_up")
    return open_with_key(folder, keys.open_with_recovery(folder, code), None)


def open_with_key(folder: Path, key: bytes, user_id: UUID | None) -> Register:
    """Open the file, bring its schema up to date, look up who opened it."""
    path = folder / REGISTER
    engine = make_engine(path, key)
    db = Database(engine, path, key)
    with db.read() as session:  # a damaged file shows here, as a sentence
        session.connection().exec_driver_sql("SELECT count(*) FROM sqlite_master")
    schema.upgrade(engine)
    with db.read() as session:
        training = session.scalars(select(StationRow.training)).one()
        row = session.scalars(select(UserRow).where(UserRow.id == user_id)).first() if user_id else None
    if user_id is not None and row is None:
        raise UserError("keys.unknown_user", name="")
    db.actor = Actor(user_id, row.name if row else "", Role(row.role) if row else Role.HEAD)
    return Register(db, folder, user_id, db.actor.name, db.actor.role.value, training)


def change_passphrase(folder: Path, old: str, new: str, *, cost: keys.Cost | None = None) -> None:
    """Give the user whose passphrase `old` is (or the holder of the recovery code) a new one."""
    keys.check_passphrase(new)
    wraps = keys.read_keys(folder)
    key, user_id = keys.open_with(folder, old)
    assert user_id is not None
    write_wrap(folder, wraps, key, user_id.hex, new, cost)


def reset_passphrase(folder: Path, code: str, user: str, new: str, *, cost: keys.Cost | None = None) -> None:
    """A forgotten passphrase: the recovery code gives that user a new one. The code stays valid."""
    keys.check_passphrase(new)
    wraps = keys.read_keys(folder)
    key = keys.open_with_recovery(folder, code)
    for wrap in wraps:
        if wrap.kind == "user" and wrap.name == user:
            write_wrap(folder, wraps, key, wrap.id, new, cost)
            return
    raise UserError("keys.unknown_user", name=user)


def write_wrap(
    folder: Path, wraps: list[keys.Wrap], key: bytes, user_id: str, secret: str, cost: keys.Cost | None
) -> None:
    """Replace one user's wrap, the others as they are."""
    cost = cost or keys.calibrated_cost()
    keys.write_keys(
        folder,
        [
            keys.wrap_key(key, secret, kind="user", id=wrap.id, name=wrap.name, role=wrap.role, cost=cost)
            if wrap.id == user_id
            else wrap
            for wrap in wraps
        ],
    )


def keep_setup_draft(folder: Path, values: Mapping[str, str]) -> None:
    """Keep what the first-start wizard has so far (never a passphrase), so that it can be taken up again."""
    folder.mkdir(parents=True, exist_ok=True)
    keys.replace_file(folder / SETUP_DRAFT, json.dumps(dict(values), ensure_ascii=False).encode())


def read_setup_draft(folder: Path) -> dict[str, str]:
    """What the wizard had; empty when there is nothing or it cannot be read."""
    try:
        found = json.loads((folder / SETUP_DRAFT).read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
