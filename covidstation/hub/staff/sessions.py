"""Open sessions of the pages: a random token in the browser's cookie, its SHA-256 here, two time-outs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from covidstation.hub.database.store import Hub, utc
from covidstation.hub.rows import HubSessionRow, HubUserRow
from covidstation.hub.staff.rights import HubActor, HubRole

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
TOUCH: Final = timedelta(minutes=1)  # `seen_at` is written no oftener
MOST: Final = 5  # sessions of one user; the oldest goes
TOKEN_LETTERS: Final = 43  # of 32 bytes in base64


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that stands: who, the secret of their forms, and the token's hash."""

    actor: HubActor
    csrf: str
    key: bytes
    made_at: datetime  # UTC without a zone
    seen_at: datetime


def key_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def start_session(session: Session, user: UUID, now: datetime) -> str:
    """A new session; returns its token, which is kept nowhere else. Whatever has run out goes."""
    moment = utc(now)
    stale = or_(HubSessionRow.seen_at < moment - IDLE, HubSessionRow.made_at < moment - LONGEST)
    session.execute(delete(HubSessionRow).where(stale))
    held = list(
        session.scalars(
            select(HubSessionRow.token).where(HubSessionRow.user == user).order_by(HubSessionRow.seen_at.desc())
        )
    )
    if len(held) >= MOST:
        session.execute(delete(HubSessionRow).where(HubSessionRow.token.in_(held[MOST - 1 :])))
    token = secrets.token_urlsafe(32)
    csrf = secrets.token_hex(32)
    session.add(HubSessionRow(token=key_of(token), user=user, csrf=csrf, made_at=moment, seen_at=moment))
    session.flush()
    return token


def find_session(hub: Hub, token: str, now: datetime) -> SignedIn | None:
    """The session of that token, if it stands: neither run out nor of somebody who may no longer."""
    if len(token) != TOKEN_LETTERS:
        return None
    moment = utc(now)
    with hub.db.read() as session:
        found = session.execute(
            select(HubSessionRow, HubUserRow)
            .join(HubUserRow, HubUserRow.id == HubSessionRow.user)
            .where(HubSessionRow.token == key_of(token))  # door: SQL looks a hash of 256 random bits up
            .where(HubUserRow.disabled_at.is_(None))
        ).first()
    if found is None:
        return None
    row, user = found
    if not row.seen_at - TOUCH <= moment < row.seen_at + IDLE or moment >= row.made_at + LONGEST:
        return None  # a clock that was set far back ends it too: nothing would ever run out
    actor = HubActor(user.id, user.login, user.name, HubRole(user.role), user.must_change)
    if moment >= row.seen_at + TOUCH:
        _touch(hub, row.token, now)
    return SignedIn(actor, row.csrf, row.token, row.made_at, row.seen_at)


def _touch(hub: Hub, key: bytes, now: datetime) -> None:
    with hub.db.write(None, now) as session:
        row = session.get(HubSessionRow, key)
        if row is not None:
            row.seen_at = utc(now)


def sessions_of(session: Session, user: UUID, now: datetime) -> list[HubSessionRow]:
    """Those that stand, the newest first."""
    moment = utc(now)
    query = select(HubSessionRow).where(
        HubSessionRow.user == user, HubSessionRow.seen_at > moment - IDLE, HubSessionRow.made_at > moment - LONGEST
    )
    return list(session.scalars(query.order_by(HubSessionRow.made_at.desc())))


def end_session(session: Session, key: bytes) -> None:
    """This one."""
    session.execute(delete(HubSessionRow).where(HubSessionRow.token == key))  # door: SQL looks a hash up


def end_all(session: Session, user: UUID, but: bytes | None = None) -> None:
    """All of a user's, perhaps but one."""
    query = delete(HubSessionRow).where(HubSessionRow.user == user)
    if but is not None:
        query = query.where(HubSessionRow.token != but)  # door: SQL compares hashes
    session.execute(query)


def form_token(secret: str) -> str:
    """The session's secret as it stands in one form: masked anew each time, so that compressed pages leak nothing."""
    raw = bytes.fromhex(secret)
    mask = secrets.token_bytes(len(raw))
    return base64.urlsafe_b64encode(mask + bytes(a ^ b for a, b in zip(mask, raw, strict=True))).decode()


def is_form_token(secret: str, typed: str) -> bool:
    """Whether a form came from a page of this session."""
    raw = bytes.fromhex(secret)
    try:
        given = base64.urlsafe_b64decode(typed.encode())
    except ValueError:
        return False
    if len(given) != 2 * len(raw):
        return False
    half = len(raw)
    return hmac.compare_digest(bytes(a ^ b for a, b in zip(given[:half], given[half:], strict=True)), raw)
