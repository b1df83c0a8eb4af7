"""A commune at the peak: 100,000 people, two years of cases behind it, 300 F0 at home and 900 F1 this morning.

Made once into the folder COVIDSTATION_BENCH names (or a temporary one), at a fixed moment of March 2022, and copied
for each measurement that writes.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from shutil import copytree
from uuid import UUID

from sqlalchemy import select

from benchmarks.register import PASSPHRASE, build
from benchmarks.report import lay_cases
from covidstation.catalog import Catalog, load_catalog
from covidstation.db.ids import new_id
from covidstation.db.rows import EpisodeRow, PathogenTestRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.care import CallResult, Round, Vitals
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.packs import PaperKind
from covidstation.paths import resources
from covidstation.services.access.opening import Register, open_register
from covidstation.services.care.alerts import guidelines_in
from covidstation.services.care.calls import CallDraft, log_call
from covidstation.services.care.rounds import guideline_for, put_visit_in
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.reports.daily import Typed, freeze_report
from covidstation.services.staff import DutyDraft, add_duty

NOW = datetime(2022, 3, 10, 6, 45, tzinfo=timezone(timedelta(hours=7)))
NURSE = "Lò Thị Mai"
ACTIVE, CONTACTS, ROUND_DAYS, IN_DANGER, FROZEN, CALLS = 300, 900, 14, 60, 14, 20
OLD_CASES, OLD_VISITS = 20_000, 6
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Case:
    """One of the 300."""

    episode: UUID
    person: UUID
    found: date


@contextmanager
def busy_station(people: int = 100_000) -> Iterator[tuple[Register, Catalog]]:
    """A copy of the station, open; it is made first where the folder has none."""
    catalog = load_catalog(resources())
    with tempfile.TemporaryDirectory() as place:
        master = Path(os.environ.get("COVIDSTATION_BENCH", f"{place}/master")) / f"busy-{people}"
        if not (master / "register.db").exists():
            started = time.perf_counter()
            _make(master, people, catalog)
            print(f"built in {time.perf_counter() - started:.0f} s", file=sys.stderr)
        copytree(master, Path(place) / "data")
        register = open_register(Path(place) / "data", PASSPHRASE)
        try:
            yield register, catalog
        finally:
            register.db.close()


def _make(folder: Path, people: int, catalog: Catalog) -> None:
    long_ago = NOW - timedelta(days=130)
    build(folder, people, catalog, long_ago)
    register = open_register(folder, PASSPHRASE)
    db = register.db
    _end_all(db, long_ago)
    lay_cases(db, min(OLD_CASES, people // 5), NOW - timedelta(days=FROZEN + 10), still_ill=0)
    _old_visits(db, catalog)
    cases = _open_cases(db)
    _rounds(db, cases, catalog)
    _contacts(db, cases, catalog)
    _papers(db, cases, catalog)
    _rest(db, cases, catalog)
    for back in range(FROZEN, 0, -1):
        at = NOW - timedelta(days=back)
        freeze_report(db, at.date(), Typed(oxygen=2, difficulties="Không"), catalog=catalog, by=None, now=at)
    db.close()


def _end_all(db: Database, now: datetime) -> None:
    """The training commune's own cases are history."""
    with db.write(None, now) as session:
        for row in session.scalars(select(EpisodeRow).where(EpisodeRow.outcome == "NO_OUTCOME")):
            row.outcome, row.outcome_on = "RECOVERED", row.report_date + timedelta(days=7)


def _old_visits(db: Database, catalog: Catalog) -> None:
    """Each ended case was seen some times, too."""
    with db.read() as session:
        ids = list(session.scalars(select(EpisodeRow.id)))
    for at in range(0, len(ids), CHUNK):
        with db.write(None, NOW - timedelta(days=FROZEN + 9)) as session:
            guidelines = guidelines_in(session, catalog)
            query = select(EpisodeRow, PersonRow).join(PersonRow, PersonRow.id == EpisodeRow.person_id)
            for row, person in session.execute(query.where(EpisodeRow.id.in_(ids[at : at + CHUNK]))):
                guideline = guideline_for(guidelines, "", row.report_date)
                for day in range(OLD_VISITS):
                    draft = _visit(row.id, row.report_date + timedelta(days=day), Round.MORNING, random.Random(day))
                    put_visit_in(session, draft, row, person, guideline, by_name=NURSE, now=NOW)


def _open_cases(db: Database) -> list[Case]:
    """Three hundred at home, most of them found in the last week, some over their days."""
    rng, found = random.Random(5), []
    with db.read() as session:
        people = list(session.scalars(select(PersonRow.id).order_by(PersonRow.n.desc()).limit(ACTIVE)))
    for person in people:
        day = NOW.date() - timedelta(days=rng.choice((1, 2, 3, 4, 5, 6, 7, 8, 9, ROUND_DAYS)))
        found.append(Case(new_id(), person, day))
    for case in sorted(found, key=lambda one: one.found):
        then = datetime(case.found.year, case.found.month, case.found.day, 9, tzinfo=NOW.tzinfo)
        with db.write(None, then) as session:
            session.add_all(_rows_of(case, rng))
    return found


def _rows_of(case: Case, rng: random.Random) -> tuple[EpisodeRow, PathogenTestRow]:
    start = datetime(case.found.year, case.found.month, case.found.day, 7)
    row = EpisodeRow(
        id=case.episode, person_id=case.person, report_date=case.found, classification="CONFIRMED",
        outcome="NO_OUTCOME", isolation_type="HOME", isolation_start=start, isolation_days=7,
        isolation_until=case.found + timedelta(days=6), found_in="COMMUNITY",
        risk_class=rng.choice(("LOW", "LOW", "MEDIUM", "HIGH", "VERY_HIGH")), onset_date=case.found,
    )  # fmt: skip
    test = PathogenTestRow(
        id=new_id(), person_id=case.person, episode_id=case.episode, kind="RAPID_ANTIGEN", result="POSITIVE",
        sampled_on=case.found,
    )  # fmt: skip
    return row, test


def _rounds(db: Database, cases: Sequence[Case], catalog: Catalog) -> None:
    """Two checks a day of everybody for two weeks, this morning's half done and some of it danger."""
    rng = random.Random(7)
    with db.write(None, NOW) as session:
        guidelines = guidelines_in(session, catalog)
        for place, case in enumerate(cases):
            row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == case.episode)).one()
            person = session.scalars(select(PersonRow).where(PersonRow.id == case.person)).one()
            guideline = guideline_for(guidelines, "", row.report_date)
            drafts = [
                _visit(case.episode, NOW.date() - timedelta(days=back), round_, rng)
                for back in range(ROUND_DAYS, 0, -1)
                for round_ in (Round.MORNING, Round.AFTERNOON)
            ]
            if place < ACTIVE // 2:
                drafts.append(_visit(case.episode, NOW.date(), Round.MORNING, rng, danger=place < IN_DANGER))
            for draft in drafts:
                put_visit_in(session, draft, row, person, guideline, by_name=NURSE, now=NOW)


def _visit(episode: UUID, day: date, round_: Round, rng: random.Random, *, danger: bool = False) -> VisitDraft:
    hour = 6 if round_ is Round.MORNING else 15
    vitals = Vitals(temperature=rng.randint(362, 374), spo2=92 if danger else rng.randint(97, 99), pulse=80, breaths=18)
    at = datetime(day.year, day.month, day.day, hour, rng.randint(0, 40))
    return VisitDraft(episode_id=episode, at=at, round=round_, vitals=vitals, signs_asked=True)


def _contacts(db: Database, cases: Sequence[Case], catalog: Catalog) -> None:
    """Three of each case."""
    with db.read() as session:
        free = list(session.scalars(select(PersonRow.id).order_by(PersonRow.n.desc()).offset(ACTIVE).limit(CONTACTS)))
    each = CONTACTS // len(cases)
    for place, case in enumerate(cases):
        then = datetime(case.found.year, case.found.month, case.found.day, 10, tzinfo=NOW.tzinfo)
        drafts = [
            NewContact(
                contact=ContactDraft(
                    source_episode_id=case.episode, report_date=case.found, last_contact_on=case.found, doses_known=2
                ),
                person_id=person,
            )
            for person in free[place * each : (place + 1) * each]
        ]
        add_contacts(db, drafts, catalog=catalog, by=None, now=then)


def _papers(db: Database, cases: Sequence[Case], catalog: Catalog) -> None:
    """Nine of ten have their decision, two of three have it at home."""
    issued = []
    for case in sorted(cases[len(cases) // 10 :], key=lambda one: one.found):
        day = case.found + timedelta(days=1)
        then = datetime(day.year, day.month, day.day, 5, tzinfo=NOW.tzinfo)
        kind = PaperKind.ISOLATION_ORDER
        paper = issue_paper(db, kind, [case.episode], catalog=catalog, issued_on=day, by=None, now=then)
        issued.append(paper.value.id)
    draft = DeliveryDraft(delivered_on=NOW.date(), by_name=NURSE)
    mark_delivered(db, issued[: len(issued) * 2 // 3], draft, by=None, now=NOW)


def _rest(db: Database, cases: Sequence[Case], catalog: Catalog) -> None:
    """Calls that are due, and who is on duty."""
    wall = NOW.replace(tzinfo=None)
    for case in cases[:CALLS]:
        draft = CallDraft(
            person_id=case.person,
            episode_id=case.episode,
            at=wall - timedelta(hours=12),
            result=CallResult.REACHED,
            summary="còn ho",
            next_at=wall - timedelta(minutes=30),
        )
        log_call(db, draft, by=None, by_name=NURSE, now=NOW)
    duty = DutyDraft(name=NURSE, title="Điều dưỡng", phone="0912345601", valid_from=NOW.date() - timedelta(days=30))
    add_duty(db, duty, catalog=catalog, by=None, now=NOW)
