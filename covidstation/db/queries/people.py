"""Finding people and showing one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from unicodedata import ucd_3_2_0
from uuid import UUID

from sqlalchemy import Row, String, func, or_, select, text, true, type_coerce
from sqlalchemy.orm import Session, aliased

from covidstation.db.mapping import episode_of, person_of
from covidstation.db.merged import not_merged, standing_record
from covidstation.db.queries.deliveries import Delivery, deliveries_in
from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.residence import Moved, moves_in
from covidstation.db.rows import (
    EpisodeRow,
    HamletRow,
    HouseholdRow,
    PaperRow,
    PaperSubjectRow,
    PathogenTestRow,
    PersonRow,
)
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome, Episode
from covidstation.domain.people import Person, Sex
from covidstation.domain.text import fold, words

SEARCH_LENGTH = 100


@dataclass(frozen=True, slots=True)
class PersonHit:
    """One line of a search or a list of people. `isolation_start` is that of the open F0 episode, if any."""

    id: UUID
    full_name: str
    birth: PartialDate | None
    sex: Sex
    hamlet: str
    household_head: str
    citizen_number: str
    phone: str
    open_episode: UUID | None
    isolation_start: datetime | None


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the same household."""

    id: UUID
    full_name: str
    birth: PartialDate | None
    sex: Sex
    is_head: bool


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper of a person or of the book."""

    id: UUID
    kind: str
    number: int
    symbol: str
    year: int
    issued_on: date
    issued_at: datetime
    subjects: str
    voided_at: datetime | None
    void_reason: str
    delivery: Delivery | None = None  # the mark that it reached the home


@dataclass(frozen=True, slots=True)
class PersonPage:
    """All of one person: episodes and papers newest first."""

    person: Person
    hamlet: str
    household_head: str
    members: tuple[Member, ...]
    episodes: tuple[Episode, ...]
    papers: tuple[PaperLine, ...]
    living: str = ""  # domain.residence.Living
    moves: tuple[Moved, ...] = ()  # where they lived, the newest change first


def match_words(typed: str) -> list[str]:
    """The FTS5 expressions to try, best first: given name, then name or initials, then anything."""
    tokens = [f'"{word}"*' for word in _index_words(typed[:SEARCH_LENGTH])]
    if not tokens:
        return []
    every = " AND ".join(tokens)
    if typed.replace(" ", "").isdigit():
        return [every]
    return [
        " AND ".join([*tokens[:-1], "given : " + tokens[-1]]),
        "{given name initials} : (" + every + ")",
        every,
    ]


def _index_words(typed: str) -> list[str]:
    """Words without quotes, each one token to the index too: it knows fewer letters than Python does."""
    known = (
        char if char.isascii() or ucd_3_2_0.category(char)[0] in "LN" else " " for char in " ".join(words(fold(typed)))
    )
    return "".join(known).split()


def find_people(db: Database, typed: str, limit: int = 20) -> list[PersonHit]:
    """People for what was typed: words in any order, no accents needed, initials, numbers, phone, head, hamlet."""
    found: dict[int, None] = {}
    with db.read() as session:
        for expression in match_words(typed):
            if len(found) >= limit:
                break
            rows = session.execute(
                text("SELECT rowid FROM person_search WHERE person_search MATCH :expression LIMIT :most"),
                {"expression": expression, "most": limit},
            )
            found.update(dict.fromkeys(list(rows.scalars())[:limit]))
        keys = list(found)[:limit]
        hits = {row.n: _hit(row) for row in session.execute(_hits().where(PersonRow.n.in_(keys)))} if keys else {}
    return [hits[key] for key in keys if key in hits]


@cache  # building the statement takes longer than running it
def _hits() -> Any:
    head = aliased(PersonRow)
    inner = aliased(EpisodeRow)
    open_episode = (
        select(func.max(inner.n))
        .where(inner.person_id == PersonRow.id, inner.outcome == CaseOutcome.NO_OUTCOME.value)
        .correlate(PersonRow)
        .scalar_subquery()
    )
    return (
        select(
            PersonRow.n,
            PersonRow.id,
            PersonRow.full_name,
            PersonRow.birth_year,
            PersonRow.birth_month,
            PersonRow.birth_day,
            PersonRow.sex,
            PersonRow.citizen_number,
            PersonRow.phone,
            hamlet_words().label("hamlet"),
            func.coalesce(head.full_name, HouseholdRow.head_name, "").label("head"),
            EpisodeRow.id.label("episode_id"),
            EpisodeRow.isolation_start,
        )
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .outerjoin(HouseholdRow, HouseholdRow.id == PersonRow.household_id)
        .outerjoin(head, head.id == HouseholdRow.head_id)
        .outerjoin(EpisodeRow, EpisodeRow.n == open_episode)
    )


def _birth(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    return PartialDate(year, month, day) if year else None


def _hit(row: Row[Any]) -> PersonHit:
    return PersonHit(
        id=row.id,
        full_name=row.full_name,
        birth=_birth(row.birth_year, row.birth_month, row.birth_day),
        sex=Sex(row.sex),
        hamlet=row.hamlet,
        household_head=row.head,
        citizen_number=row.citizen_number,
        phone=row.phone,
        open_episode=row.episode_id,
        isolation_start=row.isolation_start,
    )


def get_hit(db: Database, person_id: UUID) -> PersonHit | None:
    """One person as a line."""
    with db.read() as session:
        row = session.execute(_hits().where(PersonRow.id == person_id)).first()
        return _hit(row) if row else None


def person_by_number(db: Database, *, citizen: str = "", old: str = "", insurance: str = "") -> UUID | None:
    """The person with one of these numbers (an empty one is not looked for); the oldest if there are several."""
    looked_for = [
        column == number
        for column, number in (
            (PersonRow.citizen_number, citizen),
            (PersonRow.old_citizen_number, old),
            (PersonRow.insurance_number, insurance),
        )
        if number
    ]
    if not looked_for:
        return None
    with db.read() as session:
        query = select(PersonRow.id).where(or_(*looked_for)).order_by(PersonRow.n).limit(1)
        found = session.scalars(query).first()
        return None if found is None else standing_record(session, found)


def person_by_tail(db: Database, tail: str) -> UUID | None:
    """Who stands for the person whose id has these random digits (`domain.person_code.tail_of`)."""
    letters = type_coerce(PersonRow.id, String)
    found_tail = func.substr(letters, 14, 3, type_=String).concat(func.substr(letters, 18, type_=String))
    with db.read() as session:
        found = session.scalars(select(PersonRow.id).where(found_tail == tail).limit(2)).all()
        return standing_record(session, found[0]) if len(found) == 1 else None


def people_with_phone(db: Database, phone: str, limit: int = 3) -> list[PersonHit]:
    """Who else has this phone: a family often shares one, so it is only shown."""
    with db.read() as session:
        query = _hits().where(PersonRow.phone == phone, not_merged()).limit(limit)
        return [_hit(row) for row in session.execute(query)]


def similar_people(db: Database, full_name: str, birth_year: int | None, limit: int = 5) -> list[PersonHit]:
    """People of the same name without accents, born within a year: perhaps the same person."""
    expression = " AND ".join(f'name : "{word}"' for word in _index_words(full_name[:SEARCH_LENGTH]))
    if not expression:
        return []
    with db.read() as session:
        keys = session.execute(
            text("SELECT rowid FROM person_search WHERE person_search MATCH :expression LIMIT 200"),
            {"expression": expression},
        ).scalars()
        query = _hits().where(PersonRow.n.in_(list(keys)))
        if birth_year:
            near = PersonRow.birth_year.between(birth_year - 1, birth_year + 1)
            query = query.where(or_(PersonRow.birth_year.is_(None), near))
        hits = [_hit(row) for row in session.execute(query.limit(50))]
    return [hit for hit in hits if fold(hit.full_name) == fold(full_name)][:limit]


def people_born(db: Database, birth: date, limit: int = 200) -> list[PersonHit]:
    """Whoever was born on that day: to find somebody whose name is written otherwise."""
    born = (PersonRow.birth_year == birth.year, PersonRow.birth_month == birth.month, PersonRow.birth_day == birth.day)
    with db.read() as session:
        return [_hit(row) for row in session.execute(_hits().where(*born, not_merged()).limit(limit))]


def get_person(db: Database, person_id: UUID) -> Person | None:
    """One person as a frozen value."""
    with db.read() as session:
        row = _row(session, person_id)
        return person_of(row) if row else None


def _row(session: Session, person_id: UUID) -> PersonRow | None:
    return session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()


def person_page(db: Database, person_id: UUID) -> PersonPage | None:
    """Everything of one person's page, or None when there is no such person."""
    with db.read() as session:
        row = _row(session, person_id)
        if row is None:
            return None
        hit = _hit(session.execute(_hits().where(PersonRow.id == person_id)).one())
        return PersonPage(
            person=person_of(row),
            hamlet=hit.hamlet,
            household_head=hit.household_head,
            members=_members(session, row.household_id, person_id),
            episodes=_episodes(session, person_id),
            papers=_papers(session, person_id),
            living=row.living,
            moves=moves_in(session, person_id),
        )


def household_members(db: Database, household_id: UUID, without: UUID | None = None) -> tuple[Member, ...]:
    """Everyone of a household but that person, the oldest first."""
    with db.read() as session:
        return _members(session, household_id, without)


def _members(session: Session, household_id: UUID | None, without: UUID | None) -> tuple[Member, ...]:
    if household_id is None:
        return ()
    head = session.scalars(select(HouseholdRow.head_id).where(HouseholdRow.id == household_id)).first()
    rows = session.scalars(
        select(PersonRow)
        .where(
            PersonRow.household_id == household_id, not_merged(), true() if without is None else PersonRow.id != without
        )
        .order_by(PersonRow.birth_year)
        .limit(50)
    )
    return tuple(
        Member(
            row.id,
            row.full_name,
            _birth(row.birth_year, row.birth_month, row.birth_day),
            Sex(row.sex),
            row.id == head,
        )
        for row in rows
    )


def _episodes(session: Session, person_id: UUID) -> tuple[Episode, ...]:
    tests: dict[UUID | None, list[PathogenTestRow]] = {}
    for test in session.scalars(select(PathogenTestRow).where(PathogenTestRow.person_id == person_id)):
        tests.setdefault(test.episode_id, []).append(test)
    rows = session.scalars(
        select(EpisodeRow).where(EpisodeRow.person_id == person_id).order_by(EpisodeRow.report_date.desc())
    )
    return tuple(episode_of(row, tests.get(row.id, [])) for row in rows)


def _papers(session: Session, person_id: UUID) -> tuple[PaperLine, ...]:
    rows = session.scalars(
        select(PaperRow)
        .join(PaperSubjectRow, PaperSubjectRow.paper_id == PaperRow.id)
        .where(PaperSubjectRow.person_id == person_id)
        .distinct()
        .order_by(PaperRow.issued_at.desc())
    )
    return tuple(paper_lines(session, list(rows)))


def paper_lines(session: Session, rows: Sequence[PaperRow]) -> list[PaperLine]:
    """The lines of those papers with what is known of their delivery."""
    marks = deliveries_in(session, [row.id for row in rows])
    return [replace(paper_line(row), delivery=marks.get(row.id)) for row in rows]


def paper_line(row: PaperRow) -> PaperLine:
    """A paper's line; the subjects' names come from what was printed."""
    names = [str(subject.get("name", "")) for subject in row.view.get("subjects", [])]
    return PaperLine(
        id=row.id,
        kind=row.kind,
        number=row.number,
        symbol=row.symbol,
        year=row.year,
        issued_on=row.issued_on,
        issued_at=row.issued_at,
        subjects=", ".join(names),
        voided_at=row.voided_at,
        void_reason=row.void_reason,
    )
