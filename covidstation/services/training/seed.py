"""Filling an empty register with a believable commune for training: the same people for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, time
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.mapping import fill_episode, fill_person
from covidstation.db.rows import (
    EpisodeRow,
    HamletRow,
    HouseholdRow,
    PathogenTestRow,
    PersonRow,
    SearchRow,
    SubPointRow,
)
from covidstation.db.session import Database
from covidstation.domain.hamlets import split_hamlet
from covidstation.domain.missing import MissingKind
from covidstation.domain.rights import Right
from covidstation.domain.text import given_name, initials, search_text
from covidstation.domain.training import training_commune, training_place
from covidstation.domain.training_shapes import TrainingCommune, TrainingPerson
from covidstation.errors import UserError
from covidstation.services.care.triage import assess_first
from covidstation.services.changes import Done, Kind, done
from covidstation.services.episodes import isolation_until
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.papers.missing import missing_now
from covidstation.services.rights import needs
from covidstation.services.training.vaccines import Vaccines

CHUNK = 2000
DAYS_WITHOUT_PAPER = 2
MOST_PAPERS = 60  # enough to practise with, however large the commune
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was made."""

    people: int
    episodes: int
    households: int


class _Ids:
    """UUIDs from the seed, so that the same training commune has the same ids."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"training ids {seed}")
        self._known: dict[tuple[str, int], UUID] = {}

    def of(self, kind: str, key: int) -> UUID:
        """The id of one thing of the commune."""
        if (kind, key) not in self._known:
            self._known[kind, key] = UUID(int=self._random.getrandbits(128), version=4)
        return self._known[kind, key]


def make_commune(catalog: Catalog, commune_code: str, people: int, seed: int, now: datetime) -> TrainingCommune:
    """The commune as plain values."""
    place = training_place(catalog.units, commune_code, now.date())
    return training_commune(people, seed, now.date(), place, catalog.isolation_rules)


@needs(Right.MANAGE)
def seed_training(
    db: Database,
    commune: TrainingCommune,
    *,
    seed: int,
    catalog: Catalog,
    by: UUID | None,
    now: datetime,
    progress: Progress = lambda _n, _all: None,
) -> Done[Seeded]:
    """Write the commune into an empty register, in one transaction."""
    ids = _Ids(seed)
    with db.write(by, now) as session:
        _add_places(session, commune, ids)
        total = len(commune.people)
        heads = {person.household_key: person.draft.full_name for person in commune.people if person.is_head}
        hamlets = {hamlet.key: hamlet.name for hamlet in commune.hamlets}
        vaccines = Vaccines(commune, seed, now.date())
        for start in range(0, total, CHUNK):
            chunk = commune.people[start : start + CHUNK]
            rows = [_person_row(person, ids, commune.place.code) for person in chunk]
            session.add_all(rows)
            session.flush()
            for person, row in zip(chunk, rows, strict=True):
                session.add(_search_row(row, hamlets[person.hamlet_key], heads[person.household_key]))
            session.add_all(vaccines.rows(chunk, lambda one: ids.of("person", one.key)))
            session.flush()
            session.expunge_all()
            progress(min(start + CHUNK, total), total)
        _add_episodes(session, commune, ids, catalog, now)
    made = Seeded(len(commune.people), len(commune.episodes), len(commune.households))
    return done(made, Kind.PEOPLE, Kind.EPISODES, Kind.VACCINES)


def _add_places(session: Session, commune: TrainingCommune, ids: _Ids) -> None:
    session.add_all(SubPointRow(id=ids.of("sub_point", one.key), name=one.name) for one in commune.sub_points)
    session.add_all(
        HamletRow(
            id=ids.of("hamlet", one.key), name=name, kind=kind, sub_point_id=ids.of("sub_point", one.sub_point_key)
        )
        for one in commune.hamlets
        for kind, name in (split_hamlet(one.name),)
    )
    session.flush()
    session.add_all(
        HouseholdRow(
            id=ids.of("household", one.key),
            hamlet_id=ids.of("hamlet", one.hamlet_key),
            head_id=ids.of("person", one.head_key),
            address=one.address,
        )
        for one in commune.households
    )
    session.flush()


def _person_row(person: TrainingPerson, ids: _Ids, commune_code: str) -> PersonRow:
    row = PersonRow(id=ids.of("person", person.key))
    draft = replace(
        person.draft,
        hamlet_id=ids.of("hamlet", person.hamlet_key),
        household_id=ids.of("household", person.household_key),
        address_unit=person.draft.address_unit or commune_code,
    )
    fill_person(row, draft)
    return row


def _search_row(row: PersonRow, hamlet: str, head: str) -> SearchRow:
    numbers = (row.citizen_number, row.old_citizen_number, row.insurance_number.lower(), row.phone)
    return SearchRow(
        n=row.n,
        given=search_text(given_name(row.full_name)),
        name=search_text(row.full_name),
        initials=initials(row.full_name),
        numbers=" ".join(filter(None, numbers)),
        place=search_text(f"{hamlet} {head}"),
    )


def _add_episodes(session: Session, commune: TrainingCommune, ids: _Ids, catalog: Catalog, now: datetime) -> None:
    drafts = {person.key: person.draft for person in commune.people}
    for number, episode in enumerate(commune.episodes):
        row = EpisodeRow(id=ids.of("episode", episode.key), person_id=ids.of("person", episode.person_key))
        fill_episode(row, episode.draft, isolation_until(episode.draft, catalog))
        session.add(row)
        found = episode.draft.isolation_start or now
        triage = assess_first(row, episode.draft, drafts[episode.person_key], catalog=catalog, now=found)
        if triage is not None:
            triage.id = ids.of("risk", episode.key)
            session.add(triage)
        for place, test in enumerate(episode.tests):
            session.add(
                PathogenTestRow(
                    id=ids.of("test", episode.key * 100 + place),
                    person_id=row.person_id,
                    episode_id=row.id,
                    kind=test.kind.value,
                    result=test.result.value,
                    sampled_on=test.sampled_on,
                    place=test.place,
                )
            )
        if number % CHUNK == CHUNK - 1:
            session.flush()


@needs(Right.MANAGE)
def issue_past_papers(db: Database, *, catalog: Catalog, by: UUID | None, now: datetime) -> None:
    """Give the cases of the last weeks their papers, each on its day; the newest still wait for theirs."""
    today = now.date()
    for kind in (MissingKind.ORDER, MissingKind.ENDING):
        lines = [line for line in missing_now(db, catalog, today) if line.kind is kind]
        for line in lines[:MOST_PAPERS]:
            if (today - line.since).days < DAYS_WITHOUT_PAPER:
                continue
            then = datetime.combine(line.since, time(9), now.tzinfo)
            with suppress(UserError):  # what cannot be issued waits on the list, as in life
                issue_paper(db, line.paper, [line.subject_id], catalog=catalog, issued_on=line.since, by=by, now=then)
