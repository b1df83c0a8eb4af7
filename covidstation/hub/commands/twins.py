"""Two records of one person on the command line: who may be, merging, parting (docs/command-line-hub.md)."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from covidstation.domain.belongings import PERSON
from covidstation.domain.canonical import is_hex
from covidstation.domain.merged import TOGETHER
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.down.correcting import find_record
from covidstation.hub.down.items import Author
from covidstation.hub.down.joining import merge_records, part_records
from covidstation.hub.down.moves import station_named
from covidstation.hub.figures.facts import refresh_facts
from covidstation.hub.figures.twins import WORDS, Pair, pairs_to_see
from covidstation.hub.rows import ItemRow, StationRow
from covidstation.i18n import _

Result = tuple[Mapping[str, Any], str]
MOST: Final = 1_000
PATIENT: Final = 600.0  # seconds until what came is looked through


def add_commands(commands: Any) -> None:
    """`twins`, `merge`, `part`."""
    twins = commands.add_parser("twins", help=_("hồ sơ có thể của một người"))
    twins.add_argument("--to", default="", metavar="STATION", help=_("chỉ của trạm này"))
    merge = commands.add_parser("merge", help=_("gộp hai hồ sơ của một người ở một trạm"))
    merge.add_argument("stays", metavar="STAYS", help=_("mã hồ sơ ở lại, hoặc đúng họ tên"))
    merge.add_argument("goes", metavar="GOES", help=_("mã hồ sơ kia, hoặc đúng họ tên"))
    merge.add_argument(
        "--take",
        action="append",
        default=[],
        choices=list(TOGETHER),
        help=_("mục mà hồ sơ kia ghi đúng; ghi được nhiều lần"),
    )
    part = commands.add_parser("part", help=_("tách hồ sơ đã gộp"))
    part.add_argument("goes", metavar="GOES", help=_("mã hồ sơ đã gộp vào hồ sơ khác"))
    for parser in (merge, part):
        parser.add_argument("--to", required=True, metavar="STATION", help=_("tên, mã xã hoặc mã của trạm"))
        parser.add_argument("--reason", required=True, help=_("vì sao, trạm sẽ đọc"))
        parser.add_argument("--author", default="", help=_("người của huyện đứng tên"))
    for parser in (twins, merge, part):
        parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace, hub: Hub, now: datetime) -> Result:
    """Do it, one transaction; the result as JSON and as text. Raises UserError."""
    return ACTS[arguments.command](arguments, hub, now)


def _station(session: Session, words: str) -> StationRow:
    found = station_named(session, words)
    if found is None:
        raise UserError("hub.which_station", name=words, names="")
    return found


def _twins(arguments: argparse.Namespace, hub: Hub, now: datetime) -> Result:
    refresh_facts(hub, now, seconds=PATIENT)
    with hub.db.read() as session:
        station = _station(session, arguments.to).n if arguments.to else None
        pairs, total = pairs_to_see(session, station=station, most=MOST)
        found = [_pair_json(pair) for pair in pairs]
        lines = [_pair_words(pair) for pair in pairs]
    if total > len(pairs):
        lines.append(_("Còn {n} cặp nữa.").format(n=total - len(pairs)))
    return {"twins": found, "total": total}, "\n".join(lines) or _("Chưa thấy hai hồ sơ nào có thể là của một người.")


def _pair_json(pair: Pair) -> dict[str, Any]:
    return {
        "sign": pair.sign.name.lower(),
        "records": [
            {"station": side.station.id.hex, "station_name": side.station.name, "person": side.row}
            for side in (pair.one, pair.other)
        ],
    }


def _pair_words(pair: Pair) -> str:
    words = _("{sign}: {name} ({row}, {station}) · {other} ({other_row}, {other_station})")
    names = [clean(str(side.fields.get("full_name") or "–")) for side in (pair.one, pair.other)]
    return words.format(
        sign=_(WORDS[pair.sign]),
        name=names[0],
        row=pair.one.row,
        station=pair.one.station.name,
        other=names[1],
        other_row=pair.other.row,
        other_station=pair.other.station.name,
    )


def _person(session: Session, station: StationRow, words: str) -> str:
    """A record by its id even when another one stands for it, or by exactly a name."""
    if is_hex(words, 32):
        return words
    table, row = find_record(session, station, words)
    if table != PERSON:
        raise UserError("district.which_record", name=words, station=station.name)
    return row


def _merge(arguments: argparse.Namespace, hub: Hub, now: datetime) -> Result:
    with hub.db.write(None, now) as session:
        station = _station(session, arguments.to)
        stays, goes = (_person(session, station, words) for words in (arguments.stays, arguments.goes))
        author = Author(clean(arguments.author) or hub.name)
        return _said(
            merge_records(session, hub, station, stays, goes, arguments.take, arguments.reason, author, now=now)
        )


def _part(arguments: argparse.Namespace, hub: Hub, now: datetime) -> Result:
    with hub.db.write(None, now) as session:
        station = _station(session, arguments.to)
        goes = _person(session, station, arguments.goes)
        author = Author(clean(arguments.author) or hub.name)
        return _said(part_records(session, hub, station, goes, arguments.reason, author, now=now))


def _said(row: ItemRow) -> Result:
    words = _("Đã ghi “{title}”. Trạm nhận ở lần trao đổi tới.")
    return {"item": row.id.hex, "person": row.about_row, "title": row.title}, words.format(title=row.title)


Act = Callable[[argparse.Namespace, Hub, datetime], Result]
ACTS: Mapping[str, Act] = {"twins": _twins, "merge": _merge, "part": _part}
