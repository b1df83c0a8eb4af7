"""What the district's lines, items and conflicts say of people whom a legal deletion takes away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from covidstation.db.blanks import blanked
from covidstation.db.rows import ConflictRow, DistrictItemRow, DistrictMessageRow, DownLineRow
from covidstation.domain.district import ItemKind
from covidstation.domain.ops import decode_op, encode_op

_CHUNK = 400
T = TypeVar("T")


def forget_district(session: Session, people: Iterable[UUID], gone: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """Items and answers about these rows, conflicts of theirs, and the values in the district's lines.

    The lines themselves stay, blanked: by their stamps they are known, and do not come back. Returns id and table of
    the answers, whose own lines the caller blanks.
    """
    persons = {one.hex for one in people}
    items = _among(session, DistrictItemRow, DistrictItemRow.about_row, gone) + [
        row
        for row in session.scalars(select(DistrictItemRow).where(DistrictItemRow.kind == ItemKind.MOVE.value))
        if isinstance(row.data, dict) and row.data.get("person") in persons
    ]
    item_ids = [row.id for row in items]
    said = _among(session, DistrictMessageRow, DistrictMessageRow.about_row, gone)
    said += _among(session, DistrictMessageRow, DistrictMessageRow.item, item_ids)
    answers = {row.id: row for row in said}
    for row in (*{row.id: row for row in items}.values(), *answers.values()):
        session.delete(row)
    session.flush()
    for line in _among(session, DownLineRow, DownLineRow.row_id, [*gone, *item_ids]):
        line.line = encode_op(blanked(decode_op(line.line)))
    for at in range(0, len(gone), _CHUNK):
        session.execute(delete(ConflictRow).where(ConflictRow.row_id.in_(gone[at : at + _CHUNK])))
    session.flush()
    return [(one, DistrictMessageRow.__tablename__) for one in answers]


def _among(session: Session, kind: type[T], column: Any, ids: Sequence[UUID]) -> list[T]:
    found: list[T] = []
    for at in range(0, len(ids), _CHUNK):
        found += session.scalars(select(kind).where(column.in_(ids[at : at + _CHUNK])))
    return found
