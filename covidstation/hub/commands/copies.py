"""The commands for copies of the hub: `backup`, and `restore` into an empty place."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from covidstation.hub.copies.backup import FOLDER, make_backup
from covidstation.hub.copies.restoring import Escrow, Restored, restore_hub
from covidstation.hub.database.store import Hub, Place
from covidstation.i18n import _
from covidstation.passphrases import ask_passphrase, read_passphrase

BACKUP, RESTORE = "backup", "restore"
ACTS: Final = frozenset({BACKUP})
Result = dict[str, Any]


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Their grammar."""
    backup = commands.add_parser(BACKUP, help=_("sao lưu cả kho vào một tệp niêm phong"))
    backup.add_argument("--to", dest="folder", type=Path, metavar="DIR", help=_("mặc định: backups trong --data"))
    restore = commands.add_parser(RESTORE, help=_("lập lại kho từ một bản sao lưu, ở chỗ trống"))
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument(
        "--escrow-code-file", type=Path, metavar="F", help=_("mất mật khẩu: tệp có mã mở khoá dự phòng ở dòng đầu")
    )
    restore.add_argument("--escrow-file", type=Path, metavar="F", help=_("escrow.age, nếu trong bản sao lưu không có"))
    for command in (backup, restore):
        command.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace, hub: Hub, now: datetime) -> tuple[Result, str]:
    """`backup`. Raises UserError hub.backup_failed."""
    made = make_backup(hub, arguments.folder or hub.place.folder / FOLDER, now=now)
    result = {"file": str(made.path), "size": made.size, "rows": dict(made.rows)}
    text = _("Đã sao lưu và đọc lại khớp: {file}").format(file=made.path)
    return result, text


def restore(arguments: argparse.Namespace, place: Place, now: datetime) -> tuple[Result, str]:
    """`restore`: with the copy's passphrase or recovery code, or with the escrow code and a new passphrase."""
    secret: str | Escrow
    if arguments.escrow_code_file is not None:
        code = read_passphrase(arguments.escrow_code_file)
        file = arguments.escrow_file.read_bytes() if arguments.escrow_file else None
        secret = Escrow(code, ask_passphrase(arguments.passphrase_file, new=True), file)
    else:
        secret = ask_passphrase(arguments.passphrase_file)
    found = restore_hub(arguments.file, place, secret, now=now)
    return _restored(found, place)


def _restored(found: Restored, place: Place) -> tuple[Result, str]:
    result = {
        "database": str(place.database),
        "name": found.name,
        "made_at": found.made_at.isoformat(),
        "hub_epoch": found.epoch,
        "former_epoch": found.former_epoch,
        "words": list(found.words),
        "rows": dict(found.rows),
        "recovery_code": found.recovery_code,
    }
    lines = [
        _("Đã lập lại kho của {name} từ bản sao lưu lúc {when}.").format(
            name=found.name, when=found.made_at.astimezone().strftime("%d/%m/%Y %H:%M")
        ),
        _("Tám từ của huyện (như trước): {words}").format(words=", ".join(found.words)),
        _("Ghi biên nhận mới cho các trạm (export, hoặc serve): trạm sẽ tự gửi lại những gì sau bản sao lưu."),
        _("Trạm nào ghép nối sau bản sao lưu thì ghép nối lại bằng giấy cũ của trạm."),
    ]
    if found.recovery_code:
        lines.append(_("Mã khôi phục mới (in ra, cất kín): {code}").format(code=found.recovery_code))
    return result, "\n".join(lines)
