"""Hamlets, sub-points and households."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.rows import HamletRow, HouseholdRow, SubPointRow
from covidstation.db.session import Database
from covidstation.domain.hamlets import split_hamlet
from covidstation.domain.problems import too_long
from covidstation.domain.rights import Right
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

KIND_LIMIT = 30  # letters


@needs(Right.ENTER)
def add_hamlet(
    db: Database, name: str, *, kind: str = "bản", sub_point_id: UUID | None = None, by: UUID | None, now: datetime
) -> Done[UUID]:
    """A hamlet of the commune: `Nậm Ngá`, or `Bản Nậm Ngá`. Raises UserError places.hamlet_exists."""
    kind, name = split_hamlet(_named(name), kind)
    with db.write(by, now) as session:
        for row in session.scalars(select(HamletRow).where(HamletRow.valid_until.is_(None))):
            if (row.kind, row.name.casefold()) == (kind, name.casefold()):
                raise UserError("places.hamlet_exists", name=name)
        row = HamletRow(id=new_id(), name=name, kind=kind, sub_point_id=sub_point_id)
        session.add(row)
        return done(row.id, Kind.PLACES)


@needs(Right.MANAGE)
def rename_hamlet(
    db: Database, hamlet_id: UUID, name: str, *, kind: str, sub_point_id: UUID | None, by: UUID | None, now: datetime
) -> Done[UUID]:
    """Correct a hamlet's name, kind or sub-point."""
    with db.write(by, now) as session:
        row = session.scalars(select(HamletRow).where(HamletRow.id == hamlet_id)).one()
        row.name, row.kind, row.sub_point_id = _named(name), _short("kind", kind, KIND_LIMIT), sub_point_id
        return done(hamlet_id, Kind.PLACES)


@needs(Right.MANAGE)
def add_sub_point(db: Database, name: str, address: str, *, by: UUID | None, now: datetime) -> Done[UUID]:
    """A sub-point of the station (điểm trạm). Raises UserError places.name_needed, Refused."""
    with db.write(by, now) as session:
        row = SubPointRow(id=new_id(), name=_named(name), address=_short("address", address, TEXT_LIMIT))
        session.add(row)
        return done(row.id, Kind.PLACES)


def _short(field: str, text: str, most: int) -> str:
    text = clean(text)
    if found := too_long(field, text, most):
        raise Refused(found)
    return text


def _named(name: str) -> str:
    name = clean(name)
    if not name or len(name) > 100:
        raise UserError("places.name_needed")
    return name


def new_household(session: Session, hamlet_id: UUID | None, head_name: str) -> HouseholdRow:
    """A household inside another act's transaction; its head is a name until that person is registered.

    Raises Refused for a name that is too long.
    """
    row = HouseholdRow(id=new_id(), hamlet_id=hamlet_id, head_name=_short("new_household_head", head_name, NAME_LIMIT))
    session.add(row)
    return row


@needs(Right.MANAGE)
def rename_sub_point(
    db: Database, sub_point_id: UUID, name: str, address: str, *, by: UUID | None, now: datetime
) -> Done[UUID]:
    """Correct a sub-point's name or address."""
    with db.write(by, now) as session:
        row = session.scalars(select(SubPointRow).where(SubPointRow.id == sub_point_id)).one()
        row.name, row.address = _named(name), _short("address", address, TEXT_LIMIT)
        return done(sub_point_id, Kind.PLACES)
