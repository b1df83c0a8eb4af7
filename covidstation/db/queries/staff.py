"""Who is in charge of which hamlet, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import DutyRow, HamletRow
from covidstation.db.session import Database
from covidstation.domain.areas import WHOLE, Part
from covidstation.domain.duties import DutyRole, Team
from covidstation.domain.text import name_sort_key, sort_key


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty. Without a hamlet it is for the whole commune; both days are inclusive, None leaves that side open."""

    id: UUID
    name: str
    title: str
    phone: str
    hamlet_id: UUID | None
    hamlet: str
    valid_from: date | None
    valid_until: date | None
    role: DutyRole = DutyRole.UNSAID
    team: Team = Team.NONE
    user_id: UUID | None = None  # who unlocks the register as them
    part: Part = WHOLE

    def runs_on(self, day: date) -> bool:
        """Whether that day lies in it."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)


def all_duties(db: Database) -> tuple[DutyLine, ...]:
    """Every duty, ended ones too: by hamlet (those of the whole commune first), then by name."""
    return _read(db, _lines())


def duties_on(db: Database, day: date) -> tuple[DutyLine, ...]:
    """The duties of that day, in the same order."""
    begun = or_(DutyRow.valid_from.is_(None), DutyRow.valid_from <= day)
    running = or_(DutyRow.valid_until.is_(None), DutyRow.valid_until >= day)
    return _read(db, _lines().where(begun, running))


def staff_on(db: Database, day: date) -> int:
    """How many people are on duty that day; who has several hamlets counts once (the same name and phone)."""
    return len({(line.name.casefold(), line.phone) for line in duties_on(db, day)})


def _lines() -> Any:
    hamlet = hamlet_words().label("hamlet")
    return select(DutyRow, hamlet).outerjoin(HamletRow, HamletRow.id == DutyRow.hamlet_id).order_by(DutyRow.n)


def _read(db: Database, query: Any) -> tuple[DutyLine, ...]:
    with db.read() as session:
        found = [
            DutyLine(
                id=row.id,
                name=row.name,
                title=row.title,
                phone=row.phone,
                hamlet_id=row.hamlet_id,
                hamlet=hamlet,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                role=DutyRole(row.role),
                team=Team(row.team),
                user_id=row.user_id,
                part=Part(row.trip, row.first_house, row.last_house),
            )
            for row, hamlet in session.execute(query)
        ]
    return tuple(sorted(found, key=lambda line: (sort_key(line.hamlet), name_sort_key(line.name))))
