"""What the book of doses says to an illness and to a contact: how many doses, the last day. Nobody types it, and it
follows the book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.vaccination import doses_of
from covidstation.db.rows import ContactRow, EpisodeRow
from covidstation.db.session import Database
from covidstation.domain.care import ContactStatus
from covidstation.domain.episodes import CaseOutcome, EpisodeDraft
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.doses import Dose
from covidstation.domain.vaccination.places import told_by
from covidstation.services.rights import needs

Told = tuple[int | None, date | None]
"""How many doses, and the day of the last one; None for what nobody knows."""
NOTHING: Told = (None, None)


@needs(Right.SEE)
def doses_told(db: Database, person_id: UUID, day: date) -> Told:
    """What the book knows of somebody's doses by that day, for a form that is about to open."""
    with db.read() as session:
        return told_in(session, person_id, day)


def told_in(session: Session, person_id: UUID, day: date) -> Told:
    """The same inside another act's transaction."""
    return _told(doses_of(session, person_id), day)


def with_told(session: Session, person_id: UUID, draft: EpisodeDraft) -> EpisodeDraft:
    """An illness with what the book knows, where nobody said how many doses."""
    if draft.doses_known is not None or draft.report_date is None:
        return draft
    doses, last = told_in(session, person_id, draft.report_date)
    return draft if doses is None else replace(draft, doses_known=doses, last_dose_on=draft.last_dose_on or last)


def follow_doses(session: Session, person_id: UUID, before: Sequence[Dose]) -> None:
    """The book has changed: illnesses follow it, and contacts who are still watched. One that is over follows where it
    says what the book said, since the schedule takes more than that for told by somebody. What somebody told and is
    more than the book knows stays; so do the days of a quarantine, which somebody decided."""
    ill = select(EpisodeRow).where(EpisodeRow.person_id == person_id)
    watched = select(ContactRow).where(
        ContactRow.person_id == person_id, ContactRow.status == ContactStatus.ACTIVE.value
    )
    rows: list[tuple[EpisodeRow | ContactRow, date, bool]] = [
        (row, row.report_date, row.outcome == CaseOutcome.NO_OUTCOME.value) for row in session.scalars(ill)
    ]
    rows += [(row, row.last_contact_on or row.report_date, True) for row in session.scalars(watched)]
    after = doses_of(session, person_id) if rows else ()
    for row, day, lasts in rows:
        held: Told = (row.doses_known, row.last_dose_on)
        told = _told(after, day)
        if told != held and (held == _told(before, day) or (lasts and _knows_more(told, held))):
            row.doses_known, row.last_dose_on = told
    session.flush()


def _told(doses: Sequence[Dose], day: date) -> Told:
    count, last = told_by(doses, day)
    return (count, last) if count else NOTHING


def _knows_more(told: Told, held: Told) -> bool:
    if told[0] is None:
        return False
    return held[0] is None or told[0] > held[0] or (told[0] == held[0] and held[1] is None)
