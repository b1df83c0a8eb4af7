"""The command line of the station: arguments, then the window or one command (docs/command-line.md).

Exit status: 0 done, 1 refused with a sentence on standard error, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from covidstation import __version__
from covidstation.cli.grammar import add_copies, add_exports, add_sync, add_trust, add_users
from covidstation.i18n import _

MOST_PEOPLE = 200_000  # of a training commune; the largest communes have a third of it


def build_parser() -> argparse.ArgumentParser:
    """The whole grammar of the command line."""
    parser = argparse.ArgumentParser(
        prog="covidstation", description=_("Sổ F0, người mạn tính và tiêm chủng của trạm y tế xã.")
    )
    parser.add_argument("--version", action="version", version=f"covidstation {__version__}")
    parser.add_argument("--data", type=Path, metavar="DIR", help=_("thư mục dữ liệu"))
    parser.add_argument("--passphrase-file", type=Path, metavar="F", help=_("tệp có mật khẩu ở dòng đầu"))
    parser.add_argument("--user", metavar="NAME", help=_("tên người dùng, khi máy có nhiều người"))
    commands = parser.add_subparsers(dest="command", metavar=_("LỆNH"))
    _add_init(commands)
    for name, text in (
        ("status", _("tình trạng của trạm")),
        ("check", _("soát sổ, nhật ký, văn bản và bản sao lưu")),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--json", action="store_true")
    _add_exchange(commands)
    add_sync(commands)
    papers = commands.add_parser("papers", help=_("cấp số và ghi ra các văn bản còn thiếu"))
    papers.add_argument("--kind", choices=("isolation", "release"), required=True)
    papers.add_argument("--missing", action="store_true", required=True, help=_("những người còn thiếu"))
    papers.add_argument("--out", type=Path, required=True, metavar="DIR")
    papers.add_argument("--json", action="store_true")
    _add_report(commands)
    add_exports(commands)
    _add_update(commands)
    scan = commands.add_parser("scan", help=_("xem một lần quét thẻ sẽ làm gì, mà không làm"))
    what = scan.add_mutually_exclusive_group(required=True)
    what.add_argument("text", metavar="TEXT", nargs="?")
    what.add_argument("--picture", type=Path, metavar="FILE", help=_("đọc mã QR từ tệp ảnh"))
    at = _("chứng nhận tiêm chủng có giá trị lúc nào; bây giờ")
    scan.add_argument("--at", type=datetime.fromisoformat, metavar="TIME", help=at)
    scan.add_argument("--json", action="store_true")
    add_trust(commands)
    add_users(commands)
    add_copies(commands)
    settings = commands.add_parser("settings", help=_("xem hoặc đổi cài đặt"))
    settings.add_argument("key", nargs="?")
    settings.add_argument("value", nargs="?")
    settings.add_argument("--json", action="store_true")
    return parser


def _add_init(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = commands.add_parser("init", help=_("lập sổ mới"))
    init.add_argument("--commune", required=True, metavar="CODE", help=_("mã xã, 5 chữ số"))
    init.add_argument("--name", required=True, help=_("tên trạm, ví dụ Trạm Y tế xã Nậm Tăm"))
    init.add_argument("--upper", default="", metavar="NAME", help=_("đơn vị cấp trên"))
    init.add_argument("--upper-code", default="", metavar="CODE")
    init.add_argument("--place", default="", help=_("địa danh trên văn bản; không ghi thì lấy tên xã"))
    init.add_argument("--head", default="", metavar="NAME", help=_("người đứng đầu trạm"))
    init.add_argument("--head-title", default="", metavar="TITLE")
    init.add_argument("--chairman", default="", metavar="NAME", help=_("Chủ tịch UBND xã"))
    init.add_argument("--chairman-title", default="", metavar="TITLE")
    init.add_argument("--phone", default="", help=_("điện thoại của trạm"))
    init.add_argument("--first-user", default="", metavar="NAME", help=_("người dùng đầu tiên"))
    init.add_argument("--home-isolation", choices=("ask", "yes", "no"), default=None)
    init.add_argument("--training", type=_people, metavar="N", help=_("dữ liệu tập huấn cho N người"))
    init.add_argument("--seed", type=int, default=1, metavar="S")
    init.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD", help=_("ngày của dữ liệu tập huấn"))
    init.add_argument("--json", action="store_true")


def _add_exchange(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = commands.add_parser("export", help=_("ghi thay đổi chưa gửi (hoặc giấy xin ghép nối) ra thư mục"))
    export.add_argument("folder", type=Path, metavar="DIR")
    export.add_argument("--json", action="store_true")
    take = commands.add_parser("import", help=_("nhận giấy chứng nhận và biên nhận của huyện"))
    take.add_argument("place", type=Path, metavar="FILE-or-DIR")
    take.add_argument("--yes", action="store_true", help=_("đã so 8 từ, đồng ý"))
    take.add_argument("--json", action="store_true")


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser("report", help=_("đếm, chốt, ghi ra báo cáo ngày"))
    report.add_argument("--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help=_("ngày của báo cáo; hôm nay"))
    report.add_argument("--freeze", action="store_true", help=_("chốt báo cáo"))
    report.add_argument("--reason", default="", metavar="TEXT", help=_("vì sao chốt lại"))
    report.add_argument("--recount", action="store_true", help=_("đếm lại bây giờ dù đã chốt"))
    report.add_argument("--xlsx", type=Path, metavar="F")
    report.add_argument("--pdf", type=Path, metavar="F")
    report.add_argument("--json", action="store_true")


def _add_update(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    update = commands.add_parser("update", help=_("cài bản mới từ gói cập nhật trên USB"))
    update.add_argument("file", type=Path, metavar="FILE")
    update.add_argument("--look", action="store_true", help=_("chỉ xem gói, không cài"))
    update.add_argument("--json", action="store_true")
    test = commands.add_parser("selftest", help=_("chạy thử trên bản chép của sổ (chương trình tự gọi)"))
    test.add_argument("--json", action="store_true")


def _people(text: str) -> int:
    """A number of people that a training commune may have."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_PEOPLE:
        raise argparse.ArgumentTypeError(_("từ 1 đến {most} người").format(most=MOST_PEOPLE))
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit status."""
    arguments = build_parser().parse_args(argv)
    if arguments.command is None:
        from covidstation.bootstrap import run_window  # noqa: PLC0415  (a command never loads Qt)

        return run_window(arguments.data, arguments.passphrase_file)
    from covidstation.cli.commands import run_command  # noqa: PLC0415  (the window starts without these)

    return run_command(arguments)


def entry() -> None:
    """The installed script. What it says is UTF-8 wherever it goes: a pipe on Windows would lose Vietnamese letters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
