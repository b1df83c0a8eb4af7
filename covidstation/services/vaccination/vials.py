"""What a session takes along, opens and loses; the end of it, when the vials are counted (docs/adr/0044).

Taking along moves nothing in the store: each injection and each loss takes its doses out of the lot, so that the store
is right at every moment. What is counted otherwise at the end becomes a count of the lot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.queries.supply_books import standing
from covidstation.db.queries.vaccine_sessions import waste_stands
from covidstation.db.rows import (
    SessionTakeRow,
    SessionVialRow,
    SessionWasteRow,
    SupplyMovementRow,
    VaccinationSessionRow,
)
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.supplies import Link, LinkKind, MovementKind, Source
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.domain.vaccination.sessions import (
    Take,
    Vial,
    WasteReason,
)
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages.vaccine_session import WASTES
from covidstation.services.care.rows import wall
from covidstation.services.changes import Done, done
from covidstation.services.rights import needs
from covidstation.services.supplies.writing import Move, Said, write_moves
from covidstation.services.vaccination.last_hour import hour_in
from covidstation.services.vaccination.sessions import running_in, session_in
from covidstation.services.vaccination.takes import CHANGED, take_of, take_row
from covidstation.services.vaccination.unopening import after_waste, goes_on


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteDraft:
    """Doses that went into nobody: `doses` of an opened vial (None: all that is left in it), or without `vial_id` so
    many `vials` that nobody had opened, whole."""

    take_id: UUID
    vial_id: UUID | None = None
    doses: int | None = None
    vials: int | None = 1
    reason: WasteReason = WasteReason.LEFTOVER
    note: str = ""


@needs(Right.ENTER)
def waste_doses(db: Database, draft: WasteDraft, *, by: UUID | None, by_name: str, now: datetime) -> Done[UUID]:
    """Write doses off as lost. A vial that nobody had opened is lost whole; an opened one that is empty then is closed.
    The value: the loss, of several vials the last one.

    Raises Refused vaccine_session.doses, vials_left, a note that is too long, supplies.below_zero; UserError
    vaccine_session.take_unknown, vial_unknown, no_vial, closed, cancelled, not_open.
    """
    note = clean(draft.note)
    if found := too_long("note", note, TEXT_LIMIT):
        raise Refused(found)
    with db.write(by, now) as session:
        row = take_row(session, draft.take_id)
        running = running_in(session, row.session_id)
        take = take_of(session, row)
        at = hour_in(session, running, now)
        if draft.vial_id is not None:
            vial = vial_row(session, draft.vial_id)
            left = vial_of(take, vial.id).left
            doses = left if draft.doses is None else draft.doses
            if not 0 < doses <= left:
                raise Refused([Problem("doses", "vaccine_session.doses", {"left": f"{left}"})])
            lost = [(vial, doses)]
        else:
            lost = [(vial, take.per_vial) for vial in _unopened(session, take, row.session_id, draft, at, by_name)]
        for vial, doses in lost:
            waste = write_waste(session, vial, doses, draft.reason, note, at=at, by_name=by_name)
        return done(waste.id, *CHANGED)


def _unopened(
    session: Session, take: Take, session_id: UUID, draft: WasteDraft, at: datetime, by_name: str
) -> list[SessionVialRow]:
    """That many vials, which are opened by being lost."""
    lot = take.lot_number or "—"
    if not take.unopened:
        raise UserError("vaccine_session.no_vial", lot=lot)
    if draft.vials is None or not 0 < draft.vials <= take.unopened:
        raise Refused([Problem("vials", "vaccine_session.vials_left", {"lot": lot, "most": f"{take.unopened}"})])
    first = take.next_number
    return [
        open_vial(session, take, session_id, at, by_name=by_name, number=first + more) for more in range(draft.vials)
    ]


def write_waste(
    session: Session,
    vial: SessionVialRow,
    doses: int,
    reason: WasteReason,
    note: str,
    *,
    at: datetime,
    by_name: str,
) -> SessionWasteRow:
    """The loss with its movement in the store, inside another act's transaction."""
    take = take_row(session, vial.take_id)
    row = _loss(vial, doses, reason, note, at, by_name)
    session.add(row)
    link = Link(LinkKind.WASTE, row.id)
    said = Said(day=at.date(), reason=note or _(WASTES[reason]), by_name=by_name)
    write_moves(session, said, [Move(lot_id=take.lot_id, kind=MovementKind.LOSS, quantity=-doses, link=link)])
    if not vial_of(take_of(session, take), vial.id).left:
        vial.closed_at = at
    return row


def _loss(
    vial: SessionVialRow, doses: int, reason: WasteReason, note: str, at: datetime, by_name: str
) -> SessionWasteRow:
    return SessionWasteRow(
        id=new_id(),
        session_id=vial.session_id,
        take_id=vial.take_id,
        vial_id=vial.id,
        at=at,
        doses=doses,
        reason=reason.value,
        note=note,
        by_name=clean(by_name),
    )


def hour_of(row: VaccinationSessionRow, now: datetime) -> datetime:
    """Now, on the session's day: a decision about a lot finds what it wrote off again by its hour."""
    return datetime.combine(row.day, wall(now).time())


@needs(Right.ENTER)
def void_waste(db: Database, waste_id: UUID, *, by: UUID | None, by_name: str, now: datetime) -> Done[None]:
    """They were not lost: they are in their vial and in the store again, the vial unopened when the loss had opened it;
    or no dose was drawn over the label.

    Raises UserError vaccine_session.waste_unknown, closed, cancelled.
    """
    with db.write(by, now) as session:
        query = select(SessionWasteRow).where(SessionWasteRow.id == waste_id, waste_stands())
        row = session.scalars(query).first()
        if row is None:
            raise UserError("vaccine_session.waste_unknown")
        session_in(session, row.session_id)
        void_waste_in(session, row, by_name=by_name)
        after_waste(session, row)
        return done(None, *CHANGED)


def void_waste_in(session: Session, row: SessionWasteRow, *, by_name: str) -> None:
    """The same inside another act's transaction."""
    same = ("session_id", "take_id", "vial_id", "at", "doses", "reason", "note")
    void = SessionWasteRow(id=new_id(), voids=row.id, by_name=clean(by_name), **{n: getattr(row, n) for n in same})
    session.add(void)
    vial = session.scalars(select(SessionVialRow).where(SessionVialRow.id == row.vial_id)).first()
    if vial is not None:  # another computer may have found that it was never opened
        goes_on(session, vial)
        _refuse_overdrawn(session, row)
    void_moves(session, LinkKind.WASTE, row.id, by_name=by_name)


def _refuse_overdrawn(session: Session, row: SessionWasteRow) -> None:
    """A dose over the label that has been given was there."""
    if row.reason == WasteReason.DRAWN_OVER.value and row.vial_id is not None:
        vial = vial_of(take_of(session, take_row(session, row.take_id)), row.vial_id)
        if vial.given + vial.wasted > vial.doses + vial.extra:
            raise UserError("vaccine_session.over_given", number=vial.label)


def void_moves(session: Session, kind: LinkKind, link: UUID, *, by_name: str) -> None:
    """What served that row in the store never happened. Raises Refused supplies.below_zero."""
    row = SupplyMovementRow
    query = select(row).where(row.link_kind == kind.value, row.link_id == link, standing())
    for one in session.scalars(query).all():
        void = Move(lot_id=one.lot_id, kind=MovementKind.VOID, voids=one)
        write_moves(session, Said(day=one.day, by_name=by_name), [void])


@needs(Right.ENTER)
def draw_over(db: Database, vial_id: UUID, *, by: UUID | None, by_name: str, now: datetime) -> Done[UUID]:
    """One dose more came out of that vial than its label says: the store has it. `void_waste` takes that back.

    Raises UserError vaccine_session.vial_unknown, vial_over, closed, cancelled, not_open.
    """
    with db.write(by, now) as session:
        vial = vial_row(session, vial_id)
        running = running_in(session, vial.session_id)
        take = take_row(session, vial.take_id)
        if vial_of(take_of(session, take), vial_id).extra >= take.per_vial:
            raise UserError("vaccine_session.vial_over", n=f"{take.per_vial}")
        row = _loss(vial, 1, WasteReason.DRAWN_OVER, "", hour_in(session, running, now), by_name)
        session.add(row)
        goes_on(session, vial)
        words = _(WASTES[WasteReason.DRAWN_OVER])
        said = Said(day=running.day, source=Source.OTHER.value, reason=words, by_name=by_name)
        move = Move(lot_id=take.lot_id, kind=MovementKind.RECEIPT, quantity=1, link=Link(LinkKind.WASTE, row.id))
        write_moves(session, said, [move])
        return done(row.id, *CHANGED)


def differ(session: Session, take: SessionTakeRow, day: date, more: int, reason: str, by_name: str) -> None:
    """The take has so many doses more (fewer, below nothing) than its book says, and so has its lot. A difference, no
    count: other sessions draw from that lot meanwhile, and nobody counted all of it."""
    move = Move(lot_id=take.lot_id, kind=MovementKind.COUNT, quantity=more, link=Link(LinkKind.TAKE, take.id))
    write_moves(session, Said(day=day, reason=reason, by_name=by_name), [move], field="left")


def open_vial(
    session: Session, take: Take, session_id: UUID, at: datetime, *, by_name: str, number: int | None = None
) -> SessionVialRow:
    """Open the next vial of a take, inside another act's transaction."""
    row = SessionVialRow(
        id=new_id(),
        session_id=session_id,
        take_id=take.id,
        number=number or take.next_number,
        opened_at=at,
        by_name=clean(by_name),
    )
    session.add(row)
    session.flush()
    return row


def vial_row(session: Session, vial_id: UUID) -> SessionVialRow:
    """Raises UserError vaccine_session.vial_unknown."""
    row = session.scalars(select(SessionVialRow).where(SessionVialRow.id == vial_id)).first()
    if row is None:
        raise UserError("vaccine_session.vial_unknown")
    return row


def vial_of(take: Take, vial_id: UUID) -> Vial:
    """A vial of a take. Raises UserError vaccine_session.vial_unknown."""
    found = next((one for one in take.opened if one.id == vial_id), None)
    if found is None:
        raise UserError("vaccine_session.vial_unknown")
    return found
