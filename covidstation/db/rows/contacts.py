"""Contacts of F0 (F1)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Synced


class ContactRow(Synced, Base):
    """One person as the contact of one case (SORMAS Contact). `source_episode_id` is that case's, if it is registered;
    `became_episode_id` the person's own illness, when the contact became a case."""

    __tablename__ = "contact"
    person_id: Mapped[UUID] = mapped_column(index=True)
    source_episode_id: Mapped[UUID | None] = mapped_column(index=True)
    source_words: Mapped[str] = mapped_column(default="")  # who it was, when the case is of another commune
    report_date: Mapped[date]
    last_contact_on: Mapped[date | None]
    proximity: Mapped[str] = mapped_column(default="")
    relation: Mapped[str] = mapped_column(default="")
    status: Mapped[str]
    doses_known: Mapped[int | None]
    last_dose_on: Mapped[date | None]
    recovered_on: Mapped[date | None]  # from an earlier illness
    quarantine_type: Mapped[str] = mapped_column(default="HOME")
    quarantine_address: Mapped[str] = mapped_column(default="")
    quarantine_start: Mapped[datetime | None]
    quarantine_days: Mapped[int | None]
    quarantine_until: Mapped[date | None]
    quarantine_rule: Mapped[str] = mapped_column(default="")
    end_reason: Mapped[str | None]
    ended_on: Mapped[date | None]
    became_episode_id: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="")
    came_from: Mapped[str] = mapped_column(default="", server_default=text("''"))  # the station that counted it before

    __table_args__ = (Index("ix_contact_status_report", "status", "report_date"),)
