"""F0 episodes and their tests."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Synced, voids_index


class EpisodeRow(Synced, Base):
    """One illness of one person; date-times are the station's wall clock."""

    __tablename__ = "episode"
    person_id: Mapped[UUID] = mapped_column(index=True)
    report_date: Mapped[date]
    onset_date: Mapped[date | None]
    symptoms: Mapped[list[str]] = mapped_column(default=list)
    doses_known: Mapped[int | None]
    last_dose_on: Mapped[date | None]
    classification: Mapped[str]
    outcome: Mapped[str]
    outcome_on: Mapped[date | None]
    outcome_place: Mapped[str] = mapped_column(default="", server_default=text("''"))  # of a death
    outcome_note: Mapped[str] = mapped_column(default="", server_default=text("''"))  # its cause; why no case
    isolation_type: Mapped[str]
    isolation_address: Mapped[str] = mapped_column(default="")
    isolation_start: Mapped[datetime | None]
    isolation_days: Mapped[int | None]
    isolation_until: Mapped[date | None]
    isolation_rule: Mapped[str] = mapped_column(default="")
    isolation_end_reason: Mapped[str | None]
    found_at: Mapped[datetime | None]
    proposed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    found_in: Mapped[str] = mapped_column(default="", server_default=text("''"))
    from_contact_id: Mapped[UUID | None]  # the F1 that this person was
    checks_a_day: Mapped[int | None]  # by the nurse's word; else the guideline's
    risk_class: Mapped[str] = mapped_column(default="", server_default=text("''"))  # of the newest risk_assessment
    came_from: Mapped[str] = mapped_column(default="", server_default=text("''"))  # the station that counted it before

    __table_args__ = (
        Index("ix_episode_outcome_report", "outcome", "report_date"),
        Index("ix_episode_outcome_on", "outcome_on"),
        Index("ix_episode_report_date", "report_date"),
        Index("ix_episode_sums", "person_id", "report_date", "classification", "found_in", "id"),
        Index("ix_episode_rev", "rev"),
        Index("ix_episode_came", "report_date", sqlite_where=text("came_from != ''")),
    )


class PathogenTestRow(Synced, Base):
    """One test: append-only, a correction is a new row that voids the old."""

    __tablename__ = "pathogen_test"
    person_id: Mapped[UUID] = mapped_column(index=True)
    episode_id: Mapped[UUID | None] = mapped_column(index=True)
    contact_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str]
    result: Mapped[str]
    sampled_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(default="")
    kit: Mapped[str] = mapped_column(default="", server_default=text("''"))  # the test kit by name
    kit_from: Mapped[str] = mapped_column(default="", server_default=text("''"))  # `domain.episodes.KitFrom`
    voids: Mapped[UUID | None]
    came_from: Mapped[str] = mapped_column(default="", server_default=text("''"))  # the station that counted it before

    __table_args__ = (
        Index("ix_pathogen_test_sampled", "sampled_on", "kind", "result"),
        Index("ix_pathogen_test_came", "sampled_on", sqlite_where=text("came_from != ''")),
        voids_index("pathogen_test"),
    )
