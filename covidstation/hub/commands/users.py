"""Users of the hub's pages on the command line: the first administrator is made here (docs/hub-pages.md)."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from covidstation.errors import UserError
from covidstation.hub.database.store import Hub, aware
from covidstation.hub.staff import users
from covidstation.hub.staff.audit import PROGRAM, check_chain
from covidstation.hub.staff.rights import HubRole
from covidstation.i18n import _
from covidstation.passphrases import read_passphrase

Result = tuple[Mapping[str, Any], str]
COMMAND: Final = "user"


def add_command(commands: Any) -> None:
    """`user add|list|disable|enable|reset|role|audit`."""
    user: argparse.ArgumentParser = commands.add_parser(COMMAND, help=_("người dùng các trang của huyện"))
    acts = user.add_subparsers(dest="act", required=True, metavar=_("VIỆC"))
    add = acts.add_parser("add", help=_("thêm người dùng; mật khẩu dùng một lần hiện ra một lần"))
    add.add_argument("login", help=_("tên đăng nhập, chữ không dấu, ví dụ lo.thi.hoa"))
    add.add_argument("--name", required=True, help=_("họ tên"))
    add.add_argument("--role", type=HubRole, choices=list(HubRole), default=HubRole.ADMIN)
    add.add_argument("--own", type=Path, metavar="F", help=_("tệp có mật khẩu của riêng người ấy ở dòng đầu"))
    role = acts.add_parser("role", help=_("đổi vai trò"))
    role.add_argument("login")
    role.add_argument("role", type=HubRole, choices=list(HubRole))
    for name, words in (
        ("disable", _("cho nghỉ")),
        ("enable", _("cho dùng lại, cấp mật khẩu dùng một lần")),
        ("reset", _("cấp lại mật khẩu dùng một lần")),
    ):
        acts.add_parser(name, help=words).add_argument("login")
    acts.add_parser("list", help=_("danh sách người dùng"))
    acts.add_parser("audit", help=_("tính lại toàn bộ nhật ký của huyện"))
    for parser in acts.choices.values():
        parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace, hub: Hub, now: datetime) -> Result:
    """Do it; the result as JSON and as text. Raises UserError."""
    act = arguments.act
    if act == "add":
        own = read_passphrase(arguments.own) if arguments.own else ""
        added = users.add_user(
            hub, login=arguments.login, name=arguments.name, role=arguments.role, passphrase=own, now=now
        )
        return _added(added)
    if act == "list":
        return _listed(hub)
    if act == "audit":
        return _audited(hub)
    return _changed(arguments, hub, now)


def _changed(arguments: argparse.Namespace, hub: Hub, now: datetime) -> Result:
    with hub.db.read() as session:
        user = next((one for one in users.users(session) if one.login == arguments.login.strip().lower()), None)
    if user is None:
        raise UserError("users.unknown")
    if arguments.act == "role":
        users.set_role(hub, user.id, arguments.role, by=PROGRAM, now=now)
        return {"login": user.login, "role": arguments.role.value}, _("{login}: đã đổi vai trò").format(
            login=user.login
        )
    if arguments.act == "disable":
        users.disable_user(hub, user.id, by=PROGRAM, now=now)
        return {"login": user.login, "disabled": True}, _("{login}: đã cho nghỉ").format(login=user.login)
    renew = users.enable_user if arguments.act == "enable" else users.reset_passphrase
    return _added(renew(hub, user.id, by=PROGRAM, now=now))


def _added(added: users.Added) -> Result:
    result = {"login": added.login, "name": added.name, "one_time": added.one_time}
    if not added.one_time:
        return result, _("{login}: đã thêm").format(login=added.login)
    text = _("{login}: mật khẩu dùng một lần {one_time}, phải đổi ở lần đăng nhập đầu")
    return result, text.format(login=added.login, one_time=added.one_time)


def _listed(hub: Hub) -> Result:
    with hub.db.read() as session:
        found = users.users(session)
    rows = [
        {
            "login": one.login,
            "name": one.name,
            "role": one.role.value,
            "disabled": one.disabled_at is not None,
            "must_change": one.must_change,
            "last_login": aware(one.last_login).isoformat() if one.last_login else None,
        }
        for one in found
    ]
    lines = [f"{one.login}: {one.name}, {one.role.value}{_(', đã nghỉ') if one.disabled_at else ''}" for one in found]
    return {"users": rows}, "\n".join(lines) or _("Chưa có người dùng nào. Thêm bằng “user add”.")


def _audited(hub: Hub) -> Result:
    with hub.db.read() as session:
        found = check_chain(session)
    result = {"entries": found.entries, "fault": found.fault}
    if found.fault is not None:
        return result, _("Dòng số {n} không còn như lúc ghi: nhật ký đã bị sửa.").format(n=found.fault)
    return result, _("Đã tính lại {n} dòng, không dòng nào bị sửa.").format(n=found.entries)
