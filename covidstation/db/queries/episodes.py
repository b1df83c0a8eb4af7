"""The F0 register as a list, and the episodes that need something."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, String, and_, bindparam, case, exists, func, select, text, union_all
from sqlalchemy.orm import aliased

from covidstation.db.mapping import episode_of
from covidstation.db.moved import still_here
from covidstation.db.queries.people import match_words
from covidstation.db.queries.places import hamlet_words, within
from covidstation.db.rows import EpisodeRow, HamletRow, PaperRow, PaperSubjectRow, PathogenTestRow, PersonRow, VisitRow
from covidstation.db.session import Database
from covidstation.domain import packs
from covidstation.domain.care import Level, RiskClass, VisitStatus
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome, Episode, QuarantineType, TestResult
from covidstation.domain.missing import RECENT_DAYS
from covidstation.domain.papers import PaperKind
from covidstation.domain.people import Sex

OPENING = (PaperKind.ISOLATION_ORDER.value,)
ENDING = tuple(kind.value for kind in packs.ENDING)


class EpisodeState(StrEnum):
    """The filter's choices."""

    ACTIVE = "active"
    NEEDS_ORDER = "needs_order"
    NEEDS_TEST = "needs_test"
    READY_TO_END = "ready_to_end"
    OVERDUE = "overdue"
    ENDED = "ended"
    ALL = "all"


class EpisodeSort(StrEnum):
    """The columns a list can be sorted by."""

    NAME = "name"
    HAMLET = "hamlet"
    REPORTED = "reported"
    UNTIL = "until"


@dataclass(frozen=True, slots=True)
class EpisodeFilter:
    """What a list shows; dates are those of the finding, `risk` None for every class."""

    state: EpisodeState = EpisodeState.ACTIVE
    hamlet_id: UUID | None = None
    typed: str = ""
    found_from: date | None = None
    found_to: date | None = None
    risk: RiskClass | None = None
    test_days_before_end: int = 0  # of the isolation rule in force
    hamlets: frozenset[UUID | None] | None = None  # of one's own area; None for all


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """One line of the register. `order` and `ending` are papers' numbers as printed, empty when there is none."""

    id: UUID
    person_id: UUID
    full_name: str
    birth: PartialDate | None
    sex: Sex
    hamlet: str
    phone: str
    report_date: date
    isolation_start: datetime | None
    isolation_days: int | None
    isolation_until: date | None
    outcome: CaseOutcome
    order: str
    ending: str
    household_id: UUID | None = None
    isolation_type: QuarantineType = QuarantineType.HOME
    risk: RiskClass | None = None
    doses: int | None = None
    checked_at: datetime | None = None  # the newest check that found the person
    level: Level | None = None  # of that check, by the guideline of its time

    @property
    def lacks_order(self) -> bool:
        """An open isolation at home without its decision."""
        at_home = self.isolation_type is QuarantineType.HOME
        return at_home and not self.order and self.outcome is CaseOutcome.NO_OUTCOME

    def waits_for_end(self, today: date) -> bool:
        """Its days are over, its decision is there, and nothing has ended it."""
        over = self.isolation_until is not None and self.isolation_until < today
        return bool(self.order) and not self.ending and over

    def day_number(self, today: date) -> int | None:
        """The day of the isolation, 1 on its first."""
        return (today - self.isolation_start.date()).days + 1 if self.isolation_start else None


def has_paper(kinds: Sequence[str]) -> ColumnElement[bool]:
    """Whether the illness has a valid paper of one of these kinds."""
    return exists().where(
        PaperSubjectRow.episode_id == EpisodeRow.id,
        PaperRow.id == PaperSubjectRow.paper_id,
        PaperRow.kind.in_(kinds),
        PaperRow.voided_at.is_(None),
    )


def _negative_since(before_end: Any) -> ColumnElement[bool]:
    """Whether the newest dated test of the isolation is negative and late enough (`domain.release.has_negative`).

    `before_end` is SQLite's way to step back from the last day: "-2 days".
    """
    later = aliased(PathogenTestRow)
    counts = and_(
        PathogenTestRow.result == TestResult.NEGATIVE.value,
        PathogenTestRow.sampled_on >= func.date(EpisodeRow.isolation_until, before_end),
    )
    newest = (
        select(case((counts, 1), else_=0))
        .where(
            PathogenTestRow.episode_id == EpisodeRow.id,
            PathogenTestRow.sampled_on > func.date(EpisodeRow.isolation_start),
            ~exists().where(later.voids == PathogenTestRow.id),
        )
        .order_by(PathogenTestRow.sampled_on.desc(), PathogenTestRow.n.desc())
        .limit(1)
        .correlate(EpisodeRow)
        .scalar_subquery()
    )
    return func.coalesce(newest, 0) == 1


def _last_check() -> Any:
    """The number of the newest standing check of the illness at which the person was met."""
    visit, later = aliased(VisitRow), aliased(VisitRow)
    return (
        select(visit.n)
        .where(
            visit.episode_id == EpisodeRow.id,
            visit.status == VisitStatus.COOPERATIVE.value,
            ~exists().where(later.voids == visit.id),
        )
        .order_by(visit.day.desc(), visit.at.desc(), visit.n.desc())
        .limit(1)
        .correlate(EpisodeRow)
        .scalar_subquery()
    )


def _paper_number(kinds: Sequence[str]) -> Any:
    return (
        select(func.printf("%02d/%s", PaperRow.number, PaperRow.symbol))
        .join(PaperSubjectRow, PaperSubjectRow.paper_id == PaperRow.id)
        .where(PaperSubjectRow.episode_id == EpisodeRow.id, PaperRow.kind.in_(kinds), PaperRow.voided_at.is_(None))
        .order_by(PaperRow.n.desc())
        .limit(1)
        .correlate(EpisodeRow)
        .scalar_subquery()
    )


def lately_open(since: Any) -> Any:
    """The illnesses that are open, or ended in recovery on that day or later: those that are asked for papers.

    Two questions, each by its index: of all that have recovered the index on outcomes would give two years.
    """
    recovered = func.coalesce(EpisodeRow.outcome, "") == CaseOutcome.RECOVERED.value  # past that index
    return union_all(  # without ALL SQLite reads both in the order of ids: every case there ever was
        select(EpisodeRow.id).where(EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value),
        select(EpisodeRow.id).where(EpisodeRow.outcome_on >= since, recovered),
    )


def _in_state(state: EpisodeState, today: Any, since: Any, before_end: Any) -> list[ColumnElement[bool]]:
    """`since`: who recovered before that day is no longer asked for a paper (`domain.missing`)."""
    still_open = EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value
    here = still_here(EpisodeRow.person_id)
    over, asked = EpisodeRow.isolation_until < today, EpisodeRow.id.in_(lately_open(since))
    at_home = EpisodeRow.isolation_type == QuarantineType.HOME.value
    tested = _negative_since(before_end)
    conditions: dict[EpisodeState, list[ColumnElement[bool]]] = {
        EpisodeState.ACTIVE: [here, still_open],
        EpisodeState.NEEDS_ORDER: [here, still_open, at_home, ~has_paper(OPENING)],
        EpisodeState.NEEDS_TEST: [here, still_open, at_home, EpisodeRow.isolation_until <= today, ~tested],
        EpisodeState.READY_TO_END: [here, asked, over, has_paper(OPENING), ~has_paper(ENDING)],
        EpisodeState.OVERDUE: [here, still_open, at_home, over],
        EpisodeState.ENDED: [~still_open],
        EpisodeState.ALL: [],
    }
    return conditions[state]


def _step_back(days: int) -> str:
    return f"-{days} days"


def _asked_since(today: date) -> date:
    return today - timedelta(days=RECENT_DAYS)


def _conditions(wanted: EpisodeFilter, today: date) -> list[ColumnElement[bool]]:
    found = _in_state(wanted.state, today, _asked_since(today), _step_back(wanted.test_days_before_end))
    if wanted.risk is not None:
        found.append(EpisodeRow.risk_class == wanted.risk.value)
    if wanted.hamlet_id:
        found.append(PersonRow.hamlet_id == wanted.hamlet_id)
    if wanted.hamlets is not None:
        found.append(within(PersonRow.hamlet_id, wanted.hamlets))
    if wanted.found_from:
        found.append(EpisodeRow.report_date >= wanted.found_from)
    if wanted.found_to:
        found.append(EpisodeRow.report_date <= wanted.found_to)
    expressions = match_words(wanted.typed)
    if expressions:
        matching = text("person.n IN (SELECT rowid FROM person_search WHERE person_search MATCH :typed)")
        found.append(matching.bindparams(typed=expressions[-1]))  # type: ignore[arg-type]
    return found


_SORTS: dict[EpisodeSort, tuple[Any, ...]] = {
    EpisodeSort.NAME: (PersonRow.sort_key, EpisodeRow.n),
    EpisodeSort.HAMLET: (HamletRow.name, PersonRow.sort_key, EpisodeRow.n),
    EpisodeSort.REPORTED: (EpisodeRow.report_date, EpisodeRow.n),
    EpisodeSort.UNTIL: (EpisodeRow.isolation_until, PersonRow.sort_key, EpisodeRow.n),
}


def _joined(query: Any) -> Select[Any]:
    joined: Select[Any] = query.join(PersonRow, PersonRow.id == EpisodeRow.person_id).outerjoin(
        HamletRow, HamletRow.id == PersonRow.hamlet_id
    )
    return joined


class EpisodeList:
    """A list of the register: the keys at once, the lines as they come into sight."""

    def __init__(self, db: Database, keys: array[int]) -> None:
        self._db = db
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    def ids(self) -> list[UUID]:
        """The illnesses, in the list's order."""
        with self._db.read() as session:
            query = select(EpisodeRow.n, EpisodeRow.id).where(EpisodeRow.n.in_(self._keys))
            ids = {n: one for n, one in session.execute(query)}
        return [ids[key] for key in self._keys if key in ids]

    def lines_of(self, ids: Collection[UUID]) -> list[EpisodeLine]:
        """The lines of some of these illnesses, in their order as given."""
        with self._db.read() as session:
            rows = {row.id: _line(row) for row in session.execute(_lines().where(EpisodeRow.id.in_(ids)))}
        return [rows[one] for one in ids if one in rows]

    def lines(self, offset: int, limit: int) -> list[EpisodeLine]:
        """The lines from `offset` on, at most `limit`."""
        keys = self._keys[offset : offset + limit]
        with self._db.read() as session:
            rows = {row.n: _line(row) for row in session.execute(_lines().where(EpisodeRow.n.in_(keys)))}
        return [rows[key] for key in keys if key in rows]


def list_episodes(
    db: Database, wanted: EpisodeFilter, *, today: date, sort: EpisodeSort = EpisodeSort.NAME, descending: bool = False
) -> EpisodeList:
    """The register filtered and sorted; names stand in Vietnamese order of the given name."""
    order = [column.desc() if descending else column.asc() for column in _SORTS[sort]]
    query = _joined(select(EpisodeRow.n)).where(*_conditions(wanted, today)).order_by(*order)
    with db.read() as session:
        return EpisodeList(db, array("q", session.scalars(query)))


def count_episodes(db: Database, state: EpisodeState, *, today: date) -> int:
    """How many episodes are in a state."""
    query = select(func.count()).select_from(EpisodeRow).where(*_conditions(EpisodeFilter(state), today))
    with db.read() as session:
        return session.scalar(query) or 0


def count_states(db: Database, *, today: date, test_days_before_end: int = 0) -> dict[EpisodeState, int]:
    """How many are in each state, in one question."""
    with db.read() as session:
        given = {"today": today, "since": _asked_since(today), "before_end": _step_back(test_days_before_end)}
        row = session.execute(_counts(), given).one()
    return {state: getattr(row, state.value) for state in EpisodeState}


@cache
def _counts() -> Select[Any]:
    today, since = bindparam("today", type_=Date), bindparam("since", type_=Date)
    before_end = bindparam("before_end", type_=String)
    return select(
        *(
            select(func.count())
            .select_from(EpisodeRow)
            .where(*_in_state(state, today, since, before_end))
            .scalar_subquery()
            .label(state.value)
            for state in EpisodeState
        )
    )


@cache  # building the statement takes longer than running it
def _lines() -> Select[Any]:
    return _joined(
        select(
            EpisodeRow.n,
            EpisodeRow.id,
            EpisodeRow.person_id,
            PersonRow.full_name,
            PersonRow.birth_year,
            PersonRow.birth_month,
            PersonRow.birth_day,
            PersonRow.sex,
            PersonRow.phone,
            PersonRow.household_id,
            EpisodeRow.isolation_type,
            hamlet_words().label("hamlet"),
            EpisodeRow.report_date,
            EpisodeRow.isolation_start,
            EpisodeRow.isolation_days,
            EpisodeRow.isolation_until,
            EpisodeRow.outcome,
            _paper_number(OPENING).label("order_number"),
            _paper_number(ENDING).label("ending_number"),
            EpisodeRow.risk_class,
            EpisodeRow.doses_known,
            VisitRow.at.label("checked_at"),
            VisitRow.level.label("level"),
        )
    ).outerjoin(VisitRow, VisitRow.n == _last_check())


def _line(row: Any) -> EpisodeLine:
    return EpisodeLine(
        id=row.id,
        person_id=row.person_id,
        full_name=row.full_name,
        birth=PartialDate(row.birth_year, row.birth_month, row.birth_day) if row.birth_year else None,
        sex=Sex(row.sex),
        hamlet=row.hamlet,
        phone=row.phone,
        report_date=row.report_date,
        isolation_start=row.isolation_start,
        isolation_days=row.isolation_days,
        isolation_until=row.isolation_until,
        outcome=CaseOutcome(row.outcome),
        order=row.order_number or "",
        ending=row.ending_number or "",
        household_id=row.household_id,
        isolation_type=QuarantineType(row.isolation_type),
        risk=RiskClass(row.risk_class) if row.risk_class else None,
        doses=row.doses_known,
        checked_at=row.checked_at,
        level=Level(row.level) if row.level else None,
    )


def get_episode(db: Database, episode_id: UUID) -> Episode | None:
    """One episode with its tests."""
    with db.read() as session:
        row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
        if row is None:
            return None
        tests = session.scalars(select(PathogenTestRow).where(PathogenTestRow.episode_id == episode_id))
        return episode_of(row, tests)
