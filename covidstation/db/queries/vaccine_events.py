"""Reactions after a dose, as the register has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.vaccination import dose_stands
from covidstation.db.queries.vaccine_nameless import nameless_in
from covidstation.db.rows import (
    AdverseEventRow,
    HamletRow,
    PersonRow,
    StationRow,
    VaccinationSessionRow,
    VaccineDoseRow,
)
from covidstation.db.session import Database
from covidstation.domain.vaccination.doses import DoseSource
from covidstation.domain.vaccination.nameless import Nameless
from covidstation.domain.vaccination.reactions import AdverseEvent, EventEnd

SAME_IN_EVENT: Final = (
    "person_id", "dose_id", "session_id", "product", "injected_at", "severe", "began_at", "grade", "signs",
    "treatment", "sent_to", "sent_at", "follow_until", "reported_at", "reported_to", "report_number", "ended_on",
    "end_note", "note", "by_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One reaction in a list."""

    event: AdverseEvent
    full_name: str
    phone: str
    hamlet_id: UUID | None
    hamlet: str
    here: bool = True  # no other station looks after them by now

    @property
    def person_id(self) -> UUID:
        """Whose it is."""
        return self.event.person_id


@dataclass(frozen=True, slots=True)
class EventsWaiting:
    """Severe reactions that somebody must still look at: how many are open, how many nobody has reported, the first."""

    open: int = 0
    unreported: int = 0
    first: tuple[EventLine, ...] = ()


def event_of(row: AdverseEventRow) -> AdverseEvent:
    """A row as a value."""
    same = {name: getattr(row, name) for name in SAME_IN_EVENT}
    return AdverseEvent(id=row.id, kinds=tuple(row.kinds), end=EventEnd(row.ending), **same)


def events_of(db: Database, person_id: UUID) -> tuple[AdverseEvent, ...]:
    """All reactions of one person, the newest first."""
    row = AdverseEventRow
    with db.read() as session:
        query = select(row).where(row.person_id == person_id).order_by(row.began_at.desc(), row.n.desc())
        return tuple(map(event_of, session.scalars(query)))


def severe_before(session: Session, person_id: UUID, day: date) -> tuple[AdverseEvent, ...]:
    """The severe ones of one person that began by that day and were no mistake, the newest last."""
    row = AdverseEventRow
    query = select(row).where(row.person_id == person_id, row.severe, row.ending != EventEnd.MISTAKE.value)
    found = session.scalars(query.order_by(row.began_at, row.n))
    return tuple(event_of(one) for one in found if one.began_at.date() <= day)


def events_of_session(session: Session, session_id: UUID) -> tuple[AdverseEvent, ...]:
    """Those after a dose of that session that were no mistake."""
    row = AdverseEventRow
    query = select(row).where(row.session_id == session_id, row.ending != EventEnd.MISTAKE.value)
    return tuple(map(event_of, session.scalars(query.order_by(row.began_at, row.n))))


def session_events(db: Database, session_id: UUID) -> tuple[AdverseEvent, ...]:
    """The same, for a window."""
    with db.read() as session:
        return events_of_session(session, session_id)


def _waits() -> ColumnElement[bool]:
    """A severe one that nobody has ended, or that nobody has reported."""
    row = AdverseEventRow
    unreported = and_(row.reported_at.is_(None), row.ending != EventEnd.MISTAKE.value)
    return and_(row.severe, or_(row.ending == "", unreported))


def events_waiting(db: Database, named: int = 3) -> EventsWaiting:
    """What somebody must still look at, what began first at the top."""
    row = AdverseEventRow
    with db.read() as session:
        count = select(func.count(), func.sum(row.reported_at.is_(None))).join(PersonRow, PersonRow.id == row.person_id)
        all_, unreported = session.execute(count.where(_waits(), _here())).one()
        if not all_:
            return EventsWaiting()
        lines = session.execute(_listed().where(_waits(), _here()).order_by(row.began_at, row.n).limit(named))
        return EventsWaiting(all_, unreported or 0, tuple(map(_line, lines)))


def list_events(
    db: Database, *, waiting: bool = False, since: date | None = None, everywhere: bool = False
) -> Sequence[EventLine]:
    """All reactions, those that wait for somebody first, then the newest. `everywhere`: also of those whom another
    station looks after by now, for figures."""
    row = AdverseEventRow
    query = _listed().order_by(_waits().desc(), row.began_at.desc(), row.n.desc())
    if not everywhere:
        query = query.where(_here())
    if waiting:
        query = query.where(_waits())
    if since is not None:
        query = query.where(row.began_at >= datetime.combine(since, datetime.min.time()))
    with db.read() as session:
        return tuple(map(_line, session.execute(query)))


def given_here() -> ColumnElement[bool]:
    """A dose that stands and that the station gave: in its sessions, or of its own, written down without one. A dose of
    a person who came names the station that gave it."""
    row = VaccineDoseRow
    named_here = (row.facility == "") | row.facility.in_(select(StationRow.name))
    own = row.session_id.is_not(None) | ((row.source == DoseSource.OWN_RECORD.value) & named_here)
    return own & dose_stands()


def doses_given(db: Database, month: date) -> Mapping[str, int]:
    """How many doses the station gave in the month of that day, by product."""
    row = VaccineDoseRow
    of_month = (row.given_year == month.year, row.given_month == month.month)
    query = select(row.product, func.count()).where(given_here(), *of_month)
    with db.read() as session:
        return {product: count for product, count in session.execute(query.group_by(row.product))}


def nameless_of_month(db: Database, month: date) -> tuple[Nameless, ...]:
    """What the sessions in the month of that day still count of people whose records the law took."""
    row = VaccinationSessionRow
    first = month.replace(day=1)
    end = (first + timedelta(days=32)).replace(day=1)
    with db.read() as session:
        held = set(session.scalars(select(row.id).where(row.day >= first, row.day < end)))
        return tuple(one for one in nameless_in(session) if one.session_id in held)


def _here() -> ColumnElement[bool]:
    return PersonRow.moved_to.is_(None)


def _listed() -> Any:
    return (
        select(
            AdverseEventRow,
            PersonRow.full_name,
            PersonRow.phone,
            PersonRow.hamlet_id,
            hamlet_words().label("hamlet"),
            PersonRow.moved_to,
        )
        .join(PersonRow, PersonRow.id == AdverseEventRow.person_id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
    )


def _line(found: Any) -> EventLine:
    return EventLine(
        event=event_of(found[0]),
        full_name=found.full_name,
        phone=found.phone,
        hamlet_id=found.hamlet_id,
        hamlet=found.hamlet,
        here=found.moved_to is None,
    )
