"""What came from the district, what it says of our records, and what we answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.packed import PackedBytes
from covidstation.db.rows.base import Base, Synced


class DownStreamRow(Base):
    """How far the district's lines were read, for each epoch of the district; the newest is the one that counts."""

    __tablename__ = "down_stream"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    epoch: Mapped[str] = mapped_column(unique=True)
    upto: Mapped[int] = mapped_column(BigInteger, default=0)
    chain: Mapped[bytes] = mapped_column(LargeBinary)
    read_at: Mapped[datetime | None]


class DownLineRow(Base):
    """One line of the district, exactly as it came; its stamp is its identity."""

    __tablename__ = "down_line"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    epoch: Mapped[str]
    seq: Mapped[int] = mapped_column(BigInteger)
    stamp: Mapped[int] = mapped_column(BigInteger, index=True)  # a restored hub says it again in its new epoch
    tbl: Mapped[str]
    row_id: Mapped[UUID] = mapped_column(index=True)
    line: Mapped[bytes] = mapped_column(PackedBytes("journal"))
    code: Mapped[str | None]  # why it was set aside

    __table_args__ = (UniqueConstraint("epoch", "seq"),)


class ConflictRow(Base):
    """Two values of one group of fields, ours and the district's; the id is the same at both ends (ADR 26)."""

    __tablename__ = "conflict"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    tbl: Mapped[str]
    row_id: Mapped[UUID] = mapped_column(index=True)
    grp: Mapped[str]
    rule: Mapped[str]  # sync.merge.Rule
    standing: Mapped[dict[str, Any]]  # values, stamp, actor, side of the value that stands
    losing: Mapped[dict[str, Any]]  # the same of the other
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decision: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # choice, values, reason, who


class DistrictItemRow(Base):
    """A thing that the district tells or asks; written by its lines alone, fields as they travel."""

    __tablename__ = "district_item"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    kind: Mapped[str]  # announcement, question, finding, pack, target, move
    about_tbl: Mapped[str | None]
    about_row: Mapped[UUID | None] = mapped_column(index=True)
    title: Mapped[str]
    body: Mapped[str]
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    author: Mapped[str]
    made_at: Mapped[datetime]
    due_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_district_item_kind", "kind", "withdrawn_at"),)


class DistrictMessageRow(Synced, Base):
    """What the station says to the district: an answer, that something was read, a request to hand a person over."""

    __tablename__ = "district_message"
    item: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str]  # read, answer, done, move_request, move_answer
    about_tbl: Mapped[str | None]
    about_row: Mapped[UUID | None] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    by_name: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]

    blocks = frozenset({"text"})


class ConflictDecisionRow(Synced, Base):
    """What a person decided about a conflict; travels either way, beside the change of the values."""

    __tablename__ = "conflict_decision"
    conflict: Mapped[UUID] = mapped_column(index=True)
    about_tbl: Mapped[str]
    about_row: Mapped[UUID] = mapped_column(index=True)
    grp: Mapped[str]  # the group of fields
    heads: Mapped[list[int]]  # stamps of the two values that were chosen from
    choice: Mapped[str]  # standing, losing, other
    reason: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime]


class EchoRow(Synced, Base):
    """A line of the district that its restored hub no longer has, sent back as it came (`domain.echoes`)."""

    __tablename__ = "echo"
    as_came: ClassVar[frozenset[str]] = frozenset({"line"})

    epoch: Mapped[str]
    seq: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[str]
