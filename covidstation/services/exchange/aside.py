"""Lines of the district that could not be applied when they came, and can be now: a row is back, a program newer."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from covidstation.db.audit import note
from covidstation.db.down import RETRIED, retry_aside
from covidstation.db.rows import DownLineRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.ops import Op, decode_op
from covidstation.domain.rights import Right
from covidstation.services.changes import Done, done
from covidstation.services.exchange.down import kinds_of_tables, refresh_rows
from covidstation.services.rights import needs
from covidstation.sync.upcast import upcast

log = logging.getLogger(__name__)


@needs(Right.SEND)
def take_up_aside(db: Database, *, by: UUID | None, now: datetime) -> Done[int]:
    """Apply what waits and can be applied; the value: how many lines. Nothing is written when nothing waits."""
    with db.read() as session:
        if session.scalars(select(DownLineRow.n).where(DownLineRow.code.in_(RETRIED)).limit(1)).first() is None:
            return done(0)
    with db.write(by, now) as session:
        found = retry_aside(session, _read, now)
        if not found.lines:
            return done(0)
        refresh_rows(session, found.rows)
        note(session, AuditAction.MERGE, detail={"what": "aside", "lines": found.lines})
    log.info("lines of the district that had waited: %d", found.lines)
    return done(found.lines, *kinds_of_tables(found.rows))


def _read(line: bytes) -> Op:
    return upcast(decode_op(line))
