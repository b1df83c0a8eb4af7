"""What papers lack, read from the register in four questions; what a rule must say yes to comes as candidates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from covidstation.db.mapping import episode_of, test_of
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
from covidstation.domain.missing import RECENT_DAYS, MissingKind, MissingLine
from covidstation.domain.packs import PaperKind
from covidstation.domain.papers import number_symbol, number_text

_KINDS = frozenset({PaperKind.ISOLATION_ORDER, *packs.ENDING, PaperKind.CONTACT_ORDER, PaperKind.CONTACT_RELEASE})


@dataclass(frozen=True, slots=True)
class ContactEnd:
    """A quarantine whose days are over: what its rule must be asked with."""

    line: MissingLine
    rule: str
    report_date: date
    last_contact_on: date | None
    doses_known: int | None
    last_dose_on: date | None
    recovered_on: date | None
    tests: tuple[PathogenTest, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """`lines` lack something whatever the rules say; the others only when the rule lets them end today."""

    lines: tuple[MissingLine, ...]
    endings: tuple[tuple[MissingLine, Episode], ...]
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
    with db.read() as session:
        episodes = session.execute(_people(EpisodeRow, *_EPISODE).where(_episode_counts(since))).all()
        papers = _papers(session, PaperSubjectRow.episode_id, [row.id for row in episodes])
        lines, over = _of_episodes(episodes, papers, today, ending)
        contacts = session.execute(_people(ContactRow, *_CONTACT).where(_contact_counts(since))).all()
        papers = _papers(session, PaperSubjectRow.contact_id, [row.id for row in contacts])
        more, ended = _of_contacts(contacts, papers, today)
        return Lacking(
            lines=(*lines, *more, *_referrals(session, since)),
            endings=tuple(_with_tests(session, over)),
            releases=tuple(_with_contact_tests(session, ended)),
        )


_EPISODE: Final = (
    EpisodeRow.report_date,
    EpisodeRow.isolation_type,
    EpisodeRow.isolation_start.label("start"),
    EpisodeRow.isolation_until.label("until"),
    EpisodeRow.outcome,
    EpisodeRow.outcome_on,
)
_CONTACT: Final = (
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
_STAY: Final = (HospitalizationRow.episode_id, HospitalizationRow.left_at)


@cache  # building a statement takes longer than running it
def _people(row: type[EpisodeRow] | type[ContactRow] | type[HospitalizationRow], *columns: Any) -> Any:
    """Those columns with the person and the hamlet's words, by name."""
    person = (
        PersonRow.full_name,
        PersonRow.sort_key,
        PersonRow.birth_year,
        PersonRow.birth_month,
        PersonRow.birth_day,
        PersonRow.hamlet_id,
        PersonRow.household_id,
    )
    query = select(row.id, row.person_id, *columns, *person, hamlet_words().label("hamlet"))
    return query.join(PersonRow, PersonRow.id == row.person_id).outerjoin(
        HamletRow, HamletRow.id == PersonRow.hamlet_id
    )


def _episode_counts(since: date) -> ColumnElement[bool]:
    """Open, or recovered lately; a wrong entry and who died or was lost need no paper."""
    is_case = EpisodeRow.classification != CaseClassification.NO_CASE.value
    found = lately_open(since)
    return and_(EpisodeRow.id.in_(found), is_case)


def _contact_counts(since: date) -> ColumnElement[bool]:
    """In quarantine by decision, or released lately; who watches themselves, became a case or was none has no paper."""
    released = and_(
        ContactRow.status == ContactStatus.DROPPED.value,
        ContactRow.end_reason == EndOfQuarantineReason.ASYMPTOMATIC.value,
        ContactRow.ended_on >= since,
    )
    apart = and_(ContactRow.quarantine_type != QuarantineType.NONE.value, ContactRow.quarantine_start.is_not(None))
    return and_(apart, or_(ContactRow.status == ContactStatus.ACTIVE.value, released))


def _papers(session: Session, subject: Any, ids: Collection[UUID]) -> dict[UUID, list[_Paper]]:
    """The valid papers of these illnesses, or contacts."""
    found: dict[UUID, list[_Paper]] = defaultdict(list)
    delivered = is_delivered().correlate(PaperRow).label("delivered")
    query = (
        select(subject, PaperRow.id, PaperRow.kind, PaperRow.number, PaperRow.symbol, PaperRow.issued_on, delivered)
        .join(PaperRow, PaperRow.id == PaperSubjectRow.paper_id)
        .where(PaperRow.voided_at.is_(None), PaperRow.kind.in_([kind.value for kind in _KINDS]))
        .order_by(PaperRow.n)
    )
    for part in _parts(list(ids)):
        for owner, paper_id, kind, number, symbol, day, brought in session.execute(query.where(subject.in_(part))):
            words = number_symbol(number_text(number), symbol)
            found[owner].append(_Paper(paper_id, PaperKind(kind), words, day, brought))
    return found


def _of_episodes(
    rows: Iterable[Any], papers: dict[UUID, list[_Paper]], today: date, ending: PaperKind
) -> tuple[list[MissingLine], list[MissingLine]]:
    lines, over = [], []
    for row in rows:
        fields = _fields(row, row.id, row.start, row.until)
        held = papers.get(row.id, [])
        orders = [paper for paper in held if paper.kind is PaperKind.ISOLATION_ORDER]
        ends = [paper for paper in held if paper.kind in packs.ENDING]
        at_home = row.isolation_type == QuarantineType.HOME.value
        recovered = row.outcome == CaseOutcome.RECOVERED.value
        if at_home and not orders:
            order = PaperKind.ISOLATION_ORDER
            lines.append(MissingLine(kind=MissingKind.ORDER, since=row.report_date, paper=order, **fields))
        lines += _undelivered(MissingKind.ORDER_DELIVERY, orders, fields)
        lines += _undelivered(MissingKind.ENDING_DELIVERY, ends, fields)
        if ends or not (at_home or orders):
            continue
        fields["opening_id"] = orders[-1].id if orders else None
        if recovered:
            lines.append(MissingLine(kind=MissingKind.ENDING, since=row.outcome_on, paper=ending, **fields))
        elif at_home and orders and row.until is not None and row.until < today:
            since = row.until + timedelta(days=1)
            over.append(MissingLine(kind=MissingKind.ENDING, since=since, paper=ending, **fields))
    return lines, over


def _of_contacts(
    rows: Iterable[Any], papers: dict[UUID, list[_Paper]], today: date
) -> tuple[list[MissingLine], list[tuple[MissingLine, Any]]]:
    lines, over = [], []
    order, release = PaperKind.CONTACT_ORDER, PaperKind.CONTACT_RELEASE
    for row in rows:
        fields = _fields(row, row.id, row.start, row.until)
        held = papers.get(row.id, [])
        orders = [paper for paper in held if paper.kind is order]
        ends = [paper for paper in held if paper.kind is release]
        if not orders:
            lines.append(MissingLine(kind=MissingKind.CONTACT_ORDER, since=row.report_date, paper=order, **fields))
        lines += _undelivered(MissingKind.CONTACT_ORDER_DELIVERY, orders, fields)
        lines += _undelivered(MissingKind.CONTACT_RELEASE_DELIVERY, ends, fields)
        if ends:
            continue
        fields["opening_id"] = orders[-1].id if orders else None
        if row.status == ContactStatus.DROPPED.value:
            lines.append(MissingLine(kind=MissingKind.CONTACT_RELEASE, since=row.ended_on, paper=release, **fields))
        elif orders and row.until is not None and row.until < today:
            since = row.until + timedelta(days=1)
            over.append((MissingLine(kind=MissingKind.CONTACT_RELEASE, since=since, paper=release, **fields), row))
    return lines, over


def _fields(row: Any, subject_id: UUID, starts: datetime | None, until: date | None) -> dict[str, Any]:
    return {
        "person_id": row.person_id,
        "full_name": row.full_name,
        "sort_key": row.sort_key,
        "birth": PartialDate(row.birth_year, row.birth_month, row.birth_day) if row.birth_year else None,
        "hamlet_id": row.hamlet_id,
        "hamlet": row.hamlet,
        "household_id": row.household_id,
        "subject_id": subject_id,
        "starts_on": starts.date() if starts else None,
        "until": until,
    }


def _undelivered(kind: MissingKind, papers: Sequence[_Paper], fields: dict[str, Any]) -> list[MissingLine]:
    return [
        MissingLine(
            kind=kind, since=paper.issued_on, paper=paper.kind, paper_id=paper.id, number=paper.number, **fields
        )
        for paper in papers
        if not paper.delivered
    ]


def _referrals(session: Session, since: date) -> list[MissingLine]:
    """Transfers of the last 30 days without their paper; an illness entered by mistake had none."""
    has_paper = exists().where(
        PaperRow.about_id == HospitalizationRow.id,
        PaperRow.kind == PaperKind.REFERRAL.value,
        PaperRow.voided_at.is_(None),
    )
    wrong = exists().where(
        EpisodeRow.id == HospitalizationRow.episode_id, EpisodeRow.classification == CaseClassification.NO_CASE.value
    )
    query = _people(HospitalizationRow, *_STAY).where(
        HospitalizationRow.voided_at.is_(None),
        ~wrong,
        HospitalizationRow.left_at >= datetime.combine(since, time.min),
        ~has_paper,
    )
    return [
        MissingLine(
            kind=MissingKind.REFERRAL,
            since=row.left_at.date(),
            paper=PaperKind.REFERRAL,
            about_id=row.id,
            **_fields(row, row.episode_id, row.left_at, None),
        )
        for row in session.execute(query)
    ]


def _with_tests(session: Session, over: Sequence[MissingLine]) -> list[tuple[MissingLine, Episode]]:
    ids = [line.subject_id for line in over]
    tests = _tests(session, PathogenTestRow.episode_id, ids)
    rows = {
        row.id: row
        for part in _parts(ids)
        for row in session.scalars(select(EpisodeRow).where(EpisodeRow.id.in_(part)))
    }
    found = ((line, rows[line.subject_id]) for line in over)
    return [(line, episode_of(row, tests.get(row.id, ()))) for line, row in found]


def _with_contact_tests(session: Session, over: Sequence[tuple[MissingLine, Any]]) -> list[ContactEnd]:
    tests = _tests(session, PathogenTestRow.contact_id, [row.id for _line, row in over])
    return [
        ContactEnd(
            line=line,
            rule=row.quarantine_rule,
            report_date=row.report_date,
            last_contact_on=row.last_contact_on,
            doses_known=row.doses_known,
            last_dose_on=row.last_dose_on,
            recovered_on=row.recovered_on,
            tests=tuple(test_of(test) for test in tests.get(row.id, ())),
        )
        for line, row in over
    ]


def _tests(session: Session, owner: Any, ids: Sequence[UUID]) -> dict[UUID, list[PathogenTestRow]]:
    found: dict[UUID, list[PathogenTestRow]] = defaultdict(list)
    for part in _parts(ids):
        for row in session.scalars(select(PathogenTestRow).where(owner.in_(part)).order_by(PathogenTestRow.n)):
            found[getattr(row, owner.key)].append(row)
    return found


def _parts(ids: Sequence[UUID], most: int = 500) -> Iterable[Sequence[UUID]]:
    """In parts that SQLite takes as parameters."""
    return (ids[at : at + most] for at in range(0, len(ids), most))


def name_of(db: Database, subject_id: UUID) -> str:
    """Whose illness or contact that is; empty for an unknown one."""
    illness = select(EpisodeRow.person_id).where(EpisodeRow.id == subject_id)
    contact = select(ContactRow.person_id).where(ContactRow.id == subject_id)
    query = select(PersonRow.full_name).where(or_(PersonRow.id.in_(illness), PersonRow.id.in_(contact)))
    with db.read() as session:
        return session.scalars(query).first() or ""
