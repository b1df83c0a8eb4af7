"""The dated rule of the store: how far ahead it looks, and the common items from which one is chosen in one step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table
from covidstation.domain.supplies import ItemDraft, SupplyKind

MOST_DAYS: Final = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyRule(Dated):
    """`expiring_days`: whose expiry is nearer is told ahead; `use_days`: the span that the daily use is reckoned from;
    `short_days`: what does not last so many days is short."""

    expiring_days: int
    use_days: int
    short_days: int
    items: tuple[ItemDraft, ...]


def read_supply_rule(table: dict[str, Any]) -> SupplyRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "supplies")
    found = SupplyRule(
        **row.dated(),
        expiring_days=row.count("expiring_days"),
        use_days=row.count("use_days"),
        short_days=row.count("short_days"),
        items=tuple(map(_item, row.plain_tables("item"))),
    )
    row.close()
    for name in ("expiring_days", "use_days", "short_days"):
        if not 1 <= getattr(found, name) <= MOST_DAYS:
            raise row.trouble(name)
    if len({one.identity for one in found.items}) < len(found.items):
        raise row.trouble("item")
    return found


def _item(row: Table) -> ItemDraft:
    item = ItemDraft(
        kind=row.member("kind", SupplyKind, "MEDICINE"),
        name=row.text("name"),
        substances=tuple(row.texts("substances", [])),
        atc=row.text("atc", ""),
        strength=row.text("strength", ""),
        form=row.text("form", ""),
        unit=row.text("unit"),
        pack_size=row.count("pack_size", 0),
        medicine=row.text("medicine", ""),
    )
    row.close()
    return item


def parse_supply_rules(text: str) -> tuple[SupplyRule, ...]:
    """Read the TOML of the rules. Raises RuleError."""
    return tuple(map(read_supply_rule, rule_tables(text)))


def supply_rule_on(rules: Iterable[SupplyRule], day: date) -> SupplyRule:
    """The one in force on that day; the oldest for a day before all of them. Raises RuleError when there are none."""
    known = sorted(rules, key=lambda rule: rule.valid_from)
    if known and day < known[0].valid_from:
        return known[0]
    return rule_on(known, day)
