"""Care for the training commune's open cases: rounds of the last days, F1 of the newest cases, calls, deliveries.

The same for the same seed. A few people are in danger this morning and part of the round is still to be done, so that
every page has something to practise with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.mapping import birth_of
from covidstation.db.queries.places import hamlets
from covidstation.db.rows import EpisodeRow, PaperRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.care import CallResult, OrderMeans, Round, VisitMeans, VisitStatus, Vitals, round_of
from covidstation.domain.dates import age_on
from covidstation.domain.episodes import CaseOutcome, QuarantineType
from covidstation.domain.missing import RECENT_DAYS
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.care.alerts import guidelines_in
from covidstation.services.care.calls import CallDraft, log_call
from covidstation.services.care.rounds import guideline_for, put_visit_in
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.contacts.work import propose_household
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered
from covidstation.services.reports.notices import mark_entered, notices_due
from covidstation.services.rights import needs
from covidstation.services.staff import DutyDraft, add_duty

ROUND_DAYS: Final = 6  # so many days back the rounds go
DONE_TODAY: Final = 0.45  # of this round
IN_DANGER: Final = 2
MET: Final = 0.95
CASES_WITH_CONTACTS: Final = 6
CALLS: Final = 3
HOURS: Final = {Round.MORNING: time(7, 10), Round.AFTERNOON: time(15, 10)}
NURSE: Final = "Lò Thị Mai"
STAFF: Final = ((NURSE, "0912345601"), ("Giàng A Sùng", "0912345602"))


@needs(Right.MANAGE)
def seed_care(db: Database, *, seed: int, catalog: Catalog, by: UUID | None, now: datetime) -> None:
    """Write the care of the open cases into a training register."""
    random = Random(f"care {seed}")
    with db.write(by, now) as session:
        cases = _open_cases(session)
        guidelines = guidelines_in(session, catalog)
        wall = now.replace(tzinfo=None)
        for place, (row, person) in enumerate(cases):
            guideline = guideline_for(guidelines, "", row.report_date)
            seen = place < DONE_TODAY * len(cases)
            for draft in _visits(random, row, person, wall, danger=place < IN_DANGER, seen=seen):
                then = draft.at.replace(tzinfo=now.tzinfo)
                put_visit_in(session, draft, row, person, guideline, by_name=NURSE, now=then)
    newest = [row.id for row, _person in sorted(cases, key=lambda case: case[0].report_date, reverse=True)]
    _contacts(db, newest[:CASES_WITH_CONTACTS], catalog=catalog, by=by, now=now)
    _calls(db, random, [person.id for _row, person in cases], [row.id for row, _person in cases], by=by, now=now)
    _deliveries(db, by=by, now=now)
    _notices(db, catalog=catalog, by=by, now=now)
    _staff(db, catalog=catalog, by=by, now=now)


def _open_cases(session: Session) -> list[tuple[EpisodeRow, PersonRow]]:
    """Those at home, the eldest first: who is in danger is old."""
    query = (
        select(EpisodeRow, PersonRow)
        .join(PersonRow, PersonRow.id == EpisodeRow.person_id)
        .where(
            EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value,
            EpisodeRow.isolation_type == QuarantineType.HOME.value,
        )
        .order_by(PersonRow.birth_year, EpisodeRow.n)
    )
    return [(row, person) for row, person in session.execute(query)]


def _visits(
    random: Random, row: EpisodeRow, person: PersonRow, now: datetime, *, danger: bool, seen: bool
) -> Iterator[VisitDraft]:
    """Twice a day since the isolation began, the round that is on only where it was done."""
    begun = row.isolation_start or datetime.combine(row.report_date, time(9))
    last = row.isolation_until or now.date()
    for back in range(ROUND_DAYS, -1, -1):
        day = now.date() - timedelta(days=back)
        for round_, clock in HOURS.items():
            at = datetime.combine(day, clock) + timedelta(minutes=random.randint(0, 70))
            running = day == now.date() and round_ is round_of(now)
            if running:
                at = min(at, now - timedelta(minutes=random.randint(3, 30)))
            if at <= begun or at > now or day > last or (running and not seen):
                continue
            yield _visit(random, row, person, at, round_, danger=danger and running)


def _visit(
    random: Random, row: EpisodeRow, person: PersonRow, at: datetime, round_: Round, *, danger: bool
) -> VisitDraft:
    if not danger and random.random() > MET:
        return VisitDraft(
            episode_id=row.id, at=at, round=round_, status=VisitStatus.UNAVAILABLE, reason="đi nương, gọi lại chiều"
        )
    birth = birth_of(person)
    age = age_on(birth, at.date()) if birth else 40
    early = (at.date() - row.report_date).days < 4
    vitals = Vitals(
        temperature=random.randint(369, 384) if early and random.random() < 0.35 else random.randint(362, 371),
        spo2=93 if danger else random.choice((97, 98, 98, 98, 99)),
        pulse=random.randint(96, 116) if danger else random.randint(66, 92),
        breaths=26 if danger else _breaths(random, age),
        systolic=random.randint(11, 15) * 10 if age >= 40 else None,
        diastolic=random.randint(7, 9) * 10 if age >= 40 else None,
    )
    left = frozenset(code for code in row.symptoms if random.random() < 0.4)
    symptoms = frozenset({"difficultyBreathing"}) if danger else left
    means = VisitMeans.PHONE if random.random() < 0.2 and not danger else VisitMeans.VISIT
    return VisitDraft(
        episode_id=row.id, at=at, round=round_, means=means, vitals=vitals, symptoms=symptoms, signs_asked=True
    )


def _breaths(random: Random, age: int) -> int:
    """Calm breathing for the age."""
    if age < 1:
        return random.randint(34, 44)
    if age < 5:
        return random.randint(24, 34)
    return random.randint(18, 26) if age < 12 else random.randint(15, 19)


def _contacts(db: Database, cases: Sequence[UUID], *, catalog: Catalog, by: UUID | None, now: datetime) -> None:
    """The households of the newest cases."""
    for episode_id in cases:
        with suppress(UserError):  # nobody to enter, or no rule for that day
            found = propose_household(db, episode_id, catalog, now.date())
            drafts = [NewContact(contact=one.contact, person_id=one.person_id) for one in found]
            add_contacts(db, drafts, catalog=catalog, by=by, now=now)


def _calls(
    db: Database,
    random: Random,
    people: Sequence[UUID],
    episodes: Sequence[UUID],
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    """Some were called, and asked for another call today."""
    wall = now.replace(tzinfo=None, second=0, microsecond=0)
    for place in random.sample(range(len(people)), min(CALLS, len(people))):
        draft = CallDraft(
            person_id=people[place],
            episode_id=episodes[place],
            at=wall - timedelta(hours=2),
            result=random.choice((CallResult.REACHED, CallResult.NO_ANSWER)),
            summary="còn ho, ăn được; hẹn gọi lại",
            next_at=wall - timedelta(minutes=random.randint(5, 50)),
        )
        log_call(db, draft, by=by, by_name=NURSE, now=now)


def _deliveries(db: Database, *, by: UUID | None, now: datetime) -> None:
    """All recent papers but the last ones were brought to the homes on the next day."""
    since = now.date() - timedelta(days=RECENT_DAYS + 10)
    with db.read() as session:
        query = select(PaperRow.id, PaperRow.issued_on).where(
            PaperRow.voided_at.is_(None), PaperRow.issued_on >= since, PaperRow.issued_on < now.date()
        )
        found: dict[date, list[UUID]] = {}
        for paper_id, day in session.execute(query):
            found.setdefault(day, []).append(paper_id)
    for day in sorted(found)[:-2]:
        draft = DeliveryDraft(
            delivered_on=min(day + timedelta(days=1), now.date()),
            by_name=NURSE,
            to_name="",
            means=OrderMeans.OFFICIAL_DOCUMENT,
        )
        mark_delivered(db, found[day], draft, by=by, now=now)


def _notices(db: Database, *, catalog: Catalog, by: UUID | None, now: datetime) -> None:
    """All cases but the newest are in the national system already."""
    old = [one for one in notices_due(db, catalog, now) if now.date() - one.known_at.date() > timedelta(days=1)]
    if old:
        wanted = [(one.episode_id, one.event) for one in old]
        mark_entered(db, wanted, catalog=catalog, by=by, by_name=NURSE, now=now)


def _staff(db: Database, *, catalog: Catalog, by: UUID | None, now: datetime) -> None:
    """Two of the station go round the hamlets."""
    for place, one in enumerate(hamlets(db)):
        name, phone = STAFF[place % len(STAFF)]
        draft = DutyDraft(name=name, title="Điều dưỡng", phone=phone, hamlet_id=one.id, valid_from=now.date())
        add_duty(db, draft, catalog=catalog, by=by, now=now)
