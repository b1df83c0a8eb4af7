"""Cohort figures: at the end of a quarter, how many were under care, under control at their last visit, lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from covidstation.db.queries.chronic_person import visit_stands
from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.residence import lives_of, out_of_care
from covidstation.db.rows import ChronicConditionRow, ChronicVisitRow, HamletRow, PersonRow, ResidenceRow
from covidstation.db.session import Database
from covidstation.domain.residence import GONE, ChangeKind, Life, Stand
from covidstation.domain.targets import Result

_YEAR_END: Final = 12


@dataclass(frozen=True, slots=True)
class Cohort:
    """One hamlet, or the `whole` commune; `hamlet` is empty for people without one.

    Of those `under_care` on the day, who had neither died nor left the commune by then: `controlled` and `uncontrolled`
    at the last visit until then, `unknown` had none that tells, and `lost` had no visit for too long; whoever is lost
    is in none of the other three. `removed` died, left, or was taken off the register in the quarter.
    """

    hamlet: str
    under_care: int
    controlled: int
    uncontrolled: int
    unknown: int
    lost: int
    removed: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class CohortFigures:
    """The cohort at the end of `last` (or today, in a quarter that runs)."""

    first: date
    last: date
    hamlets: tuple[Cohort, ...]
    whole: Cohort


def quarter_of(day: date) -> tuple[date, date]:
    """The first and the last day of the quarter that holds it."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    after = date(day.year + 1, 1, 1) if first.month + 3 > _YEAR_END else date(day.year, first.month + 3, 1)
    return first, after - timedelta(days=1)


def cohort_figures(db: Database, quarter: date, *, today: date, lost_days: int, code: str = "") -> CohortFigures:
    """Of the quarter that holds `quarter`; `code` narrows it to codes that begin so."""
    first, last = quarter_of(quarter)
    day = min(last, today)
    with db.read() as session:
        followed, removed = _followed(session, first, day, code)
        gone = _gone(session, {*followed, *removed}, first, day)
        removed = {person for person in removed if gone.get(person, True)}  # who went before, went then
        removed |= {person for person, within in gone.items() if within}
        followed = {person: since for person, since in followed.items() if person not in gone}
        visits = _last_visits(session, day)
        hamlets = _hamlets(session, day)
    lost_before = day - timedelta(days=lost_days)
    counts: dict[str, Counter[str]] = {}
    for person, since in followed.items():
        seen_on, result = visits.get(person, (None, ""))
        kind = result or Result.UNKNOWN.value
        if (seen_on or since) < lost_before:
            kind = "lost"
        counts.setdefault(hamlets.get(person, ""), Counter()).update((kind, "all"))
    for person in removed:
        counts.setdefault(hamlets.get(person, ""), Counter()).update(("removed",))
    rows = [_cohort(name, found) for name, found in sorted(counts.items())]
    return CohortFigures(first, day, tuple(rows), replace(_cohort("", _sum(counts.values())), whole=True))


def _sum(counters: Iterable[Counter[str]]) -> Counter[str]:
    whole: Counter[str] = Counter()
    for one in counters:
        whole.update(one)
    return whole


def _cohort(name: str, found: Counter[str]) -> Cohort:
    return Cohort(
        hamlet=name,
        under_care=found["all"],
        controlled=found[Result.CONTROLLED.value],
        uncontrolled=found[Result.NOT.value],
        unknown=found[Result.UNKNOWN.value],
        lost=found["lost"],
        removed=found["removed"],
    )


def _followed(session: Session, first: date, day: date, code: str) -> tuple[dict[UUID, date], set[UUID]]:
    """Who was followed at the end of that day and since when; who had left within the quarter, and was not."""
    row = ChronicConditionRow
    query: Any = select(row.person_id, row.registered_on, row.removed_on).where(
        row.registered_on <= day, or_(row.removed_on.is_(None), row.removed_on >= first)
    )
    if code:
        query = query.where(row.code.startswith(code, autoescape=True))
    followed: dict[UUID, date] = {}
    left = set()
    for person, since, until in session.execute(query):
        if until is not None and until <= day:
            left.add(person)
        else:
            followed[person] = min(since, followed.get(person, since))
    return followed, left - followed.keys()


def _gone(session: Session, people: Iterable[UUID], first: date, day: date) -> dict[UUID, bool]:
    """Who of them had died, left, gone to another station, or not come yet by the end of that day; whether they were
    here on a day from the eve of `first` on."""
    kinds = (ChangeKind.LEFT.value, ChangeKind.DIED.value, ChangeKind.CAME.value)
    changed = select(ResidenceRow.person_id).where(ResidenceRow.change.in_(kinds))
    ever = {*session.scalars(out_of_care()), *session.scalars(changed)}  # few: the lives of all others are not read
    lives, before = lives_of(session, (one for one in people if one in ever)), first - timedelta(days=1)
    return {
        person: not _away(life, before) or any(first <= step.day <= day and _there(step.before) for step in life.steps)
        for person, life in lives.items()
        if _away(life, day)
    }


def _away(life: Life, day: date) -> bool:
    """Nobody to be visited on that day; somebody without an address still is."""
    ended = any(one is not None and one <= day for one in (life.died, life.handed))
    return ended or not _there(life.on(day))


def _there(stand: Stand) -> bool:
    return stand.living not in GONE


def _last_visits(session: Session, day: date) -> dict[UUID, tuple[date, str]]:
    """Everybody's last visit until that day."""
    row = ChronicVisitRow
    rank = func.row_number().over(partition_by=row.person_id, order_by=(row.day.desc(), row.made.desc())).label("rank")
    inner = select(row.person_id, row.day, row.result, rank).where(row.day <= day, visit_stands()).subquery()
    query = select(inner.c.person_id, inner.c.day, inner.c.result).where(inner.c.rank == 1)
    return {person: (seen_on, result) for person, seen_on, result in session.execute(query)}


def _hamlets(session: Session, day: date) -> dict[UUID, str]:
    """Where those of the register lived at the end of that day, or before they went."""
    known = select(ChronicConditionRow.person_id)
    names: dict[UUID | None, str] = {row_id: str(name) for row_id, name in session.execute(_NAMES)}
    query = select(PersonRow.id, PersonRow.hamlet_id).where(PersonRow.id.in_(known))
    found = {person: names.get(hamlet, "") for person, hamlet in session.execute(query)}
    later = select(ResidenceRow.person_id).where(ResidenceRow.day > day, ResidenceRow.person_id.in_(known))
    for person, life in lives_of(session, session.scalars(later)).items():
        if (hamlet := life.hamlet_on(day)) is not None:
            found[person] = names.get(hamlet, "")
    return found


_NAMES: Final = select(HamletRow.id, hamlet_words())
