"""Opening the register: by a passphrase, by the printed code, by the district's key (docs/adr/0020).

The wrap only gives the key. Who somebody is, in which role and whether still at all, the encrypted register says.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from covidstation.db import audit, hold, keys, reserve, restoring, schema
from covidstation.db.backup import make_backup
from covidstation.db.copies import Why
from covidstation.db.door import Door
from covidstation.db.queries.station import get_station
from covidstation.db.rows import StationRow, UserRow
from covidstation.db.session import Database, make_engine
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.services.access import attempts, keyring
from covidstation.services.access.entrance import REGISTER
from covidstation.services.access.phrases import check_passphrase
from covidstation.services.access.tail import Loss, look_for_loss


@dataclass(frozen=True, slots=True)
class Register:
    """An open register and who opened it; `user_id` is None after the recovery code."""

    db: Database
    folder: Path
    user_id: UUID | None
    user_name: str
    role: str
    training: bool
    loss: Loss | None = None  # what is no longer in it, found now or before and not yet answered

    @property
    def actor(self) -> Actor | None:
        """Who unlocked it, for `services.rights`."""
        return self.db.actor


def is_set_up(folder: Path) -> bool:
    """Whether the folder holds a register."""
    return (folder / REGISTER).is_file() or restoring.is_decided(folder)


def open_register(
    folder: Path, passphrase: str, *, user: str | None = None, own: str = "", now: datetime | None = None
) -> Register:
    """Open with a user's passphrase; `user` is a name, without one it may be anybody's.

    A one-time passphrase opens only together with an `own` one that takes its place. Raises UserError
    station.not_set_up, keys.wrong_passphrase, keys.wait, keys.choose_own, keys.user_disabled and others.
    """
    now = now or datetime.now().astimezone()
    with _judging(folder, _tried(folder, user), now) as judged:
        unlocked = keys.open_with(folder, passphrase, user)
        judged.who = unlocked.wrap.id
    if unlocked.wrap.once and not own:
        raise UserError("keys.choose_own", name=unlocked.wrap.name)
    with _opened(folder, unlocked) as register:
        wrap = unlocked.wrap
        if wrap.once:
            wrap = _owned(register, unlocked, own)
        elif not wrap.public:
            wrap = keys.renewed(wrap, register.db.key, passphrase)
        _settle(register, unlocked, wrap, now)
    return register


def open_with_recovery(folder: Path, code: str, *, now: datetime | None = None) -> Register:
    """Open with the printed recovery code. Raises UserError keys.code_garbled, keys.wrong_passphrase, keys.wait, …"""
    spelled, now = keys.read_recovery_code(code), now or datetime.now().astimezone()
    with _judging(folder, keys.RECOVERY, now):
        unlocked = keys.open_with_recovery(folder, spelled)
    with _opened(folder, unlocked) as register:
        wrap = unlocked.wrap
        if not wrap.public:
            wrap = keys.renewed(wrap, register.db.key, spelled)
        _settle(register, unlocked, wrap, now)
    return register


def open_with_escrow(folder: Path, identity: str, *, now: datetime | None = None) -> Register:
    """Open with the district's escrow identity. Raises UserError keys.no_escrow, keys.wrong_escrow, keys.wait, …"""
    now = now or datetime.now().astimezone()
    with _judging(folder, keys.ESCROW, now):
        unlocked = keys.open_with_escrow(folder, identity)
    with _opened(folder, unlocked) as register:
        _settle(register, unlocked, unlocked.wrap, now)
    return register


def open_with_key(folder: Path, key: bytes, user_id: UUID | None) -> Register:
    """Open the file, bring its schema up to date, look up who opened it. Raises UserError keys.unknown_user,
    keys.user_disabled."""
    return _looked_up(folder, _open_file(folder, key), user_id)


def _tried(folder: Path, user: str | None) -> str:
    """At whose passphrase it is tried; '' when that is not known."""
    users = [wrap for wrap in keys.read_keys(folder) if wrap.kind == "user"] if is_set_up(folder) else []
    named = {wrap.id for wrap in users if user in (None, wrap.name)}
    return named.pop() if len(named) == 1 else ""


@contextmanager
def _judging(folder: Path, who: str, now: datetime) -> Iterator[attempts.Judged]:
    restoring.finish(folder)
    if not is_set_up(folder):
        raise UserError("station.not_set_up")
    with attempts.trying(folder, who, now) as judged:
        yield judged


@contextmanager
def _opened(folder: Path, unlocked: keys.Unlocked) -> Iterator[Register]:
    """The register, closed again when the block fails."""
    register = _looked_up(folder, _open_with_either(folder, unlocked), unlocked.user)
    try:
        with register.db.read() as session:
            if not keyring.recognises(session, unlocked.wrap):
                raise UserError("keys.replaced")
        yield register
    except BaseException:
        register.db.close()
        raise


def _open_with_either(folder: Path, unlocked: keys.Unlocked) -> Database:
    """With the key in force; with the next one where a change of keys was cut off after the file took its place."""
    *earlier, last = unlocked.keys
    for key in earlier:
        try:
            return _open_file(folder, key)
        except UserError as trouble:
            if trouble.code != "station.damaged":  # that of another key; what is busy or full is not
                raise
    db = _open_file(folder, last)
    if earlier:
        with suppress(UserError, OSError), hold.turn(folder / hold.KEYS_FILE):
            keys.write_keys(folder, keyring.promoted(keys.read_keys(folder)))
    return db


def _open_file(folder: Path, key: bytes) -> Database:
    """The file; on a full disk once more in the room that is kept for that."""
    try:
        return _file(folder, key)
    except UserError as trouble:
        if trouble.code == "station.newer_data" or not reserve.is_full(folder):
            raise
        if not reserve.give_way_to_open(folder):
            raise UserError("station.disk_full") from trouble  # SQLite says only that something failed
    return _file(folder, key)


def _file(folder: Path, key: bytes) -> Database:
    path, door = folder / REGISTER, Door(key)
    if path.stat().st_size == 0:  # SQLite would take it for a register that is about to be made
        raise UserError("station.damaged", reason=_("tệp rỗng"))
    db = Database(make_engine(path, door), path, door)
    db.hold = hold.share(folder)
    try:
        with db.read() as session:  # a damaged file shows here, as a sentence
            session.connection().exec_driver_sql("SELECT count(*) FROM sqlite_master")
        if 0 < schema.version_of(db.engine) < schema.CURRENT:  # there is no way back but a copy
            make_backup(db, now=datetime.now().astimezone(), why=Why.MIGRATION, room=2)
        schema.upgrade(db.engine)
    except BaseException as trouble:
        db.engine.dispose()
        db.let_go()
        if isinstance(trouble, UserError) and "unable to open" in str(trouble.params.get("reason")):
            raise UserError("station.read_only", folder=folder) from trouble  # its log cannot be made
        raise
    return db


def _looked_up(folder: Path, db: Database, user_id: UUID | None) -> Register:
    with db.read() as session:
        training = session.scalars(select(StationRow.training)).one()
        row = session.scalars(select(UserRow).where(UserRow.id == user_id)).first() if user_id else None
    if user_id is not None and (row is None or row.disabled_on is not None):
        db.close()
        raise UserError("keys.user_disabled" if row else "keys.unknown_user", name=row.name if row else "")
    db.actor = Actor(user_id, row.name if row else "", Role(row.role) if row else Role.HEAD)
    loss = look_for_loss(db, now=db.clock())
    return Register(db, folder, user_id, db.actor.name, db.actor.role.value, training, loss)


def _owned(register: Register, unlocked: keys.Unlocked, own: str) -> keys.Wrap:
    """The wrap under a passphrase that nobody else has seen."""
    if keys.read_one_time(own) == keys.read_one_time(unlocked.secret):
        raise UserError("keys.same_again")
    check_passphrase(own, register.user_name, get_station(register.db).name)
    return keys.renewed(unlocked.wrap, register.db.key, own, keys.calibrated_cost())


def _settle(register: Register, unlocked: keys.Unlocked, wrap: keys.Wrap, now: datetime) -> None:
    """Keep what the unlocking brought; let the keys file follow the register; note who came in.

    A disk that refuses keeps nobody from reading; only a passphrase of one's own must be kept.
    """
    db = register.db
    if unlocked.wrap.once:
        _keep(db, wrap, now)
    with suppress(UserError, OSError):
        if not unlocked.wrap.once:
            _keep(db, wrap, now)
        keyring.follow(db)
        if len(unlocked.keys) > 1 or keyring.key_is_due(db):
            keyring.change_key(db, now=now)
    _note(register, unlocked, now)


def _keep(db: Database, wrap: keys.Wrap, now: datetime) -> None:
    """The file first: a public key without its wrap would be a way in that nobody has."""
    with db.read() as session:
        known = keyring.listed(session).get(wrap.id)
    if wrap.kind != "escrow" and (known is None or known.public != wrap.public):
        keyring.give(db, wrap, lambda _session: None, now)
    elif wrap.whole is False or wrap not in keys.read_keys(db.path.parent):
        keys.put_wrap(db.path.parent, replace(wrap, whole=True))  # it has just opened


def _note(register: Register, unlocked: keys.Unlocked, now: datetime) -> None:
    """Who came in, and how often somebody tried before without getting in."""
    db, failed = register.db, attempts.failed_tries(register.folder)
    detail = {} if unlocked.wrap.kind == "user" else {"with": unlocked.wrap.kind}
    try:
        with db.write(None, now) as session:
            if failed is not None:
                times = " ".join(str(at) for at in failed.failed)
                audit.note(session, AuditAction.LOGIN_FAILED, detail={"count": failed.told, "times": times})
            audit.note(session, AuditAction.LOGIN, subject=register.user_id, detail=detail)
    except UserError:
        db.note(AuditAction.LOGIN, subjects=(register.user_id,), detail=detail, now=now)
        return
    if failed is not None:
        attempts.forget_failed(register.folder)
