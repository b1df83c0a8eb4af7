"""Within the commune: from one household to another, a part of one into a new one, one house to another place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.db.queries.residence import stand_of
from covidstation.db.rows import HouseholdRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.residence import ChangeKind, Living, Relation, Stand, old_head_to_new, under_new_head
from covidstation.domain.rights import Right
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.households.changing import (
    begin_act,
    change,
    hamlet_in,
    head_name,
    household_in,
    members_in,
    people_here,
    person_in,
    settle_heads,
)
from covidstation.services.people import choose_head
from covidstation.services.places import new_household
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDraft:
    """People of one household who go to another: an existing one, or (without `household_id`) a new one.

    A new household has a hamlet, an address and one of them as its head. `new_head`: who leads the household that they
    leave, when its head goes and others stay.
    """

    people: tuple[UUID, ...]
    household_id: UUID | None = None
    hamlet_id: UUID | None = None
    address: str = ""
    head_id: UUID | None = None
    new_head: UUID | None = None
    day: date | None = None
    note: str = ""


@needs(Right.ENTER)
def move_people(db: Database, draft: MoveDraft, *, by: UUID | None, by_name: str, now: datetime) -> Done[UUID]:
    """Move people to another household, or part them into a new one: the value is the household's id.

    Raises Refused: households.day_missing, day_future, before_birth, later_change, head_missing, hamlet_missing,
    new_head_missing; UserError households.nobody, not_here, died, there_already, people.no_household.
    """
    with db.write(by, now) as session:
        act = begin_act(ChangeKind.MOVED, draft.day, today=now.date(), note=draft.note, by_name=by_name)
        rows = people_here(session, draft.people)
        left = [row.household_id for row in rows]
        relations: dict[UUID, Relation] = {}
        if draft.household_id is not None:
            target = household_in(session, draft.household_id)
            if not members_in(session, target.id):
                target.head_id = _leader(draft, rows)
            there = next((row for row in rows if row.household_id == target.id), None)
            if there is not None:
                raise UserError("households.there_already", name=there.full_name, head=head_name(session, target))
        else:
            target = _founded(session, draft, rows)
            relations = _relations(session, rows, target.head_id)
        for row in rows:
            stand = Stand(row.living, target.hamlet_id or row.hamlet_id, target.id)
            change(session, act, row, stand, relation=relations.get(row.id, Relation.UNKNOWN))
        settle_heads(session, left, draft.new_head)
        return done(target.id, Kind.PEOPLE, Kind.PLACES)


def _founded(session: Session, draft: MoveDraft, rows: list[PersonRow]) -> HouseholdRow:
    hamlet = hamlet_in(session, draft.hamlet_id)
    household = new_household(session, hamlet, "")
    household.head_id, household.address = _leader(draft, rows), checked_address(draft.address)
    session.flush()
    return household


def _leader(draft: MoveDraft, rows: list[PersonRow]) -> UUID:
    """Who of them leads a house that nobody lives in yet. Raises Refused households.new_head_missing."""
    head = rows[0].id if len(rows) == 1 else draft.head_id
    if head is None or head not in {row.id for row in rows}:
        raise Refused([Problem("head_id", "households.new_head_missing")])
    return head


def _relations(session: Session, rows: list[PersonRow], head_id: UUID | None) -> dict[UUID, Relation]:
    """What those who part together are to their new head, as far as it follows from the household they leave."""
    leads = next(row for row in rows if row.id == head_id)
    if any(row.household_id != leads.household_id for row in rows) or leads.household_id is None:
        return {}
    old_head = household_in(session, leads.household_id).head_id
    if old_head == leads.id:
        return {row.id: Relation(row.relation) for row in rows}
    chosen = Relation(leads.relation)
    return {
        row.id: old_head_to_new(chosen) if row.id == old_head else under_new_head(chosen, Relation(row.relation))
        for row in rows
        if row.id != leads.id
    }


@needs(Right.ENTER)
def move_household(
    db: Database,
    household_id: UUID,
    hamlet_id: UUID | None,
    address: str,
    *,
    day: date | None,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[UUID]:
    """The whole house goes to another hamlet with its head and all its members.

    Raises Refused: households.day_missing, day_future, before_birth, later_change, hamlet_missing; UserError
    households.nobody, died, same_hamlet, people.no_household.
    """
    with db.write(by, now) as session:
        household = household_in(session, household_id)
        hamlet = hamlet_in(session, hamlet_id)
        if hamlet == household.hamlet_id:
            raise UserError("households.same_hamlet")
        act = begin_act(
            ChangeKind.MOVED, day, today=now.date(), place=household.address, by_name=by_name
        )  # the address it leaves, which taking back restores
        rows = people_here(session, [row.id for row in members_in(session, household_id)])
        household.hamlet_id, household.address = hamlet, checked_address(address)
        household.walk_order, household.trip = None, ""  # the way of the hamlet that it leaves
        session.flush()
        for row in rows:
            change(session, act, row, Stand(row.living, hamlet, household_id), relation=Relation(row.relation))
        return done(household_id, Kind.PEOPLE, Kind.PLACES)


@needs(Right.ENTER)
def settle_person(
    db: Database, person_id: UUID, living: Living, *, day: date | None, by: UUID | None, by_name: str, now: datetime
) -> Done[UUID]:
    """From temporary to permanent, or the other way: they stay where they are.

    Raises Refused: households.day_missing, day_future, before_birth, later_change; UserError households.not_here, died.
    """
    if living not in (Living.PERMANENT, Living.TEMPORARY):
        raise ValueError(living)
    with db.write(by, now) as session:
        row = people_here(session, [person_id])[0]
        act = begin_act(ChangeKind.SETTLED, day, today=now.date(), by_name=by_name)
        stand = stand_of(row)
        change(session, act, row, Stand(living, stand.hamlet_id, stand.household_id), relation=Relation(row.relation))
        return done(person_id, Kind.PEOPLE)


MOST_ORDER: Final = 9999


@dataclass(frozen=True, slots=True)
class Way:
    """Where a household lies on the way from door to door: its number within the hamlet, and the way (cụm)."""

    order: int | None = None
    trip: str = ""


def checked_way(way: Way) -> Way:
    """Tidy. Raises Refused: reviews.order_range, a text that is too long."""
    trip = clean(way.trip)
    found = [*too_long("trip", trip, TEXT_LIMIT)]
    if way.order is not None and not 1 <= way.order <= MOST_ORDER:
        found.append(Problem("walk_order", "reviews.order_range", {"most": str(MOST_ORDER)}))
    if found:
        raise Refused(found)
    return Way(way.order, trip)


@needs(Right.ENTER)
def edit_household(
    db: Database,
    household_id: UUID,
    *,
    address: str,
    head_id: UUID | None,
    way: Way | None = None,
    by: UUID | None,
    now: datetime,
) -> Done[UUID]:
    """Correct the address and the way (None leaves it), choose another head among the members.

    Raises Refused: a text that is too long, reviews.order_range, households.head_not_member; UserError
    people.no_household.
    """
    with db.write(by, now) as session:
        household = household_in(session, household_id)
        household.address = checked_address(address)
        if way is not None:
            way = checked_way(way)
            household.walk_order, household.trip = way.order, way.trip
        if head_id is not None and head_id != household.head_id:
            members = {row.id: row for row in members_in(session, household_id)}
            if head_id not in members:
                raise Refused([Problem("head_id", "households.head_not_member")])
            choose_head(session, household, members[head_id])
        return done(household_id, Kind.PEOPLE, Kind.PLACES)


@needs(Right.ENTER)
def set_relation(db: Database, person_id: UUID, relation: Relation, *, by: UUID | None, now: datetime) -> Done[UUID]:
    """What a member is to the head. Raises UserError people.unknown_person, households.is_head."""
    with db.write(by, now) as session:
        row = person_in(session, person_id)
        if row.household_id is not None and household_in(session, row.household_id).head_id == row.id:
            raise UserError("households.is_head", name=row.full_name)
        row.relation = relation.value
        return done(person_id, Kind.PEOPLE)


def checked_address(text: str) -> str:
    """Tidy. Raises Refused for a text that is too long."""
    text = clean(text)
    if found := too_long("address", text, TEXT_LIMIT):
        raise Refused(found)
    return text
