"""Users: adding, roles, disabling, resetting; the recovery code. Nobody ever learns another's passphrase."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db import audit, keys
from covidstation.db.ids import new_id
from covidstation.db.queries.station import get_station
from covidstation.db.queries.users import known_users
from covidstation.db.rows import SecretRow, UserRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.station import Role
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.printing.one_time import render_one_time
from covidstation.services.access import keyring
from covidstation.services.access.passphrases import RECOVERY_USED
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

LONGEST_NAME: Final = 80
MOST_USERS: Final = 40


class State(StrEnum):
    """How a user stands to the lock."""

    READY = "ready"
    ONE_TIME = "one_time"  # has not used the one-time passphrase yet
    NO_KEY = "no_key"  # has no wrap that opens: needs a new passphrase
    OLD_KEY = "old_key"  # of the first format: gets a key of their own at the next unlocking
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class UserLine:
    """A user in the list. `last_login` is UTC."""

    id: UUID
    name: str
    role: str
    state: State
    last_login: datetime | None
    disabled_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDraft:
    """Who shall be able to unlock."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class OneTime:
    """A passphrase to hand over, shown once; it must be replaced when it is first used."""

    user_id: UUID
    name: str
    phrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyChange:
    """Whether the register has another key now; else why not yet. It is done by itself as soon as it can be."""

    changed: bool
    trouble: UserError | None = None


@needs(Right.MANAGE)
def list_users(db: Database) -> list[UserLine]:
    """Everybody who may or once might unlock the register."""
    wraps = {wrap.id: wrap for wrap in keys.read_keys(db.path.parent)}

    def state(user_id: UUID, disabled: bool, public: str) -> State:
        wrap = wraps.get(user_id.hex)
        if disabled:
            return State.DISABLED
        if wrap is not None and not wrap.public:
            return State.OLD_KEY
        if wrap is None or wrap.public != public:
            return State.NO_KEY
        return State.ONE_TIME if wrap.once else State.READY

    return [
        UserLine(
            one.id,
            one.name,
            one.role,
            state(one.id, one.disabled_on is not None, one.public_key),
            one.last_login,
            one.disabled_on,
        )
        for one in known_users(db)
    ]


def check_user(draft: UserDraft) -> list[Problem]:
    """What a form shows beside its fields."""
    name, found = clean(draft.name), []
    if not name:
        found.append(Problem("name", "users.name_missing"))
    if len(name) > LONGEST_NAME:
        found.append(Problem("name", "users.name_long", {"most": str(LONGEST_NAME)}))
    if draft.role not in tuple(Role):
        found.append(Problem("role", "users.role_missing"))
    return found


@needs(Right.MANAGE)
def add_user(
    db: Database, draft: UserDraft, *, by: UUID | None, now: datetime, cost: keys.Cost | None = None
) -> Done[OneTime]:
    """Let somebody unlock the register. Raises Refused; UserError users.too_many."""
    name = clean(draft.name)
    wrap, phrase = _one_time(db, new_id().hex, name, draft.role, cost)
    with db.write(by, now) as session:
        found = errors(check_user(draft)) or _taken(session, name)
        if found:
            raise Refused(found)
        if (session.scalar(select(func.count()).select_from(UserRow)) or 0) >= MOST_USERS:
            raise UserError("users.too_many", most=MOST_USERS)
        row = UserRow(id=UUID(hex=wrap.id), name=name, role=draft.role, public_key=wrap.public)
        session.add(row)
        _note(session, row, "add", role=draft.role)
    keys.put_wrap(db.path.parent, wrap)
    return done(OneTime(row.id, name, phrase), Kind.STATION)


@needs(Right.MANAGE)
def change_role(db: Database, user_id: UUID, role: str, *, by: UUID | None, now: datetime) -> Done[UUID]:
    """Another role, from the next unlocking on. Raises UserError users.unknown, users.last_head, users.not_self."""
    if role not in tuple(Role):
        raise Refused([Problem("role", "users.role_missing")])
    with db.write(by, now) as session:
        row = _known(session, user_id)
        if row.role == role:
            return done(user_id)
        _not_self(db, user_id)
        _leaves_a_head(session, row)
        _note(session, row, "role", role=role, before=row.role)
        row.role = role
    _follow(db)
    return done(user_id, Kind.STATION)


@needs(Right.MANAGE)
def disable_user(db: Database, user_id: UUID, *, by: UUID | None, now: datetime) -> Done[KeyChange]:
    """Nobody unlocks with that user's passphrase any more: register, copies on this PC; and the register gets
    another key. Raises UserError users.unknown, users.last_head, users.not_self."""
    with db.write(by, now) as session:
        row = _known(session, user_id)
        _not_self(db, user_id)
        _leaves_a_head(session, row)
        row.disabled_on, row.public_key = now.date(), ""
        keyring.want_new_key(session)
        _note(session, row, "disable")
    with suppress(UserError, OSError):  # the register refuses them whatever the file says; done again at each opening
        keyring.take_out(db, user_id)
    return done(_changed_key(db, now), Kind.STATION)


@needs(Right.MANAGE)
def enable_user(
    db: Database, user_id: UUID, *, by: UUID | None, now: datetime, cost: keys.Cost | None = None
) -> Done[OneTime]:
    """Let somebody who was disabled unlock again, with a one-time passphrase. Raises UserError users.unknown."""
    return _given_anew(db, user_id, "enable", by, now, cost)


@needs(Right.MANAGE)
def reset_user(
    db: Database, user_id: UUID, *, by: UUID | None, now: datetime, cost: keys.Cost | None = None
) -> Done[OneTime]:
    """A forgotten passphrase: a one-time one in its place. Raises UserError users.unknown."""
    return _given_anew(db, user_id, "reset", by, now, cost)


def _given_anew(
    db: Database, user_id: UUID, what: str, by: UUID | None, now: datetime, cost: keys.Cost | None
) -> Done[OneTime]:
    with db.read() as session:
        row = _known(session, user_id, disabled=what == "enable")
        name, role = row.name, row.role
    wrap, phrase = _one_time(db, user_id.hex, name, role, cost)

    def act(session: Session) -> None:
        row = _known(session, user_id, disabled=what == "enable")
        if what == "enable" and (found := _taken(session, row.name)):
            raise Refused(found)
        row.disabled_on = None
        if what == "reset":
            keyring.want_new_key(session)  # the old passphrase still opens copies, and in them is the key of today
        _note(session, row, what)

    keyring.give(db, wrap, act, now, by)
    if keyring.key_is_due(db):
        _changed_key(db, now)
    return done(OneTime(user_id, name, phrase), Kind.STATION)


@needs(Right.MANAGE)
def one_time_pdf(db: Database, one: OneTime, *, day: date) -> bytes:
    """The slip for whoever gets it; kept nowhere."""
    return render_one_time(station=get_station(db).name, name=one.name, phrase=one.phrase, made_on=day)


@needs(Right.MANAGE)
def recovery_missing(db: Database) -> bool:
    """Whether no printed code opens this register any more."""
    with db.read() as session:
        public = keyring.listed(session)[keys.RECOVERY].public
    wraps = [wrap for wrap in keys.read_keys(db.path.parent) if wrap.kind == "recovery"]
    return not any(not wrap.public or wrap.public == public for wrap in wraps)


@needs(Right.MANAGE)
def set_recovery(
    db: Database, code: str, *, by: UUID | None, now: datetime, cost: keys.Cost | None = None
) -> Done[KeyChange | None]:
    """Let a code that is on paper already open the register in the place of the one before, which dies.

    Copies made before open with the code of their day. Raises UserError keys.code_garbled.
    """
    spelled = keys.read_recovery_code(code)
    wrap = keys.new_wrap(
        db.key, spelled, kind="recovery", id=keys.RECOVERY, name="", role=Role.HEAD.value, cost=cost or keys.FLOOR
    )

    def act(session: Session) -> None:
        keyring.want_new_key(session)  # the lost sheet still opens copies, and what is in them is the key of today
        used = session.get(SecretRow, RECOVERY_USED)
        if used is not None:
            session.delete(used)
        audit.note(session, AuditAction.USERS, detail={"what": "recovery"})

    keyring.give(db, wrap, act, now, by)
    return done(_changed_key(db, now) if keyring.key_is_due(db) else None, Kind.STATION)


def _one_time(db: Database, user: str, name: str, role: str, cost: keys.Cost | None) -> tuple[keys.Wrap, str]:
    phrase, cost = keys.new_one_time(), cost or keys.calibrated_cost()
    wrap = keys.new_wrap(db.key, phrase, kind="user", id=user, name=name, role=role, cost=cost, once=True)
    return wrap, phrase


def _changed_key(db: Database, now: datetime) -> KeyChange:
    try:
        keyring.change_key(db, now=now)
    except UserError as trouble:
        return KeyChange(False, trouble)
    except OSError as trouble:
        return KeyChange(False, UserError("station.not_replaced", reason=trouble.strerror or ""))
    return KeyChange(True)


def _follow(db: Database) -> None:
    with suppress(UserError, OSError):  # the register counts; the file follows at the next opening
        keyring.follow(db)


def _known(session: Session, user_id: UUID, *, disabled: bool = False) -> UserRow:
    row = session.scalars(select(UserRow).where(UserRow.id == user_id)).first()
    if row is None or (row.disabled_on is not None) != disabled:
        raise UserError("users.unknown")
    return row


def _taken(session: Session, name: str) -> list[Problem]:
    active = session.scalars(select(UserRow.name).where(UserRow.disabled_on.is_(None)))
    if name.casefold() in (one.casefold() for one in active):
        return [Problem("name", "users.name_taken", {"name": name})]
    return []


def _not_self(db: Database, user_id: UUID) -> None:
    if db.actor is not None and db.actor.id == user_id:
        raise UserError("users.not_self")


def _leaves_a_head(session: Session, row: UserRow) -> None:
    heads = select(UserRow.id).where(UserRow.role == Role.HEAD.value, UserRow.disabled_on.is_(None))
    if set(session.scalars(heads)) <= {row.id}:
        raise UserError("users.last_head")


def _note(session: Session, row: UserRow, what: str, **more: str) -> None:
    audit.note(session, AuditAction.USERS, subject=row.id, detail={"what": what, **more})
