"""Who is in charge of a hamlet: staff of the station and members of the COVID teams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.rows import DutyRow, HamletRow, UserRow
from covidstation.db.session import Database
from covidstation.domain.areas import WHOLE, Part
from covidstation.domain.duties import DutyRole, Team
from covidstation.domain.phones import check_phone, normal_phone
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

LONGEST_NAME, LONGEST_TITLE = 200, 100
MOST_HOUSES = 9_999


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDraft:
    """One person in charge of one hamlet, or of the whole commune without one, alone or in a team; both days are
    inclusive. `part`: of that hamlet these houses alone. `user_id`: who unlocks the register as them; without one,
    whoever has the same name."""

    name: str
    title: str = ""
    phone: str = ""
    hamlet_id: UUID | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    role: DutyRole = DutyRole.UNSAID
    team: Team = Team.NONE
    user_id: UUID | None = None
    part: Part = WHOLE


def check_duty(draft: DutyDraft, catalog: Catalog) -> list[Problem]:
    """What a form shows beside its fields."""
    found = []
    if not clean(draft.name):
        found.append(Problem("name", "staff.name_missing"))
    if len(clean(draft.name)) > LONGEST_NAME:
        found.append(Problem("name", "staff.too_long", {"most": str(LONGEST_NAME)}))
    if len(clean(draft.title)) > LONGEST_TITLE:
        found.append(Problem("title", "staff.too_long", {"most": str(LONGEST_TITLE)}))
    if draft.valid_from and draft.valid_until and draft.valid_until < draft.valid_from:
        found.append(Problem("valid_until", "staff.ends_first"))
    found += _check_part(draft)
    return [*found, *check_phone(clean(draft.phone), catalog.phone_prefixes)]


def _check_part(draft: DutyDraft) -> list[Problem]:
    part = draft.part
    if draft.hamlet_id is None and not part.whole:
        return [Problem("hamlet_id", "staff.part_of_what")]
    if any(number is not None and not 0 < number <= MOST_HOUSES for number in (part.first, part.last)):
        return [Problem("first_house", "staff.house_number", {"most": str(MOST_HOUSES)})]
    if part.first is not None and part.last is not None and part.last < part.first:
        return [Problem("first_house", "staff.houses_turned")]
    return []


@needs(Right.MANAGE)
def add_duty(db: Database, draft: DutyDraft, *, catalog: Catalog, by: UUID | None, now: datetime) -> Done[UUID]:
    """Put somebody in charge. Raises Refused; UserError staff.unknown_hamlet, staff.twice."""
    with db.write(by, now) as session:
        row = DutyRow(id=new_id())
        _fill(session, row, draft, catalog)
        session.add(row)
        return done(row.id, Kind.STATION)


@needs(Right.MANAGE)
def edit_duty(
    db: Database, duty_id: UUID, draft: DutyDraft, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[UUID]:
    """Correct a duty. Raises Refused; UserError staff.unknown, staff.unknown_hamlet, staff.twice."""
    with db.write(by, now) as session:
        row = _known(session, duty_id)
        _fill(session, row, draft, catalog)
        return done(duty_id, Kind.STATION)


@needs(Right.MANAGE)
def end_duty(db: Database, duty_id: UUID, last_day: date, *, by: UUID | None, now: datetime) -> Done[UUID]:
    """The last day of a duty; the line stays, so that earlier days still count it. Raises UserError staff.unknown,
    Refused when it would end before it began."""
    with db.write(by, now) as session:
        row = _known(session, duty_id)
        if row.valid_from is not None and last_day < row.valid_from:
            raise Refused([Problem("valid_until", "staff.ends_first")])
        row.valid_until = last_day
        return done(duty_id, Kind.STATION)


def _known(session: Session, duty_id: UUID) -> DutyRow:
    row = session.scalars(select(DutyRow).where(DutyRow.id == duty_id)).first()
    if row is None:
        raise UserError("staff.unknown")
    return row


def _fill(session: Session, row: DutyRow, draft: DutyDraft, catalog: Catalog) -> None:
    found = errors(check_duty(draft, catalog))
    if found:
        raise Refused(found)
    if draft.hamlet_id is not None:
        known = session.scalars(select(HamletRow.id).where(HamletRow.id == draft.hamlet_id)).first()
        if known is None:
            raise UserError("staff.unknown_hamlet")
    if draft.user_id is not None:
        user = session.scalars(select(UserRow.id).where(UserRow.id == draft.user_id)).first()
        if user is None:
            raise UserError("users.unknown")
    name, phone = clean(draft.name), normal_phone(clean(draft.phone), catalog.phone_prefixes)
    if _overlapping(session, row.id, draft, name, phone):
        raise UserError("staff.twice", name=name)
    row.name, row.title, row.phone = name, clean(draft.title), phone
    row.hamlet_id, row.valid_from, row.valid_until = draft.hamlet_id, draft.valid_from, draft.valid_until
    row.trip, row.first_house, row.last_house = clean(draft.part.trip), draft.part.first, draft.part.last
    row.role, row.team = draft.role.value, draft.team.value
    row.user_id = draft.user_id


def _overlapping(session: Session, duty_id: UUID, draft: DutyDraft, name: str, phone: str) -> bool:
    """Whether the same person has the same place in the same team at the same time already."""
    query = select(DutyRow).where(DutyRow.id != duty_id, DutyRow.phone == phone)
    first, last = draft.valid_from or date.min, draft.valid_until or date.max
    return any(
        row.hamlet_id == draft.hamlet_id
        and Part(row.trip, row.first_house, row.last_house) == draft.part
        and Team(row.team) is draft.team
        and row.name.casefold() == name.casefold()
        and (row.valid_from or date.min) <= last
        and first <= (row.valid_until or date.max)
        for row in session.scalars(query)
    )
