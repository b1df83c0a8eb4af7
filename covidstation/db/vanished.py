"""Which rows this register's own history deleted, and that did not come to life again since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.replay import tables
from covidstation.db.rows import JournalRow

CHUNK: Final = 5000


def vanished(session: Session, rows: Iterable[UUID]) -> set[UUID]:
    """Of these rows, those that do not come back: a deletion of them is in the journal, and they are not there.

    One that was changed elsewhere without knowledge of its deletion lives on (docs/adr/0026), and is not among them.
    """
    ids = sorted(set(rows))
    deleted: dict[str, set[UUID]] = {}
    for at in range(0, len(ids), CHUNK):
        query = select(JournalRow.tbl, JournalRow.row_id).where(
            JournalRow.op == "d", JournalRow.row_id.in_(ids[at : at + CHUNK])
        )
        for name, row in session.execute(query):
            deleted.setdefault(name, set()).add(row)
    found: set[UUID] = set()
    for name, gone in deleted.items():
        found |= gone
        if name in tables():
            table = tables()[name][0]
            found -= set(session.scalars(select(table.c.id).where(table.c.id.in_(gone))))
    return found
