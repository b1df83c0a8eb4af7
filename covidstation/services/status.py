"""The state of the station in one look, for the status line, the command line and whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import disk_usage

from covidstation.catalog import Catalog
from covidstation.db.backup import last_backup
from covidstation.db.kept import kept
from covidstation.db.queries.station import counts, get_setting, get_station
from covidstation.db.queries.sync import SyncState, sync_state
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.services.access.opening import Register
from covidstation.services.certificate import is_enrolled
from covidstation.services.preferences import Preferences
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True)
class Status:
    """Counted now. `last_backup` is wall clock; what is None has never happened."""

    station: str
    commune_code: str
    training: bool
    people: int
    episodes: int
    enrolled: bool
    sync: SyncState
    last_backup: datetime | None
    free: int | None = None  # bytes, where the register lies; None: the system does not say

    def oldest_age(self, now: datetime) -> timedelta | None:
        """How long the oldest unsent change has waited; never below zero when the clock went back."""
        return self.sync.oldest_age(now)


def free_room(folder: Path) -> int | None:
    """Bytes free where the register lies; None when the system does not say."""
    try:
        return disk_usage(folder).free
    except OSError:
        return None


@needs(Right.SEE)
def station_status(db: Database, folder: Path) -> Status:
    """Ask the register and the backup folder."""
    station, size = get_station(db), kept(db, "status.counts", lambda: counts(db))
    return Status(
        station=station.name,
        commune_code=station.commune_code,
        training=station.training,
        people=size.people,
        episodes=size.episodes,
        enrolled=is_enrolled(db),
        sync=sync_state(db),
        last_backup=last_backup(folder),
        free=free_room(folder),
    )


@needs(Right.SEE)
def preferences_of(register: Register, catalog: Catalog, today: date) -> Preferences:
    """What the window should know before the next unlocking."""
    db = register.db
    station = get_station(db)
    try:
        place = catalog.units.full_name(station.commune_code, today)
    except KeyError:  # a code that no longer stands on today's table
        place = station.upper_name
    return Preferences(
        language=get_setting(db, "language"),
        theme=get_setting(db, "theme"),
        station=station.name,
        place=place[:1].upper() + place[1:],
        last_user=register.user_name,
        training=register.training,
        lock_minutes=int(get_setting(db, "lock_minutes")),
    )
