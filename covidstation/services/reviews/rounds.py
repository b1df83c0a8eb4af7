"""Rounds from door to door: beginning one, ending it, opening it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.rows import ReviewRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.reviews import review_pack_on
from covidstation.domain.rights import Right
from covidstation.domain.text import NAME_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

LONGEST_ROUND: Final = 366  # days: a longer one is a slip of the pen


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDraft:
    """A round over the commune's households; both days are inclusive."""

    title: str = ""
    first_day: date | None = None
    last_day: date | None = None


def check_review(draft: ReviewDraft) -> list[Problem]:
    """What a form shows beside its fields."""
    found = [*too_long("title", clean(draft.title), NAME_LIMIT)]
    if not clean(draft.title):
        found.append(Problem("title", "reviews.title_missing"))
    for field, day in (("first_day", draft.first_day), ("last_day", draft.last_day)):
        if day is None:
            found.append(Problem(field, "reviews.day_missing"))
    if draft.first_day and draft.last_day and draft.last_day < draft.first_day:
        found.append(Problem("last_day", "reviews.ends_first"))
    elif draft.first_day and draft.last_day and (draft.last_day - draft.first_day).days >= LONGEST_ROUND:
        found.append(Problem("last_day", "reviews.too_long"))
    return found


@needs(Right.ENTER)
def start_review(
    db: Database, draft: ReviewDraft, *, catalog: Catalog, by: UUID | None, by_name: str, now: datetime
) -> Done[UUID]:
    """Begin a round; its questions are those in force on its first day.

    Raises Refused: reviews.title_missing, day_missing, ends_first, too_long; UserError reviews.one_runs: one round of
    that name runs already.
    """
    found = check_review(draft)
    if found or draft.first_day is None or draft.last_day is None:
        raise Refused(found)
    pack = review_pack_on(catalog.review_packs, draft.first_day)
    with db.write(by, now) as session:
        title = clean(draft.title)
        for row in session.scalars(select(ReviewRow).where(ReviewRow.ended_on.is_(None))):
            if row.title.casefold() == title.casefold():
                raise UserError("reviews.one_runs", title=title)
        row = ReviewRow(
            id=new_id(),
            title=title,
            first_day=draft.first_day,
            last_day=draft.last_day,
            pack=pack.id,
            by_name=clean(by_name),
        )
        session.add(row)
        return done(row.id, Kind.REVIEWS)


@needs(Right.ENTER)
def end_review(db: Database, review_id: UUID, *, by: UUID | None, now: datetime) -> Done[UUID]:
    """No more doors are written down; what was found stands on. Raises UserError reviews.unknown."""
    with db.write(by, now) as session:
        row = review_in(session, review_id)
        row.ended_on = row.ended_on or now.date()
        return done(review_id, Kind.REVIEWS)


@needs(Right.ENTER)
def reopen_review(db: Database, review_id: UUID, *, by: UUID | None, now: datetime) -> Done[UUID]:
    """It was ended too early. Raises UserError reviews.unknown."""
    with db.write(by, now) as session:
        review_in(session, review_id).ended_on = None
        return done(review_id, Kind.REVIEWS)


def review_in(session: Session, review_id: UUID, *, running: bool = False) -> ReviewRow:
    """Raises UserError reviews.unknown, reviews.ended."""
    row = session.scalars(select(ReviewRow).where(ReviewRow.id == review_id)).first()
    if row is None:
        raise UserError("reviews.unknown")
    if running and row.ended_on is not None:
        raise UserError("reviews.ended", title=row.title, day=f"{row.ended_on:%d/%m/%Y}")
    return row
