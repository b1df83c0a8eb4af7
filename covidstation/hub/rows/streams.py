"""The hub itself, its stations, what they sent, and the records that it makes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.hub.rows.base import HubBase, JsonText


class HubStateRow(HubBase):
    """The one row about the hub itself."""

    __tablename__ = "hub_state"
    only: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str]
    code: Mapped[str]
    epoch: Mapped[str]  # 16 hex digits, new after each restore
    last_serial: Mapped[int] = mapped_column(BigInteger, default=0)
    last_stamp: Mapped[int] = mapped_column(BigInteger, default=0)  # of the hub's own clock, above all it has seen
    schema: Mapped[int] = mapped_column(default=1)  # of data: the newest that a program read here (`hub.merging.echo`)
    keys: Mapped[bytes] = mapped_column(LargeBinary)  # sealed: hub.keys
    made_at: Mapped[datetime]
    urls: Mapped[str] = mapped_column(default="")  # where stations reach it, one a line; in their certificates
    authority: Mapped[str] = mapped_column(default="")  # PEM of its own TLS authority (hub.tls); empty: the system's


class StationRow(HubBase):
    """A station that was enrolled; its id stays when its computer is replaced."""

    __tablename__ = "station"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    name: Mapped[str]
    commune: Mapped[str] = mapped_column(index=True)
    place: Mapped[str]
    contact_at: Mapped[datetime | None]  # the last time that it was heard of, by any carrier
    carrier: Mapped[str | None]  # of that time: http, usb, browser
    about: Mapped[dict[str, Any] | None] = mapped_column(JsonText)  # what it said of itself then


class EnrolmentRow(HubBase):
    """One certificate: these keys spoke for that station in that epoch. In force until `revoked_at`."""

    __tablename__ = "enrolment"
    serial: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    station: Mapped[int] = mapped_column(ForeignKey("station.n"), index=True)
    key_id: Mapped[str] = mapped_column(String(16), unique=True)
    sign: Mapped[bytes] = mapped_column(LargeBinary)
    age: Mapped[str]
    epoch: Mapped[str]
    certificate: Mapped[bytes] = mapped_column(LargeBinary)  # the whole bundle, as it goes on sticks
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class StreamRow(HubBase):
    """How far one epoch of a station has come: all numbers up to `upto` are in `operation`, none beyond."""

    __tablename__ = "stream"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    station: Mapped[int] = mapped_column(ForeignKey("station.n"))
    epoch: Mapped[str]
    upto: Mapped[int] = mapped_column(BigInteger, default=0)
    chain: Mapped[bytes] = mapped_column(LargeBinary)  # at `upto`
    last_stamp: Mapped[int] = mapped_column(BigInteger, default=0)  # the highest stamp so far
    imported_at: Mapped[datetime | None]  # the last time that something new came
    receipt_at: Mapped[datetime | None]
    receipt_upto: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (UniqueConstraint("station", "epoch"),)


class BundleRow(HubBase):
    """A file that changed something here. `kept` holds it whole while it waits for an earlier one, or stands aside."""

    __tablename__ = "bundle"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    station: Mapped[int] = mapped_column(ForeignKey("station.n"))
    epoch: Mapped[str]
    id: Mapped[UUID]
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)  # of the file
    read_at: Mapped[datetime]
    outcome: Mapped[str]  # intake.Outcome: taken, waiting, aside
    code: Mapped[str | None]  # why it stands aside
    kept: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_bundle_outcome", "station", "epoch", "outcome", "first"),)


class OperationRow(HubBase):
    """One line of a stream's history, exactly as it came. `status` and `code` only when it was not applied."""

    __tablename__ = "operation"
    stream: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    stamp: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[bytes] = mapped_column(LargeBinary)
    chain: Mapped[bytes] = mapped_column(LargeBinary)  # after this line
    status: Mapped[str | None]
    code: Mapped[str | None]

    __table_args__ = (
        # Not unique: a stamp that a faulty station gave twice is kept as evidence and must not stop the rest.
        Index("ix_operation_stamp", "stream", "stamp"),
    )


class AuditHeadRow(HubBase):
    """How far a station's record of who did what had come, by its newest bundle of that epoch (`intake.watching`)."""

    __tablename__ = "audit_head"
    station: Mapped[int] = mapped_column(ForeignKey("station.n"), primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    sent: Mapped[dict[str, Any]] = mapped_column(JsonText)  # hashes at earlier numbers
    last: Mapped[int] = mapped_column(BigInteger)  # number of that bundle's last line
    read_at: Mapped[datetime]
    doubt: Mapped[str | None]  # watching.Doubt, the first that was found
    doubt_at: Mapped[datetime | None]
    doubt_seq: Mapped[int | None] = mapped_column(BigInteger)  # how many entries were known then


class RecordRow(HubBase):
    """The present state of one row of a station's register; tables and fields unknown here are kept as they are."""

    __tablename__ = "record"
    station: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tbl: Mapped[str] = mapped_column(String(63), primary_key=True)
    row: Mapped[str] = mapped_column(String(32), primary_key=True)
    made: Mapped[int] = mapped_column(BigInteger)  # stamp of the insert, and of every field that `stamps` has not
    rev: Mapped[int] = mapped_column(BigInteger)  # the newest stamp
    fields: Mapped[dict[str, Any]] = mapped_column(JsonText)
    stamps: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    deleted: Mapped[bool]


# For the receipt: what was set aside is rare, and found without reading the whole history.
Index(
    "ix_operation_set_aside",
    OperationRow.stream,
    OperationRow.seq,
    sqlite_where=OperationRow.code.is_not(None),
    postgresql_where=OperationRow.code.is_not(None),
)
