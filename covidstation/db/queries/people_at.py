"""People with the place where they are found: for lists that somebody takes along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from covidstation.db.rows import HouseholdRow, PersonRow
from covidstation.db.session import Database

_PART: Final = 500


@dataclass(frozen=True, slots=True)
class PersonAt:
    """Somebody and where they live; `house` is the head of the household with its address."""

    person_id: UUID
    full_name: str
    phone: str
    hamlet_id: UUID | None
    house: str


def people_at(db: Database, people: Iterable[UUID]) -> dict[UUID, PersonAt]:
    """Those of these people that the register knows."""
    wanted = list(dict.fromkeys(people))
    head = aliased(PersonRow)
    named = func.coalesce(head.full_name, HouseholdRow.head_name, "")
    query = (
        select(PersonRow.id, PersonRow.full_name, PersonRow.phone, PersonRow.hamlet_id, named, HouseholdRow.address)
        .outerjoin(HouseholdRow, HouseholdRow.id == PersonRow.household_id)
        .outerjoin(head, head.id == HouseholdRow.head_id)
    )
    found: dict[UUID, PersonAt] = {}
    with db.read() as session:
        for at in range(0, len(wanted), _PART):
            for row in session.execute(query.where(PersonRow.id.in_(wanted[at : at + _PART]))):
                house = ", ".join(filter(None, (row[4], row[5])))
                found[row[0]] = PersonAt(row[0], row[1], row[2], row[3], house)
    return found
