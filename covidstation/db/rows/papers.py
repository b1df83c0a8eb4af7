"""Issued papers, their numbers, their bytes, and the station's own wording of the packs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.packed import PackedBytes, PackedJSON
from covidstation.db.rows.base import Base, Synced


class PaperRow(Synced, Base):
    """An issued paper. `view` is all that stands on it; `file_hash` the SHA-256 of its bytes, kept in `paper_file`."""

    __tablename__ = "paper"
    kind: Mapped[str]
    pack_id: Mapped[str]
    symbol: Mapped[str]
    year: Mapped[int]
    number: Mapped[int]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    signer_name: Mapped[str]
    signer_title: Mapped[str]
    view: Mapped[dict[str, Any]] = mapped_column(PackedJSON)
    content_hash: Mapped[str]
    file_hash: Mapped[str]
    opens_id: Mapped[UUID | None]  # the isolation decision that this paper ends
    about_id: Mapped[UUID | None]  # the hospitalization of a referral, the contact of an F1 paper
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")
    came_from: Mapped[str] = mapped_column(default="", server_default=text("''"))  # the station in whose book it is

    __table_args__ = (Index("ix_paper_book", "symbol", "year", "number"),)


class PaperSubjectRow(Synced, Base):
    """One person on one paper, with the illness or the contact that it speaks of."""

    __tablename__ = "paper_subject"
    paper_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    episode_id: Mapped[UUID | None] = mapped_column(index=True)
    contact_id: Mapped[UUID | None] = mapped_column(index=True)


class PaperDeliveryRow(Synced, Base):
    """A paper brought to the home: when, by whom, into whose hands. A wrong mark is voided by a later row."""

    __tablename__ = "paper_delivery"
    paper_id: Mapped[UUID] = mapped_column(index=True)
    delivered_on: Mapped[date]
    by_name: Mapped[str] = mapped_column(default="")
    to_name: Mapped[str] = mapped_column(default="")
    means: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]


class NumberBookRow(Base):
    """The station's book: one line a number, kept for ever. The primary key is what makes a number unique."""

    __tablename__ = "number_book"
    symbol: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[UUID | None]  # none: a number used on paper before this program, or outside it


class PaperFileRow(Base):
    """The bytes of one paper, without the streams that all papers share."""

    __tablename__ = "paper_file"
    file_hash: Mapped[str] = mapped_column(primary_key=True)
    skeleton: Mapped[bytes] = mapped_column(PackedBytes("paper"))


class PaperChunkRow(Base):
    """A stream shared by many papers (an embedded font), once."""

    __tablename__ = "paper_chunk"
    hash: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class PackEditRow(Synced, Base):
    """The station's own text for one item of a pack; the newest for (pack, path) speaks, old ones stay."""

    __tablename__ = "pack_edit"
    blocks = frozenset({"text"})
    pack_id: Mapped[str]
    path: Mapped[str]
    text: Mapped[str]
    confirmed: Mapped[bool] = mapped_column(default=False)
    edited_at: Mapped[datetime]
