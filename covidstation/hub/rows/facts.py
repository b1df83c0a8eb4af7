"""Figures kept beside the records, so that a page of all communes reads no record: written by `figures.facts` alone.

But `merged_record`, which `database.records` writes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.hub.rows.base import HubBase, JsonText


class CaseFactRow(HubBase):
    """One illness that counts as F0, and what figures need of it and of its person."""

    __tablename__ = "case_fact"
    station: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row: Mapped[str] = mapped_column(String(32), primary_key=True)  # of the episode
    person: Mapped[str] = mapped_column(String(32))
    day: Mapped[date]  # of the report: when it was found positive
    age: Mapped[int | None]  # whole years on that day; None: no year of birth
    sex: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(16))  # domain.episodes.CaseOutcome
    outcome_on: Mapped[date | None]
    risk: Mapped[str] = mapped_column(String(16))  # domain.care.RiskClass, or empty

    __table_args__ = (
        Index("ix_case_fact_person", "station", "person"),
        Index("ix_case_fact_day", "day", "station", "age"),
        Index("ix_case_fact_outcome", "outcome", "outcome_on", "station", "age"),
    )


class ReportFactRow(HubBase):
    """One frozen daily report of a station; a day's newest version is the one that counts."""

    __tablename__ = "report_fact"
    station: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date]
    version: Mapped[int]
    frozen_at: Mapped[datetime]  # by the station's clock
    by_name: Mapped[str]
    figures: Mapped[dict[str, Any]] = mapped_column(JsonText)  # name: [of the day, sum]
    typed: Mapped[dict[str, Any]] = mapped_column(JsonText)

    __table_args__ = (Index("ix_report_fact_day", "day", "station", "version"),)


class FactMarkRow(HubBase):
    """How far the figures have followed one stream: `u<n>` of a station's lines, `d<station>/<epoch>` of the hub's."""

    __tablename__ = "fact_mark"
    stream: Mapped[str] = mapped_column(String(40), primary_key=True)
    upto: Mapped[int] = mapped_column(BigInteger)


class MergedRow(HubBase):
    """A person's record that names another one which stands for it; written with the record (`database.records`)."""

    __tablename__ = "merged_record"
    station: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row: Mapped[str] = mapped_column(String(32), primary_key=True)
    stays: Mapped[str] = mapped_column(String(32))

    __table_args__ = (Index("ix_merged_record_stays", "station", "stays"),)
