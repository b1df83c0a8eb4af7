"""Targets of vaccination that the upper level gave."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Synced


class VaccinationTargetRow(Synced, Base):
    """One target; `percent` or `count` says how many of the people meant. Ages in full years, below `end_age`."""

    __tablename__ = "vaccination_target"
    level: Mapped[str]
    percent: Mapped[int | None]
    count: Mapped[int | None]
    first_age: Mapped[int | None]
    end_age: Mapped[int | None]
    group_code: Mapped[str] = mapped_column(default="")  # a code of resources/rules/vaccine_priority.toml
    hamlet_id: Mapped[UUID | None]
    given_on: Mapped[date]
    until: Mapped[date]
    in_charge: Mapped[str] = mapped_column(default="")
    document: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None]
