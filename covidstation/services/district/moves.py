"""Handing a person over to another station, as the two stations see it: asked, answered, and where somebody is now.

The district passes the question on and writes the record into the other register (`down.moves`); nothing changes here
before its lines come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import DistrictItemRow, DistrictMessageRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.district import ItemKind, MessageKind
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.certificate import get_certificate
from covidstation.services.changes import Done, Kind, done
from covidstation.services.district.items import add_message, checked_text
from covidstation.services.rights import needs

MOST_NAME = 200
DECIDED = "move"
"""Key of the data of an announcement that ends a request: the request's id and whether it was accepted."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Who looks after a person: `moved_to` is the other station, `asked_at` the moment of a request that waits."""

    moved_to: str = ""
    asked_at: datetime | None = None
    asked_place: str = ""


@needs(Right.SEE)
def whereabouts(db: Database, person_id: UUID) -> Whereabouts:
    """For a person's page."""
    with db.read() as session:
        place = session.scalar(select(PersonRow.moved_to).where(PersonRow.id == person_id))
        request = _waiting(session, person_id)
        if request is None:
            return Whereabouts(place or "")
        return Whereabouts(place or "", request.made_at, str((request.data or {}).get("place", "")))


@needs(Right.TREAT)
def request_move(
    db: Database, person_id: UUID, place: str, reason: str, *, by: UUID | None, by_name: str, now: datetime
) -> Done[UUID]:
    """Ask the district that another station looks after a person of this one; the value is the message.

    Raises Refused district.place_missing, district.reason_missing, district.answer_long; UserError people.unknown,
    district.moved_away, district.move_waiting, district.not_enrolled.
    """
    place = _place(place)
    reason = checked_text(reason, "reason", "district.reason_missing")
    _check_enrolled(db)
    with db.write(by, now) as session:
        person = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
        if person is None:
            raise UserError("people.unknown_person")
        if person.moved_to is not None:
            raise UserError("district.moved_away", name=person.full_name, place=person.moved_to)
        if _waiting(session, person_id) is not None:
            raise UserError("district.move_waiting", name=person.full_name)
        message = add_message(
            session,
            MessageKind.MOVE_REQUEST,
            about_tbl=PersonRow.__tablename__,
            about_row=person_id,
            text=reason,
            data={"place": place, "name": person.full_name},
            by_name=by_name,
            now=now,
        )
    return done(message, Kind.DISTRICT, Kind.PEOPLE, Kind.SYNC)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPerson:
    """Somebody who lives here now and whose record another station has."""

    name: str
    birth: str = ""
    number: str = ""
    place: str = ""  # the station that has the record
    reason: str = ""


@needs(Right.TREAT)
def ask_for_person(db: Database, wanted: WantedPerson, *, by: UUID | None, by_name: str, now: datetime) -> Done[UUID]:
    """Ask the district for somebody whom another station looks after; the value is the message.

    Raises Refused district.name_missing, district.place_missing, district.reason_missing; UserError
    district.not_enrolled.
    """
    name = clean(wanted.name)[:MOST_NAME]
    if not name:
        raise Refused([Problem("name", "district.name_missing")])
    place = _place(wanted.place)
    reason = checked_text(wanted.reason, "reason", "district.reason_missing")
    _check_enrolled(db)
    data = {"incoming": True, "name": name, "place": place}
    data |= {"birth": clean(wanted.birth)[:MOST_NAME], "number": clean(wanted.number)[:MOST_NAME]}
    with db.write(by, now) as session:
        message = add_message(session, MessageKind.MOVE_REQUEST, text=reason, data=data, by_name=by_name, now=now)
    return done(message, Kind.DISTRICT, Kind.SYNC)


@needs(Right.TREAT)
def answer_move(
    db: Database, item_id: UUID, *, accept: bool, reason: str, by: UUID | None, by_name: str, now: datetime
) -> Done[None]:
    """Take a person over, or say why not; said once.

    Raises Refused district.reason_missing (a refusal wants one); UserError district.unknown_item, district.withdrawn,
    district.already_answered.
    """
    if not accept or reason.strip():
        reason = checked_text(reason, "reason", "district.reason_missing")
    with db.write(by, now) as session:
        row = session.scalars(select(DistrictItemRow).where(DistrictItemRow.id == item_id)).first()
        if row is None or row.kind != ItemKind.MOVE.value:
            raise UserError("district.unknown_item")
        if row.withdrawn_at is not None:
            raise UserError("district.withdrawn")
        answered = select(DistrictMessageRow.id).where(
            DistrictMessageRow.item == item_id, DistrictMessageRow.kind == MessageKind.MOVE_ANSWER.value
        )
        if session.scalars(answered).first() is not None:
            raise UserError("district.already_answered")
        row.seen_at = row.seen_at or now.replace(microsecond=0, tzinfo=None)
        data: dict[str, Any] = {"accept": accept, "move": str((row.data or {}).get("move", ""))}
        add_message(session, MessageKind.MOVE_ANSWER, item=item_id, text=reason, data=data, by_name=by_name, now=now)
    return done(None, Kind.DISTRICT, Kind.SYNC)


def _place(text: str) -> str:
    place = clean(text)[:MOST_NAME]
    if not place:
        raise Refused([Problem("place", "district.place_missing")])
    return place


def _check_enrolled(db: Database) -> None:
    if get_certificate(db) is None:
        raise UserError("district.not_enrolled")


def _waiting(session: Session, person_id: UUID) -> DistrictMessageRow | None:
    """The newest request about a person that the district has not ended yet."""
    query = select(DistrictMessageRow).where(
        DistrictMessageRow.about_row == person_id, DistrictMessageRow.kind == MessageKind.MOVE_REQUEST.value
    )
    row = session.scalars(query.order_by(DistrictMessageRow.n.desc()).limit(1)).first()
    if row is None:
        return None
    ended = select(DistrictItemRow.data).where(DistrictItemRow.about_row == person_id)
    over = {(data or {}).get(DECIDED) for data in session.scalars(ended)}
    return None if row.id.hex in over else row
