"""Fridges, what their thermometers said, and what was decided of lots that were outside the bounds
(docs/adr/0048).

Temperatures in tenths of °C, times the station's wall clock.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Synced, voids_index


class FridgeRow(Synced, Base):
    """One fridge, or a box that things are carried in."""

    __tablename__ = "fridge"
    name: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]  # domain.vaccination.cold_rules.FridgeKind
    kept_from: Mapped[date]
    ended_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")


class FridgeReadingRow(Synced, Base):
    """One look at the thermometer. Append-only: another row voids it, one without a `temperature` and nothing more."""

    __tablename__ = "fridge_reading"
    fridge_id: Mapped[UUID]
    at: Mapped[datetime]
    temperature: Mapped[int | None]
    outside: Mapped[bool] = mapped_column(default=False)  # the bounds of its day
    since: Mapped[datetime | None]
    action: Mapped[str] = mapped_column(default="")
    lots: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # `lot`, `item`, `number`, `expiry`, `doses`
    power_cut: Mapped[bool] = mapped_column(default=False)
    rule: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # why it takes another one back
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]

    __table_args__ = (
        Index("ix_fridge_reading_at", "fridge_id", "at"),
        Index("ix_fridge_reading_outside", "at", sqlite_where=text("outside")),
        voids_index("fridge_reading"),
    )


class FridgeVerdictRow(Synced, Base):
    """What was decided of one lot after a reading outside the bounds. Append-only: a row with an empty `fate` takes
    another one back. The movement in the store names this row."""

    __tablename__ = "fridge_verdict"
    reading_id: Mapped[UUID] = mapped_column(index=True)
    lot_id: Mapped[UUID]
    fate: Mapped[str]  # domain.vaccination.fridge.Fate
    doses: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]

    __table_args__ = (voids_index("fridge_verdict"),)
