"""Who is due for a vaccine, and who is not and why: lists and their counts.

They read `vaccine_book`, one line for everybody whom the station manages (`db.vaccine_book` brings it up to the day).
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, false, func, or_, select, text
from sqlalchemy.orm import Session

from covidstation.db.mapping import birth_of
from covidstation.db.queries.people import match_words
from covidstation.db.queries.places import hamlet_words, within
from covidstation.db.queries.residence import number_of
from covidstation.db.queries.vaccination import stances_of_many
from covidstation.db.rows import HamletRow, PersonRow, VaccineBasisRow, VaccineBookRow
from covidstation.db.session import Database
from covidstation.domain.age_groups import AgeSpan
from covidstation.domain.canonical import decode
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.coverage import LEVELS
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.goals import Meant
from covidstation.domain.vaccination.priority import PriorityGroup, PriorityList
from covidstation.domain.vaccination.stances import Stance, StanceKind
from covidstation.domain.vaccination.states import DueKind, Mark, NextDose, Reached, Stage, VaccineState, Why

ANY_DISEASE: Final = "*"
_PART: Final = 400


class DueSort(StrEnum):
    """The columns a list can be sorted by."""

    DAY = "day"  # who waits longest first
    NAME = "name"
    HAMLET = "hamlet"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFilter:
    """What a list shows. `ages`: full years by the earliest day that a birth can be. `disease`: a code, or
    ANY_DISEASE. `away`: who cannot come to the place of vaccination. `lacks`: of those it means, who have not reached
    its level."""

    kinds: frozenset[DueKind] = frozenset()  # none: all
    stages: frozenset[Stage] = frozenset()
    hamlet_id: UUID | None = None
    ages: AgeSpan | None = None
    group: str = ""
    disease: str = ""
    away: bool = False
    typed: str = ""
    lacks: Meant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """One person of a list. `stances`: what holds now, that of the state first; `group`: as it was said."""

    person_id: UUID
    full_name: str
    birth: PartialDate | None
    hamlet: str
    phone: str
    group: str
    conditions: tuple[str, ...]
    state: VaccineState
    stances: tuple[Stance, ...] = ()

    @property
    def stance(self) -> Stance | None:
        """What the state comes from."""
        return next((one for one in self.stances if one.id == self.state.stance), None)

    @property
    def barred(self) -> tuple[str, ...]:
        """The codes of the vaccines that they must not be given, whatever else may."""
        return tuple(dict.fromkeys(one.product for one in self.stances if one.product))

    @property
    def away(self) -> Stance | None:
        """Why somebody has to go there."""
        return next((one for one in self.stances if one.kind is StanceKind.CANNOT_TRAVEL), None)

    @property
    def step(self) -> str:
        """What somebody said is to be done next; empty when nobody did."""
        held = (one for one in (self.stance, self.away) if one is not None)
        return "; ".join(dict.fromkeys(one.next_step for one in held if one.next_step))

    @property
    def step_on(self) -> date | None:
        """By when: the day that was said, else the one on which the state is looked at again, or the dose is due."""
        held = (one for one in (self.stance, self.away) if one is not None)
        said = next((one.due_on or one.until for one in held if one.due_on or one.until), None)
        return said or self.state.due_on if self.state.kind is DueKind.NOT_YET else said


@dataclass(frozen=True, slots=True)
class DueCounts:
    """How many of whom the station manages are in which state and stage, and how many cannot come."""

    cells: Mapping[tuple[DueKind, Stage], int]
    away: int

    @property
    def total(self) -> int:
        """Everybody whom the station manages."""
        return sum(self.cells.values())

    def count(self, kinds: frozenset[DueKind] = frozenset(), stages: frozenset[Stage] = frozenset()) -> int:
        """Those in these states and stages; none named means all."""
        return sum(
            count
            for (kind, stage), count in self.cells.items()
            if (not kinds or kind in kinds) and (not stages or stage in stages)
        )


class DueList:
    """A list: its lines as they come into sight. A whole list in the book's own order is read by the book's index, and
    only where it is in sight; of any other the keys are read at once, since each part of it would sort the whole."""

    def __init__(self, db: Database, query: Any, today: date, *, in_order: bool) -> None:
        self._db, self._query, self._today = db, query, today
        whole = select(func.count()).select_from(query.order_by(None).subquery())
        with db.read() as session:
            self._keys = None if in_order else array("q", session.scalars(query))
            self._length = (session.scalar(whole) or 0) if self._keys is None else len(self._keys)

    def __len__(self) -> int:
        return self._length

    def lines(self, offset: int, limit: int) -> list[DueLine]:
        """The lines from `offset` on, at most `limit`."""
        found: dict[int, DueLine] = {}
        with self._db.read() as session:
            if self._keys is None:
                keys = array("q", session.scalars(self._query.offset(offset).limit(limit)))
            else:
                keys = self._keys[offset : offset + limit]
            for at in range(0, len(keys), _PART):
                found |= _lines(session, keys[at : at + _PART], self._today)
        return [found[key] for key in keys if key in found]

    def all(self) -> list[DueLine]:
        """Every line."""
        return self.lines(0, len(self))


def list_due(
    db: Database,
    wanted: DueFilter,
    *,
    today: date,
    groups: PriorityList,
    sort: DueSort = DueSort.DAY,
    descending: bool = False,
) -> DueList:
    """The people filtered and sorted, as the book has them."""
    book = VaccineBookRow
    query: Any = select(book.person_n).where(*_narrowed(wanted, today), *_grouped(wanted, today, groups))
    if wanted.disease not in ("", ANY_DISEASE):
        held = func.json_each(PersonRow.conditions).table_valued("value")
        has_it = select(1).select_from(held).where(held.c.value == wanted.disease).exists()
        query = query.join(PersonRow, PersonRow.n == book.person_n).where(has_it)
    orders: dict[DueSort, tuple[Any, ...]] = {
        DueSort.DAY: (book.due_on, book.sort_key, book.person_n),
        DueSort.NAME: (book.sort_key, book.person_n),
        DueSort.HAMLET: (HamletRow.name, book.hamlet_id, book.sort_key, book.person_n),  # two may have one name
    }
    if sort is DueSort.HAMLET:
        query = query.outerjoin(HamletRow, HamletRow.id == book.hamlet_id)
    turned = [one.desc() if descending else one.asc() for one in orders[sort]]
    query = query.order_by(*((turned[0].nulls_last(), *turned[1:]) if sort is DueSort.DAY else turned))
    whole = len(wanted.kinds) < 2 and wanted == DueFilter(kinds=wanted.kinds)
    return DueList(db, query, today, in_order=whole and sort is DueSort.DAY)


def count_due(db: Database) -> DueCounts:
    """How everybody stands."""
    with db.read() as session:
        known = session.scalar(select(VaccineBasisRow.counts))
        rows = decode(known.encode()) if known else count_lines(session)
    cells: dict[tuple[DueKind, Stage], int] = {}
    for kind, stage, count, _away in rows:
        cells[DueKind(kind), Stage(stage)] = count
    return DueCounts(cells, sum(row[3] for row in rows))


def count_lines(session: Session, *conditions: Any) -> list[Any]:
    """Lines of the book by state and stage, and how many of them cannot come."""
    book = VaccineBookRow
    query = select(book.kind, book.stage, func.count(), func.sum(book.away)).group_by(book.kind, book.stage)
    return [list(row) for row in session.execute(query.where(*conditions))]


def count_by_hamlet(
    db: Database, kinds: Collection[DueKind], hamlets: Collection[UUID | None] | None = None
) -> Mapping[DueKind, Mapping[str, int]]:
    """How many of these states live where, by the hamlet's name (empty for none); of these hamlets alone."""
    book, found = VaccineBookRow, defaultdict[DueKind, dict[str, int]](dict)
    query = (
        select(book.kind, hamlet_words().label("hamlet"), func.count())
        .outerjoin(HamletRow, HamletRow.id == book.hamlet_id)
        .where(book.kind.in_(sorted(kinds)))
        .group_by(book.kind, book.hamlet_id)
    )
    if hamlets is not None:
        query = query.where(within(book.hamlet_id, hamlets))
    with db.read() as session:
        for kind, hamlet, count in session.execute(query):
            found[DueKind(kind)][hamlet] = found[DueKind(kind)].get(hamlet, 0) + count
    return found


class Until(NamedTuple):
    """One line of the book that is of the states asked for, or may be by the day (`turns`)."""

    person_id: UUID
    due_on: date | None
    sort_key: str
    products: str  # codes with a space between
    turns: bool


def due_until(
    session: Session, kinds: Collection[DueKind], day: date, wanted: DueFilter, *, today: date, groups: PriorityList
) -> Sequence[Until]:
    """Who is of these states as the book has them, and everybody whose state may be another one by `day`; of those whom
    the list `wanted` would show, in whatever state."""
    book = VaccineBookRow
    turns = func.coalesce(book.next_change_on <= day, false())
    of_list = (*_narrowed(replace(wanted, kinds=frozenset()), today), *_grouped(wanted, today, groups))
    query = select(book.person_id, book.due_on, book.sort_key, book.products, turns).order_by(book.person_n)
    query = query.where(or_(book.kind.in_(sorted(kinds)), turns), *of_list)
    return [Until(who, due, key, fits, bool(turned)) for who, due, key, fits, turned in session.execute(query)]


def count_lacking(db: Database, lacks: Meant, *, today: date, groups: PriorityList) -> Mapping[UUID | None, int]:
    """Of those that it means, how many in which hamlet have not reached its level: as long as the list of them is."""
    book, wanted = VaccineBookRow, DueFilter(lacks=lacks)
    query = select(book.hamlet_id, func.count()).where(*_narrowed(wanted, today), *_grouped(wanted, today, groups))
    with db.read() as session:
        return {hamlet: count for hamlet, count in session.execute(query.group_by(book.hamlet_id))}


def _narrowed(wanted: DueFilter, today: date) -> list[ColumnElement[bool]]:
    book = VaccineBookRow
    found: list[ColumnElement[bool]] = _lacking(wanted.lacks, today) if wanted.lacks is not None else []
    if wanted.kinds:
        found.append(book.kind.in_(sorted(wanted.kinds)))
    if wanted.stages:
        found.append(book.stage.in_(sorted(wanted.stages)))
    if wanted.hamlet_id is not None:
        found.append(book.hamlet_id == wanted.hamlet_id)
    if wanted.away:
        found.append(book.away.is_(True))
    if wanted.ages is not None:
        found += _of_ages(*wanted.ages, today)
    expressions = match_words(wanted.typed)
    if expressions:
        matching = text("person_n IN (SELECT rowid FROM person_search WHERE person_search MATCH :typed)")
        found.append(matching.bindparams(typed=expressions[-1]))  # type: ignore[arg-type]  # a condition in words
    return found


def _of_ages(first: int, end: int | None, today: date) -> list[ColumnElement[bool]]:
    """From that many full years on, below the others; of whom no birth is known nobody."""
    born = VaccineBookRow.born
    found = [born <= number_of(today) - first * 10000]
    return found if end is None else [*found, born > number_of(today) - end * 10000]


def _lacking(lacks: Meant, today: date) -> list[ColumnElement[bool]]:
    """As `Meant.means` says it of a cell of the coverage; the group is `_grouped`'s."""
    book = VaccineBookRow
    since = dict(
        zip(LEVELS, (book.first_on, book.basic_on, book.added_on, book.booster_on, book.booster2_on), strict=True)
    )[lacks.level]
    found: list[ColumnElement[bool]] = [or_(since.is_(None), since > today)]
    if lacks.first_age is not None or lacks.end_age is not None:
        found += _of_ages(lacks.first_age or 0, lacks.end_age, today)
    return found if lacks.hamlet_id is None else [*found, book.hamlet_id == lacks.hamlet_id]


def _grouped(wanted: DueFilter, today: date, groups: PriorityList) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.disease:
        found.append(VaccineBookRow.diseased.is_(True))
    for code in filter(None, (wanted.group, wanted.lacks.group if wanted.lacks is not None else "")):
        found.append(or_(VaccineBookRow.said_group == code, _falls_into(code, groups, today)))
    return found


def _falls_into(code: str, groups: PriorityList, today: date) -> ColumnElement[bool]:
    """As `PriorityList.group_of`, of whom nobody has said a group: no earlier group fits, this one does."""
    found = VaccineBookRow.said_group == ""
    for one in groups.groups:
        if one.code == code:
            return found & _fits(one, today)
        found &= ~_fits(one, today)
    return false()


def _fits(group: PriorityGroup, today: date) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = [VaccineBookRow.diseased.is_(True)] if group.chronic else []
    if group.from_age is not None:
        found.append(func.coalesce(VaccineBookRow.born <= number_of(today) - group.from_age * 10000, false()))
    return or_(false(), *found)


@cache  # making it takes longer than asking it
def _line_query() -> Any:
    """What a line shows, by the numbers of the people."""
    book, person = VaccineBookRow, PersonRow
    told = (book.kind, book.why, book.rule, book.stage, book.doses, book.next_class, book.next_number, book.due_on,
        book.late_on, book.since, book.products, book.away, book.pregnant, book.stance_id, book.params, book.first_on,
        book.basic_on, book.added_on, book.booster_on, book.booster2_on, book.next_change_on)  # fmt: skip
    known = (person.n, person.id, person.full_name, person.birth_year, person.birth_month, person.birth_day,
        person.phone, person.priority_group, person.conditions)  # fmt: skip
    keys: Any = bindparam("keys", expanding=True)
    return (
        select(*told, *known, hamlet_words().label("hamlet"))
        .join(person, person.id == book.person_id)
        .outerjoin(HamletRow, HamletRow.id == person.hamlet_id)
        .where(book.person_n.in_(keys), person.n.in_(keys))
    )


def _lines(session: Session, keys: Sequence[int], today: date) -> dict[int, DueLine]:
    rows: Sequence[Any] = session.execute(_line_query(), {"keys": list(keys)}).all()
    stances = stances_of_many(session, [row.id for row in rows])
    return {
        row.n: DueLine(
            person_id=row.id,
            full_name=row.full_name,
            birth=birth_of(row),
            hamlet=row.hamlet,
            phone=row.phone,
            group=row.priority_group,
            conditions=tuple(row.conditions),
            state=_state(row),
            stances=tuple(one for one in stances.get(row.id, ()) if one.holds(today)),
        )
        for row in rows
    }


def _state(row: Any) -> VaccineState:
    """A line as the state that it was."""
    marks = {Mark.CANNOT_TRAVEL: row.away, Mark.PREGNANT: row.pregnant}
    params = decode(row.params.encode()) if row.params else {}
    return VaccineState(
        kind=DueKind(row.kind),
        why=Why(row.why),
        rule=row.rule,
        stage=Stage(row.stage),
        doses=row.doses,
        reached=Reached(row.first_on, row.basic_on, row.added_on, row.booster_on, row.booster2_on),
        next=NextDose(DoseClass(row.next_class), row.next_number) if row.next_class else None,
        due_on=row.due_on,
        late_on=row.late_on,
        since=row.since,
        products=tuple(row.products.split()),
        marks=frozenset(mark for mark, held in marks.items() if held),
        stance=row.stance_id,
        params=tuple((str(key), str(value)) for key, value in params.items()) if isinstance(params, dict) else (),
        next_change_on=row.next_change_on,
    )
