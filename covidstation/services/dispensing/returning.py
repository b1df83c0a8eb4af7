"""Medicines that come back unused, after another treatment or a death: out of the house, into the lots they left."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.queries.dispensing import prescriptions_in, taken_over
from covidstation.db.queries.supply_books import standing
from covidstation.db.rows import DispensingRow, PrescriptionRow, SupplyMovementRow
from covidstation.db.session import Database
from covidstation.domain.dispensing import Origin, Place, Receiver
from covidstation.domain.prescriptions import MOST_UNITS, check_day
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.supplies import Link, LinkKind, MovementKind
from covidstation.domain.text import clean
from covidstation.errors import Refused
from covidstation.services.changes import Done, Kind, done
from covidstation.services.dispensing.prescribing import long_reason, prescription_in, same_medicine, settle
from covidstation.services.rights import needs
from covidstation.services.supplies.writing import Move, Said, write_moves


@needs(Right.ENTER)
def bring_back(
    db: Database,
    prescription_id: UUID,
    units: int,
    reason: str,
    *,
    by: UUID | None,
    by_name: str,
    now: datetime,
    into_store: bool = True,
) -> Done[UUID]:
    """So many units came back today; the value is the row's id. They return into the lots that they were taken from,
    the last one first; with `into_store` off they were thrown away.

    Raises Refused: dispensing.units, dispensing.more_than_given with how many were handed out and did not come back.
    """
    today = now.date()
    with db.write(by, now) as session:
        row = prescription_in(session, prescription_id)
        known = prescriptions_in(session, row.person_id)
        gone = taken_over(known)
        given = sum(one.at_home for one in known if one.id == row.id and one.id not in gone)
        found = [*check_day("day", today, today, None), *long_reason(reason)]
        if not 1 <= units <= MOST_UNITS:
            found.append(Problem("units", "dispensing.units", {"most": str(MOST_UNITS)}))
        elif units > given:
            params = {"name": row.medicine, "given": f"{given}", "unit": row.unit}
            found.append(Problem("units", "dispensing.more_than_given", params))
        if found:
            raise Refused(found)
        back = _row(row, units, reason, by_name, today)
        if into_store:
            _into_lots(session, row, back, units, Said(day=today, reason=reason, by_name=by_name))
        session.add(back)
        settle(session, row)
        return done(back.id, Kind.CARE, Kind.SUPPLIES)


def _row(row: PrescriptionRow, units: int, reason: str, by_name: str, today: date) -> DispensingRow:
    return DispensingRow(
        id=new_id(),
        person_id=row.person_id,
        prescription_id=row.id,
        handing=new_id(),
        day=today,
        days=0,
        units=-units,
        place=Place.STATION.value,
        receiver=Receiver.SELF.value,
        origin=Origin.STATION.value,
        reason=clean(reason),
        by_name=clean(by_name),
    )


def _into_lots(session: Session, row: PrescriptionRow, back: DispensingRow, units: int, said: Said) -> None:
    """Only as much into a lot as came out of it for that person, under whatever dose; what was never the station's goes
    into none."""
    rows = select(DispensingRow.id).where(DispensingRow.prescription_id.in_(same_medicine(row)))
    movements = session.scalars(
        select(SupplyMovementRow)
        .where(
            SupplyMovementRow.link_kind == LinkKind.DISPENSING.value, SupplyMovementRow.link_id.in_(rows), standing()
        )
        .order_by(SupplyMovementRow.n.desc())
    )
    out: dict[UUID, int] = defaultdict(int)
    for movement in movements:
        out[movement.lot_id] -= movement.quantity
    moves = []
    for lot, taken in out.items():
        part = min(taken, units)
        if part > 0:
            link = Link(LinkKind.DISPENSING, back.id)
            moves.append(Move(lot_id=lot, kind=MovementKind.RETURN, quantity=part, link=link))
            units -= part
    if moves:
        write_moves(session, said, moves)
