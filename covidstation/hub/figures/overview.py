"""All communes at a glance, who needs attention first: a dozen questions to small tables, whatever the stations hold.

`about` is what a station says of itself; nothing in it is believed to be of the right type.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from covidstation.domain.episodes import CaseOutcome
from covidstation.hub.database.store import aware
from covidstation.hub.figures.stations import Range, gaps_between, joined, newest_serials
from covidstation.hub.intake.bundles import Outcome
from covidstation.hub.intake.watching import Doubt
from covidstation.hub.merging.lines import NOT_APPLIED
from covidstation.hub.rows import (
    AuditHeadRow,
    BundleRow,
    CaseFactRow,
    ConflictRow,
    EnrolmentRow,
    OperationRow,
    ReportFactRow,
    StationRow,
    StreamRow,
)

REPORT_DUE: Final = time(7)  # settings `report_due` of a station, as shipped
SILENT: Final = timedelta(hours=48)
BACKUP_OLD: Final = timedelta(days=3)
CLOCK_OFF: Final = timedelta(minutes=10)


class Worry(StrEnum):
    """Why a commune needs somebody, the gravest first."""

    AUDIT = "audit"  # its record of who did what was cut or changed
    FORK = "fork"  # a bundle contradicts what is held
    NEVER = "never"  # enrolled and never heard of
    SILENT = "silent"
    REPORT = "report"  # none for today, and it is past the hour
    GAP = "gap"
    CONFLICT = "conflict"
    ASIDE = "aside"
    BACKUP = "backup"
    CLOCK = "clock"


WEIGHT: Final[Mapping[Worry, int]] = {worry: 1 << (len(Worry) - at) for at, worry in enumerate(Worry)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """One station as the district sees it. Moments are aware, UTC; None where the station has not said it."""

    n: int
    id: UUID
    name: str
    code: str  # of the commune
    serial: int
    enrolled_at: datetime
    epoch: str
    upto: int
    contact_at: datetime | None
    carrier: str
    gaps: tuple[Range, ...]
    waiting: int | None  # lines that the station had without a receipt when it last spoke
    backup_at: datetime | None
    program: str
    clock_off: timedelta | None  # its clock against this one, when it is far off
    reported_at: datetime | None  # today's report, by the station's clock, without a zone
    report_version: int
    conflicts: int
    set_aside: int
    bundles_aside: int
    doubt: Doubt | None
    under_care: int
    new_today: int
    worries: tuple[Worry, ...]

    @property
    def weight(self) -> int:
        """The more, the sooner somebody should look."""
        return sum(WEIGHT[worry] for worry in self.worries)


@dataclass(frozen=True, slots=True)
class _Counts:
    staged: Mapping[tuple[int, str], list[Range]]
    bundles_aside: Mapping[int, int]
    set_aside: Mapping[int, int]  # by stream
    conflicts: Mapping[int, int]
    doubts: Mapping[int, str]
    reports: Mapping[int, tuple[datetime, int]]
    under_care: Mapping[int, int]
    new_today: Mapping[int, int]


def communes(session: Session, now: datetime, station: int | None = None) -> list[Commune]:
    """Every enrolled station, or that one: those who need attention first, then by commune and name."""
    counts = _counts(session, now)
    newest = select(StreamRow.station, func.max(StreamRow.n).label("n")).group_by(StreamRow.station).subquery()
    query = (
        select(
            StationRow, EnrolmentRow.serial, EnrolmentRow.enrolled_at, StreamRow.n.label("stream"),
            StreamRow.epoch, StreamRow.upto, StreamRow.imported_at,
        )
        .join(EnrolmentRow, EnrolmentRow.station == StationRow.n)
        .join(newest, newest.c.station == StationRow.n)
        .join(StreamRow, StreamRow.n == newest.c.n)
        .where(EnrolmentRow.serial.in_(newest_serials()))
    )  # fmt: skip
    if station is not None:
        query = query.where(StationRow.n == station)
    found = {row.StationRow.n: _commune(row, counts, now) for row in session.execute(query)}
    return sorted(found.values(), key=lambda one: (-one.weight, one.code, one.name, one.n))


def station_by_id(session: Session, id: UUID) -> StationRow | None:
    """The station of that id, revoked or not."""
    return session.scalars(select(StationRow).where(StationRow.id == id)).first()


def _counts(session: Session, now: datetime) -> _Counts:
    today = now.astimezone().date()
    staged: defaultdict[tuple[int, str], list[Range]] = defaultdict(list)
    waiting = select(BundleRow.station, BundleRow.epoch, BundleRow.first, BundleRow.last).where(
        BundleRow.outcome == Outcome.WAITING.value
    )
    for row in session.execute(waiting.order_by(BundleRow.first)):
        staged[row.station, row.epoch].append((row.first, row.last))
    doubts = select(AuditHeadRow.station, AuditHeadRow.doubt).where(AuditHeadRow.doubt.is_not(None))
    reports = select(ReportFactRow.station, ReportFactRow.frozen_at, ReportFactRow.version)
    cases, open_now = CaseFactRow.station, CaseFactRow.outcome == CaseOutcome.NO_OUTCOME.value
    return _Counts(
        staged=staged,
        bundles_aside=_by(session, BundleRow.station, BundleRow.outcome == Outcome.ASIDE.value),
        set_aside=_by(
            session, OperationRow.stream, OperationRow.code.is_not(None) & OperationRow.status.in_(NOT_APPLIED)
        ),
        conflicts=_by(session, ConflictRow.station, ConflictRow.decided_at.is_(None)),
        doubts={row.station: row.doubt for row in session.execute(doubts.order_by(AuditHeadRow.doubt_at))},
        reports={
            row.station: (row.frozen_at, row.version)
            for row in session.execute(reports.where(ReportFactRow.day == today).order_by(ReportFactRow.version))
        },
        under_care=_by(session, cases, open_now),
        new_today=_by(session, cases, CaseFactRow.day == today),
    )


def _by(session: Session, column: InstrumentedAttribute[int], where: ColumnElement[bool]) -> dict[int, int]:
    rows = session.execute(select(column, func.count()).where(where).group_by(column))
    return {key: count for key, count in rows}


def _commune(row: Any, counts: _Counts, now: datetime) -> Commune:
    station: StationRow = row.StationRow
    about: Mapping[str, Any] = station.about if isinstance(station.about, dict) else {}
    contact = station.contact_at or row.imported_at
    reported_at, version = counts.reports.get(station.n, (None, 0))
    doubt = counts.doubts.get(station.n)
    gaps = gaps_between(row.upto, joined(counts.staged.get((station.n, row.epoch), ())))
    facts: dict[str, Any] = {
        "contact_at": aware(contact) if contact else None,
        "gaps": gaps,
        "backup_at": _moment(about.get("backup_at")),
        "clock_off": _clock_off(about.get("clock"), contact),
        "reported_at": reported_at,
        "conflicts": counts.conflicts.get(station.n, 0),
        "set_aside": counts.set_aside.get(row.stream, 0),
        "bundles_aside": counts.bundles_aside.get(station.n, 0),
        "doubt": Doubt(doubt) if doubt else None,
    }
    waiting = about.get("waiting")
    return Commune(
        n=station.n,
        id=station.id,
        name=station.name,
        code=station.commune,
        serial=row.serial,
        enrolled_at=aware(row.enrolled_at),
        epoch=row.epoch,
        upto=row.upto,
        carrier=station.carrier or "",
        waiting=waiting if type(waiting) is int and waiting >= 0 else None,
        program=str(about.get("program") or "")[:20],
        report_version=version,
        under_care=counts.under_care.get(station.n, 0),
        new_today=counts.new_today.get(station.n, 0),
        worries=tuple(_worries(facts, now)),
        **facts,
    )


def _worries(facts: Mapping[str, Any], now: datetime) -> list[Worry]:
    contact, backup, off = facts["contact_at"], facts["backup_at"], facts["clock_off"]
    late = now.astimezone().time() >= REPORT_DUE
    found = {
        Worry.AUDIT: facts["doubt"] is not None,
        Worry.FORK: facts["bundles_aside"] > 0,
        Worry.NEVER: contact is None,
        Worry.SILENT: contact is not None and now - contact > SILENT,
        Worry.REPORT: late and facts["reported_at"] is None,
        Worry.GAP: bool(facts["gaps"]),
        Worry.CONFLICT: facts["conflicts"] > 0,
        Worry.ASIDE: facts["set_aside"] > 0,
        Worry.BACKUP: backup is not None and now - backup > BACKUP_OLD,
        Worry.CLOCK: off is not None,
    }
    return [worry for worry in Worry if found[worry]]


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _clock_off(value: Any, contact: datetime | None) -> timedelta | None:
    """How far the station's clock stood from ours when it last spoke.

    A stick lies in a pocket for days, so a clock behind says something over a wire alone; one ahead always does.
    """
    if type(value) is not int or contact is None or not 0 < value < 1 << 47:
        return None
    off = datetime.fromtimestamp(value / 1000, UTC) - aware(contact)
    return off if off > CLOCK_OFF else None
