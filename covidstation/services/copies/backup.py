"""Keeping a good copy of the register: by itself, by hand, and proving that it can be opened again."""

from __future__ import annotations

import logging
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select

from covidstation.db.backup import FOLDER, Looked, copies_of, is_kept, last_backup, look_over, make_backup
from covidstation.db.copies import Copy, Health, Why, is_whole, look_at_one
from covidstation.db.queries.station import get_setting
from covidstation.db.rows import JournalStateRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.copies.rescue import Reading
from covidstation.services.copies.restore import unsure_since
from covidstation.services.copies.stick_copy import draw_out
from covidstation.services.record import change_setting
from covidstation.services.rights import needs

log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=2)  # of changed work
AT_LOCK: Final = timedelta(minutes=30)  # a screen that locks itself all day makes no copy each time
DRILL: Final = timedelta(days=30)


@needs(Right.OWN)
def back_up(db: Database, *, now: datetime, why: Why = Why.WORK) -> Path:
    """Make a verified copy beside the register.

    Raises UserError station.backup_failed, station.backup_room, station.backup_place, station.disk_full.
    """
    path = make_backup(db, now=now, why=why)
    log.info("copy made: %s, %d bytes, for %s", path.name, path.stat().st_size, why.value)
    with db.noting(AuditAction.BACKUP, now, detail={"copy": path.name, "why": why.value}):
        return path


@needs(Right.SEE)
def needs_backup(db: Database) -> bool:
    """Whether anything was saved that no good copy holds; what the clock says plays no part."""
    return not isinstance(db, Reading) and not is_kept(db)


@needs(Right.OWN)
def back_up_if_due(db: Database, *, now: datetime, least: timedelta = timedelta(0)) -> Path | None:
    """Make a copy when something changed and the newest one is older than `least`; None when none was due."""
    made = None if isinstance(db, Reading) else last_backup(db.path.parent, now)
    if made is not None and timedelta(0) <= now.replace(tzinfo=None) - made < least:
        return None
    return back_up(db, now=now) if needs_backup(db) else None


@dataclass(frozen=True, slots=True)
class Backups:
    """The copies on this PC as the settings page shows them; `drilled` is the day a copy was last opened for proof."""

    copies: tuple[Copy, ...]
    changed: bool  # something was saved that none of them holds
    drilled: date | None
    drill_due: bool
    unsure: datetime | None = None  # restored to then, and numbers were not compared since

    @property
    def rotten(self) -> tuple[Copy, ...]:
        """Those that are known to be damaged."""
        return tuple(one for one in self.copies if one.health is Health.DAMAGED)

    @property
    def ahead(self) -> tuple[Copy, ...]:
        """Those that bear a day still to come."""
        return tuple(one for one in self.copies if one.ahead)


@needs(Right.SEE)
def look_at_backups(db: Database, now: datetime) -> Backups:
    """All that is known of the copies beside the register, without opening one."""
    copies = tuple(copies_of(db.path.parent, now))
    drilled = last_drill(db)
    due = _drill_due(copies, drilled, now)
    unsure = unsure_since(db)
    return Backups(copies, needs_backup(db), drilled, due, unsure.made if unsure else None)


def _drill_due(copies: tuple[Copy, ...], drilled: date | None, now: datetime) -> bool:
    """Once a month a copy is opened for proof; a register whose first copy is younger has nothing to prove yet."""
    if drilled is not None:
        return bool(copies) and not timedelta(0) <= now.date() - drilled <= DRILL
    oldest = min((one.made for one in copies if not one.ahead), default=None)
    return oldest is not None and now.replace(tzinfo=None) - oldest > DRILL


@needs(Right.SEE)
def last_drill(db: Database) -> date | None:
    """The day on which a copy was last opened for proof."""
    try:
        return date.fromisoformat(str(get_setting(db, "drilled_on")))
    except ValueError:
        return None


def look_round(folder: Path, now: datetime) -> Copy | None:
    """Once a day read one old copy of that data folder; returns it when it is damaged."""
    try:
        return look_at_one(folder / FOLDER, now)
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class Drilled:
    """A copy that was opened for proof: what it holds, and how many changes it is behind the register."""

    copy: Copy
    found: Looked
    behind: int


@needs(Right.OWN)
def drill(db: Database, *, now: datetime) -> Drilled:
    """Put the newest copy into a folder of its own, open it there and read all of it; nothing else is touched.

    Raises UserError station.no_copy, station.copy_damaged, station.copy_other_key (the keys were changed since).
    """
    copies = [one for one in copies_of(db.path.parent, now) if not one.ahead]
    if not copies:
        raise UserError("station.no_copy")
    newest = copies[0]
    with tempfile.TemporaryDirectory(prefix="covidstation-") as place:
        path = Path(place, "register.db")
        draw_out(newest.path, path)
        found = look_over(path, db.key)
    if found is None:
        code = "station.copy_other_key" if is_whole(newest) else "station.copy_damaged"
        raise UserError(code, name=newest.path.name)
    change_setting(db, "drilled_on", now.date().isoformat(), by=None, now=now)
    with db.read() as session:
        seq = session.scalars(select(JournalStateRow.last_seq)).one()
    return Drilled(newest, found, max(0, seq - found.facts.seq))
