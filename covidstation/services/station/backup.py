"""Keeping a good copy of the register."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from covidstation.db.backup import last_backup, make_backup
from covidstation.db.queries.sync import newest_change
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.services.rights import needs


@needs(Right.OWN)
def back_up(db: Database, *, now: datetime) -> Path:
    """Make a verified copy beside the register. Raises UserError station.backup_failed, station.disk_full."""
    return make_backup(db, now=now)


@needs(Right.SEE)
def needs_backup(db: Database) -> bool:
    """Whether anything was saved since the newest copy was made."""
    made = last_backup(db.path.parent)
    if made is None:
        return True
    newest = newest_change(db)
    return newest is not None and newest >= made.astimezone(UTC)
