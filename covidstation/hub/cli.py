"""The command line of the district (docs/command-line-hub.md).

Exit status: 0 done, 1 refused with a sentence on standard error, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from covidstation import __version__
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.commands import allotments as cli_allotments
from covidstation.hub.commands import copies as cli_copies
from covidstation.hub.commands import fhir as cli_fhir
from covidstation.hub.commands import items as cli_items
from covidstation.hub.commands import keys as cli_keys
from covidstation.hub.commands import twins as cli_twins
from covidstation.hub.commands import users as cli_users
from covidstation.hub.database.store import Hub, Place, create_hub, open_hub, place_of
from covidstation.hub.figures.stations import station_figures
from covidstation.hub.intake.bundles import import_place
from covidstation.hub.merging.echo import replay_newer
from covidstation.hub.replies.give_back import give_back
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.results import (
    Enrolled,
    enrolled_result,
    export_result,
    founded_result,
    give_back_result,
    hub_sentence,
    import_result,
    intake_text,
    look_text,
    status_result,
)
from covidstation.hub.stations.enrolling import Look, SameCommune, Standing, enrol_station, look_at_request
from covidstation.hub.stations.vouching import is_vouched
from covidstation.i18n import _
from covidstation.passphrases import ask_passphrase
from covidstation.sync.bundle import read_header
from covidstation.sync.carriers import usb
from covidstation.sync.header import Kind

YES = ("c", "có", "y", "yes")


def build_parser() -> argparse.ArgumentParser:
    """The whole grammar of the command line."""
    parser = argparse.ArgumentParser(
        prog="covidstation-hub", description=_("Nhận dữ liệu của các trạm y tế xã về huyện.")
    )
    parser.add_argument("--version", action="version", version=f"covidstation-hub {__version__}")
    parser.add_argument("--data", type=Path, metavar="DIR", help=_("thư mục dữ liệu"))
    parser.add_argument("--database", metavar="URL", help=_("tệp dữ liệu, hoặc postgresql://máy/kho"))
    parser.add_argument("--passphrase-file", type=Path, metavar="F", help=_("tệp có mật khẩu ở dòng đầu"))
    commands = parser.add_subparsers(dest="command", required=True, metavar=_("LỆNH"))
    init = commands.add_parser("init", help=_("lập kho dữ liệu của huyện"))
    init.add_argument("--name", required=True, help=_("tên đơn vị, ví dụ Trung tâm Y tế Mường Khương"))
    init.add_argument("--code", default="", help=_("mã đơn vị"))
    cli_keys.add_escrow_options(init)
    enrol = commands.add_parser("enrol", help=_("ghép nối trạm từ giấy xin ghép nối"))
    enrol.add_argument("place", type=Path, metavar="FILE-or-DIR")
    enrol.add_argument("--yes", action="store_true", help=_("đã so 8 từ, đồng ý"))
    enrol.add_argument(
        "--same-commune",
        type=SameCommune,
        choices=list(SameCommune),
        help=_("xã đã có trạm với khoá khác: replace là trạm đổi máy, second là điểm trạm khác"),
    )
    take = commands.add_parser("import", help=_("nhận gói của các trạm"))
    take.add_argument("place", type=Path, metavar="FILE-or-DIR")
    export = commands.add_parser("export", help=_("ghi giấy chứng nhận và biên nhận ra thư mục"))
    export.add_argument("folder", type=Path, metavar="DIR")
    back = commands.add_parser("give-back", help=_("trả lại cho trạm vừa lấy lại sổ những gì trạm đã gửi mà nay thiếu"))
    back.add_argument("station", metavar="STATION", help=_("tên, mã xã hoặc mã của trạm"))
    back.add_argument("--to", dest="folder", type=Path, required=True, metavar="DIR")
    _add_serve(commands)
    status = commands.add_parser("status", help=_("tình trạng của các trạm"))
    for command in (init, enrol, take, export, back, status):
        command.add_argument("--json", action="store_true")
    cli_items.add_commands(commands)
    cli_allotments.add_commands(commands)
    cli_twins.add_commands(commands)
    cli_fhir.add_command(commands)
    cli_copies.add_commands(commands)
    cli_users.add_command(commands)
    cli_keys.add_command(commands)
    return parser


def _add_serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help=_("nhận trạm gửi qua mạng và mở các trang của huyện"))
    serve.add_argument("--host", default="0.0.0.0", metavar="ADDRESS", help=_("nghe ở địa chỉ nào của máy này"))
    serve.add_argument("--port", type=int, default=8443, metavar="N")
    serve.add_argument(
        "--url", action="append", default=[], metavar="URL", help=_("địa chỉ mà trạm gọi tới; ghi được nhiều lần")
    )
    serve.add_argument("--no-tls", action="store_true", help=_("không mã hoá đường truyền: đứng sau máy chủ khác"))
    serve.add_argument("--json", action="store_true")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a known trouble becomes one sentence on standard error and status 1."""
    arguments = build_parser().parse_args(argv)
    try:
        place = place_of(arguments.data, arguments.database)
        if arguments.command == "init":
            return _init(arguments, place)
        if arguments.command == cli_copies.RESTORE:
            _say(arguments, *cli_copies.restore(arguments, place, _now()))
            return 0
        hub = open_hub(place, ask_passphrase(arguments.passphrase_file))
        with closing(hub.db):
            replay_newer(hub, now=_now())
            if (run := _RUNS.get(arguments.command)) is not None:
                _say(arguments, *run(arguments, hub, _now()))
                return 0
            return _COMMANDS[arguments.command](arguments, hub)
    except UserError as trouble:
        _complain(trouble)
        return 1


def _say(arguments: argparse.Namespace, result: Mapping[str, Any], text: str) -> None:
    if arguments.json or text:
        print(json.dumps(result, ensure_ascii=False) if arguments.json else text)


def _complain(trouble: UserError, file: str = "") -> None:
    print(f"{clean(file)}: {hub_sentence(trouble)}" if file else hub_sentence(trouble), file=sys.stderr)


def _now() -> datetime:
    return datetime.now().astimezone()


def _init(arguments: argparse.Namespace, place: Place) -> int:
    again = cli_keys.escrow_of(arguments, place.folder)
    passphrase = ask_passphrase(arguments.passphrase_file, new=True)
    founded = create_hub(
        place, name=arguments.name, code=arguments.code, passphrase=passphrase, now=_now(), again=again
    )
    _say(arguments, *founded_result(founded, place, clean(arguments.name)))
    return 0


def _enrol(arguments: argparse.Namespace, hub: Hub) -> int:
    found = [_enrol_one(arguments, hub, name, data) for name, data in _requests(arguments.place)]
    _say(arguments, *enrolled_result(hub, found))
    for one in found:
        if one.trouble is not None:
            _complain(one.trouble, one.name)
    if not found:
        raise UserError("hub.nothing_to_enrol", place=arguments.place)
    return 1 if any(one.trouble for one in found) else 0


def _requests(place: Path) -> Iterator[tuple[str, bytes | UserError]]:
    """The enrolment files of a place, or why one of them could not be read; in a folder, all else is passed over."""
    alone = place.is_file()
    for found in usb.scan(place):
        name = found.path.name
        try:
            data = usb.read(found)
            if alone or (read_header(data).kind is Kind.ENROL and not is_vouched(data)):
                yield name, data
        except UserError as trouble:
            if alone or name.startswith("E-"):
                yield name, trouble


def _enrol_one(arguments: argparse.Namespace, hub: Hub, name: str, data: bytes | UserError) -> Enrolled:
    look = None
    try:
        if isinstance(data, UserError):
            raise data
        look = look_at_request(hub, data)
        same_commune = arguments.same_commune
        if look.standing in (Standing.NEW, Standing.CLASH) and not arguments.yes:
            if arguments.json or not sys.stdin.isatty():
                return Enrolled(name, "asks", look, trouble=UserError("hub.compare", name=look.name))
            print(look_text(look))
            if input(_("Tám từ có trùng với trạm đọc không? (c/k) ")).strip().lower() not in YES:
                return Enrolled(name, "asks", look, trouble=UserError("hub.compare", name=look.name))
            same_commune = same_commune or _ask_same_commune(look)
        station, serial = enrol_station(hub, look.request, same_commune=same_commune, now=_now())
        outcome = "already" if look.standing is Standing.SAME else "enrolled"
        return Enrolled(name, outcome, look, station, serial)
    except UserError as trouble:
        return Enrolled(name, "refused", look, trouble=trouble)


def _ask_same_commune(look: Look) -> SameCommune | None:
    if look.standing is not Standing.CLASH:
        return None
    print(_("Xã này đã ghép nối {names} bằng khoá khác.").format(names=", ".join(look.others)))
    answer = input(_("1: trạm đổi máy; 2: điểm trạm khác của xã; để trống: thôi. "))
    return {"1": SameCommune.REPLACE, "2": SameCommune.SECOND}.get(answer.strip())


def _import(arguments: argparse.Namespace, hub: Hub) -> int:
    found = []
    for one in import_place(hub, arguments.place, now=_now()):
        found.append(one)
        if one.trouble is not None:
            _complain(one.trouble, one.name)
        elif not arguments.json:
            print(clean(intake_text(one)))
    _say(arguments, import_result(found), "")
    if not found:
        raise UserError("hub.nothing_to_import", place=arguments.place)
    return 1 if any(one.trouble for one in found) else 0


def _export(arguments: argparse.Namespace, hub: Hub) -> int:
    written = list(export_answers(hub, arguments.folder, now=_now()))
    if not written:
        raise UserError("hub.nobody_enrolled")
    _say(arguments, *export_result(written))
    return 0


def _give_back(arguments: argparse.Namespace, hub: Hub) -> int:
    found = give_back(hub, arguments.station, arguments.folder, now=_now())
    _say(arguments, *give_back_result(found))
    return 0


def _status(arguments: argparse.Namespace, hub: Hub) -> int:
    with hub.db.read() as session:
        found = station_figures(session)
    _say(arguments, *status_result(hub, found))
    return 0


def _serve(arguments: argparse.Namespace, hub: Hub) -> int:
    from covidstation.hub.serve import Served, serve  # noqa: PLC0415  (no other command needs a web server)

    def ready(served: Served) -> None:
        lines = [_("Đang nhận trạm ở {url}").format(url=url) for url in served.urls]
        if served.renewed:
            lines.append(_("Đã cấp lại {n} giấy chứng nhận có địa chỉ này.").format(n=served.renewed))
        _say(arguments, {"urls": list(served.urls), "renewed": served.renewed}, "\n".join(lines))
        sys.stdout.flush()

    serve(
        hub,
        host=arguments.host,
        port=arguments.port,
        urls=arguments.url,
        tls=not arguments.no_tls,
        ready=ready,
    )
    return 0


_RUNS: Final[Mapping[str, Callable[[argparse.Namespace, Hub, datetime], tuple[Mapping[str, Any], str]]]] = {
    **dict.fromkeys(cli_items.ACTS, cli_items.run),
    **dict.fromkeys(cli_allotments.ACTS, cli_allotments.run),
    **dict.fromkeys(cli_twins.ACTS, cli_twins.run),
    **dict.fromkeys(cli_copies.ACTS, cli_copies.run),
    cli_fhir.COMMAND: cli_fhir.run,
    cli_users.COMMAND: cli_users.run,
    cli_keys.COMMAND: cli_keys.run,
}
_COMMANDS = {
    "enrol": _enrol,
    "import": _import,
    "export": _export,
    "give-back": _give_back,
    "serve": _serve,
    "status": _status,
}


def entry() -> None:
    """The installed script."""
    sys.exit(main())
