"""What stands in the register's place when a copy is put back, and who may replace it (docs/adr/0022).

A copy proves nothing of the register that stands: it has the users, roles and passphrases of its day, or is of another
station. So the secret is tried at the register that stands too; one that nobody could open any more is free.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db import keys
from covidstation.db.backup import look_over
from covidstation.db.rows import StationRow, UserRow
from covidstation.db.session import Database, make_engine
from covidstation.domain.rights import RIGHTS_OF, Right
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.services.access import attempts
from covidstation.services.access.entrance import REGISTER
from covidstation.services.access.keyring import recognises


@dataclass(frozen=True, slots=True)
class Standing:
    """The register that stands, as far as a secret opened it; without `key` it opened nothing.

    `free`: it may be replaced by whoever gave that secret. `disabled`: who may no longer open it.
    """

    free: bool
    key: bytes | None = field(default=None, repr=False)
    station: UUID | None = None
    disabled: frozenset[UUID] = frozenset()


def look_at_standing(folder: Path, secret: str, user: str | None) -> Standing:
    """By the passphrase of that user ('' is anybody), or by the recovery code when `user` is None."""
    path = folder / REGISTER
    try:
        wraps = keys.read_keys(folder) if path.is_file() and path.stat().st_size else []
    except UserError:
        wraps = []
    if all(wrap.kind == "escrow" for wrap in wraps):
        return Standing(True)
    for unlocked in _opened(wraps, secret, user):
        return _judged(path, unlocked)
    return Standing(False)


def prove_head(folder: Path, secret: str, now: datetime) -> Standing:
    """By a passphrase of the head of station of the register that stands, or by its recovery code.

    Raises UserError station.restore_head without a secret, keys.wrong_passphrase, keys.wait, rights.manage.
    """
    if not secret:
        raise UserError("station.restore_head")
    with attempts.trying(folder, "", now):
        found = look_at_standing(folder, secret, "")
        if not found.free and found.key is None:
            found = look_at_standing(folder, secret, None)
        if not found.free and found.key is None:
            raise UserError("keys.wrong_passphrase")
    if not found.free:
        raise UserError("rights.manage")
    return found


def _opened(wraps: list[keys.Wrap], secret: str, user: str | None) -> Iterator[keys.Unlocked]:
    """One-time passphrases open nothing by themselves."""
    kind, words = ("recovery", "") if user is None else ("user", secret)
    if user is None:
        try:
            words = keys.read_recovery_code(secret)
        except UserError:
            return
    for wrap in wraps:
        if wrap.kind == kind and not wrap.once and (not user or wrap.name == user):
            with suppress(UserError):
                yield keys.unlock(wrap, words)


def _judged(path: Path, unlocked: keys.Unlocked) -> Standing:
    for key in unlocked.keys:
        with suppress(UserError), _reading(path, key) as session:
            role = _role(session, unlocked)
            station = session.scalars(select(StationRow.id)).one_or_none()
            disabled = frozenset(session.scalars(select(UserRow.id).where(UserRow.disabled_on.is_not(None))))
            head = role is not None and Right.MANAGE in RIGHTS_OF[role]
            return Standing(head or look_over(path, key) is None, key, station, disabled)
    return Standing(True)  # with its own keys nobody opens it: it is broken


@contextmanager
def _reading(path: Path, key: bytes) -> Iterator[Session]:
    db = Database(make_engine(path, key, read_only=True), path, key)
    try:
        with db.read() as session:
            yield session
    finally:
        db.engine.dispose()


def _role(session: Session, unlocked: keys.Unlocked) -> Role | None:
    """The role that the register says; None for somebody it no longer knows by that secret."""
    if not recognises(session, unlocked.wrap):
        return None
    if unlocked.user is None:
        return Role.HEAD
    columns = select(UserRow.role).where(UserRow.id == unlocked.user, UserRow.disabled_on.is_(None))
    role = session.scalars(columns).one_or_none()
    return Role(role) if role is not None else None
