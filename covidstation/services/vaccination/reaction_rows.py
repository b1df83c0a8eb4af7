"""Reactions go with the dose after which they came: to the row that corrects it, from one that was never given."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import AdverseEventRow
from covidstation.domain.vaccination.doses import Dose
from covidstation.domain.vaccination.reactions import After
from covidstation.domain.vaccination.told_twice import may_be_one
from covidstation.services.vaccination.barring import Was, bar_after_dose


def after_dose(dose: Dose) -> After:
    """The dose as a reaction sees it."""
    return After(dose.given, dose.given_at)


def hang_on(row: AdverseEventRow, dose: Dose | None) -> None:
    """It came after that dose; after none that is known, and the session in which it was seen stays."""
    if dose is None:
        row.dose_id, row.product, row.injected_at = None, "", None
        return
    row.dose_id, row.session_id = dose.id, dose.session_id
    row.product, row.injected_at = dose.product or dose.product_name, dose.given_at


def carry_reactions(session: Session, old: Dose, new: Dose) -> None:
    """The dose was corrected: what came after it came after the row that is right; a follow-up moves with its day."""
    moved = new.given.latest - old.given.latest
    for row in _of(session, old.id):
        _hang_anew(session, row, old, new)
        row.follow_until = row.follow_until + moved if row.follow_until is not None else None


def drop_reactions(session: Session, gone: Dose, others: Sequence[Dose]) -> None:
    """The dose was taken back: one that was told twice leaves its reactions to the other of that day; else nobody knows
    after which dose they came, until it is given in the same session after all."""
    twins = [one for one in others if one.given == gone.given and may_be_one(one, gone)]
    for row in _of(session, gone.id):
        after = (one for one in twins if after_dose(one).first <= row.began_at)
        _hang_anew(session, row, gone, next(after, None))


def pick_up_reactions(session: Session, dose: Dose) -> None:
    """A dose that was taken back in a session and written there again: its reactions come after it."""
    row = AdverseEventRow
    query = select(row).where(row.person_id == dose.person_id, row.dose_id.is_(None), row.session_id == dose.session_id)
    for one in session.scalars(query).all():
        _hang_anew(session, one, None, dose)


def _hang_anew(session: Session, row: AdverseEventRow, old: Dose | None, new: Dose | None) -> None:
    was = Was.of(row, old)
    hang_on(row, new)
    bar_after_dose(session, row, new, was)


def _of(session: Session, dose_id: UUID) -> Sequence[AdverseEventRow]:
    return session.scalars(select(AdverseEventRow).where(AdverseEventRow.dose_id == dose_id)).all()
