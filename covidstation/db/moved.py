"""People whom another station looks after now: out of every worklist, and nothing more is written about them here.

The mark is `person.moved_to`, set and taken away by the district's lines alone (`db.down`), which pass this guard by.
The same guard holds for a record that was merged into another one: `db.merged` alone writes there.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, inspect, literal_column, or_, select
from sqlalchemy.orm import Session, UOWTransaction

from covidstation.db.rows import PersonRow, Synced
from covidstation.domain.belongings import BY_TABLE
from covidstation.errors import UserError

SETTLING: Final = "settling"  # in a session's info: what is written may touch a merged record (`db.merged`)


def still_here(person_id: Any) -> ColumnElement[bool]:
    """A condition on a column of person ids: nobody else looks after them."""
    condition: ColumnElement[bool] = person_id.not_in(select(PersonRow.id).where(PersonRow.moved_to.is_not(None)))
    return condition


def from_elsewhere(row: Any) -> ColumnElement[bool]:
    """A condition on a table of counted rows: another station had them, and counted them, before (partial indexes)."""
    condition: ColumnElement[bool] = row.came_from != literal_column("''")
    return condition


def refuse_moved(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """Before a flush: raises UserError district.moved_away for a new or changed row of somebody who has moved, and
    people.merged_away for one of a record that another one stands for.

    What was issued to them before may still be delivered or made void: a paper is the station's own.
    """
    if session.info.get(SETTLING):
        return
    people = {one for row in session.new if (one := _whose(row)) is not None}
    people |= {one for row in session.dirty if (one := _whose(row)) is not None and _changes(row)}
    if not people:
        return
    with session.no_autoflush:
        columns = (PersonRow.full_name, PersonRow.moved_to)
        closed = or_(PersonRow.moved_to.is_not(None), PersonRow.merged_into.is_not(None))
        found = session.connection().execute(select(*columns).where(PersonRow.id.in_(people), closed)).first()
    if found is None:
        return
    if found.moved_to is not None:
        raise UserError("district.moved_away", name=found.full_name, place=found.moved_to)
    raise UserError("people.merged_away", name=found.full_name)


def _whose(row: object) -> UUID | None:
    if not isinstance(row, Synced) or getattr(row, "__tablename__", "") not in BY_TABLE:
        return None
    return row.id if isinstance(row, PersonRow) else getattr(row, "person_id", None)


def _changes(row: Any) -> bool:
    """Whether anything of it that travels is another value now."""
    attributes = inspect(row).attrs
    return any(one.history.has_changes() for one in attributes if one.key not in row.local_fields)
