"""What the hub says to stations, what it found in conflict, what waits to be taken in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.hub.rows.base import HubBase, JsonText


class DownStreamRow(HubBase):
    """The lines for one station in one epoch of the hub, and how far the station said it has read them."""

    __tablename__ = "down_stream"
    station: Mapped[int] = mapped_column(ForeignKey("station.n"), primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(16), primary_key=True)  # of the hub
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    chain: Mapped[bytes] = mapped_column(LargeBinary)  # at `last_seq`
    told_upto: Mapped[int] = mapped_column(BigInteger, default=0)
    told_at: Mapped[datetime | None]


class DownLineRow(HubBase):
    """One line for a station, exactly as it goes; (station, stamp) is its identity, as in the other direction."""

    __tablename__ = "down_line"
    station: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    stamp: Mapped[int] = mapped_column(BigInteger)
    tbl: Mapped[str] = mapped_column(String(63))
    row: Mapped[str] = mapped_column(String(32))
    line: Mapped[bytes] = mapped_column(LargeBinary)
    chain: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ix_down_line_stamp", "station", "stamp"),  # not unique: a restored hub says it again in its new epoch
        Index("ix_down_line_row", "station", "tbl", "row"),
    )


class ConflictRow(HubBase):
    """Two values of one group of fields, written by two sides that did not know of each other (ADR 26).

    The id comes from station, table, row, group and both stamps: station and hub name the same conflict alike.
    """

    __tablename__ = "conflict"
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station: Mapped[int] = mapped_column(ForeignKey("station.n"), index=True)
    tbl: Mapped[str] = mapped_column(String(63))
    row: Mapped[str] = mapped_column(String(32))
    grp: Mapped[str] = mapped_column(String(63))
    rule: Mapped[str] = mapped_column(String(16))  # sync.merge.Rule
    standing: Mapped[dict[str, Any]] = mapped_column(JsonText)  # values, stamp, actor, side of the value that stands
    losing: Mapped[dict[str, Any]] = mapped_column(JsonText)  # the same of the other
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    decision: Mapped[dict[str, Any] | None] = mapped_column(JsonText)  # choice, values, reason, who, side

    __table_args__ = (Index("ix_conflict_row", "station", "tbl", "row"),)


class ItemRow(HubBase):
    """A thing that the district tells or asks: announcement, question, finding, dated data, target."""

    __tablename__ = "item"
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), index=True)
    station: Mapped[int | None] = mapped_column(ForeignKey("station.n"), index=True)  # None: all of them
    about_tbl: Mapped[str | None] = mapped_column(String(63))
    about_row: Mapped[str | None] = mapped_column(String(32))
    title: Mapped[str]
    body: Mapped[str]
    data: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    author: Mapped[str]
    made_at: Mapped[datetime]
    due_on: Mapped[str | None]  # ISO date
    withdrawn_at: Mapped[datetime | None]


class MoveRow(HubBase):
    """A person handed from one station to another: asked, accepted or refused; late facts still follow."""

    __tablename__ = "move"
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    person: Mapped[str] = mapped_column(String(32), index=True)
    origin: Mapped[int] = mapped_column(ForeignKey("station.n"))
    target: Mapped[int] = mapped_column(ForeignKey("station.n"))
    state: Mapped[str] = mapped_column(String(16))  # asked, accepted, refused, withdrawn
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    answer: Mapped[str | None]


class InboxRow(HubBase):
    """A file that has arrived and is durable; `hub.intake.queue` takes it in, each station in its turn."""

    __tablename__ = "inbox"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    station: Mapped[int]  # whose key signed it; a stranger's file is never kept
    name: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    carrier: Mapped[str] = mapped_column(String(16))
    size: Mapped[int] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(default=0)  # how often the program ended while it read a large one
    state: Mapped[str] = mapped_column(String(16))  # queue.State: waiting, done, aside
    arrived_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    data: Mapped[bytes | None] = mapped_column(LargeBinary)  # gone once it is done

    __table_args__ = (Index("ix_inbox_turn", "state", "station", "n", "size"),)
