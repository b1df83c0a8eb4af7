"""`keys`: the hub's own keys on the command line (docs/command-line-hub.md)."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from covidstation.errors import UserError
from covidstation.hub.database.store import ESCROW, FromEscrow, Hub
from covidstation.hub.staff.audit import PROGRAM
from covidstation.hub.stations.rotating import add_escrow_wrap, look_at_keys, renew_escrow_file, rotate_keys
from covidstation.i18n import _, ngettext
from covidstation.passphrases import read_passphrase

Result = tuple[Mapping[str, Any], str]
COMMAND: Final = "keys"
MOST_FILE: Final = 64 << 10


def add_command(commands: Any) -> None:
    """`keys show|rotate|escrow`."""
    keys: argparse.ArgumentParser = commands.add_parser(COMMAND, help=_("khoá của huyện"))
    acts = keys.add_subparsers(dest="act", required=True, metavar=_("VIỆC"))
    acts.add_parser("show", help=_("xem khoá đang dùng, khoá cũ, khoá dự phòng"))
    acts.add_parser("rotate", help=_("đổi khoá của huyện; các trạm tự nhận, không phải so tám từ lại"))
    escrow = acts.add_parser("escrow", help=_("cho khoá dự phòng mở được kho này; có mã thì ghi lại tệp khoá dự phòng"))
    add_escrow_options(escrow)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true")


def add_escrow_options(command: argparse.ArgumentParser) -> None:
    """The file from the safe and its code."""
    command.add_argument("--escrow-code-file", type=Path, metavar="F", help=_("tệp có mã khoá dự phòng ở dòng đầu"))
    command.add_argument("--escrow-file", type=Path, metavar="escrow.age", help=_("tệp khoá dự phòng cất trong két"))


def escrow_of(arguments: argparse.Namespace, folder: Path) -> FromEscrow | None:
    """What was named; without a file the one in the data folder. Raises UserError hub.no_escrow_file."""
    if arguments.escrow_code_file is None:
        if arguments.escrow_file is not None:
            raise UserError("hub.escrow_code_missing")
        return None
    file = arguments.escrow_file or folder / ESCROW
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_FILE)
    except OSError as cause:
        raise UserError("hub.no_escrow_file", file=file) from cause
    return FromEscrow(data, read_passphrase(arguments.escrow_code_file))


def run(arguments: argparse.Namespace, hub: Hub, now: datetime) -> Result:
    """One of the acts."""
    if arguments.act == "rotate":
        return _rotated(rotate_keys(hub, by=PROGRAM, now=now), hub)
    if arguments.act == "escrow":
        return _escrow(hub, escrow_of(arguments, hub.place.folder))
    return _shown(hub)


def _shown(hub: Hub) -> Result:
    found = look_at_keys(hub)
    result = {
        "root": found.root,
        "sign": found.sign,
        "age": found.age,
        "escrow": found.escrow,
        "former": list(found.former),
        "certificates": found.certificates,
        "last_serial": found.last_serial,
        "words": list(found.words),
        "escrow_opens": found.wrapped,
        "escrow_file": found.escrow_file,
    }
    lines = [
        _("Khoá đang dùng: {key}").format(key=found.sign),
        _("Tám từ của huyện: {words}").format(words=", ".join(found.words)),
        ngettext(
            "Còn giữ {n} khoá cũ để mở USB về muộn", "Còn giữ {n} khoá cũ để mở USB về muộn", len(found.former)
        ).format(n=len(found.former)),
        ngettext("{n} giấy chứng nhận còn hiệu lực", "{n} giấy chứng nhận còn hiệu lực", found.certificates).format(
            n=found.certificates
        ),
        _("Khoá dự phòng mở được kho này và các bản sao lưu")
        if found.wrapped
        else _("Khoá dự phòng chưa mở được kho này: chạy “keys escrow”"),
    ]
    if not found.escrow_file:
        lines.append(_("Không có tệp khoá dự phòng trong thư mục này; giữ kỹ bản trong két."))
    return result, "\n".join(lines)


def _rotated(written: int, hub: Hub) -> Result:
    words = hub.keys.words()
    lines = [
        ngettext(
            "Đã đổi khoá của huyện và viết lại {n} giấy chứng nhận.",
            "Đã đổi khoá của huyện và viết lại {n} giấy chứng nhận.",
            written,
        ).format(n=written),
        _("Trạm nhận giấy mới ở lần gửi qua mạng tới, hoặc qua USB (export). Không phải so tám từ lại."),
        _("Khoá cũ vẫn giữ ở đây để mở những USB về muộn. Sao lưu ngay: chạy “backup”."),
        _("Tám từ mới của huyện (cho trạm ghép nối sau này): {words}").format(words=", ".join(words)),
    ]
    return {"certificates": written, "words": list(words), "sign": hub.keys.identity.sign.id}, "\n".join(lines)


def _escrow(hub: Hub, held: FromEscrow | None) -> Result:
    if held is not None:
        renew_escrow_file(hub, held)
    added = add_escrow_wrap(hub)
    lines = [
        _("Từ nay khoá dự phòng mở được kho này và các bản sao lưu. Sao lưu lại một bản: chạy “backup”.")
        if added
        else _("Khoá dự phòng vốn đã mở được kho này.")
    ]
    file = hub.place.folder / ESCROW
    if held is not None:
        lines.append(_("Đã ghi lại {file}. Chép tệp này vào két thay cho bản cũ; mã không đổi.").format(file=file))
    else:
        lines.append(_("Muốn tệp khoá dự phòng có cả khoá gốc: chạy lại với --escrow-code-file."))
    return {"added": added, "escrow_file": str(file) if held is not None else None}, "\n".join(lines)
