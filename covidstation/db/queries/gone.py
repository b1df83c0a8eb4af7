"""Who is no longer in the commune, how and since when: nothing new is written about them here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.queries.chronic_person import died_in
from covidstation.db.queries.residence import stands
from covidstation.db.rows import PersonRow, ResidenceRow
from covidstation.domain.residence import GONE, ChangeKind, Living


@dataclass(frozen=True, slots=True)
class Gone:
    """Who died, or left; `day` None when the register does not know it."""

    died: bool
    day: date | None


def gone_in(session: Session, person: PersonRow) -> Gone | None:
    """How somebody went; None for who is here."""
    died = died_in(session, person.id)
    if died is not None or person.living == Living.DIED.value:
        return Gone(True, died)
    if person.living not in {one.value for one in GONE}:
        return None
    left = select(func.max(ResidenceRow.day)).where(
        ResidenceRow.person_id == person.id, ResidenceRow.change == ChangeKind.LEFT.value, stands()
    )
    return Gone(False, session.scalar(left))
