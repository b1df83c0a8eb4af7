"""Preparing, issuing, voiding and reprinting papers; the station's book of numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.episodes import EpisodeFilter, EpisodeState, list_episodes
from covidstation.db.queries.papers import first_number_key, number_after
from covidstation.db.rows import (
    NumberBookRow,
    PackEditRow,
    PaperChunkRow,
    PaperFileRow,
    PaperRow,
    PaperSubjectRow,
    SettingRow,
    StationRow,
)
from covidstation.db.session import Database
from covidstation.domain.episodes import CaseOutcome, EndOfIsolationReason
from covidstation.domain.packs import (
    ENDING,
    LegalPack,
    PackEdit,
    PackItem,
    PaperKind,
    Signatory,
    check_edit,
    editable_items,
    unconfirmed_items,
)
from covidstation.domain.papers import PaperItem, PaperView, build_view, missing, paper_items, with_number
from covidstation.domain.problems import Problem, errors
from covidstation.domain.release import may_end
from covidstation.domain.rules import isolation_rule_on
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.printing.compact import join, split
from covidstation.printing.papers import render
from covidstation.services.changes import Done, Kind, done
from covidstation.services.paper_facts import (
    Subject,
    ending_kind,
    gather_facts,
    load_subjects,
    opening_paper,
    station_pack,
)


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


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper with its number and its bytes."""

    id: UUID
    kind: PaperKind
    number: int
    symbol: str
    subjects: tuple[str, ...]
    pdf: bytes


def kind_on(db: Database, catalog: Catalog, day: date, *, ending: bool) -> PaperKind:
    """Which paper opens or ends an isolation under the law of that day."""
    with db.read() as session:
        return ending_kind(station_pack(session, catalog, day)) if ending else PaperKind.ISOLATION_ORDER


def prepare_paper(
    db: Database, kind: PaperKind, episode_ids: Sequence[UUID], *, catalog: Catalog, issued_on: date, now: datetime
) -> Prepared:
    """Look at a paper before it gets a number; nothing is written."""
    with db.read() as session:
        pack = station_pack(session, catalog, issued_on)
        subjects = _subjects(session, episode_ids)
        facts = gather_facts(session, catalog, pack, kind, subjects, issued_on=issued_on, now=now)
        view = build_view(pack, kind, facts)
        return Prepared(
            kind=kind,
            view=view,
            problems=tuple(missing(pack, kind, facts)),
            unconfirmed=tuple(item for item in unconfirmed_items(pack, issued_on) if item.kind in (None, kind)),
            next_number=number_after(session, view.symbol, issued_on.year),
            refusal=_refusal(session, pack, kind, subjects),
            items=tuple(paper_items(pack, kind, facts)),
        )


def preview_pdf(view: PaperView) -> bytes:
    """The paper without a number, missing places marked."""
    return render(view, preview=True)


def issue_paper(
    db: Database,
    kind: PaperKind,
    episode_ids: Sequence[UUID],
    *,
    catalog: Catalog,
    issued_on: date,
    by: UUID | None,
    now: datetime,
) -> Done[Issued]:
    """Give the next number, make the bytes, keep both with the decision: all in one transaction or nothing.

    Raises Refused with what must be known first; UserError paper.home_isolation_ask, paper.home_isolation_no,
    paper.has_order, paper.has_ending, paper.other_start.
    """
    with db.write(by, now) as session:
        pack = station_pack(session, catalog, issued_on)
        subjects = _subjects(session, episode_ids)
        refusal = _refusal(session, pack, kind, subjects)
        if refusal:
            raise UserError(refusal, name=subjects[0].person.full_name)
        facts = gather_facts(session, catalog, pack, kind, subjects, issued_on=issued_on, now=now)
        found = errors(missing(pack, kind, facts))
        if found:
            raise Refused(found)
        view = build_view(pack, kind, facts)
        number = number_after(session, view.symbol, issued_on.year)
        view = with_number(view, number)
        pdf = render(view)
        paper_id = _keep(session, view, pdf, subjects, pack, now)
        _mark_episodes(kind, subjects, view, issued_on)
        names = tuple(subject.person.full_name for subject in subjects)
        issued = Issued(paper_id, kind, number, view.symbol, names, pdf)
        return done(issued, Kind.PAPERS, Kind.EPISODES)


def _subjects(session: Session, episode_ids: Sequence[UUID]) -> list[Subject]:
    if not episode_ids:
        raise UserError("paper.no_subject")
    return load_subjects(session, episode_ids)


def _refusal(session: Session, pack: LegalPack, kind: PaperKind, subjects: Sequence[Subject]) -> str:
    """The code of what forbids the paper, empty for nothing."""
    days = {(_day(subject.episode.isolation_start), subject.episode.isolation_until) for subject in subjects}
    if len(days) > 1:
        return "paper.other_start"
    if kind is PaperKind.ISOLATION_ORDER:
        if pack.home_isolation.answer == "ask":
            setting = session.get(SettingRow, "home_isolation")
            answer = str(setting.value) if setting else "ask"
            if answer != "yes":
                return f"paper.home_isolation_{answer}"
        if any(opening_paper(session, subject.episode.id) for subject in subjects):
            return "paper.has_order"
    elif any(_has_ending(session, subject.episode.id) for subject in subjects):
        return "paper.has_ending"
    return ""


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _has_ending(session: Session, episode_id: UUID) -> bool:
    query = (
        select(func.count())
        .select_from(PaperRow)
        .join(PaperSubjectRow, PaperSubjectRow.paper_id == PaperRow.id)
        .where(PaperSubjectRow.episode_id == episode_id, PaperRow.kind.in_(ENDING), PaperRow.voided_at.is_(None))
    )
    return bool(session.scalar(query))


def _keep(
    session: Session, view: PaperView, pdf: bytes, subjects: Sequence[Subject], pack: LegalPack, now: datetime
) -> UUID:
    station = session.scalars(select(StationRow)).one()
    by_head = pack.paper(view.kind).signed_by is Signatory.HEAD_OF_STATION
    assert view.number is not None
    opening = opening_paper(session, subjects[0].episode.id) if view.kind in ENDING else None
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
        file_hash=_keep_file(session, pdf),
        opens_id=opening.id if opening else None,
    )
    session.add(paper)
    session.add(NumberBookRow(symbol=paper.symbol, year=paper.year, number=paper.number, paper_id=paper.id))
    for subject in subjects:
        session.add(
            PaperSubjectRow(id=new_id(), paper_id=paper.id, person_id=subject.person.id, episode_id=subject.episode.id)
        )
    return paper.id


def _keep_file(session: Session, pdf: bytes) -> str:
    skeleton, chunks = split(pdf)
    for name, data in chunks.items():
        if session.get(PaperChunkRow, name) is None:
            session.add(PaperChunkRow(hash=name, data=data))
    file_hash = sha256(pdf).hexdigest()
    if session.get(PaperFileRow, file_hash) is None:
        session.add(PaperFileRow(file_hash=file_hash, skeleton=skeleton))
    return file_hash


def _mark_episodes(kind: PaperKind, subjects: Sequence[Subject], view: PaperView, issued_on: date) -> None:
    for subject in subjects:
        row = subject.episode
        if kind in ENDING:
            if row.outcome == CaseOutcome.NO_OUTCOME.value:
                row.outcome = CaseOutcome.RECOVERED.value
                row.outcome_on = issued_on
            row.isolation_end_reason = row.isolation_end_reason or EndOfIsolationReason.RECOVERED.value
        elif row.decided_at is None:
            row.decided_at = view.decided_at


def paper_pdf(db: Database, paper_id: UUID) -> bytes:
    """The bytes that were printed, the same for ever. Raises UserError paper.unknown, paper.damaged."""
    with db.read() as session:
        file_hash = session.scalars(select(PaperRow.file_hash).where(PaperRow.id == paper_id)).first()
        if file_hash is None:
            raise UserError("paper.unknown")
        return read_file(session, file_hash)


def read_file(session: Session, file_hash: str) -> bytes:
    """Join a paper's bytes and compare them with their hash. Raises UserError paper.damaged."""
    row = session.get(PaperFileRow, file_hash)
    if row is None:
        raise UserError("paper.damaged")
    chunks = _Chunks(session)
    pdf = join(row.skeleton, chunks)
    if sha256(pdf).hexdigest() != file_hash:
        raise UserError("paper.damaged")
    return pdf


class _Chunks(dict[str, bytes]):
    """The shared streams, fetched when `join` asks for one."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def __missing__(self, name: str) -> bytes:
        row = self._session.get(PaperChunkRow, name)
        if row is None:
            raise UserError("paper.damaged")
        return row.data


def void_paper(db: Database, paper_id: UUID, reason: str, *, by: UUID | None, now: datetime) -> Done[None]:
    """Take a paper back; its number and its line stay in the book. Raises UserError paper.void_reason."""
    reason = clean(reason)
    if not reason:
        raise UserError("paper.void_reason")
    with db.write(by, now) as session:
        row = session.scalars(select(PaperRow).where(PaperRow.id == paper_id)).first()
        if row is None:
            raise UserError("paper.unknown")
        if row.voided_at is not None:
            raise UserError("paper.already_void")
        row.voided_at, row.void_reason = now.replace(microsecond=0, tzinfo=None), reason[:500]
        if row.kind in ENDING:
            _reopen(session, row)
        else:
            _undecide(session, row)
    return done(None, Kind.PAPERS, Kind.EPISODES)


def _illnesses(session: Session, paper: PaperRow) -> list[UUID]:
    """The illnesses that a paper speaks of."""
    found = session.scalars(select(PaperSubjectRow.episode_id).where(PaperSubjectRow.paper_id == paper.id))
    return [episode_id for episode_id in found if episode_id is not None]


def _reopen(session: Session, paper: PaperRow) -> None:
    """An illness that only this paper ended is open again."""
    ids = _illnesses(session, paper)
    for subject in load_subjects(session, ids):
        row = subject.episode
        if row.outcome == CaseOutcome.RECOVERED.value and row.outcome_on == paper.issued_on:
            row.outcome, row.outcome_on, row.isolation_end_reason = CaseOutcome.NO_OUTCOME.value, None, None


def _undecide(session: Session, paper: PaperRow) -> None:
    """The hour of a decision goes with it; the next decision has its own."""
    decided = PaperView.from_json(json.dumps(paper.view)).decided_at
    ids = _illnesses(session, paper)
    for subject in load_subjects(session, ids):
        if decided is not None and subject.episode.decided_at == decided:
            subject.episode.decided_at = None


def start_book_at(db: Database, symbol: str, year: int, number: int, *, by: UUID | None, now: datetime) -> Done[None]:
    """Go on from a book kept on paper: the next number is at least this one. Raises UserError paper.book_number."""
    with db.write(by, now) as session:
        if not number_after(session, symbol, year) <= number < 1_000_000:
            raise UserError("paper.book_number", least=number_after(session, symbol, year))
        key = first_number_key(symbol, year)
        session.merge(SettingRow(key=key, value=number, changed_at=now.replace(tzinfo=None)))
    return done(None, Kind.PAPERS)


def edit_pack(
    db: Database, pack_id: str, path: str, edit: PackEdit, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[None]:
    """Change one text of a pack for this station; issued papers keep theirs. Raises Refused."""
    pack = next(pack for pack in catalog.packs if pack.id == pack_id)
    found = errors(check_edit(pack, path, edit))
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        moment = now.replace(microsecond=0, tzinfo=None)
        session.add(
            PackEditRow(
                id=new_id(), pack_id=pack_id, path=path, text=edit.text, confirmed=edit.confirmed, edited_at=moment
            )
        )
    return done(None, Kind.PAPERS)


def pack_items(db: Database, catalog: Catalog, day: date) -> tuple[LegalPack, tuple[PackItem, ...]]:
    """The pack of a day and its texts as the station has them, for the settings page."""
    with db.read() as session:
        pack = station_pack(session, catalog, day)
        return pack, editable_items(pack)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Someone whose paper could not be issued, and why."""

    name: str
    trouble: UserError
    episode_id: UUID


def missing_papers(db: Database, *, ending: bool, catalog: Catalog, today: date) -> list[UUID]:
    """The illnesses that wait for their paper: all without an order, or those that may end by the rule in force."""
    state = EpisodeState.READY_TO_END if ending else EpisodeState.NEEDS_ORDER
    found = list_episodes(db, EpisodeFilter(state), today=today)
    lines = found.lines(0, len(found))
    if not ending:
        return [line.id for line in lines]
    with db.read() as session:
        subjects = load_subjects(session, [line.id for line in lines])
    return [
        subject.episode.id
        for subject in subjects
        if may_end(subject.value, isolation_rule_on(catalog.isolation_rules, subject.episode.report_date), today)
    ]


def issue_missing(
    db: Database, *, ending: bool, catalog: Catalog, by: UUID | None, now: datetime
) -> Iterator[Issued | Skipped]:
    """Issue every missing paper, each in its own transaction, so that one that cannot be made stops no other."""
    kind = kind_on(db, catalog, now.date(), ending=ending)
    for episode_id in missing_papers(db, ending=ending, catalog=catalog, today=now.date()):
        yield issue_one(db, kind, episode_id, catalog=catalog, by=by, now=now)


def issue_one(
    db: Database, kind: PaperKind, episode_id: UUID, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Issued | Skipped:
    """Issue one person's paper, or say why not."""
    try:
        return issue_paper(db, kind, [episode_id], catalog=catalog, issued_on=now.date(), by=by, now=now).value
    except UserError as trouble:
        with db.read() as session:
            name = load_subjects(session, [episode_id])[0].person.full_name
        return Skipped(name, trouble, episode_id)
