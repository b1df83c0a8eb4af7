"""How far the rounds from door to door that run have come: counted, without a line for each door."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from covidstation.db.queries.places import within
from covidstation.db.queries.residence import lives_here
from covidstation.db.queries.reviews import count_houseless, stands
from covidstation.db.rows import HouseholdRow, PersonRow, ReviewRow, ReviewVisitRow
from covidstation.db.session import Database
from covidstation.domain.reviews import DoorResult, Progress


@dataclass(frozen=True, slots=True)
class RunningReview:
    """A round that nobody has ended; `last_day` may be over."""

    id: UUID
    title: str
    last_day: date
    progress: Progress


def running_reviews(db: Database, *, hamlets: Collection[UUID | None] | None = None) -> tuple[RunningReview, ...]:
    """Those whose last day comes first on top, each with the sum of `review_progress`; of these hamlets alone."""
    query = select(ReviewRow.id, ReviewRow.title, ReviewRow.last_day).where(ReviewRow.ended_on.is_(None))
    with db.read() as session:
        return tuple(
            RunningReview(row.id, row.title, row.last_day, _progress(session, row.id, hamlets))
            for row in session.execute(query.order_by(ReviewRow.last_day, ReviewRow.n))
        )


def _progress(session: Session, review_id: UUID, hamlets: Collection[UUID | None] | None) -> Progress:
    found = {result: 0 for result in DoorResult}
    knocks = _last_knocks(review_id)
    here = _here(hamlets)
    by_result = select(knocks.c.result, func.count()).join(HouseholdRow, HouseholdRow.id == knocks.c.household_id)
    for result, count in session.execute(by_result.where(*here).group_by(knocks.c.result)):
        found[DoorResult(result)] += count
    lived = (
        select(PersonRow.household_id).where(lives_here(), PersonRow.household_id.is_not(None)).distinct().subquery()
    )
    called = select(ReviewVisitRow.household_id).where(ReviewVisitRow.review_id == review_id, stands())
    left = (
        select(func.count())
        .select_from(lived)
        .join(HouseholdRow, HouseholdRow.id == lived.c.household_id)
        .where(lived.c.household_id.not_in(called), *here)
    )
    found[DoorResult.NONE] += (session.scalar(left) or 0) + count_houseless(session, hamlets)
    return Progress(found[DoorResult.DONE], found[DoorResult.AWAY], found[DoorResult.REFUSED], found[DoorResult.NONE])


def _here(hamlets: Collection[UUID | None] | None) -> tuple[ColumnElement[bool], ...]:
    return () if hamlets is None else (within(HouseholdRow.hamlet_id, hamlets),)


def _last_knocks(review_id: UUID) -> Any:
    """The result of the last knock at each door: SQLite takes the other columns from the row that has the maximum."""
    visit = ReviewVisitRow
    when = func.max(func.printf("%s%020d%012d", visit.day, visit.made, visit.n))
    return (
        select(visit.household_id, visit.result, when.label("at"))
        .where(visit.review_id == review_id, stands())
        .group_by(visit.household_id)
        .subquery()
    )
