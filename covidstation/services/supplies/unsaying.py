"""Movements that served rows that the law took: they stand, and say nothing of why any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.rows import SupplyMovementRow

_CHUNK: Final = 400
_SAME: Final = (
    "lot_id", "act", "day", "turn", "kind", "quantity", "counted", "source", "partner", "document", "link_kind",
    "link_id", "by_name",
)  # fmt: skip


def unsay_movements(session: Session, served: Sequence[UUID]) -> list[UUID]:
    """Write each movement for these rows that has words of its own anew, without them; the ids of the former, which are
    gone. A line of the journal is blanked whole or not at all, so that the words cannot be taken out of one that stays.
    """
    rows = _rows(session, served)
    anew: dict[UUID, UUID] = {}
    made = []
    for row in sorted(rows, key=lambda one: one.n):
        if row.reason or row.voids in anew:
            anew[row.id] = new_id()
            voids = anew.get(row.voids, row.voids) if row.voids is not None else None
            same = {name: getattr(row, name) for name in _SAME}
            made.append(SupplyMovementRow(id=anew[row.id], voids=voids, **same))
            session.delete(row)
    session.flush()
    session.add_all(made)
    session.flush()
    return list(anew)


def _rows(session: Session, served: Sequence[UUID]) -> list[SupplyMovementRow]:
    """The movements for these rows, and those that take them back."""
    row, found = SupplyMovementRow, list[SupplyMovementRow]()
    wanted, column = list(served), row.link_id
    while wanted:
        new: list[SupplyMovementRow] = []
        for at in range(0, len(wanted), _CHUNK):
            new += session.scalars(select(row).where(column.in_(wanted[at : at + _CHUNK]))).all()
        known = {one.id for one in found}
        found += [one for one in new if one.id not in known]
        wanted, column = [one.id for one in new if one.id not in known], row.voids
    return found
