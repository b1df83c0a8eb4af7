"""Who saw, changed, printed and carried away what: pages of the record, with names instead of ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from covidstation.db.queries.station import User
from covidstation.db.rows import AuditRow, PaperRow, PaperSubjectRow, PersonRow, UserRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.papers import number_symbol, number_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditWanted:
    """Which entries. Days are those of the PC, both included; `people` None: of anybody, empty: of nobody found."""

    people: tuple[UUID, ...] | None = None
    user: UUID | None = None
    actions: tuple[AuditAction, ...] = ()  # none: all
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry. `at` is UTC; `who` is empty for whoever held the recovery code and for the program itself.

    `subject` names the person, the paper (`12/QĐ-TYT`) or the user; empty when the entry is about nobody, or when that
    record is no longer there.
    """

    seq: int
    at: datetime
    actor: UUID
    who: str
    action: str
    subject_id: UUID | None = None
    subject: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditList:
    """What was wanted, counted once: entries made meanwhile do not move the others."""

    wanted: AuditWanted
    total: int
    newest: int


def audit_list(db: Database, wanted: AuditWanted) -> AuditList:
    """Count the entries that are wanted."""
    with db.read() as session:
        query = select(func.count(), func.max(AuditRow.seq)).where(*_chosen(wanted))
        total, newest = session.execute(query).one()
        return AuditList(wanted, total, newest or 0)


def audit_lines(db: Database, found: AuditList, offset: int, limit: int) -> tuple[AuditLine, ...]:
    """Some of them, the newest first."""
    with db.read() as session:
        query = select(AuditRow).where(*_chosen(found.wanted), AuditRow.seq <= found.newest)
        rows = session.scalars(query.order_by(AuditRow.seq.desc()).offset(offset).limit(limit)).all()
        return tuple(_lines(session, rows))


def all_users(db: Database) -> list[User]:
    """Everyone who ever had a key, those who may no longer unlock too: their entries stay."""
    with db.read() as session:
        return [User(row.id, row.name, row.role) for row in session.scalars(select(UserRow).order_by(UserRow.n))]


def lately(session: Session, entry: ColumnElement[bool], *, action: AuditAction, now_ms: int, span: timedelta) -> bool:
    """Whether such an entry of that kind was made within the time before `now_ms`."""
    since = now_ms - int(span.total_seconds() * 1000)
    query = select(AuditRow.seq).where(AuditRow.at.between(since, now_ms), AuditRow.action == action.value, entry)
    return session.scalar(query.order_by(AuditRow.seq.desc()).limit(1)) is not None


def _chosen(wanted: AuditWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.people is not None:
        found.append(_about(wanted.people) if wanted.people else false())
    if wanted.user is not None:
        found.append(AuditRow.actor == wanted.user)
    if wanted.actions:
        found.append(AuditRow.action.in_([action.value for action in wanted.actions]))
    if wanted.first_day is not None:
        found.append(AuditRow.at >= _midnight(wanted.first_day))
    if wanted.last_day is not None:
        found.append(AuditRow.at < _midnight(wanted.last_day + timedelta(days=1)))
    return found


def _about(people: Sequence[UUID]) -> ColumnElement[bool]:
    """Entries about these people or about papers that name them."""
    papers = select(PaperSubjectRow.paper_id).where(PaperSubjectRow.person_id.in_(people))
    return or_(AuditRow.subject.in_(people), AuditRow.subject.in_(papers))


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time()).astimezone().timestamp() * 1000)


def _lines(session: Session, rows: Sequence[AuditRow]) -> list[AuditLine]:
    wanted = {row.subject for row in rows if row.subject is not None}
    users = {row.id: row.name for row in session.scalars(select(UserRow))}
    names = {key: name for key, name in users.items() if key in wanted}
    people = select(PersonRow.id, PersonRow.full_name).where(PersonRow.id.in_(wanted))
    names |= {key: name for key, name in session.execute(people)}
    papers = select(PaperRow.id, PaperRow.number, PaperRow.symbol).where(PaperRow.id.in_(wanted))
    names |= {key: number_symbol(number_text(number), symbol) for key, number, symbol in session.execute(papers)}
    return [
        AuditLine(
            seq=row.seq,
            at=datetime.fromtimestamp(row.at / 1000, UTC),
            actor=row.actor,
            who=users.get(row.actor, ""),
            action=row.action,
            subject_id=row.subject,
            subject=names.get(row.subject, "") if row.subject else "",
            detail=row.detail,
        )
        for row in rows
    ]
