"""Where a command takes its passphrase from: a file, or the terminal. Both programs ask in the same words."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path

from covidstation.errors import UserError
from covidstation.i18n import _


def read_passphrase(file: Path) -> str:
    """The first line of a passphrase file. Raises UserError keys.passphrase_file."""
    try:
        return file.read_text(encoding="utf-8-sig").split("\n", 1)[0].rstrip("\r")
    except (OSError, ValueError) as cause:
        raise UserError("keys.passphrase_file", file=file) from cause


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
