"""How long whose records are kept: dated rules read from `resources/rules/retention.toml`, and who is due when.

All that the register holds about one person is kept, and goes, together: the longest class that fits keeps it all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from covidstation.domain.rule_sets import Dated, RuleError, rule_tables
from covidstation.domain.rule_tables import Table


class RecordKind(StrEnum):
    """The classes, the longest kept first: a person belongs to the first that fits."""

    DEATH = "death"
    SPECIAL = "special"  # mental illness, accidents
    CASE = "case"
    CONTACT = "contact"
    PERSON = "person"  # in the register, never ill and nobody's contact


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule(Dated):
    """One class. `conditions` are codes of underlying diseases that put a person there."""

    kind: RecordKind
    years: int
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What decides about one person's records. `last_on` is the last day on which anything happened."""

    person_id: UUID
    last_on: date
    died: bool = False
    cases: int = 0
    contacts: int = 0
    conditions: frozenset[str] = frozenset()
    open: bool = False  # ill, in quarantine, away, or with something still to do
    named_by: frozenset[UUID] = frozenset()  # people whose records cannot stand without this one


def parse_retention_rules(text: str) -> tuple[RetentionRule, ...]:
    """Read `retention.toml`. Raises RuleError, also when two rules of a class are in force on one day."""
    found = tuple(map(read_retention_rule, rule_tables(text)))
    for one in found:
        for other in found:
            if one is not other and one.kind is other.kind and other.on(one.valid_from):
                raise RuleError(f"{one.id}: {other.id}")
    return found


def read_retention_rule(table: dict[str, Any]) -> RetentionRule:
    """One rule of the file, or of a station. Raises RuleError."""
    row = Table(table, "retention")
    rule = RetentionRule(
        **row.dated(),
        kind=row.member("kind", RecordKind),
        years=row.count("years"),
        conditions=tuple(row.texts("conditions", [])),
    )
    row.close()
    if not rule.years:
        raise row.trouble("years")
    return rule


def rules_on(rules: Iterable[RetentionRule], day: date) -> Mapping[RecordKind, RetentionRule]:
    """The rule of each class in force on that day, the longest kept class first. Raises RuleError when one lacks."""
    found = {rule.kind: rule for rule in rules if rule.on(day)}
    for kind in RecordKind:
        if kind not in found:
            raise RuleError(f"{day.isoformat()}: {kind.value}")
    return {kind: found[kind] for kind in RecordKind}


def rule_for(dossier: Dossier, rules: Mapping[RecordKind, RetentionRule]) -> RetentionRule:
    """The class of a person: of those that fit the one that keeps longest, the first of the list when two do."""
    fitting = [rules[RecordKind.PERSON]]
    if dossier.contacts:
        fitting.insert(0, rules[RecordKind.CONTACT])
    if dossier.cases:
        fitting.insert(0, rules[RecordKind.CASE])
    if dossier.conditions & frozenset(rules[RecordKind.SPECIAL].conditions):
        fitting.insert(0, rules[RecordKind.SPECIAL])
    if dossier.died:
        fitting.insert(0, rules[RecordKind.DEATH])
    return max(fitting, key=lambda rule: rule.years)  # the first of equals


def free_from(last: date, years: int) -> date:
    """The first day on which a record may go: the day after that many whole years. 29/02 counts as 01/03."""
    try:
        then = last.replace(year=last.year + years)
    except ValueError:
        return date(last.year + years, 3, 2)
    return date.fromordinal(then.toordinal() + 1)


def due(
    dossiers: Iterable[Dossier], rules: Mapping[RecordKind, RetentionRule], kind: RecordKind, until: date, today: date
) -> list[Dossier]:
    """Who of that class may go: nothing happened after `until`, the years are over, nothing is open.

    Nobody goes whom a record that stays needs: the F0 of a contact, another person on the same paper.
    """
    chosen = {}
    for dossier in dossiers:
        rule = rule_for(dossier, rules)
        over = free_from(dossier.last_on, rule.years) <= today
        if rule.kind is kind and over and dossier.last_on <= until and not dossier.open:
            chosen[dossier.person_id] = dossier
    while held := [one for one in chosen.values() if not one.named_by <= chosen.keys()]:
        for one in held:
            del chosen[one.person_id]
    return sorted(chosen.values(), key=lambda one: (one.last_on, one.person_id.hex))


def named(dossier: Dossier, people: Iterable[UUID]) -> Dossier:
    """The same, held by these as well."""
    return replace(dossier, named_by=dossier.named_by | (frozenset(people) - {dossier.person_id}))
