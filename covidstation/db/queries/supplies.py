"""The store as a list: what is left of each item, what expires next, how long it lasts; and one item with its lots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.queries.cold_chain import waiting_lots_in
from covidstation.db.queries.supply_books import item_of, standing, title_of
from covidstation.db.queries.supply_shelf import Part, Shelf, cases_ratio, parts_in, shelf_of, use_days
from covidstation.db.rows import (
    DispensingRow,
    PersonRow,
    SupplyItemRow,
    SupplyLotRow,
    SupplyMovementRow,
    SupplyStockRow,
    TreatmentRow,
)
from covidstation.db.session import Database
from covidstation.domain.canonical import decode
from covidstation.domain.supplies import ItemDraft, LinkKind, MovementKind, SupplyKind, vial_of
from covidstation.domain.supply_rules import SupplyRule
from covidstation.domain.text import search_text

MOST_MOVEMENTS: Final = 400


class SupplyState(StrEnum):
    """What an item asks for, the gravest first."""

    WRONG = "wrong"  # less than nothing: two lives of the station were brought together after a restore
    EXPIRED = "expired"
    WAITING = "waiting"  # a lot was outside the bounds of its fridge and nobody has decided of it
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
    """One item on a day. `usable` leaves out what is over, or waits for a decision; `use` is units a day, `lasts` full
    days at that use; `vial`: doses in a vial of a vaccine, else 0."""

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
    vial: int = 0

    @property
    def state(self) -> SupplyState:
        """The gravest."""
        return self.states[0]

    @property
    def person_id(self) -> None:
        """It is about nobody."""


@dataclass(frozen=True, slots=True)
class LotLine:
    """One lot and what is left of it; `waits`: outside the bounds of its fridge, and nobody has decided."""

    id: UUID
    item_id: UUID
    number: str
    expiry: date | None
    balance: int
    over: bool
    waits: bool = False


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


def list_supplies(db: Database, rule: SupplyRule, day: date) -> tuple[SupplyLine, ...]:
    """Every item as it is today, by name. After a change only the items that it touched are read again."""
    with db.read() as session:
        return supplies_in(session, shelf_of(db), rule, day)


def supplies_in(session: Session, shelf: Shelf[SupplyLine], rule: SupplyRule, day: date) -> tuple[SupplyLine, ...]:
    """The same inside another query's transaction."""
    ratio, waiting = cases_ratio(session, rule, day), _waiting(session, day)
    about = (day, rule.expiring_days, rule.use_days, rule.short_days, ratio, waiting)
    return shelf.lines(session, use_days(rule, day), about, lambda part: _line(part, *about))


def _supply(session: Session, item_id: UUID, rule: SupplyRule, day: date) -> SupplyLine:
    """One item's line."""
    part = parts_in(session, use_days(rule, day), [item_id])[item_id]
    ratio, waiting = cases_ratio(session, rule, day), _waiting(session, day)
    return _line(part, day, rule.expiring_days, rule.use_days, rule.short_days, ratio, waiting)


def _waiting(session: Session, day: date) -> tuple[tuple[UUID, int], ...]:
    """Of which items how many units wait for a decision that are not over on that day."""
    found: Counter[UUID] = Counter()
    if lots := waiting_lots_in(session):
        lot = SupplyLotRow
        query = (
            select(lot.item_id, SupplyStockRow.balance)
            .join(SupplyStockRow, SupplyStockRow.lot_id == lot.id)
            .where(lot.id.in_(lots), SupplyStockRow.balance > 0, lot.expiry.is_(None) | (lot.expiry >= day))
        )
        for item, units in session.execute(query):
            found[item] += units
    return tuple(sorted(found.items()))


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


@lru_cache(maxsize=8192)
def _named(name: str, strength: str, form: str, atc: str, substances: str) -> tuple[str, str]:
    """The title and the words that find it: folding letters costs more than all the rest of a line."""
    title = title_of(name, strength)
    return title, search_text(" ".join((title, form, atc, *decode(substances.encode()))))


def _line(
    part: Part,
    day: date,
    ahead: int,
    of_days: int,
    short_days: int,
    ratio: float,
    waiting: tuple[tuple[UUID, int], ...],
) -> SupplyLine:
    """One item on a day; `of_days` is how many days its use was counted in."""
    lots = part.lots
    item_id, name, strength, kind, unit, form, sort_key, atc, substances, low_level, medicine, ended_on, pack, _n = (
        part.row
    )
    balance = usable = 0
    nearest: date | None = None
    for expiry, units in lots:
        balance += units
        if expiry is None or expiry >= day:
            usable += units
        if expiry is not None and units > 0 and (nearest is None or expiry < nearest):
            nearest = expiry
    waits = dict(waiting).get(item_id, 0)
    usable -= waits
    use = max(0, part.used) / of_days * (ratio if medicine else 1.0)
    lasts = int(usable / use) if use and usable > 0 else None
    title, words = _named(name, strength, form, atc, substances)
    ended = ended_on is not None and ended_on <= day
    few = usable <= low_level or (lasts is not None and lasts < short_days)
    states = (SupplyState.ENDED,) if ended and not lots else _states(lots, usable, few, day, ahead)
    if waits:
        states = tuple(one for one in SupplyState if one is SupplyState.WAITING or one in states)
    return SupplyLine(
        item_id, title, kind, unit, form, sort_key, words, balance, usable, nearest, len(lots), use, lasts, low_level,
        states, vial_of(kind, pack),
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
        line = _supply(session, item_id, rule, day)
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
    waiting = waiting_lots_in(session)
    found = [replace(_lot(lot, left, day), waits=lot.id in waiting) for lot, left in session.execute(query)]
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
