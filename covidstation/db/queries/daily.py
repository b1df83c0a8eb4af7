"""What the daily report counts: the cases that moved, sums by index for the rest, tests, contacts and staff."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Select, String, bindparam, func, or_, select, text, true, union_all
from sqlalchemy.orm import Session

from covidstation.db.moved import from_elsewhere
from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import (
    ContactRow,
    DutyRow,
    EpisodeRow,
    HamletRow,
    HospitalizationRow,
    PathogenTestRow,
    PersonRow,
)
from covidstation.domain.care import ContactStatus
from covidstation.domain.daily import Period
from covidstation.domain.episodes import CaseClassification, CaseOutcome, QuarantineType, TestKind, TestResult
from covidstation.domain.flow import COUNTED, CaseHistory, ContactHistory, Stay, contact_span, moment_on
from covidstation.domain.stamps import moment_of

_CHUNK: Final = 800  # ids in one IN list
_STAMPS_A_SECOND: Final = 1000 << 16
_COUNTED: Final = tuple(sorted(COUNTED))
_OPEN: Final = CaseOutcome.NO_OUTCOME.value
_CASES: Final = (
    EpisodeRow.id,
    EpisodeRow.person_id,
    EpisodeRow.report_date,
    EpisodeRow.found_at,
    EpisodeRow.classification,
    EpisodeRow.outcome,
    EpisodeRow.outcome_on,
    EpisodeRow.isolation_type,
    EpisodeRow.found_in,
    EpisodeRow.risk_class,
    EpisodeRow.made,
    EpisodeRow.stamps,
    PersonRow.hamlet_id,
    EpisodeRow.came_from,
    PersonRow.moved_to,
    PersonRow.stamps.label("person_stamps"),
)


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case's history and what its finer figures are made of.

    `went_to` names the place of each stay by its id, `went_from` where the person was isolated before it.
    """

    history: CaseHistory
    found_in: str
    risk: str
    isolation: QuarantineType
    went_to: Mapping[UUID, str]
    went_from: Mapping[UUID, str]

    def place_at(self, moment: datetime) -> QuarantineType:
        """Where the person is isolated then: as now, or as before the next transfer after that moment."""
        later = [stay for stay in self.history.stays if stay.left_at > moment]
        before = self.went_from.get(min(later, key=lambda stay: stay.left_at).id, "") if later else ""
        return QuarantineType(before) if before else self.isolation


def wall(stamp: int, zone: tzinfo | None) -> datetime:
    """The wall clock of a stamp."""
    return moment_of(stamp).astimezone(zone).replace(tzinfo=None)


def cases_of_report(
    session: Session, period: Period, *, after: datetime | None, since: int | None, zone: tzinfo | None
) -> list[CaseRecord]:
    """Every case that is under care at the cut-off, moved in the period or since `after`, or was changed since that
    stamp."""
    first, last = min(period.from_at, after or period.from_at).date(), period.cutoff_at.date()
    key = EpisodeRow.id
    wanted = [
        select(key).where(EpisodeRow.outcome == _OPEN, EpisodeRow.report_date <= last),
        select(key).where(EpisodeRow.outcome_on >= first),
        select(key).where(EpisodeRow.outcome_on.is_(None), EpisodeRow.outcome != _OPEN),
        select(key).where(EpisodeRow.report_date.between(first, last)),
        _stays_between(first),
    ]
    if since is not None:
        wanted.append(select(key).where(EpisodeRow.rev > since))
        wanted.append(select(HospitalizationRow.episode_id).where(HospitalizationRow.rev > since))
    return _cases(session, EpisodeRow.id.in_(union_all(*wanted)), zone)  # each part by its own index, not by ids


def cases_with_stays(session: Session, zone: tzinfo | None) -> list[CaseRecord]:
    """Every case with a transfer."""
    ids = select(HospitalizationRow.episode_id).where(HospitalizationRow.voided_at.is_(None))
    return _cases(session, EpisodeRow.id.in_(ids), zone)


def _stays_between(first: date) -> Select[Any]:
    begin = datetime(first.year, first.month, first.day)
    moved = or_(HospitalizationRow.left_at >= begin, HospitalizationRow.returned_at >= begin)
    return select(HospitalizationRow.episode_id).where(moved)


def _cases(session: Session, wanted: ColumnElement[bool], zone: tzinfo | None) -> list[CaseRecord]:
    query = select(*_CASES).join(PersonRow, PersonRow.id == EpisodeRow.person_id).where(wanted)
    rows = session.execute(query).all()
    stays = _stays(session, [row.id for row in rows], zone)
    return [_record(row, stays.get(row.id, []), zone) for row in rows]


def _record(row: Any, stays: Sequence[tuple[Stay, str, str]], zone: tzinfo | None) -> CaseRecord:
    stamps = row.stamps or {}
    end = stamps.get("outcome_on") if row.outcome_on else stamps.get("outcome")
    history = CaseHistory(
        episode_id=row.id,
        person_id=row.person_id,
        hamlet_id=row.hamlet_id,
        report_date=row.report_date,
        found_at=row.found_at,
        known_at=wall(row.made, zone),
        classification=CaseClassification(row.classification),
        stays=tuple(stay for stay, _to, _from in stays),
        outcome=CaseOutcome(row.outcome),
        outcome_on=row.outcome_on,
        end_known_at=wall(end or row.made, zone),
        came_from=bool(row.came_from),
        went_at=wall((row.person_stamps or {})["moved_to"], zone) if row.moved_to is not None else None,
    )
    went_to = {stay.id: place for stay, place, _before in stays}
    went_from = {stay.id: before for stay, _place, before in stays}
    return CaseRecord(history, row.found_in, row.risk_class, QuarantineType(row.isolation_type), went_to, went_from)


def _stays(session: Session, ids: Sequence[UUID], zone: tzinfo | None) -> dict[UUID, list[tuple[Stay, str, str]]]:
    found: dict[UUID, list[tuple[Stay, str, str]]] = defaultdict(list)
    columns = HospitalizationRow
    query = select(
        columns.id,
        columns.episode_id,
        columns.left_at,
        columns.returned_at,
        columns.facility,
        columns.place_before,
        columns.made,
    ).where(columns.voided_at.is_(None))
    for row in in_chunks(session, query, columns.episode_id, ids):
        stay = Stay(id=row.id, left_at=row.left_at, returned_at=row.returned_at, known_at=wall(row.made, zone))
        found[row.episode_id].append((stay, row.facility, row.place_before))
    return found


def in_chunks(session: Session, query: Any, column: Any, ids: Sequence[UUID]) -> Iterable[Any]:
    """The rows of a question about many ids, as many at a time as SQLite takes."""
    for at in range(0, len(ids), _CHUNK):
        yield from session.execute(query.where(column.in_(ids[at : at + _CHUNK])))


def first_positive_kinds(session: Session, ids: Sequence[UUID]) -> dict[UUID, TestKind]:
    """By which test each of these cases was found: its earliest positive one that stands."""
    columns = PathogenTestRow
    query = (
        select(columns.episode_id, columns.kind)
        .where(columns.result == TestResult.POSITIVE.value, columns.id.not_in(_voided()))
        .order_by(func.coalesce(columns.sampled_on, date.max), columns.n)
    )
    found: dict[UUID, TestKind] = {}
    for row in in_chunks(session, query, columns.episode_id, ids):
        found.setdefault(row.episode_id, TestKind(row.kind))
    return found


def _voided() -> Any:
    return select(PathogenTestRow.voids).where(PathogenTestRow.voids.is_not(None))


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all days before one day, since the start of the outbreak."""

    new: int
    by_source: Mapping[str, int]
    by_hamlet: Mapping[UUID | None, int]
    by_test: Mapping[str, int]
    ends: Mapping[CaseOutcome, int]


_PLACES: Final = (
    text(  # SQLite takes the two covering indexes only when told to, and is five times faster with them
        "SELECT e.found_in, p.hamlet_id, count(*) AS cases "
        "FROM episode e INDEXED BY ix_episode_sums JOIN person p INDEXED BY ix_person_place ON p.id = e.person_id "
        "WHERE e.classification IN :counted AND e.report_date < :day AND e.report_date >= :start "
        "GROUP BY e.found_in, p.hamlet_id"
    )
    .bindparams(bindparam("counted", expanding=True), bindparam("day", type_=Date), bindparam("start", type_=Date))
    .columns(found_in=String, hamlet_id=PersonRow.hamlet_id.type, cases=Integer)
)


def totals_before(session: Session, day: date, *, start: date | None) -> Totals:
    """New cases and ends of the days before `day`, from `start` on. Ends without a day are left out."""
    kept = [EpisodeRow.classification.in_(_COUNTED)]
    new = [*kept, EpisodeRow.report_date < day, EpisodeRow.report_date >= start if start else true()]
    groups = session.execute(_PLACES, {"day": day, "start": start or date.min, "counted": _COUNTED}).all()
    by_source, by_hamlet = Counter[str](), Counter[UUID | None]()
    for source, hamlet, count in (*groups, *_counted_elsewhere(session, new)):
        by_source[source] += count
        by_hamlet[hamlet] += count
    ended = func.max(EpisodeRow.report_date, EpisodeRow.outcome_on)  # SQLite's max of two: an end is never first
    ends = session.execute(
        select(EpisodeRow.outcome, func.count())
        .where(*kept, EpisodeRow.outcome != _OPEN, EpisodeRow.outcome_on.is_not(None))
        .where(ended < day, ended >= start if start else true())
        .where(or_(~from_elsewhere(EpisodeRow), EpisodeRow.outcome_on >= _came_on()))
        .group_by(EpisodeRow.outcome)
    ).all()
    return Totals(
        new=sum(by_source.values()),
        by_source=by_source,
        by_hamlet=by_hamlet,
        by_test=_found_by(session, new),
        ends={CaseOutcome(outcome): count for outcome, count in ends},
    )


def _counted_elsewhere(session: Session, new: Sequence[ColumnElement[bool]]) -> list[tuple[str, UUID | None, int]]:
    """Of these cases the few that other stations counted before they handed them over, as numbers to take away."""
    query = (
        select(EpisodeRow.found_in, PersonRow.hamlet_id, -func.count())
        .join(PersonRow, PersonRow.id == EpisodeRow.person_id)
        .where(from_elsewhere(EpisodeRow), *new)
        .group_by(EpisodeRow.found_in, PersonRow.hamlet_id)
    )
    return [(source, hamlet, count) for source, hamlet, count in session.execute(query)]


def _came_on() -> ColumnElement[str]:
    """The day on which the district wrote the case here, by its stamp."""
    return func.date(EpisodeRow.made // _STAMPS_A_SECOND, "unixepoch")


def _found_by(session: Session, new: Sequence[ColumnElement[bool]]) -> dict[str, int]:
    """How many of these cases each kind of test found: the earliest positive one of a case that stands."""
    columns = PathogenTestRow
    earliest = func.row_number().over(
        partition_by=columns.episode_id, order_by=(func.coalesce(columns.sampled_on, date.max), columns.n)
    )
    first = (
        select(columns.kind, earliest.label("place"))
        .join(EpisodeRow, EpisodeRow.id == columns.episode_id)
        .where(columns.result == TestResult.POSITIVE.value, columns.id.not_in(_voided()), *new)
        .where(~from_elsewhere(EpisodeRow))
        .subquery()
    )
    query = select(first.c.kind, func.count()).where(first.c.place == 1).group_by(first.c.kind)
    return {kind: count for kind, count in session.execute(query)}


def new_moments(session: Session, first: date, last: date, zone: tzinfo | None) -> list[datetime]:
    """When each case of these days was new."""
    columns = EpisodeRow
    query = select(columns.report_date, columns.found_at, columns.made).where(
        columns.report_date.between(first, last), columns.classification.in_(_COUNTED), ~from_elsewhere(columns)
    )
    return [
        moment_on(row.report_date, said=row.found_at, known_at=wall(row.made, zone)) for row in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class TestCounts:
    """Tests by kind, and those of them that were positive."""

    rapid: int = 0
    pcr: int = 0
    positive: int = 0

    def __add__(self, other: TestCounts) -> TestCounts:
        return TestCounts(self.rapid + other.rapid, self.pcr + other.pcr, self.positive + other.positive)


@dataclass(frozen=True, slots=True)
class ReportTest:
    """One test of the period."""

    id: UUID
    kind: TestKind
    positive: bool


def tests_in(
    session: Session, period: Period, *, start: date | None, zone: tzinfo | None
) -> tuple[tuple[ReportTest, ...], TestCounts]:
    """Tests taken in the period, and how many until its cut-off. One without a day counts when it was written down."""
    columns = PathogenTestRow
    first, last = period.from_at.date(), period.cutoff_at.date()
    valid = columns.id.not_in(_voided())
    grouped = (
        select(columns.kind, columns.result, func.count())
        .where(columns.sampled_on < first, columns.sampled_on >= start if start else true())
        .group_by(columns.kind, columns.result)
    )
    before = Counter[tuple[str, str]]()
    for kind, result, count in session.execute(grouped):
        before[kind, result] += count
    few = or_(columns.id.in_(_voided()), from_elsewhere(columns))
    for kind, result, count in session.execute(grouped.where(few)):
        before[kind, result] -= count  # all by the index, less the few: faster than asking each
    inside, until = [], Counter[tuple[str, str]]()
    near = select(columns.id, columns.kind, columns.result, columns.sampled_on, columns.made).where(
        valid, ~from_elsewhere(columns), or_(columns.sampled_on.between(first, last), columns.sampled_on.is_(None))
    )
    for row in session.execute(near):
        known = wall(row.made, zone)
        at = moment_on(row.sampled_on, said=None, known_at=known) if row.sampled_on else known
        if at <= period.cutoff_at and (start is None or at.date() >= start):
            until[row.kind, row.result] += 1
            if period.holds(at):
                inside.append(ReportTest(row.id, TestKind(row.kind), row.result == TestResult.POSITIVE.value))
    return tuple(inside), _test_counts(before) + _test_counts(until)


def _test_counts(found: Mapping[tuple[str, str], int]) -> TestCounts:
    kinds = Counter[str]()
    for (kind, _result), count in found.items():
        kinds[kind] += count
    positive = sum(count for (_kind, result), count in found.items() if result == TestResult.POSITIVE.value)
    return TestCounts(kinds[TestKind.RAPID_ANTIGEN.value], kinds[TestKind.PCR_RT_PCR.value], positive)


@dataclass(frozen=True, slots=True)
class ContactCounts:
    """Contacts (F1): those new in the period, those in quarantine at its cut-off, and how many until then."""

    new: tuple[UUID, ...] = ()
    under: tuple[UUID, ...] = ()
    total: int = 0


def contacts_in(session: Session, period: Period, *, start: date | None, zone: tzinfo | None) -> ContactCounts:
    """The contacts of a report."""
    columns, first = ContactRow, period.from_at.date()
    active = columns.status == ContactStatus.ACTIVE.value
    near = or_(active, columns.ended_on.is_(None), columns.ended_on >= first, columns.report_date >= first)
    before = select(func.count()).where(
        columns.report_date < first, columns.report_date >= start if start else true(), ~from_elsewhere(columns)
    )
    total = session.scalar(before) or 0
    new: list[UUID] = []
    under: list[UUID] = []
    query = (
        select(columns, PersonRow.hamlet_id, PersonRow.moved_to)
        .join(PersonRow, PersonRow.id == columns.person_id)
        .where(near, columns.report_date <= period.cutoff_at.date())
    )
    for row, hamlet, moved_to in session.execute(query):
        begin, end = contact_span(_contact(row, hamlet, zone))
        if begin > period.cutoff_at or (start is not None and begin.date() < start):
            continue
        if not row.came_from:
            total += row.report_date >= first
            new += [row.id] if period.holds(begin) else []
        under += [row.id] if moved_to is None and (end is None or end > period.cutoff_at) else []
    return ContactCounts(tuple(new), tuple(under), total)


def _contact(row: ContactRow, hamlet: UUID | None, zone: tzinfo | None) -> ContactHistory:
    stamps = row.stamps or {}
    return ContactHistory(
        contact_id=row.id,
        person_id=row.person_id,
        hamlet_id=hamlet,
        report_date=row.report_date,
        known_at=wall(row.made, zone),
        status=ContactStatus(row.status),
        ended_on=row.ended_on,
        end_known_at=wall(stamps.get("ended_on") or stamps.get("status") or row.made, zone),
    )


def staff_on(session: Session, day: date) -> list[str]:
    """Names of those on duty on that day, each once."""
    query = select(DutyRow.name).where(
        or_(DutyRow.valid_from.is_(None), DutyRow.valid_from <= day),
        or_(DutyRow.valid_until.is_(None), DutyRow.valid_until >= day),
    )
    return list(dict.fromkeys(session.scalars(query.order_by(DutyRow.n))))


def hamlet_names(session: Session) -> dict[UUID, str]:
    """All hamlets as lists name them, those no longer in use too."""
    return {row_id: str(name) for row_id, name in session.execute(select(HamletRow.id, hamlet_words()))}
