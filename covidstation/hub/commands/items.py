"""What the district tells, asks, corrects and moves, on the command line (docs/command-line-hub.md)."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import load_catalog
from covidstation.domain.belongings import PERSON
from covidstation.domain.district import MOST_TOML, DistrictPack, ItemKind, Measure, Target
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.down.correcting import correct_record, find_record
from covidstation.hub.down.items import (
    Author,
    ItemDraft,
    items,
    make_item,
    send_pack,
    set_target,
    states_of,
    withdraw_item,
)
from covidstation.hub.down.moves import (
    Proposal,
    decide_move,
    open_requests,
    person_name,
    propose_move,
    refuse_request,
    station_named,
    withdraw_move,
)
from covidstation.hub.rows import ItemRow, MoveRow, StationRow
from covidstation.i18n import _
from covidstation.paths import resources

Result = tuple[Mapping[str, Any], str]
ALL = "all"


def add_commands(commands: Any) -> None:
    """The grammar of these commands; each says its result as JSON with `--json`."""
    say = _command(commands, "say", _("thông báo cho một trạm hoặc mọi trạm"), to=True)
    _text(say)
    ask = _command(commands, "ask", _("hỏi trạm về một hồ sơ, hoặc ghi điều cần khắc phục sau kiểm tra"), to=True)
    ask.add_argument("--about", metavar="RECORD", help=_("mã hồ sơ, hoặc đúng họ tên người"))
    ask.add_argument("--finding", action="store_true", help=_("điều cần khắc phục, thay cho câu hỏi"))
    _text(ask)
    correct = _command(commands, "correct", _("sửa hồ sơ của một trạm"), to=True)
    correct.add_argument("record", metavar="RECORD", help=_("mã hồ sơ, hoặc đúng họ tên người"))
    correct.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help=_("ví dụ birth_year=1968; để trống để xoá"))
    correct.add_argument("--reason", required=True, help=_("vì sao sửa"))
    pack = _command(commands, "pack", _("gửi quy định, hướng dẫn, câu chữ văn bản có ngày hiệu lực"), to=True)
    pack.add_argument("file", type=Path, metavar="FILE", help=_("tệp TOML của một quy định"))
    pack.add_argument("--family", required=True, help=_("nhóm quy định, ví dụ isolation; wording là câu chữ văn bản"))
    pack.add_argument("--id", required=True, help=_("mã của bản này; với wording là mã của bộ văn bản"))
    pack.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
    target = _command(commands, "target", _("giao chỉ tiêu"), to=True)
    target.add_argument("measure", choices=[one.value for one in Measure])
    target.add_argument("value", type=int)
    target.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
    target.add_argument("--until", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
    target.add_argument("--note", default="")
    told = _command(commands, "told", _("những gì đã nói với trạm, ai đã đọc, ai đã trả lời"))
    told.add_argument("--kind", choices=[kind.value for kind in ItemKind])
    take_back = _command(commands, "withdraw", _("rút lại một mục đã gửi"))
    take_back.add_argument("item", type=UUID)
    _move_grammar(_command(commands, "move", _("chuyển một người sang trạm khác quản lý")))


def _move_grammar(move: argparse.ArgumentParser) -> None:
    move.add_argument("act", choices=["list", "propose", "accept", "refuse", "withdraw"])
    move.add_argument(
        "what", nargs="?", default="", help=_("propose: mã hồ sơ hoặc họ tên; còn lại: mã của lần chuyển")
    )
    move.add_argument("--from", dest="origin", default="", metavar="STATION")
    move.add_argument("--target", default="", metavar="STATION")
    move.add_argument("--reason", default="")


def _command(commands: Any, name: str, words: str, *, to: bool = False) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--author", default="", help=_("người của huyện đứng tên"))
    if to:
        parser.add_argument(
            "--to", default=ALL, metavar="STATION", help=_("tên, mã xã hoặc mã của trạm; all là mọi trạm")
        )
    return parser


def _text(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--title", required=True)
    parser.add_argument("--body", required=True)
    parser.add_argument("--due", type=date.fromisoformat, metavar="YYYY-MM-DD")


def run(arguments: argparse.Namespace, hub: Hub, now: datetime) -> Result:
    """Do it, one transaction; the result as JSON and as text. Raises UserError."""
    author = Author(clean(arguments.author) or hub.name)
    with hub.db.write(None, now) as session:
        return ACTS[arguments.command](arguments, hub, session, author, now)


def _station(session: Session, words: str) -> StationRow:
    found = station_named(session, words)
    if found is None:
        raise UserError("hub.which_station", name=words, names="")
    return found


def _to(session: Session, words: str) -> StationRow | None:
    return None if words == ALL else _station(session, words)


def _sent(row: ItemRow) -> Result:
    words = _("Đã ghi “{title}”. Mã: {id}. Trạm nhận ở lần trao đổi tới.")
    return {"item": row.id.hex, "kind": row.kind, "title": row.title}, words.format(title=row.title, id=row.id)


def _say(arguments: argparse.Namespace, hub: Hub, session: Session, author: Author, now: datetime) -> Result:
    station = _to(session, arguments.to)
    draft = ItemDraft(
        kind=ItemKind.ANNOUNCEMENT,
        title=arguments.title,
        body=arguments.body,
        station=station.n if station else None,
        due_on=arguments.due,
    )
    return _sent(make_item(session, hub, draft, author, now=now))


def _ask(arguments: argparse.Namespace, hub: Hub, session: Session, author: Author, now: datetime) -> Result:
    about = None
    station = _to(session, arguments.to) if not arguments.about else _station(session, arguments.to)
    if arguments.about and station is not None:
        about = find_record(session, station, arguments.about)
    draft = ItemDraft(
        kind=ItemKind.FINDING if arguments.finding else ItemKind.QUESTION,
        title=arguments.title,
        body=arguments.body,
        station=station.n if station else None,
        about=about,
        due_on=arguments.due,
    )
    return _sent(make_item(session, hub, draft, author, now=now))


def _correct(arguments: argparse.Namespace, hub: Hub, session: Session, author: Author, now: datetime) -> Result:
    station = _station(session, arguments.to)
    record = find_record(session, station, arguments.record)
    fields = {name: value or None for one in arguments.fields for name, _sign, value in [one.partition("=")]}
    return _sent(correct_record(session, hub, station, record, fields, arguments.reason, author, now=now))


def _pack(arguments: argparse.Namespace, hub: Hub, session: Session, author: Author, now: datetime) -> Result:
    try:
        with arguments.file.open("rb") as file:
            toml = file.read(4 * MOST_TOML).decode()
    except (OSError, UnicodeDecodeError) as trouble:
        raise UserError("district.pack_bad", where=arguments.file.name) from trouble
    station = _to(session, arguments.to)
    pack = DistrictPack(arguments.family, arguments.id, arguments.first, toml)
    catalog = load_catalog(resources())
    return _sent(send_pack(session, hub, pack, catalog, author, station=station.n if station else None, now=now))


def _target(arguments: argparse.Namespace, hub: Hub, session: Session, author: Author, now: datetime) -> Result:
    station = _to(session, arguments.to)
    target = Target(Measure(arguments.measure), arguments.first, arguments.until, arguments.value)
    n = station.n if station else None
    return _sent(set_target(session, hub, target, author, station=n, note_text=arguments.note, now=now))


def _told(arguments: argparse.Namespace, _hub: Hub, session: Session, _author: Author, _now: datetime) -> Result:
    rows = items(session, kind=ItemKind(arguments.kind) if arguments.kind else None)
    found, lines = [], []
    states_by_item = states_of(session, rows)
    for row in rows:
        states = states_by_item[row.id]
        read, waits = sum(bool(one.read_at) for one in states), sum(one.waits for one in states)
        found.append(
            {
                "item": row.id.hex,
                "kind": row.kind,
                "title": row.title,
                "withdrawn": row.withdrawn_at is not None,
                "stations": [
                    {
                        "station": one.station_name,
                        "read_at": one.read_at,
                        "waits": one.waits,
                        "replies": [
                            {"kind": reply.kind, "text": reply.text, "by": reply.by_name} for reply in one.replies
                        ],
                    }
                    for one in states
                ],
            }
        )
        words = _("{id}  {title}: {read} trên {all} trạm đã đọc, {waits} trạm còn phải trả lời hoặc đọc")
        lines.append(words.format(id=row.id, title=row.title, read=read, all=len(states), waits=waits))
        lines += [f"    {one.station_name}: {reply.text} ({reply.by_name})" for one in states for reply in one.replies]
    return {"items": found}, "\n".join(lines) or _("Chưa gửi gì cho trạm.")


def _withdraw(arguments: argparse.Namespace, hub: Hub, session: Session, author: Author, now: datetime) -> Result:
    row = withdraw_item(session, hub, arguments.item, author, now=now)
    return {"item": row.id.hex}, _("Đã rút lại “{title}”.").format(title=row.title)


def _move(arguments: argparse.Namespace, hub: Hub, session: Session, author: Author, now: datetime) -> Result:
    if arguments.act == "list":
        return _moves(session)
    if arguments.act == "propose":
        origin, target = _station(session, arguments.origin), _station(session, arguments.target)
        table, row = find_record(session, origin, arguments.what)
        if table != PERSON:
            raise UserError("district.which_record", name=arguments.what, station=origin.name)
        proposal = Proposal(person=row, origin=origin.n, target=target.n, reason=arguments.reason)
        return _moved(session, propose_move(session, hub, proposal, author, now=now))
    wanted = _id(arguments.what)
    if arguments.act == "withdraw":
        return _moved(session, withdraw_move(session, hub, wanted, author, now=now))
    if session.get(MoveRow, wanted) is None and arguments.act == "refuse":
        return _sent(refuse_request(session, hub, wanted, author, answer=arguments.reason, now=now))
    accept = arguments.act == "accept"
    return _moved(session, decide_move(session, hub, wanted, author, accept=accept, answer=arguments.reason, now=now))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as trouble:
        raise UserError("district.which_move") from trouble


def _moves(session: Session) -> Result:
    rows = list(session.scalars(select(MoveRow).order_by(MoveRow.asked_at.desc())))
    waiting = open_requests(session)
    result = {
        "moves": [_move_json(session, row) for row in rows],
        "requests": [
            {
                "id": one.id.hex,
                "station": one.station_name,
                "person": one.name,
                "place": one.place,
                "reason": one.reason,
            }
            for one in waiting
        ],
    }
    lines = [_move_words(session, row) for row in rows]
    words = _("{id}  {station} xin chuyển {name} ({place}): {reason}")
    lines += [
        words.format(id=one.id, station=one.station_name, name=one.name, place=one.place, reason=one.reason)
        for one in waiting
    ]
    return result, "\n".join(lines) or _("Chưa có ai xin chuyển.")


def _moved(session: Session, row: MoveRow) -> Result:
    return _move_json(session, row), _move_words(session, row)


def _move_json(session: Session, row: MoveRow) -> dict[str, Any]:
    names = [session.get_one(StationRow, n).name for n in (row.origin, row.target)]
    return {"move": row.id.hex, "person": row.person, "from": names[0], "to": names[1], "state": row.state}


def _move_words(session: Session, row: MoveRow) -> str:
    states = {
        "asked": _("đang chờ trả lời"),
        "accepted": _("đã nhận"),
        "refused": _("không nhận"),
        "withdrawn": _("đã rút"),
    }
    one = _move_json(session, row)
    words = _("{id}  {name}: {origin} → {target}, {state}")
    name = person_name(session, row.origin, row.person)
    return words.format(id=row.id, name=name, origin=one["from"], target=one["to"], state=states[row.state])


Act = Callable[[argparse.Namespace, Hub, Session, Author, datetime], Result]
ACTS: Mapping[str, Act] = {
    "say": _say,
    "ask": _ask,
    "correct": _correct,
    "pack": _pack,
    "target": _target,
    "told": _told,
    "withdraw": _withdraw,
    "move": _move,
}
