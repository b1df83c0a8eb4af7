"""Who is due for which dose: the lists over the book, one person's state, groups that are vaccinated first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.kept import kept
from covidstation.db.queries.vaccine_due import (
    DueCounts,
    DueFilter,
    DueList,
    DueSort,
    count_by_hamlet,
    count_due,
    count_lacking,
    due_until,
    list_due,
)
from covidstation.db.rows import PersonRow
from covidstation.db.session import Database
from covidstation.db.vaccine_book import facts_of, is_empty, refresh_book
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family
from covidstation.domain.vaccination.fitting import Brought, has_one_for
from covidstation.domain.vaccination.goals import Meant
from covidstation.domain.vaccination.priority import PriorityList, priority_on, read_priority_list
from covidstation.domain.vaccination.schedule import state_of
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.states import DueKind, VaccineFacts, VaccineState
from covidstation.errors import UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import schedule_in
from covidstation.services.rules.versions import rules_in

TO_GIVE = frozenset((DueKind.DUE, DueKind.OVERDUE))
"""Who can be invited now."""


@needs(Right.SEE)
def due_list(
    db: Database,
    wanted: DueFilter,
    *,
    catalog: Catalog,
    now: datetime,
    sort: DueSort = DueSort.DAY,
    descending: bool = False,
) -> DueList:
    """The people filtered and sorted; the book is brought up to the day first."""
    groups = priority_list(db, catalog=catalog, day=now.date())
    refresh_book(db, _schedule(db, catalog), today=now.date(), now=now)
    return list_due(db, wanted, today=now.date(), groups=groups, sort=sort, descending=descending)


@needs(Right.SEE)
def lacking_by_hamlet(db: Database, lacks: Meant, *, catalog: Catalog, now: datetime) -> Mapping[UUID | None, int]:
    """Of those that it means, how many in which hamlet have not reached its level; the book is brought up to the day
    first. In all they are as many as the coverage says."""
    groups = priority_list(db, catalog=catalog, day=now.date())
    refresh_book(db, _schedule(db, catalog), today=now.date(), now=now)
    return count_lacking(db, lacks, today=now.date(), groups=groups)


@needs(Right.SEE)
def due_on_day(
    db: Database,
    wanted: DueFilter,
    *,
    catalog: Catalog,
    now: datetime,
    day: date,
    products: Collection[Brought] = (),
) -> tuple[UUID, ...]:
    """Whom a session of that day can give their next dose, of those whom the filter takes (its lists apart), who waits
    longest first; with what is known today. `products`: who may have one of these, of vials for their age; none named
    means any. For a day that is over: who is due today."""
    today, day = now.date(), max(day, now.date())
    schedule, groups = _schedule(db, catalog), priority_list(db, catalog=catalog, day=today)
    refresh_book(db, schedule, today=today, now=now)
    found: list[tuple[date, str, UUID]] = []
    with db.read() as session:
        lines = due_until(session, TO_GIVE, day, wanted, today=today, groups=groups)
        shelf = schedule.products_on(day)
        by_age = any(shelf.vial(*one) for one in products)
        facts = facts_of(session, [one.person_id for one in lines if one.turns or by_age])
    for one in lines:
        due_on, offered = one.due_on, one.products.split()
        if one.turns:
            state = state_of(schedule, facts[one.person_id], day)
            if state.kind not in TO_GIVE:
                continue
            due_on, offered = state.due_on, list(state.products)
        birth = facts[one.person_id].birth if by_age else None
        if not products or has_one_for(products, offered, shelf, birth, day):
            found.append((due_on or date.max, one.sort_key, one.person_id))
    return tuple(person for _due, _key, person in sorted(found, key=lambda one: one[:2]))


def _schedule(db: Database, catalog: Catalog) -> Schedule:
    """The station's own, kept until somebody writes a rule."""

    def read() -> Schedule:
        with db.read() as session:
            return schedule_in(session, catalog)

    return kept(db, ("vaccine_schedule",), read, of=catalog)


@needs(Right.SEE)
def due_counts(db: Database, *, catalog: Catalog, now: datetime) -> DueCounts:
    """How everybody whom the station manages stands; the book is brought up to the day first."""
    refresh_book(db, _schedule(db, catalog), today=now.date(), now=now)
    return count_due(db)


@needs(Right.SEE)
def vaccine_state(db: Database, person_id: UUID, *, catalog: Catalog, now: datetime) -> VaccineState:
    """Where one person stands today, asked from nothing. Raises UserError people.unknown_person."""
    with db.read() as session:
        return state_in(session, person_id, catalog=catalog, on=now.date())


def state_in(session: Session, person_id: UUID, *, catalog: Catalog, on: date) -> VaccineState:
    """The same inside another transaction, for any day."""
    facts = vaccine_facts_in(session, person_id)
    return state_of(schedule_in(session, catalog), facts, on)


def vaccine_facts_in(session: Session, person_id: UUID) -> VaccineFacts:
    """What the schedule asks about one person. Raises UserError people.unknown_person."""
    found = facts_of(session, [person_id]).get(person_id)
    if found is None:
        raise UserError("people.unknown_person")
    return found


def priorities_in(session: Session, catalog: Catalog, day: date) -> PriorityList:
    """The groups of that day, as the station has them."""
    lists = rules_in(session, Family.PRIORITY, catalog.vaccine_priorities, read_priority_list)
    return priority_on(lists, day)


@needs(Right.SEE)
def priority_list(db: Database, *, catalog: Catalog, day: date) -> PriorityList:
    """The groups of that day, for a window."""

    def read() -> PriorityList:
        with db.read() as session:
            return priorities_in(session, catalog, day)

    return kept(db, ("vaccine_priority", day), read, of=catalog)


@needs(Right.ENTER)
def set_priority_group(
    db: Database, people: Sequence[UUID], group: str, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[int]:
    """Say which group these people belong to; empty for nobody said. How many were changed.

    Raises UserError vaccination.group_unknown, and people.unknown_person for who is not there.
    """
    with db.write(by, now) as session:
        if group and priorities_in(session, catalog, now.date()).group(group) is None:
            raise UserError("vaccination.group_unknown")
        changed = 0
        for person in dict.fromkeys(people):
            row = session.scalars(select(PersonRow).where(PersonRow.id == person)).first()
            if row is None:
                raise UserError("people.unknown_person")
            changed += row.priority_group != group
            row.priority_group = group
        return done(changed, Kind.PEOPLE, Kind.VACCINES)


@dataclass(frozen=True, slots=True)
class DueWork:
    """What Hôm nay says of vaccination: how many are due and overdue, and where those live who are due, most first."""

    due: int = 0
    overdue: int = 0
    where: tuple[tuple[str, int], ...] = ()


@needs(Right.SEE)
def due_work(
    db: Database, *, catalog: Catalog, now: datetime, hamlets: Collection[UUID | None] | None = None
) -> DueWork:
    """The line of Hôm nay, of these hamlets alone. Nothing as long as the whole book has to be written anew, which
    takes seconds: the page does it; nor on a full disk, which keeps nobody from the rest of Hôm nay."""
    schedule = _schedule(db, catalog)
    with db.read() as session:
        if is_empty(session, schedule, now.date()):
            return DueWork()
    try:
        refresh_book(db, schedule, today=now.date(), now=now)
    except UserError:
        return DueWork()
    found = count_by_hamlet(db, TO_GIVE, hamlets)
    due = found.get(DueKind.DUE, {})
    where = tuple(sorted(due.items(), key=lambda one: (-one[1], one[0])))
    return DueWork(sum(due.values()), sum(found.get(DueKind.OVERDUE, {}).values()), where)
