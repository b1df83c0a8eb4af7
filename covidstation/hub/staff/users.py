"""People at the district who use the hub's pages: adding, roles, disabling, passphrases, signing in.

Nobody learns another's passphrase: whoever is added or reset gets a one-time passphrase, shown once, and must choose
their own before anything else. Nobody is deleted: the record of who did what names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from threading import BoundedSemaphore
from typing import Final
from unicodedata import normalize
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.codes import new_one_time, read_one_time
from covidstation.db.ids import new_id
from covidstation.domain.problems import Problem
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.rows import HubAuditRow, HubUserRow
from covidstation.hub.staff import attempts, sessions
from covidstation.hub.staff.audit import PROGRAM, HubAction, note
from covidstation.hub.staff.rights import HubRole
from covidstation.services.access.phrases import check_passphrase

MOST_USERS: Final = 200
LONGEST_NAME: Final = 80
LONGEST_PASSPHRASE: Final = 200
ONE_TIME_HOURS: Final = 72
HASHER: Final = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)  # RFC 9106, second choice
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_turns: Final = BoundedSemaphore(2)  # 64 MiB each: a storm of logins takes no more than that
_NOBODY: Final = HASHER.hash("nobody has this one")


@dataclass(frozen=True, slots=True)
class UserLine:
    """A user in the list; moments are UTC without a zone. `must_change`: has not used the one-time passphrase yet."""

    id: UUID
    login: str
    name: str
    role: HubRole
    must_change: bool
    disabled_at: datetime | None
    last_login: datetime | None


@dataclass(frozen=True, slots=True)
class Added:
    """A new or reset user; the one-time passphrase is shown once and kept by nobody."""

    id: UUID
    login: str
    name: str
    one_time: str


def users(session: Session) -> list[UserLine]:
    """All of them, by login."""
    seen = dict(
        session.execute(
            select(HubAuditRow.user, func.max(HubAuditRow.at))
            .where(HubAuditRow.action == HubAction.LOGIN.value)
            .group_by(HubAuditRow.user)
        ).all()
    )
    return [_line(row, seen.get(row.id.hex)) for row in session.scalars(select(HubUserRow).order_by(HubUserRow.login))]


def _line(row: HubUserRow, last_login: datetime | None) -> UserLine:
    return UserLine(row.id, row.login, row.name, HubRole(row.role), row.must_change, row.disabled_at, last_login)


def names_of(session: Session) -> dict[str, str]:
    """The name of each user by the id that the record has."""
    return {row.id.hex: row.name for row in session.execute(select(HubUserRow.id, HubUserRow.name))}


def add_user(
    hub: Hub, *, login: str, name: str, role: HubRole, by: UUID | str = PROGRAM, now: datetime, passphrase: str = ""
) -> Added:
    """A new user, with a one-time passphrase unless they typed their own (`passphrase`, on the command line).

    Raises Refused hub_user.…; UserError hub_user.too_many, keys.passphrase_….
    """
    login, name = login.strip().lower(), clean(name)
    found = _problems(login, name)
    if found:
        raise Refused(found)
    if passphrase:
        _check(passphrase, login, name, hub.name)
    one_time = "" if passphrase else new_one_time()
    hashed = _hash(passphrase or read_one_time(one_time))
    with hub.db.write(None, now) as session:
        if (session.scalar(select(func.count()).select_from(HubUserRow)) or 0) >= MOST_USERS:
            raise UserError("hub_user.too_many", most=MOST_USERS)
        if session.scalars(select(HubUserRow).where(HubUserRow.login == login)).first() is not None:
            raise Refused([Problem("login", "hub_user.login_taken", {"login": login})])
        row = HubUserRow(
            id=new_id(),
            login=login,
            name=name,
            role=role.value,
            passphrase=hashed,
            must_change=not passphrase,
            made_at=utc(now),
            disabled_at=None,
        )
        session.add(row)
        _note(session, row, "add", by, now)
        return Added(row.id, login, name, one_time)


def _problems(login: str, name: str) -> list[Problem]:
    found = []
    if not _LOGIN.fullmatch(login):
        found.append(Problem("login", "hub_user.login_shape"))
    if not name:
        found.append(Problem("name", "users.name_missing"))
    elif len(name) > LONGEST_NAME:
        found.append(Problem("name", "users.name_long", {"most": str(LONGEST_NAME)}))
    return found


def set_role(hub: Hub, user: UUID, role: HubRole, *, by: UUID | str, now: datetime) -> None:
    """Another role; the user's sessions end.

    Raises UserError users.unknown, hub_user.not_self, hub_user.last_admin.
    """
    with hub.db.write(None, now) as session:
        row = _other(session, user, by)
        if role is not HubRole.ADMIN:
            _keep_an_admin(session, row)
        row.role = role.value
        sessions.end_all(session, row.id)
        _note(session, row, f"role:{role.value}", by, now)


def disable_user(hub: Hub, user: UUID, *, by: UUID | str, now: datetime) -> None:
    """From now on nobody signs in with it, and its sessions end. Raises as set_role."""
    with hub.db.write(None, now) as session:
        row = _other(session, user, by)
        _keep_an_admin(session, row)
        row.disabled_at = utc(now)
        sessions.end_all(session, row.id)
        _note(session, row, "disable", by, now)


def enable_user(hub: Hub, user: UUID, *, by: UUID | str, now: datetime) -> Added:
    """They may again, with a one-time passphrase. Raises UserError users.unknown, hub_user.not_self."""
    return _renew(hub, user, "enable", by, now)


def reset_passphrase(hub: Hub, user: UUID, *, by: UUID | str, now: datetime) -> Added:
    """A one-time passphrase for who forgot theirs; their sessions end.

    Raises UserError users.unknown, hub_user.not_self.
    """
    return _renew(hub, user, "reset", by, now)


def _renew(hub: Hub, user: UUID, what: str, by: UUID | str, now: datetime) -> Added:
    one_time = new_one_time()
    hashed = _hash(read_one_time(one_time))
    with hub.db.write(None, now) as session:
        row = _other(session, user, by)
        row.passphrase, row.must_change, row.disabled_at, row.made_at = hashed, True, None, utc(now)
        sessions.end_all(session, row.id)
        _note(session, row, what, by, now)
        return Added(row.id, row.login, row.name, one_time)


def _other(session: Session, user: UUID, by: UUID | str) -> HubUserRow:
    row = session.get(HubUserRow, user)
    if row is None:
        raise UserError("users.unknown")
    if row.id == by:
        raise UserError("hub_user.not_self")
    return row


def _keep_an_admin(session: Session, row: HubUserRow) -> None:
    if row.role != HubRole.ADMIN.value or row.disabled_at is not None:
        return
    others = select(HubUserRow.id).where(
        HubUserRow.role == HubRole.ADMIN.value, HubUserRow.disabled_at.is_(None), HubUserRow.id != row.id
    )
    if session.scalars(others).first() is None:
        raise UserError("hub_user.last_admin")


def sign_in(hub: Hub, login: str, passphrase: str, address: str, *, now: datetime, former: str = "") -> str:
    """The token of a new session; whatever session the browser had (`former`) ends.

    One answer for a wrong name, a wrong passphrase and a user who may no longer. Raises UserError hub_user.wrong,
    hub_user.wait, hub_user.busy, hub_user.one_time_old.
    """
    login = login.strip().lower()[:LONGEST_NAME]
    with hub.db.write(None, now) as session:
        left = attempts.wait_left(session, login, address, now)
        if not left:
            attempts.count_try(session, login, address, now)
        row = session.scalars(select(HubUserRow).where(HubUserRow.login == login)).first()
    if left:
        raise UserError("hub_user.wait", seconds=left)
    good = _is_right(
        row.passphrase if row is not None else _NOBODY, passphrase, once=row is not None and row.must_change
    )
    if row is None or row.disabled_at is not None or not good:
        _tell_failed(hub, row, address, now)
        raise UserError("hub_user.wrong")
    if row.must_change and utc(now) > row.made_at + timedelta(hours=ONE_TIME_HOURS):
        raise UserError("hub_user.one_time_old")
    with hub.db.write(None, now) as session:
        attempts.forgive(session, login, address)
        if former:
            sessions.end_session(session, sessions.key_of(former))
        held = session.get_one(HubUserRow, row.id)
        # Changed while it was judged.
        if not compare_digest(held.passphrase, row.passphrase) or held.disabled_at is not None:
            raise UserError("hub_user.wrong")
        if HASHER.check_needs_rehash(held.passphrase) and not held.must_change:
            held.passphrase = _hash(passphrase)
        token = sessions.start_session(session, row.id, now)
        note(session, HubAction.LOGIN, by=row.id, now=now, detail={"address": address})
        return token


def _tell_failed(hub: Hub, row: HubUserRow | None, address: str, now: datetime) -> None:
    """Only for names that exist: a storm of invented ones leaves no record of what was typed."""
    if row is not None:
        with hub.db.write(None, now) as session:
            note(session, HubAction.LOGIN_FAILED, by=row.id, now=now, detail={"address": address})


def change_own(hub: Hub, user: UUID, old: str, new: str, *, keep: bytes, now: datetime) -> None:
    """One's own passphrase; all one's other sessions end.

    Raises UserError hub_user.wrong_old, keys.same_again, keys.passphrase_…, hub_user.busy.
    """
    with hub.db.read() as session:
        row = session.get_one(HubUserRow, user)
    if not _is_right(row.passphrase, old, once=row.must_change):
        raise UserError("hub_user.wrong_old")
    _check(new, row.login, row.name, hub.name)
    if _is_right(row.passphrase, new, once=row.must_change):
        raise UserError("keys.same_again")
    hashed = _hash(new)
    with hub.db.write(None, now) as session:
        held = session.get_one(HubUserRow, user)
        held.passphrase, held.must_change = hashed, False
        sessions.end_all(session, user, but=keep)
        _note(session, held, "own_passphrase", user, now)


def _check(passphrase: str, *names: str) -> None:
    if len(passphrase) > LONGEST_PASSPHRASE:
        raise UserError("hub_user.passphrase_long", most=LONGEST_PASSPHRASE)
    check_passphrase(passphrase, *names)


def _is_right(hashed: str, typed: str, *, once: bool) -> bool:
    """Judged at the same cost whoever it is. Letters of one-time passphrases may be typed as people type them."""
    with _turn():
        try:
            return HASHER.verify(hashed, _bytes(read_one_time(typed[:LONGEST_PASSPHRASE]) if once else typed))
        except (VerificationError, InvalidHashError):
            return False


def _hash(passphrase: str) -> str:
    with _turn():
        return HASHER.hash(_bytes(passphrase))


def _bytes(passphrase: str) -> bytes:
    return normalize("NFC", passphrase[: LONGEST_PASSPHRASE + 1]).encode("utf-8", "surrogatepass")


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=10):
        raise UserError("hub_user.busy")
    try:
        yield
    finally:
        _turns.release()


def _note(session: Session, row: HubUserRow, what: str, by: UUID | str, now: datetime) -> None:
    note(session, HubAction.USERS, by=by, now=now, subject=row.id.hex, detail={"what": what, "login": row.login})
