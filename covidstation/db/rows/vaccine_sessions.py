"""Vaccination sessions: what is planned, taken out, opened and lost; who came and how they left; reactions
(docs/adr/0044).

What was given stands in `vaccine_dose` alone, which names its session and vial: so no count is kept twice. Times are
the station's wall clock. Temperatures in tenths of °C, pressures in mmHg.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Synced, voids_index


class VaccinationSessionRow(Synced, Base):
    """One session, planned, running or over."""

    __tablename__ = "vaccination_session"
    day: Mapped[date] = mapped_column(index=True)
    part: Mapped[str]  # domain.vaccination.sessions.SessionPart
    place: Mapped[str]  # SessionPlace
    hamlet_id: Mapped[UUID | None]
    address: Mapped[str] = mapped_column(default="")
    campaign: Mapped[str] = mapped_column(default="")
    team: Mapped[str] = mapped_column(default="")
    status: Mapped[str]  # SessionStatus
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(default="")
    on_paper: Mapped[bool] = mapped_column(default=False)  # run on paper, entered afterwards
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")


class SessionTakeRow(Synced, Base):
    """Vials of one lot that a session takes along. What the lot is was copied, so that it stays readable where the
    store is not. `left_doses` is what was counted at the end."""

    __tablename__ = "session_take"
    session_id: Mapped[UUID] = mapped_column(index=True)
    lot_id: Mapped[UUID]
    product: Mapped[str]  # a code of the list of vaccines
    product_name: Mapped[str] = mapped_column(default="")
    lot_number: Mapped[str] = mapped_column(default="")
    expiry: Mapped[date | None]
    vials: Mapped[int]
    per_vial: Mapped[int]
    left_doses: Mapped[int | None]
    difference: Mapped[int | None]  # doses that should have been left and were not
    difference_reason: Mapped[str] = mapped_column(default="")
    counted_by: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")


class SessionVialRow(Synced, Base):
    """One opened vial."""

    __tablename__ = "session_vial"
    session_id: Mapped[UUID] = mapped_column(index=True)
    take_id: Mapped[UUID]
    number: Mapped[int]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    by_name: Mapped[str] = mapped_column(default="")


class SessionWasteRow(Synced, Base):
    """Doses that went into nobody, or (DRAWN_OVER) that were there over the label. Append-only: another row voids it.
    Its movement in the store names this row."""

    __tablename__ = "session_waste"
    session_id: Mapped[UUID] = mapped_column(index=True)
    take_id: Mapped[UUID]
    vial_id: Mapped[UUID | None]  # None: of vials that nobody had opened
    at: Mapped[datetime]
    doses: Mapped[int]
    reason: Mapped[str]  # WasteReason
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]

    __table_args__ = (voids_index("session_waste"),)


class SessionPersonRow(Synced, Base):
    """One person in one session: invited, looked at, asked, and how they left. The dose stands in `vaccine_dose`.

    The id follows from session and person (`sessions.seat_of`), so that two copies that both add them write one row.
    """

    __tablename__ = "session_person"
    session_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    invited: Mapped[bool] = mapped_column(default=False)
    place_no: Mapped[int | None]  # their number on the list of the day
    come_at: Mapped[datetime | None]
    temperature: Mapped[int | None]
    pulse: Mapped[int | None]
    breaths: Mapped[int | None]
    systolic: Mapped[int | None]
    diastolic: Mapped[int | None]
    answers: Mapped[list[str]] = mapped_column(default=list)  # codes answered with yes
    weeks: Mapped[int | None]  # of a pregnancy
    proposed: Mapped[str] = mapped_column(default="")  # the outcome by the rule
    outcome: Mapped[str] = mapped_column(default="")  # that was decided
    outcome_reason: Mapped[str] = mapped_column(default="")  # why otherwise
    rule: Mapped[str] = mapped_column(default="")
    screened_at: Mapped[datetime | None]
    screened_by: Mapped[str] = mapped_column(default="")
    consent: Mapped[str] = mapped_column(default="")
    guardian_name: Mapped[str] = mapped_column(default="")
    guardian_relation: Mapped[str] = mapped_column(default="")
    guardian_phone: Mapped[str] = mapped_column(default="")
    no_dose: Mapped[str] = mapped_column(default="")  # NoDose: why they went without
    no_dose_reason: Mapped[str] = mapped_column(default="")
    again_on: Mapped[date | None]
    stance_id: Mapped[UUID | None]  # what that left in the register
    left_at: Mapped[datetime | None]
    left_by: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_session_person_session", "session_id", "person_id"),)


class AdverseEventRow(Synced, Base):
    """A reaction after a dose: ordinary or severe, what was done, how it ended, who was told."""

    __tablename__ = "adverse_event"
    person_id: Mapped[UUID] = mapped_column(index=True)
    dose_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None] = mapped_column(index=True)
    product: Mapped[str] = mapped_column(default="")
    injected_at: Mapped[datetime | None]
    kinds: Mapped[list[str]] = mapped_column(default=list)
    severe: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime]
    grade: Mapped[int | None]
    signs: Mapped[str] = mapped_column(default="")
    treatment: Mapped[str] = mapped_column(default="")
    sent_to: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    follow_until: Mapped[date | None]
    reported_at: Mapped[datetime | None]
    reported_to: Mapped[str] = mapped_column(default="")
    report_number: Mapped[str] = mapped_column(default="")
    ending: Mapped[str] = mapped_column(default="")  # EventEnd
    ended_on: Mapped[date | None]
    end_note: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index("ix_adverse_event_open", "began_at", "person_id", sqlite_where=text("severe AND ending = ''")),
    )
