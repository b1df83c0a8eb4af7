"""Inviting out of the list of who is due: whom a session can give their next dose on its day, with its vaccines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_due import DueFilter
from covidstation.db.queries.vaccine_sessions import SessionLine, sessions_in, takes_in
from covidstation.db.session import Database
from covidstation.db.vaccine_book import facts_of
from covidstation.domain.problems import Sure
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.fitting import Brought, has_one_for
from covidstation.domain.vaccination.schedule import state_of
from covidstation.domain.vaccination.sessions import SessionDraft, SessionStatus
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import schedule_in
from covidstation.services.vaccination.due import TO_GIVE, due_list
from covidstation.services.vaccination.sessions import expect_in, plan_in


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that people can be invited to, with the vaccines that it takes along, by code and name; none as long
    as nothing was taken out."""

    line: SessionLine
    products: tuple[Brought, ...]


@dataclass(frozen=True, slots=True)
class Fitting:
    """Of some people, in their order: who can be given their next dose then; who is due, but none of the vaccines, or
    of their vials, is for them; who is not due."""

    people: tuple[UUID, ...]
    other_vaccine: tuple[UUID, ...]
    not_due: tuple[UUID, ...]

    @property
    def all(self) -> tuple[UUID, ...]:
        """Everybody."""
        return (*self.people, *self.other_vaccine, *self.not_due)


@needs(Right.SEE)
def open_sessions(db: Database, *, now: datetime) -> tuple[OpenSession, ...]:
    """Planned or running, from today on; the next one first."""
    live = (SessionStatus.PLANNED, SessionStatus.OPEN)
    with db.read() as session:
        found = []
        for line in sessions_in(session, now.date()):
            if line.status in live:
                brought = {Brought(one.product, one.product_name) for one in takes_in(session, line.id)}
                found.append(OpenSession(line, tuple(sorted(brought))))
    return tuple(sorted(found, key=lambda one: (one.line.day, one.line.draft.part.value, one.line.id)))


@needs(Right.SEE)
def who_fits(
    db: Database,
    who: Sequence[UUID] | DueFilter,
    *,
    catalog: Catalog,
    now: datetime,
    day: date,
    products: Collection[Brought] = (),
) -> Fitting:
    """Of these people, or of everybody whom a list shows, by what is known today; no `products` means any vaccine."""
    if isinstance(who, DueFilter):
        who = [one.person_id for one in due_list(db, who, catalog=catalog, now=now).all()]
    people: list[UUID] = []
    other: list[UUID] = []
    later: list[UUID] = []
    with db.read() as session:
        schedule, facts = schedule_in(session, catalog), facts_of(session, list(dict.fromkeys(who)))
    day = max(day, now.date())
    shelf = schedule.products_on(day)
    for person, known in facts.items():
        state = state_of(schedule, known, day)
        if state.kind not in TO_GIVE:
            later.append(person)
        elif products and not has_one_for(products, state.products, shelf, known.birth, day):
            other.append(person)
        else:
            people.append(person)
    order = {person: at for at, person in enumerate(who)}
    return Fitting(*(tuple(sorted(part, key=order.__getitem__)) for part in (people, other, later)))


@needs(Right.ENTER)
def invite_to_new(
    db: Database,
    draft: SessionDraft,
    people: Sequence[UUID],
    *,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: Sure = False,
) -> Done[UUID]:
    """Plan a session and expect these people; the value is the session. Raises as `plan_session`, `invite_people`."""
    with db.write(by, now) as session:
        made = plan_in(session, draft, by_name=by_name, today=now.date(), sure=sure)
        expect_in(session, made, people, by_name=by_name)
        return done(made, Kind.VACCINES)
