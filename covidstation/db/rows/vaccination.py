"""Doses of vaccine that people had, and what stands between somebody and the next one."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Synced, voids_index


class VaccineDoseRow(Synced, Base):
    """One dose, given here or told of. Append-only: a correction is another row that voids it."""

    __tablename__ = "vaccine_dose"
    person_id: Mapped[UUID]
    given_year: Mapped[int]
    given_month: Mapped[int | None]
    given_day: Mapped[int | None]
    given_at: Mapped[datetime | None]  # the moment of an injection of the station's own
    product: Mapped[str] = mapped_column(default="")  # a code of resources/rules/vaccine_products.toml
    product_name: Mapped[str] = mapped_column(default="")  # as it was said, or as the list named it then
    dose_class: Mapped[str] = mapped_column(default="")
    number: Mapped[int | None]
    lot_number: Mapped[str] = mapped_column(default="")
    lot_id: Mapped[UUID | None]  # of the station's store
    expiry: Mapped[date | None]
    volume: Mapped[int | None]  # hundredths of a millilitre
    site: Mapped[str] = mapped_column(default="")
    facility: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")  # ISO 3166 alpha-2
    vaccinator: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    certificate: Mapped[str] = mapped_column(default="")  # `ci` of the code that was read
    session_id: Mapped[UUID | None]
    vial_id: Mapped[UUID | None]
    drawn: Mapped[bool] = mapped_column(default=False)  # it came out of the station's store
    reason: Mapped[str] = mapped_column(default="")  # why it was kept although it was asked back; why it was voided
    rule: Mapped[str] = mapped_column(default="")  # id of the list of vaccines that was asked
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]

    __table_args__ = (
        Index("ix_vaccine_dose_person", "person_id", "given_year", "given_month", "given_day"),
        Index("ix_vaccine_dose_session", "session_id", sqlite_where=text("session_id IS NOT NULL")),
        voids_index("vaccine_dose"),
    )


class VaccineStanceRow(Synced, Base):
    """What stands between somebody and the next dose, until a day or until it is closed."""

    __tablename__ = "vaccine_stance"
    person_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    since: Mapped[date]
    until: Mapped[date | None]  # look again on that day
    product: Mapped[str] = mapped_column(default="")  # of a contraindication to one vaccine
    next_step: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None]
    closed_reason: Mapped[str] = mapped_column(default="")
