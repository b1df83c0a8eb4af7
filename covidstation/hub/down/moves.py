"""Handing people over between stations: asked by either of them or by the district, answered, done, taken back.

A move is `asked` until the receiving station has answered: `accepted` writes the record there (`hub.down.handing`),
`refused` and `withdrawn` leave everything as it was. A request that names no station of this district, or nobody's
record, waits for a person here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.domain.belongings import PERSON
from covidstation.domain.district import ItemKind, MessageKind
from covidstation.domain.text import clean, clean_block, fold
from covidstation.errors import UserError
from covidstation.hub.database.holding import hold_stations
from covidstation.hub.database.merged import standing_at
from covidstation.hub.database.records import MESSAGE, load_records
from covidstation.hub.database.sets import among
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.down.handing import belonging_rows, write_over
from covidstation.hub.down.items import Author, ItemDraft, make_item, withdraw_item
from covidstation.hub.rows import EnrolmentRow, ItemRow, MoveRow, RecordRow, SaidRow, StationRow
from covidstation.hub.staff.audit import PROGRAM, HubAction, note
from covidstation.i18n import _

ASKED, ACCEPTED, REFUSED, WITHDRAWN = "asked", "accepted", "refused", "withdrawn"
MOST_TITLE = 200

_moves: Final = cast(Table, MoveRow.__table__)
_records: Final = cast(Table, RecordRow.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Who is to go from where to where, and why. `id` is the request that it answers, None for the district's own."""

    person: str
    origin: int
    target: int
    reason: str
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """What a station asked for and nobody has decided: about `person`, or about somebody only described."""

    id: UUID
    station: int
    station_name: str
    person: str
    name: str
    birth: str
    number: str
    place: str
    reason: str
    by_name: str
    incoming: bool  # the asking station wants to take the person over


def owner_of(session: Session, person: str) -> int | None:
    """The station that looks after a person (`owners_of`), or that alone has ever held the record."""
    moved = owners_of(session, [person])
    if moved:
        return moved[person]
    held = select(RecordRow.station, RecordRow.fields).where(
        RecordRow.tbl == PERSON, RecordRow.row == person, RecordRow.deleted.is_(False)
    )
    return next((station for station, fields in session.execute(held) if not fields.get("moved_to")), None)


def owners_of(session: Session, people: Collection[str]) -> dict[str, int]:
    """Who looks after people who were ever handed over: the station whose record bears no mark of another one.

    Where that is none, or not one alone (it is deleted there, or a restored hub lacks lines), the target of the last
    accepted move. Moves alone do not tell: their moments are of a clock that may have been years ahead.
    """
    moves: dict[str, list[MoveRow]] = {}
    for picked in among(session, _moves.c.person, people):
        query = select(MoveRow).where(picked, MoveRow.state == ACCEPTED)
        for move in session.scalars(query.order_by(MoveRow.decided_at, MoveRow.asked_at)):
            moves.setdefault(move.person, []).append(move)
    stations = {station for some in moves.values() for move in some for station in (move.origin, move.target)}
    here: dict[str, list[int]] = {}
    for picked in among(session, _records.c.row, moves):
        held = select(RecordRow.station, RecordRow.row, RecordRow.fields).where(
            RecordRow.station.in_(stations), RecordRow.tbl == PERSON, picked, RecordRow.deleted.is_(False)
        )
        for station, row, fields in session.execute(held):
            if not fields.get("moved_to"):
                here.setdefault(row, []).append(station)
    return {person: _last(some, here.get(person, [])) for person, some in moves.items()}


def _last(moves: Sequence[MoveRow], here: Sequence[int]) -> int:
    targets = [move.target for move in reversed(moves)]
    return here[0] if len(here) == 1 else next((one for one in targets if one in here), targets[0])


def propose_move(session: Session, hub: Hub, proposal: Proposal, author: Author, *, now: datetime) -> MoveRow:
    """Ask the receiving station, inside `hub.database.kinds.write`.

    Raises UserError district.same_station, district.not_there, district.move_open, district.reason_missing.
    """
    hold_stations(session, proposal.origin, proposal.target)
    proposal = replace(proposal, person=standing_at(session, proposal.origin, proposal.person))
    move = _checked(session, proposal, author, now)
    session.add(move)
    session.flush()
    origin, target = session.get_one(StationRow, move.origin), session.get_one(StationRow, move.target)
    name = person_name(session, move.origin, move.person)
    data = {
        "move": move.id.hex,
        "person": move.person,
        "from_station": origin.id.hex,
        "from_name": origin.name,
        "to_name": target.name,
        "reason": move.reason,
        "summary": summary(session, move.origin, move.person),
    }
    title = _("Nhận quản lý {name}").format(name=name)[:MOST_TITLE]
    draft = ItemDraft(kind=ItemKind.MOVE, title=title, body=str(data["summary"]), station=target.n, data=data)
    make_item(session, hub, draft, author, now=now)
    _note(session, move, author, now, ASKED)
    return move


def _checked(session: Session, proposal: Proposal, author: Author, now: datetime) -> MoveRow:
    reason = clean_block(proposal.reason)
    if not reason:
        raise UserError("district.reason_missing")
    if proposal.origin == proposal.target:
        raise UserError("district.same_station")
    name = person_name(session, proposal.origin, proposal.person)
    if not name or owner_of(session, proposal.person) != proposal.origin:
        station = session.get_one(StationRow, proposal.origin).name
        raise UserError("district.not_there", name=name or proposal.person, station=station)
    waiting = select(MoveRow).where(MoveRow.person == proposal.person, MoveRow.state == ASKED)
    held = session.scalars(waiting).first()
    if held is not None:
        station = session.get_one(StationRow, held.target).name
        raise UserError("district.move_open", name=name, station=station)
    return MoveRow(
        id=proposal.id or new_id(),
        person=proposal.person,
        origin=proposal.origin,
        target=proposal.target,
        state=ASKED,
        reason=reason,
        asked_at=utc(now),
        asked_by=author.name,
        decided_at=None,
        decided_by=None,
        answer=None,
    )


def decide_move(
    session: Session, hub: Hub, move_id: UUID, author: Author, *, accept: bool, answer: str = "", now: datetime
) -> MoveRow:
    """The receiving station's answer, or the district's in its place.

    Raises UserError district.which_move, district.move_over, district.not_there (somebody else has the person by now).
    """
    move = _open_move(session, move_id)
    move.person = standing_at(session, move.origin, move.person)  # merged since it was asked
    if accept and owner_of(session, move.person) != move.origin:
        raise UserError("district.not_there", name=move.person, station=session.get_one(StationRow, move.origin).name)
    origin, target = session.get_one(StationRow, move.origin), session.get_one(StationRow, move.target)
    if accept:
        write_over(session, hub, move.person, origin, target, by=author.id, now=now)
    _end(move, ACCEPTED if accept else REFUSED, author, answer, now)
    _tell_origin(session, hub, move, target, author, now)
    _note(session, move, author, now, move.state)
    return move


def withdraw_move(session: Session, hub: Hub, move_id: UUID, author: Author, *, now: datetime) -> MoveRow:
    """The district takes the question back. Raises UserError district.which_move, district.move_over."""
    move = _open_move(session, move_id)
    _end(move, WITHDRAWN, author, "", now)
    for row in session.scalars(
        select(ItemRow).where(ItemRow.kind == ItemKind.MOVE.value, ItemRow.station == move.target)
    ):
        if (row.data or {}).get("move") == move.id.hex:
            withdraw_item(session, hub, row.id, author, now=now)
    _tell_origin(session, hub, move, session.get_one(StationRow, move.target), author, now)
    _note(session, move, author, now, move.state)
    return move


def refuse_request(
    session: Session, hub: Hub, request_id: UUID, author: Author, *, answer: str, now: datetime
) -> ItemRow:
    """Say no to a request before any station was asked.

    Raises UserError district.which_move, district.reason_missing.
    """
    request = next((one for one in open_requests(session) if one.id == request_id), None)
    if request is None:
        raise UserError("district.which_move")
    if not clean_block(answer):
        raise UserError("district.reason_missing")
    title = _("Chưa chuyển {name}").format(name=request.name)[:MOST_TITLE]
    about = (PERSON, request.person) if request.person else None
    data = {"move": request.id.hex, "accepted": False}
    draft = ItemDraft(
        kind=ItemKind.ANNOUNCEMENT, title=title, body=answer, station=request.station, about=about, data=data
    )
    return make_item(session, hub, draft, author, now=now)


def _open_move(session: Session, move_id: UUID) -> MoveRow:
    """With both stations held, as it stands then: its state may have been decided meanwhile."""
    move = session.get(MoveRow, move_id)
    if move is None:
        raise UserError("district.which_move")
    hold_stations(session, move.origin, move.target)
    session.refresh(move)
    if move.state != ASKED:
        raise UserError("district.move_over")
    return move


def _end(move: MoveRow, state: str, author: Author, answer: str, now: datetime) -> None:
    move.state, move.decided_at, move.decided_by = state, utc(now), author.name
    move.answer = clean_block(answer) or None


def _note(session: Session, move: MoveRow, author: Author, now: datetime, state: str) -> None:
    detail: dict[str, str | int] = {"what": "move", "move": move.id.hex, "state": state, "to": move.target}
    by = author.id or PROGRAM
    note(session, HubAction.DECIDE, by=by, now=now, station=move.origin, subject=move.person, detail=detail)


def _tell_origin(session: Session, hub: Hub, move: MoveRow, target: StationRow, author: Author, now: datetime) -> None:
    """How it ended, on the person's page of the station that they were to leave."""
    name = person_name(session, move.origin, move.person)
    title, body = {
        ACCEPTED: (
            _("{place} đã nhận quản lý {name}"),
            _("Hồ sơ ở trạm vẫn còn để xem. Ai gọi đến thì báo người đó liên hệ {place}."),
        ),
        REFUSED: (_("{place} chưa nhận quản lý {name}"), _("{name} vẫn do trạm quản lý. Lý do: {answer}")),
        WITHDRAWN: (_("Huyện thôi chuyển {name}"), _("{name} vẫn do trạm quản lý như trước.")),
    }[move.state]
    words = {"place": target.name, "name": name, "answer": move.answer or "–"}
    draft = ItemDraft(
        kind=ItemKind.ANNOUNCEMENT,
        title=title.format(**words)[:MOST_TITLE],
        body=body.format(**words),
        station=move.origin,
        about=(PERSON, move.person),
        data={"move": move.id.hex, "accepted": move.state == ACCEPTED},
    )
    make_item(session, hub, draft, author, now=now)


def person_name(session: Session, station: int, person: str) -> str:
    """As that station has it; empty for nobody."""
    record = load_records(session, station, [(PERSON, person)]).get((PERSON, person))
    return clean(str(record.fields.get("full_name") or "")) if record is not None and not record.deleted else ""


def summary(session: Session, station: int, person: str) -> str:
    """What a station needs to know to say yes or no: who it is, where from, and how much there is of them."""
    rows = belonging_rows(session, station, person)
    fields = rows[PERSON, person].fields
    cases = [one.fields for (table, _row), one in rows.items() if table == "episode"]
    running = sum(one.get("outcome") == "NO_OUTCOME" for one in cases)
    lines = [
        _("{name}, sinh {birth}").format(
            name=clean(str(fields.get("full_name", ""))), birth=fields.get("birth_year") or "–"
        ),
        clean(str(fields.get("address_printed") or "")),
        _("Điện thoại {phone}").format(phone=clean(str(fields["phone"]))) if fields.get("phone") else "",
        _("{n} lần mắc, {open} đang theo dõi").format(n=len(cases), open=running) if cases else _("chưa từng mắc"),
        _("{n} mục trong hồ sơ").format(n=len(rows)),
    ]
    return "\n".join(filter(None, lines))


def open_requests(session: Session) -> list[MoveRequest]:
    """What stations asked for that waits for a person at the district, the oldest first."""
    query = select(RecordRow.row, RecordRow.station, RecordRow.fields, RecordRow.made).join(
        SaidRow, (RecordRow.station == SaidRow.station) & (RecordRow.tbl == MESSAGE) & (RecordRow.row == SaidRow.row)
    )
    mine = query.where(SaidRow.kind == MessageKind.MOVE_REQUEST.value, RecordRow.deleted.is_(False))
    requests = list(session.execute(mine))
    if not requests:
        return []
    ended = {(row.data or {}).get("move") for row in session.scalars(select(ItemRow))}
    known = set(session.scalars(select(MoveRow.id)))
    names = {n: name for n, name in session.execute(select(StationRow.n, StationRow.name))}
    found = [
        request_of(UUID(hex=one.row), one.station, names[one.station], one.fields)
        for one in sorted(requests, key=lambda one: one.made)
        if one.row not in ended and UUID(hex=one.row) not in known
    ]
    return found


def request_of(id: UUID, station: int, station_name: str, fields: Mapping[str, Any]) -> MoveRequest:
    """A request as it travels."""
    data = fields.get("data")
    said: Mapping[str, Any] = data if isinstance(data, Mapping) else {}

    def text(name: str, source: Mapping[str, Any] = said) -> str:
        return clean(str(source.get(name) or ""))

    return MoveRequest(
        id=id,
        station=station,
        station_name=station_name,
        person=str(fields.get("about_row") or ""),
        name=text("name"),
        birth=text("birth"),
        number=text("number"),
        place=text("place"),
        reason=clean_block(str(fields.get("text") or "")),
        by_name=text("by_name", fields),
        incoming=said.get("incoming") is True,
    )


def station_named(session: Session, words: str) -> StationRow | None:
    """The one station in force of that name, commune code or id; None when there is none or more than one."""
    wanted = fold(words)
    in_force = select(EnrolmentRow.station).where(EnrolmentRow.revoked_at.is_(None))
    found = [
        row
        for row in session.scalars(select(StationRow).where(StationRow.n.in_(in_force)))
        if wanted and (wanted in (row.id.hex, str(row.id), row.commune) or fold(row.name) == wanted)
    ]
    return found[0] if len(found) == 1 else None
