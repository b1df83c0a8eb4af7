"""What a station's new lines mean for others: requests and answers about people, and facts that come too late.

Called in the transaction that applied the lines (`bundles`). Nothing that a station says can stop its bundle: what
cannot be done now waits for a person at the district.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from covidstation.domain.belongings import BY_TABLE, PERSON
from covidstation.domain.canonical import is_hex
from covidstation.domain.district import ItemKind, MessageKind
from covidstation.domain.merged import MARK
from covidstation.domain.ops import Op
from covidstation.errors import UserError
from covidstation.hub.database.holding import hold_stations
from covidstation.hub.database.records import MESSAGE, load_records
from covidstation.hub.database.store import Hub
from covidstation.hub.down.handing import Forwarded, named_on, send_on
from covidstation.hub.down.items import Author, ItemDraft, catch_up, make_item
from covidstation.hub.down.moves import (
    ACCEPTED,
    ASKED,
    Proposal,
    decide_move,
    owners_of,
    person_name,
    propose_move,
    request_of,
    station_named,
)
from covidstation.hub.rows import MoveRow, OperationRow, StationRow, StreamRow
from covidstation.i18n import _
from covidstation.messages.fields import FIELDS

FORMER_OWNER: Final = "former_owner"
CODE: Final = "op.former_owner"
_LEFT: Final = select(MoveRow.person).where(MoveRow.origin == bindparam("station"), MoveRow.state == ACCEPTED)
ASIDE: Final = ("quarantine", "hub_too_old")  # as `merging.lines`, which stands above this room


def hear(
    session: Session, hub: Hub, stream: StreamRow, ops: Sequence[Op], *, any_aside: bool = True, now: datetime
) -> None:
    """Everything that these lines, which just came, ask for. What was set aside says nothing until it is applied.

    `any_aside`: whether any of them may have been.
    """
    station = session.get_one(StationRow, stream.station)
    ops = _applied(session, stream, ops) if any_aside else ops
    _hear(session, hub, stream, station, ops, partial(_new, session, stream, ops), now)


def hear_again(session: Session, hub: Hub, stream: StreamRow, ops: Sequence[Op], *, now: datetime) -> None:
    """The same for lines that had been set aside and were applied now (`merging.echo`)."""
    station = session.get_one(StationRow, stream.station)
    _hear(session, hub, stream, station, ops, lambda: [op for op in ops if op.table in BY_TABLE], now)


def pass_on(session: Session, hub: Hub, station_n: int, ops: Sequence[Op], *, now: datetime) -> None:
    """What the district itself wrote in a station's records about people whom another one looks after: the same there.

    A correction, a decision, a line that came back after the hub had lost it; inside `hub.database.kinds.write`.
    """
    gone = _gone(session, station_n) if any(op.table in BY_TABLE for op in ops) else {}
    if not gone:
        return
    hold_stations(session, *gone.values())
    station = session.get_one(StationRow, station_n)
    for person, facts in _by_person(session, station_n, gone.keys(), ops).items():
        found = send_on(session, hub, person, facts, station, gone[person], now=now)
        _ask_about(session, hub, person, station, gone[person], found, now, by_district=True)


def _applied(session: Session, stream: StreamRow, ops: Sequence[Op]) -> list[Op]:
    if not ops:
        return []
    query = select(OperationRow.seq).where(
        OperationRow.stream == stream.n,
        OperationRow.seq.between(ops[0].seq, ops[-1].seq),
        OperationRow.code.is_not(None),
        OperationRow.status.in_(ASIDE),
    )
    aside = set(session.scalars(query))
    return [op for op in ops if op.seq not in aside]


def _hear(
    session: Session,
    hub: Hub,
    stream: StreamRow,
    station: StationRow,
    ops: Sequence[Op],
    about_people: Callable[[], Sequence[Op]],
    now: datetime,
) -> None:
    messages = [op for op in ops if op.table == MESSAGE and op.action == "i"]
    gone = _gone(session, station.n)
    hold_stations(session, *_concerned(session, messages), *gone.values())
    catch_up(session, hub, station.n, now)
    for op in messages:
        _message(session, hub, station, op, now)
    if messages:  # an answer may have handed somebody over
        gone = _gone(session, station.n)
    if gone:
        _late_facts(session, hub, gone, stream, about_people(), now)


def _concerned(session: Session, messages: Iterable[Op]) -> list[int]:
    """The stations of the moves that are answered here."""
    said = [op.fields.get("data") for op in messages if op.fields.get("kind") == MessageKind.MOVE_ANSWER.value]
    wanted = [one.get("move") for one in said if isinstance(one, Mapping)]
    moves = [UUID(hex=one) for one in wanted if isinstance(one, str) and is_hex(one, 32)]
    query = select(MoveRow.origin).where(MoveRow.id.in_(moves))
    return list(session.scalars(query)) if moves else []


def _gone(session: Session, station: int) -> dict[str, int]:
    """People whom the station handed over, and who looks after them now."""
    owners = owners_of(session, set(session.scalars(_LEFT, {"station": station})))
    return {person: owner for person, owner in owners.items() if owner != station}


def _message(session: Session, hub: Hub, station: StationRow, op: Op, now: datetime) -> None:
    kind, data = op.fields.get("kind"), op.fields.get("data")
    author = Author(_("{name}, {station}").format(name=op.fields.get("by_name") or "–", station=station.name))
    with_data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    if kind == MessageKind.MOVE_ANSWER.value:
        _answered(session, hub, station, with_data, str(op.fields.get("text") or ""), author, now)
    elif kind == MessageKind.MOVE_REQUEST.value:
        _requested(session, hub, station, op, author, now)


def _answered(
    session: Session,
    hub: Hub,
    station: StationRow,
    data: Mapping[str, Any],
    text: str,
    author: Author,
    now: datetime,
) -> None:
    """Only the station that was asked answers, and only while the question stands."""
    wanted = data.get("move")
    move = session.get(MoveRow, UUID(hex=wanted)) if is_hex(wanted, 32) and isinstance(wanted, str) else None
    if move is None or move.target != station.n or move.state != ASKED:
        return
    accept = data.get("accept") is True
    try:
        with session.begin_nested():
            decide_move(session, hub, move.id, author, accept=accept, answer=text, now=now)
    except UserError as trouble:
        session.refresh(move)
        with session.begin_nested():
            reason = f"{text} ({trouble.code})"
            decide_move(session, hub, move.id, author, accept=False, answer=reason, now=now)


def _requested(session: Session, hub: Hub, station: StationRow, op: Op, author: Author, now: datetime) -> None:
    """The old station names the new one: ask it. What is not clear waits (`moves.open_requests`)."""
    id = UUID(hex=op.row)
    request = request_of(id, station.n, station.name, op.fields)
    target = station_named(session, request.place)
    if request.incoming or target is None or session.get(MoveRow, id) is not None or not is_hex(request.person, 32):
        return
    proposal = Proposal(person=request.person, origin=station.n, target=target.n, reason=request.reason, id=id)
    try:
        with session.begin_nested():
            propose_move(session, hub, proposal, author, now=now)
    except UserError:
        return


def _late_facts(
    session: Session, hub: Hub, gone: Mapping[str, int], stream: StreamRow, ops: Sequence[Op], now: datetime
) -> None:
    station = session.get_one(StationRow, stream.station)
    for person, facts in _by_person(session, station.n, gone.keys(), ops).items():
        owner = gone[person]
        found = send_on(session, hub, person, facts, station, owner, now=now)
        _ask_about(session, hub, person, station, owner, found, now)
        if any(op.table == PERSON and op.fields.get(MARK) for op in facts):
            _ask_who(session, hub, person, station, owner, now)
        marked = update(OperationRow).where(
            OperationRow.stream == stream.n,
            OperationRow.seq.in_([op.seq for op in facts]),
            OperationRow.code.is_(None),
        )
        session.execute(marked.values(status=FORMER_OWNER, code=CODE))


def _by_person(session: Session, station: int, people: Set[str], ops: Iterable[Op]) -> dict[str, list[Op]]:
    """The lines about each of these people."""
    found: dict[str, list[Op]] = {}
    for op in ops:
        for person in _whose(session, station, op) & people if op.table in BY_TABLE else ():
            found.setdefault(person, []).append(op)
    return found


def _new(session: Session, stream: StreamRow, ops: Sequence[Op]) -> list[Op]:
    """The lines about people that did not come in another epoch of the station before."""
    mine = [op for op in ops if op.table in BY_TABLE]
    others = list(
        session.scalars(select(StreamRow.n).where(StreamRow.station == stream.station, StreamRow.n != stream.n))
    )
    if not others or not mine:
        return mine
    known = select(OperationRow.stamp).where(
        OperationRow.stream.in_(others), OperationRow.stamp.between(mine[0].stamp, max(op.stamp for op in mine))
    )
    held = set(session.scalars(known))
    return [op for op in mine if op.stamp not in held]


def _whose(session: Session, station: int, op: Op) -> set[str]:
    """Those to whom a row belongs: one person, or all whom a paper names."""
    if op.table == PERSON:
        return {op.row}
    if op.table == "paper":
        return named_on(session, station, op.row)
    if op.table == "paper_delivery":
        return named_on(session, station, _field(session, station, op, "paper_id"))
    return {_field(session, station, op, "person_id")}


def _field(session: Session, station: int, op: Op, name: str) -> str:
    """A field of the row, from the line or from what is held."""
    if name in op.fields:
        return str(op.fields[name] or "")
    held = load_records(session, station, [(op.table, op.row)]).get((op.table, op.row))
    return str(held.fields.get(name) or "") if held is not None else ""


def _ask_who(session: Session, hub: Hub, person: str, station: StationRow, owner: int, now: datetime) -> None:
    """The station merged somebody whom another one looks after by now: what did not go along is still counted here."""
    name, place = person_name(session, station.n, person), session.get_one(StationRow, owner).name
    draft = ItemDraft(
        kind=ItemKind.QUESTION,
        title=_("{name} đã sang {place} trước khi trạm gộp hồ sơ").format(name=name, place=place)[:200],
        body=_(
            "Huyện đã giao hồ sơ này của {name} cho {place} trước khi biết trạm gộp. Nếu đúng là một người, xin chuyển "
            "cả hồ sơ còn lại sang {place}. Nếu gộp nhầm, mở hồ sơ còn lại và bấm Tách ra."
        ).format(name=name, place=place),
        station=station.n,
        about=(PERSON, person),
    )
    make_item(session, hub, draft, Author(hub.name), now=now)


def _ask_about(
    session: Session,
    hub: Hub,
    person: str,
    station: StationRow,
    owner: int,
    found: Forwarded,
    now: datetime,
    *,
    by_district: bool = False,
) -> None:
    """Values that the present station wrote itself and another one, or the district, wrote elsewhere: they stay, and
    the station is told of the others."""
    if not found.clashes:
        return
    told = "\n".join(
        _("{field}: {value}").format(field=_(FIELDS.get(field, field)), value=value if value is not None else "–")
        for _table, _row, values in found.clashes
        for field, value in values.items()
    )
    if by_district:
        title = _("Huyện đã sửa hồ sơ của {name} ở {station}")
        body = _("Chỗ này trạm đã tự ghi khác, nên huyện không sửa đè. Xem rồi sửa nếu cần:\n{told}")
    else:
        title = _("{station} ghi thêm về {name}")
        body = _("Trạm quản lý trước đã ghi khác, trước khi biết việc chuyển. Xem rồi sửa nếu cần:\n{told}")
    draft = ItemDraft(
        kind=ItemKind.QUESTION,
        title=title.format(station=station.name, name=person_name(session, owner, person))[:200],
        body=body.format(told=told)[:5000],
        station=owner,
        about=(PERSON, person),
    )
    make_item(session, hub, draft, Author(hub.name), now=now)
