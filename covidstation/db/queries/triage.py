"""Triages as they were made, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import RiskAssessmentRow, VisitRow
from covidstation.db.session import Database
from covidstation.domain.care import RiskClass, VisitStatus, Vitals
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


def newest_spo2(session: Session, episode_id: UUID) -> int | None:
    """The last SpO2 that was measured, in %; a later check without one says nothing of it."""
    measured = [row for row in _met(session, episode_id) if row.spo2 is not None]
    return max(measured, key=lambda one: one.at).spo2 if measured else None


def newest_check(session: Session, episode_id: UUID) -> tuple[Vitals, frozenset[str]] | None:
    """What was measured and seen when the person was last met; None before the first check."""
    met = _met(session, episode_id)
    if not met:
        return None
    row = max(met, key=lambda one: one.at)
    vitals = Vitals(
        temperature=row.temperature,
        spo2=row.spo2,
        pulse=row.pulse,
        breaths=row.breaths,
        systolic=row.systolic,
        diastolic=row.diastolic,
    )
    return vitals, frozenset(row.symptoms)


def _met(session: Session, episode_id: UUID) -> list[VisitRow]:
    """The checks that stand at which the person was met, as they were entered."""
    rows = list(session.scalars(select(VisitRow).where(VisitRow.episode_id == episode_id).order_by(VisitRow.n)))
    voided = {row.voids for row in rows}
    return [row for row in rows if row.id not in voided and row.status == VisitStatus.COOPERATIVE.value]


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
