"""What is put right of a dose that came out of the store: what its session and the store count of it stays true."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.vaccination import dose_of
from covidstation.db.rows import SessionTakeRow, SupplyLotRow, VaccinationSessionRow, VaccineDoseRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.problems import Problem
from covidstation.domain.supplies import Link, LinkKind
from covidstation.domain.vaccination.doses import DoseDraft
from covidstation.domain.vaccination.sessions import SessionStatus
from covidstation.errors import Refused, UserError
from covidstation.services.supplies.drawing import never_went, went_for
from covidstation.services.supplies.writing import Said
from covidstation.services.vaccination.unopening import after_move

CORRECTED: Final = "sửa mũi tiêm"
"""What the store's book says."""


class _Called(NamedTuple):
    """What the store calls the vaccine of a lot."""

    product: str
    name: str


def with_draw(session: Session, draft: DoseDraft, old: VaccineDoseRow) -> DoseDraft:
    """The correction with its session and vial, the lot that is written now, and what the store calls its vaccine.

    Raises Refused vaccination.drawn_day, drawn_product, lot_not_kept; UserError vaccine_session.closed, where it would
    change what a session was closed with.
    """
    held, called = _held(session, old), _called(session, old)
    before = dose_of(old)
    if held is not None and draft.given not in (before.given, PartialDate.of(held.day)):
        raise Refused([Problem("given", "vaccination.drawn_day", {"day": f"{held.day:%d/%m/%Y}"})])
    if draft.product not in (old.product, called.product):
        raise Refused([Problem("product", "vaccination.drawn_product", {"name": called.name or "—"})])
    same_lot = old.lot_id is None or draft.lot_number == old.lot_number
    said = (draft.given, draft.dose_class, draft.number, called.product)
    if not same_lot or said != (before.given, before.dose_class, before.number, before.product):
        refuse_counted(session, old)
    at = old.given_at if old.given_at is not None and old.given_at.date() == draft.given.full else None
    here = replace(
        draft,
        product=called.product,
        product_name=called.name,
        given_at=at,
        session_id=old.session_id,
        vial_id=old.vial_id,
        lot_id=old.lot_id,
        drawn=True,
    )
    if same_lot:
        return here
    lot = _lot(session, draft, old)
    return replace(here, lot_id=lot.id, expiry=lot.expiry, vial_id=None)


def refuse_counted(session: Session, row: VaccineDoseRow) -> None:
    """What a session was closed with adds up; nothing of it changes behind its back. Raises UserError
    vaccine_session.closed."""
    held = _held(session, row)
    if held is not None and held.status == SessionStatus.CLOSED.value:
        raise UserError("vaccine_session.closed", day=f"{held.day:%d/%m/%Y}")


def move_draw(session: Session, old: VaccineDoseRow, row: VaccineDoseRow) -> None:
    """What left the store for the old row left it for the new one, on the day that is right now."""
    if row.vial_id != old.vial_id:
        after_move(session, old.vial_id)
    if row.lot_id is None or not row.drawn:
        never_went(session, LinkKind.INJECTION, [old.id], reason=CORRECTED, by_name=row.by_name)
        return
    day = dose_of(row).given.full or dose_of(old).given.earliest
    former, now = Link(LinkKind.INJECTION, old.id), Link(LinkKind.INJECTION, row.id)
    went_for(session, former, now, row.lot_id, Said(day=day, by_name=row.by_name))


def _held(session: Session, row: VaccineDoseRow) -> VaccinationSessionRow | None:
    if row.session_id is None:
        return None
    return session.scalars(select(VaccinationSessionRow).where(VaccinationSessionRow.id == row.session_id)).first()


def _called(session: Session, row: VaccineDoseRow) -> _Called:
    """As the session took it along, with the strength; the lots of one item are of one vaccine."""
    take = SessionTakeRow
    query = select(take.product, take.product_name).where(take.session_id == row.session_id, take.lot_id == row.lot_id)
    found = session.execute(query.order_by(take.n)).first() if row.session_id is not None else None
    return _Called(row.product, row.product_name) if found is None else _Called(*found)


def _lot(session: Session, draft: DoseDraft, old: VaccineDoseRow) -> SupplyLotRow:
    """The lot of that number, of the same item."""
    item = select(SupplyLotRow.item_id).where(SupplyLotRow.id == old.lot_id).scalar_subquery()
    query = select(SupplyLotRow).where(SupplyLotRow.item_id == item, SupplyLotRow.number == draft.lot_number)
    lot = session.scalars(query).first()
    if lot is None:
        raise Refused([Problem("lot_number", "vaccination.lot_not_kept", {"lot": draft.lot_number or "—"})])
    return lot
