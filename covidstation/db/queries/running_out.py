"""Who runs out of medicines when, and what to carry to them.

The lists read `medicine_book`, one line a person, which triggers keep (docs/adr/0041).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session

from covidstation.db.mapping import birth_of
from covidstation.db.queries.places import hamlet_words, within
from covidstation.db.queries.residence import dead_of_illness
from covidstation.db.rows import HamletRow, HouseholdRow, MedicineBookRow, PersonRow, PrescriptionRow
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.dispensing import Regimen
from covidstation.domain.text import fold, sort_key


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningOut:
    """Somebody whose first medicine runs out on `runs_out_on`; `medicines` are those that run out in the time asked."""

    person_id: UUID
    full_name: str
    birth: PartialDate | None
    sort_key: str
    hamlet_id: UUID | None
    hamlet: str
    household_id: UUID | None
    address: str
    phone: str
    runs_out_on: date
    medicines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCarry:
    """One medicine of somebody on a round."""

    person_id: UUID
    prescription_id: UUID
    item_id: UUID | None
    name: str
    unit: str
    regimen: Regimen
    condition: str
    runs_out_on: date


class RunningOutSort(StrEnum):
    """By what the list is ordered."""

    DAY = "day"
    NAME = "name"
    HAMLET = "hamlet"


class RunningOutList:
    """Who runs out until a day. Without words in the filter only the lines in sight are read."""

    def __init__(
        self,
        db: Database,
        until: date,
        hamlets: frozenset[UUID | None] | None = None,
        words: str = "",
        sort: RunningOutSort = RunningOutSort.DAY,
        *,
        descending: bool = False,
    ) -> None:
        self._db, self.until, self._hamlets, self._words = db, until, hamlets, words
        self._sort, self._descending = sort, descending
        self._found = self.all() if words else None

    def __len__(self) -> int:
        if self._found is not None:
            return len(self._found)
        return count_running_out(self._db, [self.until], hamlets=self._hamlets)[0]

    def lines(self, offset: int, limit: int) -> Sequence[RunningOut]:
        """Those from there on."""
        return self._found[offset : offset + limit] if self._found is not None else self._read(offset, limit)

    def all(self) -> Sequence[RunningOut]:
        """Every line, in its order."""
        return tuple(one for one in self._read() if _fits(one, self._words))

    def _read(self, offset: int = 0, limit: int | None = None) -> Sequence[RunningOut]:
        return running_out(
            self._db,
            self.until,
            hamlets=self._hamlets,
            sort=self._sort,
            descending=self._descending,
            offset=offset,
            limit=limit,
        )


def running_out(
    db: Database,
    until: date,
    *,
    hamlets: Collection[UUID | None] | None = None,
    sort: RunningOutSort = RunningOutSort.DAY,
    descending: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[RunningOut, ...]:
    """Who runs out of a medicine on `until` or before, the longest first; of these hamlets only (None: of none).

    Who takes a medicine and was never handed any runs out on the day it began. The dead, those who left and those
    whom another station looks after are not among them.
    """
    book = MedicineBookRow
    with db.read() as session:
        orders: dict[RunningOutSort, tuple[Any, ...]] = {
            RunningOutSort.DAY: (book.runs_out_on, book.sort_key, book.person_n),
            RunningOutSort.NAME: (book.sort_key, book.runs_out_on, book.person_n),
            RunningOutSort.HAMLET: (_place(session), book.sort_key, book.runs_out_on, book.person_n)
            if sort is RunningOutSort.HAMLET
            else (),
        }
        keys = select(book.person_n).where(*_until(until, hamlets))
        keys = keys.order_by(*(one.desc() if descending else one for one in orders[sort]))
        wanted = list(session.scalars(keys.offset(offset).limit(limit) if limit is not None else keys))
        found: dict[int, RunningOut] = {}
        for at in range(0, len(wanted), _PART):
            found |= _lines(session, wanted[at : at + _PART], until)
        return tuple(found[one] for one in wanted if one in found)


def count_running_out(
    db: Database, days: Sequence[date], *, hamlets: Collection[UUID | None] | None = None
) -> tuple[int, ...]:
    """How many people run out on each of these days or before, of these hamlets only."""
    day = MedicineBookRow.runs_out_on
    query = select(*(func.coalesce(func.sum(case((day <= one, 1), else_=0)), 0) for one in days))
    with db.read() as session:
        return tuple(session.execute(query.where(*_until(max(days), hamlets))).one())


def _until(until: date, hamlets: Collection[UUID | None] | None) -> tuple[ColumnElement[bool], ...]:
    book = MedicineBookRow
    found = (book.runs_out_on <= until, book.person_id.not_in(dead_of_illness()))
    return found if hamlets is None else (*found, within(book.hamlet_id, hamlets))


def _place(session: Session) -> ColumnElement[int]:
    """The place of a line's hamlet in Vietnamese order; whoever has none stands first."""
    names = session.execute(select(HamletRow.id, hamlet_words())).all()
    places = {one.id: at for at, one in enumerate(sorted(names, key=lambda one: sort_key(one[1])))}
    return case(places, value=MedicineBookRow.hamlet_id, else_=-1) if places else literal(0)


def _lines(session: Session, keys: Sequence[int], until: date) -> dict[int, RunningOut]:
    book, taken = MedicineBookRow, PrescriptionRow
    medicines = (
        select(func.count())
        .where(taken.person_id == book.person_id, taken.ended_on.is_(None), taken.runs_out_on <= until)
        .scalar_subquery()
    )
    query = (
        select(*_WHO, book.runs_out_on, medicines.label("medicines"), hamlet_words().label("hamlet"))
        .join(book, book.person_id == PersonRow.id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .outerjoin(HouseholdRow, HouseholdRow.id == PersonRow.household_id)
        .where(PersonRow.n.in_(keys))
    )
    return {row.n: _running_out(row) for row in session.execute(query)}


def to_carry(db: Database, people: Collection[UUID], until: date) -> tuple[ToCarry, ...]:
    """The medicines of these people that run out on `until` or before, by the medicine's name."""
    query = select(PrescriptionRow).where(
        PrescriptionRow.person_id.in_(list(people)),
        PrescriptionRow.ended_on.is_(None),
        PrescriptionRow.runs_out_on <= until,
    )
    with db.read() as session:
        rows = session.scalars(query.order_by(PrescriptionRow.medicine, PrescriptionRow.strength, PrescriptionRow.n))
        return tuple(
            ToCarry(
                person_id=row.person_id,
                prescription_id=row.id,
                item_id=row.item_id,
                name=f"{row.medicine} {row.strength}".strip(),
                unit=row.unit,
                regimen=Regimen(amount=row.amount, times=row.times),
                condition=row.condition,
                runs_out_on=row.runs_out_on or row.started_on,
            )
            for row in rows
        )


_PART: Final = 400
_WHO: Final = (
    PersonRow.n,
    PersonRow.id,
    PersonRow.full_name,
    PersonRow.sort_key,
    PersonRow.birth_year,
    PersonRow.birth_month,
    PersonRow.birth_day,
    PersonRow.hamlet_id,
    PersonRow.household_id,
    PersonRow.address_detail,
    PersonRow.phone,
    HouseholdRow.address,
)


def _running_out(row: Any) -> RunningOut:
    return RunningOut(
        person_id=row.id,
        full_name=row.full_name,
        birth=birth_of(row),
        sort_key=row.sort_key,
        hamlet_id=row.hamlet_id,
        hamlet=row.hamlet,
        household_id=row.household_id,
        address=row.address_detail or row.address or "",
        phone=row.phone,
        runs_out_on=row.runs_out_on,
        medicines=row.medicines,
    )


def _fits(line: RunningOut, words: str) -> bool:
    said = fold(f"{line.full_name} {line.hamlet} {line.address} {line.phone}")
    return all(word in said for word in words.split())
