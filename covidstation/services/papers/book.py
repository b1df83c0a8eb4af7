"""The book of numbers and one paper's desk, gathered for a page in one go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.papers import (
    BookFilter,
    Series,
    StoredPaper,
    book_lines,
    get_paper,
    next_number,
    resting_on,
    series,
)
from covidstation.db.queries.people import PaperLine
from covidstation.db.queries.station import get_setting, get_station
from covidstation.db.session import Database
from covidstation.domain.packs import PaperKind
from covidstation.domain.papers import number_symbol, number_text
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.messages.papers import KINDS
from covidstation.printing.book import BookRow, render_book
from covidstation.services.access.audit import prints, shows
from covidstation.services.papers.facts import station_pack
from covidstation.services.papers.files import paper_pdf
from covidstation.services.papers.missing import missing_now
from covidstation.services.rights import needs


@needs(Right.PRINT)
@prints("book")
def book_pdf(db: Database, symbol: str, year: int, *, today: date) -> bytes:
    """One series as pages with a table, the lowest number first; Vietnamese in every language, as papers are."""
    lines = book_lines(db, BookFilter(symbol, year))
    rows = [
        BookRow(
            number=number_symbol(number_text(line.number), line.symbol),
            issued_on=line.issued_on,
            kind=KINDS[line.kind],
            people=line.subjects,
            state=_state(line),
        )
        for line in reversed(lines)
    ]
    return render_book(station=get_station(db).name, symbol=symbol, year=year, rows=rows, made_on=today)


def _state(line: PaperLine) -> str:
    if line.voided_at is not None:
        return f"Huỷ {date_text(line.voided_at.date())}: {line.void_reason}"
    return f"Giao {date_text(line.delivery.delivered_on)}" if line.delivery else ""


@dataclass(frozen=True, slots=True)
class BookLook:
    """All series with their next numbers, and how many papers are missing.

    `symbols` are those that today's papers bear; `kinds` all that may stand in the book.
    """

    series: tuple[Series, ...]
    symbols: tuple[str, ...]
    kinds: tuple[PaperKind, ...]
    missing: int
    printer: str
    copies: int


@needs(Right.SEE)
def look_at_book(db: Database, catalog: Catalog, today: date) -> BookLook:
    """Everything of the page but the lines of the book, which come as they are looked at."""
    with db.read() as session:
        pack = station_pack(session, catalog, today)
    symbols = tuple(dict.fromkeys(paper.text("symbol", today) for paper in pack.papers.values()))
    known = {(one.symbol, one.year): one for one in series(db)}
    for symbol in symbols:
        number = next_number(db, symbol, today.year)
        held = known.get((symbol, today.year))
        known[(symbol, today.year)] = Series(symbol, today.year, held.count if held else 0, number)
    rank = {symbol: at for at, symbol in enumerate(symbols)}
    return BookLook(
        series=tuple(sorted(known.values(), key=lambda one: (-one.year, rank.get(one.symbol, len(rank)), one.symbol))),
        symbols=symbols,
        kinds=tuple(PaperKind),
        missing=len(missing_now(db, catalog, today)),
        printer=get_setting(db, "printer"),
        copies=int(get_setting(db, "print_copies")),
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """An issued paper as the register keeps it, and how this station prints."""

    paper: StoredPaper
    pdf: bytes
    printer: str
    copies: int
    resting: tuple[str, ...] = ()  # numbers of the papers that name it as their ground


@needs(Right.SEE)
@shows("issued")
def read_kept(db: Database, paper_id: UUID) -> Kept:
    """Raises UserError paper.unknown, paper.damaged."""
    paper = get_paper(db, paper_id)
    if paper is None:
        raise UserError("paper.unknown")
    return Kept(
        paper=paper,
        pdf=paper_pdf(db, paper_id),
        printer=get_setting(db, "printer"),
        copies=int(get_setting(db, "print_copies")),
        resting=resting_on(db, paper_id),
    )
