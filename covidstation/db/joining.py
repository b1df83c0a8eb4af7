"""One disease, one line: what two records of a person, two lives of a register or the district made twice.

Of the lines that are followed under one code the one stands that was registered first; the others end on the day on
which they began, with the reason JOINED, so that no figure counts them. Nothing is copied: `queries.chronic_person`
reads them together, and what was joined stands for itself again once the line beside it has gone back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.merged import settling
from covidstation.db.rows import ChronicConditionRow, PersonRow
from covidstation.domain.chronic import ConditionStatus, RemovedReason

Twice = tuple[UUID, str]


def twice_in(session: Session) -> list[Twice]:
    """The people who are followed for one code in two lines, with the code; whom another station looks after are left
    as they are."""
    row = ChronicConditionRow
    query = (
        select(row.person_id, row.code)
        .join(PersonRow, PersonRow.id == row.person_id)
        .where(row.status == ConditionStatus.ACTIVE.value, PersonRow.moved_to.is_(None))
        .group_by(row.person_id, row.code)
        .having(func.count() > 1)
    )
    return [(person, code) for person, code in session.execute(query)]


def join_conditions(session: Session) -> set[UUID]:
    """Make one line of each disease; the people whom it touched. Changes nothing when all is in place."""
    with settling(session):
        touched = _stand_alone(session)
        for person, code in twice_in(session):
            first, *others = _lines(session, person, code)
            for row in others:
                row.status, row.removed_on = ConditionStatus.REMOVED.value, row.registered_on
                row.removed_reason, row.removed_note = RemovedReason.JOINED.value, ""
            touched.add(first.person_id)
    return touched


def _lines(session: Session, person: UUID, code: str) -> list[ChronicConditionRow]:
    """Those that are followed, the first registered first; both ends of a merge order them alike."""
    row = ChronicConditionRow
    query = select(row).where(row.person_id == person, row.code == code, row.status == ConditionStatus.ACTIVE.value)
    return sorted(session.scalars(query), key=lambda one: (one.registered_on, one.id.int))


def _stand_alone(session: Session) -> set[UUID]:
    """Joined lines beside which no other line of their disease stands any more are followed again."""
    row = ChronicConditionRow
    joined = row.removed_reason == RemovedReason.JOINED.value
    found = list(session.scalars(select(row).where(joined, row.status == ConditionStatus.REMOVED.value)))
    if not found:
        return set()
    beside: defaultdict[UUID, set[str]] = defaultdict(set)
    people = {one.person_id for one in found}
    for person, code in session.execute(select(row.person_id, row.code).where(row.person_id.in_(people), ~joined)):
        beside[person].add(code)
    alone = [one for one in found if one.code not in beside[one.person_id]]
    moved = _moved(session, (one.person_id for one in alone))
    for one in (one for one in alone if one.person_id not in moved):
        one.status, one.removed_on, one.removed_reason = ConditionStatus.ACTIVE.value, None, ""
    return {one.person_id for one in alone}


def _moved(session: Session, people: Iterable[UUID]) -> set[UUID]:
    wanted = set(people)
    return set(session.scalars(select(PersonRow.id).where(PersonRow.id.in_(wanted), PersonRow.moved_to.is_not(None))))
