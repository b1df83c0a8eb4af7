"""The station's own record and settings."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from covidstation.db.rows import SettingRow, StationRow
from covidstation.db.session import Database
from covidstation.domain.problems import errors
from covidstation.domain.rights import Right
from covidstation.domain.station import StationDraft, check_station
from covidstation.domain.text import clean
from covidstation.errors import Refused
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs, require
from covidstation.settings import SETTINGS, checked


def tidy_station(draft: StationDraft) -> StationDraft:
    """The draft as it is kept: texts NFC, spaces squeezed."""
    texts: dict[str, Any] = {name: clean(value) for name, value in asdict(draft).items() if isinstance(value, str)}
    return replace(draft, **texts)


@needs(Right.MANAGE)
def edit_station(db: Database, draft: StationDraft, *, by: UUID | None, now: datetime) -> Done[None]:
    """Change the station's record; papers already issued keep what they say. Raises Refused."""
    draft = tidy_station(draft)
    found = errors(check_station(draft))
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        row = session.scalars(select(StationRow)).one()
        for name, value in asdict(draft).items():
            if name != "training" and getattr(row, name) != value:
                setattr(row, name, value)
    return done(None, Kind.STATION)


@needs(Right.OWN)
def change_setting(db: Database, key: str, value: str, *, by: UUID | None, now: datetime) -> Done[None]:
    """Set one declared setting. Raises UserError station.unknown_setting, station.bad_setting, rights.manage."""
    value = checked(key, value)
    if SETTINGS[key].whole:
        require(db, Right.MANAGE)
    with db.write(by, now) as session:
        session.merge(SettingRow(key=key, value=value, changed_at=now.replace(tzinfo=None)))
    return done(None, Kind.STATION)
