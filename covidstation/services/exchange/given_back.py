"""Taking in what the district gives back to a restored register: rows, journal, numbers of papers and their bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.audit import note
from covidstation.db.blanks import blank_lines, seal_of
from covidstation.db.given_back import GivenBack, purged_in, take_back
from covidstation.db.replay import NotOurs
from covidstation.db.rows import NumberBookRow, PaperFileRow, PaperRow, PersonRow, PurgeRow, SecretRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.paper_view import PaperView
from covidstation.domain.rights import Right
from covidstation.domain.text import name_sort_key
from covidstation.printing.papers import render
from covidstation.services.certificate import LACKING, RESTORED, journal_start
from covidstation.services.merging import put_in_order
from covidstation.services.papers.files import keep_bytes
from covidstation.services.people import index_person
from covidstation.services.privacy.purge import drop_files, forget_words, squeeze
from covidstation.services.rights import needs
from covidstation.services.supplies.received_twice import settle_received_twice
from covidstation.sync.bundle import OpenedBundle, read_ops
from covidstation.sync.refusals import BundleRefused


@dataclass(frozen=True, slots=True)
class CameBack:
    """What one file brought: changes that were lost, papers among them, numbers that two papers now bear.

    `unprinted`: papers of which only the text came back, since another version of the program had printed them.
    """

    changes: int
    papers: int = 0
    clashes: tuple[str, ...] = ()
    unprinted: int = 0
    whole: bool = False  # with this file all that the district had is here


@needs(Right.SEND)
def take_given_back(db: Database, bundle: OpenedBundle, *, by: UUID | None, now: datetime) -> CameBack:
    """Apply a bundle that was opened, all of it or nothing. Raises BundleRefused bundle.content_bad."""
    ops = read_ops(bundle)
    try:
        with db.write(by, now) as session:
            going = purged_in(ops)
            if going:
                forget_words(session, [row for row in session.scalars(select(PersonRow)) if row.id in going])
            found = take_back(session, ops, now)
            lines = _purge_again(session, found)
            papers = _papers(session, found.rows.get("paper", ()))
            clashes = tuple(filter(None, [_booked(session, paper) for paper in papers]))
            unprinted = sum(not print_again(session, paper) for paper in papers)
            _index(session, found.rows.get("person", set()))
            put_in_order(session, None, now)
            whole = _heard(session, bundle)
            if whole:
                settle_received_twice(session)
            note(session, AuditAction.IMPORT, detail={"what": "given_back", "lines": found.lines})
    except NotOurs as cause:
        raise BundleRefused("bundle.content_bad") from cause
    if lines:
        squeeze(db)
    return CameBack(found.lines, len(papers), clashes, unprinted, whole)


def _purge_again(session: Session, found: GivenBack) -> int:
    """A deletion that the copy did not know of is finished here: what the copy's journal still says of them goes too.

    Its row gets the seal over this register's lines. Returns how many lines lost their values.
    """
    lines = blank_lines(session, found.purged)
    if lines:
        drop_files(session, found.files)
        newest = session.scalars(select(PurgeRow).order_by(PurgeRow.purged_at.desc(), PurgeRow.n.desc()).limit(1)).one()
        newest.seal = seal_of(session, journal_start(session))
        session.flush()
    return lines


def _papers(session: Session, ids: Iterable[UUID]) -> list[PaperRow]:
    wanted = set(ids)
    query = select(PaperRow).order_by(PaperRow.year, PaperRow.symbol, PaperRow.number)
    return [row for row in session.scalars(query) if row.id in wanted] if wanted else []


def _booked(session: Session, paper: PaperRow) -> str:
    """Put its number into the book; the number as text when another paper has it by now."""
    held = session.get(NumberBookRow, (paper.symbol, paper.year, paper.number))
    if held is None:
        number = NumberBookRow(symbol=paper.symbol, year=paper.year, number=paper.number, paper_id=paper.id)
        session.add(number)
        session.flush()
    return "" if held is None or held.paper_id == paper.id else f"{paper.number:02d}/{paper.year}/{paper.symbol}"


def print_again(session: Session, paper: PaperRow) -> bool:
    """Make the bytes again from the view; they count only when they are the very same."""
    if session.get(PaperFileRow, paper.file_hash) is not None:
        return True
    try:
        pdf = render(PaperView.from_json(json.dumps(paper.view)))
    except ValueError:
        return False
    if sha256(pdf).hexdigest() != paper.file_hash:
        return False
    keep_bytes(session, pdf)
    session.flush()
    return True


def _index(session: Session, people: set[UUID]) -> None:
    """The words by which they are found, and their place in lists."""
    for row in session.scalars(select(PersonRow)) if people else ():
        if row.id in people:
            row.sort_key = name_sort_key(row.full_name)  # which does not travel
            index_person(session, row)


def _heard(session: Session, bundle: OpenedBundle) -> bool:
    """Remember this part; once all parts of one writing were read, numbers of papers are sure again."""
    stream = bundle.header.stream
    if stream is None:
        return False
    run, (part, of) = str(bundle.about.get("give_back", "")), stream.part
    whole = of == 1
    for row in filter(None, (session.get(SecretRow, name) for name in (RESTORED, LACKING))):
        held = json.loads(row.value)
        parts = set(held.get("parts", ())) if held.get("run") == run else set()
        parts.add(part)
        whole = len(parts) == of
        said = {"run": run, "parts": sorted(parts), "whole": whole or held.get("whole", False)}
        row.value = json.dumps(held | said | {"given": whole or held.get("given", False)}).encode()
    return whole
