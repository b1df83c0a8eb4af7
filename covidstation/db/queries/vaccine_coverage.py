"""How many of the managed population have had which dose by the end of a day (docs/adr/0046).

Who stands on that day as now is taken out of the book of who is due in one go; whoever moved, died or was handed over
since is looked at one by one, as `queries.population` does: both count the same people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    type_coerce(VaccineBookRow.hamlet_id, String), VaccineBookRow.sex, VaccineBookRow.born, VaccineBookRow.said_group,
    type_coerce(VaccineBookRow.diseased, Integer), *(type_coerce(one, String) for one in _SINCE),
)  # fmt: skip
"""Ids and days as they are kept: fifty thousand of them are made nothing of."""
_Alike = tuple[str | None, str, int | None, str, int]


def coverage_in(session: Session, day: date, *, schedule: Schedule, groups: PriorityList) -> Coverage:
    """Of that day, by the book, which is up to date."""
    found = _Sums(day)
    same = VaccineBookRow.person_id.not_in(changed_since(day))
    born = or_(VaccineBookRow.born.is_(None), VaccineBookRow.born <= number_of(day))
    number = number_of(day)
    for hamlet, sex, birth, said, diseased, *since in session.execute(_LINES.where(same, born)):
        age = None if birth is None else (number - birth) // 10000
        found.add((hamlet, sex, age, said, diseased), since)
    for alike, reached in _one_by_one(session, day, schedule):
        found.add(alike, [one.isoformat() if one else None for one in reached])
    return Coverage(day, tuple(_cells(found.cells, groups)), _months(found.months))


class _Sums:
    """Counting person by person, for fifty thousand of them: days are texts, which compare as days do."""

    def __init__(self, day: date) -> None:
        self.cells: dict[_Alike, list[int]] = {}
        self.months: tuple[dict[str, int], ...] = tuple({} for _level in LEVELS)
        self._last = day.isoformat()

    def add(self, alike: _Alike, since: Sequence[str | None]) -> None:
        """One person, and since when they have each of `LEVELS`."""
        cell = self.cells.get(alike)
        if cell is None:
            cell = self.cells[alike] = [0] * (len(LEVELS) + 1)
        cell[0] += 1
        for at, one in enumerate(since):
            if one is not None and one <= self._last:
                cell[at + 1] += 1
                month, counts = one[:7], self.months[at]
                counts[month] = counts.get(month, 0) + 1


def _cells(cells: dict[_Alike, list[int]], groups: PriorityList) -> Iterator[CoverageCell]:
    for (hamlet, sex, age, said, diseased), (people, *reached) in cells.items():
        group = groups.group_of(said, age, ("",) if diseased else ())
        where = UUID(hex=hamlet) if hamlet else None
        yield CoverageCell(where, Sex(sex), age, group, bool(diseased), people, tuple(reached))


def _months(found: Sequence[Mapping[str, int]]) -> tuple[tuple[date, tuple[int, ...]], ...]:
    names = sorted({name for counts in found for name in counts})
    return tuple((date.fromisoformat(f"{name}-01"), tuple(counts.get(name, 0) for counts in found)) for name in names)


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
            alike = (hamlet.hex if hamlet else None, row.sex, age, row.priority_group, int(bool(row.conditions)))
            yield alike, reached
