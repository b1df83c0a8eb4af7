"""Chronic disease and the elders' yearly check (docs/adr/0039).

Visits are append-only: a correction is a new row whose `voids` names the old one, and a row of the place VOIDED only
takes one back. Pressures in mmHg, weight in hundreds of grams, height and waist in mm, glucose in hundredths of mmol/L
with the unit as it was typed, HbA1c in tenths of a percent.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Id, Synced, voids_index


class ChronicConditionRow(Synced, Base):
    """A disease that the station follows, or followed: of one code at most one is ACTIVE."""

    __tablename__ = "chronic_condition"
    person_id: Mapped[UUID] = mapped_column(index=True)
    code: Mapped[str]  # ICD-10
    label: Mapped[str] = mapped_column(default="")  # of a code that no list names
    group_code: Mapped[str] = mapped_column(default="")  # the underlying disease that it is; of the F0 forms
    diagnosed_year: Mapped[int | None]
    diagnosed_month: Mapped[int | None]
    diagnosed_day: Mapped[int | None]
    diagnosed_at: Mapped[str] = mapped_column(default="")  # where, by whom
    registered_on: Mapped[date]
    status: Mapped[str]
    removed_on: Mapped[date | None]
    removed_reason: Mapped[str] = mapped_column(default="")
    removed_note: Mapped[str] = mapped_column(default="")
    treatment: Mapped[str] = mapped_column(default="")
    target_systolic: Mapped[int | None]
    target_diastolic: Mapped[int | None]
    target_fasting: Mapped[int | None]
    target_hba1c: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")


class ChronicVisitRow(Synced, Base):
    """One visit of somebody with a chronic disease, or an elder's yearly check."""

    __tablename__ = "chronic_visit"
    person_id: Mapped[UUID]
    day: Mapped[date]
    place: Mapped[str]
    systolic: Mapped[int | None]
    diastolic: Mapped[int | None]
    pulse: Mapped[int | None]
    weight: Mapped[int | None]
    height: Mapped[int | None]
    waist: Mapped[int | None]
    glucose: Mapped[int | None]
    glucose_kind: Mapped[str] = mapped_column(default="")
    glucose_unit: Mapped[str] = mapped_column(default="")
    hba1c: Mapped[int | None]
    symptoms: Mapped[str] = mapped_column(default="")
    complications: Mapped[str] = mapped_column(default="")
    adherence: Mapped[str] = mapped_column(default="")
    smoking: Mapped[str] = mapped_column(default="")
    alcohol: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    next_on: Mapped[date | None]
    referred_to: Mapped[str] = mapped_column(default="")
    referred_reason: Mapped[str] = mapped_column(default="")
    back: Mapped[str] = mapped_column(default="")  # what came back from a referral
    yearly: Mapped[bool] = mapped_column(default=False)
    vision: Mapped[str] = mapped_column(default="")
    hearing: Mapped[str] = mapped_column(default="")
    walking: Mapped[str] = mapped_column(default="")
    memory: Mapped[str] = mapped_column(default="")
    alone: Mapped[str] = mapped_column(default="")
    frail: Mapped[str] = mapped_column(default="")
    home_on: Mapped[date | None]  # the next visit at home of a frail elder
    result: Mapped[str] = mapped_column(default="")  # against the targets, by the rule of that day
    rule: Mapped[str] = mapped_column(default="")
    sentence: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]

    __table_args__ = (
        Index("ix_chronic_visit_person", "person_id", "day"),
        Index("ix_chronic_visit_yearly", "day", "person_id", sqlite_where=text("yearly")),
        voids_index("chronic_visit"),
    )


class ChronicBookRow(Base):
    """How everybody stands, kept by triggers from the record, conditions, visits and calls: lists read nothing else.

    `here`: 0 for who has gone or died by the record, 1 for who can be seen, 2 for whom the station manages; an illness
    that ended in death stands in `episode` alone. `born` as `queries.residence.birth_number`. `listed`: followed, or to
    be visited at home. `due_on` is the next visit's day, or the day agreed on since, or that to call again.
    """

    __tablename__ = "chronic_book"
    person_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    person_n: Mapped[int]
    here: Mapped[int]
    born: Mapped[int | None]
    sort_key: Mapped[str]
    listed: Mapped[int]
    conditions: Mapped[int]  # how many are followed
    registered_on: Mapped[date | None]  # the first of them
    visit_id: Mapped[UUID | None]  # the last one
    last_on: Mapped[date | None]
    result: Mapped[str | None]
    next_on: Mapped[date | None]  # as the last visit says it
    due_on: Mapped[date | None]
    called_on: Mapped[date | None]  # the last call since that visit
    call_result: Mapped[str | None]
    yearly_on: Mapped[date | None]  # the last yearly check
    away_on: Mapped[date | None]  # of a referral from which nothing came back

    __table_args__ = (
        Index(
            "ix_chronic_book_due", "due_on", "conditions", "here", "result", "person_n", "person_id",
            sqlite_where=text("listed = 1"),
        ),
        Index(
            "ix_chronic_book_elders", "sort_key", "born", "yearly_on", "person_n", "person_id",
            sqlite_where=text("here = 2"),
        ),
    )  # fmt: skip
