"""People whom another station looks after now: out of every worklist, and nothing more is written about them here.

The mark is `person.moved_to`, set and taken away by the district's lines alone (`db.down`), which pass this guard by.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, inspect, literal_column, select
from sqlalchemy.orm import Session, UOWTransaction

from covidstation.db.rows import PersonRow, Synced
from covidstation.domain.belongings import BY_TABLE
from covidstation.errors import UserError


def still_here(person_id: Any) -> ColumnElement[bool]:
    """A condition on a column of person ids: nobody else looks after them."""
    condition: ColumnElement[bool] = person_id.not_in(select(PersonRow.id).where(PersonRow.moved_to.is_not(None)))
    return condition


def from_elsewhere(row: Any) -> ColumnElement[bool]:
    """A condition on a table of counted rows: another station had them, and counted them, before (partial indexes)."""
    condition: ColumnElement[bool] = row.came_from != literal_column("''")
    return condition


def refuse_moved(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """Before a flush: raises UserError district.moved_away for a new or changed row of somebody who has moved.

    What was issued to them before may still be delivered or made void: a paper is the station's own.
    """
    people = {one for row in session.new if (one := _whose(row)) is not None}
    people |= {one for row in session.dirty if (one := _whose(row)) is not None and _changes(row)}
    if not people:
        return
    with session.no_autoflush:
        columns = (PersonRow.full_name, PersonRow.moved_to)
        query = select(*columns).where(PersonRow.id.in_(people), PersonRow.moved_to.is_not(None))
        found = session.connection().execute(query).first()
    if found is not None:
        raise UserError("district.moved_away", name=found.full_name, place=found.moved_to)


def _whose(row: object) -> UUID | None:
    if not isinstance(row, Synced) or getattr(row, "__tablename__", "") not in BY_TABLE:
        return None
    return row.id if isinstance(row, PersonRow) else getattr(row, "person_id", None)


def _changes(row: Any) -> bool:
    """Whether anything of it that travels is another value now."""
    attributes = inspect(row).attrs
    return any(one.history.has_changes() for one in attributes if one.key not in row.local_fields)
