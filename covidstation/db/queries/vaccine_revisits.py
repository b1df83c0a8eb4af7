"""With whom somebody is to speak again about a dose that they refused, put off, or must not have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.residence import lives_here
from covidstation.db.queries.vaccination import stances_of_many
from covidstation.db.rows import HamletRow, PersonRow, VaccineStanceRow
from covidstation.db.session import Database
from covidstation.domain.vaccination.stances import Stance, StanceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """Somebody whose day has come: what stands, and since when it waits."""

    person_id: UUID
    full_name: str
    hamlet: str
    phone: str
    stance: Stance
    day: date


def revisits_due(db: Database, today: date) -> tuple[Revisit, ...]:
    """Those whom the station manages, each once, by what waits longest. A deferral whose time is over asks for nobody:
    the schedule says by itself what follows."""
    row = VaccineStanceRow
    said = select(row.person_id).where(row.closed_on.is_(None), or_(row.due_on <= today, row.until <= today))
    query = (
        select(PersonRow.id, PersonRow.full_name, PersonRow.phone, PersonRow.sort_key, hamlet_words().label("hamlet"))
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .where(PersonRow.id.in_(said), lives_here())
        .order_by(PersonRow.sort_key, PersonRow.n)
    )
    with db.read() as session:
        people = session.execute(query).all()
        stances = stances_of_many(session, [one.id for one in people])
    found = [
        Revisit(
            person_id=who.id, full_name=who.full_name, hamlet=who.hamlet, phone=who.phone, stance=stance, day=day
        )
        for who in people
        for stance in stances.get(who.id, ())
        if (day := _day(stance)) is not None and day <= today and stance.holds(today)
    ]  # fmt: skip
    first: dict[UUID, Revisit] = {}
    for one in sorted(found, key=lambda revisit: revisit.day):
        first.setdefault(one.person_id, one)
    return tuple(first.values())


def _day(stance: Stance) -> date | None:
    """On which somebody asked for the next step; else on which a contraindication is to be looked at again."""
    return stance.due_on or (stance.until if stance.kind is StanceKind.CONTRAINDICATED else None)
