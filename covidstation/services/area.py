"""Địa bàn của tôi: the hamlets of whoever unlocked the register, by today's shares or by their duties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from covidstation.db.queries.station import get_setting
from covidstation.db.rows import DutyRow, HamletRow, SettingRow, WorkShareRow
from covidstation.db.session import Database
from covidstation.domain.hamlets import capital
from covidstation.domain.rights import Right
from covidstation.domain.text import sort_key
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

SETTING = "my_area"
Hamlets = frozenset[UUID | None]


@dataclass(frozen=True, slots=True)
class Area:
    """Where somebody works on a day. `hamlets` None: everywhere, for who has no hamlet of their own or the whole
    commune; `assigned` tells the two apart. `shared`: by the sharing-out of that day, else by the duties. `chosen`:
    whether they want to see their own alone."""

    hamlets: Hamlets | None = None
    names: tuple[str, ...] = ()
    assigned: bool = False
    shared: bool = False
    chosen: bool = False

    @property
    def filter(self) -> Hamlets | None:
        """What lists show: their hamlets when they chose so, else None for all."""
        return self.hamlets if self.chosen else None


EVERYWHERE = Area()


@needs(Right.SEE)
def my_area(db: Database, day: date) -> Area:
    """The area of whoever unlocked the register; without a user, everywhere."""
    actor = db.actor
    if actor is None or actor.id is None:
        return Area()
    chosen = actor.id.hex in get_setting(db, SETTING).split(",")
    with db.read() as session:
        shared = shares_of(session, actor.id, actor.name, day)
        if shared:
            found: Hamlets | None = frozenset(row.hamlet_id for row in shared)
        else:
            duties = _duties_of(session, actor.id, actor.name, day)
            if not duties:
                return Area(chosen=chosen)
            places = frozenset(row.hamlet_id for row in duties)
            found = None if None in places else places
        return Area(found, _names(session, found or ()), assigned=True, shared=bool(shared), chosen=chosen)


@needs(Right.OWN)
def choose_area(db: Database, chosen: bool, *, by: UUID | None, now: datetime) -> Done[bool]:
    """Show my own area alone, or everything; kept for this user."""
    with db.write(by, now) as session:
        if by is None:
            return done(False)
        row = session.get(SettingRow, SETTING)
        kept = {one for one in str(row.value if row else "").split(",") if one}
        kept = kept | {by.hex} if chosen else kept - {by.hex}
        value = ",".join(sorted(kept))
        if row is None:
            session.add(SettingRow(key=SETTING, value=value, changed_at=now.replace(tzinfo=None)))
        else:
            row.value, row.changed_at = value, now.replace(tzinfo=None)
        return done(chosen, Kind.STATION)


def shares_of(session: Session, user_id: UUID, name: str, day: date) -> list[WorkShareRow]:
    """The hamlets that were shared out to that user on that day."""
    rows = latest_shares(session, day)
    return [row for row in rows if row.name and _is(row.user_id, row.name, user_id, name)]


def latest_shares(session: Session, day: date) -> list[WorkShareRow]:
    """The shares of that day, one a hamlet: where two computers wrote the same, the newer one."""
    found: dict[UUID | None, WorkShareRow] = {}
    query = select(WorkShareRow).where(WorkShareRow.day == day).order_by(WorkShareRow.rev, WorkShareRow.n)
    for row in session.scalars(query):
        found[row.hamlet_id] = row
    return list(found.values())


def _duties_of(session: Session, user_id: UUID, name: str, day: date) -> list[DutyRow]:
    begun = or_(DutyRow.valid_from.is_(None), DutyRow.valid_from <= day)
    running = or_(DutyRow.valid_until.is_(None), DutyRow.valid_until >= day)
    rows = session.scalars(select(DutyRow).where(begun, running))
    return [row for row in rows if _is(row.user_id, row.name, user_id, name)]


def _is(named: UUID | None, written: str, user_id: UUID, name: str) -> bool:
    """Who is meant: the user that was chosen, else whoever has the same name."""
    return named == user_id if named is not None else written.casefold() == name.casefold()


def _names(session: Session, hamlets: Iterable[UUID | None]) -> tuple[str, ...]:
    wanted = [one for one in hamlets if one is not None]
    rows = session.scalars(select(HamletRow).where(HamletRow.id.in_(wanted)))
    return tuple(sorted((f"{capital(row.kind)} {row.name}" for row in rows), key=sort_key))
