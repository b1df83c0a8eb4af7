"""What an issued paper makes of the illness or the contact it speaks of, and how a voided one takes that back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.rows import EpisodeRow, PaperRow, PaperSubjectRow
from covidstation.domain.care import ContactStatus, EndOfQuarantineReason
from covidstation.domain.episodes import CaseClassification, CaseOutcome, EndOfIsolationReason
from covidstation.domain.packs import ENDING, PaperKind
from covidstation.domain.papers import PaperView
from covidstation.services.care.contact_ends import end_in, reopen_in
from covidstation.services.care.follow_up import plan_follow_up_in, remove_follow_up_in
from covidstation.services.papers.subjects import (
    AnySubject,
    ContactSubject,
    PersonSubject,
    Subject,
    load_contacts,
    load_subjects,
)


def mark_issued(
    session: Session, kind: PaperKind, subjects: Sequence[AnySubject], view: PaperView, *, catalog: Catalog
) -> None:
    """An ending paper ends the isolation of its people, a release the quarantine; a decision has its hour."""
    for subject in subjects:
        if isinstance(subject, ContactSubject):
            if kind is PaperKind.CONTACT_RELEASE:
                end_in(session, subject.contact, view.issued_on)
        elif isinstance(subject, PersonSubject):
            continue
        elif kind in ENDING:
            _end(session, subject, view.issued_on, catalog)
        elif kind is PaperKind.ISOLATION_ORDER and subject.episode.decided_at is None:
            subject.episode.decided_at = view.decided_at


def _end(session: Session, subject: Subject, day: date, catalog: Catalog) -> None:
    row = subject.episode
    if row.outcome == CaseOutcome.NO_OUTCOME.value:
        row.outcome, row.outcome_on = CaseOutcome.RECOVERED.value, day
        plan_follow_up_in(session, row, catalog=catalog)
    row.isolation_end_reason = row.isolation_end_reason or EndOfIsolationReason.RECOVERED.value


def mark_voided(session: Session, paper: PaperRow) -> None:
    """Take back what that paper alone did."""
    episodes, contacts = _whom(session, paper)
    if paper.kind == PaperKind.CONTACT_RELEASE.value:
        _quarantine_again(session, paper, load_contacts(session, contacts))
    elif paper.kind in ENDING:
        _reopen(session, paper, load_subjects(session, episodes))
    elif paper.kind == PaperKind.ISOLATION_ORDER.value:
        _undecide(paper, load_subjects(session, episodes))


def _whom(session: Session, paper: PaperRow) -> tuple[list[UUID], list[UUID]]:
    """The illnesses and the contacts that a paper speaks of."""
    rows = session.scalars(select(PaperSubjectRow).where(PaperSubjectRow.paper_id == paper.id)).all()
    return [row.episode_id for row in rows if row.episode_id], [row.contact_id for row in rows if row.contact_id]


def _quarantine_again(session: Session, paper: PaperRow, subjects: Sequence[ContactSubject]) -> None:
    """A quarantine that this paper ended goes on."""
    ended = (ContactStatus.DROPPED.value, EndOfQuarantineReason.ASYMPTOMATIC.value, paper.issued_on)
    for subject in subjects:
        row = subject.contact
        if (row.status, row.end_reason, row.ended_on) == ended and not _ill_or_dead(session, row.person_id):
            reopen_in(session, row)


def _reopen(session: Session, paper: PaperRow, subjects: Sequence[Subject]) -> None:
    """An illness that only this paper ended is open again."""
    for subject in subjects:
        row = subject.episode
        alone = row.outcome == CaseOutcome.RECOVERED.value and row.outcome_on == paper.issued_on
        if alone and not _ill_or_dead(session, row.person_id):
            row.outcome, row.outcome_on, row.isolation_end_reason = CaseOutcome.NO_OUTCOME.value, None, None
            remove_follow_up_in(session, episode_id=row.id)


def _ill_or_dead(session: Session, person_id: UUID) -> bool:
    """Whether nothing older can go on, because the person fell ill again or died; the paper is then merely missing."""
    query = select(EpisodeRow.n).where(
        EpisodeRow.person_id == person_id,
        EpisodeRow.outcome.in_((CaseOutcome.NO_OUTCOME.value, CaseOutcome.DECEASED.value)),
        EpisodeRow.classification != CaseClassification.NO_CASE.value,
    )
    return session.scalars(query).first() is not None


def _undecide(paper: PaperRow, subjects: Sequence[Subject]) -> None:
    """The hour of a decision goes with it; the next decision has its own."""
    decided = PaperView.from_json(json.dumps(paper.view)).decided_at
    for subject in subjects:
        if decided is not None and subject.episode.decided_at == decided:
            subject.episode.decided_at = None
