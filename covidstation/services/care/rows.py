"""What the acts of care share: the illness inside a transaction, what its form was opened on, its papers and alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.mapping import episode_of
from covidstation.db.rows import EpisodeRow, PaperRow, PaperSubjectRow, PathogenTestRow, VisitRow
from covidstation.domain.episodes import CaseOutcome, Episode, first_positive
from covidstation.domain.monitoring import Visit
from covidstation.errors import UserError

_DECIDED: Final = (
    "classification",
    "outcome",
    "outcome_on",
    "isolation_type",
    "isolation_start",
    "isolation_days",
    "isolation_end_reason",
)
"""What a decision about an illness changes: when one of these differs from what the form showed, it is seen first."""


def wall(moment: datetime) -> datetime:
    """The station's wall clock, to the second, as rows keep it."""
    return moment.replace(microsecond=0, tzinfo=None)


def episode_in(session: Session, episode_id: UUID) -> tuple[EpisodeRow, Episode]:
    """The illness with its tests. Raises UserError episodes.unknown."""
    row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
    if row is None:
        raise UserError("episodes.unknown")
    return row, value_of(session, row)


def value_of(session: Session, row: EpisodeRow) -> Episode:
    """The row as it stands now."""
    tests = session.scalars(select(PathogenTestRow).where(PathogenTestRow.episode_id == row.id))
    return episode_of(row, tests)


def check_seen(current: Episode, seen: Episode | None) -> None:
    """Raise UserError care.changed_meanwhile when somebody decided something since the form was opened on `seen`."""
    if seen is not None and any(getattr(current, name) != getattr(seen, name) for name in _DECIDED):
        raise UserError("care.changed_meanwhile")


def begun_on(episode: Episode) -> date | None:
    """The first day that the illness can have: its onset, its first positive test, else its report."""
    positive = first_positive(episode.tests)
    days = [day for day in (episode.onset_date, positive.sampled_on if positive else None) if day]
    return min(days, default=episode.report_date)


def begun_at(episode: Episode) -> datetime | None:
    """The first hour of that day."""
    day = begun_on(episode)
    return datetime.combine(day, time()) if day else None


def died_on(episode: Episode) -> date | None:
    """The day of a death, None for the living."""
    return episode.outcome_on if episode.outcome is CaseOutcome.DECEASED else None


def refuse_ended(episode: Episode) -> None:
    """Raise UserError care.already_ended for an illness that has its outcome."""
    if episode.outcome is not CaseOutcome.NO_OUTCOME:
        raise UserError("care.already_ended")


def refuse_papers(
    session: Session, *, episode_id: UUID | None = None, about_id: UUID | None = None, kinds: Sequence[str] = ()
) -> None:
    """Raise UserError care.paper_first when a valid paper (of these kinds, or any) stands on what is to be undone."""
    query = select(PaperRow.number, PaperRow.symbol).where(PaperRow.voided_at.is_(None))
    if about_id is not None:
        query = query.where(PaperRow.about_id == about_id)
    else:
        query = query.join(PaperSubjectRow, PaperSubjectRow.paper_id == PaperRow.id).where(
            PaperSubjectRow.episode_id == episode_id
        )
    if kinds:
        query = query.where(PaperRow.kind.in_(kinds))
    found = session.execute(query.order_by(PaperRow.n)).first()
    if found is not None:
        raise UserError("care.paper_first", number=f"{found.number:02d}/{found.symbol}")


def visit_row(visit: Visit) -> VisitRow:
    """A check as a new row."""
    return VisitRow(
        id=visit.id,
        person_id=visit.person_id,
        episode_id=visit.episode_id,
        at=visit.at,
        day=visit.day,
        round=visit.round.value,
        status=visit.status.value,
        means=visit.means.value,
        reason=visit.reason,
        **asdict(visit.vitals),
        symptoms=sorted(visit.symptoms),
        signs_asked=visit.signs_asked,
        note=visit.note,
        guideline=visit.guideline,
        level=visit.level.value if visit.level else "",
        by_name=visit.by_name,
        voids=visit.voids,
    )
