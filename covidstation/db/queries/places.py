"""Hamlets, sub-points and households."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from covidstation.db.merged import not_merged
from covidstation.db.rows import HamletRow, HouseholdRow, PersonRow, SubPointRow
from covidstation.db.session import Database
from covidstation.domain.areas import Places
from covidstation.domain.hamlets import KINDS, capital
from covidstation.domain.text import sort_key

_PART: Final = 500


@dataclass(frozen=True, slots=True)
class Hamlet:
    """A hamlet as forms name it: `Bản Nậm Ngá`."""

    id: UUID
    name: str
    kind: str
    sub_point_id: UUID | None

    @property
    def title(self) -> str:
        """Kind and name."""
        return f"{capital(self.kind)} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class SubPoint:
    """A sub-point of the station."""

    id: UUID
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Household:
    """A household as forms name it: its head and how many people it has."""

    id: UUID
    hamlet_id: UUID | None
    head: str
    people: int


@cache
def hamlet_words() -> ColumnElement[str]:
    """A hamlet as lists name it: its name, with its kind where the name is a number ("Khu 1") or two hamlets of two
    kinds have it; empty for none."""
    other = aliased(HamletRow)
    shared = select(other.name).group_by(other.name).having(func.count(other.kind.distinct()) > 1)
    by_kind = or_(HamletRow.name.op("GLOB")("[0-9]*"), HamletRow.name.in_(shared))
    kind = case({kind: capital(kind) for kind in KINDS}, value=HamletRow.kind, else_=HamletRow.kind)
    return func.coalesce(case((by_kind, kind + " " + HamletRow.name), else_=HamletRow.name), "")


def within(column: Any, hamlets: Collection[UUID | None]) -> ColumnElement[bool]:
    """Whether a row lies in one of these hamlets; None among them stands for no hamlet. Of `Places` also what lies in
    the houses that are named: `column` is the hamlet of a household, of a person, or of a person's line of a book."""
    placed = column.in_([one for one in hamlets if one is not None])
    found: ColumnElement[bool] = or_(placed, column.is_(None)) if None in hamlets else placed
    return or_(found, _in_part(column.class_, hamlets)) if isinstance(hamlets, Places) and hamlets.split else found


def _in_part(kind: Any, places: Places) -> ColumnElement[bool]:
    homes = list(places.homes)
    if kind is HouseholdRow:
        condition: ColumnElement[bool] = HouseholdRow.id.in_(homes)
        return condition
    loose = and_(PersonRow.household_id.is_(None), PersonRow.hamlet_id.in_(places.split))
    there = or_(PersonRow.household_id.in_(homes), loose)
    return there if kind is PersonRow else kind.person_id.in_(select(PersonRow.id).where(there))


def people_within(session: Session, people: Iterable[UUID], hamlets: Collection[UUID | None]) -> frozenset[UUID]:
    """Those of these people who live there."""
    wanted = list(dict.fromkeys(people))
    found: set[UUID] = set()
    for at in range(0, len(wanted), _PART):
        query = select(PersonRow.id).where(PersonRow.id.in_(wanted[at : at + _PART]))
        found.update(session.scalars(query.where(within(PersonRow.hamlet_id, hamlets))))
    return frozenset(found)


def hamlets_of(db: Database, people: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """In which hamlet each of these people lives."""
    with db.read() as session:
        return hamlets_in(session, people)


def hamlets_in(session: Session, people: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """The same inside another question's snapshot."""
    wanted = list(dict.fromkeys(people))
    found: dict[UUID, UUID | None] = {}
    for at in range(0, len(wanted), _PART):
        part = wanted[at : at + _PART]
        query = select(PersonRow.id, PersonRow.hamlet_id).where(PersonRow.id.in_(part))
        found.update({person: hamlet for person, hamlet in session.execute(query)})
    return found


def hamlets(db: Database, on: date | None = None) -> list[Hamlet]:
    """The commune's hamlets that are still in use, by name; of a day those that were in use then, too."""
    used = HamletRow.valid_until.is_(None)
    with db.read() as session:
        rows = session.scalars(select(HamletRow).where(used if on is None else used | (HamletRow.valid_until >= on)))
        found = [Hamlet(row.id, row.name, row.kind, row.sub_point_id) for row in rows]
    return sorted(found, key=lambda hamlet: sort_key(hamlet.name))


def hamlet_title(db: Database, hamlet_id: UUID | None) -> str:
    """One hamlet's title; empty for none, or for one that is no longer in use."""
    if hamlet_id is None:
        return ""
    with db.read() as session:
        row = session.scalars(
            select(HamletRow).where(HamletRow.id == hamlet_id, HamletRow.valid_until.is_(None))
        ).first()
        return Hamlet(row.id, row.name, row.kind, row.sub_point_id).title if row else ""


def sub_points(db: Database) -> list[SubPoint]:
    """The station's sub-points, by name."""
    with db.read() as session:
        rows = session.scalars(select(SubPointRow).order_by(SubPointRow.name))
        return [SubPoint(row.id, row.name, row.address) for row in rows]


def households(db: Database, hamlet_id: UUID, limit: int = 2000) -> list[Household]:
    """The households of a hamlet, by their head's name."""
    head = aliased(PersonRow)
    people = (
        select(func.count())
        .select_from(PersonRow)
        .where(PersonRow.household_id == HouseholdRow.id, not_merged())
        .scalar_subquery()
    )
    named = func.coalesce(head.full_name, HouseholdRow.head_name)
    query = (
        select(HouseholdRow.id, HouseholdRow.hamlet_id, named, people)
        .outerjoin(head, head.id == HouseholdRow.head_id)
        .where(HouseholdRow.hamlet_id == hamlet_id)
        .order_by(func.coalesce(head.sort_key, HouseholdRow.head_name))
        .limit(limit)
    )
    with db.read() as session:
        return [Household(*row) for row in session.execute(query)]
