"""Rounds from door to door: which there are, how far each has come, the doors of a hamlet, one door's sheet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from covidstation.db.mapping import birth_of
from covidstation.db.queries.places import hamlet_words, within
from covidstation.db.queries.residence import lives_here
from covidstation.db.rows import HamletRow, HouseholdRow, PersonRow, ReviewRow, ReviewVisitRow, VulnerabilityRow
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Sex
from covidstation.domain.residence import Relation
from covidstation.domain.reviews import DoorResult, Facts, Progress, Question, known_answers, progress_of

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
    """One door in walking order, and how the last knock of the round ended."""

    household_id: UUID
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


@dataclass(frozen=True, slots=True)
class DoorMember:
    """Somebody behind a door. `ticked`: the answers that are known before anybody asks, or were given in this round;
    `open_codes`: findings that stand."""

    id: UUID
    full_name: str
    birth: PartialDate | None
    sex: Sex
    relation: Relation
    is_head: bool
    phone: str
    ticked: frozenset[str]
    open_codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class DoorSheet:
    """One household as its sheet shows it."""

    door: DoorLine
    members: tuple[DoorMember, ...]


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
    """How far the round has come, by hamlet: every household that somebody lives in, or that was called on, once."""
    found: dict[tuple[UUID | None, str], list[DoorResult]] = {}
    wanted = DoorFilter(None if hamlets is None else frozenset(hamlets))
    for door in doors(db, review_id, wanted):
        found.setdefault((door.hamlet_id, door.hamlet), []).append(door.result)
    return tuple(HamletProgress(hamlet, name, progress_of(results)) for (hamlet, name), results in found.items())


def doors(db: Database, review_id: UUID, wanted: DoorFilter | None = None) -> tuple[DoorLine, ...]:
    """The households of the round in walking order: by hamlet, then their number, then the way, then the head's name.

    Every household that somebody lives in, or that was called on in this round.
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
    query = _doors(counted).where(or_(counted.c.people.is_not(None), HouseholdRow.id.in_(called)))
    found = [_door(row, last.get(row.id)) for row in session.execute(query.where(*_conditions(wanted)))]
    return tuple(one for one in found if wanted.result is None or one.result is wanted.result)


def _doors(counted: Any) -> Any:
    head = func.coalesce(_Head.sort_key, HouseholdRow.head_name)
    return (
        select(
            HouseholdRow.id,
            HouseholdRow.hamlet_id,
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


def _door(row: Any, visit: Any) -> DoorLine:
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


def door_sheets(
    db: Database, review_id: UUID, wanted: DoorFilter, *, questions: Sequence[Question], day: date
) -> tuple[DoorSheet, ...]:
    """The sheets of these doors in walking order, each person with what is known of them on that day."""
    with db.read() as session:
        lines = doors_in(session, review_id, wanted)
        return _sheets(session, lines, questions, day)


def door_sheet(
    db: Database, review_id: UUID, household_id: UUID, *, questions: Sequence[Question], day: date
) -> DoorSheet | None:
    """One door's sheet, or None when there is no such household."""
    with db.read() as session:
        counted = (
            select(PersonRow.household_id, func.count().label("people"))
            .where(lives_here(), PersonRow.household_id == household_id)
            .group_by(PersonRow.household_id)
            .subquery()
        )
        row = session.execute(_doors(counted).where(HouseholdRow.id == household_id)).first()
        if row is None:
            return None
        line = _door(row, last_visits(session, review_id, household_id).get(household_id))
        return _sheets(session, [line], questions, day)[0]


def _sheets(
    session: Session, lines: Sequence[DoorLine], questions: Sequence[Question], day: date
) -> tuple[DoorSheet, ...]:
    homes = [one.household_id for one in lines]
    people: dict[UUID, list[PersonRow]] = {}
    for at in range(0, len(homes), _PART):
        query = select(PersonRow).where(PersonRow.household_id.in_(homes[at : at + _PART]), lives_here())
        for row in session.scalars(query.order_by(PersonRow.birth_year, PersonRow.birth_month, PersonRow.n)):
            people.setdefault(row.household_id, []).append(row)  # type: ignore[arg-type]  # the query's condition
    heads = _heads(session, homes)
    open_codes = open_reasons(session, (row.id for rows in people.values() for row in rows))
    made = []
    for line in lines:
        rows = sorted(people.get(line.household_id, []), key=lambda row: row.id != heads.get(row.household_id))
        asked = line.result is DoorResult.DONE
        members = tuple(
            _member(row, heads.get(line.household_id), len(rows), open_codes, questions, day, asked=asked)
            for row in rows
        )
        made.append(DoorSheet(line, members))
    return tuple(made)


def _heads(session: Session, homes: Sequence[UUID]) -> Mapping[UUID | None, UUID | None]:
    found: dict[UUID | None, UUID | None] = {}
    for at in range(0, len(homes), _PART):
        query = select(HouseholdRow.id, HouseholdRow.head_id).where(HouseholdRow.id.in_(homes[at : at + _PART]))
        found.update({home: head for home, head in session.execute(query)})
    return found


def _member(
    row: PersonRow,
    head: UUID | None,
    count: int,
    open_codes: Mapping[UUID, frozenset[str]],
    questions: Sequence[Question],
    day: date,
    *,
    asked: bool,
) -> DoorMember:
    standing = open_codes.get(row.id, frozenset())
    facts = Facts(
        birth=birth_of(row),
        chronic=bool(row.conditions),
        pregnant=row.pregnancy == "YES",
        ethnic_group=row.ethnic_group,
        household=count,
    )
    known = frozenset() if asked else known_answers(questions, facts, day)
    return DoorMember(
        id=row.id,
        full_name=row.full_name,
        birth=facts.birth,
        sex=Sex(row.sex),
        relation=Relation(row.relation),
        is_head=row.id == head,
        phone=row.phone,
        ticked=known | standing,
        open_codes=standing,
    )


def open_reasons(session: Session, people: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """What stands of each of these people."""
    wanted = list(people)
    found: dict[UUID, set[str]] = {}
    for at in range(0, len(wanted), _PART):
        query = select(VulnerabilityRow.person_id, VulnerabilityRow.reason).where(
            VulnerabilityRow.person_id.in_(wanted[at : at + _PART]), VulnerabilityRow.closed_on.is_(None)
        )
        for person, reason in session.execute(query):
            found.setdefault(person, set()).add(reason)
    return {person: frozenset(codes) for person, codes in found.items()}


def trips(db: Database, hamlets: Collection[UUID | None] | None = None) -> tuple[str, ...]:
    """The ways that households are grouped by, in their order."""
    query = select(HouseholdRow.trip).where(HouseholdRow.trip != "").distinct().order_by(HouseholdRow.trip)
    if hamlets is not None:
        query = query.where(within(HouseholdRow.hamlet_id, hamlets))
    with db.read() as session:
        return tuple(session.scalars(query))
