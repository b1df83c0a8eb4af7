"""Triages as they were made, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import RiskAssessmentRow
from covidstation.db.session import Database
from covidstation.domain.care import RiskClass
from covidstation.domain.terms import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One triage: what the table gave, what was chosen, and what it was asked."""

    id: UUID
    episode_id: UUID
    at: datetime
    table_id: str
    rule_id: str
    computed: RiskClass
    chosen: RiskClass
    reason: str  # why another class than the computed one
    sentence: str  # the row of the table that spoke
    guideline: str
    answers: Mapping[str, Answer]
    eligible: Answer
    by_name: str

    @property
    def overridden(self) -> bool:
        """Whether a person chose another class than the table."""
        return self.chosen is not self.computed or bool(self.reason)


def assessments_in(session: Session, episode_id: UUID) -> tuple[Assessment, ...]:
    """All triages of an illness that stand, newest first, inside another act's transaction."""
    query = select(RiskAssessmentRow).where(RiskAssessmentRow.episode_id == episode_id).order_by(RiskAssessmentRow.n)
    rows = list(session.scalars(query))
    voided = {row.voids for row in rows}
    return tuple(_assessment(row) for row in reversed(rows) if row.id not in voided)


def assessments_of(db: Database, episode_id: UUID) -> tuple[Assessment, ...]:
    """The same, for a window."""
    with db.read() as session:
        return assessments_in(session, episode_id)


def _assessment(row: RiskAssessmentRow) -> Assessment:
    return Assessment(
        id=row.id,
        episode_id=row.episode_id,
        at=row.assessed_at,
        table_id=row.table_id,
        rule_id=row.rule_id,
        computed=RiskClass(row.computed),
        chosen=RiskClass(row.chosen),
        reason=row.reason,
        sentence=row.sentence,
        guideline=row.guideline,
        answers=MappingProxyType({item: Answer(answer) for item, answer in row.answers.items()}),
        eligible=Answer(row.eligible),
        by_name=row.by_name,
    )
