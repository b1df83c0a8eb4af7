"""Cohort figures: at the end of a quarter, how many were under care, under control at their last visit, lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import String, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.db.queries.chronic_person import visit_stands
from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.residence import lives_of, out_of_care
from covidstation.db.rows import (
    ChronicBookRow,
    ChronicConditionRow,
    ChronicVisitRow,
    HamletRow,
    PersonRow,
    ResidenceRow,
)
from covidstation.db.session import Database
from covidstation.domain.residence import GONE, ChangeKind, Life, Stand
from covidstation.domain.targets import Result

_YEAR_END: Final = 12


@dataclass(frozen=True, slots=True)
class Cohort:
    """One hamlet, or the `whole` commune; `hamlet` is empty for people without one.

    Of those `under_care` on the day, who had neither died nor left the commune by then: `controlled` and `uncontrolled`
    at the last visit until then, `unknown` had none that tells, and `lost` had no visit for too long since they are
    followed; whoever is lost is in none of the other three. `removed` died, left, or was taken off the register in the
    quarter.
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
        known = {one.person_id: one for one in session.execute(_known(first, day, code))}
        gone = _gone(session, known, first, day)
        later = [one.person_id for one in known.values() if one.last_on is not None and one.last_on > str(day)]
        seen = _last_visits(session, later, day)
        hamlets = _hamlets(session, known.values(), day)
    lost_before = str(day - timedelta(days=lost_days))
    counts: dict[str, Counter[str]] = {}
    for person, one in known.items():
        last_on, result = seen.get(person, (one.last_on, one.result))
        if person in gone or one.since is None:
            kinds: tuple[str, ...] = ("removed",) if gone.get(person, True) else ()  # who went before, went then
        else:
            kinds = ("all", _standing(last_on, result, one.since, lost_before))
        if kinds:
            counts.setdefault(hamlets[person], Counter()).update(kinds)
    rows = [_cohort(name, found) for name, found in sorted(counts.items())]
    return CohortFigures(first, day, tuple(rows), replace(_cohort("", _sum(counts.values())), whole=True))


def _standing(last_on: str | None, result: str | None, since: str, lost_before: str) -> str:
    """How one of them counts; days as they are kept. A visit of long ago tells nothing, and only who has been followed
    for as long is lost: whoever came back lately is not."""
    if (last_on or since) >= lost_before:
        return result or Result.UNKNOWN.value
    return "lost" if since < lost_before else Result.UNKNOWN.value


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


def _known(first: date, day: date, code: str) -> Any:
    """Whoever was followed at the end of that day, since when, or had left within the quarter (`since` null); with the
    last visit of all and where they live now. Ids and days as they are kept: eight thousand are made nothing of."""
    row, book = ChronicConditionRow, ChronicBookRow
    stands_then = or_(row.removed_on.is_(None), row.removed_on > day)
    found: Any = select(row.person_id, func.min(case((stands_then, row.registered_on))).label("since")).where(
        row.registered_on <= day, or_(row.removed_on.is_(None), row.removed_on >= first)
    )
    if code:
        found = found.where(row.code.startswith(code, autoescape=True))
    found = found.group_by(row.person_id).subquery()
    columns = (found.c.person_id, found.c.since, book.last_on, book.result, PersonRow.hamlet_id)
    return (
        select(*(type_coerce(one, String).label(one.name) for one in columns))
        .outerjoin(book, book.person_id == found.c.person_id)
        .outerjoin(PersonRow, PersonRow.id == found.c.person_id)
    )


def _gone(session: Session, people: Collection[str], first: date, day: date) -> dict[str, bool]:
    """Who of them had died, left, gone to another station, or not come yet by the end of that day; whether they were
    here on a day from the eve of `first` on."""
    kinds = (ChangeKind.LEFT.value, ChangeKind.DIED.value, ChangeKind.CAME.value)
    changed = select(ResidenceRow.person_id).where(ResidenceRow.change.in_(kinds))
    ever = {*session.scalars(out_of_care()), *session.scalars(changed)}  # few: the lives of all others are not read
    lives, before = lives_of(session, (one for one in ever if one.hex in people)), first - timedelta(days=1)
    return {
        person.hex: not _away(life, before)
        or any(first <= step.day <= day and _there(step.before) for step in life.steps)
        for person, life in lives.items()
        if _away(life, day)
    }


def _away(life: Life, day: date) -> bool:
    """Nobody to be visited on that day; somebody without an address still is."""
    ended = any(one is not None and one <= day for one in (life.died, life.handed))
    return ended or not _there(life.on(day))


def _there(stand: Stand) -> bool:
    return stand.living not in GONE


def _last_visits(session: Session, people: Sequence[str], day: date) -> dict[str, tuple[str | None, str]]:
    """The last visit until that day of these people, who were seen after it too: the book knows that one alone."""
    row = ChronicVisitRow
    asked = func.json_each(json.dumps(people)).table_valued("value")
    last = (
        select(row.n)
        .where(row.person_id == type_coerce(asked.c.value, String), row.day <= day, visit_stands())
        .order_by(row.day.desc(), row.made.desc())
        .limit(1)
        .scalar_subquery()
    )
    numbers = select(last).select_from(asked)
    query = select(type_coerce(row.person_id, String), type_coerce(row.day, String), row.result)
    found = {person: (seen_on, result) for person, seen_on, result in session.execute(query.where(row.n.in_(numbers)))}
    nothing: tuple[None, str] = (None, "")
    return {person: found.get(person, nothing) for person in people}


def _hamlets(session: Session, known: Iterable[Any], day: date) -> dict[str, str]:
    """Where they lived at the end of that day, or before they went."""
    names = {row_id: str(name) for row_id, name in session.execute(_NAMES)}
    found = {one.person_id: names.get(one.hamlet_id, "") for one in known}
    moved = session.scalars(select(ResidenceRow.person_id).where(ResidenceRow.day > day).distinct())
    for person, life in lives_of(session, (one for one in moved if one.hex in found)).items():
        if (hamlet := life.hamlet_on(day)) is not None:
            found[person.hex] = names.get(hamlet.hex, "")
    return found


_NAMES: Final = select(type_coerce(HamletRow.id, String), hamlet_words())
