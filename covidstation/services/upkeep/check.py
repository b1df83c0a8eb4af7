"""Looking the whole station over: what the register holds, and what stands around it. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.audit import first_fault
from covidstation.db.blanks import walk
from covidstation.db.joining import twice_in
from covidstation.db.rows import (
    AlertRow,
    ContactRow,
    DailyReportRow,
    EpisodeRow,
    FollowUpRow,
    HospitalizationRow,
    JournalStateRow,
    NumberBookRow,
    PaperDeliveryRow,
    PaperRow,
    PaperSubjectRow,
    PathogenTestRow,
    PersonRow,
    PhoneCallRow,
    RiskAssessmentRow,
    TreatmentRow,
    VisitRow,
)
from covidstation.db.session import Database
from covidstation.domain.paper_view import PaperView
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.certificate import journal_start
from covidstation.services.papers.issuing import read_file
from covidstation.services.reports.daily import sent_hash
from covidstation.services.rights import needs
from covidstation.services.upkeep import check_place, check_store
from covidstation.services.upkeep.findings import SENTENCES as SENTENCES
from covidstation.services.upkeep.findings import Finding as Finding
from covidstation.services.upkeep.findings import bad, fine, see_to

LINKS: Final[tuple[tuple[Any, Any], ...]] = (
    (EpisodeRow.person_id, PersonRow.id),
    (EpisodeRow.from_contact_id, ContactRow.id),
    (VisitRow.episode_id, EpisodeRow.id),
    (VisitRow.contact_id, ContactRow.id),
    (AlertRow.visit_id, VisitRow.id),
    (AlertRow.episode_id, EpisodeRow.id),
    (TreatmentRow.episode_id, EpisodeRow.id),
    (HospitalizationRow.episode_id, EpisodeRow.id),
    (FollowUpRow.episode_id, EpisodeRow.id),
    (RiskAssessmentRow.episode_id, EpisodeRow.id),
    (ContactRow.person_id, PersonRow.id),
    (ContactRow.source_episode_id, EpisodeRow.id),
    (ContactRow.became_episode_id, EpisodeRow.id),
    (PaperSubjectRow.paper_id, PaperRow.id),
    (PaperDeliveryRow.paper_id, PaperRow.id),
    *((row.voids, row.id) for row in (VisitRow, TreatmentRow, PhoneCallRow, PathogenTestRow, PaperDeliveryRow)),
)
"""What names another row: there are no foreign keys between things that travel apart, but none may point at nothing."""


@needs(Right.SEE)
def check_register(
    db: Database, folder: Path, *, now: datetime | None = None, told: Callable[[int, int], object] | None = None
) -> list[Finding]:
    """Everything that can be checked without changing anything; what is bad says what to do.

    `now` is the PC's aware time. `told(done, of)` is called before each step, on the thread of the caller.
    """
    now = now or datetime.now().astimezone()
    place = check_place.Place(db, folder, now)
    with suppress(UserError):  # a page torn by a power cut stands whole in the log, but the page check reads the file
        db.outside_transaction("PRAGMA wal_checkpoint(PASSIVE)")
    found: list[Finding] = []
    with db.read() as session:
        steps = [partial(step, session) for step in RECORDS]
        steps += [partial(step, place, session) for step in check_place.STEPS]
        for number, step in enumerate(steps):
            if told is not None:
                told(number, len(steps))
            found += step()
    return found


@needs(Right.SEE)
def check_records(db: Database) -> list[Finding]:
    """What the register itself holds, without anything around it: for a copy that lies elsewhere."""
    with db.read() as session:
        return [finding for step in RECORDS for finding in step(session)]


def _pages(session: Session) -> Iterator[Finding]:
    connection = session.connection()
    torn = len(connection.exec_driver_sql("PRAGMA cipher_integrity_check").all())
    faults = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check").all()]
    faulty = torn + (0 if faults == ["ok"] else len(faults))
    yield bad("pages.bad", n=faulty) if faulty else fine("pages.good")


def _audit(session: Session) -> Iterator[Finding]:
    fault = first_fault(session)
    count = session.get_one(JournalStateRow, 1).audit_seq
    yield bad("audit.bad", seq=fault) if fault else fine("audit.good", n=count)


def _journal(session: Session) -> Iterator[Finding]:
    """Walk the chain from its start to the counted end; lines that a legal deletion blanked stand under its seal."""
    found = walk(session, journal_start(session))
    yield bad(f"journal.{found.fault}", seq=found.seq) if found.fault else fine("journal.good", n=found.seq)


def _book(session: Session) -> Iterator[Finding]:
    listed = {(row.symbol, row.year, row.number): row.paper_id for row in session.scalars(select(NumberBookRow)).all()}
    wrong = [
        bad("book.bad", number=f"{row.number:02d}/{row.symbol}", year=row.year)
        for row in session.execute(
            select(PaperRow.id, PaperRow.symbol, PaperRow.year, PaperRow.number).where(PaperRow.came_from == "")
        )
        if listed.get((row.symbol, row.year, row.number)) != row.id
    ]
    yield from wrong or [fine("book.good", n=len(listed))]


def _links(session: Session) -> Iterator[Finding]:
    """Every row that is named is there."""
    count, wrong = 0, []
    for column, target in LINKS:
        named = column.is_not(None)
        count += session.scalar(select(func.count()).select_from(column.class_).where(named)) or 0
        lost = session.scalar(
            select(func.count()).select_from(column.class_).where(named, column.not_in(select(target)))
        )
        if lost:
            wrong.append(bad("links.bad", n=lost, table=column.class_.__tablename__, field=column.key))
    yield from wrong or [fine("links.good", n=count)]


def _twice(session: Session) -> Iterator[Finding]:
    """Nobody is followed for one disease in two lines."""
    count = len(twice_in(session))
    yield see_to("twice.look", n=count) if count else fine("twice.good")


def _reports(session: Session) -> Iterator[Finding]:
    """Every frozen report is what was sent."""
    count, wrong = 0, []
    for row in session.scalars(select(DailyReportRow)).yield_per(50):
        count += 1
        if sent_hash(row.day, row.version, row.figures, row.events, row.typed) != row.content_hash:
            wrong.append(bad("reports.bad", day=f"{row.day:%d/%m/%Y}", version=row.version))
    yield from wrong or [fine("reports.good", n=count)]


def _papers(session: Session) -> Iterator[Finding]:
    count = session.scalar(select(func.count()).select_from(PaperRow)) or 0
    wrong = []
    for row in session.scalars(select(PaperRow)).yield_per(200):
        try:
            if not row.came_from:  # another station's paper may be here as its text alone
                read_file(session, row.file_hash)
            same = PaperView.from_json(json.dumps(row.view)).content_hash == row.content_hash
        except (UserError, ValueError):
            same = False
        if not same:
            wrong.append(bad("papers.bad", number=f"{row.number:02d}/{row.symbol}", year=row.year))
    yield from wrong or [fine("papers.good", n=count)]


RECORDS: Final = (_pages, _journal, _audit, _book, _papers, _links, _twice, _reports, check_store.stock)
"""The looks into the register itself, in the order of the page."""
