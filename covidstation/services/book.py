"""The book of numbers and one paper's desk, gathered for a page in one go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.episodes import EpisodeFilter, EpisodeLine, EpisodeState, list_episodes
from covidstation.db.queries.papers import (
    BookFilter,
    Series,
    StoredPaper,
    book_lines,
    get_paper,
    next_number,
    series,
)
from covidstation.db.queries.people import PaperLine
from covidstation.db.queries.station import get_setting, get_station
from covidstation.db.session import Database
from covidstation.domain.packs import PaperKind
from covidstation.domain.papers import number_symbol, number_text
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.messages.papers import KINDS
from covidstation.printing.book import BookRow, render_book
from covidstation.services.paper_facts import ending_kind, station_pack
from covidstation.services.papers import missing_papers, paper_pdf


def book_pdf(db: Database, symbol: str, year: int, *, today: date) -> bytes:
    """One series as pages with a table, the lowest number first."""
    lines = book_lines(db, BookFilter(symbol, year))
    rows = [
        BookRow(
            number=number_symbol(number_text(line.number), line.symbol),
            issued_on=line.issued_on,
            kind=_(KINDS[line.kind]),
            people=line.subjects,
            state=_voided(line),
        )
        for line in reversed(lines)
    ]
    return render_book(station=get_station(db).name, symbol=symbol, year=year, rows=rows, made_on=today)


def _voided(line: PaperLine) -> str:
    if line.voided_at is None:
        return ""
    return _("Huỷ {day}: {reason}").format(day=date_text(line.voided_at.date()), reason=line.void_reason)


@dataclass(frozen=True, slots=True)
class BookLook:
    """All series with their next numbers, and who waits for a paper.

    `symbols` are those that today's papers bear; `ready` are the illnesses that may end by the rule in force.
    """

    series: tuple[Series, ...]
    symbols: tuple[str, ...]
    order: PaperKind
    ending: PaperKind
    without_order: tuple[EpisodeLine, ...]
    over: tuple[EpisodeLine, ...]
    ready: frozenset[UUID]
    home_isolation: str  # ask, yes, no; empty where the law of today leaves nothing open
    printer: str
    copies: int


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
        order=PaperKind.ISOLATION_ORDER,
        ending=ending_kind(pack),
        without_order=_all(db, EpisodeState.NEEDS_ORDER, today),
        over=_all(db, EpisodeState.READY_TO_END, today),
        ready=frozenset(missing_papers(db, ending=True, catalog=catalog, today=today)),
        home_isolation=get_setting(db, "home_isolation") if pack.home_isolation.answer == "ask" else "",
        printer=get_setting(db, "printer"),
        copies=int(get_setting(db, "print_copies")),
    )


def _all(db: Database, state: EpisodeState, today: date) -> tuple[EpisodeLine, ...]:
    found = list_episodes(db, EpisodeFilter(state), today=today)
    return tuple(found.lines(0, len(found)))


@dataclass(frozen=True, slots=True)
class Kept:
    """An issued paper as the register keeps it, and how this station prints."""

    paper: StoredPaper
    pdf: bytes
    printer: str
    copies: int


def read_kept(db: Database, paper_id: UUID) -> Kept:
    """Raises UserError paper.unknown, paper.damaged."""
    paper = get_paper(db, paper_id)
    if paper is None:
        raise UserError("paper.unknown")
    return Kept(paper, paper_pdf(db, paper_id), get_setting(db, "printer"), int(get_setting(db, "print_copies")))
