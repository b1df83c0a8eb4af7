"""All dated rules on one shelf: as shipped, as the station has them, with every version; and keeping a new one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from covidstation.catalog import RULE_BOOKS, Catalog
from covidstation.db.queries.rules import RuleEdition, editions
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.domain.rule_leaves import to_toml
from covidstation.domain.rule_sets import Dated, Family, RuleError
from covidstation.domain.text import clean_block
from covidstation.services.changes import Done
from covidstation.services.district.packs import district_catalog, tables_of_district
from covidstation.services.rights import needs
from covidstation.services.rules.versions import RuleEdit, edit_rule, station_catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfRule(Dated):
    """One rule. `shipped` and `table` are the rule as the program and as the station have it; equal when unedited."""

    family: Family
    version: int  # 0: nobody edited it
    shipped: Mapping[str, Any]
    table: Mapping[str, Any]
    history: tuple[RuleEdition, ...] = ()  # newest first
    sent_by: str = ""  # at the district; empty for a rule of the program


@needs(Right.SEE)
def rule_shelf(db: Database, catalog: Catalog) -> tuple[ShelfRule, ...]:
    """The rules of all families, each family's newest first. `catalog` is the shipped one."""
    found: list[ShelfRule] = []
    with db.read() as session:
        for family in RULE_BOOKS:
            known = editions(session, family)
            tables = [(table, "") for table in catalog.rule_tables(family)] + tables_of_district(session, family)
            days = {rule.id: rule for rule in district_catalog(session, catalog).rules_of(family)}
            for table, author in sorted(tables, key=lambda one: str(one[0]["valid_from"]), reverse=True):
                history = tuple(edition for edition in known if edition.rule_id == table["id"])
                placed = days.get(table["id"])
                until = {"valid_until": placed.valid_until} if placed is not None and placed.valid_until else {}
                found.append(_shelf_rule(family, table | until, history, author))
    return tuple(found)


@needs(Right.MANAGE)
def keep_rule(
    db: Database,
    rule: ShelfRule,
    table: Mapping[str, Any],
    *,
    confirmed: bool,
    reason: str,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[int]:
    """Keep that table as the station's next version of the rule; the value is its number. `catalog` is the shipped one.

    Going back to the shipped rule is a version with the shipped table. Raises Refused as `edit_rule`.
    """
    edit = RuleEdit(
        rule_id=rule.id,
        body=to_toml(_tidy(dict(table))),
        confirmed=confirmed,
        reason=reason,
        by_name=by_name,
        seen=rule.version,
    )
    with db.read() as session:
        shipped, known = district_catalog(session, catalog).rules_of(rule.family), station_catalog(session, catalog)

    def make(said: dict[str, Any]) -> Dated:
        made = RULE_BOOKS[rule.family].make(said)
        if strange := known.strange_codes(made):
            raise RuleError(f"{rule.id}: {', '.join(strange)}")
        return made

    return edit_rule(db, rule.family, edit, shipped=shipped, make=make, by=by, now=now)


def _shelf_rule(
    family: Family, shipped: dict[str, Any], history: tuple[RuleEdition, ...], sent_by: str = ""
) -> ShelfRule:
    newest = history[0] if history else None
    table = shipped if newest is None else _read(newest.body, shipped)
    return ShelfRule(
        family=family,
        id=shipped["id"],
        title=str(table.get("title", shipped["title"])),
        valid_from=shipped["valid_from"],
        valid_until=shipped.get("valid_until"),
        source=str(table.get("source", shipped["source"])),
        confirmed=newest.confirmed if newest else bool(shipped["confirmed"]),
        version=newest.version if newest else 0,
        shipped=shipped,
        table=table,
        history=history,
        sent_by=sent_by,
    )


def _tidy(value: Any) -> Any:
    """A table, a list or a text of a rule without what cannot be seen, which TOML would carry as an escape."""
    if isinstance(value, str):
        return clean_block(value)
    if isinstance(value, dict):
        return {key: _tidy(one) for key, one in value.items()}
    return [_tidy(one) for one in value] if isinstance(value, list) else value


def _read(body: str, shipped: dict[str, Any]) -> dict[str, Any]:
    """A version's table; the shipped one when it cannot be read, as `services.rules.versions.rules_in` takes it."""
    try:
        return tomllib.loads(body)
    except tomllib.TOMLDecodeError:
        return shipped
