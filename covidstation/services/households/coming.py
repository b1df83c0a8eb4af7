"""Into the commune: births, arrivals for good or for a time, and those who have lived there all along."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.mapping import birth_of
from covidstation.db.queries.residence import stand_of
from covidstation.db.rows import HouseholdRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.people import PersonDraft
from covidstation.domain.problems import Problem
from covidstation.domain.residence import NOWHERE, ChangeKind, Living, Relation, Stand
from covidstation.domain.rights import Right
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.households.changing import (
    begin_act,
    hamlet_in,
    head_name,
    household_in,
    members_in,
    person_in,
    put_there,
    refuse_dead,
    write_change,
)
from covidstation.services.households.moving import checked_address
from covidstation.services.people import index_person, put_person
from covidstation.services.places import new_household
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalDraft:
    """Somebody who comes to live in a household, or in a new one as its head (without `household_id`).

    `person_id` is a known person, else `person` is a new one. Without a `day` they have lived there all along.
    """

    household_id: UUID | None = None
    hamlet_id: UUID | None = None
    address: str = ""
    person_id: UUID | None = None
    person: PersonDraft = field(default_factory=PersonDraft)
    living: Living = Living.PERMANENT
    relation: Relation = Relation.UNKNOWN
    day: date | None = None
    place: str = ""  # where from


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who lives where now."""

    person_id: UUID
    household_id: UUID


@needs(Right.ENTER)
def record_arrival(
    db: Database, draft: ArrivalDraft, *, catalog: Catalog, by: UUID | None, by_name: str, now: datetime
) -> Done[Arrived]:
    """Enter who lives in a household, newly come or all along.

    Raises Refused: the person's own problems, households.day_missing (of somebody who had left), day_future,
    before_birth, later_change, hamlet_missing; UserError households.lives_in, died, people.no_household.
    """
    with db.write(by, now) as session:
        household = household_in(session, draft.household_id) if draft.household_id else _founded(session, draft)
        row, before = _whose(session, draft, household, catalog, now)
        hamlet = household.hamlet_id or row.hamlet_id
        after = Stand(draft.living, hamlet, household.id)
        if not members_in(session, household.id):
            household.head_id = row.id  # who comes first, or comes back to an empty house, leads it
        relation = Relation.UNKNOWN if household.head_id == row.id else draft.relation
        if draft.day is None and before is None:
            put_there(row, after, relation)
            session.flush()
            index_person(session, row)
        else:
            act = begin_act(ChangeKind.CAME, draft.day, today=now.date(), place=draft.place, by_name=by_name)
            write_change(session, act, row, before or NOWHERE, after, relation=relation)
        return done(Arrived(row.id, household.id), Kind.PEOPLE, Kind.PLACES)


def _founded(session: Session, draft: ArrivalDraft) -> HouseholdRow:
    household = new_household(session, hamlet_in(session, draft.hamlet_id), "")
    household.address = checked_address(draft.address)
    session.flush()
    return household


def _whose(
    session: Session, draft: ArrivalDraft, household: HouseholdRow, catalog: Catalog, now: datetime
) -> tuple[PersonRow, Stand | None]:
    """The person, and where a known one stood if they had left; None for one who was never written to be elsewhere."""
    if draft.person_id is None:
        wanted = replace(draft.person, hamlet_id=household.hamlet_id, household_id=None)
        return put_person(session, None, wanted, catalog=catalog, now=now), None
    row = person_in(session, draft.person_id)
    stand = stand_of(row)
    if stand.living == Living.DIED:
        raise UserError("households.died", name=row.full_name)
    refuse_dead(session, row)
    if row.household_id is not None and stand.here:
        raise UserError(
            "households.lives_in", name=row.full_name, head=head_name(session, household_in(session, row.household_id))
        )
    return row, None if stand.living == Living.KNOWN or stand.here else stand


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthDraft:
    """A child born into a household; `person.birth` is the full date, which is the day of the change."""

    household_id: UUID
    person: PersonDraft
    relation: Relation = Relation.GRANDCHILD
    place: str = ""


@needs(Right.ENTER)
def record_birth(
    db: Database, draft: BirthDraft, *, catalog: Catalog, by: UUID | None, by_name: str, now: datetime
) -> Done[UUID]:
    """A newborn of a household; the value is the child's id.

    Raises Refused: the person's own problems, households.birth_day, day_future; UserError people.no_household,
    households.empty_home.
    """
    with db.write(by, now) as session:
        household = household_in(session, draft.household_id)
        if not members_in(session, household.id):
            raise UserError("households.empty_home")
        if draft.person.birth is None or draft.person.birth.full is None:
            raise Refused([Problem("birth", "households.birth_day")])
        wanted = replace(draft.person, hamlet_id=household.hamlet_id, household_id=None)
        row = put_person(session, None, wanted, catalog=catalog, now=now)
        born = birth_of(row)
        day = born.full if born else None
        act = begin_act(ChangeKind.BORN, day, today=now.date(), place=draft.place, by_name=by_name)
        after = Stand(Living.PERMANENT, household.hamlet_id, household.id)
        write_change(session, act, row, NOWHERE, after, relation=draft.relation)
        return done(row.id, Kind.PEOPLE, Kind.PLACES)
