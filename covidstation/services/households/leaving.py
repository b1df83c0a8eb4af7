"""Out of the commune, or of life; and any change taken back that nothing came after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.queries.residence import newest_changes, stand_of, stands
from covidstation.db.rows import HamletRow, HouseholdRow, PersonRow, ResidenceRow
from covidstation.db.session import Database
from covidstation.domain.residence import ChangeKind, Living, Relation, Stand
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.services.care.contact_ends import end_contacts_in
from covidstation.services.care.follow_up import remove_follow_up_in
from covidstation.services.changes import Done, Kind, done
from covidstation.services.households.changing import (
    begin_act,
    change,
    household_in,
    members_in,
    people_here,
    person_in,
    put_there,
    refuse_open_case,
    settle_heads,
)
from covidstation.services.people import index_person
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureDraft:
    """People who leave the commune; `new_head` leads those who stay, when the head goes."""

    people: tuple[UUID, ...]
    day: date | None = None
    place: str = ""  # where to
    note: str = ""
    new_head: UUID | None = None


@needs(Right.ENTER)
def record_departure(
    db: Database, draft: DepartureDraft, *, by: UUID | None, by_name: str, now: datetime
) -> Done[UUID]:
    """They live elsewhere from that day on; the value is the act's id, by which it is taken back.

    Raises Refused: households.day_missing, day_future, before_birth, later_change, head_missing; UserError
    households.nobody, not_here, died, leaves_as_f0.
    """
    with db.write(by, now) as session:
        act = begin_act(
            ChangeKind.LEFT, draft.day, today=now.date(), place=draft.place, note=draft.note, by_name=by_name
        )
        rows = people_here(session, draft.people)
        left = [row.household_id for row in rows]
        for row in rows:
            refuse_open_case(session, row, "households.leaves_as_f0")
            change(session, act, row, Stand(Living.LEFT, row.hamlet_id, None))
        settle_heads(session, left, draft.new_head)
        return done(act.id, Kind.PEOPLE, Kind.PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathDraft:
    """A death that is not the end of an F0's illness: that is written there."""

    person_id: UUID
    day: date | None = None
    place: str = ""
    note: str = ""  # the cause, as the family says it
    new_head: UUID | None = None


@needs(Right.ENTER)
def record_death(db: Database, draft: DeathDraft, *, by: UUID | None, by_name: str, now: datetime) -> Done[UUID]:
    """Somebody has died; a quarantine (F1) that runs, and planned visits, end with it. The value is the act's id.

    Raises Refused: households.day_missing, day_future, before_birth, later_change, head_missing; UserError
    households.not_here, died, dies_as_f0.
    """
    with db.write(by, now) as session:
        act = begin_act(
            ChangeKind.DIED, draft.day, today=now.date(), place=draft.place, note=draft.note, by_name=by_name
        )
        row = people_here(session, [draft.person_id])[0]
        refuse_open_case(session, row, "households.dies_as_f0")
        left = row.household_id
        change(session, act, row, Stand(Living.DIED, row.hamlet_id, None))
        remove_follow_up_in(session, person_id=row.id)
        end_contacts_in(session, row.id, act.day)
        settle_heads(session, [left], draft.new_head)
        return done(act.id, Kind.PEOPLE, Kind.PLACES, Kind.CONTACTS, Kind.CARE)


@needs(Right.ENTER)
def undo_change(db: Database, act_id: UUID, *, by: UUID | None, by_name: str, now: datetime) -> Done[int]:
    """Take an act back: everyone of it stands again as before, and the act stays in the register as taken back.

    Somebody whom it had entered counts nowhere from then on. Raises UserError households.undone_already,
    households.undo_later (something came after it), households.undo_edited (the record was corrected since).
    """
    with db.write(by, now) as session:
        rows = list(session.scalars(select(ResidenceRow).where(ResidenceRow.act == act_id, stands())))
        if not rows:
            raise UserError("households.undone_already")
        people = {row.person_id: person_in(session, row.person_id) for row in rows}
        _refuse_later(session, rows, people)
        for row in rows:
            _take_back(session, row, people[row.person_id], by_name=by_name)
        _restore_households(session, rows)
        for person in people.values():
            _live_where_the_house_is(session, person)
            index_person(session, person)
        return done(len(rows), Kind.PEOPLE, Kind.PLACES)


def _refuse_later(session: Session, rows: Sequence[ResidenceRow], people: dict[UUID, PersonRow]) -> None:
    newest = newest_changes(session, people)
    for row in rows:
        person = people[row.person_id]
        if newest.get(person.id) != row.id:
            raise UserError("households.undo_later", name=person.full_name)
        after = Stand(row.living_after, row.hamlet_after or person.hamlet_id, row.household_after)
        if stand_of(person) != after:
            raise UserError("households.undo_edited", name=person.full_name)


def _take_back(session: Session, row: ResidenceRow, person: PersonRow, *, by_name: str) -> None:
    session.add(
        ResidenceRow(
            id=new_id(),
            person_id=row.person_id,
            act=new_id(),
            day=row.day,
            change=row.change,
            by_name=clean(by_name),
            voids=row.id,
        )
    )
    put_there(
        person,
        Stand(row.living_before, row.hamlet_before, row.household_before),
        Relation(row.relation_before),
    )
    session.flush()


def _restore_households(session: Session, rows: Sequence[ResidenceRow]) -> None:
    """Heads lead their households again; a house that went as a whole stands again where it stood."""
    for row in rows:
        household = session.scalars(select(HouseholdRow).where(HouseholdRow.id == row.household_before)).first()
        if household is None:
            continue
        if row.household_before == row.household_after and row.change == ChangeKind.MOVED.value:
            household.hamlet_id, household.address = row.hamlet_before, row.place
            _use_again(session, row.hamlet_before)
        went = row.household_before != row.household_after  # who stayed in the house goes on as it is led by now
        if went and row.headed and household.head_id != row.person_id:
            _lead_again(session, household, row.person_id, {one.person_id for one in rows})
        session.flush()


def _live_where_the_house_is(session: Session, person: PersonRow) -> None:
    """The house may have gone to another hamlet while they were away."""
    if person.household_id is None:
        return
    hamlet = household_in(session, person.household_id).hamlet_id
    if hamlet is not None and hamlet != person.hamlet_id:
        person.hamlet_id = hamlet
        session.flush()


def _use_again(session: Session, hamlet_id: UUID | None) -> None:
    """A hamlet that ended by the act that is taken back."""
    hamlet = session.scalars(select(HamletRow).where(HamletRow.id == hamlet_id)).first()
    if hamlet is not None:
        hamlet.valid_until = None


def _lead_again(session: Session, household: HouseholdRow, head_id: UUID, back: set[UUID]) -> None:
    """What those who stayed were told to be to the head in between is asked again."""
    household.head_id = head_id
    session.flush()
    for member in members_in(session, household.id):
        if member.id not in back:
            member.relation = Relation.UNKNOWN.value
        index_person(session, member)
