"""Founding a register; how it is opened is in `opening`."""

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

from covidstation.db import keys, schema
from covidstation.db.ids import new_id
from covidstation.db.journal import UNNAMED
from covidstation.db.rows import JournalStateRow, StationRow, UserRow
from covidstation.db.session import Database, make_engine
from covidstation.domain.canonical import decode
from covidstation.domain.problems import errors
from covidstation.domain.station import Role, StationDraft, check_station
from covidstation.domain.text import clean, clean_block
from covidstation.errors import Refused, UserError
from covidstation.services.access.entrance import REGISTER, FolderState, look_at_folder
from covidstation.services.access.keyring import vouch
from covidstation.services.access.phrases import check_passphrase
from covidstation.services.record import tidy_station

SETUP_DRAFT = "setup.json"


@dataclass(frozen=True, slots=True)
class Founded:
    """A new register's id and its recovery code, shown and printed once."""

    station_id: UUID
    user_id: UUID
    recovery_code: str


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
    UserError station.already_set_up, station.register_missing, station.read_only, and those of `check_passphrase`.
    """
    draft, user_name = tidy_station(draft), clean(user_name)
    if found := errors(check_station(draft)):
        raise Refused(found)
    if not user_name:
        raise UserError("station.user_name_missing")
    check_passphrase(passphrase, user_name, draft.name)
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
    head = Role.HEAD.value
    user = keys.new_wrap(key, passphrase, kind="user", id=user_id.hex, name=user_name, role=head, cost=cost)
    recovery = keys.new_wrap(key, code, kind="recovery", id=keys.RECOVERY, name="", role=head, cost=keys.FLOOR)
    station_id = _write_register(folder, key, draft, user, recovery, now)
    keys.write_keys(folder, [user, recovery])
    (folder / f"{REGISTER}.new").replace(folder / REGISTER)
    keys.sync_folder(folder)
    (folder / SETUP_DRAFT).unlink(missing_ok=True)
    return Founded(station_id, user_id, code)


def _write_register(
    folder: Path,
    key: bytes,
    draft: StationDraft,
    user: keys.Wrap,
    recovery: keys.Wrap,
    now: datetime,
) -> UUID:
    path = folder / f"{REGISTER}.new"
    # Keys first: alone, they would speak of a register that was lost.
    for leftover in (folder / keys.FILE, path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        leftover.unlink(missing_ok=True)
    db = Database(make_engine(path, key), path, key)
    station_id = new_id()
    try:
        schema.upgrade(db.engine)
        with db.write(UUID(hex=user.id), now) as session:
            session.add(JournalStateRow(epoch=secrets.token_hex(8), chain=UNNAMED))
            session.flush()
            session.add(StationRow(id=station_id, **asdict(draft)))
            session.add(UserRow(id=UUID(hex=user.id), name=user.name, role=user.role, public_key=user.public))
            vouch(session, recovery)
        db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")  # the file is renamed without its log
    finally:
        db.engine.dispose()  # also after a failing disk: who tries again must not wait for himself
    return station_id


def keep_setup_draft(folder: Path, values: Mapping[str, str]) -> None:
    """Keep what the first-start wizard has so far (never a passphrase), so that it can be taken up again."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {name: clean_block(value) for name, value in values.items()}
    keys.replace_file(folder / SETUP_DRAFT, json.dumps(texts, ensure_ascii=False).encode())


def read_setup_draft(folder: Path) -> dict[str, str]:
    """What the wizard had; empty when there is nothing or it cannot be read."""
    try:
        found = decode((folder / SETUP_DRAFT).read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
