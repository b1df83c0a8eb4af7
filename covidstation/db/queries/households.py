"""Households as a list, and one with all who live in it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select, text
from sqlalchemy.orm import Session, aliased

from covidstation.db.mapping import birth_of
from covidstation.db.queries.people import match_words
from covidstation.db.queries.places import hamlet_words, within
from covidstation.db.queries.residence import aged, dead_of_illness, lives_here, on_record
from covidstation.db.rows import DutyRow, EpisodeRow, HamletRow, HouseholdRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.age_groups import AgeGroups
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.people import Sex
from covidstation.domain.residence import Relation

_PART: Final = 400


class HouseholdView(StrEnum):
    """The filter's choices."""

    LIVED_IN = "lived_in"
    ALONE = "alone"
    ELDERS = "elders"  # nobody younger
    NO_HEAD = "no_head"
    EMPTY = "empty"


class HouseholdSort(StrEnum):
    """The columns a list can be sorted by."""

    HEAD = "head"
    HAMLET = "hamlet"
    ADDRESS = "address"
    PEOPLE = "people"
    WALK = "walk"


@dataclass(frozen=True, slots=True)
class HouseholdFilter:
    """What a list shows."""

    view: HouseholdView = HouseholdView.LIVED_IN
    hamlet_id: UUID | None = None
    typed: str = ""
    hamlets: frozenset[UUID | None] | None = None  # of one's own area; None for all
    trip: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """One line of the list. `cases` are members who are F0 now."""

    id: UUID
    head_id: UUID | None
    head: str
    hamlet: str
    address: str
    people: int
    elders: int
    children: int  # small ones
    temporary: int
    cases: int
    phone: str  # of the head
    trip: str
    walk_order: int | None

    @property
    def person_id(self) -> UUID | None:
        """The head, where registered."""
        return self.head_id


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """Somebody of a household, the head first, then by age."""

    id: UUID
    full_name: str
    birth: PartialDate | None
    sex: Sex
    relation: Relation
    living: str
    is_head: bool
    phone: str
    case: bool  # is an F0 now
    dead: bool  # the outcome of an illness says so, the household does not yet


@dataclass(frozen=True, slots=True)
class InCharge:
    """Somebody in charge of the hamlet on that day."""

    name: str
    title: str
    phone: str


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """One household."""

    id: UUID
    head_id: UUID | None
    head: str
    hamlet_id: UUID | None
    hamlet: str
    address: str
    trip: str
    walk_order: int | None
    members: tuple[HouseholdMember, ...]
    in_charge: tuple[InCharge, ...]


_Head = aliased(PersonRow)
_NAMED = func.coalesce(_Head.full_name, HouseholdRow.head_name)


class HouseholdList:
    """A list of households: the keys at once, the lines as they come into sight."""

    def __init__(self, db: Database, keys: array[int], day: date, ages: AgeGroups) -> None:
        self._db, self._keys, self._day, self._ages = db, keys, day, ages

    def __len__(self) -> int:
        return len(self._keys)

    def lines(self, offset: int, limit: int) -> list[HouseholdLine]:
        """The lines from `offset` on, at most `limit`."""
        keys = self._keys[offset : offset + limit]
        found: dict[int, HouseholdLine] = {}
        with self._db.read() as session:
            for at in range(0, len(keys), _PART):
                found |= _lines(session, keys[at : at + _PART], self._day, self._ages)
        return [found[key] for key in keys if key in found]


def list_households(
    db: Database,
    wanted: HouseholdFilter,
    *,
    day: date,
    ages: AgeGroups,
    sort: HouseholdSort = HouseholdSort.HEAD,
    descending: bool = False,
) -> HouseholdList:
    """The households filtered and sorted; `day` is today, by which ages are counted."""
    counted = _counted(day, ages).subquery()
    people = func.coalesce(counted.c.people, 0)
    head = func.coalesce(counted.c.head_key, HouseholdRow.head_name)  # from the same index: no row of a person is read
    orders: dict[HouseholdSort, tuple[Any, ...]] = {
        HouseholdSort.HEAD: (head,),
        HouseholdSort.HAMLET: (HamletRow.name, head),
        HouseholdSort.ADDRESS: (HouseholdRow.address,),
        HouseholdSort.PEOPLE: (people, head),
        HouseholdSort.WALK: (HamletRow.name, HouseholdRow.walk_order.is_(None), HouseholdRow.walk_order, head),
    }
    order = [column.desc() if descending else column.asc() for column in (*orders[sort], HouseholdRow.n)]
    query = (
        select(HouseholdRow.n)
        .outerjoin(counted, counted.c.household_id == HouseholdRow.id)
        .outerjoin(HamletRow, HamletRow.id == HouseholdRow.hamlet_id)
        .where(_viewed(wanted.view, counted), *_conditions(wanted))
        .order_by(*order)
    )
    with db.read() as session:
        return HouseholdList(db, array("q", session.scalars(query)), day, ages)


def count_households(db: Database, *, day: date, ages: AgeGroups) -> dict[HouseholdView, int]:
    """How many are in which view."""
    counted = _counted(day, ages).subquery()
    sums = [func.coalesce(func.sum(case((_viewed(view, counted), 1), else_=0)), 0) for view in HouseholdView]
    query = select(*sums).select_from(HouseholdRow).outerjoin(counted, counted.c.household_id == HouseholdRow.id)
    with db.read() as session:
        found = session.execute(query).one()
    return dict(zip(HouseholdView, map(int, found), strict=True))


def _counted(day: date, ages: AgeGroups) -> Select[Any]:
    """How many live in each household, and how many of them are elders."""
    elder = case((aged(ages.elder_from, day), 1), else_=0)
    counted: Any = (
        select(
            PersonRow.household_id,
            func.count().label("people"),
            func.sum(elder).label("elders"),
            func.max(case((PersonRow.id == HouseholdRow.head_id, 1), else_=0)).label("led"),
            func.max(case((PersonRow.id == HouseholdRow.head_id, PersonRow.sort_key))).label("head_key"),
        )
        .join(HouseholdRow, HouseholdRow.id == PersonRow.household_id)
        .where(lives_here())
        .group_by(PersonRow.household_id)
    )
    return cast("Select[Any]", counted)


def _viewed(view: HouseholdView, counted: Any) -> ColumnElement[bool]:
    found: dict[HouseholdView, ColumnElement[bool]] = {
        HouseholdView.LIVED_IN: counted.c.people.is_not(None),
        HouseholdView.ALONE: counted.c.people == 1,
        HouseholdView.ELDERS: counted.c.people == counted.c.elders,
        HouseholdView.NO_HEAD: counted.c.led == 0,
        HouseholdView.EMPTY: counted.c.people.is_(None),
    }
    return found[view]


def _conditions(wanted: HouseholdFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.hamlet_id:
        found.append(HouseholdRow.hamlet_id == wanted.hamlet_id)
    if wanted.hamlets is not None:
        found.append(within(HouseholdRow.hamlet_id, wanted.hamlets))
    if wanted.trip:
        found.append(HouseholdRow.trip == wanted.trip)
    expressions = match_words(wanted.typed)
    if expressions:
        matching = text("person.n IN (SELECT rowid FROM person_search WHERE person_search MATCH :typed)")
        members = select(PersonRow.household_id).where(matching.bindparams(typed=expressions[-1]))
        found.append(HouseholdRow.id.in_(members))
    return found


def _lines(session: Session, keys: Sequence[int], day: date, ages: AgeGroups) -> dict[int, HouseholdLine]:
    case_open = select(EpisodeRow.person_id).where(EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value).scalar_subquery()
    here = and_(PersonRow.household_id == HouseholdRow.id, lives_here())
    query = (
        select(
            HouseholdRow.n,
            HouseholdRow.id,
            HouseholdRow.head_id,
            _NAMED.label("head"),
            hamlet_words().label("hamlet"),
            HouseholdRow.address,
            func.count(PersonRow.id).label("people"),
            func.coalesce(func.sum(case((aged(ages.elder_from, day), 1), else_=0)), 0).label("elders"),
            func.coalesce(func.sum(case((not_(aged(ages.child_below, day)), 1), else_=0)), 0).label("children"),
            func.coalesce(func.sum(case((PersonRow.living == "TEMPORARY", 1), else_=0)), 0).label("temporary"),
            func.coalesce(func.sum(case((PersonRow.id.in_(case_open), 1), else_=0)), 0).label("cases"),
            func.coalesce(_Head.phone, "").label("phone"),
            HouseholdRow.trip,
            HouseholdRow.walk_order,
        )
        .outerjoin(_Head, _Head.id == HouseholdRow.head_id)
        .outerjoin(HamletRow, HamletRow.id == HouseholdRow.hamlet_id)
        .outerjoin(PersonRow, here)
        .where(HouseholdRow.n.in_(list(keys)))
        .group_by(HouseholdRow.n)
    )
    return {row.n: HouseholdLine(*tuple(row)[1:]) for row in session.execute(query)}


def household_page(db: Database, household_id: UUID, *, day: date) -> HouseholdPage | None:
    """One household as it is today, or None when there is none."""
    with db.read() as session:
        row = session.execute(
            select(HouseholdRow, _NAMED, hamlet_words())
            .outerjoin(_Head, _Head.id == HouseholdRow.head_id)
            .outerjoin(HamletRow, HamletRow.id == HouseholdRow.hamlet_id)
            .where(HouseholdRow.id == household_id)
        ).first()
        if row is None:
            return None
        household, head, hamlet = row
        return HouseholdPage(
            id=household.id,
            head_id=household.head_id,
            head=head,
            hamlet_id=household.hamlet_id,
            hamlet=hamlet,
            address=household.address,
            trip=household.trip,
            walk_order=household.walk_order,
            members=_members(session, household),
            in_charge=_in_charge(session, household.hamlet_id, day),
        )


def _members(session: Session, household: HouseholdRow) -> tuple[HouseholdMember, ...]:
    ill = set(
        session.scalars(
            select(EpisodeRow.person_id)
            .join(PersonRow, PersonRow.id == EpisodeRow.person_id)
            .where(PersonRow.household_id == household.id, EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value)
        )
    )
    dead = set(session.scalars(dead_of_illness()))
    rows = session.scalars(
        select(PersonRow)
        .where(PersonRow.household_id == household.id, on_record())
        .order_by(PersonRow.id != household.head_id, PersonRow.birth_year, PersonRow.birth_month, PersonRow.n)
    )
    return tuple(
        HouseholdMember(
            id=row.id,
            full_name=row.full_name,
            birth=birth_of(row),
            sex=Sex(row.sex),
            relation=Relation(row.relation),
            living=row.living,
            is_head=row.id == household.head_id,
            phone=row.phone,
            case=row.id in ill,
            dead=row.id in dead,
        )
        for row in rows
    )


def _in_charge(session: Session, hamlet_id: UUID | None, day: date) -> tuple[InCharge, ...]:
    if hamlet_id is None:
        return ()
    query = select(DutyRow).where(
        DutyRow.hamlet_id == hamlet_id,
        or_(DutyRow.valid_from.is_(None), DutyRow.valid_from <= day),
        or_(DutyRow.valid_until.is_(None), DutyRow.valid_until >= day),
    )
    return tuple(InCharge(row.name, row.title, row.phone) for row in session.scalars(query.order_by(DutyRow.n)))
