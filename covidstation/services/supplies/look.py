"""The store as a window sees it: every item with what it asks for, one item, the sheet of a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.supplies import (
    ItemPage,
    LotLine,
    SupplyLine,
    SupplyState,
    SupplyView,
    count_views,
    item_page,
    lots_left,
    supplies_in,
)
from covidstation.db.queries.supply_shelf import shelf_of
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.domain.supplies import ItemDraft
from covidstation.domain.supply_rules import SupplyRule
from covidstation.services.rights import needs
from covidstation.services.supplies.items import supply_rule_in


@dataclass(frozen=True, slots=True)
class StoreLook:
    """Every item by name, how many are in which view, and the rule that says so."""

    rule: SupplyRule
    lines: tuple[SupplyLine, ...]
    counts: Mapping[SupplyView, int]

    @property
    def common(self) -> tuple[ItemDraft, ...]:
        """The common items to choose from."""
        return self.rule.items


@dataclass(frozen=True, slots=True)
class StoreWork:
    """What the store asks for today: how many items of each state, and the first of them by name."""

    counts: Mapping[SupplyState, int]
    names: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many things are asked for."""
        return sum(self.counts.values())


@needs(Right.SEE)
def look_at_store(db: Database, *, catalog: Catalog, today: date) -> StoreLook:
    """The whole store as it is today."""
    with db.read() as session:
        rule = supply_rule_in(session, catalog, today)
        lines = supplies_in(session, shelf_of(db), rule, today)
    return StoreLook(rule, lines, count_views(lines))


@needs(Right.SEE)
def look_at_item(db: Database, item_id: UUID, *, catalog: Catalog, today: date) -> ItemPage | None:
    """One item with its lots and newest movements; None when it is not there."""
    with db.read() as session:
        rule = supply_rule_in(session, catalog, today)
    return item_page(db, item_id, rule, today)


@needs(Right.SEE)
def look_at_lots(db: Database, *, today: date) -> tuple[tuple[ItemDraft, LotLine], ...]:
    """Every lot of which something is left, by kind and name: the sheet of a count."""
    return lots_left(db, today)


@needs(Right.SEE)
def store_work(db: Database, *, catalog: Catalog, today: date) -> StoreWork:
    """What the store asks for: expired, run out after it was used, short, soon to expire.

    An item that never held anything asks for nothing.
    """
    counts: Counter[SupplyState] = Counter()
    names: list[tuple[int, str]] = []
    order = (SupplyState.WRONG, SupplyState.EXPIRED, SupplyState.OUT, SupplyState.SHORT, SupplyState.EXPIRING)
    for line in look_at_store(db, catalog=catalog, today=today).lines:
        asked = next((state for state in order if state in line.states), None)
        if asked is None or (asked is SupplyState.OUT and not line.use and not line.low_level):
            continue
        counts[asked] += 1
        names.append((order.index(asked), line.title))
    return StoreWork(counts, tuple(name for _rank, name in sorted(names)[:3]))
