"""The keys file follows the register: who is in it, for which public keys, and with which key of the register.

The register's own list of public keys is the one that counts. A file that a stranger edited gives him nothing: no key
is ever sealed to what stands in it alone (docs/adr/0020). Whoever opens the register sets the file right and finishes
a change of key that is owed, whatever their role: hence Right.OWN.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db import audit, hold, keys, restoring, swap
from covidstation.db.backup import KEY_CHANGED
from covidstation.db.rows import SecretRow, UserRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.services.access.entrance import BACKUPS
from covidstation.services.certificate import CERTIFICATE
from covidstation.services.rights import needs
from covidstation.sync.enrolment import parse_certificate

RECOVERY_KEY: Final = "recovery_key"
KEYS_LISTED: Final = 3  # from this schema on the register lists the public keys
KEY_DUE: Final = "key_due"  # there while the register still has a key that somebody knows who should not


@dataclass(frozen=True, slots=True)
class Listed:
    """One who may open the register, as the register says."""

    name: str
    role: str
    public: str


def listed(session: Session) -> dict[str, Listed]:
    """All who may open it, by the id of their wrap."""
    active = select(UserRow).where(UserRow.disabled_on.is_(None)).order_by(UserRow.n)
    found = {row.id.hex: Listed(row.name, row.role, row.public_key) for row in session.scalars(active)}
    recovery, certificate = session.get(SecretRow, RECOVERY_KEY), session.get(SecretRow, CERTIFICATE)
    found[keys.RECOVERY] = Listed("", "", recovery.value.decode() if recovery else "")
    if certificate is not None:
        found[keys.ESCROW] = Listed("", "", parse_certificate(certificate.value).escrow)
    return found


def vouch(session: Session, wrap: keys.Wrap) -> None:
    """Put a wrap's public key on the register's list. Only for whoever has just opened it, or made it."""
    if wrap.kind == "user":
        row = session.scalars(select(UserRow).where(UserRow.id == UUID(hex=wrap.id))).one()
        if row.public_key != wrap.public:
            row.public_key = wrap.public
    elif wrap.kind == "recovery":
        session.merge(SecretRow(name=RECOVERY_KEY, value=wrap.public.encode()))


def recognises(session: Session, wrap: keys.Wrap) -> bool:
    """Whether a wrap is the one that its owner has now: an old file, put back, brings back no old passphrase or code.

    One without a public key on the list belongs to a register that has not seen it yet. The district's follows the
    certificate.
    """
    version = session.connection().exec_driver_sql("PRAGMA user_version").scalar_one()
    if version < KEYS_LISTED or wrap.kind == "escrow":
        return True
    known = listed(session).get(wrap.id)
    return known is None or not known.public or known.public == wrap.public


@needs(Right.OWN)
def give(
    db: Database, wrap: keys.Wrap, act: Callable[[Session], object], now: datetime, by: UUID | None = None
) -> None:
    """Replace somebody's way in with what `act` changes: file, register, file, so that a cut locks nobody out."""
    folder = db.path.parent
    keys.put_wrap(folder, wrap, beside=True)
    with db.write(by, now) as session:
        act(session)
        vouch(session, wrap)
    keys.put_wrap(folder, wrap)


def want_new_key(session: Session) -> None:
    """Remember, in this act, that the register must get another key."""
    session.merge(SecretRow(name=KEY_DUE, value=b"1"))


@needs(Right.OWN)
def follow(db: Database) -> None:
    """Let the file say what the register says: names, roles, nobody else, the district's way in.

    Raises UserError keys.damaged, station.busy; OSError.
    """
    folder = db.path.parent
    with db.read() as session:
        known = listed(session)
    with hold.turn(folder / hold.KEYS_FILE):
        wraps = keys.read_keys(folder)
        ready = {wrap.id for wrap in wraps if wrap.id in known and wrap.public == known[wrap.id].public}
        wanted = [
            _named(wrap, known[wrap.id])
            for wrap in wraps
            if wrap.kind != "escrow" and wrap.id in known
            if wrap.id not in ready or wrap.public == known[wrap.id].public
        ]
        if keys.ESCROW in known:
            held = next((wrap for wrap in wraps if wrap.kind == "escrow"), None)
            public = known[keys.ESCROW].public
            wanted.append(held if held and held.public == public else keys.escrow_wrap(db.key, public))
        if wanted != wraps or any(wrap.whole is None for wrap in wraps):
            keys.write_keys(folder, wanted)


def _named(wrap: keys.Wrap, listed_as: Listed) -> keys.Wrap:
    if wrap.kind != "user":
        return wrap
    role = listed_as.role if wrap.public else wrap.role  # a box of format 1 is bound to the role
    return replace(wrap, name=listed_as.name, role=role)


@needs(Right.MANAGE)
def take_out(db: Database, gone: UUID) -> None:
    """Nobody opens register or copies on this PC with that user's passphrase any more."""
    follow(db)
    for place in (BACKUPS, restoring.ASIDE):
        keys.drop_from_copies(db.path.parent / place, [gone.hex])


@needs(Right.OWN)
def unready(db: Database) -> tuple[str, ...]:
    """Who would lose their way in if the key were changed now: the register has no public key of theirs yet.

    Their wraps are of format 1. A wrap that differs from the register's list is none of theirs, and keeps nothing up.
    """
    with db.read() as session:
        known = listed(session)
    wraps = [wrap for wrap in keys.read_keys(db.path.parent) if wrap.id in known]
    return tuple(wrap.name or _("mã khôi phục") for wrap in wraps if not known[wrap.id].public)


@needs(Right.OWN)
def change_key(db: Database, *, now: datetime) -> None:
    """Encrypt the register with another key, that everybody listed can open and nobody else.

    A cut leaves the old file or the new one, and a keys file that opens either. Raises UserError station.in_use,
    station.busy, station.disk_full, keys.not_ready; then the old key stands.
    """
    waiting = unready(db)
    if waiting:
        raise UserError("keys.not_ready", names=", ".join(waiting))
    folder, new_key = db.path.parent, secrets.token_bytes(32)
    with db.read() as session:
        known = listed(session)
    with hold.turn(folder / hold.KEYS_FILE):
        before = [
            replace(wrap, sealed=keys.seal(db.key, known[wrap.id].public), next=b"")
            for wrap in keys.read_keys(folder)
            if wrap.id in known and wrap.public == known[wrap.id].public
        ]
        both = [replace(wrap, next=keys.seal(new_key, known[wrap.id].public)) for wrap in before]
        keys.write_keys(folder, both)
        try:
            swap.rekey(db, new_key, placed=lambda: keys.write_keys(folder, promoted(both)))
        except UserError:
            with suppress(OSError):
                if db.key != new_key:
                    keys.write_keys(folder, before)
            raise
    with db.write(None, now) as session:
        due = session.get(SecretRow, KEY_DUE)
        if due is not None:
            session.delete(due)
        session.merge(SecretRow(name=KEY_CHANGED, value=now.isoformat().encode()))
        audit.note(session, AuditAction.USERS, detail={"what": "key"})


def promoted(wraps: list[keys.Wrap]) -> list[keys.Wrap]:
    """Each with the next key as the one in force."""
    return [replace(wrap, sealed=wrap.next, next=b"") for wrap in wraps if wrap.next]


@needs(Right.OWN)
def key_is_due(db: Database) -> bool:
    """Whether the register must get another key."""
    with db.read() as session:
        return session.get(SecretRow, KEY_DUE) is not None
