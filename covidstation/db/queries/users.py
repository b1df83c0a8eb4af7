"""Who may unlock, and when each did last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import func, select

from covidstation.db.rows import AuditRow, UserRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction


@dataclass(frozen=True, slots=True)
class KnownUser:
    """A user of the register, also one who may no longer unlock. `last_login` is UTC."""

    id: UUID
    name: str
    role: str
    disabled_on: date | None
    public_key: str
    last_login: datetime | None


def known_users(db: Database) -> list[KnownUser]:
    """All users, those who may unlock first, in the order in which they were added."""
    with db.read() as session:
        logins = (
            select(AuditRow.actor, func.max(AuditRow.at))
            .where(AuditRow.action == AuditAction.LOGIN.value)
            .group_by(AuditRow.actor)
        )
        last = {actor: datetime.fromtimestamp(at / 1000, UTC) for actor, at in session.execute(logins)}
        rows = session.scalars(select(UserRow).order_by(UserRow.disabled_on.is_not(None), UserRow.n))
        return [
            KnownUser(row.id, row.name, row.role, row.disabled_on, row.public_key, last.get(row.id)) for row in rows
        ]
