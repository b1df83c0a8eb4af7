"""What a station tells its district beside its changes: how far it has read, and what it could not apply.

It travels in `about` of every bundle. A stick with nothing else to carry is written for it too, once: until there is
something new to tell, or the district shows by saying its lines again that it has not heard.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.db.down import read_so_far, set_aside
from covidstation.db.rows import JournalStateRow, SecretRow
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.services.rights import needs

TOLD: Final = "told"


def has_word(session: Session) -> bool:
    """Whether there is something that no bundle has told yet."""
    word = _word(session)
    row = session.get(SecretRow, TOLD)
    told = json.loads(row.value) if row is not None else None
    return told == {} or (bool(word["down"] or word["aside"]) and told != word)


def keep_told(session: Session) -> None:
    """A bundle that tells all of it is on its way."""
    if has_word(session):
        session.merge(SecretRow(name=TOLD, value=json.dumps(_word(session)).encode()))


@needs(Right.SEND)
def told_by_line(db: Database, *, by: UUID | None, now: datetime) -> None:
    """The district has answered a bundle that told it."""
    with db.read() as session:
        if not has_word(session):
            return
    with db.write(by, now) as session:
        keep_told(session)


def tell_again(session: Session) -> None:
    """The district says what we have read: it has not heard."""
    row = session.get(SecretRow, TOLD)
    if row is not None:
        session.delete(row)


def tell_anyway(session: Session) -> None:
    """The district does not know that it was there later than it thinks: even that nothing was read is told."""
    session.merge(SecretRow(name=TOLD, value=b"{}"))


def _word(session: Session) -> dict[str, Any]:
    return {
        "epoch": session.get_one(JournalStateRow, 1).epoch,
        "down": {epoch: upto for epoch, upto in read_so_far(session).items() if upto},
        "aside": set_aside(session),
    }
