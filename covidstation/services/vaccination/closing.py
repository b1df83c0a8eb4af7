"""The end of a session: vials are counted, and what does not fit is explained; or it is not held (docs/adr/0044)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_seats import SeatLine, seats_in
from covidstation.db.queries.vaccine_sessions import takes_in, waste_stands
from covidstation.db.rows import (
    PersonRow,
    SessionPersonRow,
    SessionTakeRow,
    SessionWasteRow,
    VaccinationSessionRow,
)
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, Sure, errors, too_long
from covidstation.domain.rights import Right
from covidstation.domain.supplies import LinkKind
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.domain.vaccination.sessions import (
    NoDose,
    SessionStatus,
    Step,
    Take,
    WasteReason,
)
from covidstation.errors import Refused, UserError, ask_back
from covidstation.services.care.rows import wall
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.vaccination.arrival import here_in
from covidstation.services.vaccination.last_hour import end_hour
from covidstation.services.vaccination.sessions import has_begun, running_in, screening_rule_in, seat_in, session_in
from covidstation.services.vaccination.takes import CHANGED, give_way, take_row
from covidstation.services.vaccination.vials import differ, vial_row, void_moves, void_waste_in, write_waste

NAMED: Final = 3  # of many people
_ENDS: Final = (WasteReason.LEFTOVER, WasteReason.OVERTIME)  # why the end of a session writes doses off


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one take at the end, in doses, and why it is not what the book says."""

    left: int
    reason: str = ""


@needs(Right.ENTER)
def close_session(
    db: Database,
    session_id: UUID,
    counted: Mapping[UUID, Counted],
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: Sure = False,
) -> Done[None]:
    """End it: what was left of each take was counted. What is left in opened vials is written off, as too old where a
    vial is past its hours by the rule. Who sits under observation goes on sitting (`day.let_go`); who still waits is
    written down as gone without.

    Raises Refused: vaccine_session.people_barred; people still wait or sit (asked back, vaccine_session.people_waiting,
    people_sitting); vaccine_session.left_missing, left, difference_why; UserError vaccine_session.unknown, closed,
    cancelled, not_open.
    """
    with db.write(by, now) as session:
        row = running_in(session, session_id)
        waiting = _check_people(session, row, sure)
        at = end_hour(session, row, now)
        for person in _of_the_station(session, waiting):
            seat = seat_in(session, session_id, person, by_name=by_name)
            seat.no_dose, seat.left_at, seat.left_by = NoDose.WENT.value, at, clean(by_name)
        _write_off(session, row, screening_rule_in(session, catalog, row.day).vial_minutes, at, now, by_name)
        takes = takes_in(session, session_id)
        _check_counts(takes, counted)
        for take in takes:
            _settle(session, row, take, counted[take.id], by_name)
        row.status, row.closed_at, row.closed_by = SessionStatus.CLOSED.value, at, clean(by_name)
        return done(None, *CHANGED)


def _write_off(
    session: Session, row: VaccinationSessionRow, minutes: int, at: datetime, now: datetime, by_name: str
) -> None:
    """What is left in opened vials. On paper nobody wrote when a vial was opened: there it is only what was left."""
    for take in takes_in(session, row.id):
        vials = {vial.id: vial for vial in take.opened}
        for vial_id, doses in take.leftovers():
            late = not row.on_paper and wall(now) > vials[vial_id].good_until(minutes)
            why = WasteReason.OVERTIME if late else WasteReason.LEFTOVER
            if now.date() > row.day:  # opened again to enter something late: the vial was thrown away at the end before
                why = _said_before(session, vial_id) or why
            write_waste(session, vial_row(session, vial_id), doses, why, "", at=at, by_name=by_name)


def _said_before(session: Session, vial_id: UUID) -> WasteReason | None:
    """Why an end that was taken back wrote off what was left in that vial."""
    waste = SessionWasteRow
    ends = waste.reason.in_([one.value for one in _ENDS])
    voids = select(waste.voids).where(waste.voids.is_not(None))
    query = select(waste.reason).where(waste.vial_id == vial_id, ends, waste.id.in_(voids)).order_by(waste.n.desc())
    found = session.scalars(query.limit(1)).first()
    return WasteReason(found) if found else None


@needs(Right.ENTER)
def cancel_session(db: Database, session_id: UUID, *, by: UUID | None, now: datetime, sure: Sure = False) -> Done[UUID]:
    """It is not held. Who was put off or not allowed in it stays so, with the reason and the day to look again.

    Raises Refused vaccine_session.people_barred; cancel_noted, cancel_waiting (asked back); UserError
    vaccine_session.unknown, closed, cancelled, begun.
    """
    with db.write(by, now) as session:
        row = session_in(session, session_id)
        if has_begun(session, session_id):
            raise UserError("vaccine_session.begun")
        lines = seats_in(session, session_id)
        _refuse_barred(session, row, lines)
        come = [one for one in lines if one.seat.come_at is not None]
        noted = sum(one.seat.no_dose is not None for one in come)
        known = (("cancel_noted", noted), ("cancel_waiting", len(come) - noted))
        found = [
            Problem("people", f"vaccine_session.{code}", {"n": f"{count}"}, "warning") for code, count in known if count
        ]
        ask_back(found, sure)
        row.status = SessionStatus.CANCELLED.value
        return done(row.id, Kind.VACCINES)


def _refuse_barred(session: Session, row: VaccinationSessionRow, lines: Sequence[SeatLine]) -> None:
    """Who may not be injected by the sheet is sent home first, with the reason and the day to look again: else the
    register would know nothing of it."""
    barred = [one for one in lines if one.seat.to_send and _may_be_sent(session, one.person_id, row.day)]
    if barred:
        raise Refused([Problem("people", "vaccine_session.people_barred", _named(barred))])


def _check_people(session: Session, row: VaccinationSessionRow, sure: Sure) -> Sequence[UUID]:
    """Who still waits; those and who still sits are named unless `sure`."""
    lines = seats_in(session, row.id)
    _refuse_barred(session, row, lines)
    waiting = [one for one in lines if one.step in (Step.COME, Step.SCREENED)]
    sitting = [one for one in lines if one.step is Step.OBSERVED]
    found = []
    for code, people in (("people_waiting", waiting), ("people_sitting", sitting)):
        if people:
            found.append(Problem("people", f"vaccine_session.{code}", _named(people), "warning"))
    ask_back(found, sure)
    return [one.person_id for one in waiting]


def _named(people: Sequence[SeatLine]) -> Mapping[str, str]:
    return {"n": f"{len(people)}", "names": ", ".join(one.full_name for one in people[:NAMED])}


def _may_be_sent(session: Session, person_id: UUID, day: date) -> bool:
    """Not whoever died before that day or moved away since: of them nothing can be written in a session any more."""
    try:
        here_in(session, person_id, day)
    except UserError:
        return False
    return True


def _of_the_station(session: Session, people: Sequence[UUID]) -> Sequence[UUID]:
    """Those whose rows are still written here: of whoever moved meanwhile another station writes."""
    row = PersonRow
    moved = set(session.scalars(select(row.id).where(row.id.in_(people), row.moved_to.is_not(None))))
    return [one for one in people if one not in moved]


def _check_counts(takes: Sequence[Take], counted: Mapping[UUID, Counted]) -> None:
    found = []
    for take in takes:
        one, params = counted.get(take.id), {"lot": take.lot_number or "—"}
        if one is None:
            found.append(Problem("left", "vaccine_session.left_missing", params))
            continue
        if not 0 <= one.left <= take.taken:
            found.append(Problem("left", "vaccine_session.left", {**params, "most": f"{take.taken}"}))
        elif take.difference(one.left) and not clean(one.reason):
            missing = {**params, "n": f"{abs(take.difference(one.left))}"}
            found.append(Problem("reason", "vaccine_session.difference_why", missing))
        found += too_long("reason", clean(one.reason), TEXT_LIMIT)
    if errors(found):
        raise Refused(found)


def _settle(session: Session, row: VaccinationSessionRow, take: Take, one: Counted, by_name: str) -> None:
    stored = take_row(session, take.id)
    difference, reason = take.difference(one.left), clean(one.reason)
    stored.left_doses, stored.difference = one.left, difference
    stored.difference_reason = reason if difference else ""
    stored.counted_by = clean(by_name)
    if difference:
        differ(session, stored, row.day, -difference, reason, by_name)


@needs(Right.ENTER)
def reopen_session(db: Database, session_id: UUID, *, by: UUID | None, by_name: str, now: datetime) -> Done[None]:
    """It was ended too early: what its end wrote is taken back (what was counted, what was left in opened vials, who
    waited); losses that were written before it stand. Vials that were used elsewhere since, or that another session
    holds, are not its own any more. Raises UserError vaccine_session.unknown, cancelled, still_open.
    """
    with db.write(by, now) as session:
        row = session_in(session, session_id, closed=True)
        if row.status != SessionStatus.CLOSED.value:
            raise UserError("vaccine_session.still_open")
        query = select(SessionTakeRow).where(SessionTakeRow.session_id == session_id)
        for take in session.scalars(query).all():
            void_moves(session, LinkKind.TAKE, take.id, by_name=by_name)
            take.left_doses = take.difference = None
            take.difference_reason = take.counted_by = ""
        if row.closed_at is not None:
            _undo(session, session_id, datetime.combine(row.day, row.closed_at.time()), by_name)
        row.status, row.closed_at, row.closed_by = SessionStatus.OPEN.value, None, ""
        give_way(session, session_id)
        return done(None, *CHANGED)


def _undo(session: Session, session_id: UUID, at: datetime, by_name: str) -> None:
    """What an end at that hour wrote: vials that were not empty, people who waited."""
    waste, seat = SessionWasteRow, SessionPersonRow
    ends = waste.reason.in_([one.value for one in _ENDS])
    left = (waste.session_id == session_id, ends, waste.at == at, waste_stands())
    for one in session.scalars(select(waste).where(*left)).all():
        if one.reason == WasteReason.OVERTIME.value and one.vial_id and vial_row(session, one.vial_id).opened_at == at:
            continue  # no vial is too old when it is opened: somebody wrote that
        void_waste_in(session, one, by_name=by_name)
    waited = (seat.session_id == session_id, seat.no_dose == NoDose.WENT.value, seat.left_at == at)
    for person in session.scalars(select(seat).where(*waited)).all():
        person.no_dose, person.left_at, person.left_by = "", None, ""
