"""The register's conflicts: two values of one group of fields, ours and the district's (docs/adr/0026)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import ConflictRow
from covidstation.domain.merging import Split, fill_split, split_of


def rows_of(session: Session, table: str, row: UUID, group: str) -> list[ConflictRow]:
    """All that there ever were of one group."""
    query = select(ConflictRow).where(ConflictRow.row_id == row, ConflictRow.tbl == table, ConflictRow.grp == group)
    return list(session.scalars(query))


def splits_of(session: Session, table: str, row: UUID, group: str) -> list[Split]:
    """The same as values."""
    return [split_of(one) for one in rows_of(session, table, row, group)]


def keep_split(session: Session, table: str, row: UUID, split: Split, now: datetime) -> ConflictRow:
    """Write a split under its id; a new one was found `now`, an aware moment."""
    found = session.get(ConflictRow, split.id)
    if found is None:
        found = ConflictRow(id=split.id, tbl=table, row_id=row, found_at=now.replace(microsecond=0, tzinfo=None))
        session.add(found)
    fill_split(found, split, found.found_at)
    session.flush()
    return found


def close_conflict(row: ConflictRow, decision: dict[str, Any], at: datetime) -> None:
    """A person chose; `decision` has choice, reason, by_name, side."""
    row.decided_at, row.decision = at, decision
