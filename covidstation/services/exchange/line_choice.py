"""How this station reaches the district: by itself or not, at which address, through which proxy; and trying it.

A trial sends nothing about anybody: it asks the district's clock, then brings an empty bundle, whose signature alone
says who speaks. So a station that was revoked hears it, and so does one whose address belongs to somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

from covidstation.db.queries.station import get_setting
from covidstation.db.rows import JournalStateRow, SettingRow
from covidstation.db.session import Database
from covidstation.domain.pace import worth_a_word
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.errors import Refused, UserError
from covidstation.services.certificate import get_certificate
from covidstation.services.changes import Done, Kind, done
from covidstation.services.exchange.about import about_station
from covidstation.services.exchange.enrolment import identity_of
from covidstation.services.exchange.line_look import is_line_up
from covidstation.services.exchange.line_state import addresses
from covidstation.services.exchange.packing import pack_next
from covidstation.services.rights import needs
from covidstation.sync.bundle import Sender, open_bundle, read_header
from covidstation.sync.enrolment import Certificate, is_url
from covidstation.sync.header import Kind as BundleKind
from covidstation.sync.http import DIRECT, Line, Reply
from covidstation.sync.identity import Identity, key_id
from covidstation.sync.refusals import BundleRefused

BRIEF: Final = (8.0, 20.0)  # seconds to be let in, and of silence: somebody looks at the screen
AUTO, URL, PROXY = "auto_sync", "hub_url", "proxy"


class ProxyWay(StrEnum):
    """Which way leads out of this PC's network."""

    SYSTEM = "system"  # as the PC says
    DIRECT = "direct"
    OWN = "own"  # as written here


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChoice:
    """What the station's head says of the line. `url` empty: the addresses of the certificate.

    `proxy` (`host:port`, with or without `http://`), its `user` and `password` count for `ProxyWay.OWN` alone.
    """

    auto: bool = True
    url: str = ""
    way: ProxyWay = ProxyWay.SYSTEM
    proxy: str = ""
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class LineFound:
    """A trial that went well. `drift`: this PC's clock before the district's, when it is worth a word."""

    url: str
    seconds: float
    waiting: int  # changes that are still unsent
    drift: timedelta | None = None


@dataclass(frozen=True, slots=True)
class LineChosen:
    """The choice in force, and the addresses that the district's certificate names."""

    choice: LineChoice
    enrolled: bool
    certified: tuple[str, ...] = ()


@needs(Right.SEE)
def line_choice(db: Database) -> LineChosen:
    """What holds now."""
    certificate = get_certificate(db)
    proxy = get_setting(db, PROXY).strip()
    choice = LineChoice(auto=get_setting(db, AUTO) == "yes", url=get_setting(db, URL).strip(), **_proxy_parts(proxy))
    return LineChosen(choice, certificate is not None, certificate.urls if certificate else ())


@needs(Right.MANAGE)
def keep_line_choice(db: Database, choice: LineChoice, *, by: UUID | None, now: datetime) -> Done[None]:
    """Let it hold from now on. Raises Refused as `check_line_choice`."""
    found = check_line_choice(choice)
    if found:
        raise Refused(found)
    values = {AUTO: "yes" if choice.auto else "no", URL: choice.url.strip(), PROXY: proxy_setting(choice)}
    with db.write(by, now) as session:
        for key, value in values.items():
            session.merge(SettingRow(key=key, value=value, changed_at=now.replace(tzinfo=None)))
    return done(None, Kind.STATION)


def check_line_choice(choice: LineChoice) -> list[Problem]:
    """What a form shows beside its fields."""
    found = []
    if choice.url.strip() and not is_url(choice.url.strip()):
        found.append(Problem("url", "line.url"))
    if choice.way is ProxyWay.OWN and not _is_proxy(choice.proxy.strip()):
        found.append(Problem("proxy", "line.proxy"))
    if choice.way is ProxyWay.OWN and choice.password and not choice.user.strip():
        found.append(Problem("user", "line.proxy_user"))
    return found


def proxy_setting(choice: LineChoice) -> str:
    """The setting `proxy` of that choice."""
    if choice.way is not ProxyWay.OWN:
        return DIRECT if choice.way is ProxyWay.DIRECT else ""
    scheme, host = _proxy_url(choice.proxy.strip()).split("://", 1)
    name = quote(choice.user.strip(), safe="")
    secret = f":{quote(choice.password, safe='')}" if choice.password else ""
    return f"{scheme}://{name}{secret}@{host}" if name else f"{scheme}://{host}"


def _proxy_url(text: str) -> str:
    return text.rstrip("/") if "://" in text else f"http://{text.rstrip('/')}"


def _is_proxy(text: str) -> bool:
    url = _proxy_url(text)
    return bool(text) and is_url(url) and not urlsplit(url).path and urlsplit(url).port is not None


def _proxy_parts(setting: str) -> dict[str, Any]:
    """The setting as the fields of a form; one that is no address stands there as it is, to be put right."""
    if not setting or setting == DIRECT:
        return {"way": ProxyWay.DIRECT if setting else ProxyWay.SYSTEM}
    try:
        parts = urlsplit(setting)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        return {"way": ProxyWay.OWN, "proxy": setting}
    bare = setting.replace(f"{parts.netloc.rpartition('@')[0]}@", "", 1) if "@" in parts.netloc else setting
    return {"way": ProxyWay.OWN, "proxy": bare.removeprefix("http://"), "user": user, "password": password}


@needs(Right.SEND)
def try_line(db: Database, choice: LineChoice, *, now: datetime) -> LineFound:
    """Reach the district as that choice says, saved or not. Takes seconds: never on the thread of a window.

    Raises Refused as `check_line_choice`; UserError enrol.not_yet, wire.….
    """
    found = check_line_choice(choice)
    if found:
        raise Refused(found)
    certificate = get_certificate(db)
    if certificate is None:
        raise UserError("enrol.not_yet")
    urls = addresses(choice.url, certificate)
    with db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        waiting = state.last_seq - state.received_upto
        about = about_station(session, state.epoch, now=now, folder=db.path.parent, noted=True)
        identity = identity_of(session)
        part = pack_next(session, certificate, identity, about, 0)
    proxy = proxy_setting(choice)
    try:
        with Line(urls, authority=certificate.tls_authority, proxy=proxy, patience=BRIEF) as line:
            line.ask_time()
            reply = line.exchange(part.bundle, part.data, serial=certificate.serial)
    except UserError as trouble:
        if trouble.code == "wire.unreachable" and not is_line_up(str(trouble.params.get("host", ""))):
            raise UserError("wire.no_line") from trouble
        raise
    _check_who(reply, certificate, identity)
    drift = now - reply.hub_time if reply.hub_time is not None else timedelta()
    return LineFound(reply.url, reply.seconds, waiting, drift if worth_a_word(drift) else None)


def _check_who(reply: Reply, certificate: Certificate, identity: Identity) -> None:
    """Whether the district itself signed an answer; a certificate of new keys is its sending's to judge."""
    hub = certificate.hub_keys.sign
    senders = {key_id(hub): Sender(hub, certificate.station)}
    for data in reply.bundles:
        try:
            if read_header(data).kind is BundleKind.CERT:
                return
            open_bundle(data, known_senders=senders, identities=[identity.age])
        except BundleRefused:
            continue
        return
    raise UserError("wire.other_machine", host=urlsplit(reply.url).hostname or reply.url)
