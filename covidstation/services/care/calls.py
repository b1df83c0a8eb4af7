"""The phone-call log of the companion doctor: who called, what was said, when to call again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.rows import AlertRow, PhoneCallRow
from covidstation.db.session import Database
from covidstation.domain.care import AlertAnswer, CallResult
from covidstation.domain.episodes import NOTE_LIMIT
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.care.rows import wall
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDraft:
    """One call of one person, about an illness, a contact, or neither. Times are wall clock."""

    person_id: UUID
    episode_id: UUID | None = None
    contact_id: UUID | None = None
    at: datetime | None = None
    result: CallResult = CallResult.REACHED
    summary: str = ""
    next_at: datetime | None = None


def check_call(draft: CallDraft, now: datetime) -> list[Problem]:
    """All that is wrong with a call; `now` is wall clock."""
    found = []
    if draft.at is None:
        found.append(Problem("at", "care.call_missing"))
    elif draft.at > now:
        found.append(Problem("at", "care.future", {"moment": f"{draft.at:%H:%M %d/%m/%Y}"}))
    if draft.result is CallResult.REACHED and not clean(draft.summary):
        found.append(Problem("summary", "care.summary_missing"))
    if len(draft.summary) > NOTE_LIMIT:
        params = {"count": str(len(draft.summary)), "most": str(NOTE_LIMIT)}
        found.append(Problem("summary", "episodes.text_long", params))
    if draft.at and draft.next_at and draft.next_at <= draft.at:
        found.append(Problem("next_at", "care.next_call_early"))
    return found


@needs(Right.ENTER)
def log_call(
    db: Database,
    draft: CallDraft,
    *,
    by: UUID | None,
    by_name: str,
    now: datetime,
    answers: tuple[UUID, ...] = (),
) -> Done[UUID]:
    """Keep a call; `answers` are the danger signs (alerts) that it answers, in the same step. Raises Refused.

    Only a call that reached somebody answers an alert.
    """
    found = errors(check_call(draft, wall(now)))
    if found or draft.at is None:
        raise Refused(found)
    with db.write(by, now) as session:
        row = PhoneCallRow(
            id=new_id(),
            person_id=draft.person_id,
            episode_id=draft.episode_id,
            contact_id=draft.contact_id,
            at=draft.at,
            by_name=by_name,
            result=draft.result.value,
            summary=clean(draft.summary),
            next_at=draft.next_at,
        )
        session.add(row)
        if draft.result is CallResult.REACHED:
            _answer(session, answers, draft, by_name, now)
    return done(row.id, Kind.CARE)


def _answer(session: Session, alerts: tuple[UUID, ...], draft: CallDraft, by_name: str, now: datetime) -> None:
    query = select(AlertRow).where(
        AlertRow.id.in_(alerts), AlertRow.person_id == draft.person_id, AlertRow.answered_at.is_(None)
    )
    for alert in session.scalars(query).all():
        alert.answered_at, alert.answered_by = wall(now), by_name
        alert.answer, alert.note = AlertAnswer.PHONED.value, clean(draft.summary)


@needs(Right.ENTER)
def void_call(db: Database, call_id: UUID, *, by: UUID | None, by_name: str, now: datetime) -> Done[None]:
    """Take back a call that was not made; the entry stays in the register. UserError care.unknown, already_void."""
    with db.write(by, now) as session:
        row = session.scalars(select(PhoneCallRow).where(PhoneCallRow.id == call_id)).first()
        if row is None or row.voids is not None:
            raise UserError("care.unknown")
        if session.scalars(select(PhoneCallRow.n).where(PhoneCallRow.voids == call_id)).first() is not None:
            raise UserError("care.already_void")
        session.add(
            PhoneCallRow(
                id=new_id(),
                person_id=row.person_id,
                episode_id=row.episode_id,
                contact_id=row.contact_id,
                at=row.at,
                by_name=by_name,
                result=row.result,
                topic=row.topic,  # the chronic register's book is made anew by calls of its own
                voids=row.id,
            )
        )
    return done(None, Kind.CARE, Kind.CHRONIC)
