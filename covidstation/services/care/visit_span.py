"""Between which days an illness can be checked at home, as the register knows it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import EpisodeRow, HospitalizationRow, PathogenTestRow
from covidstation.domain.episodes import CaseOutcome, TestResult
from covidstation.domain.monitoring import Span


def span_in(session: Session, row: EpisodeRow) -> Span:
    """From the first sign of the illness (found, felt, or tested) to its end, without the time in hospital."""
    voided = select(PathogenTestRow.voids).where(PathogenTestRow.voids.is_not(None))
    tested = select(PathogenTestRow.sampled_on).where(
        PathogenTestRow.episode_id == row.id,
        PathogenTestRow.result == TestResult.POSITIVE.value,
        PathogenTestRow.id.not_in(voided),
    )
    stays = select(HospitalizationRow.left_at, HospitalizationRow.returned_at).where(
        HospitalizationRow.episode_id == row.id, HospitalizationRow.voided_at.is_(None)
    )
    days = [day for day in (row.report_date, row.onset_date, *session.scalars(tested)) if day]
    died = row.outcome == CaseOutcome.DECEASED.value
    return Span(
        first=min(days),
        died_on=row.outcome_on if died else None,
        ended_on=row.outcome_on if not died and row.outcome != CaseOutcome.NO_OUTCOME.value else None,
        away=tuple((left, back) for left, back in session.execute(stays)),
    )
