"""The journal of what changed, what was packed from it, and what the district has confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.packed import PackedBytes
from covidstation.db.rows.base import Base
from covidstation.domain.audit import START


class JournalRow(Base):
    """One change: the exact bytes that travel (`sync.records`), and the chain hash up to it."""

    __tablename__ = "journal"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[int] = mapped_column(BigInteger)
    tbl: Mapped[str]
    row_id: Mapped[UUID] = mapped_column(index=True)
    op: Mapped[str]
    line: Mapped[bytes] = mapped_column(PackedBytes("journal"))
    chain: Mapped[bytes] = mapped_column(LargeBinary)


_START_SQL = text(f"X'{START.hex()}'")  # door: our constant


class JournalStateRow(Base):
    """The one row that counts: changed in the same transaction as the journal, never derived by max()."""

    __tablename__ = "journal_state"
    only: Mapped[int] = mapped_column(primary_key=True, default=1)
    epoch: Mapped[str]  # 16 hex digits, new after each restore
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last_stamp: Mapped[int] = mapped_column(BigInteger, default=0)
    chain: Mapped[bytes] = mapped_column(LargeBinary)
    received_upto: Mapped[int] = mapped_column(BigInteger, default=0)
    audit_seq: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    audit_chain: Mapped[bytes] = mapped_column(LargeBinary, default=START, server_default=_START_SQL)


class BatchRow(Base):
    """A frozen range of the journal that was written out as a bundle."""

    __tablename__ = "batch"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    bundle_id: Mapped[UUID]
    epoch: Mapped[str]
    seq_from: Mapped[int] = mapped_column(BigInteger)
    seq_to: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]
    carrier: Mapped[str]
    target: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)


class ReceiptRow(Base):
    """A receipt of the district, as it came."""

    __tablename__ = "receipt"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    epoch: Mapped[str]
    upto: Mapped[int] = mapped_column(BigInteger)
    hub_time: Mapped[datetime]
    hub_epoch: Mapped[str]
    read_at: Mapped[datetime]
    exceptions: Mapped[list[dict[str, Any]]]
