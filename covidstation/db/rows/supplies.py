"""The station's store: items, their lots, and every movement of a lot (docs/adr/0038).

Movements are append-only: a correction is a new row whose `voids` names the old one and which stands in its place; a
row of kind VOID only takes the old one away. What stands: not VOID, and voided by no row.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Id, Synced, voids_index


class SupplyItemRow(Synced, Base):
    """One kind of thing in the store."""

    __tablename__ = "supply_item"
    kind: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str]
    substances: Mapped[list[str]] = mapped_column(default=list)
    atc: Mapped[str] = mapped_column(default="")
    strength: Mapped[str] = mapped_column(default="")
    form: Mapped[str] = mapped_column(default="")
    unit: Mapped[str]
    pack_size: Mapped[int] = mapped_column(default=0)
    low_level: Mapped[int] = mapped_column(default=0)
    medicine: Mapped[str] = mapped_column(default="")  # its code in the dated list for F0 at home
    kept_from: Mapped[date]  # givings of earlier days draw nothing
    ended_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")


class SupplyLotRow(Synced, Base):
    """What came under one number and one expiry."""

    __tablename__ = "supply_lot"
    item_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str] = mapped_column(default="")
    expiry: Mapped[date | None]


class SupplyMovementRow(Synced, Base):
    """More or less of one lot. `act` ties together what one form wrote; `link_…` name the row that it served."""

    __tablename__ = "supply_movement"
    lot_id: Mapped[UUID]
    act: Mapped[UUID] = mapped_column(index=True)
    day: Mapped[date]
    turn: Mapped[int] = mapped_column(default=0)  # its place among those of the lot
    kind: Mapped[str]
    quantity: Mapped[int] = mapped_column(default=0)  # units, signed; of a count the difference
    counted: Mapped[int | None]
    source: Mapped[str] = mapped_column(default="")
    partner: Mapped[str] = mapped_column(default="")  # from whom, to whom
    document: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    link_kind: Mapped[str] = mapped_column(default="")
    link_id: Mapped[UUID | None] = mapped_column(index=True)
    by_name: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]

    __table_args__ = (
        Index("ix_supply_movement_lot", "lot_id", "day", "turn"),
        Index("ix_supply_movement_day", "day", "kind", "lot_id", "quantity", "id"),
        voids_index("supply_movement"),
    )


class SupplyStockRow(Base):
    """What is left of a lot: the sum of what stands, kept by triggers over `supply_movement`, whoever writes there.

    It never travels.
    """

    __tablename__ = "supply_stock"
    lot_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    balance: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("ix_supply_stock_left", "lot_id", "balance", sqlite_where=text("balance <> 0")),)


class SupplyTurnRow(Base):
    """When each item was last touched, in turns: triggers take the next one at each write that changes its line.

    Whoever kept the lines of the store reads again those of a later turn, and no others. It never travels.
    """

    __tablename__ = "supply_turn"
    item_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    turn: Mapped[int] = mapped_column(index=True)
