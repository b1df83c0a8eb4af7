"""People who need looking after: each reason has a next step and stands until somebody closes it with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.residence import stand_of
from covidstation.db.rows import PersonRow, VulnerabilityRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.reviews import CloseReason, ReviewPack, review_pack_on
from covidstation.domain.rights import Right
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDraft:
    """What is next for somebody, and by when."""

    next_step: str = ""
    due_on: date | None = None
    note: str = ""


@needs(Right.ENTER)
def add_finding(
    db: Database,
    person_id: UUID,
    reason: str,
    step: StepDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[UUID]:
    """Somebody needs looking after, found outside a round.

    Raises Refused: reviews.reason_missing, due_past, a text that is too long; UserError people.unknown_person,
    households.not_here, reviews.on_list.
    """
    today = now.date()
    pack = review_pack_on(catalog.review_packs, today)
    found = _check_step(step, today)
    if pack.question(reason) is None:
        found.append(Problem("reason", "reviews.reason_missing"))
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        person = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
        if person is None:
            raise UserError("people.unknown_person")
        if not stand_of(person).here or person.moved_to is not None:
            raise UserError("households.not_here", name=person.full_name)
        twice = select(VulnerabilityRow.id).where(
            VulnerabilityRow.person_id == person_id,
            VulnerabilityRow.reason == reason,
            VulnerabilityRow.closed_on.is_(None),
        )
        if session.scalars(twice).first() is not None:
            raise UserError("reviews.on_list", name=person.full_name)
        row = open_finding(session, person_id, pack, reason, today, review_id=None, by_name=clean(by_name))
        _fill(row, step)
        return done(row.id, Kind.REVIEWS)


@needs(Right.ENTER)
def set_next_step(
    db: Database, findings: Sequence[UUID], step: StepDraft, *, by: UUID | None, by_name: str, now: datetime
) -> Done[int]:
    """The step before was done, or another is wanted: the same for all of these. How many.

    Raises Refused: reviews.due_past, a text that is too long; UserError reviews.unknown_finding, reviews.closed.
    """
    if found := _check_step(step, now.date()):
        raise Refused(found)
    with db.write(by, now) as session:
        for row in _open_rows(session, findings):
            _fill(row, step)
            row.by_name = clean(by_name)
        return done(len(findings), Kind.REVIEWS)


@needs(Right.ENTER)
def close_findings(
    db: Database,
    findings: Sequence[UUID],
    reason: CloseReason,
    *,
    note: str = "",
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[int]:
    """They are looked after no longer for these reasons; the rows stay. How many.

    Raises Refused for a note that is too long; UserError reviews.unknown_finding, reviews.closed.
    """
    if found := too_long("note", clean(note), TEXT_LIMIT):
        raise Refused(found)
    with db.write(by, now) as session:
        for row in _open_rows(session, findings):
            close_row(row, reason, max(now.date(), row.since), clean(by_name))
            row.note = clean(note) or row.note
        return done(len(findings), Kind.REVIEWS)


def open_finding(
    session: Session,
    person_id: UUID,
    pack: ReviewPack,
    code: str,
    day: date,
    *,
    review_id: UUID | None,
    by_name: str,
) -> VulnerabilityRow:
    """A reason that begins, with the step that its question proposes."""
    question = pack.question(code)
    row = VulnerabilityRow(
        id=new_id(),
        person_id=person_id,
        reason=code,
        since=day,
        review_id=review_id,
        by_name=by_name,
    )
    if question is not None and question.listed:
        row.next_step, row.due_on = question.step, question.due_from(day)
    session.add(row)
    return row


def close_row(row: VulnerabilityRow, reason: CloseReason, day: date, by_name: str) -> None:
    """The one way in which a reason ends."""
    row.closed_on, row.closed_reason, row.closed_by = day, reason.value, by_name


def _check_step(step: StepDraft, today: date) -> list[Problem]:
    found = [
        *too_long("next_step", clean(step.next_step), TEXT_LIMIT),
        *too_long("note", clean(step.note), TEXT_LIMIT),
    ]
    if step.due_on is not None and step.due_on < today:
        found.append(Problem("due_on", "reviews.due_past"))
    return found


def _fill(row: VulnerabilityRow, step: StepDraft) -> None:
    row.next_step, row.due_on, row.note = clean(step.next_step), step.due_on, clean(step.note)


def _open_rows(session: Session, findings: Sequence[UUID]) -> list[VulnerabilityRow]:
    """Raises UserError reviews.unknown_finding, reviews.closed."""
    rows = list(session.scalars(select(VulnerabilityRow).where(VulnerabilityRow.id.in_(findings))))
    if len(rows) != len(set(findings)) or not rows:
        raise UserError("reviews.unknown_finding")
    if any(row.closed_on is not None for row in rows):
        raise UserError("reviews.closed")
    return rows
