"""`covidstation update`: a newer version from a stick; and what a new version runs to show that it can work here."""

from __future__ import annotations

import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.services.access.opening import Register
from covidstation.services.upkeep.selftest import SelfTest, self_test
from covidstation.services.upkeep.update import Installed, UpdateLook, install_update, look_at_update

Result = dict[str, Any]
WINDOWS = ("covidstation.ui.main", "covidstation.ui.start.unlock", "PySide6.QtPrintSupport")


def update(register: Register, file: Path, now: datetime, *, look_only: bool) -> tuple[Result, str]:
    """Say what the package is, and install it unless it was only to be looked at."""
    look = look_at_update(register.db, file, now=now)
    if look_only:
        return look_result(look), look_text(look)
    done = install_update(register.db, file, by=register.user_id, now=now)
    return installed_result(look, done.value), installed_text(done.value)


def look_result(look: UpdateLook) -> Result:
    """What the package would bring."""
    return {
        "running": look.running,
        "version": look.version,
        "made": look.made.isoformat(),
        "expired": look.expired,
        "bytes": look.size,
        "lifts": look.lifts,
        "installed": False,
    }


def installed_result(look: UpdateLook, done: Installed) -> Result:
    """What was installed."""
    return {**look_result(look), "installed": True, "backup": str(done.backup)}


def look_text(look: UpdateLook) -> str:
    """The same for people."""
    lines = [
        _("Bản {version}, làm ngày {day}; đang chạy bản {running}.").format(
            version=look.version, day=date_text(look.made), running=look.running
        )
    ]
    if look.expired:
        lines.append(_("Gói này đã cũ theo đồng hồ của máy. Hỏi huyện xem có bản mới hơn không."))
    if look.lifts:
        lines.append(_("Lần mở đầu tiên sẽ nâng sổ lên đời mới."))
    return "\n".join(lines)


def installed_text(done: Installed) -> str:
    """What happens next."""
    return _("Đã cài bản {version} và chạy thử trên bản chép của sổ. Dùng từ lần mở chương trình sau.").format(
        version=done.version
    )


def run_self_test(folder: Path) -> SelfTest:
    """The copy in that folder, its key as the first line of standard input. Raises UserError keys.damaged."""
    try:
        key = bytes.fromhex(sys.stdin.readline().strip())
    except ValueError as trouble:
        raise UserError("keys.damaged") from trouble
    return self_test(folder, key, lambda: [import_module(name) for name in WINDOWS])
