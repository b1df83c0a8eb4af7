"""What the lines of the store are made of, kept from one question to the next: what was not touched is not read again.

Triggers write into `supply_turn` which item was touched when, whoever wrote: a window, the district, a restored copy.
What is kept is therefore never older than the snapshot that asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, String, case, func, literal, or_, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.db.rows import (
    EpisodeRow,
    SupplyItemRow,
    SupplyLotRow,
    SupplyMovementRow,
    SupplyStockRow,
    SupplyTurnRow,
)
from covidstation.db.session import Database
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.supplies import USED
from covidstation.domain.supply_rules import SupplyRule

L = TypeVar("L")
_MOST_AGAIN: Final = 300  # items that are read one by one; of more, all are


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one item's line is made of: its record, the lots of which something is left, units used in the days asked.

    Two are the same only if they are one object: what was kept is told from what was read again by that.
    """

    row: tuple[Any, ...]  # ITEM, in this order
    lots: tuple[tuple[date | None, int], ...]  # expiry, balance
    used: int


@dataclass(frozen=True, slots=True)
class _Held(Generic[L]):
    days: tuple[date, date]
    turn: int
    parts: Mapping[UUID, Part]
    about: Hashable
    lines: Mapping[UUID, L]


class Shelf(Generic[L]):
    """The store's lines as they were asked for last."""

    def __init__(self) -> None:
        self._held: _Held[L] | None = None

    def lines(
        self, session: Session, days: tuple[date, date], about: Hashable, make: Callable[[Part], L]
    ) -> tuple[L, ...]:
        """Every item's line by name. `days`: in which use is counted; `about`: what else `make` makes a line from."""
        held, turn = self._held, session.scalar(_TURN) or 0
        parts = self._parts(session, days, turn)
        said: dict[UUID, L] = {}
        for item, part in parts.items():
            kept = held is not None and held.about == about and held.parts.get(item) is part
            said[item] = held.lines[item] if kept and held is not None else make(part)
        self._held = _Held(days, turn, parts, about, said)
        return tuple(said.values())

    def _parts(self, session: Session, days: tuple[date, date], turn: int) -> Mapping[UUID, Part]:
        held = self._held
        if held is None or held.days != days or turn < held.turn:
            return parts_in(session, days)
        if turn == held.turn:
            return held.parts
        touched = list(session.scalars(select(SupplyTurnRow.item_id).where(SupplyTurnRow.turn > held.turn)))
        if len(touched) > _MOST_AGAIN:
            return parts_in(session, days)
        found = {item: part for item, part in held.parts.items() if item not in touched}
        found |= parts_in(session, days, touched)
        return dict(sorted(found.items(), key=lambda one: _by_name(one[1])))


_TURN: Final = select(func.max(SupplyTurnRow.turn))
_KEY: Final = "supply_shelf"


def shelf_of(db: Database) -> Shelf[Any]:
    """The one shelf of an open register; a closed one leaves none."""
    found: Shelf[Any] = db.answers.setdefault(_KEY, Shelf())
    return found


_ITEM: Final = (
    SupplyItemRow.id, SupplyItemRow.name, SupplyItemRow.strength, SupplyItemRow.kind, SupplyItemRow.unit,
    SupplyItemRow.form, SupplyItemRow.sort_key, SupplyItemRow.atc,
    type_coerce(SupplyItemRow.substances, String),  # as it is kept: each text is read once
    SupplyItemRow.low_level, SupplyItemRow.medicine, SupplyItemRow.ended_on, SupplyItemRow.pack_size, SupplyItemRow.n,
)  # fmt: skip
_SORT_KEY: Final = 6


def _by_name(part: Part) -> tuple[str, int]:
    return part.row[_SORT_KEY], part.row[-1]


def parts_in(session: Session, days: tuple[date, date], items: Collection[UUID] | None = None) -> dict[UUID, Part]:
    """Of every item, or of these, by name."""
    query = select(*_ITEM).order_by(SupplyItemRow.sort_key, SupplyItemRow.n)
    if items is not None:
        query = query.where(SupplyItemRow.id.in_(list(items)))
    left, used = _left(session, items), _used(session, days, items)
    return {
        row[0]: Part(tuple(row), tuple(left.get(row[0], ())), used.get(row[0], 0)) for row in session.execute(query)
    }


def _used(session: Session, days: tuple[date, date], items: Collection[UUID] | None) -> dict[UUID, int]:
    """Units of each item handed out in these days, less what came back."""
    row = SupplyMovementRow
    span: tuple[ColumnElement[bool], ...] = (row.day.between(*days), row.kind.in_([kind.value for kind in USED]))
    if items is not None:
        lots = session.scalars(select(SupplyLotRow.id).where(SupplyLotRow.item_id.in_(list(items))))
        span = (*span, row.lot_id.in_(list(lots)))
    # What was voided is few: taken off by itself, so that the sum is read from one index alone.
    voided = select(row.voids).where(row.voids.is_not(None))
    found: dict[UUID, int] = defaultdict(int)
    parts: tuple[tuple[int, tuple[ColumnElement[bool], ...]], ...] = ((-1, ()), (1, (row.id.in_(voided),)))
    for sign, more in parts:
        sums = select(row.lot_id, (sign * func.sum(row.quantity)).label("units"))
        by_lot = sums.where(*span, *more).group_by(row.lot_id).subquery()
        query = select(SupplyLotRow.item_id, by_lot.c.units).join(by_lot, by_lot.c.lot_id == SupplyLotRow.id)
        for item, units in session.execute(query):
            found[item] += units
    return found


def _left(session: Session, items: Collection[UUID] | None) -> dict[UUID, list[tuple[date | None, int]]]:
    """Of each item the lots of which anything is left, or less than nothing."""
    query = (
        select(SupplyLotRow.item_id, SupplyLotRow.expiry, SupplyStockRow.balance)
        .join(SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id)
        .where(SupplyStockRow.balance != 0)
    )
    if items is not None:
        query = query.where(SupplyLotRow.item_id.in_(list(items)))
    found: dict[UUID, list[tuple[date | None, int]]] = defaultdict(list)
    for item, expiry, balance in session.execute(query):
        found[item].append((expiry, balance))
    return found


def use_days(rule: SupplyRule, day: date) -> tuple[date, date]:
    """The first and last day from which the use is reckoned."""
    return day - timedelta(days=rule.use_days - 1), day


def cases_ratio(session: Session, rule: SupplyRule, day: date) -> float:
    """F0 at home now against the mean of the days that the use is reckoned from; 1 when there were none."""
    row, (first, _day) = EpisodeRow, use_days(rule, day)
    open_now = row.outcome == CaseOutcome.NO_OUTCOME.value
    until = case((or_(open_now, row.outcome_on.is_(None)), literal(day)), else_=func.min(row.outcome_on, day))
    spent = func.julianday(until) - func.julianday(func.max(row.report_date, first)) + 1
    query = select(func.sum(func.max(0, spent)), func.sum(case((open_now, 1), else_=0))).where(
        or_(row.outcome_on.is_(None), row.outcome_on >= first), func.date(row.report_date) <= day
    )  # the function keeps the index of the ends, which names few
    days, now = session.execute(query).one()
    return max(1.0, now * rule.use_days / days) if days else 1.0
