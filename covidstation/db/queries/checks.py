"""What the checks of an illness say last, inside another act's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import VisitRow
from covidstation.domain.care import VisitStatus, Vitals


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCheck:
    """The newest check that stands and at which the person was met; symptoms are those that it names."""

    at: datetime
    vitals: Vitals
    symptoms: frozenset[str]


def vitals_of(row: Any) -> Vitals:
    """What a check measured: a `VisitRow`, or a row with those columns."""
    return Vitals(**{name: getattr(row, name) for name in Vitals.__slots__})


def last_check_in(session: Session, episode_id: UUID) -> LastCheck | None:
    """The newest of them; None before the first."""
    row = next(iter(_met(session, episode_id)), None)
    return LastCheck(at=row.at, vitals=vitals_of(row), symptoms=frozenset(row.symptoms)) if row else None


def newest_spo2(session: Session, episode_id: UUID) -> int | None:
    """The last SpO2 that was measured, in %; a later check without one says nothing of it."""
    return next((row.spo2 for row in _met(session, episode_id) if row.spo2 is not None), None)


def _met(session: Session, episode_id: UUID) -> list[VisitRow]:
    """The checks that stand at which the person was met, the newest first."""
    query = select(VisitRow).where(VisitRow.episode_id == episode_id).order_by(VisitRow.at.desc(), VisitRow.n.desc())
    rows = list(session.scalars(query))
    voided = {row.voids for row in rows}
    return [row for row in rows if row.id not in voided and row.status == VisitStatus.COOPERATIVE.value]
