"""How far the district's targets were reached, counted from the register as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.moved import from_elsewhere
from covidstation.db.queries.deliveries import stands
from covidstation.db.queries.rounds import standing
from covidstation.db.rows import DistrictItemRow, FollowUpRow, PaperDeliveryRow, PathogenTestRow, VisitRow
from covidstation.db.session import Database
from covidstation.domain.care import FollowUpStatus, VisitStatus
from covidstation.domain.district import ItemKind, Measure, Target, read_target
from covidstation.domain.rights import Right
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True)
class Reached:
    """A target and what stands against it."""

    target: Target
    count: int

    @property
    def left(self) -> int:
        """How many are missing."""
        return max(0, self.target.value - self.count)


@needs(Right.SEE)
def targets_on(db: Database, day: date) -> tuple[tuple[UUID, Reached], ...]:
    """The targets in whose days `day` lies, each with its item, the first to end first."""
    found = []
    with db.read() as session:
        query = select(DistrictItemRow).where(
            DistrictItemRow.kind == ItemKind.TARGET.value, DistrictItemRow.withdrawn_at.is_(None)
        )
        for row in session.scalars(query):
            reached = reached_in(session, row.data)
            if reached is not None and reached.target.first <= day <= reached.target.last:
                found.append((row.id, reached))
    return tuple(sorted(found, key=lambda one: (one[1].target.last, one[0])))


def reached_in(session: Session, data: Mapping[str, Any] | None) -> Reached | None:
    """The target of an item's data and its count; None for data of no known form."""
    try:
        target = read_target(data)
    except ValueError:
        return None
    return Reached(target, _COUNTS[target.measure](session, target.first, target.last))


def _tests(session: Session, first: date, last: date) -> int:
    """Samples that this station took; one that was written wrongly and again counts once."""
    later = select(PathogenTestRow.voids).where(PathogenTestRow.voids.is_not(None))
    query = select(func.count()).where(
        PathogenTestRow.sampled_on.between(first, last),
        PathogenTestRow.id.not_in(later),
        ~from_elsewhere(PathogenTestRow),
    )
    return session.scalar(query) or 0


def _checks(session: Session, first: date, last: date) -> int:
    query = select(func.count()).where(
        VisitRow.day.between(first, last), VisitRow.status == VisitStatus.COOPERATIVE.value, standing()
    )
    return session.scalar(query) or 0


def _follow_ups(session: Session, first: date, last: date) -> int:
    query = select(func.count()).where(
        FollowUpRow.status == FollowUpStatus.DONE.value,
        FollowUpRow.done_at.between(datetime.combine(first, time.min), datetime.combine(last, time.max)),
    )
    return session.scalar(query) or 0


def _deliveries(session: Session, first: date, last: date) -> int:
    query = select(func.count()).where(PaperDeliveryRow.delivered_on.between(first, last), stands())
    return session.scalar(query) or 0


_COUNTS = {
    Measure.TESTS: _tests,
    Measure.CHECKS: _checks,
    Measure.FOLLOW_UPS: _follow_ups,
    Measure.DELIVERIES: _deliveries,
}
