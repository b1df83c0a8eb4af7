"""Copies of the whole hub: one snapshot into one sealed file, read back before it gets its name, then the rotation."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from covidstation import __version__
from covidstation.db.key_file import FILE, sync_folder
from covidstation.domain.rotation import Held, to_keep
from covidstation.errors import UserError
from covidstation.hub.copies.file import Block, Header, Visit, check_signature, read_blocks, read_header, write_file
from covidstation.hub.copies.rows import columns_of, count_rows, dump
from covidstation.hub.database.kinds import SCHEMA
from covidstation.hub.database.store import ESCROW, Hub
from covidstation.hub.rows import (
    CaseFactRow,
    FactMarkRow,
    HubBase,
    HubSessionRow,
    HubStateRow,
    ReportFactRow,
)
from covidstation.i18n import _

FOLDER: Final = "backups"
ENDING: Final = ".chb"
# Sessions end with the hub that gave them; facts are read from the records anew (`hub.figures.facts`).
LEFT_OUT: Final = frozenset(row.__tablename__ for row in (HubSessionRow, CaseFactRow, ReportFactRow, FactMarkRow))
_NAME: Final = re.compile(r"hub-(\d{8}-\d{6})(?:-\d+)?\.chb")


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was read back. `rows` by table."""

    path: Path
    made_at: datetime
    size: int
    rows: Mapping[str, int]


def tables() -> list[Table]:
    """What is kept, so that what is named by another comes before it."""
    return [table for table in HubBase.metadata.sorted_tables if table.name not in LEFT_OUT]


def make_backup(hub: Hub, folder: Path, *, now: datetime) -> Backup:
    """Write one copy and let go what the rotation no longer keeps; others go on reading and writing meanwhile.

    Raises UserError hub.backup_failed; then no part of it is left, and the copies before stand.
    """
    path = beside = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = _free_name(folder, now)
        beside = path.with_suffix(".part")
        rows = _write(hub, beside, now)
        if rows != check_backup(hub, beside):
            raise UserError("hub.backup_damaged")
        beside.replace(path)
        sync_folder(folder)
    except (OSError, UserError) as trouble:
        if beside != folder:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        if isinstance(trouble, UserError) and trouble.code != "hub.backup_damaged":
            raise
        raise UserError("hub.backup_failed", folder=folder, reason=_reason(trouble)) from trouble
    with suppress(OSError):  # the copy stands; what should go may go next time
        let_go(folder, now)
    return Backup(path, now, path.stat().st_size, rows)


def _reason(trouble: Exception) -> str:
    if isinstance(trouble, OSError):
        full = trouble.errno == errno.ENOSPC
        return _("ổ đĩa đã đầy") if full else trouble.strerror or type(trouble).__name__
    return _("đọc lại không khớp")


def _free_name(folder: Path, now: datetime) -> Path:
    name = f"hub-{now.astimezone():%Y%m%d-%H%M%S}"
    names = [name, *(f"{name}-{number}" for number in range(2, 100))]
    return next(folder / f"{one}{ENDING}" for one in names if not (folder / f"{one}{ENDING}").exists())


def _write(hub: Hub, path: Path, now: datetime) -> Mapping[str, int]:
    with hub.db.read() as session, path.open("wb") as file:
        state = session.scalars(select(HubStateRow)).one()
        escrow = hub.place.folder / ESCROW
        header = Header(
            made_at=now.astimezone(UTC).replace(microsecond=0),
            program=__version__,
            name=state.name,
            code=state.code,
            epoch=state.epoch,
            schema=SCHEMA.current,
            tables={table.name: columns_of(table) for table in tables()},
            keys=(hub.place.folder / FILE).read_bytes(),
            sealed=state.keys,
            escrow=escrow.read_bytes() if escrow.is_file() else b"",
        )
        keys = hub.ring.follow(state.keys)
        recipients = [keys.escrow, keys.identity.age.public]
        rows = write_file(file, header, _blocks(session), signer=keys.identity.sign, recipients=recipients)
        file.flush()
        os.fsync(file.fileno())
        return rows


def _blocks(session: Session) -> Iterator[Block]:
    for table in tables():
        for block, rows in dump(session, table):
            yield table.name, rows, block


def check_backup(hub: Hub, path: Path) -> Mapping[str, int]:
    """Read a copy of this hub to its end; the rows of each table. Raises UserError hub.backup_damaged."""
    header, at = read_header(path)
    check_signature(path, hub.keys.identity.sign.public)
    return read_blocks(path, header, at, hub.keys.identity.age.secret, checking(header))


def checking(header: Header) -> Visit:
    """A visit that looks whether each block is made of as many rows as it says."""

    def look(table: str, rows: int, block: bytes) -> None:
        if count_rows(block, header.tables[table]) != rows:
            raise ValueError("not as many rows as it says")

    return look


def list_backups(folder: Path) -> list[tuple[Path, datetime]]:
    """The copies in a folder with their moments, in local time without a zone, newest first."""
    found = []
    with suppress(OSError):
        for path in folder.iterdir():
            match = _NAME.fullmatch(path.name)
            if match:
                with suppress(ValueError):
                    found.append((path, datetime.strptime(match[1], "%Y%m%d-%H%M%S")))
    return sorted(found, key=lambda one: (one[1], one[0].name), reverse=True)


def let_go(folder: Path, now: datetime) -> None:
    """Take away what the rotation no longer keeps, by the rules of the stations' copies, and parts left by a cut."""
    copies = list_backups(folder)
    kept = to_keep([Held(path.name, made) for path, made in copies], now.astimezone().date())
    for path, _made in copies:
        if path.name not in kept:
            path.unlink()
    for torn in folder.glob("hub-*.part"):
        torn.unlink()
