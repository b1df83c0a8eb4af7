"""People handed from one station to another: what stations ask for, what waits for an answer, what was decided."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from covidstation.domain.canonical import is_hex
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.database.store import aware
from covidstation.hub.down.items import Author
from covidstation.hub.down.moves import (
    MoveRequest,
    Proposal,
    decide_move,
    open_requests,
    owner_of,
    propose_move,
    refuse_request,
    withdraw_move,
)
from covidstation.hub.figures.overview import station_by_id
from covidstation.hub.figures.worklists import MOST
from covidstation.hub.rows import EnrolmentRow, MoveRow, RecordRow, StationRow
from covidstation.hub.staff.audit import HubAction, note
from covidstation.hub.web.frame import Answer, Ask, Go, Show


def author_of(ask: Ask) -> Author:
    """Who speaks to the stations."""
    return Author(ask.actor.name, ask.by)


def show_moves(ask: Ask) -> Answer:
    """Requests of stations first, then what waits for the new station, then what is over."""
    here, there = aliased(StationRow), aliased(StationRow)
    query = (
        select(MoveRow, here.name, here.id, there.name, RecordRow.fields)
        .join(here, here.n == MoveRow.origin)
        .join(there, there.n == MoveRow.target)
        .outerjoin(
            RecordRow,
            (RecordRow.station == MoveRow.origin) & (RecordRow.tbl == "person") & (RecordRow.row == MoveRow.person),
        )
        .order_by(MoveRow.decided_at.is_not(None), MoveRow.asked_at.desc())
        .limit(MOST)
    )
    with ask.hub.db.read() as session:
        moves = [tuple(row) for row in session.execute(query)]
        requests = open_requests(session)
        owners = {one.person: str(owner_of(session, one.person)) for one in requests if one.person}
    if moves or requests:
        with ask.hub.db.write(None, ask.now) as session:
            detail: dict[str, str | int] = {"what": "moves", "people": len(moves) + len(requests)}
            note(session, HubAction.SEE, by=ask.by, now=ask.now, detail=detail)
    values = {"moves": moves, "requests": requests, "owners": owners, "aware": aware, "stations": stations_of(ask)}
    return Show("moves.html", values)


def stations_of(ask: Ask) -> list[tuple[str, str]]:
    """Every station in force, by name: its number here, which is shorter in a form than its id, and its name."""
    in_force = select(EnrolmentRow.station).where(EnrolmentRow.revoked_at.is_(None))
    query = select(StationRow.n, StationRow.name).where(StationRow.n.in_(in_force)).order_by(StationRow.name)
    with ask.hub.db.read() as session:
        return [(str(row.n), row.name) for row in session.execute(query)]


def station_of(session: Session, typed: str) -> StationRow | None:
    """By its number or its id; None for neither."""
    if is_hex(typed, 32):
        return station_by_id(session, UUID(hex=typed))
    return session.get(StationRow, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 9 else None


def station_typed(ask: Ask, session: Session, name: str = "station") -> StationRow:
    """The station that a form names. Raises UserError hub_page.not_found."""
    row = station_of(session, ask.text(name))
    if row is None:
        raise UserError("hub_page.not_found")
    return row


def answer_request(ask: Ask) -> Answer:
    """What a station asked for: put to the other station, or refused with a reason."""
    words = clean(ask.text("answer", 300))
    with ask.hub.db.write(None, ask.now) as session:
        if ask.text("choice") == "refuse":
            refuse_request(session, ask.hub, ask.id(), author_of(ask), answer=words, now=ask.now)
            return Go("/moves", done="told")
        request = _request(session, ask.id())
        other = station_typed(ask, session, "other")
        origin, target = (other.n, request.station) if request.incoming else (request.station, other.n)
        reason = request.reason or words
        made = Proposal(person=request.person, origin=origin, target=target, reason=reason, id=request.id)
        propose_move(session, ask.hub, made, author_of(ask), now=ask.now)
    return Go("/moves", done="told")


def _request(session: Session, id: UUID) -> MoveRequest:
    found = next((one for one in open_requests(session) if one.id == id), None)
    if found is None or not found.person:
        raise UserError("district.which_move")
    return found


def answer_move(ask: Ask) -> Answer:
    """The district's word on a move that waits: accepted or refused in the station's place, or taken back."""
    choice, words = ask.text("choice"), clean(ask.text("answer", 300))
    with ask.hub.db.write(None, ask.now) as session:
        if choice == "withdraw":
            withdraw_move(session, ask.hub, ask.id(), author_of(ask), now=ask.now)
        elif choice in ("accept", "refuse"):
            yes = choice == "accept"
            decide_move(session, ask.hub, ask.id(), author_of(ask), accept=yes, answer=words, now=ask.now)
        else:
            raise UserError("hub_page.choice_missing")
    return Go("/moves", done="told")


def propose(ask: Ask) -> Answer:
    """The district's own proposal, from a person's page."""
    row = ask.parts["row"]
    if not is_hex(row, 32):
        raise UserError("hub_page.not_found")
    with ask.hub.db.write(None, ask.now) as session:
        origin = station_by_id(session, ask.id())
        if origin is None:
            raise UserError("hub_page.not_found")
        target = station_typed(ask, session, "target")
        made = Proposal(person=row, origin=origin.n, target=target.n, reason=clean(ask.text("reason", 300)))
        propose_move(session, ask.hub, made, author_of(ask), now=ask.now)
    return Go("/moves", done="told")
