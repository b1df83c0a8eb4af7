"""Whose signatures on vaccine certificates this PC believes. No record: local, and nothing of a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base


class TrustListRow(Base):
    """A list of keys that somebody took in."""

    __tablename__ = "trust_list"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str]  # of its file
    taken_at: Mapped[datetime]  # the station's wall clock
    by_name: Mapped[str] = mapped_column(default="")


class TrustKeyRow(Base):
    """A public key of a list: `domain.vaccination.dcc.verdict.TrustKey`. Moments are UTC."""

    __tablename__ = "trust_key"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    list_n: Mapped[int] = mapped_column(ForeignKey("trust_list.n"), index=True)
    kids: Mapped[list[str]]  # in hex
    public: Mapped[bytes] = mapped_column(LargeBinary)
    country: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    not_before: Mapped[datetime | None]
    not_after: Mapped[datetime | None]
    uses: Mapped[list[str]]
