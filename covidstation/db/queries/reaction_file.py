"""All that the report of one reaction says: the person, their doses and earlier reactions, the screening, the lot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.mapping import person_of
from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.vaccination import doses_of
from covidstation.db.queries.vaccine_events import EventLine, event_of, given_here
from covidstation.db.queries.vaccine_seats import SeatLine, seats_in
from covidstation.db.rows import (
    AdverseEventRow,
    EpisodeRow,
    HamletRow,
    PersonRow,
    VaccinationSessionRow,
    VaccineDoseRow,
)
from covidstation.db.session import Database
from covidstation.domain.flow import COUNTED
from covidstation.domain.people import Person
from covidstation.domain.vaccination.doses import Dose
from covidstation.domain.vaccination.reactions import AdverseEvent, EventEnd
from covidstation.domain.vaccination.sessions import SessionPlace


@dataclass(frozen=True, slots=True)
class LotFate:
    """What became of a lot at this station: doses that stand, people with an ordinary reaction, with a severe one;
    `among`: whether the reaction in question is one of these."""

    given: int = 0
    ordinary: int = 0
    severe: int = 0
    among: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFile:
    """One reaction with what the upper level asks about it. `dose`: after which it came; `doses`: all that stand, the
    oldest first; `earlier`: reactions that began before; `ill`: first days of illnesses before;
    `seat` and `place`: of the session in which it was given."""

    line: EventLine
    person: Person
    dose: Dose | None
    doses: tuple[Dose, ...]
    earlier: tuple[AdverseEvent, ...]
    ill: tuple[date, ...]
    seat: SeatLine | None
    place: SessionPlace | None
    lot: LotFate

    @property
    def event(self) -> AdverseEvent:
        """The reaction."""
        return self.line.event


def event_file(db: Database, event_id: UUID) -> EventFile | None:
    """The file of one reaction; None when there is none of that id."""
    with db.read() as session:
        found = session.execute(
            select(AdverseEventRow, PersonRow, hamlet_words().label("hamlet"))
            .join(PersonRow, PersonRow.id == AdverseEventRow.person_id)
            .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
            .where(AdverseEventRow.id == event_id)
        ).first()
        if found is None:
            return None
        row, person, hamlet = found
        event, doses = event_of(row), doses_of(session, person.id)
        dose = next((one for one in doses if one.id == event.dose_id), None)
        line = EventLine(
            event=event, full_name=person.full_name, phone=person.phone, hamlet_id=person.hamlet_id, hamlet=hamlet
        )
        return EventFile(
            line=line,
            person=person_of(person),
            dose=dose,
            doses=doses,
            earlier=_earlier(session, event),
            ill=_ill(session, event),
            seat=_seat(session, dose, person.id),
            place=_place(session, dose),
            lot=_fate(session, dose, event) if dose is not None and dose.lot_number else LotFate(),
        )


def _earlier(session: Session, event: AdverseEvent) -> tuple[AdverseEvent, ...]:
    row = AdverseEventRow
    query = select(row).where(
        row.person_id == event.person_id, row.id != event.id, row.ending != EventEnd.MISTAKE.value,
        row.began_at < event.began_at,
    )  # fmt: skip
    return tuple(map(event_of, session.scalars(query.order_by(row.began_at, row.n))))


def _ill(session: Session, event: AdverseEvent) -> tuple[date, ...]:
    row, began = EpisodeRow, event.began_at or datetime.max
    query = select(func.coalesce(row.onset_date, row.report_date)).where(
        row.person_id == event.person_id, row.classification.in_(sorted(COUNTED))
    )
    return tuple(sorted(day for day in session.scalars(query) if day is not None and day <= began.date()))


def _seat(session: Session, dose: Dose | None, person_id: UUID) -> SeatLine | None:
    if dose is None or dose.session_id is None:
        return None
    return next(iter(seats_in(session, dose.session_id, person_id)), None)


def _place(session: Session, dose: Dose | None) -> SessionPlace | None:
    if dose is None or dose.session_id is None:
        return None
    row = VaccinationSessionRow
    place = session.scalars(select(row.place).where(row.id == dose.session_id)).first()
    return SessionPlace(place) if place else None


def _fate(session: Session, dose: Dose, asked: AdverseEvent) -> LotFate:
    """Of the same vaccine and lot number, as the station itself gave it; a reaction taken back counts nowhere."""
    row, event = VaccineDoseRow, AdverseEventRow
    same = (row.product == dose.product, row.lot_number == dose.lot_number, given_here())
    given = session.scalar(select(func.count()).select_from(row).where(*same)) or 0
    query = (
        select(event.severe, func.count(event.person_id.distinct()))
        .join(row, row.id == event.dose_id)
        .where(*same, event.ending != EventEnd.MISTAKE.value)
        .group_by(event.severe)
    )
    people = {severe: count for severe, count in session.execute(query)}
    own = session.scalars(select(row.id).where(row.id == dose.id, *same)).first() is not None
    among = own and asked.end is not EventEnd.MISTAKE
    return LotFate(given, people.get(False, 0), people.get(True, 0), among)
