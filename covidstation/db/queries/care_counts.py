"""What was done in a period: checks, danger signs, medicines; voided ones are not counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from covidstation.db.queries.daily import in_chunks
from covidstation.db.rows import AlertRow, EpisodeRow, TreatmentRow, VisitRow
from covidstation.domain.care import VisitStatus
from covidstation.domain.daily import Period
from covidstation.domain.monitoring import VOIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class CareCounts:
    """Checks at which somebody was met and not, danger signs, people given medicines, people by package."""

    met: int
    not_met: int
    alerts: int
    treated: int
    by_package: Mapping[str, int] = field(default_factory=dict)


def care_in(session: Session, period: Period) -> CareCounts:
    """The counts of one period of the daily report."""
    visit, given = VisitRow, TreatmentRow
    in_period = visit.at > period.from_at, visit.at <= period.cutoff_at
    met = select(func.count()).where(*in_period, _stands(visit), visit.status == VisitStatus.COOPERATIVE.value)
    all_ = select(func.count()).where(*in_period, _stands(visit), visit.status != VOIDED)
    raised = select(func.count()).where(AlertRow.raised_at > period.from_at, AlertRow.raised_at <= period.cutoff_at)
    handed = given.given_at > period.from_at, given.given_at <= period.cutoff_at, given.voids.is_(None), _stands(given)
    people = select(func.count(given.person_id.distinct())).where(*handed)
    packages = select(given.package, func.count(given.person_id.distinct())).where(*handed, given.package != "")
    found_met = session.scalar(met) or 0
    return CareCounts(
        met=found_met,
        not_met=(session.scalar(all_) or 0) - found_met,
        alerts=session.scalar(raised) or 0,
        treated=session.scalar(people) or 0,
        by_package={name: count for name, count in session.execute(packages.group_by(given.package))},
    )


def _stands(row: Any) -> ColumnElement[bool]:
    later = aliased(row)
    return ~select(later.n).where(later.voids == row.id).exists()


def doses_known(session: Session, episode_ids: Sequence[UUID]) -> dict[UUID, int | None]:
    """How many doses each of these illnesses says; one that is gone is not there."""
    query = select(EpisodeRow.id, EpisodeRow.doses_known)
    return {row.id: row.doses_known for row in in_chunks(session, query, EpisodeRow.id, episode_ids)}
