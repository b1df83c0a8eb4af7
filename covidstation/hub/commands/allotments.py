"""What the district sends to the stores of stations, on the command line (docs/command-line-hub.md)."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from covidstation.catalog import load_catalog
from covidstation.domain.allotments import Allotment, AllotmentLine
from covidstation.domain.supply_rules import supply_rule_on
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.down.allotment_text import read_lines
from covidstation.hub.down.allotments import AllotmentOrder, AllotmentState, allotments, send_allotment
from covidstation.hub.down.items import Author
from covidstation.hub.down.moves import station_named
from covidstation.i18n import _
from covidstation.paths import resources

Result = tuple[Mapping[str, Any], str]
MOST_FILE: Final = 100_000  # bytes


def add_commands(commands: Any) -> None:
    """`allot`, `allotments`."""
    allot = commands.add_parser("allot", help=_("lập phiếu xuất kho cho một hay nhiều trạm"))
    allot.add_argument(
        "file", type=Path, metavar="FILE", help=_("tệp các dòng: 4 hoặc 7 cột, cách nhau bằng Tab hay ;")
    )
    allot.add_argument(
        "--to", action="append", required=True, metavar="STATION", help=_("trạm nhận; ghi được nhiều lần")
    )
    allot.add_argument("--document", required=True, help=_("số phiếu"))
    allot.add_argument(
        "--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help=_("ngày phiếu; không ghi là hôm nay")
    )
    allot.add_argument("--due", type=date.fromisoformat, metavar="YYYY-MM-DD", help=_("đếm xong trước ngày"))
    allot.add_argument("--note", default="")
    allot.add_argument("--author", default="", help=_("người của huyện đứng tên"))
    listed = commands.add_parser("allotments", help=_("các phiếu đã gửi: trạm nào đã đếm, lệch bao nhiêu"))
    listed.add_argument("--to", default="", metavar="STATION", help=_("chỉ của trạm này"))
    for parser in (allot, listed):
        parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace, hub: Hub, now: datetime) -> Result:
    """Do it; the result as JSON and as text. Raises UserError."""
    return ACTS[arguments.command](arguments, hub, now)


def _allot(arguments: argparse.Namespace, hub: Hub, now: datetime) -> Result:
    today = now.astimezone().date()
    paper = Allotment(
        document=arguments.document,
        day=arguments.day or today,
        note=arguments.note,
        lines=_lines(arguments.file, today),
    )
    author = Author(clean(arguments.author) or hub.name)
    try:
        with hub.db.write(None, now) as session:
            stations = tuple(_station(session, words) for words in arguments.to)
            order = AllotmentOrder(paper=paper, stations=stations, due_on=arguments.due)
            rows = send_allotment(session, hub, order, author, now=now)
            made = [{"item": row.id.hex, "title": row.title} for row in rows]
    except Refused as trouble:
        problem = trouble.problems[0]
        raise UserError(problem.code, **problem.params) from trouble
    words = _("Đã ghi {n} phiếu, mỗi phiếu {lines} dòng. Trạm nhận ở lần trao đổi tới.")
    return {"allotments": made}, words.format(n=len(made), lines=len(paper.lines))


def _lines(file: Path, today: date) -> tuple[AllotmentLine, ...]:
    try:
        with file.open("rb") as opened:
            text = opened.read(MOST_FILE).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as trouble:
        raise UserError("allotment.file", name=file.name) from trouble
    return read_lines(text, supply_rule_on(load_catalog(resources()).supply_rules, today).items)


def _station(session: Session, words: str) -> int:
    found = station_named(session, words)
    if found is None:
        raise UserError("hub.which_station", name=words, names="")
    return found.n


def _list(arguments: argparse.Namespace, hub: Hub, now: datetime) -> Result:
    with hub.db.read() as session:
        station = _station(session, arguments.to) if arguments.to else None
        found = allotments(session, now.astimezone().date(), station=station)
    lines = [line for one in found for line in _words(one)]
    return {"allotments": [_json(one) for one in found]}, "\n".join(lines) or _("Chưa cấp gì cho trạm.")


def _json(one: AllotmentState) -> Mapping[str, Any]:
    return {
        "item": one.id.hex,
        "station": one.station_name,
        "document": one.paper.document,
        "day": one.paper.day.isoformat() if one.paper.day else None,
        "due": one.due_on.isoformat() if one.due_on else None,
        "state": one.state.value,
        "late": one.late,
        "twice": one.twice,
        "by": one.stands.by_name if one.stands else None,
        "reason": one.stands.reason if one.stands else None,
        "lines": [
            {
                "name": line.line.item.title,
                "unit": line.line.item.unit,
                "lot": line.line.lot,
                "sent": line.line.quantity,
                "counted": line.found.counted if line.found else None,
                "left_out": line.left_out,
            }
            for line in one.lines
        ],
    }


def _words(one: AllotmentState) -> list[str]:
    states = {
        "sent": _("đã gửi"), "arrived": _("trạm chưa đếm"), "counted": _("nhận đủ"), "differs": _("nhận có lệch"),
        "withdrawn": _("đã rút"), "crossed": _("rút sau khi trạm nhận"),
    }  # fmt: skip
    state = _("quá hạn đếm") if one.late else states[one.state]
    said = [f"{one.id}  {one.station_name}: {one.paper.document}, {state}"]
    for line in one.lines:
        if line.differs and line.found is not None:
            sent, found = line.line.quantity, line.found.counted
            said.append(f"    {line.line.item.title}: {found}/{sent} {line.line.item.unit}")
    return said


Act = Callable[[argparse.Namespace, Hub, datetime], Result]
ACTS: Final[Mapping[str, Act]] = {"allot": _allot, "allotments": _list}
