"""What Hôm nay says of sessions and reactions: what runs or is planned for today, plans whose day went by, who still
sits after one that is over, what nobody has reported or ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_events import EventsWaiting, events_waiting
from covidstation.db.queries.vaccine_seats import seats_in
from covidstation.db.queries.vaccine_sessions import SessionLine, sessions_in
from covidstation.db.rows import SessionPersonRow, VaccinationSessionRow
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.sessions import SessionStatus, Step, observed_until
from covidstation.services.rights import needs
from covidstation.services.vaccination.sessions import screening_rule_in

_NO_EVENTS: Final = EventsWaiting()
_BACK: Final = timedelta(days=31)  # nobody knows any more when somebody went home before that


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody who had a dose in a session that is over and whom nobody has let go; `until`: the end of their time."""

    session_id: UUID
    person_id: UUID
    full_name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class SessionsWaiting:
    """Sessions that run, of whichever day, and those that are planned for today; after them the plans whose day went
    by: they hold their vials as long as nobody opens them or gives them up. Who sits after one that is over, by the end
    of their time."""

    sessions: tuple[SessionLine, ...] = ()
    events: EventsWaiting = _NO_EVENTS
    sitting: tuple[Sitting, ...] = ()

    @property
    def left_open(self) -> tuple[SessionLine, ...]:
        """Those that run."""
        return tuple(one for one in self.sessions if one.status is SessionStatus.OPEN)

    def forgotten(self, today: date) -> tuple[SessionLine, ...]:
        """Plans whose day went by."""
        return tuple(one for one in self.sessions if _forgotten(one, today))


def _forgotten(line: SessionLine, today: date) -> bool:
    return line.status is SessionStatus.PLANNED and line.day < today


NOTHING_WAITS: Final = SessionsWaiting()


@needs(Right.SEE)
def sessions_waiting(db: Database, today: date, *, catalog: Catalog) -> SessionsWaiting:
    """All of it, in one look."""
    row = VaccinationSessionRow
    planned = (row.status == SessionStatus.PLANNED.value) & (row.day <= today)
    with db.read() as session:
        wanted = session.scalars(select(row.id).where((row.status == SessionStatus.OPEN.value) | planned)).all()
        found = tuple(line for one in wanted for line in sessions_in(session, only=one))
        sitting = _sitting_in(session, today, catalog)
    ordered = sorted(found, key=lambda one: (_forgotten(one, today), one.day, one.id))
    return SessionsWaiting(tuple(ordered), events_waiting(db), sitting)


def _sitting_in(session: Session, today: date, catalog: Catalog) -> tuple[Sitting, ...]:
    """Who waited when a session ended was written down as gone: so those without an hour of leaving had their dose."""
    seat, held = SessionPersonRow, VaccinationSessionRow
    query = (
        select(held.id, held.day, seat.person_id)
        .join(seat, seat.session_id == held.id)
        .where(held.status == SessionStatus.CLOSED.value, held.day >= today - _BACK)
        .where(seat.come_at.is_not(None), seat.left_at.is_(None), seat.no_dose == "")
    )
    people: dict[tuple[UUID, date], list[UUID]] = {}
    for one, day, person in session.execute(query):
        people.setdefault((one, day), []).append(person)
    found = []
    for (one, day), some in people.items():
        minutes = screening_rule_in(session, catalog, day).observe_minutes
        for line in seats_in(session, one, *some):
            if line.step is Step.OBSERVED and line.seat.injected_at is not None:
                until = observed_until(line.seat.injected_at, minutes)
                found.append(Sitting(one, line.person_id, line.full_name, until))
    return tuple(sorted(found, key=lambda one: (one.until, one.full_name, one.person_id)))
