"""One change of one person's residence inside an act: what is checked, what is written (docs/adr/0035)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of
from covidstation.db.queries.residence import changes_of, dead_of_illness, lives_here, stand_of
from covidstation.db.rows import EpisodeRow, HamletRow, HouseholdRow, PersonRow, ResidenceRow
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.residence import ChangeKind, Relation, Stand
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.people import choose_head, index_person


@dataclass(frozen=True, slots=True)
class Act:
    """What all changes of one act share: its day, what is said of it, who wrote it."""

    id: UUID
    kind: ChangeKind
    day: date
    place: str = ""
    note: str = ""
    by_name: str = ""


def begin_act(
    kind: ChangeKind, day: date | None, *, today: date, place: str = "", note: str = "", by_name: str = ""
) -> Act:
    """A checked act. Raises Refused: households.day_missing, households.day_future, a text that is too long."""
    place, note = clean(place), clean(note)
    found = [*too_long("place", place, TEXT_LIMIT), *too_long("note", note, TEXT_LIMIT)]
    if day is None:
        found.append(Problem("day", "households.day_missing"))
    elif day > today:
        found.append(Problem("day", "households.day_future"))
    if found or day is None:
        raise Refused(found)
    return Act(new_id(), kind, day, place, note, clean(by_name))


def person_in(session: Session, person_id: UUID) -> PersonRow:
    """Raises UserError people.unknown_person."""
    row = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
    if row is None:
        raise UserError("people.unknown_person")
    return row


def household_in(session: Session, household_id: UUID | None) -> HouseholdRow:
    """Raises UserError people.no_household."""
    row = session.scalars(select(HouseholdRow).where(HouseholdRow.id == household_id)).first()
    if row is None:
        raise UserError("people.no_household")
    return row


def hamlet_in(session: Session, hamlet_id: UUID | None) -> UUID:
    """A hamlet that is in use. Raises Refused households.hamlet_missing."""
    query = select(HamletRow.id).where(HamletRow.id == hamlet_id, HamletRow.valid_until.is_(None))
    found = session.scalars(query).first()
    if found is None:
        raise Refused([Problem("hamlet_id", "households.hamlet_missing")])
    return found


def people_here(session: Session, people: Sequence[UUID]) -> list[PersonRow]:
    """Those who live in the commune, each once. Raises UserError households.nobody, households.not_here."""
    rows = [person_in(session, one) for one in dict.fromkeys(people)]
    if not rows:
        raise UserError("households.nobody")
    for row in rows:
        if not stand_of(row).here or row.moved_to is not None:
            raise UserError("households.not_here", name=row.full_name)
        refuse_dead(session, row)
    return rows


def refuse_dead(session: Session, row: PersonRow) -> None:
    """Nobody moves after a death. Raises UserError households.died."""
    if session.scalars(dead_of_illness().where(EpisodeRow.person_id == row.id)).first() is not None:
        raise UserError("households.died", name=row.full_name)


def refuse_open_case(session: Session, row: PersonRow, code: str) -> None:
    """An F0 is let go by ending the illness first. Raises UserError `code`."""
    query = select(EpisodeRow.id).where(
        EpisodeRow.person_id == row.id, EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value
    )
    if session.scalars(query).first() is not None:
        raise UserError(code, name=row.full_name)


def change(
    session: Session, act: Act, row: PersonRow, after: Stand, *, relation: Relation = Relation.UNKNOWN
) -> ResidenceRow:
    """Write the change and put the person there. Raises Refused: households.before_birth, households.later_change."""
    return write_change(session, act, row, stand_of(row), after, relation=relation)


def write_change(
    session: Session, act: Act, row: PersonRow, before: Stand, after: Stand, *, relation: Relation
) -> ResidenceRow:
    """The same for somebody whose record says already where they are, from a given stand: a birth, an arrival."""
    _refuse_day(session, act, row)
    house = before.household_id
    head = session.scalars(select(HouseholdRow.head_id).where(HouseholdRow.id == house)).first() if house else None
    made = ResidenceRow(
        id=new_id(),
        person_id=row.id,
        act=act.id,
        day=act.day,
        change=act.kind.value,
        living_before=before.living,
        hamlet_before=before.hamlet_id,
        household_before=before.household_id,
        relation_before=row.relation,
        headed=head == row.id,
        living_after=after.living,
        hamlet_after=after.hamlet_id,
        household_after=after.household_id,
        place=act.place,
        note=act.note,
        by_name=act.by_name,
    )
    session.add(made)
    put_there(row, after, relation)
    session.flush()
    index_person(session, row)
    return made


def put_there(row: PersonRow, stand: Stand, relation: Relation) -> None:
    """The present as the record says it; whoever has gone keeps the hamlet, by which old lists and sums name them."""
    row.living, row.household_id, row.relation = stand.living, stand.household_id, relation.value
    row.hamlet_id = stand.hamlet_id or row.hamlet_id


def _refuse_day(session: Session, act: Act, row: PersonRow) -> None:
    """A change comes after the birth and after every other change of that person."""
    birth = birth_of(row)
    if birth is not None and act.day < birth.earliest:
        raise Refused([Problem("day", "households.before_birth", {"name": row.full_name, "birth": birth.text()})])
    standing = changes_of(session, [row.id]).get(row.id, [])
    if standing and act.day < standing[-1].day:
        params = {"name": row.full_name, "day": f"{standing[-1].day:%d/%m/%Y}"}
        raise Refused([Problem("day", "households.later_change", params)])


def members_in(session: Session, household_id: UUID) -> list[PersonRow]:
    """Who lives in a household."""
    return list(session.scalars(select(PersonRow).where(PersonRow.household_id == household_id, lives_here())))


def settle_heads(session: Session, households: Iterable[UUID | None], new_head: UUID | None) -> None:
    """After people have gone: a household that somebody still lives in, and whose head is gone, gets the chosen one.

    A household that nobody lives in keeps its last head as a name. Raises Refused households.head_missing.
    """
    session.flush()
    for household_id in dict.fromkeys(one for one in households if one is not None):
        household, members = household_in(session, household_id), members_in(session, household_id)
        if not members or household.head_id is None or household.head_id in {one.id for one in members}:
            continue
        chosen = next((one for one in members if one.id == new_head), None)
        if chosen is None:
            raise Refused([Problem("new_head", "households.head_missing", {"name": head_name(session, household)})])
        choose_head(session, household, chosen)


def head_name(session: Session, household: HouseholdRow) -> str:
    """How the household is called."""
    return session.scalars(select(PersonRow.full_name).where(PersonRow.id == household.head_id)).first() or (
        household.head_name
    )
