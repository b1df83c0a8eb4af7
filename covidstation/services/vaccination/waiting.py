"""What Hôm nay says of sessions and reactions: what runs or is planned for today, what nobody has reported or ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from covidstation.db.queries.vaccine_events import EventsWaiting, events_waiting
from covidstation.db.queries.vaccine_sessions import SessionLine, sessions_in
from covidstation.db.rows import VaccinationSessionRow
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.sessions import SessionStatus
from covidstation.services.rights import needs

_NO_EVENTS: Final = EventsWaiting()


@dataclass(frozen=True, slots=True)
class SessionsWaiting:
    """Sessions that run, of whichever day, and those that are planned for today."""

    sessions: tuple[SessionLine, ...] = ()
    events: EventsWaiting = _NO_EVENTS

    @property
    def left_open(self) -> tuple[SessionLine, ...]:
        """Those that run."""
        return tuple(one for one in self.sessions if one.status is SessionStatus.OPEN)


NOTHING_WAITS: Final = SessionsWaiting()


@needs(Right.SEE)
def sessions_waiting(db: Database, today: date) -> SessionsWaiting:
    """Both, in one look."""
    row = VaccinationSessionRow
    planned = (row.status == SessionStatus.PLANNED.value) & (row.day == today)
    with db.read() as session:
        wanted = session.scalars(select(row.id).where((row.status == SessionStatus.OPEN.value) | planned)).all()
        found = tuple(line for one in wanted for line in sessions_in(session, only=one))
    return SessionsWaiting(tuple(sorted(found, key=lambda one: (one.day, one.id))), events_waiting(db))
