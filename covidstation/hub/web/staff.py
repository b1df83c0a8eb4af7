"""Users of the pages, and the record of what they did."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from covidstation.errors import UserError
from covidstation.hub.database.store import aware
from covidstation.hub.rows import StationRow
from covidstation.hub.staff import users
from covidstation.hub.staff.audit import HubAction, check_chain, entries, note
from covidstation.hub.staff.rights import RIGHTS_OF, HubRight, HubRole
from covidstation.hub.web.frame import Answer, Ask, Go, Sheet, Show
from covidstation.hub.web.words import ACTIONS, ROLE_HINTS, ROLES, details_text
from covidstation.i18n import _
from covidstation.services.tables import SheetTable

NEWEST: Final = 2_000  # entries that are checked at each look
SHEET: Final = 20_000
LINES: Final = 60


def show_users(ask: Ask) -> Answer:
    """All of them, and a form for one more."""
    return _users(ask, None)


def _users(ask: Ask, added: users.Added | None) -> Answer:
    with ask.hub.db.read() as session:
        found = users.users(session)
    values = {
        "users": found,
        "added": added,
        "roles": ROLES,
        "hints": ROLE_HINTS,
        "typed": {} if added else {name: ask.text(name, 80) for name in ("login", "name", "role")},
        "rights_of": RIGHTS_OF,
        "rights": list(HubRight),
        "aware": aware,
    }
    return Show("users.html", values)


def _role(ask: Ask) -> HubRole:
    try:
        return HubRole(ask.text("role"))
    except ValueError:
        raise UserError("hub_user.role_missing") from None


def add(ask: Ask) -> Answer:
    """One more; their one-time passphrase is on the page that answers, and nowhere else."""
    made = users.add_user(
        ask.hub, login=ask.text("login", 80), name=ask.text("name", 200), role=_role(ask), by=ask.by, now=ask.now
    )
    return _users(ask, made)


def change_role(ask: Ask) -> Answer:
    """Another role."""
    users.set_role(ask.hub, ask.id(), _role(ask), by=ask.by, now=ask.now)
    return Go("/users", done="role")


def disable(ask: Ask) -> Answer:
    """They sign in no more."""
    users.disable_user(ask.hub, ask.id(), by=ask.by, now=ask.now)
    return Go("/users", done="disabled")


def enable(ask: Ask) -> Answer:
    """They may again, with a one-time passphrase."""
    return _users(ask, users.enable_user(ask.hub, ask.id(), by=ask.by, now=ask.now))


def reset(ask: Ask) -> Answer:
    """A one-time passphrase for who forgot theirs."""
    return _users(ask, users.reset_passphrase(ask.hub, ask.id(), by=ask.by, now=ask.now))


def users_sheet(ask: Ask) -> Answer:
    """The list."""
    with ask.hub.db.read() as session:
        found = users.users(session)
    rows = [
        (
            one.login, one.name, _(ROLES[one.role]), aware(one.last_login).astimezone() if one.last_login else None,
            _("đã nghỉ") if one.disabled_at else "",
        )
        for one in found
    ]  # fmt: skip
    heads = (_("Tên đăng nhập"), _("Họ tên"), _("Vai trò"), _("Vào lần cuối"), _("Tình trạng"))
    title = _("Người dùng, {name}").format(name=ask.hub.name)
    return Sheet("nguoi-dung", [SheetTable(title=title, columns=heads, rows=rows, name=_("Người dùng"))])


def show_audit(ask: Ask) -> Answer:
    """Who did what, the newest first, with the chain computed anew."""
    before = ask.query.get("before", "")
    chosen = {name: ask.query.get(name, "")[:40] for name in ("user", "action", "subject")}
    whole = ask.query.get("check") == "all"
    with ask.hub.db.read() as session:
        checked = check_chain(session, None if whole else NEWEST)
        lines = entries(
            session,
            user=chosen["user"],
            action=chosen["action"],
            subject=chosen["subject"],
            before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None,
            most=LINES + 1,
        )
        names = users.names_of(session)
        stations = {row.n: row.name for row in session.execute(select(StationRow.n, StationRow.name))}
    with ask.hub.db.write(None, ask.now) as session:
        note(session, HubAction.AUDIT, by=ask.by, now=ask.now)
    values = {
        "lines": lines[:LINES],
        "older": lines[LINES - 1].seq if len(lines) > LINES else None,
        "names": names,
        "stations": stations,
        "actions": ACTIONS,
        "checked": checked,
        "whole": whole,
        "chosen": chosen,
        "aware": aware,
        "details_text": details_text,
    }
    return Show("audit.html", values)


def audit_sheet(ask: Ask) -> Answer:
    """The newest entries."""
    with ask.hub.db.read() as session:
        lines = entries(session, most=SHEET)
        names = users.names_of(session)
        stations = {row.n: row.name for row in session.execute(select(StationRow.n, StationRow.name))}
    heads = (_("Số"), _("Lúc"), _("Ai"), _("Việc"), _("Trạm"), _("Mã hồ sơ"), _("Thêm"))
    rows = [
        (
            one.seq, aware(one.at).astimezone(), names.get(one.user, one.user), _(ACTIONS.get(one.action, one.action)),
            stations.get(one.station or 0, ""), one.subject or "", details_text(one.detail),
        )
        for one in lines
    ]  # fmt: skip
    title = _("Nhật ký của huyện, {name}").format(name=ask.hub.name)
    return Sheet("nhat-ky", [SheetTable(title=title, columns=heads, rows=rows, name=_("Nhật ký"))])
