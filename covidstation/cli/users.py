"""`covidstation users` and `recover`: who opens the register, and the way back in by the district's key."""

from __future__ import annotations

import argparse
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from covidstation.errors import UserError
from covidstation.i18n import _, moment_text
from covidstation.messages import sentence
from covidstation.passphrases import ask_passphrase
from covidstation.services.access.opening import Register, open_register
from covidstation.services.access.passphrases import change_passphrase, escrow_identity, reset_with_escrow
from covidstation.services.access.users import (
    OneTime,
    State,
    UserDraft,
    UserLine,
    add_user,
    disable_user,
    enable_user,
    list_users,
    reset_user,
)

Said = tuple[dict[str, Any], str]


def act_on_users(register: Register, arguments: argparse.Namespace, now: datetime) -> Said:
    """One act of `users` but `passphrase`; the register is closed after it."""
    with closing(register.db) as db:
        by = register.user_id
        if arguments.act == "list":
            return users_result(list_users(db), now)
        if arguments.act == "add":
            return _given(add_user(db, UserDraft(name=arguments.name, role=arguments.role), by=by, now=now).value)
        line = _named(list_users(db), arguments.name, disabled=arguments.act == "enable")
        if arguments.act == "disable":
            change = disable_user(db, line.id, by=by, now=now).value
            text = _("{name} không mở được sổ nữa.").format(name=line.name)
            if change.trouble is not None:
                text = f"{text} {sentence(change.trouble)}"
            return {"user": line.name, "key_changed": change.changed}, text
        service = reset_user if arguments.act == "reset" else enable_user
        return _given(service(db, line.id, by=by, now=now).value)


def new_passphrase(folder: Path, arguments: argparse.Namespace, now: datetime) -> Said:
    """One's own passphrase, also after a one-time one."""
    old = ask_passphrase(arguments.passphrase_file)
    new = ask_passphrase(arguments.new_passphrase_file, new=True)
    try:
        register = open_register(folder, old, user=arguments.user, now=now)
    except UserError as trouble:
        if trouble.code != "keys.choose_own":
            raise
        register = open_register(folder, old, user=arguments.user, own=new, now=now)
        register.db.close()
    else:
        with closing(register.db) as db:
            change_passphrase(db, old, new, now=now)
    return {"user": register.user_name}, _("Đã đổi mật khẩu của {name}.").format(name=register.user_name)


def recover(folder: Path, arguments: argparse.Namespace, now: datetime) -> Said:
    """A one-time passphrase for `--user`, by the district's key; its code is asked as a passphrase is."""
    identity = escrow_identity(arguments.escrow_key, lambda: ask_passphrase(arguments.passphrase_file))
    name = arguments.user or ""
    phrase = reset_with_escrow(folder, identity, name, now=now)
    return one_time_result(name, phrase)


def users_result(lines: list[UserLine], now: datetime) -> Said:
    """Everybody, with the last opening in UTC for programs and on the wall's clock for people."""
    users = [
        {
            "name": line.name,
            "role": line.role,
            "state": line.state.value,
            "last_login": line.last_login.isoformat() if line.last_login else None,
        }
        for line in lines
    ]
    text = [
        f"{line.name}\t{line.role}\t{line.state.value}\t"
        + (moment_text(line.last_login.astimezone().replace(tzinfo=None), now.date()) if line.last_login else "–")
        for line in lines
    ]
    return {"users": users}, "\n".join(text)


def _named(lines: list[UserLine], name: str, *, disabled: bool) -> UserLine:
    for line in lines:
        if line.name == name and (line.state is State.DISABLED) == disabled:
            return line
    raise UserError("keys.unknown_user", name=name)


def _given(one: OneTime) -> Said:
    return one_time_result(one.name, one.phrase)


def one_time_result(name: str, phrase: str) -> Said:
    """What is shown once."""
    text = _("Mật khẩu dùng một lần của {name}, đưa tận tay: {phrase}").format(name=name, phrase=phrase)
    return {"user": name, "one_time": phrase}, text
