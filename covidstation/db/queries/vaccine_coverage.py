"""How many of the managed population have had which dose by the end of a day (docs/adr/0046).

Who stands on that day as now is taken out of the book of who is due in one go; whoever moved, died or was handed over
since is looked at one by one, as `queries.population` does: both count the same people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Integer, String, or_, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.db.mapping import birth_of
from covidstation.db.queries.population import changed_since
from covidstation.db.queries.residence import lives_of, number_of
from covidstation.db.rows import PersonRow, VaccineBookRow
from covidstation.db.vaccine_book import facts_of
from covidstation.domain.dates import age_on
from covidstation.domain.people import Sex
from covidstation.domain.vaccination.course import course_in
from covidstation.domain.vaccination.coverage import LEVELS, Coverage, CoverageCell
from covidstation.domain.vaccination.priority import PriorityList
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.states import Reached

_PART: Final = 500
_SINCE: Final = (
    VaccineBookRow.first_on, VaccineBookRow.basic_on, VaccineBookRow.added_on, VaccineBookRow.booster_on,
    VaccineBookRow.booster2_on,
)  # fmt: skip
_LINES: Final = select(
    VaccineBookRow.person_n, type_coerce(VaccineBookRow.hamlet_id, String), VaccineBookRow.sex, VaccineBookRow.born,
    VaccineBookRow.said_group,
    type_coerce(VaccineBookRow.diseased, Integer), *(type_coerce(one, String) for one in _SINCE),
)  # fmt: skip
"""Ids and days as they are kept: fifty thousand of them are made nothing of."""
_Alike = tuple[str | None, str, int | None, str, int]


def coverage_in(session: Session, day: date, *, schedule: Schedule, groups: PriorityList) -> Coverage:
    """Of that day, by the book, which is up to date."""
    found = _Sums(day)
    for _person, alike, since in _everybody(session, day, schedule):
        found.add(alike, since)
    return Coverage(day, tuple(found.cells_of(groups)))


@dataclass(frozen=True, slots=True)
class CoveragePerson:
    """One of those whom the coverage counts: `code` is the register's own number of them; `since` when they have each
    of `LEVELS`, by that day."""

    code: int
    hamlet_id: UUID | None
    sex: Sex
    age: int | None
    group: str
    diseased: bool
    since: tuple[date | None, ...]


def coverage_people_in(
    session: Session, day: date, *, schedule: Schedule, groups: PriorityList
) -> Iterator[CoveragePerson]:
    """One by one whom `coverage_in` counts, by the same look at them."""
    last = day.isoformat()
    for person, (hamlet, sex, age, said, diseased), since in _everybody(session, day, schedule):
        group = groups.group_of(said, age, ("",) if diseased else ())
        days = tuple(date.fromisoformat(one) if one is not None and one <= last else None for one in since)
        where = UUID(hex=hamlet) if hamlet else None
        yield CoveragePerson(person, where, Sex(sex), age, group, bool(diseased), days)


def _everybody(session: Session, day: date, schedule: Schedule) -> Iterator[tuple[int, _Alike, Sequence[str | None]]]:
    """Everybody whom the station managed at the end of that day, and since when they have each of `LEVELS`."""
    same = VaccineBookRow.person_id.not_in(changed_since(day))
    born = or_(VaccineBookRow.born.is_(None), VaccineBookRow.born <= number_of(day))
    number = number_of(day)
    for person, hamlet, sex, birth, said, diseased, *since in session.execute(_LINES.where(same, born)):
        age = None if birth is None else (number - birth) // 10000
        yield person, (hamlet, sex, age, said, diseased), since
    for person, alike, reached in _one_by_one(session, day, schedule):
        yield person, alike, [one.isoformat() if one else None for one in reached]


class _Sums:
    """Counting person by person, for fifty thousand of them: days are texts, which compare as days do."""

    def __init__(self, day: date) -> None:
        self._cells: dict[_Alike, tuple[list[int], dict[str, list[int]]]] = {}
        self._last = day.isoformat()

    def add(self, alike: _Alike, since: Sequence[str | None]) -> None:
        """One person, and since when they have each of `LEVELS`."""
        held = self._cells.get(alike)
        if held is None:
            held = self._cells[alike] = ([0] * (len(LEVELS) + 1), {})
        counts, months = held
        counts[0] += 1
        for at, one in enumerate(since):
            if one is not None and one <= self._last:
                counts[at + 1] += 1
                month = months.get(one[:7])
                if month is None:
                    month = months[one[:7]] = [0] * len(LEVELS)
                month[at] += 1

    def cells_of(self, groups: PriorityList) -> Iterator[CoverageCell]:
        """What came of it."""
        days: dict[str, date] = {}
        for (hamlet, sex, age, said, diseased), ((people, *reached), months) in self._cells.items():
            group = groups.group_of(said, age, ("",) if diseased else ())
            where = UUID(hex=hamlet) if hamlet else None
            by_month = tuple(
                (days.setdefault(name, date.fromisoformat(f"{name}-01")), tuple(counts))
                for name, counts in months.items()
            )
            yield CoverageCell(where, Sex(sex), age, group, bool(diseased), people, tuple(reached), by_month)


def _one_by_one(session: Session, day: date, schedule: Schedule) -> Iterator[tuple[int, _Alike, Reached]]:
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
            reached = course_in(schedule, told.doses, told.conditions, day).reached
            hamlet = lives[row.id].on(day).hamlet_id
            alike = (hamlet.hex if hamlet else None, row.sex, age, row.priority_group, int(bool(row.conditions)))
            yield row.n, alike, reached
