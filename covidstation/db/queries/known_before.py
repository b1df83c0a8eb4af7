"""What the register knows of many people before anybody knocks: whom it follows, how many doses they had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.queries.vaccination import doses_of_many
from covidstation.db.rows import ChronicConditionRow, EpisodeRow
from covidstation.domain.chronic import ConditionStatus

_PART = 400


def followed_in(session: Session, people: Sequence[UUID]) -> frozenset[UUID]:
    """Who of them is followed for a chronic disease."""
    row = ChronicConditionRow
    found: set[UUID] = set()
    for some in _parts(people):
        query = select(row.person_id).where(row.person_id.in_(some), row.status == ConditionStatus.ACTIVE.value)
        found.update(session.scalars(query))
    return frozenset(found)


def doses_known_in(session: Session, people: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many doses each of them had by the register, or said of themselves when they were ill; the larger number.
    Whoever was never asked is not in it."""
    found = {person: len(doses) for person, doses in doses_of_many(session, people).items()}
    for some in _parts(people):
        query = select(EpisodeRow.person_id, func.max(EpisodeRow.doses_known)).where(
            EpisodeRow.person_id.in_(some), EpisodeRow.doses_known.is_not(None)
        )
        for person, said in session.execute(query.group_by(EpisodeRow.person_id)):
            found[person] = max(said or 0, found.get(person, 0))
    return found


def _parts(people: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (people[at : at + _PART] for at in range(0, len(people), _PART))
