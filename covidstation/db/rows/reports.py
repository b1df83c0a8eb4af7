"""What is reported: frozen daily reports, the notifiable-disease queue, who is on duty where, edited rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.packed import PackedJSON
from covidstation.db.rows.base import Base, Synced


class DailyReportRow(Synced, Base):
    """A report as it was sent. `figures` are the numbers, `events` the keys of what was counted, by figure.

    A second freezing of a day is a new row with the next `version`; the old one stays.
    """

    __tablename__ = "daily_report"
    day: Mapped[date]
    version: Mapped[int]
    from_at: Mapped[datetime]
    cutoff_at: Mapped[datetime]
    frozen_at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(default="")
    figures: Mapped[dict[str, Any]] = mapped_column(PackedJSON)
    events: Mapped[dict[str, Any]] = mapped_column(PackedJSON)
    typed: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what only people know: difficulties, staff on duty
    content_hash: Mapped[str]

    __table_args__ = (Index("ix_daily_report_day", "day", "version"),)


class CaseNoticeRow(Synced, Base):
    """One case, or one death, that the national notifiable-disease system must hear of."""

    __tablename__ = "case_notice"
    person_id: Mapped[UUID] = mapped_column(index=True)
    episode_id: Mapped[UUID] = mapped_column(index=True)
    event: Mapped[str]  # CASE or DEATH
    rule: Mapped[str]
    entered_at: Mapped[datetime | None]
    entered_by: Mapped[str] = mapped_column(default="")
    system_number: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class DutyRow(Synced, Base):
    """A member of staff, or of a COVID team, in charge of a hamlet; without one, of the whole commune."""

    __tablename__ = "duty"
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    hamlet_id: Mapped[UUID | None] = mapped_column(index=True)
    trip: Mapped[str] = mapped_column(default="", server_default=text("''"))  # of the hamlet the houses of this way
    first_house: Mapped[int | None]  # and of these those from this number on the way
    last_house: Mapped[int | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    role: Mapped[str] = mapped_column(default="", server_default=text("''"))  # domain.duties.DutyRole
    team: Mapped[str] = mapped_column(default="", server_default=text("''"))  # domain.duties.Team
    user_id: Mapped[UUID | None]  # who unlocks the register as them


class RuleVersionRow(Synced, Base):
    """The station's own version of one shipped rule: the whole rule as TOML. The newest speaks, old ones stay."""

    __tablename__ = "rule_version"
    blocks = frozenset({"body"})
    family: Mapped[str]
    rule_id: Mapped[str]  # of the shipped rule
    version: Mapped[int]
    body: Mapped[str]
    confirmed: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    edited_at: Mapped[datetime]
