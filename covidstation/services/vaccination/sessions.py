"""Vaccination sessions: planned, changed, opened; whom they expect (docs/adr/0044)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.vaccination import dose_stands
from covidstation.db.queries.vaccine_nameless import nameless_in
from covidstation.db.queries.vaccine_seats import seats_in
from covidstation.db.queries.vaccine_sessions import draft_of, takes_in, waste_stands
from covidstation.db.rows import (
    PersonRow,
    SessionPersonRow,
    SessionVialRow,
    SessionWasteRow,
    VaccinationSessionRow,
    VaccineDoseRow,
)
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, Sure
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family
from covidstation.domain.text import clean
from covidstation.domain.vaccination.nameless import REASON, What
from covidstation.domain.vaccination.screening import ScreeningRule, read_screening_rule, screening_rule_on
from covidstation.domain.vaccination.sessions import (
    SessionDraft,
    SessionPlace,
    SessionStatus,
    check_session,
    seat_of,
)
from covidstation.errors import UserError, ask_back
from covidstation.services.care.rows import wall
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in
from covidstation.services.vaccination.thawing import check_takes_thawed

_NONE: Final = UUID(int=0)


def screening_rules_in(session: Session, catalog: Catalog) -> tuple[ScreeningRule, ...]:
    """The rules as the station has them."""
    return rules_in(session, Family.SCREENING, catalog.screening_rules, read_screening_rule)


def screening_rule_in(session: Session, catalog: Catalog, day: date) -> ScreeningRule:
    """The one in force on that day."""
    return screening_rule_on(screening_rules_in(session, catalog), day)


@needs(Right.SEE)
def screening_rule_of(db: Database, *, catalog: Catalog, day: date) -> ScreeningRule:
    """The same, for a window."""
    with db.read() as session:
        return screening_rule_in(session, catalog, day)


@needs(Right.ENTER)
def plan_session(
    db: Database, draft: SessionDraft, *, by: UUID | None, by_name: str, now: datetime, sure: Sure = False
) -> Done[UUID]:
    """Plan one; a day that is over (asked back) is one that was run on paper.

    Raises Refused vaccine_session.day_missing, day_far, day_over, twin (asked back), hamlet_missing, a text that is
    too long.
    """
    with db.write(by, now) as session:
        return done(plan_in(session, draft, by_name=by_name, today=now.date(), sure=sure), Kind.VACCINES)


def plan_in(session: Session, draft: SessionDraft, *, by_name: str, today: date, sure: Sure) -> UUID:
    """The same inside another act's transaction."""
    draft = _cleaned(draft)
    ask_back([*check_session(draft, today), *_twins(session, draft, None)], sure)
    row = VaccinationSessionRow(id=new_id(), status=SessionStatus.PLANNED.value, by_name=clean(by_name))
    _fill(row, draft)
    session.add(row)
    session.flush()
    return row.id


@needs(Right.ENTER)
def edit_session(
    db: Database,
    session_id: UUID,
    draft: SessionDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    now: datetime,
    sure: Sure = False,
) -> Done[UUID]:
    """Change what was planned, also while it runs; the day only while nobody has come and nothing was opened, given or
    lost. One that runs and is put off to a later day is a plan again.

    Raises as `plan_session`, and vaccine_session.take_expired, take_thawed (asked back); UserError
    vaccine_session.unknown, closed, cancelled, day_begun.
    """
    draft = _cleaned(draft)
    with db.write(by, now) as session:
        row = session_in(session, session_id)
        before = draft_of(row)
        moved = before.day != draft.day
        if moved and (has_begun(session, session_id) or _anybody_came(session, session_id)):
            raise UserError("vaccine_session.day_begun", day=f"{row.day:%d/%m/%Y}")
        found = check_session(draft, now.date(), day_said=moved)
        if moved or (before.part, before.where) != (draft.part, draft.where):
            found += _twins(session, draft, session_id)
        if moved:
            found += _expired(session, session_id, draft)
        if moved and draft.day is not None:
            found += check_takes_thawed(session, session_id, catalog, draft.day, field="day")
        ask_back(found, sure)
        _fill(row, draft)
        if moved and row.status == SessionStatus.OPEN.value:
            row.on_paper = row.day < now.date()
            if row.day > now.date():
                row.status, row.opened_at = SessionStatus.PLANNED.value, None
        return done(row.id, Kind.VACCINES)


@needs(Right.ENTER)
def open_session(db: Database, session_id: UUID, *, by: UUID | None, now: datetime) -> Done[UUID]:
    """Begin it; one whose day is over is entered from paper.

    Raises UserError vaccine_session.unknown, closed, cancelled, not_yet.
    """
    with db.write(by, now) as session:
        row = session_in(session, session_id)
        if row.day > now.date():
            raise UserError("vaccine_session.not_yet", day=f"{row.day:%d/%m/%Y}")
        if row.status != SessionStatus.OPEN.value:
            row.status, row.opened_at = SessionStatus.OPEN.value, wall(now)
            row.on_paper = row.day < now.date()
        return done(row.id, Kind.VACCINES)


@needs(Right.ENTER)
def invite_people(
    db: Database, session_id: UUID, people: Sequence[UUID], *, by: UUID | None, by_name: str, now: datetime
) -> Done[int]:
    """Expect these people, each with the next number of the list; how many were not expected before.

    Raises UserError vaccine_session.unknown, closed, cancelled; people.unknown_person.
    """
    with db.write(by, now) as session:
        session_in(session, session_id)
        return done(expect_in(session, session_id, people, by_name=by_name), Kind.VACCINES)


def expect_in(session: Session, session_id: UUID, people: Sequence[UUID], *, by_name: str) -> int:
    """The same inside another act's transaction. Raises UserError people.unknown_person."""
    wanted = list(dict.fromkeys(people))
    known = set(session.scalars(select(PersonRow.id).where(PersonRow.id.in_(wanted)))) if wanted else set()
    if set(wanted) - known:
        raise UserError("people.unknown_person")
    number, added = last_number(session, session_id), 0
    for person in wanted:
        row = seat_in(session, session_id, person, by_name=by_name)
        added += not row.invited
        row.invited = True
        if row.place_no is None:
            number += 1
            row.place_no = number
    return added


@needs(Right.ENTER)
def uninvite_people(
    db: Database, session_id: UUID, people: Sequence[UUID], *, by: UUID | None, now: datetime
) -> Done[int]:
    """Expect them no longer; who has come stays in the session. The value: how many left the list."""
    with db.write(by, now) as session:
        session_in(session, session_id)
        rows = [one for one in map(lambda person: found_seat(session, session_id, person), people) if one is not None]
        removed = [one for one in rows if one.invited]
        for row in removed:
            row.invited = False
        return done(len(removed), Kind.VACCINES)


def session_in(session: Session, session_id: UUID, *, closed: bool = False) -> VaccinationSessionRow:
    """The session, still to be changed; `closed`: one that is over may be, too.

    Raises UserError vaccine_session.unknown, vaccine_session.closed, vaccine_session.cancelled.
    """
    row = session.scalars(select(VaccinationSessionRow).where(VaccinationSessionRow.id == session_id)).first()
    if row is None:
        raise UserError("vaccine_session.unknown")
    if row.status == SessionStatus.CANCELLED.value:
        raise UserError("vaccine_session.cancelled")
    if row.status == SessionStatus.CLOSED.value and not closed:
        raise UserError("vaccine_session.closed", day=f"{row.day:%d/%m/%Y}")
    return row


def running_in(session: Session, session_id: UUID, *, closed: bool = False) -> VaccinationSessionRow:
    """A session that is open; `closed`: or over. Raises UserError as `session_in`, and vaccine_session.not_open."""
    row = session_in(session, session_id, closed=closed)
    if row.status == SessionStatus.PLANNED.value:
        raise UserError("vaccine_session.not_open")
    return row


def has_begun(session: Session, session_id: UUID) -> bool:
    """Whether a dose was given in it, or lost, or a vial opened. Of people whose records the law took their doses
    count."""
    dose, lost, vial = VaccineDoseRow, SessionWasteRow, SessionVialRow
    asked = (
        select(dose.n).where(dose.session_id == session_id, dose_stands()),
        select(lost.n).where(lost.session_id == session_id, lost.reason != REASON, waste_stands()),
        select(vial.n).where(vial.session_id == session_id),
    )
    if any(session.scalars(one.limit(1)).first() is not None for one in asked):
        return True
    return any(one.counted.what is What.DOSE for one in nameless_in(session, session_id))


def _anybody_came(session: Session, session_id: UUID) -> bool:
    """Whether anybody did, also of those whose records the law took."""
    row = SessionPersonRow
    come = select(row.n).where(row.session_id == session_id, row.come_at.is_not(None)).limit(1)
    gone = nameless_in(session, session_id)
    return session.scalars(come).first() is not None or any(one.counted.what is What.WITHOUT for one in gone)


def found_seat(session: Session, session_id: UUID, person_id: UUID) -> SessionPersonRow | None:
    """Somebody's row in a session: that which speaks (`vaccine_seats`), when two records of them were merged."""
    return _speaking(session, session_id, person_id).get(person_id)


def seats_found(session: Session, session_id: UUID) -> Mapping[UUID, SessionPersonRow]:
    """Everybody's row, each as `found_seat` finds it."""
    return _speaking(session, session_id)


def _speaking(session: Session, session_id: UUID, *people: UUID) -> Mapping[UUID, SessionPersonRow]:
    row = SessionPersonRow
    query = select(row).where(row.session_id == session_id).order_by(row.n)
    if people:
        query = query.where(row.person_id.in_(people))
    every: dict[UUID, list[SessionPersonRow]] = {}
    for one in session.scalars(query):
        every.setdefault(one.person_id, []).append(one)
    found = {person: rows[0] for person, rows in every.items()}
    if twice := [person for person, rows in every.items() if len(rows) > 1]:
        shown = {line.person_id: line.id for line in seats_in(session, session_id, *twice)}
        for person in twice:
            found[person] = next((one for one in every[person] if one.id == shown.get(person)), found[person])
    return found


def seat_in(session: Session, session_id: UUID, person_id: UUID, *, by_name: str) -> SessionPersonRow:
    """The same, made when they have none yet."""
    row = found_seat(session, session_id, person_id)
    if row is None:
        row = SessionPersonRow(
            id=seat_of(session_id, person_id),
            session_id=session_id,
            person_id=person_id,
            invited=False,
            answers=[],
            by_name=clean(by_name),
        )
        session.add(row)
    return row


def last_number(session: Session, session_id: UUID) -> int:
    """The highest number of the list."""
    query = select(func.max(SessionPersonRow.place_no)).where(SessionPersonRow.session_id == session_id)
    return session.scalars(query).one() or 0


def _cleaned(draft: SessionDraft) -> SessionDraft:
    return replace(
        draft,
        address=clean(draft.address),
        campaign=clean(draft.campaign),
        team=clean(draft.team),
        note=clean(draft.note),
        hamlet_id=draft.hamlet_id if draft.place is SessionPlace.HAMLET else None,
    )


def _twins(session: Session, draft: SessionDraft, but: UUID | None) -> list[Problem]:
    """Another session at that place at the same time is doubtful."""
    row = VaccinationSessionRow
    query = select(row).where(
        row.day == draft.day, row.status != SessionStatus.CANCELLED.value, row.id != (but or _NONE)
    )
    if not any(draft_of(one).meets(draft) for one in session.scalars(query)):
        return []
    return [Problem("day", "vaccine_session.twin", {"day": f"{draft.day:%d/%m/%Y}"}, "warning")]


def _expired(session: Session, session_id: UUID, draft: SessionDraft) -> list[Problem]:
    """Lots that it takes along and that may not be given on its new day any more."""
    found = []
    for one in takes_in(session, session_id):
        if draft.day is not None and one.expiry is not None and one.expiry < draft.day:
            said = {"lot": one.lot_number or "—", "expiry": f"{one.expiry:%d/%m/%Y}", "day": f"{draft.day:%d/%m/%Y}"}
            found.append(Problem("day", "vaccine_session.take_expired", said))
    return found


def _fill(row: VaccinationSessionRow, draft: SessionDraft) -> None:
    assert draft.day is not None
    row.day, row.part, row.place = draft.day, draft.part.value, draft.place.value
    row.hamlet_id, row.address, row.campaign = draft.hamlet_id, draft.address, draft.campaign
    row.team, row.note = draft.team, draft.note
