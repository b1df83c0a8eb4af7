"""Where people lived and live: the changes that count, a person's whole life in the commune, the one being changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, cast, func, literal_column, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from covidstation.db.mapping import birth_of
from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import EpisodeRow, HamletRow, HouseholdRow, PersonRow, ResidenceRow
from covidstation.db.session import Database
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.residence import GONE, NOWHERE, Life, Stand, Step
from covidstation.domain.stamps import moment_of

_PART: Final = 500
_ORDER: Final = (ResidenceRow.day, ResidenceRow.made, ResidenceRow.n)
_GONE: Final = tuple(sorted(one.value for one in GONE))  # in the order of the partial index


@dataclass(frozen=True, slots=True)
class Place:
    """A hamlet as lists name it, and the head of the household as it has one now; empty for none."""

    hamlet: str
    head: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One change of residence as a list shows it. `undoable`: nothing of these people came after it."""

    act: UUID | None
    day: date
    kind: str
    person_id: UUID
    person: str
    before: Place | None  # None for outside the commune
    after: Place | None
    place: str
    note: str
    by_name: str
    undoable: bool


def stands() -> ColumnElement[bool]:
    """A change that no later row takes back, and that takes back none."""
    undone = select(ResidenceRow.voids).where(ResidenceRow.voids.is_not(None))
    return and_(ResidenceRow.voids.is_(None), ResidenceRow.id.not_in(undone))


def on_record() -> ColumnElement[bool]:
    """Whose record says that they live here; whose illness ended in death are among them."""
    return and_(
        PersonRow.living.not_in(_GONE),
        PersonRow.moved_to.is_(None),
        PersonRow.merged_into.is_(None),
        or_(PersonRow.hamlet_id.is_not(None), PersonRow.household_id.is_not(None)),
    )


def lives_here() -> ColumnElement[bool]:
    """Whom the station manages now."""
    return and_(on_record(), PersonRow.id.not_in(dead_of_illness()))


def out_of_care() -> Any:
    """The people whom the station no longer looks after: the few that three partial indexes name, and who died ill."""
    return union_all(
        gone_by_record(),
        select(PersonRow.id).where(PersonRow.moved_to.is_not(None)),
        select(PersonRow.id).where(PersonRow.merged_into.is_not(None)),
        dead_of_illness(),
    )


def gone_by_record() -> Any:
    """The people who left, died, or never lived here, as their record says: found by a partial index."""
    return select(PersonRow.id).where(PersonRow.living.in_([literal_column(f"'{one}'") for one in _GONE]))


def dead_of_illness() -> Any:
    """The people whose illness ended in death."""
    return select(EpisodeRow.person_id).where(
        EpisodeRow.outcome == CaseOutcome.DECEASED.value,
        EpisodeRow.classification != CaseClassification.NO_CASE.value,
    )


def number_of(day: date) -> int:
    """20220310: days as numbers, which the database compares with births."""
    return day.year * 10000 + day.month * 100 + day.day


def birth_number() -> ColumnElement[int]:
    """The first day that a birth can be, as such a number; null when nothing is known of it."""
    month, day = func.coalesce(PersonRow.birth_month, 1), func.coalesce(PersonRow.birth_day, 1)
    return cast(PersonRow.birth_year * 10000 + month * 100 + day, Integer)


def aged(years: int, day: date) -> ColumnElement[bool]:
    """Who has that many full years on that day, as `domain.dates.age_on` counts them."""
    return birth_number() <= number_of(day) - years * 10000


def stand_of(row: PersonRow) -> Stand:
    """Where a person stands now, by the record; one that was merged into another counts nowhere."""
    if row.merged_into is not None:
        return NOWHERE
    return Stand(row.living, row.hamlet_id, row.household_id)


def changes_of(session: Session, people: Sequence[UUID]) -> dict[UUID, list[ResidenceRow]]:
    """The changes that stand, each person's in their order."""
    found: dict[UUID, list[ResidenceRow]] = {}
    for at in range(0, len(people), _PART):
        query = select(ResidenceRow).where(ResidenceRow.person_id.in_(people[at : at + _PART]), stands())
        for row in session.scalars(query.order_by(*_ORDER)):
            found.setdefault(row.person_id, []).append(row)
    return found


def lives_of(session: Session, people: Iterable[UUID]) -> dict[UUID, Life]:
    """All that tells where these people lived."""
    wanted = list(dict.fromkeys(people))
    changes = changes_of(session, wanted)
    found: dict[UUID, Life] = {}
    for at in range(0, len(wanted), _PART):
        part = wanted[at : at + _PART]
        died = _deaths(session, part)
        for row in session.scalars(select(PersonRow).where(PersonRow.id.in_(part))):
            birth = birth_of(row)
            found[row.id] = Life(
                present=stand_of(row),
                steps=() if row.merged_into else tuple(map(_step, changes.get(row.id, ()))),
                born=birth.earliest if birth else None,
                died=died.get(row.id),
                handed=handed_on(row.moved_to, row.stamps, row.made),
            )
    return found


def handed_on(moved_to: str | None, stamps: Mapping[str, Any] | None, made: int) -> date | None:
    """The day on which the district handed somebody to another station: the mark's own stamp tells it."""
    if moved_to is None:
        return None
    return moment_of((stamps or {}).get("moved_to", made)).astimezone().date()


def _step(row: ResidenceRow) -> Step:
    return Step(row.day, row.change, Stand(row.living_before, row.hamlet_before, row.household_before))


def _deaths(session: Session, people: Sequence[UUID]) -> dict[UUID, date]:
    query = (
        select(EpisodeRow.person_id, func.min(EpisodeRow.outcome_on))
        .where(EpisodeRow.person_id.in_(people), EpisodeRow.person_id.in_(dead_of_illness()))
        .where(EpisodeRow.outcome == CaseOutcome.DECEASED.value, EpisodeRow.outcome_on.is_not(None))
        .group_by(EpisodeRow.person_id)
    )
    return {person: day for person, day in session.execute(query) if day is not None}


def moves_in(session: Session, person_id: UUID) -> tuple[Moved, ...]:
    """Where somebody lived, the newest change first; inside another question's snapshot."""
    return _moves(session, ResidenceRow.person_id == person_id)


def moves_of_household(db: Database, household_id: UUID) -> tuple[Moved, ...]:
    """Who came into a household and who left it, the newest first."""
    touched = or_(ResidenceRow.household_before == household_id, ResidenceRow.household_after == household_id)
    with db.read() as session:
        return _moves(session, touched)


def _moves(session: Session, wanted: ColumnElement[bool], most: int = 300) -> tuple[Moved, ...]:
    query = (
        select(ResidenceRow, PersonRow.full_name)
        .join(PersonRow, PersonRow.id == ResidenceRow.person_id)
        .where(wanted, stands())
        .order_by(*(column.desc() for column in _ORDER))
        .limit(most)
    )
    rows = list(session.execute(query))
    newest = newest_changes(session, {row.person_id for row, _name in rows})
    stuck = _acts_with_later(session, {row.act for row, _name in rows}, newest)
    words = _place_words(session, [row for row, _name in rows])
    return tuple(
        Moved(
            act=row.act,
            day=row.day,
            kind=row.change,
            person_id=row.person_id,
            person=name,
            before=words(row.hamlet_before, row.household_before) if row.living_before not in _GONE else None,
            after=words(row.hamlet_after, row.household_after) if row.living_after not in _GONE else None,
            place=row.place,
            note=row.note,
            by_name=row.by_name,
            undoable=row.act is not None and row.act not in stuck,
        )
        for row, name in rows
    )


def newest_changes(session: Session, people: Iterable[UUID]) -> dict[UUID, UUID]:
    """Each person's last change that stands."""
    return {person: rows[-1].id for person, rows in changes_of(session, list(people)).items()}


def _acts_with_later(session: Session, acts: set[UUID | None], newest: dict[UUID, UUID]) -> set[UUID | None]:
    """Acts after which somebody of them changed again."""
    query = select(ResidenceRow.act, ResidenceRow.id, ResidenceRow.person_id)
    rows = list(session.execute(query.where(ResidenceRow.act.in_(list(acts)), stands())))
    others = {person for _act, _row, person in rows} - set(newest)
    known = newest | newest_changes(session, others)
    return {act for act, row, person in rows if known.get(person) != row}


def _place_words(session: Session, rows: Sequence[ResidenceRow]) -> Callable[[UUID | None, UUID | None], Place]:
    """How places are named."""
    hamlets = {row.hamlet_before for row in rows} | {row.hamlet_after for row in rows}
    houses = {row.household_before for row in rows} | {row.household_after for row in rows}
    head = aliased(PersonRow)
    query = select(HamletRow.id, hamlet_words()).where(HamletRow.id.in_([one for one in hamlets if one]))
    names: dict[UUID | None, str] = {row_id: name for row_id, name in session.execute(query)}
    named = (
        select(HouseholdRow.id, func.coalesce(head.full_name, HouseholdRow.head_name))
        .outerjoin(head, head.id == HouseholdRow.head_id)
        .where(HouseholdRow.id.in_([one for one in houses if one]))
    )
    heads: dict[UUID | None, str] = {row_id: name for row_id, name in session.execute(named)}
    return lambda hamlet, house: Place(names.get(hamlet, ""), heads.get(house, ""))
