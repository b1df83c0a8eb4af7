"""The calls, the visits of the months after and the hours of isolations that are due in the whole station."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import EpisodeRow, FollowUpRow, HamletRow, PersonRow, PhoneCallRow
from covidstation.db.session import Database
from covidstation.domain.care import FollowUpStatus, VisitMeans
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome, QuarantineType


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDue:
    """Somebody for whom something is due."""

    person_id: UUID
    episode_id: UUID | None
    full_name: str
    birth: PartialDate | None
    hamlet: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDue(PersonDue):
    """A call promised for `next_at`; `summary` is what was said the last time."""

    call_id: UUID
    contact_id: UUID | None
    next_at: datetime
    last_at: datetime
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDue(PersonDue):
    """A visit or call of the months after that is due on `due_on`."""

    id: UUID
    due_on: date
    means: VisitMeans
    recovered_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursOpen(PersonDue):
    """An isolation at home whose steps are not all done."""

    report_date: date
    found_at: datetime
    proposed_at: datetime | None
    decided_at: datetime | None
    told_at: datetime | None


_PERSON = (
    PersonRow.full_name,
    PersonRow.birth_year,
    PersonRow.birth_month,
    PersonRow.birth_day,
    PersonRow.phone,
)


def _who(row: Any) -> dict[str, Any]:
    birth = PartialDate(row.birth_year, row.birth_month, row.birth_day) if row.birth_year else None
    names = ("person_id", "episode_id", "full_name", "hamlet", "phone")
    return {name: getattr(row, name) for name in names} | {"birth": birth}


def _placed(query: Any, row: Any) -> Select[Any]:
    """The query with the person and the hamlet of its rows."""
    joined: Select[Any] = query.join(PersonRow, PersonRow.id == row.person_id).outerjoin(
        HamletRow, HamletRow.id == PersonRow.hamlet_id
    )
    return joined


def calls_due(db: Database, until: datetime) -> tuple[CallDue, ...]:
    """Calls promised for `until` (wall clock) or earlier, the oldest promise first.

    A promise is kept by a later call to the same person, and ends with the illness that it was made in.
    """
    later, voider = aliased(PhoneCallRow), aliased(PhoneCallRow)
    followed = select(later.n).where(
        later.person_id == PhoneCallRow.person_id,
        later.voids.is_(None),
        or_(later.at > PhoneCallRow.at, (later.at == PhoneCallRow.at) & (later.n > PhoneCallRow.n)),
        later.id.not_in(select(voider.voids).where(voider.voids.is_not(None))),
    )
    voided = select(voider.n).where(voider.voids == PhoneCallRow.id)
    query = (
        _placed(select(PhoneCallRow, *_PERSON, hamlet_words().label("hamlet")), PhoneCallRow)
        .outerjoin(EpisodeRow, EpisodeRow.id == PhoneCallRow.episode_id)
        .where(
            PhoneCallRow.next_at <= until,
            PhoneCallRow.voids.is_(None),
            or_(PhoneCallRow.episode_id.is_(None), EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value),
            ~followed.exists(),
            ~voided.exists(),
            PersonRow.moved_to.is_(None),
        )
        .order_by(PhoneCallRow.next_at, PhoneCallRow.n)
    )
    with db.read() as session:
        return tuple(_call_due(row) for row in session.execute(query))


def _call_due(row: Any) -> CallDue:
    call = row.PhoneCallRow
    birth = PartialDate(row.birth_year, row.birth_month, row.birth_day) if row.birth_year else None
    return CallDue(
        person_id=call.person_id,
        episode_id=call.episode_id,
        full_name=row.full_name,
        birth=birth,
        hamlet=row.hamlet,
        phone=row.phone,
        call_id=call.id,
        contact_id=call.contact_id,
        next_at=call.next_at,
        last_at=call.at,
        summary=call.summary,
    )


def due_follow_ups(db: Database, day: date) -> tuple[FollowUpDue, ...]:
    """What the plans of the months after ask for on that day or asked for earlier, the oldest first."""
    columns = (FollowUpRow.id, FollowUpRow.person_id, FollowUpRow.episode_id, FollowUpRow.due_on, FollowUpRow.means)
    query = (
        _placed(select(*columns, *_PERSON, hamlet_words().label("hamlet"), EpisodeRow.outcome_on), FollowUpRow)
        .join(EpisodeRow, EpisodeRow.id == FollowUpRow.episode_id)
        .where(FollowUpRow.status == FollowUpStatus.PENDING.value, FollowUpRow.due_on <= day)
        .where(PersonRow.moved_to.is_(None))
        .order_by(FollowUpRow.due_on, PersonRow.sort_key)
    )
    with db.read() as session:
        return tuple(
            FollowUpDue(
                id=row.id, due_on=row.due_on, means=VisitMeans(row.means), recovered_on=row.outcome_on, **_who(row)
            )
            for row in session.execute(query)
        )


def hours_open(db: Database) -> tuple[HoursOpen, ...]:
    """Isolations at home, still open, that were found at a known hour and not yet told, the oldest first."""
    steps = (EpisodeRow.report_date, EpisodeRow.found_at, EpisodeRow.proposed_at, EpisodeRow.decided_at)
    columns = (EpisodeRow.id.label("episode_id"), EpisodeRow.person_id, *steps, EpisodeRow.told_at)
    query = (
        _placed(select(*columns, *_PERSON, hamlet_words().label("hamlet")), EpisodeRow)
        .where(
            EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value,
            EpisodeRow.isolation_type == QuarantineType.HOME.value,
            EpisodeRow.found_at.is_not(None),
            EpisodeRow.told_at.is_(None),
            PersonRow.moved_to.is_(None),
        )
        .order_by(EpisodeRow.found_at)
    )
    names = ("report_date", "found_at", "proposed_at", "decided_at", "told_at")
    with db.read() as session:
        found = session.execute(query).all()
    return tuple(HoursOpen(**_who(row), **{name: getattr(row, name) for name in names}) for row in found)
