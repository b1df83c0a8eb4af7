"""Who comes to a session and goes without a dose: sent on, put off, not allowed, said no, went away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.rows import PersonRow, SessionPersonRow, VaccinationSessionRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, Sure, too_long
from covidstation.domain.rights import Right
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import STANCE_OF, Consent, NoDose
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.errors import UserError, ask_back
from covidstation.i18n import _
from covidstation.messages.vaccine_session import OUTCOMES
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.vaccination.arrival import here_in
from covidstation.services.vaccination.day import free_seat, moment_of, seated
from covidstation.services.vaccination.seating import (
    ConsentDraft,
    Desk,
    ScreeningDraft,
    check_guardian,
    check_stated,
    desk_in,
    judged,
    write_guardian,
    write_screening,
)
from covidstation.services.vaccination.sessions import found_seat, running_in, screening_rule_in
from covidstation.services.vaccination.stances import take_back_stance, write_stance

_CHANGED: Final = (Kind.VACCINES, Kind.PEOPLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutDraft:
    """Why somebody goes without. `again_on`: the day to look again; `product`: not allowed for that vaccine alone."""

    kind: NoDose = NoDose.DEFERRED
    reason: str = ""
    again_on: date | None = None
    next_step: str = ""
    product: str = ""
    at: datetime | None = None
    on_paper: bool = False  # the row was written by hand


@needs(Right.ENTER)
def send_without(
    db: Database,
    session_id: UUID,
    person_id: UUID,
    draft: WithoutDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    screening: ScreeningDraft | None = None,
    consent: ConsentDraft | None = None,
    sure: Sure = False,
) -> Done[UUID]:
    """They go without; what stands between them and the next dose is kept with its re-check day. Of the `consent` a
    child's guardian is kept: who said no.

    Raises Refused vaccine_session.why_without, again_missing, again_past, what the sheet cannot say, nothing_kept
    (asked back); UserError vaccine_session.had_dose, went, moved, unknown, closed, cancelled, not_open.
    """
    with db.write(by, now) as session:
        row = running_in(session, session_id)
        person = here_in(session, person_id, row.day)
        desk = desk_in(session, row, person, screening_rule_in(session, catalog, row.day))
        found = _check(draft, row) + _barred(session, row, person, draft, screening, desk)
        if screening is not None:
            found += check_stated(screening, desk.sheet)
        found += check_guardian(consent) if consent is not None else []
        ask_back(found, sure)
        seat = free_seat(session, row, person, by_name)
        at = moment_of(row, draft.at, now, on_paper=draft.on_paper)
        seated(session, seat, at)
        if screening is not None:
            why = clean(screening.reason) or clean(draft.reason)  # of a decision that is not the rule's
            write_screening(seat, replace(screening, reason=why), desk, at, by_name)
        seat.no_dose, seat.no_dose_reason = draft.kind.value, clean(draft.reason)
        seat.again_on = draft.again_on if draft.kind in STANCE_OF else None
        seat.left_at, seat.left_by = at, clean(by_name)
        write_guardian(seat, consent)
        if draft.kind is NoDose.REFUSED:
            seat.consent = Consent.NO.value
        seat.stance_id = _stance(session, row, person, draft, by_name, now)
        return done(seat.id, *_CHANGED)


def _check(draft: WithoutDraft, row: VaccinationSessionRow) -> list[Problem]:
    found = list(too_long("reason", clean(draft.reason), TEXT_LIMIT))
    if draft.kind is not NoDose.WENT and not clean(draft.reason):
        found.append(Problem("reason", "vaccine_session.why_without"))
    if draft.kind is NoDose.DEFERRED and draft.again_on is None:
        found.append(Problem("again_on", "vaccine_session.again_missing"))
    if draft.again_on is not None and draft.again_on <= row.day:
        found.append(Problem("again_on", "vaccine_session.again_past", {"day": f"{row.day:%d/%m/%Y}"}))
    return found


def _barred(
    session: Session,
    row: VaccinationSessionRow,
    person: PersonRow,
    draft: WithoutDraft,
    screening: ScreeningDraft | None,
    desk: Desk,
) -> list[Problem]:
    """The sheet bars them, and this way of going leaves nothing of it in the register."""
    seat = found_seat(session, row.id, person.id)
    outcome = Outcome(seat.outcome) if seat is not None and seat.outcome else None
    if screening is not None:
        outcome = screening.outcome or judged(screening, desk.sheet, desk.usual_systolic).outcome
    if draft.kind in STANCE_OF or outcome is None or outcome.may_inject:
        return []
    return [Problem("kind", "vaccine_session.nothing_kept", {"outcome": _(OUTCOMES[outcome])}, "warning")]


def _stance(
    session: Session,
    row: VaccinationSessionRow,
    person: PersonRow,
    draft: WithoutDraft,
    by_name: str,
    now: datetime,
) -> UUID | None:
    """What it leaves in the register; one of its kind that is open already is said anew by it."""
    if draft.kind not in STANCE_OF:
        return None
    kind = StanceKind(STANCE_OF[draft.kind])
    product = draft.product if kind is StanceKind.CONTRAINDICATED else ""
    said = StanceDraft(
        person_id=person.id,
        kind=kind,
        reason=draft.reason,
        since=row.day,
        until=draft.again_on,
        product=product,
        next_step=draft.next_step,
        due_on=draft.again_on,
    )
    return write_stance(session, said, by_name=by_name, now=now, anew=True).id


@needs(Right.ENTER)
def call_back(db: Database, session_id: UUID, person_id: UUID, *, by: UUID | None, now: datetime) -> Done[None]:
    """They came back, or did not go: they wait where they were, and what the going left in the register never was.

    Raises UserError vaccine_session.not_there, still_here, unknown, closed, cancelled, not_open.
    """
    with db.write(by, now) as session:
        running_in(session, session_id)
        seat = found_seat(session, session_id, person_id)
        if seat is None or not seat.no_dose:
            name = session.scalars(select(PersonRow.full_name).where(PersonRow.id == person_id)).first() or ""
            raise UserError("vaccine_session.not_there" if seat is None else "vaccine_session.still_here", name=name)
        _forget(session, seat, now)
        return done(None, *_CHANGED)


def _forget(session: Session, seat: SessionPersonRow, now: datetime) -> None:
    if seat.stance_id is not None:
        take_back_stance(session, seat.stance_id, now)
    if seat.consent == Consent.NO.value:
        seat.consent = Consent.UNASKED.value
    seat.no_dose, seat.no_dose_reason, seat.again_on, seat.stance_id = "", "", None, None
    seat.left_at, seat.left_by = None, ""
