"""Who is due for which dose: the station's own book, kept by `db.vaccine_book` (docs/adr/0043). None of it travels."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Id


class VaccineBookRow(Base):
    """How everybody whom the station manages stands, as the schedule said on `as_of`, until `next_change_on`.

    `born` as `queries.residence.birth_number`; `products` and `params` as words of the state: codes with a space
    between, pairs as JSON.
    """

    __tablename__ = "vaccine_book"
    person_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    person_n: Mapped[int]
    sort_key: Mapped[str]
    hamlet_id: Mapped[UUID | None]
    born: Mapped[int | None]
    sex: Mapped[str]
    said_group: Mapped[str]  # the person's, as somebody said it
    diseased: Mapped[bool]  # has an underlying disease
    kind: Mapped[str]
    stage: Mapped[str]
    due_on: Mapped[date | None]
    late_on: Mapped[date | None]
    since: Mapped[date | None]
    away: Mapped[bool]
    pregnant: Mapped[bool]
    why: Mapped[str]
    rule: Mapped[str]
    doses: Mapped[int]
    next_class: Mapped[str]
    next_number: Mapped[int]
    products: Mapped[str]
    params: Mapped[str]
    stance_id: Mapped[UUID | None]
    first_on: Mapped[date | None]  # since when somebody has had what (`states.Reached`)
    basic_on: Mapped[date | None]
    added_on: Mapped[date | None]
    booster_on: Mapped[date | None]
    booster2_on: Mapped[date | None]
    as_of: Mapped[date]
    next_change_on: Mapped[date | None]

    __table_args__ = (
        Index("ix_vaccine_book_list", "kind", "due_on", "sort_key", "person_n", "hamlet_id", "born", "stage", "away"),
        Index("ix_vaccine_book_day", "due_on", "sort_key", "person_n"),
        Index("ix_vaccine_book_count", "kind", "stage", "away"),
        Index("ix_vaccine_book_turn", "next_change_on", sqlite_where=text("next_change_on IS NOT NULL")),
    )


class VaccineStaleRow(Base):
    """A person of whom something was written since their line was: triggers put them here."""

    __tablename__ = "vaccine_stale"
    person_id: Mapped[UUID] = mapped_column(Id, primary_key=True)


class VaccineBasisRow(Base):
    """By which rules the book was written, and on which day last; how many stand where, empty when nobody knows.

    `counts`: JSON, `[[kind, stage, people, those who cannot come], …]`.
    """

    __tablename__ = "vaccine_basis"
    n: Mapped[int] = mapped_column(primary_key=True)
    basis: Mapped[str]
    day: Mapped[date]
    counts: Mapped[str]
