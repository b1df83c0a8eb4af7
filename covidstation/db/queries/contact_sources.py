"""The cases that a contact may be of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import EpisodeRow, HamletRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.episodes import CaseClassification, CaseOutcome

_RECENT_DAYS = 30  # a case that has ended may still have infected somebody who is found now


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """A case that a contact may be of."""

    id: UUID
    person_id: UUID
    full_name: str
    hamlet: str
    report_date: date


def case_choices(db: Database, *, today: date) -> tuple[CaseChoice, ...]:
    """The open cases and those that ended lately, the newest first."""
    recent = or_(
        EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value,
        EpisodeRow.outcome_on >= today - timedelta(days=_RECENT_DAYS),
    )
    return _cases(db, recent)


def case_choice(db: Database, episode_id: UUID) -> CaseChoice | None:
    """One case by its id."""
    return next(iter(_cases(db, EpisodeRow.id == episode_id)), None)


def _cases(db: Database, condition: ColumnElement[bool]) -> tuple[CaseChoice, ...]:
    query = (
        select(EpisodeRow.id, EpisodeRow.person_id, PersonRow.full_name, hamlet_words(), EpisodeRow.report_date)
        .join(PersonRow, PersonRow.id == EpisodeRow.person_id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .where(condition, EpisodeRow.classification != CaseClassification.NO_CASE.value)
        .order_by(EpisodeRow.report_date.desc(), PersonRow.sort_key)
    )
    with db.read() as session:
        return tuple(CaseChoice(*row) for row in session.execute(query))
