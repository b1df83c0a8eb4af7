"""Figures of the district by day, commune and age, and the daily reports of all communes (from `hub.figures.facts`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from covidstation.domain.episodes import CaseOutcome
from covidstation.hub.rows import CaseFactRow, EnrolmentRow, ReportFactRow, StationRow

MOST_DAYS: Final = 400
AGES: Final = ((0, 4), (5, 11), (12, 17), (18, 49), (50, 64), (65, None))
"""Of the vaccination campaigns (5-11, 12-17, from 18) and of the risk groups (50, 65)."""
REPORTED: Final = ("new", "recovered", "out", "died", "under")


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day of the district."""

    day: date
    new: int
    recovered: int
    died: int


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """One commune within the period; `under` at this moment."""

    id: UUID
    name: str
    new: int
    recovered: int
    died: int
    under: int


@dataclass(frozen=True, slots=True)
class AgeCount:
    """One band of ages, both ends; (None, None) for whom no year of birth is known."""

    first: int | None
    last: int | None
    new: int
    died: int


@dataclass(frozen=True, slots=True)
class Figures:
    """F0 of a period, first and last day with it."""

    first: date
    last: date
    days: tuple[DayCount, ...]
    places: tuple[PlaceCount, ...]
    ages: tuple[AgeCount, ...]

    @property
    def new(self) -> int:
        """Of all days."""
        return sum(one.new for one in self.days)

    @property
    def recovered(self) -> int:
        """Of all days."""
        return sum(one.recovered for one in self.days)

    @property
    def died(self) -> int:
        """Of all days."""
        return sum(one.died for one in self.days)

    @property
    def under(self) -> int:
        """Under care at this moment."""
        return sum(one.under for one in self.places)


def figures_of(session: Session, first: date, last: date, station: int | None = None) -> Figures:
    """All communes, or one."""
    here: list[ColumnElement[bool]] = [] if station is None else [CaseFactRow.station == station]
    new_in = CaseFactRow.day.between(first, last)
    recovered_in = _ended(CaseOutcome.RECOVERED, first, last)
    died_in = _ended(CaseOutcome.DECEASED, first, last)
    new = _counted(session, CaseFactRow.day, new_in, *here)
    recovered = _counted(session, CaseFactRow.outcome_on, recovered_in, *here)
    died = _counted(session, CaseFactRow.outcome_on, died_in, *here)
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    sums = [
        _counted(session, CaseFactRow.station, where, *here)
        for where in (new_in, recovered_in, died_in, CaseFactRow.outcome == CaseOutcome.NO_OUTCOME.value)
    ]
    places = tuple(
        PlaceCount(row.id, row.name, *(found.get(row.n, 0) for found in sums))
        for row in _stations(session)
        if (station is None or row.n == station) and (row.in_force or any(row.n in found for found in sums))
    )
    return Figures(
        first,
        last,
        tuple(DayCount(day, new.get(day, 0), recovered.get(day, 0), died.get(day, 0)) for day in days),
        places,
        _ages(session, new_in, died_in, here),
    )


def _ended(outcome: CaseOutcome, first: date, last: date) -> ColumnElement[bool]:
    return (CaseFactRow.outcome == outcome.value) & CaseFactRow.outcome_on.between(first, last)


def _counted(session: Session, column: Any, *where: ColumnElement[bool]) -> dict[Any, int]:
    rows = session.execute(select(column, func.count()).where(*where).group_by(column))
    return {key: count for key, count in rows}


def _ages(
    session: Session, new_in: ColumnElement[bool], died_in: ColumnElement[bool], here: list[ColumnElement[bool]]
) -> tuple[AgeCount, ...]:
    steps = [(CaseFactRow.age <= last, at) for at, (_first, last) in enumerate(AGES) if last is not None]
    band = case((CaseFactRow.age.is_(None), -1), *steps, else_=len(AGES) - 1)
    new, died = _counted(session, band, new_in, *here), _counted(session, band, died_in, *here)
    found = [AgeCount(first, last, new.get(at, 0), died.get(at, 0)) for at, (first, last) in enumerate(AGES)]
    if new.get(-1) or died.get(-1):
        found.append(AgeCount(None, None, new.get(-1, 0), died.get(-1, 0)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Station:
    n: int
    id: UUID
    name: str
    code: str
    in_force: bool


def _stations(session: Session) -> list[_Station]:
    """All that ever were, by name; a revoked one keeps its figures."""
    in_force = set(session.scalars(select(EnrolmentRow.station).where(EnrolmentRow.revoked_at.is_(None))))
    query = select(StationRow.n, StationRow.id, StationRow.name, StationRow.commune)
    rows = session.execute(query.order_by(StationRow.name, StationRow.n))
    return [_Station(row.n, row.id, row.name, row.commune, row.n in in_force) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """A commune's newest report of a day, or that it has none (`frozen_at` None). Moments by the station's clock."""

    id: UUID
    name: str
    code: str
    frozen_at: datetime | None = None
    version: int = 0
    by_name: str = ""
    figures: Mapping[str, tuple[int | None, int | None]]
    typed: Mapping[str, Any]

    def today(self, name: str) -> int | None:
        """A figure of the day."""
        return self.figures.get(name, (None, None))[0]


def reports_of(session: Session, day: date) -> list[ReportLine]:
    """Every commune with its report of that day: those without one first, then by name."""
    query = select(ReportFactRow).where(ReportFactRow.day == day).order_by(ReportFactRow.version)
    newest = {row.station: row for row in session.scalars(query)}
    lines = [_report(one, newest.get(one.n)) for one in _stations(session) if one.in_force or one.n in newest]
    return sorted(lines, key=lambda line: (line.frozen_at is not None, line.name))


def _report(station: _Station, row: ReportFactRow | None) -> ReportLine:
    if row is None:
        return ReportLine(id=station.id, name=station.name, code=station.code, figures={}, typed={})
    return ReportLine(
        id=station.id,
        name=station.name,
        code=station.code,
        frozen_at=row.frozen_at,
        version=row.version,
        by_name=row.by_name,
        figures={name: (pair[0], pair[1]) for name, pair in row.figures.items()},
        typed=row.typed,
    )


def sums_of(lines: list[ReportLine]) -> dict[str, int]:
    """The district's sums over the reports that came."""
    return {name: sum(line.today(name) or 0 for line in lines) for name in REPORTED}
