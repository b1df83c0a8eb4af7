"""What becomes of a lot that was outside the bounds: put aside, or kept with a reason (docs/adr/0048)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.queries.cold_chain import (
    balance_in,
    outside_in,
    reading_of,
    reading_stands,
    verdict_stands,
    verdicts_in,
)
from covidstation.db.queries.vaccine_sessions import waste_stands
from covidstation.db.rows import (
    FridgeReadingRow,
    FridgeVerdictRow,
    SessionTakeRow,
    SessionWasteRow,
    VaccinationSessionRow,
)
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.supplies import Link, LinkKind, MovementKind
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.domain.vaccination.fridge import Fate, Reading, degrees, lots_waiting
from covidstation.domain.vaccination.sessions import SessionStatus, WasteReason
from covidstation.errors import Refused, UserError
from covidstation.services.care.rows import wall
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.supplies.writing import Move, Said, write_moves
from covidstation.services.vaccination.takes import take_of
from covidstation.services.vaccination.vials import hour_of, vial_row, void_moves, void_waste_in, write_waste

CHANGED = (Kind.VACCINES, Kind.SUPPLIES)


@needs(Right.ENTER)
def put_aside(
    db: Database, reading_id: UUID, lots: Sequence[UUID], *, by: UUID | None, by_name: str, now: datetime
) -> Done[int]:
    """These lots are not given any more: all that the store has of them leaves it as a loss. The value is how many
    doses. A lot of which nothing is left is decided, too.

    What sessions that are not over hold of them goes with it: opened vials are lost in the session, vials that nobody
    opened are no longer taken along.

    Raises UserError cold_chain.gone, lot_unknown, lot_decided.
    """
    with db.write(by, now) as session:
        reason = _why(_reading(session, reading_id, lots))
        gone = 0
        for lot_id in dict.fromkeys(lots):
            gone += _out_of_sessions(session, lot_id, reason, now, by_name)
            doses = balance_in(session, lot_id)
            row = _verdict(session, reading_id, lot_id, Fate.ASIDE, doses, "", by_name, now)
            gone += doses
            if doses:
                link = Link(LinkKind.FRIDGE, row.id)
                move = Move(lot_id=lot_id, kind=MovementKind.LOSS, quantity=-doses, link=link)
                write_moves(session, Said(day=now.date(), reason=reason, by_name=by_name), [move])
        return done(gone, *CHANGED)


@needs(Right.ENTER)
def keep_lots(
    db: Database, reading_id: UUID, lots: Sequence[UUID], reason: str, *, by: UUID | None, by_name: str, now: datetime
) -> Done[None]:
    """These lots are still good, and why. Raises Refused cold_chain.keep_why, a text that is too long; UserError
    cold_chain.gone, lot_unknown, lot_decided."""
    reason = clean(reason)
    found = [] if reason else [Problem("reason", "cold_chain.keep_why")]
    if found := found + too_long("reason", reason, TEXT_LIMIT):
        raise Refused(found)
    with db.write(by, now) as session:
        _reading(session, reading_id, lots)
        for lot_id in dict.fromkeys(lots):
            _verdict(session, reading_id, lot_id, Fate.KEPT, 0, reason, by_name, now)
        return done(None, *CHANGED)


@needs(Right.ENTER)
def take_back_verdict(db: Database, verdict_id: UUID, *, by: UUID | None, by_name: str, now: datetime) -> Done[None]:
    """It was decided by mistake: the lot waits again, and what was put aside out of the store is there again. The doses
    of opened vials are in them again, unless their session was ended, and so counted, since; vials that nobody had
    opened are taken along anew by hand. Raises UserError cold_chain.verdict_gone."""
    with db.write(by, now) as session:
        row = FridgeVerdictRow
        old = session.scalars(select(row).where(row.id == verdict_id, verdict_stands())).first()
        if old is None:
            raise UserError("cold_chain.verdict_gone")
        same = select(row).where(row.lot_id == old.lot_id, row.at == old.at, row.fate == old.fate, verdict_stands())
        rows = session.scalars(same).all()
        if old.fate == Fate.ASIDE.value:
            _back_into_sessions(session, rows, by_name)
        for one in rows:
            void = row(id=new_id(), reading_id=one.reading_id, lot_id=one.lot_id, fate="", at=wall(now), voids=one.id)
            void.by_name = clean(by_name)
            session.add(void)
            session.flush()
            void_moves(session, LinkKind.FRIDGE, one.id, by_name=by_name)
        return done(None, *CHANGED)


def _out_of_sessions(session: Session, lot_id: UUID, note: str, now: datetime, by_name: str) -> int:
    """No session that is planned or runs holds anything of the lot any more; how many doses of opened vials went."""
    row, live = VaccinationSessionRow, (SessionStatus.PLANNED.value, SessionStatus.OPEN.value)
    query = select(SessionTakeRow, row).join(row, row.id == SessionTakeRow.session_id)
    gone = 0
    for stored, held in session.execute(query.where(SessionTakeRow.lot_id == lot_id, row.status.in_(live))).all():
        take = take_of(session, stored)
        for vial in take.opened:
            if vial.left:
                at, reason = hour_of(held, now), WasteReason.COLD_CHAIN
                write_waste(session, vial_row(session, vial.id), vial.left, reason, note, at=at, by_name=by_name)
                gone += vial.left
        stored.vials = len(take.opened)
        if not (take.opened or take.given or take.wasted):
            session.delete(stored)
    session.flush()
    return gone


def _why(reading: Reading) -> str:
    return f"{degrees(reading.temperature)} °C, {reading.at:%H:%M %d/%m/%Y}"


def _back_into_sessions(session: Session, verdicts: Sequence[FridgeVerdictRow], by_name: str) -> None:
    """The losses that this decision wrote in sessions which still run."""
    lot_id, hour = verdicts[0].lot_id, verdicts[0].at.time()
    readings = select(FridgeReadingRow).where(FridgeReadingRow.id.in_([one.reading_id for one in verdicts]))
    notes = [_why(reading_of(one)) for one in session.scalars(readings)]
    waste, held = SessionWasteRow, VaccinationSessionRow
    query = (
        select(waste)
        .join(SessionTakeRow, SessionTakeRow.id == waste.take_id)
        .join(held, held.id == waste.session_id)
        .where(SessionTakeRow.lot_id == lot_id, held.status == SessionStatus.OPEN.value)
        .where(waste.reason == WasteReason.COLD_CHAIN.value, waste.note.in_(notes), waste_stands())
    )
    for one in session.scalars(query).all():
        if one.at.time() == hour:  # `hour_of` of the decision, on the session's day
            void_waste_in(session, one, by_name=by_name)


def _reading(session: Session, reading_id: UUID, lots: Sequence[UUID]) -> Reading:
    """The reading, if it has all these lots and nobody has decided of them by it."""
    query = select(FridgeReadingRow).where(FridgeReadingRow.id == reading_id, reading_stands())
    row = session.scalars(query).first()
    if row is None:
        raise UserError("cold_chain.gone")
    reading = reading_of(row)
    if not lots or not set(lots) <= {one.lot_id for one in reading.lots}:
        raise UserError("cold_chain.lot_unknown")
    if any(one.reading_id == reading_id and one.lot_id in lots for one in verdicts_in(session)):
        raise UserError("cold_chain.lot_decided")
    return reading


def _verdict(
    session: Session,
    reading_id: UUID,
    lot_id: UUID,
    fate: Fate,
    doses: int,
    reason: str,
    by_name: str,
    now: datetime,
) -> FridgeVerdictRow:
    """The decision after that reading, and the same after every other one that the lot was outside at and that is known
    now: a reading that comes later asks again."""
    waiting = lots_waiting(outside_in(session), verdicts_in(session))
    known = {one.id for each in waiting if each.lot.lot_id == lot_id for one in each.readings}
    rows = {
        one: FridgeVerdictRow(
            id=new_id(), reading_id=one, lot_id=lot_id, fate=fate.value, doses=0, reason=reason, at=wall(now)
        )
        for one in sorted(known)
    }
    for row in rows.values():
        row.by_name = clean(by_name)
        session.add(row)
    rows[reading_id].doses = doses
    session.flush()
    return rows[reading_id]
