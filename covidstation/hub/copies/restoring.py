"""A hub from a copy, in an empty place, on whichever database: the same hub in a new epoch (docs/hub-backup.md).

What came after the copy is lost here and nowhere else: stations keep what they sent, see the new epoch in the next
receipt, and send it again.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db import keys as wraps
from covidstation.domain.ops import chain_start
from covidstation.errors import UserError
from covidstation.hub.copies.backup import checking, tables
from covidstation.hub.copies.file import Header, check_signature, read_blocks, read_header
from covidstation.hub.copies.rows import Loader, set_counters
from covidstation.hub.database.certificates import renew_all
from covidstation.hub.database.keys import HubKeys, open_escrow
from covidstation.hub.database.kinds import SCHEMA, HubDatabase, Place
from covidstation.hub.database.store import ESCROW, base_at, check_empty, key_of, write_key_file
from covidstation.hub.rows import DownStreamRow, HubStateRow, StationRow
from covidstation.services.access.phrases import check_passphrase

SERIALS: Final = 10_000  # certificates that may have been given after the copy was made: their numbers are passed over
STAMP_BITS: Final = 16


@dataclass(frozen=True, slots=True)
class Restored:
    """A hub that lives again. `recovery_code` is new, and shown once, when the escrow key opened the copy."""

    name: str
    made_at: datetime
    epoch: str
    former_epoch: str
    words: tuple[str, ...]
    rows: Mapping[str, int]
    recovery_code: str | None = None


@dataclass(frozen=True, slots=True)
class Escrow:
    """The way in when the passphrase is lost: the code of the escrow file, and the passphrase from now on."""

    code: str
    passphrase: str
    file: bytes | None = None  # escrow.age; the one in the copy, if none is given


def restore_hub(path: Path, place: Place, secret: str | Escrow, *, now: datetime) -> Restored:
    """Make the hub of that copy live in an empty place. `secret` is its passphrase or recovery code, or the escrow.

    The whole file is checked before anything is laid; a power cut leaves no hub, or a whole one. Raises UserError
    hub.already_set_up, hub.backup_…, hub.not_a_backup, keys.…, hub.wrong_escrow, station.newer_data.
    """
    header, at = read_header(path)
    if header.schema > SCHEMA.current:
        raise UserError("station.newer_data", found=header.schema, known=SCHEMA.current)
    check_empty(place)
    if isinstance(secret, Escrow):
        check_passphrase(secret.passphrase, header.name)
    key = _key(header, secret)
    hub_keys = HubKeys.unseal(header.sealed, key)
    check_signature(path, hub_keys.identity.sign.public)
    identity = hub_keys.identity.age.secret
    rows = read_blocks(path, header, at, identity, checking(header))
    place.folder.mkdir(parents=True, exist_ok=True)
    base = base_at(place)
    db = base.prepare(key, replace(SCHEMA, current=header.schema))
    try:
        _load(db, path, header, at, identity, now)
        db.upgrade(SCHEMA)
        epoch = _new_epoch(db, hub_keys, now)
    finally:
        db.close()
    recovery_code = _lay_keys(place.folder, header, key, hub_keys.escrow, secret)
    base.publish()
    return Restored(header.name, header.made_at, epoch, header.epoch, hub_keys.words(), rows, recovery_code)


def _key(header: Header, secret: str | Escrow) -> bytes:
    with tempfile.TemporaryDirectory(prefix="hub-") as folder:
        (Path(folder) / wraps.FILE).write_bytes(header.keys)
        if isinstance(secret, str):
            return key_of(Path(folder), secret)
        opened = open_escrow(secret.file or header.escrow, secret.code)
        return wraps.open_with_escrow(Path(folder), opened.key.secret).key


def _load(db: HubDatabase, path: Path, header: Header, at: int, identity: str, now: datetime) -> None:
    with db.write(None, now) as session, Loader(session) as loader:
        begun: str | None = None

        def visit(table: str, _rows: int, block: bytes) -> None:
            nonlocal begun
            if table != begun:
                loader.begin(table, header.tables[table])
                begun = table
            loader.take(block)

        read_blocks(path, header, at, identity, visit)
        loader.end()
        set_counters(session, tables())


def _new_epoch(db: HubDatabase, keys: HubKeys, now: datetime) -> str:
    with db.write(None, now) as session:
        state = session.scalars(select(HubStateRow)).one()
        former, state.epoch = state.epoch, secrets.token_hex(8)
        state.last_serial += SERIALS
        newest = max(state.last_stamp, int(now.timestamp() * 1000) << STAMP_BITS)
        # Nobody here knows which stamps were given after the copy, and the clock may be behind.
        state.last_stamp = newest + secrets.randbelow(1 << 32) * 4
        _name_former(session, former)
        # This hub's keys, or a station's, may have been changed after the copy: new certificates say what holds now.
        renew_all(session, keys, state, now)
        return state.epoch


def _name_former(session: Session, former: str) -> None:
    """Let every receipt name the epoch that ended: by it stations know the new one for its successor."""
    known = select(DownStreamRow.station).where(DownStreamRow.epoch == former)
    for station in session.scalars(select(StationRow).where(StationRow.n.not_in(known))).all():
        start = chain_start(station.id, former)
        session.add(DownStreamRow(station=station.n, epoch=former, last_seq=0, told_upto=0, chain=start))


def _lay_keys(folder: Path, header: Header, key: bytes, escrow: str, secret: str | Escrow) -> str | None:
    code = None
    if isinstance(secret, Escrow):
        code = write_key_file(folder, key, secret.passphrase, escrow)
    else:
        wraps.replace_file(folder / wraps.FILE, header.keys)
    if header.escrow:
        wraps.replace_file(folder / ESCROW, header.escrow)
    return code
