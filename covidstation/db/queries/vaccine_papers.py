"""Who went home from a session without the confirmation of their doses."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from covidstation.db.queries.vaccination import dose_stands
from covidstation.db.rows import (
    PaperRow,
    PaperSubjectRow,
    PersonRow,
    SessionPersonRow,
    VaccinationSessionRow,
    VaccineDoseRow,
)
from covidstation.db.session import Database
from covidstation.domain.packs import PaperKind


def without_confirmation(db: Database, session_id: UUID) -> Sequence[tuple[UUID, str]]:
    """People (id, name) who had their dose in that session and went, who left first at the top, of whom no
    confirmation that is valid was issued since the dose.

    A dose without its hour counts from the morning of its day. A paper that was written into the register before the
    dose was (entered from paper, or put right since) does not speak of it, whatever its hour.
    """
    seat, dose, held = SessionPersonRow, VaccineDoseRow, VaccinationSessionRow
    paper = (
        select(PaperSubjectRow.n)
        .select_from(PaperSubjectRow)
        .join(PaperRow, PaperRow.id == PaperSubjectRow.paper_id)
        .where(
            PaperSubjectRow.person_id == seat.person_id,
            PaperRow.kind == PaperKind.VACCINATION.value,
            PaperRow.voided_at.is_(None),
            PaperRow.issued_at >= func.coalesce(dose.given_at, held.day),
            PaperRow.made > dose.made,
        )
    )
    query = (
        select(seat.person_id, PersonRow.full_name)
        .select_from(seat)
        .join(dose, (dose.person_id == seat.person_id) & (dose.session_id == seat.session_id) & dose_stands())
        .join(held, held.id == seat.session_id)
        .join(PersonRow, PersonRow.id == seat.person_id)
        .where(seat.session_id == session_id, seat.left_at.is_not(None), ~paper.exists())
        .order_by(seat.left_at, seat.n)
    )
    with db.read() as session:
        found = {person: name for person, name in session.execute(query)}
    return tuple(found.items())
