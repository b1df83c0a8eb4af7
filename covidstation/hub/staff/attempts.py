"""Wrong logins cost time: a few are free, then each waits, from half a minute to a quarter of an hour.

Counted in the hub's database before the passphrase is judged, so neither a restart nor a storm of requests makes a try
free. Counted three ways: at one name from one address, from one address at any name, at one name from anywhere; the
wider a net, the later it closes, so that nobody locks a colleague out with a handful of wrong guesses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from covidstation.domain.text import fold
from covidstation.hub.database.store import utc
from covidstation.hub.rows import HubAttemptRow

FIRST: Final = 30  # seconds
MOST: Final = 900
FORGIVEN: Final = timedelta(hours=1)
FREE_AT_NAME_HERE, FREE_HERE, FREE_AT_NAME = 5, 20, 50
MOST_KEPT: Final = 20_000  # keys; a storm of invented names does not fill the disk


def keys_of(login: str, address: str) -> Iterator[tuple[str, int]]:
    """Each way of counting with its free tries. Names are hashed: no passphrase typed there is kept."""
    name = hashlib.sha256(fold(login).encode()).hexdigest()[:32]
    yield f"both:{name}:{address}", FREE_AT_NAME_HERE
    yield f"address:{address}", FREE_HERE
    yield f"name:{name}", FREE_AT_NAME


def wait_after(count: int, free: int) -> int:
    """Seconds before the next try after so many wrong ones."""
    return 0 if count < free else min(FIRST << min(count - free, 20), MOST)


def wait_left(session: Session, login: str, address: str, now: datetime) -> int:
    """Seconds before a try counts; 0: now. A clock that was set back never waits longer than the longest."""
    moment, longest = utc(now), 0
    for key, _free in keys_of(login, address):
        row = session.get(HubAttemptRow, key)
        if row is not None and row.wait_until is not None:
            longest = max(longest, min(int((row.wait_until - moment).total_seconds()), MOST))
    return longest


def count_try(session: Session, login: str, address: str, now: datetime) -> None:
    """One more, before it is judged."""
    moment = utc(now)
    session.execute(delete(HubAttemptRow).where(HubAttemptRow.last_at < moment - FORGIVEN))
    for key, free in keys_of(login, address):
        row = session.get(HubAttemptRow, key)
        if row is None:
            if _is_full(session):
                continue
            row = HubAttemptRow(key=key, count=0, wait_until=None, last_at=moment)
            session.add(row)
        row.count, row.last_at = row.count + 1, moment
        wait = wait_after(row.count, free)
        row.wait_until = moment + timedelta(seconds=wait) if wait else None
    session.flush()


def forgive(session: Session, login: str, address: str) -> None:
    """The passphrase was right: the tries at this name from here are forgotten, and this one from the wider counts."""
    for key, _free in keys_of(login, address):
        row = session.get(HubAttemptRow, key)
        if row is None:
            continue
        if key.startswith("both:") or row.count <= 1:
            session.delete(row)
        else:
            row.count -= 1
            row.wait_until = None
    session.flush()


def _is_full(session: Session) -> bool:
    return session.scalars(select(HubAttemptRow.key).offset(MOST_KEPT).limit(1)).first() is not None
