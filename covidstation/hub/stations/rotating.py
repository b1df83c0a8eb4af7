"""The hub's own keys: new ones under the same root, and the ways of the escrow (docs/adr/0034)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from covidstation.db import keys as wraps
from covidstation.errors import UserError
from covidstation.hub.database.certificates import renew_all
from covidstation.hub.database.holding import hold_hub
from covidstation.hub.database.keys import escrow_file, open_escrow
from covidstation.hub.database.store import ESCROW, FromEscrow, Hub
from covidstation.hub.rows import EnrolmentRow
from covidstation.hub.staff.audit import HubAction, note


@dataclass(frozen=True, slots=True)
class HubKeyLook:
    """The hub's keys in public. `wrapped`: the escrow key opens this hub's database and its copies."""

    root: str  # 64 hex digits
    sign: str  # key id
    age: str
    escrow: str
    former: tuple[str, ...]  # key ids, the newest first
    certificates: int  # in force
    last_serial: int
    words: tuple[str, ...]
    wrapped: bool
    escrow_file: bool


def look_at_keys(hub: Hub) -> HubKeyLook:
    """As the database has them now."""
    with hub.db.read() as session:
        keys = hub.keys_now(session)
        row = select(func.count()).select_from(EnrolmentRow).where(EnrolmentRow.revoked_at.is_(None))
        certificates = session.scalar(row) or 0
        last = session.scalar(select(func.max(EnrolmentRow.serial))) or 0
    return HubKeyLook(
        root=keys.root.public.hex(),
        sign=keys.identity.sign.id,
        age=keys.identity.age.public,
        escrow=keys.escrow,
        former=tuple(one.sign.id for one in keys.former),
        certificates=certificates,
        last_serial=last,
        words=keys.words(),
        wrapped=_is_wrapped(hub),
        escrow_file=(hub.place.folder / ESCROW).is_file(),
    )


def rotate_keys(hub: Hub, *, by: UUID | str, now: datetime) -> int:
    """New keys to sign and to read, and a certificate that says so for every station; how many.

    One transaction: a cut leaves the old keys or the new ones. The old ones go on opening what stations have sealed to
    them; stations take the certificate on the root's word.
    """
    with hub.db.write(None, now) as session:
        state = hold_hub(session)
        keys = hub.ring.follow(state.keys).renewed()
        state.keys = hub.ring.seal(keys)
        written = renew_all(session, keys, state, now, hub_keys=keys.identity.public)
        note(session, HubAction.KEYS, by=by, now=now, detail={"certificates": written, "key": keys.identity.sign.id})
    with hub.db.read() as session:
        hub.keys_now(session)
    return written


def add_escrow_wrap(hub: Hub) -> bool:
    """Let the escrow key open this hub and the copies made from now on; False when it did already."""
    if _is_wrapped(hub):
        return False
    wraps.put_wrap(hub.place.folder, wraps.escrow_wrap(hub.ring.database_key, hub.keys.escrow))
    return True


def renew_escrow_file(hub: Hub, held: FromEscrow) -> None:
    """Write the escrow file anew under the same code: with the root in it, and locked so that old computers open it.

    Raises UserError hub.wrong_escrow, also for the file of another hub; keys.code_garbled.
    """
    found = open_escrow(held.file, held.code)
    if found.key.public != hub.keys.escrow:
        raise UserError("hub.wrong_escrow")
    data = escrow_file(found.key, wraps.read_recovery_code(held.code), hub.keys.root)
    wraps.replace_file(hub.place.folder / ESCROW, data)


def _is_wrapped(hub: Hub) -> bool:
    held = wraps.read_keys(hub.place.folder)
    return any(wrap.kind == "escrow" and wrap.public == hub.keys.escrow for wrap in held)
