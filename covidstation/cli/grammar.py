"""The grammar of `users`, `recover`, of copies and exports; light, since the window starts through it too."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from covidstation.domain.station import Role
from covidstation.i18n import _


def add_users(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The grammar of both."""
    users = commands.add_parser("users", help=_("người dùng: xem, thêm, cho nghỉ, cấp lại mật khẩu"))
    acts = users.add_subparsers(dest="act", required=True, metavar=_("VIỆC"))
    acts.add_parser("list", help=_("ai mở được sổ")).add_argument("--json", action="store_true")
    add = acts.add_parser("add", help=_("thêm người dùng"))
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", choices=[role.value for role in Role], required=True)
    add.add_argument("--json", action="store_true")
    for name, text in (
        ("disable", _("cho nghỉ: không mở được sổ nữa, khoá của sổ được đổi")),
        ("enable", _("cho mở sổ lại, với mật khẩu dùng một lần")),
        ("reset", _("cấp lại mật khẩu dùng một lần")),
    ):
        act = acts.add_parser(name, help=text)
        act.add_argument("name", metavar="NAME")
        act.add_argument("--json", action="store_true")
    own = acts.add_parser("passphrase", help=_("đặt mật khẩu mới cho mình"))
    own.add_argument("--new-passphrase-file", type=Path, metavar="F", help=_("tệp có mật khẩu mới ở dòng đầu"))
    own.add_argument("--json", action="store_true")
    recover = commands.add_parser("recover", help=_("mở sổ bằng khoá của huyện để cấp lại mật khẩu cho --user"))
    recover.add_argument("--escrow-key", type=Path, required=True, metavar="FILE", help=_("tệp khoá của huyện"))
    recover.add_argument("--json", action="store_true")


def add_copies(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`backup` and `restore`."""
    backup = commands.add_parser("backup", help=_("sao lưu sổ, chép ra USB, hoặc thử mở bản mới nhất"))
    backup.add_argument("--to", type=Path, metavar="DIR", help=_("chép một bản đã khoá ra USB hoặc thư mục này"))
    backup.add_argument("--drill", action="store_true", help=_("mở thử bản mới nhất ở thư mục tạm, không đổi gì"))
    backup.add_argument("--json", action="store_true")
    back = commands.add_parser("restore", help=_("xem các bản sao lưu, hoặc lấy lại sổ từ một bản"))
    back.add_argument("place", type=Path, nargs="?", metavar="FILE-or-DIR", help=_("bản sao, hoặc USB có bản sao"))
    back.add_argument("--code", metavar="CODE", help=_("mã khôi phục in trên giấy, thay cho mật khẩu"))
    back.add_argument("--code-file", type=Path, metavar="F", help=_("tệp có mã khôi phục ở dòng đầu, kín hơn --code"))
    head = _("tệp có mật khẩu hiện nay của người đứng đầu trạm, khi sổ đang có vẫn mở được")
    back.add_argument("--head-file", type=Path, metavar="F", help=head)
    back.add_argument("--new-user", metavar="NAME", help=_("ai dùng máy này, khi bản sao chỉ mở bằng mã khôi phục"))
    back.add_argument("--list", action="store_true", help=_("chỉ xem, không đổi gì"))
    back.add_argument("--json", action="store_true")


def add_exports(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`export-fhir` and `export-csv`."""
    fhir = commands.add_parser("export-fhir", help=_("xuất một người, hoặc một khoảng ngày, theo FHIR R4"))
    whom = fhir.add_mutually_exclusive_group()
    whom.add_argument("--person", metavar="ID", help=_("mã của người trong sổ; không ghi thì theo khoảng ngày"))
    all_people = _("cả những người không có gì xảy ra trong những ngày ấy")
    fhir.add_argument("--everybody", action="store_true", help=all_people)
    parts = commands.add_parser("export-csv", help=_("xuất số liệu năm phần của một khoảng ngày, năm tệp CSV"))
    first = _("ngày đầu; không ghi thì lấy riêng ngày cuối")
    for command, place in ((fhir, whom), (parts, parts)):
        place.add_argument("--from", dest="from_", type=date.fromisoformat, metavar="YYYY-MM-DD", help=first)
        command.add_argument("--to", type=date.fromisoformat, metavar="YYYY-MM-DD", help=_("ngày cuối; hôm nay"))
        command.add_argument("--out", type=Path, required=True, metavar="FILE")
        command.add_argument("--for", dest="receiver", default="", metavar="NAME", help=_("đưa tệp cho ai"))
        command.add_argument("--json", action="store_true")


def add_sync(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`sync` and `rekey`."""
    rekey = commands.add_parser("rekey", help=_("đổi khoá của trạm với huyện"))
    rekey.add_argument("--to", type=Path, metavar="DIR", help=_("ghi luôn giấy đổi khoá ra USB hoặc thư mục này"))
    rekey.add_argument(
        "--anew",
        action="store_true",
        help=_("huyện không còn nhận khoá cũ: ghi giấy xin ghép nối lại, so tám từ (cần --to)"),
    )
    rekey.add_argument("--json", action="store_true")
    commands.add_parser("sync", help=_("gửi huyện qua mạng và nhận trả lời")).add_argument(
        "--json", action="store_true"
    )


def add_trust(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`trust`."""
    trust = commands.add_parser("trust", help=_("khoá của nơi cấp chứng nhận tiêm chủng: xem, nhận danh sách mới"))
    place = _("danh sách khoá: tệp JSON, PEM, DER, ZIP, hoặc thư mục; không ghi thì xem danh sách đang dùng")
    trust.add_argument("place", type=Path, nargs="?", metavar="FILE-or-DIR", help=place)
    how = trust.add_mutually_exclusive_group()
    how.add_argument("--add", action="store_true", help=_("thêm vào, giữ các danh sách đang có"))
    how.add_argument("--look", action="store_true", help=_("chỉ xem, không nhận"))
    trust.add_argument("--json", action="store_true")
