"""Whoever had an anaphylaxis after a vaccine is not given it again: the reaction itself writes the contraindication.

One reaction has one line in the register, by an id that follows from its own: two copies of a register that both write
it write the same line.
"""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import AdverseEventRow, VaccineStanceRow
from covidstation.domain.vaccination.screening import ReactionKind
from covidstation.domain.vaccination.stances import ClosedReason, StanceKind
from covidstation.i18n import N_

_GRADED: Final = N_("{reaction} độ {grade} sau tiêm, ngày {day}")  # kept as written, in Vietnamese
_UNGRADED: Final = N_("{reaction} chưa rõ độ sau tiêm, ngày {day}")


def stance_of_event(event_id: UUID) -> UUID:
    """The id of what a reaction leaves between somebody and the next dose."""
    return uuid5(event_id, "contraindicated")


def bar_in(session: Session, row: AdverseEventRow, kind: ReactionKind, *, anew: bool) -> None:
    """The vaccine after which it came must not follow; every vaccine, while nobody knows after which it came.

    `anew`: the reaction was told otherwise than before, so that what somebody has closed since stands again.
    """
    known = _stance(session, row)
    if known is not None and not anew:
        return
    if known is None:
        known = VaccineStanceRow(id=stance_of_event(row.id), person_id=row.person_id, by_name=row.by_name)
        known.kind = StanceKind.CONTRAINDICATED.value
        session.add(known)
    words = _UNGRADED if row.grade is None else _GRADED
    known.reason = words.format(reaction=kind.label, grade=row.grade, day=f"{row.began_at:%d/%m/%Y}")
    known.since, known.product = row.began_at.date(), row.product
    known.closed_on, known.closed_reason = None, ""
    session.flush()


def unbar_in(session: Session, row: AdverseEventRow, today: date) -> None:
    """It was none, or not so grave."""
    known = _stance(session, row)
    if known is not None and known.closed_on is None:
        known.closed_on, known.closed_reason = today, ClosedReason.MISTAKE.value


def bar_after_dose(session: Session, row: AdverseEventRow) -> None:
    """It came after another dose than was thought: what stands is against that vaccine."""
    known = _stance(session, row)
    if known is not None and known.closed_on is None:
        known.product = row.product


def _stance(session: Session, row: AdverseEventRow) -> VaccineStanceRow | None:
    return session.scalars(select(VaccineStanceRow).where(VaccineStanceRow.id == stance_of_event(row.id))).first()
