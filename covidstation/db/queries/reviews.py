"""Rounds from door to door: which there are, how far each has come, the doors of a hamlet, one door's sheet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from covidstation.db.queries.places import hamlet_words, within
from covidstation.db.queries.residence import lives_here
from covidstation.db.rows import HamletRow, HouseholdRow, PersonRow, ReviewRow, ReviewVisitRow
from covidstation.db.session import Database
from covidstation.domain.reviews import DoorResult, Progress, progress_of

_PART: Final = 400


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One round; `ended_on` is None while it runs."""

    id: UUID
    title: str
    first_day: date
    last_day: date
    pack: str
    ended_on: date | None
    by_name: str

    @property
    def runs(self) -> bool:
        """Whether doors can still be written down."""
        return self.ended_on is None


@dataclass(frozen=True, slots=True)
class HamletProgress:
    """How far a round has come in one hamlet; `hamlet_id` None for households whose hamlet nobody knows."""

    hamlet_id: UUID | None
    hamlet: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class DoorLine:
    """One door in walking order, and how the last knock of the round ended. Who has an address but no household is a
    door of their own (`person_id`) until the round makes one."""

    household_id: UUID | None
    hamlet_id: UUID | None
    hamlet: str
    head: str
    address: str
    trip: str
    walk_order: int | None
    people: int
    result: DoorResult
    day: date | None
    note: str
    visit_id: UUID | None
    person_id: UUID | None = None

    @property
    def key(self) -> UUID | None:
        """What tells the doors of a list apart."""
        return self.household_id or self.person_id


@dataclass(frozen=True, slots=True)
class DoorFilter:
    """Which doors: of these hamlets (None: all), of one way, with that result."""

    hamlets: frozenset[UUID | None] | None = None
    trip: str = ""
    result: DoorResult | None = None


_Head = aliased(PersonRow)


def reviews(db: Database) -> tuple[ReviewLine, ...]:
    """Every round, those that run first, the newest on top."""
    with db.read() as session:
        rows = session.scalars(
            select(ReviewRow).order_by(ReviewRow.ended_on.is_not(None), ReviewRow.first_day.desc(), ReviewRow.n.desc())
        )
        return tuple(
            ReviewLine(row.id, row.title, row.first_day, row.last_day, row.pack, row.ended_on, row.by_name)
            for row in rows
        )


def review_progress(
    db: Database, review_id: UUID, hamlets: Collection[UUID | None] | None = None
) -> tuple[HamletProgress, ...]:
    """How far the round has come, by hamlet: every household that somebody lives in, or that was called on, once, and
    everybody who has none."""
    found: dict[tuple[UUID | None, str], list[DoorResult]] = {}
    wanted = DoorFilter(hamlets if hamlets is None or isinstance(hamlets, frozenset) else frozenset(hamlets))
    for door in doors(db, review_id, wanted):
        found.setdefault((door.hamlet_id, door.hamlet), []).append(door.result)
    return tuple(HamletProgress(hamlet, name, progress_of(results)) for (hamlet, name), results in found.items())


def doors(db: Database, review_id: UUID, wanted: DoorFilter | None = None) -> tuple[DoorLine, ...]:
    """The doors of the round in walking order: by hamlet, then their number, then the way, then the head's name.

    Every household that somebody lives in, or that was called on in this round; at the end of each hamlet everybody who
    lives there and has no household, so that all whom the station manages are behind exactly one door.
    """
    with db.read() as session:
        return doors_in(session, review_id, wanted or DoorFilter())


def doors_in(session: Session, review_id: UUID, wanted: DoorFilter) -> tuple[DoorLine, ...]:
    """The same inside another act."""
    last = last_visits(session, review_id)
    counted = (
        select(PersonRow.household_id, func.count().label("people"))
        .where(lives_here(), PersonRow.household_id.is_not(None))
        .group_by(PersonRow.household_id)
        .subquery()
    )
    called = select(ReviewVisitRow.household_id).where(ReviewVisitRow.review_id == review_id, stands())
    query = homes(counted).where(or_(counted.c.people.is_not(None), HouseholdRow.id.in_(called)))
    found = [
        (_place(row), door_of(row, last.get(row.id))) for row in session.execute(query.where(*_conditions(wanted)))
    ]
    if not wanted.trip:  # who has no household is on no way
        rows = session.execute(houseless(wanted.hamlets))
        found += [(_place(row), door_of_one(row)) for row in rows]
    found.sort(key=lambda one: one[0])
    return tuple(door for _place, door in found if wanted.result is None or door.result is wanted.result)


def _place(row: Any) -> tuple[bool, str, str]:
    """The order of hamlets, as the database sorts them."""
    return row.place is not None, row.place or "", row.hamlet_id.hex if row.hamlet_id else ""


def count_houseless(session: Session, hamlets: Collection[UUID | None] | None = None) -> int:
    """How many people of these hamlets have no household."""
    return session.scalar(select(func.count()).select_from(houseless(hamlets).order_by(None).subquery())) or 0


def houseless(hamlets: Collection[UUID | None] | None, person_id: UUID | None = None) -> Any:
    """People of these hamlets who have no household, by name; or that one."""
    known = select(HouseholdRow.id)
    query = (
        select(
            PersonRow.id,
            PersonRow.hamlet_id,
            HamletRow.name.label("place"),
            hamlet_words().label("hamlet"),
            PersonRow.full_name,
            PersonRow.address_detail,
        )
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .where(lives_here(), or_(PersonRow.household_id.is_(None), PersonRow.household_id.not_in(known)))
        .order_by(PersonRow.sort_key, PersonRow.n)
    )
    if hamlets is not None:
        query = query.where(within(PersonRow.hamlet_id, hamlets))
    return query if person_id is None else query.where(PersonRow.id == person_id)


def door_of_one(row: Any) -> DoorLine:
    """A row of `houseless` as a door."""
    return DoorLine(
        household_id=None,
        hamlet_id=row.hamlet_id,
        hamlet=row.hamlet,
        head=row.full_name,
        address=row.address_detail,
        trip="",
        walk_order=None,
        people=1,
        result=DoorResult.NONE,
        day=None,
        note="",
        visit_id=None,
        person_id=row.id,
    )


def homes(counted: Any) -> Any:
    """The households as doors, in walking order; `counted`: how many live in each."""
    head = func.coalesce(_Head.sort_key, HouseholdRow.head_name)
    return (
        select(
            HouseholdRow.id,
            HouseholdRow.hamlet_id,
            HamletRow.name.label("place"),
            hamlet_words().label("hamlet"),
            func.coalesce(_Head.full_name, HouseholdRow.head_name).label("head"),
            HouseholdRow.address,
            HouseholdRow.trip,
            HouseholdRow.walk_order,
            func.coalesce(counted.c.people, 0).label("people"),
        )
        .outerjoin(_Head, _Head.id == HouseholdRow.head_id)
        .outerjoin(HamletRow, HamletRow.id == HouseholdRow.hamlet_id)
        .outerjoin(counted, counted.c.household_id == HouseholdRow.id)
        .order_by(
            HamletRow.name,
            HouseholdRow.hamlet_id,
            HouseholdRow.walk_order.is_(None),
            HouseholdRow.walk_order,
            HouseholdRow.trip == "",
            HouseholdRow.trip,
            head,
            HouseholdRow.n,
        )
    )


def _conditions(wanted: DoorFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.hamlets is not None:
        found.append(within(HouseholdRow.hamlet_id, wanted.hamlets))
    if wanted.trip:
        found.append(HouseholdRow.trip == wanted.trip)
    return found


def door_of(row: Any, visit: Any) -> DoorLine:
    """A row of `homes` with the last knock at it."""
    return DoorLine(
        household_id=row.id,
        hamlet_id=row.hamlet_id,
        hamlet=row.hamlet,
        head=row.head,
        address=row.address,
        trip=row.trip,
        walk_order=row.walk_order,
        people=row.people,
        result=DoorResult(visit.result) if visit else DoorResult.NONE,
        day=visit.day if visit else None,
        note=visit.note if visit else "",
        visit_id=visit.id if visit else None,
    )


def stands() -> ColumnElement[bool]:
    """Knocks that no later row takes back, and that take back none."""
    undone = select(ReviewVisitRow.voids).where(ReviewVisitRow.voids.is_not(None))
    return and_(ReviewVisitRow.voids.is_(None), ReviewVisitRow.id.not_in(undone))


def last_visits(session: Session, review_id: UUID, household_id: UUID | None = None) -> dict[UUID, Any]:
    """The last knock of the round at each door, or at that one."""
    visit = ReviewVisitRow
    query = (
        select(visit.household_id, visit.id, visit.day, visit.result, visit.note)
        .where(visit.review_id == review_id, stands())
        .order_by(visit.day, visit.made, visit.n)
    )
    if household_id is not None:
        query = query.where(visit.household_id == household_id)
    return {row.household_id: row for row in session.execute(query)}


def trips(db: Database, hamlets: Collection[UUID | None] | None = None) -> tuple[str, ...]:
    """The ways that households are grouped by, in their order."""
    query = select(HouseholdRow.trip).where(HouseholdRow.trip != "").distinct().order_by(HouseholdRow.trip)
    if hamlets is not None:
        query = query.where(within(HouseholdRow.hamlet_id, hamlets))
    with db.read() as session:
        return tuple(session.scalars(query))
