"""A hamlet that ends: its households go to another one in one act, and whoever was in charge goes with them.

Papers, reports and old lists keep the name that they were written with: a paper holds its own words, and everybody's
move stands in `residence`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.queries.residence import lives_here
from covidstation.db.rows import DutyRow, HamletRow, HouseholdRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem
from covidstation.domain.residence import ChangeKind, Relation, Stand
from covidstation.domain.rights import Right
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.households.changing import Act, begin_act, change, hamlet_in
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True)
class EndedHamlet:
    """What went along; `act_id` takes the moves back (`undo_change`), and the hamlet is in use again."""

    act_id: UUID
    people: int
    homes: int
    duties: int


@needs(Right.MANAGE)
def end_hamlet(
    db: Database,
    hamlet_id: UUID,
    into: UUID | None,
    *,
    day: date | None,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[EndedHamlet]:
    """From `day` on the hamlet is no longer in use; its people and households belong to `into`, which may be None only
    where nobody is left.

    Raises Refused: households.day_missing, day_future, hamlet_same, hamlet_target, hamlet_missing, before_birth,
    later_change; UserError households.hamlet_ended, staff.unknown_hamlet.
    """
    with db.write(by, now) as session:
        hamlet = _in_use(session, hamlet_id)
        act = begin_act(ChangeKind.MOVED, day, today=now.date(), by_name=by_name)
        people = list(session.scalars(select(PersonRow).where(PersonRow.hamlet_id == hamlet_id, lives_here())))
        homes = list(session.scalars(select(HouseholdRow).where(HouseholdRow.hamlet_id == hamlet_id)))
        if into == hamlet_id:
            raise Refused([Problem("into", "households.hamlet_same")])
        duties = 0
        if into is not None:
            target = hamlet_in(session, into)
            _move_all(session, act, people, homes, target)
            duties = _hand_over(session, hamlet_id, target, act.day)
        elif people:
            params = {"people": str(len(people)), "homes": str(len(homes)), "name": hamlet.name}
            raise Refused([Problem("into", "households.hamlet_target", params)])
        hamlet.valid_until = act.day - timedelta(days=1)
        found = EndedHamlet(act.id, len(people), len(homes), duties)
        return done(found, Kind.PEOPLE, Kind.PLACES, Kind.STATION)


def _in_use(session: Session, hamlet_id: UUID) -> HamletRow:
    row = session.scalars(select(HamletRow).where(HamletRow.id == hamlet_id)).first()
    if row is None:
        raise UserError("staff.unknown_hamlet")
    if row.valid_until is not None:
        raise UserError("households.hamlet_ended", name=row.name)
    return row


def _move_all(session: Session, act: Act, people: list[PersonRow], homes: list[HouseholdRow], target: UUID) -> None:
    """Houses stay where they stand: only the hamlet's name over them changes, and with it their number on the way."""
    addresses = {home.id: home.address for home in homes}
    for home in homes:
        home.hamlet_id, home.walk_order = target, None
    session.flush()
    for row in people:
        home_id = row.household_id
        place = addresses.get(home_id, "") if home_id is not None else ""
        change(
            session,
            replace(act, place=place),  # the address that taking back restores
            row,
            Stand(row.living, target, home_id),
            relation=Relation(row.relation),
        )


def _hand_over(session: Session, hamlet_id: UUID, target: UUID, day: date) -> int:
    """Who is in charge of the old hamlet that day goes on for the new one; how many."""
    running = or_(DutyRow.valid_until.is_(None), DutyRow.valid_until >= day)
    held = list(session.scalars(select(DutyRow).where(DutyRow.hamlet_id == target, running)))
    known = {(row.name.casefold(), row.phone, row.team) for row in held}
    moved = 0
    for row in session.scalars(select(DutyRow).where(DutyRow.hamlet_id == hamlet_id, running)).all():
        begun = row.valid_from is None or row.valid_from < day
        if (row.name.casefold(), row.phone, row.team) not in known:
            moved += 1
            if not begun:
                row.hamlet_id = target
                continue
            session.add(_copy(row, target, day))
        row.valid_until = day - timedelta(days=1) if begun else row.valid_from
    return moved


def _copy(row: DutyRow, target: UUID, day: date) -> DutyRow:
    return DutyRow(
        id=new_id(),
        name=row.name,
        title=row.title,
        phone=row.phone,
        hamlet_id=target,
        valid_from=day,
        valid_until=row.valid_until,
        role=row.role,
        team=row.team,
        user_id=row.user_id,
    )
