"""The store as a list: what is left of each item, what expires next, how long it lasts; and one item with its lots."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, func, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.db.queries.supply_books import item_of, standing, title_of
from covidstation.db.rows import (
    DispensingRow,
    EpisodeRow,
    PersonRow,
    SupplyItemRow,
    SupplyLotRow,
    SupplyMovementRow,
    SupplyStockRow,
    TreatmentRow,
)
from covidstation.db.session import Database
from covidstation.domain.canonical import decode
from covidstation.domain.supplies import USED, ItemDraft, LinkKind, MovementKind, SupplyKind
from covidstation.domain.supply_rules import SupplyRule
from covidstation.domain.text import search_text

MOST_MOVEMENTS: Final = 400


class SupplyState(StrEnum):
    """What an item asks for, the gravest first."""

    WRONG = "wrong"  # less than nothing: two lives of the station were brought together after a restore
    EXPIRED = "expired"
    OUT = "out"
    SHORT = "short"
    EXPIRING = "expiring"
    ENDED = "ended"  # no longer kept
    WELL = "well"


class SupplyView(StrEnum):
    """The filter's choices."""

    KEPT = "kept"
    SHORT = "short"  # or out
    EXPIRING = "expiring"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class SupplyLine:
    """One item on a day. `usable` leaves out what is over; `use` is units a day, `lasts` full days at that use."""

    id: UUID
    title: str
    kind: str
    unit: str
    form: str
    sort_key: str
    words: str
    balance: int
    usable: int
    expiry: date | None  # of the lot that goes next
    lots: int
    use: float
    lasts: int | None
    low_level: int
    states: tuple[SupplyState, ...]

    @property
    def state(self) -> SupplyState:
        """The gravest."""
        return self.states[0]

    @property
    def person_id(self) -> None:
        """It is about nobody."""


@dataclass(frozen=True, slots=True)
class LotLine:
    """One lot and what is left of it."""

    id: UUID
    item_id: UUID
    number: str
    expiry: date | None
    balance: int
    over: bool


@dataclass(frozen=True, slots=True)
class MovementLine:
    """One movement; `left` is what the item had after it. `whom` is named where the row that it served is there."""

    id: UUID
    act: UUID
    lot_id: UUID
    lot: str
    expiry: date | None
    day: date
    kind: MovementKind
    quantity: int
    counted: int | None
    source: str
    partner: str
    document: str
    reason: str
    by_name: str
    link_kind: str
    whom: str
    person_id: UUID | None
    left: int


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item: its lots, what expires first on top, and its newest movements."""

    id: UUID
    item: ItemDraft
    ended_on: date | None
    line: SupplyLine
    lots: tuple[LotLine, ...]
    movements: tuple[MovementLine, ...]
    more: bool  # there are older movements


def list_supplies(db: Database, rule: SupplyRule, day: date, *, item_id: UUID | None = None) -> tuple[SupplyLine, ...]:
    """Every item as it is today, by name; `item_id` for that one alone."""
    with db.read() as session:
        return supplies_in(session, rule, day, item_id)


def supplies_in(session: Session, rule: SupplyRule, day: date, item_id: UUID | None = None) -> tuple[SupplyLine, ...]:
    """The same inside another query's transaction."""
    items = select(SupplyItemRow).order_by(SupplyItemRow.sort_key, SupplyItemRow.n)
    if item_id is not None:
        items = items.where(SupplyItemRow.id == item_id)
    left = _left(session, item_id)
    used = used_in(session, day - timedelta(days=rule.use_days - 1), day, item_id)
    ratio = _cases_ratio(session, rule, day)
    row = SupplyItemRow
    columns: tuple[Any, ...] = (
        row.id, row.name, row.strength, row.kind, row.unit, row.form, row.sort_key, row.atc,
        type_coerce(row.substances, String),  # as it is kept: each text is read once
        row.low_level, row.medicine, row.ended_on,
    )  # fmt: skip
    found = session.execute(items.with_only_columns(*columns))
    spans = (rule.expiring_days, rule.use_days, rule.short_days)
    nothing: list[tuple[date | None, int]] = []
    return tuple(
        _line(tuple(one), tuple(left.get(one[0], nothing)), used.get(one[0], 0), ratio, spans, day) for one in found
    )


def match_supplies(
    lines: Iterable[SupplyLine], view: SupplyView, *, kind: SupplyKind | None = None, typed: str = ""
) -> list[SupplyLine]:
    """Those of a view, a kind, and with all the typed words."""
    words = search_text(typed).split()
    return [
        line
        for line in lines
        if in_view(line, view)
        and (kind is None or line.kind == kind.value)
        and all(word in line.words for word in words)
    ]


def in_view(line: SupplyLine, view: SupplyView) -> bool:
    """Whether the filter's choice shows it."""
    return view in _views(line.states)


def _views(states: tuple[SupplyState, ...]) -> frozenset[SupplyView]:
    if SupplyState.ENDED in states:
        return frozenset({SupplyView.ENDED})
    found = {SupplyView.KEPT}
    if {SupplyState.SHORT, SupplyState.OUT, SupplyState.WRONG} & set(states):
        found.add(SupplyView.SHORT)
    if SupplyState.EXPIRING in states:
        found.add(SupplyView.EXPIRING)
    if SupplyState.EXPIRED in states:
        found.add(SupplyView.EXPIRED)
    return frozenset(found)


def count_views(lines: Iterable[SupplyLine]) -> dict[SupplyView, int]:
    """How many are in which view."""
    states = Counter(line.states for line in lines)
    return {view: sum(n for one, n in states.items() if view in _views(one)) for view in SupplyView}


def used_in(session: Session, first: date, last: date, item_id: UUID | None = None) -> dict[UUID, int]:
    """Units of each item, or of that one, handed out in these days, less what came back."""
    row = SupplyMovementRow
    span: tuple[ColumnElement[bool], ...] = (row.day.between(first, last), row.kind.in_([kind.value for kind in USED]))
    if item_id is not None:
        span = (*span, row.lot_id.in_(select(SupplyLotRow.id).where(SupplyLotRow.item_id == item_id)))
    # What was voided is few: taken off by itself, so that the sum is read from one index alone.
    voided = select(row.voids).where(row.voids.is_not(None))
    found: dict[UUID, int] = {}
    parts: tuple[tuple[int, tuple[ColumnElement[bool], ...]], ...] = ((-1, ()), (1, (row.id.in_(voided),)))
    for sign, more in parts:
        sums = select(row.lot_id, (sign * func.sum(row.quantity)).label("units"))
        by_lot = sums.where(*span, *more).group_by(row.lot_id).subquery()
        query = select(SupplyLotRow.item_id, by_lot.c.units).join(by_lot, by_lot.c.lot_id == SupplyLotRow.id)
        for item, units in session.execute(query):
            found[item] = found.get(item, 0) + units
    return found


def _left(session: Session, item_id: UUID | None) -> dict[UUID, list[tuple[date | None, int]]]:
    """Of each item the lots of which anything is left, or less than nothing."""
    query = (
        select(SupplyLotRow.item_id, SupplyLotRow.expiry, SupplyStockRow.balance)
        .join(SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id)
        .where(SupplyStockRow.balance != 0)
    )
    if item_id is not None:
        query = query.where(SupplyLotRow.item_id == item_id)
    found: dict[UUID, list[tuple[date | None, int]]] = defaultdict(list)
    for item, expiry, balance in session.execute(query):
        found[item].append((expiry, balance))
    return found


def _cases_ratio(session: Session, rule: SupplyRule, day: date) -> float:
    """F0 at home now against the mean of the days that the use is reckoned from; 1 when there were none."""
    first = day - timedelta(days=rule.use_days - 1)
    query = select(EpisodeRow.report_date, EpisodeRow.outcome_on, EpisodeRow.outcome).where(
        EpisodeRow.report_date <= day, func.coalesce(EpisodeRow.outcome_on, day) >= first
    )
    days = now = 0
    for start, end, outcome in session.execute(query):
        open_now = outcome == "NO_OUTCOME"
        until = day if open_now or end is None else end
        days += max(0, (min(until, day) - max(start, first)).days + 1)
        now += open_now
    return max(1.0, now * rule.use_days / days) if days else 1.0


@lru_cache(maxsize=8192)
def _named(name: str, strength: str, form: str, atc: str, substances: str) -> tuple[str, str]:
    """The title and the words that find it: folding letters costs more than all the rest of a line."""
    title = title_of(name, strength)
    return title, search_text(" ".join((title, form, atc, *decode(substances.encode()))))


@lru_cache(maxsize=8192)
def _line(
    row: tuple[Any, ...],
    lots: tuple[tuple[date | None, int], ...],
    used: int,
    ratio: float,
    spans: tuple[int, int, int],
    day: date,
) -> SupplyLine:
    """After one change all lines but one are those of before."""
    ahead, use_days, short_days = spans
    item_id, name, strength, kind, unit, form, sort_key, atc, substances, low_level, medicine, ended_on = row
    balance = usable = 0
    nearest: date | None = None
    for expiry, units in lots:
        balance += units
        if expiry is None or expiry >= day:
            usable += units
        if expiry is not None and units > 0 and (nearest is None or expiry < nearest):
            nearest = expiry
    use = max(0, used) / use_days * (ratio if medicine else 1.0)
    lasts = int(usable / use) if use and usable > 0 else None
    title, words = _named(name, strength, form, atc, substances)
    ended = ended_on is not None and ended_on <= day
    few = usable <= low_level or (lasts is not None and lasts < short_days)
    states = (SupplyState.ENDED,) if ended and not lots else _states(lots, usable, few, day, ahead)
    return SupplyLine(
        item_id, title, kind, unit, form, sort_key, words, balance, usable, nearest, len(lots), use, lasts, low_level,
        states,
    )  # fmt: skip


def _states(
    lots: Sequence[tuple[date | None, int]], usable: int, few: bool, day: date, ahead: int
) -> tuple[SupplyState, ...]:
    """In the order of their gravity."""
    soon = day + timedelta(days=ahead)
    found = set()
    for expiry, units in lots:
        if units < 0:
            found.add(SupplyState.WRONG)
        elif expiry is not None and expiry <= soon:
            found.add(SupplyState.EXPIRED if expiry < day else SupplyState.EXPIRING)
    if usable <= 0:
        found.add(SupplyState.OUT)
    elif few:
        found.add(SupplyState.SHORT)
    return tuple(state for state in SupplyState if state in found) if found else _WELL


_WELL: Final = (SupplyState.WELL,)


def item_page(db: Database, item_id: UUID, rule: SupplyRule, day: date) -> ItemPage | None:
    """One item with its lots and newest movements, or None when it is not there."""
    with db.read() as session:
        row = session.scalars(select(SupplyItemRow).where(SupplyItemRow.id == item_id)).first()
        if row is None:
            return None
        lots = _lots(session, item_id, day)
        movements = _movements(session, {lot.id: lot for lot in lots})
        line = supplies_in(session, rule, day, item_id)[0]
        shown = movements[:MOST_MOVEMENTS]
        return ItemPage(row.id, item_of(row), row.ended_on, line, lots, tuple(shown), len(movements) > len(shown))


def lots_left(db: Database, day: date) -> tuple[tuple[ItemDraft, LotLine], ...]:
    """Every lot of which something is left, with its item's title and unit, by name: the sheet of a count."""
    with db.read() as session:
        query = (
            select(SupplyItemRow, SupplyLotRow, SupplyStockRow.balance)
            .join(SupplyLotRow, SupplyLotRow.item_id == SupplyItemRow.id)
            .join(SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id)
            .where(SupplyStockRow.balance != 0)
            .order_by(SupplyItemRow.sort_key, SupplyItemRow.n, SupplyLotRow.expiry)
        )
        return tuple((item_of(item), _lot(lot, left, day)) for item, lot, left in session.execute(query))


def _lots(session: Session, item_id: UUID, day: date) -> tuple[LotLine, ...]:
    query = (
        select(SupplyLotRow, func.coalesce(SupplyStockRow.balance, 0))
        .outerjoin(SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id)
        .where(SupplyLotRow.item_id == item_id)
    )
    found = [_lot(lot, left, day) for lot, left in session.execute(query)]
    return tuple(sorted(found, key=lambda lot: (lot.balance == 0, lot.expiry or date.max, lot.number)))


def _lot(row: SupplyLotRow, balance: int, day: date) -> LotLine:
    over = row.expiry is not None and row.expiry < day
    return LotLine(row.id, row.item_id, row.number, row.expiry, balance, over)


def _movements(session: Session, lots: dict[UUID, LotLine]) -> list[MovementLine]:
    """The newest first, one more than are shown; what was left after each is reckoned back from what is left now."""
    row = SupplyMovementRow
    query = (
        select(row, PersonRow.full_name, PersonRow.id)
        .outerjoin(TreatmentRow, (TreatmentRow.id == row.link_id) & (row.link_kind == LinkKind.TREATMENT.value))
        .outerjoin(DispensingRow, (DispensingRow.id == row.link_id) & (row.link_kind == LinkKind.DISPENSING.value))
        .outerjoin(PersonRow, PersonRow.id == func.coalesce(TreatmentRow.person_id, DispensingRow.person_id))
        .where(row.lot_id.in_(list(lots)), standing())
        .order_by(row.day.desc(), row.turn.desc(), row.n.desc())
        .limit(MOST_MOVEMENTS + 1)
    )
    left = sum(lot.balance for lot in lots.values())
    found = []
    for one, name, person in session.execute(query):
        lot = lots[one.lot_id]
        found.append(
            MovementLine(
                one.id,
                one.act,
                lot.id,
                lot.number,
                lot.expiry,
                one.day,
                MovementKind(one.kind),
                one.quantity,
                one.counted,
                one.source,
                one.partner,
                one.document,
                one.reason,
                one.by_name,
                one.link_kind,
                name or "",
                person,
                left,
            )
        )
        left -= one.quantity
    return found
