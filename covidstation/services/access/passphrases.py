"""Changing one's own passphrase, and giving a new one to whoever forgot theirs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db import audit, keys
from covidstation.db.queries.station import get_station
from covidstation.db.rows import SecretRow, UserRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.access.attempts import trying
from covidstation.services.access.keyring import give
from covidstation.services.access.opening import Register, open_with_escrow, open_with_recovery
from covidstation.services.access.phrases import check_passphrase
from covidstation.services.rights import needs
from covidstation.sync.locked import WrongCode, unlock

MOST_ESCROW: Final = 64 << 10
RECOVERY_USED: Final = "recovery_used"  # the day on which the printed code opened the register


@needs(Right.OWN)
def change_passphrase(db: Database, old: str, new: str, *, now: datetime, cost: keys.Cost | None = None) -> None:
    """Give whoever works now another passphrase. Raises UserError keys.wrong_passphrase, keys.wait, keys.no_own and
    those of `check_passphrase`; then the old one holds."""
    actor, folder = db.actor, db.path.parent
    if actor is None or actor.id is None:
        raise UserError("keys.no_own")
    check_passphrase(new, actor.name, get_station(db).name)
    user = actor.id.hex
    with trying(folder, user, now):
        unlocked = _unlocked(folder, user, old)
    _give(db, keys.renewed(unlocked.wrap, db.key, new, cost or keys.calibrated_cost()), "passphrase", now)


def _unlocked(folder: Path, user: str, secret: str) -> keys.Unlocked:
    for wrap in keys.read_keys(folder):
        if wrap.id == user:
            return keys.unlock(wrap, secret)
    raise UserError("keys.wrong_passphrase")


def _give(db: Database, wrap: keys.Wrap, what: str, now: datetime) -> None:
    def noted(session: Session) -> None:
        audit.note(session, AuditAction.USERS, subject=UUID(hex=wrap.id), detail={"what": what})

    give(db, wrap, noted, now)


def reset_passphrase(
    folder: Path, code: str, user: str, new: str, *, now: datetime | None = None, cost: keys.Cost | None = None
) -> None:
    """A forgotten passphrase: the printed recovery code gives that user a new one of their own.

    Raises UserError keys.code_garbled, keys.wrong_passphrase, keys.wait, keys.unknown_user and those of
    `check_passphrase`. The code stays valid until another one is made (`users.set_recovery`).
    """
    check_passphrase(new, user)
    now = now or datetime.now().astimezone()
    register = open_with_recovery(folder, code, now=now)
    with closing(register.db) as db:
        with db.write(None, now) as session:
            session.merge(SecretRow(name=RECOVERY_USED, value=now.date().isoformat().encode()))
        _reset(register, user, new, now, cost)


def reset_with_escrow(
    folder: Path, identity: str, user: str, *, now: datetime | None = None, cost: keys.Cost | None = None
) -> str:
    """The same by the district's escrow identity (`AGE-SECRET-KEY-1…`): returns a one-time passphrase to hand over.

    Raises UserError keys.no_escrow, keys.wrong_escrow, keys.wait, keys.unknown_user.
    """
    now, phrase = now or datetime.now().astimezone(), keys.new_one_time()
    register = open_with_escrow(folder, identity, now=now)
    with closing(register.db):
        _reset(register, user, phrase, now, cost, once=True)
    return phrase


def escrow_identity(file: Path, code: Callable[[], str]) -> str:
    """The identity in the district's key file: as `age` keeps it, or locked with the `code` printed at its founding.

    Raises UserError keys.escrow_file.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_ESCROW)
        text = data if data.startswith((b"#", b"AGE-")) else unlock(data, code().strip().upper())
        return next(line for line in text.decode().split() if line.startswith("AGE-SECRET-KEY-1"))
    except (OSError, UnicodeDecodeError, StopIteration, WrongCode) as trouble:
        raise UserError("keys.escrow_file", file=file) from trouble


def _reset(
    register: Register, user: str, new: str, now: datetime, cost: keys.Cost | None, *, once: bool = False
) -> None:
    db = register.db
    with db.read() as session:
        row = session.scalars(select(UserRow).where(UserRow.name == user, UserRow.disabled_on.is_(None))).first()
    if row is None:
        raise UserError("keys.unknown_user", name=user)
    if not once:
        check_passphrase(new, row.name, get_station(db).name)
    cost = cost or keys.calibrated_cost()
    wrap = keys.new_wrap(db.key, new, kind="user", id=row.id.hex, name=row.name, role=row.role, cost=cost, once=once)
    _give(db, wrap, "reset", now)


@needs(Right.SEE)
def recovery_used(db: Database) -> str:
    """The day (ISO) on which the recovery code in force opened the register, '' when it never did."""
    with db.read() as session:
        row = session.get(SecretRow, RECOVERY_USED)
        return row.value.decode() if row else ""
