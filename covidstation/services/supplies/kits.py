"""The kits that tests use up: out of the store in the transaction that keeps the test, back when it was none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from covidstation.db.queries.supply_books import item_of, shelves_in
from covidstation.db.rows import PathogenTestRow, SupplyItemRow, UserRow
from covidstation.db.session import Database
from covidstation.domain.episodes import KitFrom
from covidstation.domain.rights import Right
from covidstation.domain.supplies import Link, LinkKind, SupplyKind
from covidstation.domain.text import fold
from covidstation.services.rights import needs
from covidstation.services.supplies.drawing import draw_each, item_in, never_went
from covidstation.services.supplies.writing import Said

CORRECTED: Final = "sửa xét nghiệm ghi sai"
"""Why a movement was taken back, as the ledger keeps it."""


@dataclass(frozen=True, slots=True)
class StoredKit:
    """A kit that the store keeps: the name that a test keeps of it, and how many may be used today."""

    name: str
    free: int
    unit: str
    listed: str  # the name in the dated list that it stands for, or ""


@needs(Right.SEE)
def kits_in_store(db: Database, day: date) -> tuple[StoredKit, ...]:
    """The kits that the store keeps on that day, in the order in which they were taken in."""
    with db.read() as session:
        return tuple(
            StoredKit(item_of(row).title, sum(one.free for one in shelves_in(session, row.id, day, day)), row.unit,
                      row.medicine)
            for row in _kept(session, day)
        )  # fmt: skip


def draw_kits(session: Session, tests: Sequence[PathogenTestRow], *, by: UUID | None, today: date) -> None:
    """One kit for each test by a kit of the station that its store keeps on the test's day, what expires first gone
    first; what a test that is corrected by one of these had drawn never left the store.

    A test without a day counts as of today. Raises Refused, beside `kit`: supplies.not_enough with what there is.
    """
    session.flush()
    name = session.scalar(select(UserRow.name).where(UserRow.id == by)) or "" if by is not None else ""
    corrected = [one.voids for one in tests if one.voids is not None]
    never_went(session, LinkKind.TEST, corrected, reason=CORRECTED, by_name=name)
    wanted: dict[tuple[UUID, date], list[Link]] = {}
    for test in tests:
        day = test.sampled_on or today
        item = _item_for(session, test.kit, day) if KitFrom(test.kit_from) is KitFrom.STATION else None
        if item is not None:
            wanted.setdefault((item.id, day), []).append(Link(LinkKind.TEST, test.id))
    for (item_id, day), links in wanted.items():
        said = Said(day=day, by_name=name)
        draw_each(session, item_in(session, item_id), links, said, today=today, field="kit")


def _item_for(session: Session, kit: str, day: date) -> SupplyItemRow | None:
    """The item that a kit of that name comes out of; None when the store does not keep it."""
    name = fold(kit)
    if not name:
        return None
    kept = _kept(session, day)
    return next((row for row in kept if name in (fold(item_of(row).title), fold(row.medicine))), None)


def _kept(session: Session, day: date) -> list[SupplyItemRow]:
    query = select(SupplyItemRow).where(
        SupplyItemRow.kind == SupplyKind.TEST_KIT.value,
        SupplyItemRow.kept_from <= day,
        or_(SupplyItemRow.ended_on.is_(None), SupplyItemRow.ended_on > day),
    )
    return list(session.scalars(query.order_by(SupplyItemRow.n)))
