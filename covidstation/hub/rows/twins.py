"""Who may have been entered twice, and what stations said of items: found by an index, not by reading every record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.hub.rows.base import HubBase


class PersonKeyRow(HubBase):
    """One sign by which a person's record is like another one: a hash of a number, or of name and year of birth.

    Written by `figures.facts` alone, with `twin`.
    """

    __tablename__ = "person_key"
    station: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)

    __table_args__ = (Index("ix_person_key_key", "key", "station", "row"),)


class TwinRow(HubBase):
    """Two records that may be of one person; (station, row) is the lower of both."""

    __tablename__ = "twin"
    station: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row: Mapped[str] = mapped_column(String(32), primary_key=True)
    other_station: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    other: Mapped[str] = mapped_column(String(32), primary_key=True)
    sign: Mapped[int]  # figures.twins.Sign: the strongest by which they are alike

    __table_args__ = (
        Index("ix_twin_other", "other_station", "other"),
        Index("ix_twin_sign", "sign", "station"),
    )


class ApartRow(HubBase):
    """Somebody at the district looked at two such records: they are two people."""

    __tablename__ = "apart"
    station: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row: Mapped[str] = mapped_column(String(32), primary_key=True)
    other_station: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    other: Mapped[str] = mapped_column(String(32), primary_key=True)
    by_name: Mapped[str]
    told_at: Mapped[datetime]


class SaidRow(HubBase):
    """One message of a station, and the item that it speaks of; written with the record (`database.records`)."""

    __tablename__ = "message_said"
    station: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row: Mapped[str] = mapped_column(String(32), primary_key=True)
    item: Mapped[str] = mapped_column(String(32))  # empty when it speaks of none
    kind: Mapped[str] = mapped_column(String(32))  # domain.district.MessageKind, or whatever it said

    __table_args__ = (Index("ix_message_said_item", "item", "station"), Index("ix_message_said_kind", "kind"))
