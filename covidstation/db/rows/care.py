"""F0 care: triage, checks, danger signs, calls, transfers, medicines, changed isolations, follow-up.

Clinical events are append-only: a correction is a new row whose `voids` names the old one. Times are the station's
wall clock; a temperature is in tenths of a degree, a weight in hundreds of grams.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Synced, voids_index


class RiskAssessmentRow(Synced, Base):
    """One triage: the answers, the class the table gave with its rule, the class that was chosen and why."""

    __tablename__ = "risk_assessment"
    person_id: Mapped[UUID] = mapped_column(index=True)
    episode_id: Mapped[UUID] = mapped_column(index=True)
    assessed_at: Mapped[datetime]
    table_id: Mapped[str]
    rule_id: Mapped[str]
    computed: Mapped[str]
    chosen: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")  # why another class than the computed one
    sentence: Mapped[str] = mapped_column(default="")
    guideline: Mapped[str] = mapped_column(default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)  # checklist item -> YES, NO, UNKNOWN
    eligible: Mapped[str] = mapped_column(default="UNKNOWN")
    by_name: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]


class VisitRow(Synced, Base):
    """One check of one person in one round, met or not."""

    __tablename__ = "visit"
    person_id: Mapped[UUID] = mapped_column(index=True)
    episode_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    at: Mapped[datetime]
    day: Mapped[date]
    round: Mapped[str]
    status: Mapped[str]
    means: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")  # why not met
    temperature: Mapped[int | None]
    spo2: Mapped[int | None]
    pulse: Mapped[int | None]
    breaths: Mapped[int | None]
    systolic: Mapped[int | None]
    diastolic: Mapped[int | None]
    symptoms: Mapped[list[str]] = mapped_column(default=list)
    signs_asked: Mapped[bool] = mapped_column(default=False)  # none found is not the same as nobody asked
    note: Mapped[str] = mapped_column(default="")
    guideline: Mapped[str] = mapped_column(default="")
    level: Mapped[str] = mapped_column(default="")  # normal, watch, danger: by the guideline at that time
    by_name: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]

    __table_args__ = (
        Index("ix_visit_episode_day", "episode_id", "day"),
        Index("ix_visit_contact_day", "contact_id", "day"),
        Index("ix_visit_day", "day"),
        voids_index("visit"),
    )


class AlertRow(Synced, Base):
    """A danger sign with the rule that speaks, open until somebody answers it."""

    __tablename__ = "alert"
    person_id: Mapped[UUID] = mapped_column(index=True)
    episode_id: Mapped[UUID] = mapped_column(index=True)
    visit_id: Mapped[UUID]
    raised_at: Mapped[datetime]
    guideline: Mapped[str]
    rule: Mapped[str]
    measure: Mapped[str]  # temperature, spo2, … or symptom
    value: Mapped[str]  # as the sentence names it: "93 %"
    sentence: Mapped[str]
    answered_at: Mapped[datetime | None] = mapped_column(index=True)
    answered_by: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class PhoneCallRow(Synced, Base):
    """One call of the companion doctor or the station."""

    __tablename__ = "phone_call"
    person_id: Mapped[UUID] = mapped_column(index=True)
    episode_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(default="")
    result: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    topic: Mapped[str] = mapped_column(default="", server_default=text("''"))  # domain.care.CallTopic
    agreed_on: Mapped[date | None]  # when they said that they will come
    ended_why: Mapped[str] = mapped_column(default="", server_default=text("''"))  # why nobody follows them any more
    voids: Mapped[UUID | None]

    __table_args__ = (voids_index("phone_call"),)


class HospitalizationRow(Synced, Base):
    """A transfer to a higher level, and the return from it (SORMAS Hospitalization)."""

    __tablename__ = "hospitalization"
    person_id: Mapped[UUID] = mapped_column(index=True)
    episode_id: Mapped[UUID] = mapped_column(index=True)
    left_at: Mapped[datetime] = mapped_column(index=True)
    facility: Mapped[str]
    facility_level: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")  # at leaving
    course: Mapped[str] = mapped_column(default="")
    treatment: Mapped[str] = mapped_column(default="")
    transport: Mapped[str] = mapped_column(default="")
    escort: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    returned_at: Mapped[datetime | None] = mapped_column(index=True)
    return_note: Mapped[str] = mapped_column(default="")
    voided_at: Mapped[datetime | None]
    place_before: Mapped[str] = mapped_column(default="")  # QuarantineType of the isolation that it broke off
    address_before: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_hospitalization_rev", "rev"),)


class TreatmentRow(Synced, Base):
    """A medicine given to a person, alone or as part of a package (`giving` is the same for one act)."""

    __tablename__ = "treatment"
    person_id: Mapped[UUID] = mapped_column(index=True)
    episode_id: Mapped[UUID | None] = mapped_column(index=True)
    giving: Mapped[UUID]
    given_at: Mapped[datetime]
    list_id: Mapped[str]
    package: Mapped[str] = mapped_column(default="")
    medicine: Mapped[str]
    name: Mapped[str]
    quantity: Mapped[int]
    unit: Mapped[str] = mapped_column(default="")
    dose: Mapped[str] = mapped_column(default="")
    days: Mapped[int | None]
    weight: Mapped[int | None]
    consent: Mapped[bool] = mapped_column(default=False)
    warnings: Mapped[list[str]] = mapped_column(default=list)  # ids of the contraindications that spoke
    reason: Mapped[str] = mapped_column(default="")  # why given all the same
    by_name: Mapped[str] = mapped_column(default="")
    lot_id: Mapped[UUID | None]  # of the station's store, the first of several
    own_supply: Mapped[bool] = mapped_column(default=False, server_default=false())  # of the person, or another source
    voids: Mapped[UUID | None]


class IsolationChangeRow(Synced, Base):
    """An isolation or quarantine made longer or shorter, with what it was before."""

    __tablename__ = "isolation_change"
    person_id: Mapped[UUID] = mapped_column(index=True)
    episode_id: Mapped[UUID | None] = mapped_column(index=True)
    contact_id: Mapped[UUID | None]
    changed_at: Mapped[datetime]
    days_before: Mapped[int | None]
    days_after: Mapped[int]
    until_before: Mapped[date | None]
    until_after: Mapped[date]
    reason: Mapped[str]
    by_name: Mapped[str] = mapped_column(default="")


class FollowUpRow(Synced, Base):
    """One planned visit or call in the twelve months after an illness."""

    __tablename__ = "follow_up"
    person_id: Mapped[UUID] = mapped_column(index=True)
    episode_id: Mapped[UUID] = mapped_column(index=True)
    due_on: Mapped[date]
    means: Mapped[str]
    status: Mapped[str]
    done_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_follow_up_status_due", "status", "due_on"),)
