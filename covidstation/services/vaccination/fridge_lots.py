"""What becomes of a lot that was outside the bounds: put aside, or kept with a reason (docs/adr/0048)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.queries.cold_chain import balance_in, reading_of, reading_stands, verdict_stands, verdicts_in
from covidstation.db.rows import FridgeReadingRow, FridgeVerdictRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.supplies import Link, LinkKind, MovementKind
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.domain.vaccination.fridge import Fate, Reading, degrees
from covidstation.errors import Refused, UserError
from covidstation.services.care.rows import wall
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.supplies.writing import Move, Said, write_moves
from covidstation.services.vaccination.vials import void_moves

CHANGED = (Kind.VACCINES, Kind.SUPPLIES)


@needs(Right.ENTER)
def put_aside(
    db: Database, reading_id: UUID, lots: Sequence[UUID], *, by: UUID | None, by_name: str, now: datetime
) -> Done[int]:
    """These lots are not given any more: all that the store has of them leaves it as a loss. The value is how many
    doses. A lot of which nothing is left is decided, too.

    Raises UserError cold_chain.gone, lot_unknown, lot_decided.
    """
    with db.write(by, now) as session:
        reading = _reading(session, reading_id, lots)
        reason = f"{degrees(reading.temperature)} °C, {reading.at:%H:%M %d/%m/%Y}"
        gone = 0
        for lot_id in dict.fromkeys(lots):
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
    """It was decided by mistake: the lot waits again, and what was put aside is in the store again. Raises UserError
    cold_chain.verdict_gone."""
    with db.write(by, now) as session:
        query = select(FridgeVerdictRow).where(FridgeVerdictRow.id == verdict_id, verdict_stands())
        old = session.scalars(query).first()
        if old is None:
            raise UserError("cold_chain.verdict_gone")
        void = FridgeVerdictRow(
            id=new_id(), reading_id=old.reading_id, lot_id=old.lot_id, fate="", at=wall(now), voids=old.id
        )
        void.by_name = clean(by_name)
        session.add(void)
        session.flush()
        void_moves(session, LinkKind.FRIDGE, old.id, by_name=by_name)
        return done(None, *CHANGED)


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
    row = FridgeVerdictRow(
        id=new_id(), reading_id=reading_id, lot_id=lot_id, fate=fate.value, doses=doses, reason=reason, at=wall(now)
    )
    row.by_name = clean(by_name)
    session.add(row)
    session.flush()
    return row
