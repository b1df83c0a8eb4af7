"""What becomes of an opened vial when something that came out of it is taken back (docs/adr/0044)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from covidstation.db.queries.vaccination import dose_stands
from covidstation.db.queries.vaccine_sessions import takes_in, waste_stands
from covidstation.db.rows import SessionVialRow, SessionWasteRow, VaccinationSessionRow, VaccineDoseRow
from covidstation.domain.vaccination.nameless import REASON
from covidstation.domain.vaccination.sessions import SPOILS, WasteReason


def after_dose(session: Session, row: VaccineDoseRow, *, unopened: bool) -> None:
    """That dose was taken back. With `unopened` a vial from which nothing else came was never opened; else it is as old
    as before that dose."""
    vial = _vial(session, row.vial_id)
    if vial is None:
        return
    if unopened and _untouched(session, vial):
        session.delete(vial)
        return
    goes_on(session, vial)
    held = session.scalars(select(VaccinationSessionRow).where(VaccinationSessionRow.id == vial.session_id)).first()
    dose = VaccineDoseRow
    drawn = select(dose.given_at).where(dose.vial_id == vial.id, dose.given_at.is_not(None)).order_by(dose.n)
    hours = [at for at in session.scalars(drawn.where(dose_stands())) if at is not None]
    first = session.scalars(drawn.limit(1)).first()
    if first is not None and (held is None or not held.on_paper):
        hours.append(first)  # at the desk it was opened for the first dose, whosever that was
    if hours and vial.opened_at < min(hours) and vial.opened_at == row.given_at:
        vial.opened_at = min(hours)


def after_move(session: Session, vial_id: UUID | None) -> None:
    """A dose of that vial was put right: it came out of another lot."""
    vial = _vial(session, vial_id)
    if vial is not None:
        goes_on(session, vial)


def goes_on(session: Session, vial: SessionVialRow) -> None:
    """There is a dose in it again: the next one may come out of it, unless what was lost of it spoiled all of it."""
    if not _spoiled(session, vial):
        vial.closed_at = None


def _spoiled(session: Session, vial: SessionVialRow) -> bool:
    """Whether nothing more comes out of it: the last of it was lost because it broke, for its temperature, or in
    doubt."""
    if vial.closed_at is None:
        return False
    row = SessionWasteRow
    session.flush()
    losses = (row.vial_id == vial.id, row.voids.is_(None), row.reason != WasteReason.DRAWN_OVER.value)
    last = select(row.id).where(*losses, row.reason != REASON).order_by(row.n.desc()).limit(1).scalar_subquery()
    why = row.reason.in_([one.value for one in SPOILS])
    return bool(session.scalar(select(exists().where(row.id == last, why, waste_stands()))))


def after_waste(session: Session, row: SessionWasteRow) -> None:
    """That loss was none: a vial that was opened by being lost whole is unopened again."""
    vial = _vial(session, row.vial_id)
    if vial is None or row.at != vial.opened_at or row.reason == WasteReason.DRAWN_OVER.value:
        return
    used = session.scalar(select(exists().where(VaccineDoseRow.vial_id == vial.id)))
    if not used and _untouched(session, vial):
        session.delete(vial)


def _vial(session: Session, vial_id: UUID | None) -> SessionVialRow | None:
    if vial_id is None:
        return None
    return session.scalars(select(SessionVialRow).where(SessionVialRow.id == vial_id)).first()


def _untouched(session: Session, row: SessionVialRow) -> bool:
    """Whether nothing that stands came out of it."""
    session.flush()
    opened = (vial for take in takes_in(session, row.session_id) for vial in take.opened)
    return any(vial.id == row.id and vial.untouched for vial in opened)
