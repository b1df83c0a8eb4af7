"""What papers lack, read from the register in four questions; what a rule must say yes to comes as candidates."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.db.mapping import episode_of, test_of
from covidstation.db.moved import still_here
from covidstation.db.queries.deliveries import is_delivered
from covidstation.db.queries.episodes import lately_open
from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import (
    ContactRow,
    EpisodeRow,
    HamletRow,
    HospitalizationRow,
    PaperRow,
    PaperSubjectRow,
    PathogenTestRow,
    PersonRow,
)
from covidstation.db.session import Database
from covidstation.domain import packs
from covidstation.domain.care import ContactStatus, EndOfQuarantineReason
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseClassification, CaseOutcome, Episode, PathogenTest, QuarantineType
from covidstation.domain.missing import RECENT_DAYS, Lack, MissingKind, MissingLine
from covidstation.domain.packs import PaperKind
from covidstation.domain.papers import number_symbol, number_text

_KINDS = frozenset({PaperKind.ISOLATION_ORDER, *packs.ENDING, PaperKind.CONTACT_ORDER, PaperKind.CONTACT_RELEASE})


@dataclass(frozen=True, slots=True)
class ContactEnd:
    """A quarantine whose days are over: what its rule must be asked with."""

    lack: Lack
    rule: str
    report_date: date
    last_contact_on: date | None
    doses_known: int | None
    last_dose_on: date | None
    recovered_on: date | None
    tests: tuple[PathogenTest, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """`lacks` are there whatever the rules say; the others only when the rule lets them end today."""

    lacks: tuple[Lack, ...]
    endings: tuple[tuple[Lack, Episode], ...]
    releases: tuple[ContactEnd, ...]


@dataclass(frozen=True, slots=True)
class _Paper:
    id: UUID
    kind: PaperKind
    number: str
    issued_on: date
    delivered: bool


def lacking(db: Database, today: date, *, ending: PaperKind) -> Lacking:
    """Everyone open, or ended in the last 30 days, whose papers lack something; `ending` is the paper of the day."""
    since = today - timedelta(days=RECENT_DAYS)
    episodes, contacts = _episode_counts(since), _contact_counts(since)
    with db.read() as session:
        papers = _papers(session, PaperSubjectRow.episode_id, select(EpisodeRow.id).where(episodes))
        lacks, over = _of_episodes(session.execute(select(*_EPISODE).where(episodes)), papers, today, ending)
        papers = _papers(session, PaperSubjectRow.contact_id, select(ContactRow.id).where(contacts))
        more, ended = _of_contacts(session.execute(select(*_CONTACT).where(contacts)), papers, today)
        return Lacking(
            lacks=(*lacks, *more, *_referrals(session, since)),
            endings=tuple(_with_tests(session, over)),
            releases=tuple(_with_contact_tests(session, ended)),
        )


_EPISODE: Final = (
    EpisodeRow.id,
    EpisodeRow.person_id,
    EpisodeRow.report_date,
    EpisodeRow.isolation_type,
    EpisodeRow.isolation_start.label("start"),
    EpisodeRow.isolation_until.label("until"),
    EpisodeRow.outcome,
    EpisodeRow.outcome_on,
)
_CONTACT: Final = (
    ContactRow.id,
    ContactRow.person_id,
    ContactRow.report_date,
    ContactRow.quarantine_start.label("start"),
    ContactRow.quarantine_until.label("until"),
    ContactRow.quarantine_rule,
    ContactRow.status,
    ContactRow.ended_on,
    ContactRow.last_contact_on,
    ContactRow.doses_known,
    ContactRow.last_dose_on,
    ContactRow.recovered_on,
)
_BOOKKEEPING: Final = frozenset({"made", "stamps", "extra", "rev"})  # of the journal: nothing here asks for them
_WHOLE_EPISODE: Final = tuple(column for column in EpisodeRow.__table__.columns if column.name not in _BOOKKEEPING)


def _among(ids: Collection[UUID]) -> Any:
    """Those ids as a question of their own: one parameter, however many they are."""
    found = func.json_each(json.dumps([one.hex for one in ids])).table_valued("value")
    return select(type_coerce(found.c.value, String))


def lines_of(db: Database, lacks: Sequence[Lack]) -> list[MissingLine]:
    """The same with the people, in the same order."""
    query = (
        select(
            PersonRow.id,
            PersonRow.full_name,
            PersonRow.sort_key,
            PersonRow.birth_year,
            PersonRow.birth_month,
            PersonRow.birth_day,
            PersonRow.hamlet_id,
            PersonRow.household_id,
            hamlet_words().label("hamlet"),
        )
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .where(PersonRow.id.in_(_among({lack.person_id for lack in lacks})))
    )
    with db.read() as session:
        people = {row.id: row for row in session.execute(query)}
    found = ((lack, people.get(lack.person_id)) for lack in lacks)
    return [_line(lack, person) for lack, person in found if person is not None]


def _line(lack: Lack, person: Any) -> MissingLine:
    year = person.birth_year
    return MissingLine(
        kind=lack.kind,
        person_id=lack.person_id,
        full_name=person.full_name,
        birth=PartialDate(year, person.birth_month, person.birth_day) if year else None,
        hamlet_id=person.hamlet_id,
        hamlet=person.hamlet,
        household_id=person.household_id,
        subject_id=lack.subject_id,
        since=lack.since,
        paper=lack.paper,
        about_id=lack.about_id,
        paper_id=lack.paper_id,
        number=lack.number,
        starts_on=lack.starts_on,
        until=lack.until,
        opening_id=lack.opening_id,
        sort_key=person.sort_key,
    )


def _episode_counts(since: date) -> ColumnElement[bool]:
    """Open, or recovered lately; a wrong entry and who died or was lost need no paper."""
    is_case = EpisodeRow.classification != CaseClassification.NO_CASE.value
    found = lately_open(since)
    return and_(EpisodeRow.id.in_(found), is_case, still_here(EpisodeRow.person_id))


def _contact_counts(since: date) -> ColumnElement[bool]:
    """In quarantine by decision, or released lately; who watches themselves, became a case or was none has no paper."""
    released = and_(
        ContactRow.status == ContactStatus.DROPPED.value,
        ContactRow.end_reason == EndOfQuarantineReason.ASYMPTOMATIC.value,
        ContactRow.ended_on >= since,
    )
    apart = and_(ContactRow.quarantine_type != QuarantineType.NONE.value, ContactRow.quarantine_start.is_not(None))
    running = or_(ContactRow.status == ContactStatus.ACTIVE.value, released)
    return and_(apart, running, still_here(ContactRow.person_id))


def _papers(session: Session, subject: Any, ids: Any) -> dict[UUID, list[_Paper]]:
    """The valid papers of these illnesses, or contacts; `ids` is a question."""
    found: dict[UUID, list[_Paper]] = defaultdict(list)
    delivered = is_delivered().correlate(PaperRow).label("delivered")
    query = (
        select(subject, PaperRow.id, PaperRow.kind, PaperRow.number, PaperRow.symbol, PaperRow.issued_on, delivered)
        .join(PaperRow, PaperRow.id == PaperSubjectRow.paper_id)
        .where(subject.in_(ids), PaperRow.voided_at.is_(None), PaperRow.kind.in_([kind.value for kind in _KINDS]))
        .order_by(PaperRow.n)
    )
    for owner, paper_id, kind, number, symbol, day, brought in session.execute(query):
        words = number_symbol(number_text(number), symbol)
        found[owner].append(_Paper(paper_id, PaperKind(kind), words, day, brought))
    return found


def _of_episodes(
    rows: Iterable[Any], papers: dict[UUID, list[_Paper]], today: date, ending: PaperKind
) -> tuple[list[Lack], list[Lack]]:
    lacks: list[Lack] = []
    over: list[Lack] = []
    for row in rows:
        held = papers.get(row.id, ())
        orders = [paper for paper in held if paper.kind is PaperKind.ISOLATION_ORDER]
        ends = [paper for paper in held if paper.kind in packs.ENDING]
        at_home = row.isolation_type == QuarantineType.HOME.value
        if at_home and not orders:
            lacks.append(_lack(row, MissingKind.ORDER, row.report_date, PaperKind.ISOLATION_ORDER))
        if held:
            lacks += _undelivered(row, MissingKind.ORDER_DELIVERY, orders)
            lacks += _undelivered(row, MissingKind.ENDING_DELIVERY, ends)
        if ends or not (at_home or orders):
            continue
        opening = orders[-1].id if orders else None
        if row.outcome == CaseOutcome.RECOVERED.value:
            lacks.append(_lack(row, MissingKind.ENDING, row.outcome_on, ending, opening))
        elif at_home and orders and row.until is not None and row.until < today:
            over.append(_lack(row, MissingKind.ENDING, row.until + timedelta(days=1), ending, opening))
    return lacks, over


def _of_contacts(
    rows: Iterable[Any], papers: dict[UUID, list[_Paper]], today: date
) -> tuple[list[Lack], list[tuple[Lack, Any]]]:
    lacks: list[Lack] = []
    over: list[tuple[Lack, Any]] = []
    order, release = PaperKind.CONTACT_ORDER, PaperKind.CONTACT_RELEASE
    for row in rows:
        held = papers.get(row.id, ())
        orders = [paper for paper in held if paper.kind is order]
        ends = [paper for paper in held if paper.kind is release]
        if not orders:
            lacks.append(_lack(row, MissingKind.CONTACT_ORDER, row.report_date, order))
        if held:
            lacks += _undelivered(row, MissingKind.CONTACT_ORDER_DELIVERY, orders)
            lacks += _undelivered(row, MissingKind.CONTACT_RELEASE_DELIVERY, ends)
        if ends:
            continue
        opening = orders[-1].id if orders else None
        if row.status == ContactStatus.DROPPED.value:
            lacks.append(_lack(row, MissingKind.CONTACT_RELEASE, row.ended_on, release, opening))
        elif orders and row.until is not None and row.until < today:
            since = row.until + timedelta(days=1)
            over.append((_lack(row, MissingKind.CONTACT_RELEASE, since, release, opening), row))
    return lacks, over


def _lack(row: Any, kind: MissingKind, since: date, paper: PaperKind, opening_id: UUID | None = None) -> Lack:
    starts = row.start.date() if row.start else None
    return Lack(kind, since, paper, row.person_id, row.id, starts, row.until, opening_id)


def _undelivered(row: Any, kind: MissingKind, papers: Sequence[_Paper]) -> list[Lack]:
    return [
        _lack(row, kind, paper.issued_on, paper.kind)._replace(paper_id=paper.id, number=paper.number)
        for paper in papers
        if not paper.delivered
    ]


def _referrals(session: Session, since: date) -> list[Lack]:
    """Transfers of the last 30 days without their paper; an illness entered by mistake had none."""
    has_paper = exists().where(
        PaperRow.about_id == HospitalizationRow.id,
        PaperRow.kind == PaperKind.REFERRAL.value,
        PaperRow.voided_at.is_(None),
    )
    wrong = exists().where(
        EpisodeRow.id == HospitalizationRow.episode_id, EpisodeRow.classification == CaseClassification.NO_CASE.value
    )
    stay = HospitalizationRow
    query = select(stay.id, stay.person_id, stay.episode_id, stay.left_at).where(
        stay.voided_at.is_(None),
        ~wrong,
        stay.left_at >= datetime.combine(since, time.min),
        ~has_paper,
        still_here(stay.person_id),
    )
    kind, paper = MissingKind.REFERRAL, PaperKind.REFERRAL
    return [
        Lack(kind, left.date(), paper, person_id, episode_id, starts_on=left.date(), about_id=stay_id)
        for stay_id, person_id, episode_id, left in session.execute(query)
    ]


def _with_tests(session: Session, over: Sequence[Lack]) -> list[tuple[Lack, Episode]]:
    ids = [lack.subject_id for lack in over]
    tests = _tests(session, PathogenTestRow.episode_id, ids)
    found = session.execute(select(*_WHOLE_EPISODE).where(EpisodeRow.id.in_(_among(ids))))
    rows: dict[UUID, Any] = {row.id: row for row in found}
    return [(lack, episode_of(rows[lack.subject_id], tests.get(lack.subject_id, ()))) for lack in over]


def _with_contact_tests(session: Session, over: Sequence[tuple[Lack, Any]]) -> list[ContactEnd]:
    tests = _tests(session, PathogenTestRow.contact_id, [row.id for _lack, row in over])
    return [
        ContactEnd(
            lack=lack,
            rule=row.quarantine_rule,
            report_date=row.report_date,
            last_contact_on=row.last_contact_on,
            doses_known=row.doses_known,
            last_dose_on=row.last_dose_on,
            recovered_on=row.recovered_on,
            tests=tuple(test_of(test) for test in tests.get(row.id, ())),
        )
        for lack, row in over
    ]


def _tests(session: Session, owner: Any, ids: Sequence[UUID]) -> dict[UUID, list[PathogenTestRow]]:
    found: dict[UUID, list[PathogenTestRow]] = defaultdict(list)
    for row in session.scalars(select(PathogenTestRow).where(owner.in_(_among(ids))).order_by(PathogenTestRow.n)):
        found[getattr(row, owner.key)].append(row)
    return found


def name_of(db: Database, subject_id: UUID) -> str:
    """Whose illness or contact that is; empty for an unknown one."""
    illness = select(EpisodeRow.person_id).where(EpisodeRow.id == subject_id)
    contact = select(ContactRow.person_id).where(ContactRow.id == subject_id)
    query = select(PersonRow.full_name).where(or_(PersonRow.id.in_(illness), PersonRow.id.in_(contact)))
    with db.read() as session:
        return session.scalars(query).first() or ""
