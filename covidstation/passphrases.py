"""Where a command takes its passphrase from: a file, or the terminal. Both programs ask in the same words."""

from __future__ import annotations

import os
import stat
import sys
from getpass import getpass
from pathlib import Path
from typing import Final

from covidstation.errors import UserError
from covidstation.i18n import _

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def read_passphrase(file: Path) -> str:
    """The first line of a passphrase file. Raises UserError keys.passphrase_file.

    One that other users of this PC can read is said on the terminal: the command goes on, the file is theirs to close.
    """
    try:
        _warn_if_open(file)
        return file.read_text(encoding="utf-8-sig").split("\n", 1)[0].rstrip("\r")
    except (OSError, ValueError) as cause:
        raise UserError("keys.passphrase_file", file=file) from cause


def _warn_if_open(file: Path) -> None:
    """Rights in the sense of POSIX; what Windows grants stands elsewhere, and a data folder of its user is closed."""
    if os.name == "posix" and file.stat().st_mode & _OTHERS:
        words = _("Người khác trên máy này đọc được tệp mật khẩu {file}. Chỉ để mình đọc: chmod 600 {file}")
        sys.stderr.write(words.format(file=file) + "\n")


def ask_passphrase(file: Path | None, *, new: bool = False) -> str:
    """From the file, else typed (a new one twice). Raises UserError keys.no_passphrase without a terminal."""
    if file is not None:
        return read_passphrase(file)
    if not sys.stdin.isatty():
        raise UserError("keys.no_passphrase")
    typed = getpass(_("Mật khẩu: "))
    if new and getpass(_("Gõ lại mật khẩu: ")) != typed:
        raise UserError("keys.passphrases_differ")
    return typed
