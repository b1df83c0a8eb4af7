"""How many of the managed population have had which dose by the end of a day (docs/adr/0046).

Who stands on that day as now is summed by the database out of the book of who is due; whoever moved, died or was handed
over since is looked at one by one, as `queries.population` does: both count the same people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, String, cast, func, null, or_, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.db.mapping import birth_of
from covidstation.db.queries.population import changed_since
from covidstation.db.queries.residence import lives_of, number_of
from covidstation.db.rows import PersonRow, VaccineBookRow
from covidstation.db.vaccine_book import facts_of
from covidstation.domain.dates import age_on
from covidstation.domain.people import Sex
from covidstation.domain.vaccination.course import course_in
from covidstation.domain.vaccination.coverage import LEVELS, Coverage, CoverageCell, reached_by
from covidstation.domain.vaccination.priority import PriorityList
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.states import Reached

_PART: Final = 500
_SINCE: Final = (
    VaccineBookRow.first_on, VaccineBookRow.basic_on, VaccineBookRow.added_on, VaccineBookRow.booster_on,
    VaccineBookRow.booster2_on,
)  # fmt: skip
_Alike = tuple[UUID | None, str, int | None, str, bool]


def coverage_in(session: Session, day: date, *, schedule: Schedule, groups: PriorityList) -> Coverage:
    """Of that day, by the book, which is up to date."""
    cells: dict[_Alike, list[int]] = {}
    months: Counter[tuple[str, int]] = Counter()

    def add(alike: _Alike, people: int, reached: Sequence[int]) -> None:
        sums = cells.setdefault(alike, [0] * (len(LEVELS) + 1))
        for at, count in enumerate((people, *reached)):
            sums[at] += count

    same = VaccineBookRow.person_id.not_in(changed_since(day))
    born = or_(VaccineBookRow.born.is_(None), VaccineBookRow.born <= number_of(day))
    for row in session.execute(_sums(day).where(same, born)):
        add((row[0], *row[1:5]), row[5], row[6:])
    for at, since in enumerate(_SINCE):
        month = func.substr(type_coerce(since, String), 1, 7)
        for name, count in session.execute(select(month, func.count()).where(since <= day, same, born).group_by(month)):
            months[name, at] += count
    for alike, reached in _one_by_one(session, day, schedule):
        add(alike, 1, reached_by(reached, day))
        for at, one in enumerate(reached):
            if one is not None and one <= day:
                months[f"{one:%Y-%m}", at] += 1
    return Coverage(day, tuple(_cells(cells, groups)), _months(months))


def _sums(day: date) -> Any:
    book = VaccineBookRow
    age = cast((number_of(day) - book.born) / 10000, Integer)
    alike = (func.coalesce(book.hamlet_id, null()), book.sex, age, book.said_group, book.diseased)
    return select(*alike, func.count(), *(func.count().filter(one <= day) for one in _SINCE)).group_by(*alike)


def _cells(cells: dict[_Alike, list[int]], groups: PriorityList) -> Iterator[CoverageCell]:
    for (hamlet, sex, age, said, diseased), (people, *reached) in cells.items():
        group = groups.group_of(said, age, ("",) if diseased else ())
        yield CoverageCell(hamlet, Sex(sex), age, group, diseased, people, tuple(reached))


def _months(found: Counter[tuple[str, int]]) -> tuple[tuple[date, tuple[int, ...]], ...]:
    names = sorted({name for name, _at in found})
    return tuple(
        (date.fromisoformat(f"{name}-01"), tuple(found[name, at] for at in range(len(LEVELS)))) for name in names
    )


def _one_by_one(session: Session, day: date, schedule: Schedule) -> Iterator[tuple[_Alike, Reached]]:
    """Whose stand on that day is not simply that of now."""
    people = list(session.scalars(changed_since(day)))
    lives = lives_of(session, people)
    here = [one for one in people if one in lives and lives[one].on(day).here]
    for at in range(0, len(here), _PART):
        part = here[at : at + _PART]
        facts = facts_of(session, part)
        for row in session.scalars(select(PersonRow).where(PersonRow.id.in_(part))):
            birth = birth_of(row)
            age = age_on(birth, day) if birth else None
            told = facts[row.id]
            reached = course_in(schedule, told.doses, told.conditions).reached
            hamlet = lives[row.id].on(day).hamlet_id
            yield (hamlet, row.sex, age, row.priority_group, bool(row.conditions)), reached
