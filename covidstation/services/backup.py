"""Keeping a good copy of the register."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from covidstation.db.backup import make_backup
from covidstation.db.session import Database


def back_up(db: Database, *, now: datetime) -> Path:
    """Make a verified copy beside the register. Raises UserError station.backup_failed, station.disk_full."""
    return make_backup(db, now=now)
