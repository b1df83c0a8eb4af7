"""The station as its papers name it, its users and its settings."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from covidstation.db.rows import EpisodeRow, PersonRow, SettingRow, StationRow, UserRow
from covidstation.db.session import Database
from covidstation.domain.station import Station, StationDraft
from covidstation.settings import SETTINGS


@dataclass(frozen=True, slots=True)
class User:
    """A member of staff."""

    id: UUID
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How large the register is."""

    people: int
    episodes: int


def get_station(db: Database) -> Station:
    """The station's own record."""
    with db.read() as session:
        row = session.scalars(select(StationRow)).one()
        return Station(id=row.id, **{name: getattr(row, name) for name in StationDraft.__dataclass_fields__})


def users(db: Database) -> list[User]:
    """Everyone who may unlock the register."""
    with db.read() as session:
        rows = session.scalars(select(UserRow).where(UserRow.disabled_on.is_(None)).order_by(UserRow.n))
        return [User(row.id, row.name, row.role) for row in rows]


def get_setting(db: Database, key: str) -> str:
    """The setting's value, or its default. Raises KeyError for an undeclared one."""
    default = SETTINGS[key].default
    with db.read() as session:
        row = session.get(SettingRow, key)
        return str(row.value) if row else default


def counts(db: Database) -> Counts:
    """People and episodes in the register."""
    with db.read() as session:
        people = session.scalar(select(func.count()).select_from(PersonRow)) or 0  # all are counted at once,
        people -= session.scalar(select(func.count()).where(PersonRow.merged_into.is_not(None))) or 0  # the few by name
        episodes = session.scalar(select(func.count()).select_from(EpisodeRow)) or 0
        return Counts(people, episodes)
