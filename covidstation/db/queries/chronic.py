"""Who is followed for a chronic disease, who is due, and which elders had no yearly check: lists and their counts.

The lists read `chronic_book`, one line a person, which triggers keep (docs/adr/0039).
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select, text
from sqlalchemy.orm import Session

from covidstation.db.queries.people import match_words
from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.residence import dead_of_illness, number_of
from covidstation.db.rows import ChronicBookRow, ChronicConditionRow, HamletRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.chronic import ConditionStatus
from covidstation.domain.dates import PartialDate
from covidstation.domain.targets import Result

WEEK: Final = timedelta(days=7)
_PART: Final = 400


class ChronicView(StrEnum):
    """The filter's choices."""

    OVERDUE = "overdue"
    DUE = "due"  # today and in the six days after
    ALL = "all"
    ELDERS = "elders"  # no yearly check in this calendar year


class ChronicSort(StrEnum):
    """The columns a list can be sorted by."""

    GRAVE = "grave"  # the last result uncontrolled first, then who waits longest
    NAME = "name"
    HAMLET = "hamlet"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class ChronicFilter:
    """What a list shows."""

    view: ChronicView = ChronicView.OVERDUE
    hamlet_id: UUID | None = None
    typed: str = ""
    code: str = ""  # the first letters of a code; empty for any


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicLine:
    """One person of a list. `late` is by how many days the day of the next visit has passed; None when no day was set.

    `codes` are those followed, in order; `call_result` is of the last call since the last visit, `called_on` its day.
    """

    person_id: UUID
    full_name: str
    birth: PartialDate | None
    hamlet: str
    phone: str
    codes: tuple[str, ...]
    last_on: date | None
    result: Result
    next_on: date | None
    due_on: date | None
    late: int | None
    called_on: date | None
    call_result: str
    away_on: date | None


class ChronicList:
    """A list: the keys at once, the lines as they come into sight."""

    def __init__(self, db: Database, keys: array[int], today: date) -> None:
        self._db, self._keys, self._today = db, keys, today

    def __len__(self) -> int:
        return len(self._keys)

    def lines(self, offset: int, limit: int) -> list[ChronicLine]:
        """The lines from `offset` on, at most `limit`."""
        keys = self._keys[offset : offset + limit]
        found: dict[int, ChronicLine] = {}
        with self._db.read() as session:
            for at in range(0, len(keys), _PART):
                found |= _lines(session, keys[at : at + _PART], self._today)
        return [found[key] for key in keys if key in found]


def list_chronic(
    db: Database,
    wanted: ChronicFilter,
    *,
    today: date,
    elder_from: int,
    sort: ChronicSort = ChronicSort.GRAVE,
    descending: bool = False,
) -> ChronicList:
    """The people filtered and sorted; `elder_from` is the age of an elder in full years."""
    book = ChronicBookRow
    query: Any = select(book.person_n).where(*_view(wanted.view, today, elder_from))
    narrowed = _narrowed(wanted)
    if narrowed or sort is ChronicSort.HAMLET:
        query = query.join(PersonRow, PersonRow.n == book.person_n).where(*narrowed)
    if sort is ChronicSort.HAMLET:
        query = query.outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
    grave = (case((book.result == Result.NOT.value, 0), else_=1), book.due_on.is_(None), book.due_on, book.person_n)
    orders: dict[ChronicSort, tuple[Any, ...]] = {
        ChronicSort.GRAVE: (book.sort_key,) if wanted.view is ChronicView.ELDERS else grave,
        ChronicSort.NAME: (book.sort_key, book.person_n),
        ChronicSort.HAMLET: (HamletRow.name, book.sort_key, book.person_n),
        ChronicSort.LAST: (book.last_on, book.sort_key, book.person_n),
    }
    query = query.order_by(*(one.desc() if descending else one for one in orders[sort]))
    with db.read() as session:
        return ChronicList(db, array("q", session.scalars(query)), today)


def count_chronic(db: Database, *, today: date, elder_from: int) -> dict[ChronicView, int]:
    """How many are in which view."""
    lists = [view for view in ChronicView if view is not ChronicView.ELDERS]
    sums = [func.coalesce(func.sum(case((_due(view, today), 1), else_=0)), 0) for view in lists]
    elders = select(func.count()).select_from(ChronicBookRow).where(*_view(ChronicView.ELDERS, today, elder_from))
    with db.read() as session:
        found = session.execute(select(*sums).select_from(ChronicBookRow).where(*_listed())).one()
        return dict(zip(lists, map(int, found), strict=True)) | {ChronicView.ELDERS: session.scalar(elders) or 0}


def _listed() -> tuple[ColumnElement[bool], ...]:
    """Who is in a list of visits: the first condition is the partial index's own, in its words."""
    alive = ChronicBookRow.person_id.not_in(dead_of_illness())
    return literal_column("chronic_book.listed") == literal_column("1"), ChronicBookRow.here > 0, alive


def _view(view: ChronicView, today: date, elder_from: int) -> tuple[ColumnElement[bool], ...]:
    if view is not ChronicView.ELDERS:
        return *_listed(), _due(view, today)
    checked = ChronicBookRow.yearly_on
    return (
        literal_column("chronic_book.here") == literal_column("2"),
        ChronicBookRow.born <= number_of(today) - elder_from * 10000,
        or_(checked.is_(None), checked < date(today.year, 1, 1)),
        ChronicBookRow.person_id.not_in(dead_of_illness()),
    )


def _due(view: ChronicView, today: date) -> ColumnElement[bool]:
    """An elder without a disease is due when a visit at home was planned."""
    if view is ChronicView.OVERDUE:
        return or_(ChronicBookRow.due_on < today, ChronicBookRow.due_on.is_(None))
    if view is ChronicView.DUE:
        return and_(ChronicBookRow.due_on >= today, ChronicBookRow.due_on < today + WEEK)
    return ChronicBookRow.conditions > 0


def _narrowed(wanted: ChronicFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.hamlet_id:
        found.append(PersonRow.hamlet_id == wanted.hamlet_id)
    expressions = match_words(wanted.typed)
    if expressions:
        matching = text("person.n IN (SELECT rowid FROM person_search WHERE person_search MATCH :typed)")
        found.append(matching.bindparams(typed=expressions[-1]))  # type: ignore[arg-type]  # a condition in words
    if wanted.code:
        followed = select(ChronicConditionRow.person_id).where(
            ChronicConditionRow.status == ConditionStatus.ACTIVE.value,
            ChronicConditionRow.code.startswith(wanted.code, autoescape=True),
        )
        found.append(PersonRow.id.in_(followed))
    return found


_BOOK: Final = ("last_on", "next_on", "due_on", "called_on", "away_on")


def _lines(session: Session, keys: Sequence[int], today: date) -> dict[int, ChronicLine]:
    query = (
        select(
            PersonRow.n,
            PersonRow.id,
            PersonRow.full_name,
            PersonRow.birth_year,
            PersonRow.birth_month,
            PersonRow.birth_day,
            PersonRow.phone,
            hamlet_words().label("hamlet"),
            ChronicBookRow.result,
            ChronicBookRow.call_result,
            *(getattr(ChronicBookRow, name) for name in _BOOK),
        )
        .outerjoin(ChronicBookRow, ChronicBookRow.person_id == PersonRow.id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .where(PersonRow.n.in_(list(keys)))
    )
    rows = session.execute(query).all()
    codes = active_codes(session, [row.id for row in rows])
    return {row.n: _line(row, codes.get(row.id, ()), today) for row in rows}


def _line(row: Any, codes: tuple[str, ...], today: date) -> ChronicLine:
    day = row.next_on or row.due_on
    return ChronicLine(
        person_id=row.id,
        full_name=row.full_name,
        birth=PartialDate(row.birth_year, row.birth_month, row.birth_day) if row.birth_year else None,
        hamlet=row.hamlet,
        phone=row.phone,
        codes=codes,
        result=result_of(row.result),
        late=(today - day).days if day is not None else None,
        call_result=row.call_result or "",
        **{name: getattr(row, name) for name in _BOOK},
    )


def result_of(word: str | None) -> Result:
    """A result as it is kept; one of a newer version tells nothing."""
    return next((one for one in Result if one.value == word), Result.UNKNOWN)


def active_codes(session: Session, people: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """What each of them is followed for, the first one first."""
    found: dict[UUID, tuple[str, ...]] = {}
    query = (
        select(ChronicConditionRow.person_id, ChronicConditionRow.code)
        .where(ChronicConditionRow.person_id.in_(people), ChronicConditionRow.status == ConditionStatus.ACTIVE.value)
        .order_by(ChronicConditionRow.registered_on, ChronicConditionRow.n)
    )
    for person, code in session.execute(query):
        if code not in found.get(person, ()):  # two records of one person may both have had it
            found[person] = (*found.get(person, ()), code)
    return found


def groups_in(session: Session, person_id: UUID) -> frozenset[str]:
    """The underlying diseases of the F0 forms that somebody is followed for."""
    query = select(ChronicConditionRow.group_code).where(
        ChronicConditionRow.person_id == person_id,
        ChronicConditionRow.status == ConditionStatus.ACTIVE.value,
        ChronicConditionRow.group_code != "",
    )
    return frozenset(session.scalars(query))
