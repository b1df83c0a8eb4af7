"""Coming in and going out, one's own passphrase and sessions, the help page, the style sheet."""

from __future__ import annotations

import re
from functools import cache
from hmac import compare_digest
from typing import Final

from covidstation.errors import UserError
from covidstation.hub.staff import sessions
from covidstation.hub.staff.audit import HubAction, note
from covidstation.hub.staff.users import change_own
from covidstation.hub.staff.users import sign_in as open_session
from covidstation.hub.web.frame import Answer, Ask, File, Go, Show
from covidstation.paths import resources

_LOCAL: Final = re.compile(r"/(?:[A-Za-z0-9_.-]+/?)*")
STYLE: Final = "text/css; charset=utf-8"


def local_path(wanted: str) -> str:
    """A page of this hub, or the first one: nothing else is ever gone to."""
    return wanted if len(wanted) < 200 and _LOCAL.fullmatch(wanted) else "/"


def show_login(ask: Ask) -> Answer:
    """The card with name and passphrase."""
    login = ask.text("login", 80)
    return Show("login.html", {"login": login, "to": local_path(ask.query.get("to", "") or ask.text("to"))})


def sign_in(ask: Ask) -> Answer:
    """Judge them; the session is a new one, whatever the browser had."""
    phrase = ask.text("passphrase", 1000)
    token = open_session(ask.hub, ask.text("login"), phrase, ask.address, now=ask.now, former=ask.token)
    return Go(local_path(ask.text("to")), token=token)


def sign_out(ask: Ask) -> Answer:
    """This session ends, in the database and in the browser."""
    with ask.hub.db.write(None, ask.now) as session:
        sessions.end_session(session, sessions.key_of(ask.token))
        note(session, HubAction.LOGOUT, by=ask.by, now=ask.now)
    return Go("/login", done="out", token="")


def show_own(ask: Ask) -> Answer:
    """One's name, role, passphrase, open sessions."""
    with ask.hub.db.read() as session:
        held = sessions.sessions_of(session, ask.by, ask.now)
    own = ask.signed.key if ask.signed else b""
    return Show("own.html", {"sessions": [(one.made_at, one.seen_at, compare_digest(one.token, own)) for one in held]})


def change_passphrase(ask: Ask) -> Answer:
    """Old one, new one twice."""
    new = ask.text("new", 1000)
    if new != ask.text("again", 1000):
        raise UserError("hub_user.differ")
    assert ask.signed is not None
    change_own(ask.hub, ask.by, ask.text("old", 1000), new, keep=ask.signed.key, now=ask.now)
    return Go("/own", done="own")


def end_others(ask: Ask) -> Answer:
    """All one's sessions but this one."""
    assert ask.signed is not None
    with ask.hub.db.write(None, ask.now) as session:
        sessions.end_all(session, ask.by, but=ask.signed.key)
        note(session, HubAction.LOGOUT, by=ask.by, now=ask.now, detail={"what": "others"})
    return Go("/own", done="sessions")


def show_help(_ask: Ask) -> Answer:
    """What each page is for."""
    return Show("help.html")


@cache
def style_bytes() -> bytes:
    """The one style sheet, read once."""
    return (resources() / "hub" / "hub.css").read_bytes()


def style(_ask: Ask) -> Answer:
    """For every page."""
    return File("", STYLE, style_bytes())
