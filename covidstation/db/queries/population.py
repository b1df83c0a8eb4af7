"""The managed population (nhân khẩu quản lý) by age and sex on any day, and how it came to be: the one denominator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, null, or_, select, union
from sqlalchemy.orm import Session

from covidstation.db.mapping import birth_of
from covidstation.db.queries.residence import birth_number, dead_of_illness, lives_here, lives_of, number_of, stands
from covidstation.db.rows import EpisodeRow, PersonRow, ResidenceRow
from covidstation.db.session import Database
from covidstation.domain.dates import age_on
from covidstation.domain.people import Sex
from covidstation.domain.residence import ChangeKind

_PART: Final = 500


@dataclass(frozen=True, slots=True)
class Cell:
    """So many people of one hamlet, sex and age; None where it is not known."""

    hamlet_id: UUID | None
    sex: Sex
    age: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Population:
    """Whom the station managed at the end of that day."""

    day: date
    cells: tuple[Cell, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(cell.count for cell in self.cells)

    def count(
        self, *, first: int | None = None, end: int | None = None, sex: Sex | None = None, hamlet: UUID | None = None
    ) -> int:
        """Those from `first` years on, below `end`, of that sex and hamlet; unknown ages only when none is asked."""
        any_age = first is None and end is None
        return sum(
            cell.count
            for cell in self.cells
            if (sex is None or cell.sex is sex)
            and (hamlet is None or cell.hamlet_id == hamlet)
            and (any_age or (cell.age is not None and (first or 0) <= cell.age and (end is None or cell.age < end)))
        )

    def by_hamlet(self) -> Mapping[UUID | None, int]:
        """How many in each hamlet."""
        found: Counter[UUID | None] = Counter()
        for cell in self.cells:
            found[cell.hamlet_id] += cell.count
        return found


@dataclass(frozen=True, slots=True)
class Flows:
    """How many came and went between two days, both included."""

    born: int = 0
    came: int = 0
    died: int = 0
    left: int = 0

    @property
    def net(self) -> int:
        """By how many more there are."""
        return self.born + self.came - self.died - self.left


def population_on(db: Database, day: date, hamlet_id: UUID | None = None, *, by_hamlet: bool = True) -> Population:
    """The managed population at the end of that day, of one hamlet or of the commune: permanent and temporary.
    Not `by_hamlet`, the cells name none.

    Who stands today as then is summed by the database; whoever moved, was born, died or was handed over since is
    looked at one by one.
    """
    with db.read() as session:
        return population_in(session, day, hamlet_id, by_hamlet=by_hamlet)


def population_in(session: Session, day: date, hamlet_id: UUID | None = None, *, by_hamlet: bool = True) -> Population:
    """The same inside another act's transaction."""
    special = changed_since(day)
    found: Counter[tuple[UUID | None, str, int | None]] = Counter()
    age, place = _age(day), _place() if by_hamlet else null()
    query = (
        select(place, PersonRow.sex, age, func.count())
        .where(lives_here(), PersonRow.id.not_in(special), _born_by(day))
        .group_by(place, PersonRow.sex, age)
    )
    if hamlet_id is not None:
        query = query.where(PersonRow.hamlet_id == hamlet_id)
    for hamlet, sex, years, count in session.execute(query):
        found[hamlet, sex, years] += count
    for key in _one_by_one(session, list(session.scalars(special)), day):
        if hamlet_id is None or key[0] == hamlet_id:
            found[key if by_hamlet else (None, *key[1:])] += 1
    cells = (Cell(hamlet, Sex(sex), years, count) for (hamlet, sex, years), count in found.items())
    return Population(day, tuple(cells))


def _place() -> ColumnElement[UUID | None]:
    """The hamlet, in words that keep SQLite from walking `ix_person_hamlet_id`, with a look at each row of the table:
    `ix_person_home` holds all that is asked for, and takes a quarter of the time."""
    return func.coalesce(PersonRow.hamlet_id, null())


def flows_between(db: Database, first: date, last: date) -> Flows:
    """Births, arrivals, deaths and departures from `first` to `last`, both included.

    The population of the day before `first`, and these, make that of `last`.
    """
    with db.read() as session:
        people: set[UUID] = set(
            session.scalars(select(ResidenceRow.person_id).where(ResidenceRow.day.between(first, last), stands()))
        )
        people |= set(
            session.scalars(select(PersonRow.id).where(birth_number().between(number_of(first), number_of(last))))
        )
        died = EpisodeRow.person_id.in_(dead_of_illness())
        people |= set(
            session.scalars(select(EpisodeRow.person_id).where(EpisodeRow.outcome_on.between(first, last), died))
        )
        people |= set(session.scalars(select(PersonRow.id).where(PersonRow.moved_to.is_not(None))))
        found = Counter(flow.kind for life in lives_of(session, people).values() for flow in life.flows(first, last))
    return Flows(found[ChangeKind.BORN], found[ChangeKind.CAME], found[ChangeKind.DIED], found[ChangeKind.LEFT])


def changed_since(day: date) -> Any:
    """Whose stand on that day is not simply that of now: they changed later, died of an illness, were handed over."""
    later = select(ResidenceRow.person_id).where(ResidenceRow.day > day, stands())
    handed = select(PersonRow.id).where(PersonRow.moved_to.is_not(None))
    return union(later, dead_of_illness(), handed)


def _one_by_one(session: Session, people: Sequence[UUID], day: date) -> Iterable[tuple[UUID | None, str, int | None]]:
    lives = lives_of(session, people)
    for at in range(0, len(people), _PART):
        for row in session.scalars(select(PersonRow).where(PersonRow.id.in_(people[at : at + _PART]))):
            stand, birth = lives[row.id].on(day), birth_of(row)
            if stand.here:
                yield stand.hamlet_id, row.sex, age_on(birth, day) if birth else None


def _born_by(day: date) -> ColumnElement[bool]:
    return or_(PersonRow.birth_year.is_(None), birth_number() <= number_of(day))


def _age(day: date) -> ColumnElement[int]:
    """As `domain.dates.age_on` counts, in the database."""
    years = day.year - PersonRow.birth_year
    birthday = PersonRow.birth_month * 100 + func.coalesce(PersonRow.birth_day, 1)
    before = case((birthday > day.month * 100 + day.day, 1), else_=0)
    return case((PersonRow.birth_month.is_(None), years), else_=years - before)
