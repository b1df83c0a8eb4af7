"""Preparing, issuing and voiding papers; the station's book of numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.audit import note
from covidstation.db.ids import new_id
from covidstation.db.queries.episodes import EpisodeFilter, EpisodeState, list_episodes
from covidstation.db.queries.papers import first_number_key, number_after
from covidstation.db.rows import NumberBookRow, PaperRow, PaperSubjectRow, SettingRow, StationRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.packs import (
    OF_CONTACTS,
    OPENING_OF,
    LegalPack,
    PackItem,
    PaperKind,
    Signatory,
    unconfirmed_items,
)
from covidstation.domain.papers import PaperFacts, PaperItem, PaperView, build_view, missing, paper_items, with_number
from covidstation.domain.problems import Problem, errors, too_long
from covidstation.domain.release import may_end
from covidstation.domain.rights import Right
from covidstation.domain.rules import isolation_rule_on
from covidstation.domain.sick_leave import SickLeave
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.i18n import date_text
from covidstation.printing.papers import render
from covidstation.services.changes import Done, Kind, done
from covidstation.services.papers.checks import doses_beyond, doses_told, early_endings, numbers_unsure, refusal_of
from covidstation.services.papers.facts import ending_kind, gather_facts, station_pack, transfer_row
from covidstation.services.papers.files import keep_bytes, paper_pdf, read_file
from covidstation.services.papers.marks import mark_issued, mark_voided
from covidstation.services.papers.subjects import (
    AnySubject,
    ContactSubject,
    PersonSubject,
    Subject,
    load_any,
    load_subjects,
    standing,
)
from covidstation.services.rights import needs
from covidstation.services.rules.versions import station_catalog


@dataclass(frozen=True, slots=True)
class Prepared:
    """A paper that could be issued now: how it would read, what is missing, what nobody has confirmed.

    `refusal` is the sentence's code when it may not be issued at all; `next_number` what it would get.
    """

    kind: PaperKind
    view: PaperView
    problems: tuple[Problem, ...]
    unconfirmed: tuple[PackItem, ...]
    next_number: int
    refusal: str = ""
    items: tuple[PaperItem, ...] = ()  # all that it says, with what is known of it
    leave: SickLeave | None = None  # the days off as they would stand on it


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper with its number and its bytes."""

    id: UUID
    kind: PaperKind
    number: int
    symbol: str
    subjects: tuple[str, ...]
    pdf: bytes


@needs(Right.SEE)
def kind_on(db: Database, catalog: Catalog, day: date, *, ending: bool) -> PaperKind:
    """Which paper opens or ends an isolation under the law of that day."""
    with db.read() as session:
        return ending_kind(station_pack(session, catalog, day)) if ending else PaperKind.ISOLATION_ORDER


@needs(Right.SEE)
def kinds_on(db: Database, catalog: Catalog, day: date) -> tuple[PaperKind, ...]:
    """All papers that the law of that day knows."""
    with db.read() as session:
        return tuple(station_pack(session, catalog, day).papers)


@needs(Right.SEE)
def prepare_paper(
    db: Database,
    kind: PaperKind,
    ids: Sequence[UUID],
    *,
    catalog: Catalog,
    issued_on: date,
    now: datetime,
    about_id: UUID | None = None,
    leave: SickLeave | None = None,
) -> Prepared:
    """Look at a paper before it gets a number; nothing is written. `ids` as for `issue_paper`."""
    with db.read() as session:
        pack = _pack(session, catalog, kind, issued_on)
        subjects = load_any(session, kind, ids)
        facts = gather_facts(
            session, catalog, pack, kind, subjects, issued_on=issued_on, now=now, about_id=about_id, leave=leave
        )
        view = build_view(pack, kind, facts)
        rules = station_catalog(session, catalog).isolation_rules
        return Prepared(
            kind=kind,
            view=view,
            problems=(
                *missing(pack, kind, facts),
                *early_endings(rules, kind, subjects, issued_on),
                *doses_told(facts),
                *doses_beyond(facts),
                *numbers_unsure(session),
            ),
            unconfirmed=tuple(item for item in unconfirmed_items(pack, issued_on) if item.kind in (None, kind)),
            next_number=number_after(session, view.symbol, issued_on.year),
            refusal=refusal_of(session, pack, kind, subjects, issued_on=issued_on, about_id=about_id),
            items=tuple(paper_items(pack, kind, facts)),
            leave=facts.sick_leave,
        )


def preview_pdf(view: PaperView) -> bytes:
    """The paper without a number, missing places marked."""
    return render(view, preview=True)


@needs(Right.ISSUE)
def issue_paper(
    db: Database,
    kind: PaperKind,
    ids: Sequence[UUID],
    *,
    catalog: Catalog,
    issued_on: date,
    by: UUID | None,
    now: datetime,
    about_id: UUID | None = None,
    leave: SickLeave | None = None,
) -> Done[Issued]:
    """Give the next number, make the bytes, keep both with the decision: all in one transaction or nothing.

    `ids` are contacts for the papers of contacts, people for those of `OF_PEOPLE`, illnesses for all others; `about_id`
    is the transfer of a referral, the newest without one; `leave` what was typed for a sick leave. Raises Refused with
    what must be known first; UserError paper.no_kind and the codes of `paper_checks.refusal_of`.
    """
    with db.write(by, now) as session:
        pack = _pack(session, catalog, kind, issued_on)
        subjects = load_any(session, kind, ids)
        refusal = refusal_of(session, pack, kind, subjects, issued_on=issued_on, about_id=about_id)
        if refusal:
            raise UserError(refusal, name=subjects[0].person.full_name)
        facts = gather_facts(
            session, catalog, pack, kind, subjects, issued_on=issued_on, now=now, about_id=about_id, leave=leave
        )
        view, pdf = _made(session, pack, kind, facts)
        paper_id = _keep(session, view, pdf, subjects, pack, now, _about(session, kind, subjects[0], about_id))
        mark_issued(session, kind, subjects, view, catalog=catalog)
        note(session, AuditAction.ISSUE, subject=paper_id, detail={"what": kind.value})
        names = tuple(subject.person.full_name for subject in subjects)
        issued = Issued(paper_id, kind, view.number or 0, view.symbol, names, pdf)
    return done(issued, Kind.PAPERS, Kind.CONTACTS if kind in OF_CONTACTS else Kind.EPISODES)


def _pack(session: Session, catalog: Catalog, kind: PaperKind, day: date) -> LegalPack:
    """The pack of that day. Raises UserError paper.no_kind when its law knows no such paper."""
    pack = station_pack(session, catalog, day)
    if kind not in pack.papers:
        raise UserError("paper.no_kind", day=date_text(day))
    return pack


def _made(session: Session, pack: LegalPack, kind: PaperKind, facts: PaperFacts) -> tuple[PaperView, bytes]:
    """The view with its number, and its bytes. Raises Refused."""
    found = errors(missing(pack, kind, facts))
    if found:
        raise Refused(found)
    view = build_view(pack, kind, facts)
    view = with_number(view, number_after(session, view.symbol, facts.issued_on.year))
    return view, render(view)


def _about(session: Session, kind: PaperKind, first: AnySubject, about_id: UUID | None) -> UUID | None:
    """The transfer of a referral, the (first) contact of a contact's paper."""
    if isinstance(first, ContactSubject):
        return first.contact.id
    if isinstance(first, PersonSubject):
        return None
    row = transfer_row(session, first.episode.id, about_id) if kind is PaperKind.REFERRAL else None
    return row.id if row else None


def _keep(
    session: Session,
    view: PaperView,
    pdf: bytes,
    subjects: Sequence[AnySubject],
    pack: LegalPack,
    now: datetime,
    about_id: UUID | None,
) -> UUID:
    station = session.scalars(select(StationRow)).one()
    by_head = pack.paper(view.kind).signed_by is Signatory.HEAD_OF_STATION
    assert view.number is not None
    opening = standing(session, subjects[0], OPENING_OF[view.kind]) if view.kind in OPENING_OF else None
    paper = PaperRow(
        id=new_id(),
        kind=view.kind.value,
        pack_id=view.pack,
        symbol=view.symbol,
        year=view.issued_on.year,
        number=view.number,
        issued_on=view.issued_on,
        issued_at=now.replace(microsecond=0, tzinfo=None),
        signer_name=view.signer,
        signer_title=station.head_title if by_head else station.chairman_title,
        view=json.loads(view.to_json()),
        content_hash=view.content_hash,
        file_hash=keep_bytes(session, pdf),
        opens_id=opening.id if opening else None,
        about_id=about_id,
    )
    session.add(paper)
    session.add(NumberBookRow(symbol=paper.symbol, year=paper.year, number=paper.number, paper_id=paper.id))
    for subject in subjects:
        row = PaperSubjectRow(id=new_id(), paper_id=paper.id, person_id=subject.person.id)
        row.episode_id = subject.episode.id if isinstance(subject, Subject) else None
        row.contact_id = subject.contact.id if isinstance(subject, ContactSubject) else None
        session.add(row)
    return paper.id


@needs(Right.ISSUE)
def void_paper(db: Database, paper_id: UUID, reason: str, *, by: UUID | None, now: datetime) -> Done[None]:
    """Take a paper back; its number and its line stay in the book. Raises UserError paper.void_reason, Refused."""
    reason = clean(reason)
    if not reason:
        raise UserError("paper.void_reason")
    if found := too_long("reason", reason, TEXT_LIMIT):
        raise Refused(found)
    with db.write(by, now) as session:
        row = session.scalars(select(PaperRow).where(PaperRow.id == paper_id)).first()
        if row is None:
            raise UserError("paper.unknown")
        if row.voided_at is not None:
            raise UserError("paper.already_void")
        row.voided_at, row.void_reason = now.replace(microsecond=0, tzinfo=None), reason
        mark_voided(session, row)
        kind = PaperKind(row.kind)
        note(session, AuditAction.ISSUE, subject=row.id, detail={"what": "void", "kind": row.kind})
    return done(None, Kind.PAPERS, Kind.CONTACTS if kind in OF_CONTACTS else Kind.EPISODES)


@needs(Right.MANAGE)
def start_book_at(db: Database, symbol: str, year: int, number: int, *, by: UUID | None, now: datetime) -> Done[None]:
    """Go on from a book kept on paper: the next number is at least this one. Raises UserError paper.book_number."""
    with db.write(by, now) as session:
        if not number_after(session, symbol, year) <= number < 1_000_000:
            raise UserError("paper.book_number", least=number_after(session, symbol, year))
        key = first_number_key(symbol, year)
        session.merge(SettingRow(key=key, value=number, changed_at=now.replace(tzinfo=None)))
        note(session, AuditAction.ISSUE, detail={"what": "book_start", "n": number, "symbol": symbol})
    return done(None, Kind.PAPERS)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Someone whose paper could not be issued, and why."""

    name: str
    trouble: UserError
    episode_id: UUID  # the contact's, for the papers of contacts


@needs(Right.SEE)
def missing_papers(db: Database, *, ending: bool, catalog: Catalog, today: date) -> list[UUID]:
    """The illnesses that wait for their paper: all without an order, or those that may end by the rule in force."""
    state = EpisodeState.READY_TO_END if ending else EpisodeState.NEEDS_ORDER
    found = list_episodes(db, EpisodeFilter(state), today=today)
    lines = found.lines(0, len(found))
    if not ending:
        return [line.id for line in lines]
    with db.read() as session:
        subjects = load_subjects(session, [line.id for line in lines])
        catalog = station_catalog(session, catalog)
    return [
        subject.episode.id
        for subject in subjects
        if may_end(subject.value, isolation_rule_on(catalog.isolation_rules, subject.episode.report_date), today)
    ]


@needs(Right.ISSUE)
def issue_missing(
    db: Database, *, ending: bool, catalog: Catalog, by: UUID | None, now: datetime
) -> Iterator[Issued | Skipped]:
    """Issue every missing paper, each in its own transaction, so that one that cannot be made stops no other."""
    kind = kind_on(db, catalog, now.date(), ending=ending)
    for episode_id in missing_papers(db, ending=ending, catalog=catalog, today=now.date()):
        yield issue_one(db, kind, episode_id, catalog=catalog, by=by, now=now)


@needs(Right.ISSUE)
def issue_one(
    db: Database, kind: PaperKind, one: UUID, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Issued | Skipped:
    """Issue the paper of one illness (or contact, for the papers of contacts), or say why not."""
    try:
        return issue_paper(db, kind, [one], catalog=catalog, issued_on=now.date(), by=by, now=now).value
    except UserError as trouble:
        with db.read() as session:
            name = load_any(session, kind, [one])[0].person.full_name
        return Skipped(name, trouble, one)


__all__ = [
    "Issued", "Prepared", "Skipped", "ending_kind", "issue_missing", "issue_one", "issue_paper", "kind_on", "kinds_on",
    "missing_papers", "paper_pdf", "prepare_paper", "preview_pdf", "read_file", "start_book_at", "void_paper",
]  # fmt: skip
