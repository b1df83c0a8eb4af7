"""What the hub knows of each station: how far it has come, what waits, what stands aside, how much there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from covidstation.hub.database.merged import counted_twice
from covidstation.hub.intake.bundles import Outcome
from covidstation.hub.intake.watching import Watched, watched
from covidstation.hub.merging.lines import NOT_APPLIED
from covidstation.hub.rows import BundleRow, EnrolmentRow, MoveRow, OperationRow, RecordRow, StationRow, StreamRow

Range = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFigures:
    """One enrolled station; moments are UTC without a zone, ranges have both ends."""

    id: UUID
    name: str
    commune: str
    serial: int
    enrolled_at: datetime
    epoch: str
    upto: int
    staged: tuple[Range, ...]
    gaps: tuple[Range, ...]
    people: int  # whom the station looks after: who was handed over counts at the new one
    episodes: int  # of these people
    set_aside: int  # changes that could not be applied, in the present epoch
    bundles_aside: int  # bundles kept whole because they contradict what is held
    imported_at: datetime | None
    receipt_at: datetime | None
    receipt_upto: int | None
    audit: Watched | None  # its record of who did what


def newest_serials() -> Select[int]:
    """The newest certificate in force of each station; it has several while it changes its keys."""
    in_force = EnrolmentRow.revoked_at.is_(None)
    return select(func.max(EnrolmentRow.serial)).where(in_force).group_by(EnrolmentRow.station)


def stations_in_force(session: Session) -> list[tuple[StationRow, EnrolmentRow, StreamRow]]:
    """Every enrolled station with its certificate and its newest stream, by commune and name.

    The newest is that of the epoch which came last: a restored station begins one of its own.
    """
    newest = select(StreamRow.station, func.max(StreamRow.n).label("n")).group_by(StreamRow.station).subquery()
    query = (
        select(StationRow, EnrolmentRow, StreamRow)
        .join(EnrolmentRow, EnrolmentRow.station == StationRow.n)
        .join(newest, newest.c.station == StationRow.n)
        .join(StreamRow, StreamRow.n == newest.c.n)
        .where(EnrolmentRow.serial.in_(newest_serials()))
        .order_by(StationRow.commune, StationRow.name, StationRow.n)
    )
    return [(station, enrolment, stream) for station, enrolment, stream in session.execute(query)]


def station_figures(session: Session) -> list[StationFigures]:
    """All enrolled stations, by commune and name."""
    counts = _record_counts(session)
    return [
        _figures(session, station, enrolment, stream, counts)
        for station, enrolment, stream in stations_in_force(session)
    ]


def _figures(
    session: Session,
    station: StationRow,
    enrolment: EnrolmentRow,
    stream: StreamRow,
    counts: dict[tuple[int, str], int],
) -> StationFigures:
    staged = staged_ranges(session, stream)
    aside = select(func.count()).where(OperationRow.stream == stream.n, OperationRow.status.in_(NOT_APPLIED))
    bundles = select(func.count()).where(BundleRow.station == station.n, BundleRow.outcome == Outcome.ASIDE.value)
    return StationFigures(
        id=station.id,
        name=station.name,
        commune=station.commune,
        serial=enrolment.serial,
        enrolled_at=enrolment.enrolled_at,
        epoch=stream.epoch,
        upto=stream.upto,
        staged=staged,
        gaps=gaps_between(stream.upto, staged),
        people=counts.get((station.n, "person"), 0),
        episodes=counts.get((station.n, "episode"), 0),
        set_aside=session.scalar(aside) or 0,
        bundles_aside=session.scalar(bundles) or 0,
        imported_at=stream.imported_at,
        receipt_at=stream.receipt_at,
        receipt_upto=stream.receipt_upto,
        audit=watched(session, station.n, stream.epoch),
    )


def _record_counts(session: Session) -> dict[tuple[int, str], int]:
    query = (
        select(RecordRow.station, RecordRow.tbl, func.count())
        .where(RecordRow.tbl.in_(("person", "episode")), RecordRow.deleted.is_(False))
        .group_by(RecordRow.station, RecordRow.tbl)
    )
    counts = {(station, table): count for station, table, count in session.execute(query)}
    handed = _handed_over(session)
    for station, gone in handed.items():
        counts[station, "person"] -= len(gone)
        cases = select(RecordRow.fields).where(
            RecordRow.station == station, RecordRow.tbl == "episode", RecordRow.deleted.is_(False)
        )
        left = sum(fields.get("person_id") in gone for fields in session.scalars(cases))
        counts[station, "episode"] = counts.get((station, "episode"), 0) - left
    for station, twice in counted_twice(session).items():
        counts[station, "person"] = counts.get((station, "person"), 0) - len(twice - handed.get(station, set()))
    return counts


def _handed_over(session: Session) -> dict[int, set[str]]:
    """Whom another station looks after now, by the station that still holds their record."""
    query = (
        select(RecordRow.station, RecordRow.row, RecordRow.fields)
        .join(MoveRow, (MoveRow.origin == RecordRow.station) & (MoveRow.person == RecordRow.row))
        .where(RecordRow.tbl == "person", RecordRow.deleted.is_(False))
    )
    found: dict[int, set[str]] = {}
    for station, row, fields in session.execute(query):
        if fields.get("moved_to"):
            found.setdefault(station, set()).add(row)
    return found


def staged_ranges(session: Session, stream: StreamRow) -> tuple[Range, ...]:
    """The numbers that are kept beyond a gap, as rising ranges that do not touch."""
    query = (
        select(BundleRow.first, BundleRow.last)
        .where(
            BundleRow.station == stream.station,
            BundleRow.epoch == stream.epoch,
            BundleRow.outcome == Outcome.WAITING.value,
        )
        .order_by(BundleRow.first)
    )
    # What follows on without a gap is on its way in: whether it is taken is not known yet.
    return tuple(one for one in joined(session.execute(query)) if one[0] > stream.upto + 1)


def joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Ranges by rising start, those that overlap or touch made one."""
    found: list[Range] = []
    for first, last in ranges:
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def gaps_between(upto: int, staged: Iterable[Range]) -> tuple[Range, ...]:
    """What is missing between the high-water mark and the staged ranges."""
    gaps, before = [], upto
    for first, last in staged:
        gaps.append((before + 1, first - 1))
        before = last
    return tuple(gaps)
