"""Medicines that a person takes day after day, and each handing-out of them.

An amount is in hundredths of a unit, a supply in whole units (`domain.dispensing`).
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Id, Synced, voids_index


class PrescriptionRow(Synced, Base):
    """One medicine of one person, from a day on. Another dose is another row, which the old one ends for.

    What the medicine is was copied from the station's item, so that it stays readable where that item is not.
    `runs_out_on` and `handed_on` follow from the handings-out and are written with each of them.
    """

    __tablename__ = "prescription"
    person_id: Mapped[UUID] = mapped_column(index=True)
    item_id: Mapped[UUID | None]  # of the station's supplies, when it keeps the medicine
    medicine: Mapped[str]
    strength: Mapped[str] = mapped_column(default="")
    form: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    substances: Mapped[list[str]] = mapped_column(default=list)
    atc: Mapped[str] = mapped_column(default="")
    amount: Mapped[int]
    times: Mapped[int]
    instruction: Mapped[str] = mapped_column(default="")
    condition: Mapped[str] = mapped_column(default="")  # ICD-10, what it is for
    started_on: Mapped[date]
    prescriber: Mapped[str] = mapped_column(default="")
    facility: Mapped[str] = mapped_column(default="")  # that prescribed it
    by_name: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(default="")
    handed_on: Mapped[date | None]
    runs_out_on: Mapped[date | None]

    __table_args__ = (Index("ix_prescription_due", "runs_out_on", "person_id", sqlite_where=text("ended_on IS NULL")),)


class MedicineBookRow(Base):
    """Who runs out of a medicine when, first of all: kept by triggers over `prescription` and the person's record.

    Only people in care have a line, and only while they take something; an illness that ended in death stands in
    `episode` alone. It never travels.
    """

    __tablename__ = "medicine_book"
    person_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    person_n: Mapped[int]
    hamlet_id: Mapped[UUID | None]
    sort_key: Mapped[str]
    runs_out_on: Mapped[date]  # the first of what they take

    __table_args__ = (Index("ix_medicine_book_day", "runs_out_on", "sort_key", "person_n", "hamlet_id", "person_id"),)


class DispensingRow(Synced, Base):
    """One medicine handed out for some days; `handing` is the same for one act. Append-only."""

    __tablename__ = "dispensing"
    person_id: Mapped[UUID] = mapped_column(index=True)
    prescription_id: Mapped[UUID] = mapped_column(index=True)
    handing: Mapped[UUID]
    day: Mapped[date] = mapped_column(index=True)
    days: Mapped[int]
    units: Mapped[int]  # below zero: they came back
    counted: Mapped[int | None]  # what was left before it, when somebody counted
    place: Mapped[str]
    receiver: Mapped[str]
    receiver_name: Mapped[str] = mapped_column(default="")  # of a proxy, with who they are to the person
    origin: Mapped[str]
    facility: Mapped[str] = mapped_column(default="")  # whose medicines they are, when not the station's
    reason: Mapped[str] = mapped_column(default="")  # why for longer or earlier than the rule says
    rule: Mapped[str] = mapped_column(default="")  # id of the rule that was asked
    by_name: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]

    __table_args__ = (voids_index("dispensing"),)
