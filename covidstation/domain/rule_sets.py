"""Dated rules as data: families of rules read from `resources/rules`, and a station's own versions of them.

Each family is a TOML file with a list `[[rule]]`; each rule has `id`, `valid_from`, optionally `valid_until`, `title`,
`source` and `confirmed`. A station edits a whole rule; its version speaks instead of the shipped one and bears the id
`<shipped id>@<version>`, so that whatever was decided by it can always be told from the shipped rule's decisions.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar


class RuleError(ValueError):
    """Rules that cannot be read, or a day without its one rule; the text says where."""


class Family(StrEnum):
    """The files of `resources/rules`, without their ending."""

    ISOLATION = "isolation"  # how long an F0 isolates
    QUARANTINE = "quarantine"  # how long an F1 does
    RISK = "risk"  # the risk groups
    GUIDELINE = "guideline"  # home care: eligibility, danger signs, rounds
    MEDICINES = "medicines"  # packages, doses, contraindications
    NOTIFIABLE = "notifiable"  # what must be reported within which time
    FOLLOW_UP = "follow_up"  # the twelve months after
    HOURS = "isolation_hours"  # the hours of a decision, and how long an isolation may be
    COMMITMENT = "commitment"  # what a person at home promises
    LEAFLET = "leaflet"  # the words around the danger signs
    CONDITIONS = "conditions"  # codes of underlying diseases
    SYMPTOMS = "symptoms"  # codes of symptoms
    FACILITIES = "facilities"  # where people are sent
    KITS = "test_kits"  # by which tests are made
    CONSENT = "consent"  # what is read out before a yes or a no
    AGE_GROUPS = "age_groups"  # elders, small children, the ages of a table
    DISPENSING = "dispensing"  # for how many days medicines are handed out
    REVIEW = "review"  # what is asked from door to door
    SUPPLIES = "supplies"  # how far ahead the store looks, and common items
    CHRONIC = "chronic_conditions"  # chronic diseases by ICD-10
    TARGETS = "targets"  # what they are to reach, when they are overdue
    RETENTION = "retention"  # how long whose records are kept
    VACCINES = "vaccine_products"  # vaccines by the codes of certificates
    SCHEDULE = "vaccine_schedule"  # who is due for which dose
    PRIORITY = "vaccine_priority"  # groups that are vaccinated first
    COVERAGE = "vaccine_coverage"  # what share of the population an epidemic level asks for
    SCREENING = "vaccine_screening"  # what is looked at before a vaccine, and the time after it
    COLD_CHAIN = "cold_chain"  # at which temperature vaccines are kept, and when it is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What the rules of all families have. `valid_until` is None while a rule lasts; both days are inclusive."""

    id: str
    title: str
    valid_from: date
    valid_until: date | None = None
    source: str
    confirmed: bool

    def on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= day <= (self.valid_until or date.max)

    @property
    def named_codes(self) -> Mapping[Family, frozenset[str]]:
        """The codes of other families' lists that it names; a family that names none has none."""
        return {}


R = TypeVar("R", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """A station's version of one rule: the rule as TOML, without the `[[rule]]` line."""

    rule_id: str
    version: int
    body: str
    confirmed: bool


def rule_tables(text: str) -> list[dict[str, Any]]:
    """The rules of a family's file as plain tables. Raises RuleError."""
    try:
        found = tomllib.loads(text)["rule"]
    except (tomllib.TOMLDecodeError, KeyError) as trouble:
        raise RuleError(str(trouble)) from trouble
    if not isinstance(found, list) or not all(isinstance(rule, dict) for rule in found):
        raise RuleError("rule is no list of tables")
    return found


def rule_on(rules: Iterable[R], day: date) -> R:
    """The one rule in force on that day; RuleError when there is none, or more than one."""
    found = [rule for rule in rules if rule.on(day)]
    if len(found) != 1:
        raise RuleError(f"{day.isoformat()}: {len(found)} rules")
    return found[0]


def with_versions(
    rules: Sequence[R], versions: Iterable[RuleVersion], make: Callable[[dict[str, Any]], R]
) -> tuple[R, ...]:
    """The shipped rules with the station's newest versions in their place; `make` reads one table (raises RuleError).

    Versions of rules that a newer program no longer ships are passed over. Validity is the shipped rule's: a station
    changes what a rule says, not when which circular was in force.
    """
    newest = {version.rule_id: version for version in sorted(versions, key=lambda one: one.version)}
    known = [(rule, newest.get(shipped_id(rule.id))) for rule in rules]
    return tuple(rule if version is None else _edited(rule, version, make) for rule, version in known)


def shipped_id(rule_id: str) -> str:
    """The id without the station's version: `vn-x` of `vn-x@3`."""
    return rule_id.partition("@")[0]


def version_of(rule_id: str) -> int:
    """The station's version that an id bears; 0 for the shipped rule."""
    number = rule_id.partition("@")[2]
    return int(number) if number.isdecimal() else 0


def _edited(rule: R, version: RuleVersion, make: Callable[[dict[str, Any]], R]) -> R:
    try:
        table = tomllib.loads(version.body)
    except tomllib.TOMLDecodeError as trouble:
        raise RuleError(str(trouble)) from trouble
    table |= {
        "id": f"{version.rule_id}@{version.version}",
        "valid_from": rule.valid_from,
        "confirmed": version.confirmed,
    }
    table.pop("valid_until", None)
    if rule.valid_until is not None:
        table["valid_until"] = rule.valid_until
    return make(table)
