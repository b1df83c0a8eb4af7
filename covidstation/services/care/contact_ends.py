"""How a contact (F1) stops being one, inside another act: its end, its becoming a case, and taking both back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import ContactRow
from covidstation.domain.care import ContactStatus, EndOfQuarantineReason


def end_in(
    session: Session,
    row: ContactRow,
    day: date,
    reason: EndOfQuarantineReason = EndOfQuarantineReason.ASYMPTOMATIC,
) -> None:
    """The quarantine ends on that day. A contact that has ended already keeps its end."""
    if row.status != ContactStatus.ACTIVE.value:
        return
    row.status = ContactStatus.DROPPED.value
    row.end_reason = reason.value
    row.ended_on = day
    session.flush()


def end_contacts_in(session: Session, person_id: UUID, day: date) -> None:
    """Somebody died: no quarantine of theirs runs on."""
    query = select(ContactRow).where(ContactRow.person_id == person_id, ContactRow.status == ContactStatus.ACTIVE.value)
    for row in session.scalars(query).all():
        end_in(session, row, day, EndOfQuarantineReason.OTHER)


def reopen_in(session: Session, row: ContactRow) -> None:
    """The end was a mistake, or its paper is void: the contact runs again."""
    row.status = ContactStatus.ACTIVE.value
    row.end_reason = None
    row.ended_on = None
    row.became_episode_id = None
    session.flush()


def convert_contacts_in(session: Session, person_id: UUID, episode_id: UUID, day: date) -> UUID | None:
    """A person has become a case: all their running contacts are converted and keep their history.

    Returns the contact that was entered first, for the illness to name as where it came from; None when there was none.
    """
    query = (
        select(ContactRow)
        .where(ContactRow.person_id == person_id, ContactRow.status == ContactStatus.ACTIVE.value)
        .order_by(ContactRow.report_date, ContactRow.n)
    )
    rows = list(session.scalars(query))
    for row in rows:
        row.status = ContactStatus.CONVERTED.value
        row.end_reason = EndOfQuarantineReason.ISOLATED_AS_CASE.value
        row.ended_on = day
        row.became_episode_id = episode_id
    session.flush()
    return rows[0].id if rows else None


def reopen_converted_in(session: Session, episode_id: UUID) -> int:
    """The illness was entered by mistake: the contacts that it had converted run again. Returns how many."""
    rows = list(session.scalars(select(ContactRow).where(ContactRow.became_episode_id == episode_id)))
    for row in rows:
        reopen_in(session, row)
    return len(rows)
