"""Địa bàn của tôi: the hamlets of whoever unlocked the register, by today's shares or by their duties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from covidstation.db.queries.station import get_setting
from covidstation.db.rows import DutyRow, HamletRow, HouseholdRow, SettingRow, WorkShareRow
from covidstation.db.session import Database
from covidstation.domain.areas import Hamlets as Hamlets
from covidstation.domain.areas import Part, Places, share_of
from covidstation.domain.hamlets import capital
from covidstation.domain.rights import Right
from covidstation.domain.text import sort_key
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

SETTING = "my_area"


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
            found: Hamlets | None = _with_parts(session, shared, actor.id, actor.name, day)
        else:
            duties = _duties_of(session, actor.id, actor.name, day)
            if not duties:
                return Area(chosen=chosen)
            found = places_of(session, duties, day)
        names = _names(session, {*(found or ()), *_split(found)})
        return Area(found, names, assigned=True, shared=bool(shared), chosen=chosen)


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
    return [row for row in _running(session, day) if _is(row.user_id, row.name, user_id, name)]


def _running(session: Session, day: date) -> list[DutyRow]:
    begun = or_(DutyRow.valid_from.is_(None), DutyRow.valid_from <= day)
    running = or_(DutyRow.valid_until.is_(None), DutyRow.valid_until >= day)
    return list(session.scalars(select(DutyRow).where(begun, running)))


def _with_parts(
    session: Session, shared: Sequence[WorkShareRow], user_id: UUID, name: str, day: date
) -> Hamlets | None:
    """The hamlets that were shared out to somebody, and their parts of hamlets that went to nobody as a whole."""
    given = {row.hamlet_id for row in latest_shares(session, day) if row.name}
    parts = [row for row in _duties_of(session, user_id, name, day) if not _part(row).whole]
    found = places_of(session, [row for row in parts if row.hamlet_id not in given], day)
    whole = frozenset(row.hamlet_id for row in shared)
    return Places(whole, found.homes, found.split) if isinstance(found, Places) else whole


def parts_on(session: Session, day: date) -> dict[UUID, list[DutyRow]]:
    """Who is in charge of a part of which hamlet on that day; hamlets that are not split are not in it."""
    found: dict[UUID, list[DutyRow]] = {}
    for row in _running(session, day):
        if row.hamlet_id is not None and not _part(row).whole:
            found.setdefault(row.hamlet_id, []).append(row)
    return found


def places_of(session: Session, duties: Sequence[DutyRow], day: date) -> Hamlets | None:
    """Whole hamlets, and of those that are split the houses of these duties with what nobody's part holds."""
    whole = frozenset(row.hamlet_id for row in duties if _part(row).whole)
    if None in whole:
        return None
    split = {row.hamlet_id for row in duties if row.hamlet_id is not None} - whole
    if not split:
        return whole
    mine = {row.id for row in duties}
    homes: dict[UUID, UUID] = {}
    others = [row for row in _running(session, day) if row.id not in mine and not _part(row).whole]
    for hamlet in sorted(split, key=lambda one: one.int):
        columns = select(HouseholdRow.id, HouseholdRow.trip, HouseholdRow.walk_order)
        there = {home: (trip, number) for home, trip, number in
                 session.execute(columns.where(HouseholdRow.hamlet_id == hamlet))}  # fmt: skip
        theirs = [_part(row) for row in others if row.hamlet_id == hamlet]
        own = [_part(row) for row in duties if row.hamlet_id == hamlet]
        homes |= dict.fromkeys(share_of(own, theirs, there), hamlet)
    return Places(whole, homes, split)


def _part(row: DutyRow) -> Part:
    return Part(row.trip, row.first_house, row.last_house)


def _split(found: Hamlets | None) -> frozenset[UUID]:
    return found.split if isinstance(found, Places) else frozenset()


def _is(named: UUID | None, written: str, user_id: UUID, name: str) -> bool:
    """Who is meant: the user that was chosen, else whoever has the same name."""
    return named == user_id if named is not None else written.casefold() == name.casefold()


def _names(session: Session, hamlets: Iterable[UUID | None]) -> tuple[str, ...]:
    wanted = [one for one in hamlets if one is not None]
    rows = session.scalars(select(HamletRow).where(HamletRow.id.in_(wanted)))
    return tuple(sorted((f"{capital(row.kind)} {row.name}" for row in rows), key=sort_key))
