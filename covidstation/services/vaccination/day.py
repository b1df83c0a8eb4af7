"""The day of a session: come, looked at, sat out, gone home (docs/adr/0044).

Nothing of it is kept twice: where somebody stands follows from their row and from the dose.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_seats import SeatLine, seats_in
from covidstation.db.rows import PersonRow, SessionPersonRow, VaccinationSessionRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, Sure
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import (
    observed_until,
)
from covidstation.errors import Refused, UserError, ask_back
from covidstation.services.care.rows import wall
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.vaccination.arrival import at_hour, before_opening, here_in
from covidstation.services.vaccination.history import (
    CHANGED,
    standing_dose,
    void_dose_in,
)
from covidstation.services.vaccination.seating import (
    ConsentDraft,
    ScreeningDraft,
    check_guardian,
    check_screening,
    desk_in,
    empty_seat,
    write_guardian,
    write_screening,
)
from covidstation.services.vaccination.sessions import (
    found_seat,
    last_number,
    running_in,
    screening_rule_in,
    seat_in,
    seats_found,
)


@needs(Right.ENTER)
def come_to_session(
    db: Database,
    session_id: UUID,
    people: Sequence[UUID],
    *,
    by: UUID | None,
    by_name: str,
    now: datetime,
    at: datetime | None = None,
) -> Done[int]:
    """They are there and wait for the screening; how many had not come before.

    Raises UserError vaccine_session.unknown, closed, cancelled, not_open, moved; Refused vaccine_session.time_missing.
    """
    with db.write(by, now) as session:
        row = running_in(session, session_id)
        moment = moment_of(row, at, now)
        added = 0
        for person in dict.fromkeys(people):
            here_in(session, person, row.day)
            seat = seat_in(session, session_id, person, by_name=by_name)
            added += seat.come_at is None
            seated(session, seat, moment)
        return done(added, Kind.VACCINES)


@needs(Right.ENTER)
def screen_person(
    db: Database,
    session_id: UUID,
    person_id: UUID,
    screening: ScreeningDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    consent: ConsentDraft | None = None,
    at: datetime | None = None,
    sure: Sure = False,
) -> Done[Outcome]:
    """Keep the screening sheet; who may be injected then waits for that. The value: what was decided. Of the `consent`
    a child's guardian is kept, and no yes.

    Raises Refused with what is missing or cannot be, asked back alone unless `sure`; UserError
    vaccine_session.had_dose, went, sheet_changed, and as `come_to_session`.
    """
    with db.write(by, now) as session:
        row = running_in(session, session_id)
        person = here_in(session, person_id, row.day)
        desk = desk_in(session, row, person, screening_rule_in(session, catalog, row.day))
        found = check_screening(screening, desk.sheet, desk.age, desk.usual_systolic)
        found += check_guardian(consent) if consent is not None else []
        ask_back(found, sure)
        seat = free_seat(session, row, person, by_name)
        moment = moment_of(row, at, now)
        seated(session, seat, moment)
        write_guardian(seat, consent)
        return done(write_screening(seat, screening, desk, moment, by_name), Kind.VACCINES)


@needs(Right.ENTER)
def take_back_injection(
    db: Database,
    session_id: UUID,
    person_id: UUID,
    reason: str,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    unopened: bool = False,
    others: bool = False,
) -> Done[None]:
    """The injection was not given, or to somebody else: the dose is in its vial and in the store again. `unopened`: its
    vial was never opened, which counts where nothing else that stands came out of it. `others`: sheet, yes and coming
    were somebody else's as well, and nothing of them stands.

    Raises Refused vaccination.void_why; UserError vaccine_session.no_dose_yet, unknown, closed, cancelled, not_open.
    """
    reason = clean(reason)
    if not reason:
        raise Refused([Problem("reason", "vaccination.void_why")])
    with db.write(by, now) as session:
        running_in(session, session_id)
        line = _line(session, session_id, person_id)
        if line.dose is None:
            raise UserError("vaccine_session.no_dose_yet", name=line.full_name)
        dose = standing_dose(session, line.dose.id)
        void_dose_in(session, dose, reason, by_name=by_name, catalog=catalog, now=now, unopened=unopened)
        seat = found_seat(session, session_id, person_id)
        if seat is not None:
            seat.left_at, seat.left_by = None, ""
            if others:
                empty_seat(seat)
        return done(None, *CHANGED, Kind.SUPPLIES)


@needs(Right.ENTER)
def let_go(
    db: Database,
    session_id: UUID,
    people: Sequence[UUID],
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    at: datetime | None = None,
    sure: Sure = False,
) -> Done[int]:
    """They go home after the time under observation, also of a session that is over; how many. Before its end it is
    asked back. Who has gone already keeps the hour that stands there, unless another one is said.

    Raises Refused vaccine_session.too_early (asked back), left_before, time_missing; UserError
    vaccine_session.no_dose_yet, not_there, unknown, cancelled, not_open.
    """
    with db.write(by, now) as session:
        row = running_in(session, session_id, closed=True)
        rule = screening_rule_in(session, catalog, row.day)
        found: list[Problem] = []
        known = {line.person_id: line for line in seats_in(session, session_id)}
        rows = seats_found(session, session_id) if len(people) > 1 else {}
        lines = [known.get(person) or _line(session, session_id, person) for person in dict.fromkeys(people)]
        going = [one for one in lines if one.seat.left_at is None or one.seat.injected_at is None or at is not None]
        for line in going:
            if line.seat.injected_at is None:
                raise UserError("vaccine_session.no_dose_yet", name=line.full_name)
            until = observed_until(line.seat.injected_at, rule.observe_minutes)
            left = at_hour(row, at, now) or min(until, wall(now))  # on paper: when the time was over
            if left < line.seat.injected_at:
                params = {"at": f"{line.seat.injected_at:%H:%M}"}
                raise Refused([Problem("at", "vaccine_session.left_before", params)])
            if left < until:
                params = {"name": line.full_name, "until": f"{until:%H:%M}"}
                found.append(Problem("people", "vaccine_session.too_early", params, "warning"))
            seat = rows.get(line.person_id) or seat_in(session, session_id, line.person_id, by_name=by_name)
            seat.left_at, seat.left_by = left, clean(by_name)
        ask_back(found, sure)
        return done(len(going), Kind.VACCINES)


@needs(Right.ENTER)
def keep_sitting(db: Database, session_id: UUID, person_id: UUID, *, by: UUID | None, now: datetime) -> Done[None]:
    """They have not gone after all. Raises UserError vaccine_session.not_there, no_dose_yet, unknown, cancelled."""
    with db.write(by, now) as session:
        running_in(session, session_id, closed=True)
        line, seat = _line(session, session_id, person_id), found_seat(session, session_id, person_id)
        if line.dose is None or seat is None:
            raise UserError("vaccine_session.no_dose_yet", name=line.full_name)
        seat.left_at, seat.left_by = None, ""
        return done(None, Kind.VACCINES)


def moment_of(row: VaccinationSessionRow, hour: datetime | None, now: datetime, *, on_paper: bool = False) -> datetime:
    """The hour of an act in that session. After midnight one before it was opened is of the next day, unless the row
    was written `on_paper`. Raises Refused vaccine_session.time_missing, time_future, before_opening."""
    at = at_hour(row, hour, now)
    if at is None:
        raise Refused([Problem("at", "vaccine_session.time_missing")])
    if at > now.replace(tzinfo=None):
        raise Refused([Problem("at", "vaccine_session.time_future")])
    begun = before_opening(row, at) if now.date() > row.day and not on_paper else None
    if begun is not None:
        raise Refused([Problem("at", "vaccine_session.before_opening", {"at": f"{begun:%H:%M}"})])
    return at


def seated(session: Session, seat: SessionPersonRow, at: datetime) -> None:
    """Who is there has a number, and an hour of coming."""
    if seat.come_at is None:
        seat.come_at = at
    if seat.place_no is None:
        seat.place_no = last_number(session, seat.session_id) + 1


def free_seat(session: Session, row: VaccinationSessionRow, person: PersonRow, by_name: str) -> SessionPersonRow:
    """The row of somebody who has neither had their dose in the session nor gone without."""
    line = next(iter(seats_in(session, row.id, person.id)), None)
    if line is not None and line.seat.injected_at is not None:
        params = {"name": person.full_name, "at": f"{line.seat.injected_at:%H:%M}"}
        raise UserError("vaccine_session.had_dose", **params)
    if line is not None and line.seat.no_dose is not None:
        raise UserError("vaccine_session.went", name=person.full_name)
    return seat_in(session, row.id, person.id, by_name=by_name)


def _line(session: Session, session_id: UUID, person_id: UUID) -> SeatLine:
    line = next(iter(seats_in(session, session_id, person_id)), None)
    if line is None:
        person = session.scalars(select(PersonRow.full_name).where(PersonRow.id == person_id)).first()
        raise UserError("vaccine_session.not_there", name=person or "")
    return line
