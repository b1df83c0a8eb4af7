"""`export-fhir` of the district: one person, or a station's days, as FHIR R4 (docs/fhir.md)."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from covidstation.catalog import load_catalog
from covidstation.domain.belongings import PERSON
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.down.correcting import find_record
from covidstation.hub.down.moves import station_named
from covidstation.hub.figures.fhir import days_fhir, person_fhir
from covidstation.hub.staff.audit import PROGRAM, HubAction, note
from covidstation.i18n import _
from covidstation.paths import resources
from covidstation.services.exchange.growing import GrowingFile
from covidstation.services.exchange.wish import NOBODY, SpanWish, check_span

COMMAND: Final = "export-fhir"


def add_command(commands: Any) -> None:
    """Of whom or of which days, where to, for whom."""
    parser = commands.add_parser(COMMAND, help=_("xuất một người, hoặc một khoảng ngày của một trạm, theo FHIR R4"))
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--to", required=True, metavar="STATION", help=_("tên, mã xã hoặc mã của trạm"))
    parser.add_argument("--person", metavar="RECORD", help=_("mã hồ sơ, hoặc đúng họ tên người"))
    parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument(
        "--everybody", action="store_true", help=_("cả những người không có gì xảy ra trong những ngày ấy")
    )
    parser.add_argument("--receiver", default="", help=_("tệp đưa cho ai"))
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace, hub: Hub, now: datetime) -> tuple[Mapping[str, Any], str]:
    """Write the file and note it. Raises UserError exports.…, hub.which_station, district.which_record."""
    catalog = load_catalog(resources())
    subject = None
    with hub.db.read() as session:
        station = station_named(session, arguments.to)
        if station is None:
            raise UserError("hub.which_station", name=arguments.to, names="")
        if arguments.person:
            table, subject = find_record(session, station, arguments.person)
            if table != PERSON:
                raise UserError("district.which_record", name=arguments.person, station=station.name)
            made = person_fhir(session, hub, station, subject, catalog, now)
        else:
            all_people = arguments.everybody
            wish = SpanWish(
                first=arguments.first, last=arguments.until, receiver=arguments.receiver, everybody=all_people
            )
            for problem in check_span(wish, now.date()):
                raise UserError(problem.code, **problem.params)
            made = days_fhir(session, hub, station, wish.span, catalog, now, everybody=all_people)
    with hub.db.write(None, now) as session:
        detail: dict[str, str | int] = {
            "list": "fhir", "people": made.people, "for": clean(arguments.receiver) or NOBODY,
        }  # fmt: skip
        note(session, HubAction.EXPORT, by=PROGRAM, now=now, station=station.n, subject=subject, detail=detail)
    file = GrowingFile(arguments.file)
    file.write(made.data)
    path = file.keep()
    words = _("Đã ghi {file}: {n} người, {bytes} byte.")
    return (
        {"file": str(path), "people": made.people, "bytes": len(made.data)},
        words.format(file=path, n=made.people, bytes=len(made.data)),
    )
