"""The act that changes the register's key, a user added and disabled; and what must be true when it was cut off."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from covidstation.db import keys
from covidstation.db.audit import entries
from covidstation.db.rows import EpisodeRow, UserRow
from covidstation.db.session import Database
from covidstation.services.access import keyring
from covidstation.services.access.opening import Register
from covidstation.services.access.users import UserDraft, add_user, disable_user
from tests.services.samples import CHEAP, NOW, register

ROTATE_TIMES = 3


def rotate(db: Database) -> Iterator[None]:
    """Add a user and disable them again: the register gets another key each time."""
    register(db)
    yield
    for number in range(1000):
        draft = UserDraft(name=f"Người thứ {number}", role="data_entry")
        user = add_user(db, draft, by=None, now=NOW, cost=CHEAP).value.user_id
        if not disable_user(db, user, by=None, now=NOW).value.changed:
            raise AssertionError("the key was not changed")
        yield


def rotated(station: Register, done: int) -> str:
    """After the opening no disabled user has a wrap, one key is left, and the key was changed as often as was said."""
    db = station.db
    with db.read() as session:
        disabled = {row.id.hex for row in session.scalars(select(UserRow).where(UserRow.disabled_on.is_not(None)))}
        noted = [entry.detail for entry, _chain in entries(session) if entry.action == "users"]
        cases = session.scalar(select(func.count()).select_from(EpisodeRow)) or 0
    changes = sum(detail["what"] == "key" for detail in noted)
    wraps = keys.read_keys(station.folder)
    if disabled & {wrap.id for wrap in wraps}:
        return "a disabled user has a wrap"
    if keyring.key_is_due(db) or any(wrap.next for wrap in wraps):
        return "not finished at the opening"
    if done >= 0 and cases != 1:
        return "the patient is lost"
    if len(disabled) < done or changes < done:
        return f"lost {done - min(len(disabled), changes)}"
    return "" if keys.RECOVERY in {wrap.id for wrap in wraps} else "the recovery code is gone"
