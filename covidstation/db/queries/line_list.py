"""Who of a line list is in the register already, looked up for all rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from covidstation.db.mapping import person_of, test_of
from covidstation.db.merged import merged_people
from covidstation.db.rows import ContactRow, EpisodeRow, PathogenTestRow, PersonRow, SearchRow
from covidstation.domain.care import ContactStatus
from covidstation.domain.episodes import CaseOutcome, PathogenTest, live_tests
from covidstation.domain.merged import survivor
from covidstation.domain.people import Person
from covidstation.domain.text import search_text

_CHUNK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A known person and how they stand: an open illness, a running contact, dead, their tests."""

    person: Person
    episode_id: UUID | None = None
    since: date | None = None
    contact_id: UUID | None = None
    died_on: date | None = None
    died: bool = False
    tests: tuple[PathogenTest, ...] = ()


def ids_by_number(session: Session, numbers: Iterable[str]) -> dict[str, UUID]:
    """Number of any paper -> the oldest person who has it."""
    wanted = sorted({number for number in numbers if number})
    found: dict[str, UUID] = {}
    columns = (PersonRow.citizen_number, PersonRow.old_citizen_number, PersonRow.insurance_number)
    merged = merged_people(session)
    for at in range(0, len(wanted), _CHUNK):
        few = wanted[at : at + _CHUNK]
        query = select(PersonRow.id, *columns).where(or_(*(column.in_(few) for column in columns)))
        for row in session.execute(query.order_by(PersonRow.n)):
            for number in row[1:]:
                if number:
                    found.setdefault(number, survivor(row.id, merged))
    return found


def standings(session: Session, person_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """How these people stand."""
    ids = sorted(set(person_ids))
    found: dict[UUID, Standing] = {}
    for at in range(0, len(ids), _CHUNK):
        found |= _standings(session, ids[at : at + _CHUNK])
    return found


def _standings(session: Session, ids: Sequence[UUID]) -> dict[UUID, Standing]:
    people = session.scalars(select(PersonRow).where(PersonRow.id.in_(ids)))
    episodes: dict[UUID, list[EpisodeRow]] = {}
    for episode in session.scalars(select(EpisodeRow).where(EpisodeRow.person_id.in_(ids)).order_by(EpisodeRow.n)):
        episodes.setdefault(episode.person_id, []).append(episode)
    running = select(ContactRow).where(ContactRow.person_id.in_(ids), ContactRow.status == ContactStatus.ACTIVE.value)
    contacts = {row.person_id: row.id for row in session.scalars(running)}
    tests: dict[UUID, list[PathogenTest]] = {}
    for test in session.scalars(select(PathogenTestRow).where(PathogenTestRow.person_id.in_(ids))):
        tests.setdefault(test.person_id, []).append(test_of(test))
    found = {}
    for row in people:
        mine = episodes.get(row.id, [])
        running_one = next((one for one in reversed(mine) if one.outcome == CaseOutcome.NO_OUTCOME.value), None)
        dead = next((one for one in mine if one.outcome == CaseOutcome.DECEASED.value), None)
        found[row.id] = Standing(
            person=person_of(row),
            episode_id=running_one.id if running_one else None,
            since=running_one.report_date if running_one else None,
            contact_id=contacts.get(row.id),
            died=dead is not None,
            died_on=dead.outcome_on if dead else None,
            tests=tuple(live_tests(tests.get(row.id, []))),
        )
    return found


def namesakes(session: Session, names: Iterable[str]) -> dict[str, list[tuple[UUID, int | None]]]:
    """Words of a name (`search_text`) -> people of that name with their years of birth, the oldest record first."""
    wanted = sorted({search_text(name) for name in names} - {""})
    found: dict[str, list[tuple[UUID, int | None]]] = {}
    for at in range(0, len(wanted), _CHUNK):
        query = (
            select(SearchRow.name, PersonRow.id, PersonRow.birth_year)
            .join(PersonRow, PersonRow.n == SearchRow.n)
            .where(SearchRow.name.in_(wanted[at : at + _CHUNK]))
            .order_by(SearchRow.n)
        )
        for row in session.execute(query):
            found.setdefault(row.name, []).append((row.id, row.birth_year))
    return found
