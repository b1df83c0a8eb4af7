"""Who is followed for a chronic disease, who is due, and which elders had no yearly check: lists and their counts.

The lists read `chronic_book`, one line a person, which triggers keep (docs/adr/0039).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, and_, bindparam, case, func, literal_column, or_, select, text
from sqlalchemy.orm import Session

from covidstation.db.queries.people import match_words
from covidstation.db.queries.places import hamlet_words, within
from covidstation.db.queries.residence import dead_of_illness, gone_by_record, number_of
from covidstation.db.rows import ChronicBookRow, ChronicConditionRow, ChronicVisitRow, HamletRow, PersonRow
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
    hamlets: frozenset[UUID | None] | None = None  # of these alone; None among them stands for no hamlet
    home: bool = False  # those alone whom the last visit planned to see at home; ALL has elders without a disease, too


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicLine:
    """One person of a list. `late` is by how many days the day of the next visit has passed; None when no day was set.

    `codes` are those followed, in order; `call_result` is of the last call since the last visit, `called_on` its day.
    `home_on`: when the last visit planned to see them at home.
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
    home_on: date | None = None


class ChronicList:
    """A list: how many at once, the lines as they come into sight."""

    def __init__(self, db: Database, keys: Any, values: dict[str, Any], today: date) -> None:
        self._db, self._keys, self._values, self._today = db, keys, values, today
        count = keys.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
        with db.read() as session:
            self._length: int = session.scalar(count, values) or 0

    def __len__(self) -> int:
        return self._length

    def lines(self, offset: int, limit: int) -> list[ChronicLine]:
        """The lines from `offset` on, at most `limit`."""
        found: dict[int, ChronicLine] = {}
        with self._db.read() as session:
            keys = session.scalars(self._keys.offset(offset).limit(limit), self._values).all()
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
    query: Any = select(book.person_n).where(*(_HOME if wanted.home else _VIEWS)[wanted.view])
    if wanted.home:
        planned = and_(ChronicVisitRow.id == book.visit_id, ChronicVisitRow.home_on.is_not(None))
        query = query.join(ChronicVisitRow, planned)
    narrowed = _narrowed(wanted)
    if narrowed or sort is ChronicSort.HAMLET:
        query = query.join(PersonRow, PersonRow.n == book.person_n).where(*narrowed)
    if sort is ChronicSort.HAMLET:
        query = query.outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
    grave = (case((book.result == Result.NOT.value, 0), else_=1), book.due_on.is_(None), book.due_on, book.person_n)
    orders: dict[ChronicSort, tuple[Any, ...]] = {
        ChronicSort.GRAVE: (book.sort_key, book.person_n) if wanted.view is ChronicView.ELDERS else grave,
        ChronicSort.NAME: (book.sort_key, book.person_n),
        ChronicSort.HAMLET: (HamletRow.name, book.sort_key, book.person_n),
        ChronicSort.LAST: (book.last_on, book.sort_key, book.person_n),
    }
    query = query.order_by(*(one.desc() if descending else one for one in orders[sort]))
    return ChronicList(db, query, _values(today, elder_from), today)


def count_chronic(db: Database, *, today: date, elder_from: int) -> dict[ChronicView, int]:
    """How many are in which view."""
    with db.read() as session:
        found = session.execute(_COUNTS, _values(today, elder_from)).one()
        return dict(zip(ChronicView, map(int, found), strict=True))


_TODAY, _NEXT_WEEK, _YEAR = (bindparam(name, type_=Date()) for name in ("today", "next_week", "year"))
_ELDER: Final[Any] = bindparam("elder", type_=Integer())


def _values(today: date, elder_from: int) -> dict[str, Any]:
    """What the questions below ask with."""
    born = number_of(today) - elder_from * 10000
    return {"today": today, "next_week": today + WEEK, "year": date(today.year, 1, 1), "elder": born}


_book = ChronicBookRow
_ALIVE: Final = _book.person_id.not_in(dead_of_illness())
# Who is in a list of visits: the first condition is the partial index's own, in its words.
_LISTED: Final = (
    literal_column("chronic_book.listed") == literal_column("1"),
    _book.here > 0,
    _book.person_id.not_in(gone_by_record()),  # an arrival that was taken back stands among those without an address
    _ALIVE,
)
_DUE: Final[dict[ChronicView, ColumnElement[bool]]] = {
    ChronicView.OVERDUE: or_(_book.due_on < _TODAY, _book.due_on.is_(None)),
    ChronicView.DUE: and_(_book.due_on >= _TODAY, _book.due_on < _NEXT_WEEK),
    ChronicView.ALL: _book.conditions > 0,  # an elder without a disease is due when a visit at home was planned
}
_VIEWS: Final[dict[ChronicView, tuple[ColumnElement[bool], ...]]] = {
    **{view: (*_LISTED, due) for view, due in _DUE.items()},
    ChronicView.ELDERS: (
        literal_column("chronic_book.here") == literal_column("2"),
        _book.born <= _ELDER,
        or_(_book.yearly_on.is_(None), _book.yearly_on < _YEAR),
        _ALIVE,
    ),
}
_HOME: Final = {**_VIEWS, ChronicView.ALL: _LISTED}
_COUNTS: Final = select(
    *(func.coalesce(func.sum(case((due, 1), else_=0)), 0) for due in _DUE.values()),
    select(func.count()).select_from(_book).where(*_VIEWS[ChronicView.ELDERS]).correlate(None).scalar_subquery(),
).where(*_LISTED)


def _narrowed(wanted: ChronicFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.hamlet_id:
        found.append(PersonRow.hamlet_id == wanted.hamlet_id)
    if wanted.hamlets is not None:
        found.append(within(PersonRow.hamlet_id, wanted.hamlets))
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
            ChronicVisitRow.home_on,
            *(getattr(ChronicBookRow, name) for name in _BOOK),
        )
        .outerjoin(ChronicBookRow, ChronicBookRow.person_id == PersonRow.id)
        .outerjoin(ChronicVisitRow, ChronicVisitRow.id == ChronicBookRow.visit_id)
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
        home_on=row.home_on,
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
