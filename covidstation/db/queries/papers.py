"""The book of numbers and what stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from covidstation.db.mapping import birth_of
from covidstation.db.queries.deliveries import is_delivered
from covidstation.db.queries.episodes import ENDING, OPENING, has_paper
from covidstation.db.queries.people import PaperLine, match_words, paper_lines
from covidstation.db.rows import EpisodeRow, NumberBookRow, PaperRow, PaperSubjectRow, PersonRow, SettingRow
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.packs import PaperKind
from covidstation.domain.paper_words import number_symbol, number_text
from covidstation.domain.text import fold

# 1 to 6 digits, as a number book has them: a longer row of digits is a person's number.
_NUMBER: Final = re.compile(
    r"(?:so )?(?P<number>[0-9]{1,6})(?:/(?:(?P<year>20[0-9]{2})|(?P<symbol>[a-z][a-z0-9-]{0,30})?))?"
)


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """An issued paper with all that stands on it, as JSON values, and whom it speaks of."""

    line: PaperLine
    view: dict[str, Any]
    file_hash: str
    subjects: tuple[tuple[UUID, UUID | None], ...]  # (person, episode; none on the paper of a contact)


@dataclass(frozen=True, slots=True)
class Series:
    """One symbol in one year."""

    symbol: str
    year: int
    count: int
    next_number: int


def number_book(db: Database, symbol: str, year: int, *, limit: int = 500) -> list[PaperLine]:
    """The newest lines of one series, voided ones too, highest number first."""
    query = (
        select(PaperRow)
        .where(PaperRow.symbol == symbol, PaperRow.year == year, PaperRow.came_from == "")
        .order_by(PaperRow.number.desc())
        .limit(limit)
    )
    with db.read() as session:
        return paper_lines(session, session.scalars(query).all())


def find_papers(db: Database, typed: str, limit: int = 5) -> list[PaperLine]:
    """Papers by number: `118`, `118/QĐ-UBND`, `118/2022`; the newest first, none when that is no paper's number."""
    found = _NUMBER.fullmatch(fold(typed))
    if found is None:
        return []
    query = (
        select(PaperRow)
        .join(NumberBookRow, NumberBookRow.paper_id == PaperRow.id)
        .where(NumberBookRow.number == int(found["number"]))
        .order_by(PaperRow.issued_at.desc())
    )
    if found["year"]:
        query = query.where(NumberBookRow.year == int(found["year"]))
    with db.read() as session:
        lines = paper_lines(session, session.scalars(query.limit(50)).all())
    symbol = found["symbol"] or ""
    return [line for line in lines if fold(line.symbol).startswith(symbol)][:limit]


def series(db: Database) -> list[Series]:
    """All series of the book, the newest year first."""
    query = (
        select(NumberBookRow.symbol, NumberBookRow.year, func.count(), func.max(NumberBookRow.number))
        .group_by(NumberBookRow.symbol, NumberBookRow.year)
        .order_by(NumberBookRow.year.desc(), NumberBookRow.symbol)
    )
    with db.read() as session:
        return [Series(row[0], row[1], row[2], row[3] + 1) for row in session.execute(query)]


def next_number(db: Database, symbol: str, year: int) -> int:
    """The number that the next paper of this series will get if it is issued now."""
    with db.read() as session:
        return number_after(session, symbol, year)


def number_after(session: Session, symbol: str, year: int) -> int:
    """The same inside a transaction that issues it."""
    last = session.scalar(
        select(func.max(NumberBookRow.number)).where(NumberBookRow.symbol == symbol, NumberBookRow.year == year)
    )
    first = session.get(SettingRow, first_number_key(symbol, year))
    return max((last or 0) + 1, int(first.value) if first else 1)


def first_number_key(symbol: str, year: int) -> str:
    """The setting that says where a series starts when a paper book was kept before."""
    return f"book.first|{symbol}|{year}"


def get_paper(db: Database, paper_id: UUID) -> StoredPaper | None:
    """One issued paper."""
    with db.read() as session:
        row = session.scalars(select(PaperRow).where(PaperRow.id == paper_id)).first()
        if row is None:
            return None
        subjects = session.execute(
            select(PaperSubjectRow.person_id, PaperSubjectRow.episode_id)
            .where(PaperSubjectRow.paper_id == paper_id)
            .order_by(PaperSubjectRow.id)
        )
        pairs = tuple((person, episode) for person, episode in subjects)
        return StoredPaper(paper_lines(session, [row])[0], row.view, row.file_hash, pairs)


def resting_on(db: Database, paper_id: UUID) -> tuple[str, ...]:
    """The numbers of the valid papers that name this one as their ground."""
    query = (
        select(PaperRow.number, PaperRow.symbol)
        .where(PaperRow.opens_id == paper_id, PaperRow.voided_at.is_(None))
        .order_by(PaperRow.n)
    )
    with db.read() as session:
        return tuple(number_symbol(number_text(number), symbol) for number, symbol in session.execute(query))


class BookState(StrEnum):
    """What became of a paper."""

    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class BookFilter:
    """What a look at the book shows: one series, words typed (a number, or a person's name), one kind, one state.

    A voided paper is neither delivered nor waiting for it.
    """

    symbol: str
    year: int
    typed: str = ""
    kind: PaperKind | None = None
    state: BookState | None = None


def count_book(db: Database, wanted: BookFilter) -> int:
    """How many lines the filter finds."""
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(PaperRow).where(*_book_conditions(wanted))) or 0


def book_lines(db: Database, wanted: BookFilter, offset: int = 0, limit: int = 100_000) -> list[PaperLine]:
    """The lines of one series, voided ones too, highest number first."""
    query = (
        select(PaperRow).where(*_book_conditions(wanted)).order_by(PaperRow.number.desc()).offset(offset).limit(limit)
    )
    with db.read() as session:
        return paper_lines(session, session.scalars(query).all())


def _book_conditions(wanted: BookFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        PaperRow.symbol == wanted.symbol,
        PaperRow.year == wanted.year,
        PaperRow.came_from == "",  # else it stands in another station's book
    ]
    if wanted.kind is not None:
        found.append(PaperRow.kind == wanted.kind.value)
    if wanted.state is BookState.VOIDED:
        found.append(PaperRow.voided_at.is_not(None))
    elif wanted.state is not None:
        delivered = is_delivered() if wanted.state is BookState.DELIVERED else ~is_delivered()
        found += [PaperRow.voided_at.is_(None), delivered]
    digits = wanted.typed.split("/")[0].strip()
    if digits.isascii() and digits.isdigit() and len(digits) <= 6:
        found.append(PaperRow.number == int(digits))
        return found
    expressions = match_words(wanted.typed)
    if expressions:
        named = text("person.n IN (SELECT rowid FROM person_search WHERE person_search MATCH :typed)")
        people = select(PersonRow.id).where(named.bindparams(typed=expressions[-1]))
        found.append(PaperRow.id.in_(select(PaperSubjectRow.paper_id).where(PaperSubjectRow.person_id.in_(people))))
    return found


def _whole_day(moment: datetime | None) -> tuple[datetime, datetime]:
    """The first and the last moment of its day; a range without a day when there is none."""
    if moment is None:
        return datetime.max, datetime.min
    return datetime.combine(moment, time.min), datetime.combine(moment, time.max)


@dataclass(frozen=True, slots=True)
class Companion:
    """Someone of the same household whose illness may stand on the same paper."""

    episode_id: UUID
    person_id: UUID
    full_name: str
    birth: PartialDate | None


def companions(db: Database, episode_id: UUID, *, ending: bool) -> list[Companion]:
    """Those of the household, the person first, whose open isolation began and ends on the same days.

    Left out: who has the paper already and, for an ending, who never had an order.
    """
    with db.read() as session:
        row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
        if row is None:
            return []
        person = session.scalars(select(PersonRow).where(PersonRow.id == row.person_id)).one()
        query = (
            select(EpisodeRow.id, PersonRow)
            .join(PersonRow, PersonRow.id == EpisodeRow.person_id)
            .where(
                PersonRow.household_id == person.household_id,
                PersonRow.household_id.is_not(None),
                EpisodeRow.id != episode_id,
                EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value,
                EpisodeRow.isolation_type == row.isolation_type,
                EpisodeRow.isolation_start.between(*_whole_day(row.isolation_start)),
                EpisodeRow.isolation_until == row.isolation_until,
                ~has_paper(ENDING if ending else OPENING),
                *([has_paper(OPENING)] if ending else []),
            )
            .order_by(PersonRow.birth_year, PersonRow.n)
        )
        others = [Companion(other, one.id, one.full_name, birth_of(one)) for other, one in session.execute(query)]
    return [Companion(row.id, person.id, person.full_name, birth_of(person)), *others]
