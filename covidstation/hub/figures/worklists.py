"""What waits for somebody at the district: changes and bundles set aside, facts of a former station."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.domain.stamps import moment_of
from covidstation.hub.intake.bundles import Outcome
from covidstation.hub.merging.lines import NOT_APPLIED
from covidstation.hub.rows import BundleRow, OperationRow, RecordRow, StationRow, StreamRow

FORMER_OWNER: Final = "former_owner"
MOST: Final = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AsideLine:
    """One change that was taken and could not be applied. `made_at` is aware, by the station's clock."""

    station: UUID
    station_name: str
    epoch: str
    seq: int
    table: str
    row: str
    made_at: datetime
    status: str
    code: str
    held: bool  # that row stands here


@dataclass(frozen=True, slots=True)
class AsideBundle:
    """A whole bundle that contradicts what is held, or was signed by keys no longer in force."""

    station: UUID
    station_name: str
    first: int
    last: int
    read_at: datetime  # UTC without a zone
    code: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A stretch of a list, and how many there are in all."""

    lines: tuple[T, ...]
    total: int


def lines_aside(
    session: Session, *, former: bool = False, station: UUID | None = None, skip: int = 0
) -> Page[AsideLine]:
    """The newest first: what could not be applied, or what a `former` station wrote of people who moved."""
    statuses = (FORMER_OWNER,) if former else NOT_APPLIED
    query = (
        select(OperationRow, StreamRow.epoch, StationRow)
        .join(StreamRow, StreamRow.n == OperationRow.stream)
        .join(StationRow, StationRow.n == StreamRow.station)
        .where(OperationRow.code.is_not(None), OperationRow.status.in_(statuses))
    )
    if station is not None:
        query = query.where(StationRow.id == station)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    newest = query.order_by(OperationRow.stamp.desc(), OperationRow.seq.desc()).offset(skip).limit(MOST)
    return Page(tuple(_line(session, *row) for row in session.execute(newest)), total)


def _line(session: Session, row: OperationRow, epoch: str, station: StationRow) -> AsideLine:
    line = json.loads(row.line)  # door: `decode_op` has checked it when it came
    held = session.get(RecordRow, (station.n, line["t"], line["r"]))
    return AsideLine(
        station=station.id,
        station_name=station.name,
        epoch=epoch,
        seq=row.seq,
        table=line["t"],
        row=line["r"],
        made_at=moment_of(row.stamp),
        status=row.status or "",
        code=row.code or "",
        held=held is not None and not held.deleted,
    )


def bundles_aside(session: Session, station: UUID | None = None) -> list[AsideBundle]:
    """The newest first."""
    query = (
        select(BundleRow.first, BundleRow.last, BundleRow.read_at, BundleRow.code, StationRow.id, StationRow.name)
        .join(StationRow, StationRow.n == BundleRow.station)
        .where(BundleRow.outcome == Outcome.ASIDE.value)
        .order_by(BundleRow.n.desc())
        .limit(MOST)
    )
    if station is not None:
        query = query.where(StationRow.id == station)
    return [
        AsideBundle(row.id, row.name, row.first, row.last, row.read_at, row.code or "")
        for row in session.execute(query)
    ]
