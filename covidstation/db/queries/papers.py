"""The book of numbers and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from covidstation.db.queries.people import PaperLine, paper_line
from covidstation.db.rows import NumberBookRow, PaperRow, PaperSubjectRow, SettingRow
from covidstation.db.session import Database


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """An issued paper with all that stands on it, as JSON values, and whom it speaks of."""

    line: PaperLine
    view: dict[str, Any]
    file_hash: str
    subjects: tuple[tuple[UUID, UUID], ...]  # (person, episode)


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
        .where(PaperRow.symbol == symbol, PaperRow.year == year)
        .order_by(PaperRow.number.desc())
        .limit(limit)
    )
    with db.read() as session:
        return [paper_line(row) for row in session.scalars(query)]


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
            select(PaperSubjectRow.person_id, PaperSubjectRow.episode_id).where(PaperSubjectRow.paper_id == paper_id)
        )
        pairs = tuple((person, episode) for person, episode in subjects)
        return StoredPaper(paper_line(row), row.view, row.file_hash, pairs)
