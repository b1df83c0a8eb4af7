"""The sheet of one door: who lives behind it, and what is known of each before anybody knocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.mapping import birth_of
from covidstation.db.queries.known_before import doses_known_in, followed_in
from covidstation.db.queries.residence import lives_here
from covidstation.db.queries.reviews import (
    DoorFilter,
    DoorLine,
    door_of,
    door_of_one,
    doors_in,
    homes,
    houseless,
    last_visits,
)
from covidstation.db.rows import HouseholdRow, PersonRow, VulnerabilityRow
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Sex
from covidstation.domain.residence import Relation
from covidstation.domain.reviews import DoorResult, Facts, Question, known_answers

_PART: Final = 400


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
        row = session.execute(homes(counted).where(HouseholdRow.id == household_id)).first()
        if row is None:
            return None
        line = door_of(row, last_visits(session, review_id, household_id).get(household_id))
        return _sheets(session, [line], questions, day)[0]


def sheet_of_one(
    db: Database, review_id: UUID, person_id: UUID, *, questions: Sequence[Question], day: date
) -> DoorSheet | None:
    """The sheet of somebody without a household; that of the household which they have by now. None: not here."""
    with db.read() as session:
        row = session.execute(houseless(None, person_id)).first()
        if row is not None:
            return _sheets(session, [door_of_one(row)], questions, day)[0]
        home = session.scalar(select(PersonRow.household_id).where(PersonRow.id == person_id, lives_here()))
    return door_sheet(db, review_id, home, questions=questions, day=day) if home is not None else None


def _sheets(
    session: Session, lines: Sequence[DoorLine], questions: Sequence[Question], day: date
) -> tuple[DoorSheet, ...]:
    people = _behind(session, lines)
    heads = _heads(session, [one.household_id for one in lines if one.household_id is not None])
    known = _known_of(session, [row for rows in people.values() for row in rows])
    made = []
    for line in lines:
        head = heads.get(line.household_id)
        rows = sorted(people.get(line.key, []), key=lambda row: row.id != head)
        together = len(rows) if line.household_id is not None else 0  # nobody knows who lives with them
        asked = line.result is DoorResult.DONE
        members = (_member(row, head, together, known, questions, day, asked=asked) for row in rows)
        made.append(DoorSheet(line, tuple(members)))
    return tuple(made)


def _behind(session: Session, lines: Sequence[DoorLine]) -> Mapping[UUID | None, list[PersonRow]]:
    """Who lives behind each of these doors, the oldest first."""
    found: dict[UUID | None, list[PersonRow]] = {}
    homes = [one.household_id for one in lines if one.household_id is not None]
    alone = [one.person_id for one in lines if one.household_id is None]
    for column, wanted in ((PersonRow.household_id, homes), (PersonRow.id, alone)):
        for at in range(0, len(wanted), _PART):
            query = select(PersonRow).where(column.in_(wanted[at : at + _PART]), lives_here())
            for row in session.scalars(query.order_by(PersonRow.birth_year, PersonRow.birth_month, PersonRow.n)):
                found.setdefault(row.household_id if wanted is homes else row.id, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What the register knows of these people besides their records."""

    open_codes: Mapping[UUID, frozenset[str]]
    ill: frozenset[UUID]
    doses: Mapping[UUID, int]


def _known_of(session: Session, people: Sequence[PersonRow]) -> _Known:
    ids = [row.id for row in people]
    return _Known(open_reasons(session, ids), followed_in(session, ids), doses_known_in(session, ids))


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
    known: _Known,
    questions: Sequence[Question],
    day: date,
    *,
    asked: bool,
) -> DoorMember:
    standing = known.open_codes.get(row.id, frozenset())
    facts = Facts(
        birth=birth_of(row),
        chronic=bool(row.conditions) or row.id in known.ill,
        pregnant=row.pregnancy == "YES",
        ethnic_group=row.ethnic_group,
        household=count,
        doses=known.doses.get(row.id),
    )
    told = frozenset() if asked else known_answers(questions, facts, day)
    return DoorMember(
        id=row.id,
        full_name=row.full_name,
        birth=facts.birth,
        sex=Sex(row.sex),
        relation=Relation(row.relation),
        is_head=row.id == head,
        phone=row.phone,
        ticked=told | standing,
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
