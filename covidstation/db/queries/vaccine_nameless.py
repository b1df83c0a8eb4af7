"""What sessions still count of people whose records the law took (`domain.vaccination.nameless`)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import SessionWasteRow
from covidstation.domain.vaccination.nameless import REASON, Nameless, counted_of


def nameless_in(session: Session, only: UUID | None = None) -> tuple[Nameless, ...]:
    """Of all sessions, or of one alone."""
    row = SessionWasteRow
    query = select(row.session_id, row.take_id, row.vial_id, row.note, row.doses).where(row.reason == REASON)
    if only is not None:
        query = query.where(row.session_id == only)
    return tuple(
        Nameless(one.session_id, one.take_id, one.vial_id, counted_of(one.note), one.doses)
        for one in session.execute(query.order_by(row.n))
    )
