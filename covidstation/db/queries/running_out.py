"""Who runs out of medicines when, and what to carry to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, func, select

from covidstation.db.mapping import birth_of
from covidstation.db.queries.places import hamlet_words, within
from covidstation.db.queries.residence import in_care, out_of_care
from covidstation.db.rows import HamletRow, HouseholdRow, PersonRow, PrescriptionRow
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


@dataclass(frozen=True, slots=True)
class RunningOutList:
    """Who runs out until a day. By the day and without words in the filter only the lines in sight are read."""

    db: Database
    until: date
    hamlets: frozenset[UUID | None] | None
    words: str
    sort: RunningOutSort
    descending: bool

    def __len__(self) -> int:
        if self._plain:
            return count_running_out(self.db, [self.until], hamlets=self.hamlets)[0]
        return len(self.all())

    def lines(self, offset: int, limit: int) -> Sequence[RunningOut]:
        """Those from there on."""
        if not self._plain:
            return self.all()[offset : offset + limit]
        return running_out(
            self.db, self.until, hamlets=self.hamlets, descending=self.descending, offset=offset, limit=limit
        )

    def all(self) -> Sequence[RunningOut]:
        """Every line, in its order."""
        lines = [one for one in running_out(self.db, self.until, hamlets=self.hamlets) if _fits(one, self.words)]
        if self.sort is not RunningOutSort.DAY:
            lines.sort(
                key=lambda one: (sort_key(one.hamlet) if self.sort is RunningOutSort.HAMLET else "", one.sort_key)
            )
        return lines[::-1] if self.descending else lines

    @property
    def _plain(self) -> bool:
        return not self.words and self.sort is RunningOutSort.DAY


def running_out(
    db: Database,
    until: date,
    *,
    hamlets: Collection[UUID | None] | None = None,
    descending: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[RunningOut, ...]:
    """Who runs out of a medicine on `until` or before, the longest first; of these hamlets only (None: of none).

    Who takes a medicine and was never handed any runs out on the day it began. The dead, those who left and those
    whom another station looks after are not among them.
    """
    found = (
        select(
            PrescriptionRow.person_id,
            func.min(PrescriptionRow.runs_out_on).label("runs_out_on"),
            func.count().label("medicines"),
        )
        .where(PrescriptionRow.ended_on.is_(None), PrescriptionRow.runs_out_on <= until)
        .group_by(PrescriptionRow.person_id)
        .subquery()
    )
    query = (
        select(
            *_WHO,
            found.c.runs_out_on,
            found.c.medicines,
            hamlet_words().label("hamlet"),
            HouseholdRow.address,
        )
        .join(found, found.c.person_id == PersonRow.id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .outerjoin(HouseholdRow, HouseholdRow.id == PersonRow.household_id)
        .where(in_care())
    )
    order = (found.c.runs_out_on, PersonRow.sort_key, PersonRow.n)
    query = query.order_by(*(column.desc() for column in order) if descending else order)
    query = query.offset(offset).limit(limit) if limit is not None else query
    if hamlets is not None:
        query = query.where(within(PersonRow.hamlet_id, hamlets))
    with db.read() as session:
        return tuple(map(_running_out, session.execute(query)))


def count_running_out(
    db: Database, days: Sequence[date], *, hamlets: Collection[UUID | None] | None = None
) -> tuple[int, ...]:
    """How many people run out on each of these days or before, of these hamlets only."""
    first = (
        select(PrescriptionRow.person_id, func.min(PrescriptionRow.runs_out_on).label("day"))
        .where(
            PrescriptionRow.ended_on.is_(None),
            PrescriptionRow.runs_out_on <= max(days),
            PrescriptionRow.person_id.not_in(out_of_care()),
        )
        .group_by(PrescriptionRow.person_id)
        .subquery()
    )
    query = select(*(func.coalesce(func.sum(case((first.c.day <= day, 1), else_=0)), 0) for day in days))
    if hamlets is not None:
        query = query.join(PersonRow, PersonRow.id == first.c.person_id).where(within(PersonRow.hamlet_id, hamlets))
    with db.read() as session:
        return tuple(session.execute(query).one())


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


_WHO: Final = (
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
