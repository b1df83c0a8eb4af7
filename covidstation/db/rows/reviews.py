"""From door to door: rounds over all households, each knock, what was found of whom, and who goes where on a day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Synced, voids_index


class ReviewRow(Synced, Base):
    """A round over the commune's households; `pack` is the rule whose questions are asked."""

    __tablename__ = "review"
    title: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    pack: Mapped[str]
    ended_on: Mapped[date | None]
    by_name: Mapped[str] = mapped_column(default="")


class ReviewVisitRow(Synced, Base):
    """One knock at one door; never rewritten, another row voids it. The newest that stands speaks."""

    __tablename__ = "review_visit"
    review_id: Mapped[UUID]
    household_id: Mapped[UUID]
    day: Mapped[date]
    result: Mapped[str]  # domain.reviews.DoorResult
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]

    __table_args__ = (
        Index("ix_review_visit_door", "review_id", "household_id"),
        voids_index("review_visit"),
    )


class VulnerabilityRow(Synced, Base):
    """Why somebody needs looking after, and what is next; it stands until it is closed with a reason."""

    __tablename__ = "vulnerability"
    person_id: Mapped[UUID] = mapped_column(index=True)
    reason: Mapped[str]  # a code of resources/rules/review.toml
    since: Mapped[date]
    review_id: Mapped[UUID | None]  # the round in which it was found
    next_step: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None]
    closed_reason: Mapped[str] = mapped_column(default="")  # domain.reviews.CloseReason
    closed_by: Mapped[str] = mapped_column(default="")


class WorkShareRow(Synced, Base):
    """Who does the work of one hamlet on one day; without a hamlet, of those whose hamlet nobody knows.

    One row a day and hamlet; an empty `name` takes the hamlet from everybody.
    """

    __tablename__ = "work_share"
    day: Mapped[date]
    hamlet_id: Mapped[UUID | None]
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    user_id: Mapped[UUID | None]  # who unlocks the register as them

    __table_args__ = (Index("ix_work_share_day", "day"),)
