"""One person who was entered twice: their two records become one, and can be parted again (docs/adr/0036).

Nothing is deleted. The record that goes keeps its own words and names the one that stays; all that happened to the
person is found there from then on, at this station and at the district.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db import audit
from covidstation.db.joining import join_conditions
from covidstation.db.journal import plain
from covidstation.db.mapping import birth_of, person_of
from covidstation.db.merged import merged_with, settle_merged, settling, standing_record
from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import ContactRow, EpisodeRow, HamletRow, HouseholdRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.care import ContactStatus
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.merged import CONDITIONS, INTO, TOGETHER, VALUES, differences, taken_over
from covidstation.domain.people import Person
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.care.triage import assess_open_in
from covidstation.services.changes import Changes, Done, Kind, done
from covidstation.services.people import happened_before, index_person, refuse_late_birth
from covidstation.services.rights import needs

LONGEST_REASON: Final = 300
_CHANGED: Final[Changes] = frozenset(
    {Kind.PEOPLE, Kind.EPISODES, Kind.CONTACTS, Kind.CARE, Kind.PAPERS, Kind.PLACES, Kind.SYNC, Kind.REPORTS}
)


@dataclass(frozen=True, slots=True)
class Differing:
    """What the two records say differently. `ours` and `theirs` are the fields in their JSON form, `named` what a
    hamlet or household among them is called. `take`: the record that stays says nothing: the other one's is taken."""

    key: str
    ours: Mapping[str, Any]
    theirs: Mapping[str, Any]
    named: Mapping[str, str]
    take: bool


@dataclass(frozen=True, slots=True)
class MergeLook:
    """Two records side by side, and why they cannot be merged yet."""

    stays: Person
    goes: Person
    differing: tuple[Differing, ...]
    rows: int  # what follows from the record that goes: illnesses and contacts
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """A record that stands behind another one: who merged it, when, why, and whether that was the district."""

    id: UUID
    name: str
    birth: str
    at: datetime | None
    by_name: str
    reason: str


@needs(Right.SEE)
def look_at_merge(db: Database, stays: UUID, goes: UUID) -> MergeLook:
    """Both records before they are merged. Raises UserError people.unknown_person."""
    with db.read() as session:
        one, other = _person(session, stays), _person(session, goes)
        return MergeLook(
            stays=person_of(one),
            goes=person_of(other),
            differing=tuple(_differing(session, one, other)),
            rows=_happened(session, goes),
            problems=tuple(_problems(session, one, other)),
        )


@needs(Right.SEE)
def standing_person(db: Database, person_id: UUID) -> UUID:
    """The record that stands for a person."""
    with db.read() as session:
        return standing_record(session, person_id)


@needs(Right.SEE)
def merged_behind(db: Database, person_id: UUID) -> list[Merged]:
    """The records that were merged into this one, the newest act first."""
    with db.read() as session:
        ids = merged_with(session, [person_id])
        rows = session.scalars(select(PersonRow).where(PersonRow.id.in_(ids))) if ids else ()
        found = [_merged(row) for row in rows if row.merged_into == person_id]
    return sorted(found, key=lambda one: (one.at or datetime.max, one.id), reverse=True)


@needs(Right.TREAT)
def merge_people(
    db: Database,
    stays: UUID,
    goes: UUID,
    *,
    take: Collection[str],
    reason: str,
    catalog: Catalog,
    by: UUID | None,
    now: datetime,
) -> Done[Person]:
    """Make one person of two records. `take`: keys of `TOGETHER` in which the record that goes is right.

    Raises Refused people.merge_…, people.born_after_illness, born_after_dose; UserError people.unknown_person.
    """
    reason = clean(reason)[:LONGEST_REASON]
    with db.write(by, now) as session:
        one, other = _person(session, stays), _person(session, goes)
        problems = _problems(session, one, other)
        if not reason:
            problems.append(Problem("reason", "people.merge_reason"))
        if problems:
            raise Refused(problems)
        stood = {known for row in (one, other) for known in happened_before(session, row.id, birth_of(row))}
        taken = _take_over(one, other, take)
        session.flush()
        with settling(session):
            other.merged_into = one.id
            other.merged_rows = {
                INTO: one.id.hex,
                VALUES: taken,
                "at": now.replace(microsecond=0).isoformat(),
                "by_name": db.actor.name if db.actor is not None else "",
                "reason": reason,
            }
        _in_order(session, catalog, now, {one.id, other.id})
        refuse_late_birth(session, one.id, birth_of(one), stood)
        audit.note(session, AuditAction.MERGE, subject=one.id, detail={"what": "merge", "other": other.id.hex})
        return done(person_of(one), *_CHANGED)


@needs(Right.TREAT)
def undo_merge(db: Database, goes: UUID, *, catalog: Catalog, by: UUID | None, now: datetime) -> Done[Person]:
    """Part what was merged: the record stands for itself again, with all that had come from it and is still there.

    What was written since stays with the record that stood. Raises UserError people.merge_gone, people.merge_moved.
    """
    with db.write(by, now) as session:
        row = _person(session, goes)
        if row.merged_into is None:
            raise UserError("people.merge_gone")
        stood = _person(session, row.merged_into)
        if stood.moved_to is not None:
            raise UserError("people.merge_moved", name=stood.full_name, place=stood.moved_to)
        with settling(session):
            row.merged_into = None
        _in_order(session, catalog, now, {row.id, stood.id})
        audit.note(session, AuditAction.MERGE, subject=stood.id, detail={"what": "part", "other": row.id.hex})
        return done(person_of(row), *_CHANGED)


def put_in_order(session: Session, catalog: Catalog | None, now: datetime) -> set[UUID]:
    """After lines that came from elsewhere: rows go where marks say, a disease stands in one line, and people are found
    by their words. Whom it touched."""
    touched = settle_merged(session) | join_conditions(session)
    _index(session, catalog, now, touched)
    return touched


def _in_order(session: Session, catalog: Catalog, now: datetime, people: set[UUID]) -> None:
    _index(session, catalog, now, people | settle_merged(session) | join_conditions(session))


def _index(session: Session, catalog: Catalog | None, now: datetime, people: Iterable[UUID]) -> None:
    wanted = list(people)
    for row in session.scalars(select(PersonRow).where(PersonRow.id.in_(wanted))) if wanted else ():
        index_person(session, row)
        if catalog is not None and row.merged_into is None and row.moved_to is None:
            assess_open_in(session, row, catalog=catalog, now=now)


def _person(session: Session, person_id: UUID) -> PersonRow:
    row = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
    if row is None:
        raise UserError("people.unknown_person")
    return row


def _differing(session: Session, one: PersonRow, other: PersonRow) -> Iterable[Differing]:
    for found in differences(_fields(one), _fields(other)):
        sides = (found.ours, found.theirs)
        named = {str(value): _name_of(session, str(value)) for said in sides for value in _ids(said)}
        yield Differing(found.key, *sides, named, found.take)


def _fields(row: PersonRow) -> dict[str, Any]:
    names = (*chain.from_iterable(TOGETHER.values()), CONDITIONS)
    return {name: plain(getattr(row, name)) for name in names}


def _ids(said: Mapping[str, Any]) -> list[Any]:
    return [said[name] for name in ("hamlet_id", "household_id") if said.get(name)]


def _name_of(session: Session, row: str) -> str:
    id = UUID(hex=row)
    hamlet = session.scalar(select(hamlet_words()).where(HamletRow.id == id))
    if hamlet:
        return str(hamlet)
    house = session.scalars(select(HouseholdRow).where(HouseholdRow.id == id)).first()
    if house is None:
        return ""
    return session.scalar(select(PersonRow.full_name).where(PersonRow.id == house.head_id)) or house.head_name


def _happened(session: Session, person_id: UUID) -> int:
    return sum(
        session.scalar(select(func.count()).select_from(kind).where(kind.person_id == person_id)) or 0
        for kind in (EpisodeRow, ContactRow)
    )


def _problems(session: Session, one: PersonRow, other: PersonRow) -> list[Problem]:
    """Why the two cannot be one yet."""
    if one.id == other.id:
        return [Problem("other", "people.merge_self")]
    found = []
    for row in (one, other):
        if row.moved_to is not None:
            found.append(Problem("other", "people.merge_moved", {"name": row.full_name, "place": row.moved_to}))
        elif row.merged_into is not None:
            found.append(Problem("other", "people.merged_away", {"name": row.full_name}))
    numbers = {row.citizen_number for row in (one, other) if row.citizen_number}
    if len(numbers) > 1:
        params = {"ours": one.citizen_number, "theirs": other.citizen_number}
        found.append(Problem("other", "people.merge_numbers", params))
    if all(_ill(session, row.id) for row in (one, other)):
        found.append(Problem("other", "people.merge_two_open"))
    if all(_in_quarantine(session, row.id) for row in (one, other)):
        found.append(Problem("other", "people.merge_two_contacts"))
    return found


def _ill(session: Session, person_id: UUID) -> bool:
    query = select(EpisodeRow.n).where(
        EpisodeRow.person_id == person_id,
        EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value,
        EpisodeRow.classification != CaseClassification.NO_CASE.value,
    )
    return session.scalars(query.limit(1)).first() is not None


def _in_quarantine(session: Session, person_id: UUID) -> bool:
    query = select(ContactRow.n).where(
        ContactRow.person_id == person_id, ContactRow.status == ContactStatus.ACTIVE.value
    )
    return session.scalars(query.limit(1)).first() is not None


def _take_over(one: PersonRow, other: PersonRow, take: Collection[str]) -> dict[str, list[Any]]:
    """Fill the record that stays; what it said before and says now, by field."""
    taken = taken_over(_fields(one), _fields(other), take)
    for name, (_before, after) in taken.items():
        setattr(one, name, after if name == CONDITIONS else getattr(other, name))
    if "full_name" in taken:
        one.sort_key = other.sort_key
    return taken


def _merged(row: PersonRow) -> Merged:
    left = row.merged_rows or {}
    birth = birth_of(row)
    return Merged(
        id=row.id,
        name=row.full_name,
        birth=birth.text() if birth else "",
        at=_moment(left.get("at")),
        by_name=clean(str(left.get("by_name") or "")),
        reason=clean(str(left.get("reason") or "")),
    )


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except (TypeError, ValueError):
        return None
