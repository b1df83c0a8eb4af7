"""What the district tells and asks, and what a station says back: the kinds, their limits, and dated data in items."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

from covidstation.domain.rule_sets import Dated, RuleError

MOST_TITLE: Final = 200  # letters
MOST_BODY: Final = 10_000
MOST_ANSWER: Final = 4_000
MOST_TOML: Final = 40_000
MOST_WHERE: Final = 120  # letters of what a parser says
WORDING: Final = "wording"
"""The family of a pack that changes texts of papers; all others are the families of dated rules."""


class ItemKind(StrEnum):
    """What an item of the district is."""

    ANNOUNCEMENT = "announcement"
    QUESTION = "question"  # about one record; wants an answer
    FINDING = "finding"  # of an inspection; wants that it is put right
    PACK = "pack"  # dated data: a rule, texts of papers
    TARGET = "target"
    MOVE = "move"  # asks the station to take over a person
    ALLOTMENT = "allotment"  # what is sent to the store; wants to be counted


class MessageKind(StrEnum):
    """What a station says."""

    READ = "read"
    ANSWER = "answer"
    DONE = "done"  # a finding was put right
    MOVE_REQUEST = "move_request"
    MOVE_ANSWER = "move_answer"
    RECEIVED = "received"  # an allotment was counted


WANTED: Final[Mapping[ItemKind, MessageKind]] = {
    ItemKind.QUESTION: MessageKind.ANSWER,
    ItemKind.FINDING: MessageKind.DONE,
    ItemKind.MOVE: MessageKind.MOVE_ANSWER,
    ItemKind.ALLOTMENT: MessageKind.RECEIVED,
}
"""What settles an item; the others want to be read."""


class Measure(StrEnum):
    """What a target counts."""

    TESTS = "tests"  # samples taken
    CHECKS = "checks"  # checks of F0 at home at which the person was met
    FOLLOW_UPS = "follow_ups"  # visits done in the months after
    DELIVERIES = "deliveries"  # papers brought to the home


@dataclass(frozen=True, slots=True)
class Target:
    """So many of a measure, from one day to another, both inclusive."""

    measure: Measure
    first: date
    last: date
    value: int


def read_target(data: Any) -> Target:
    """The data of a target as it travels. Raises ValueError for anything else."""
    if not isinstance(data, Mapping) or type(data.get("value")) is not int or data["value"] < 1:
        raise ValueError("target")
    first, last = date.fromisoformat(str(data.get("from"))), date.fromisoformat(str(data.get("until")))
    if last < first:
        raise ValueError("target")
    return Target(Measure(str(data.get("measure"))), first, last, data["value"])


@dataclass(frozen=True, slots=True)
class DistrictPack:
    """Dated data of the district: the family, its own id, from which day (until which, once it was withdrawn)."""

    family: str
    id: str
    valid_from: date
    toml: str
    until: date | None = None


def read_pack(data: Any, withdrawn_on: date | None = None) -> DistrictPack:
    """The data of a pack as it travels. Raises ValueError for anything else."""
    if not isinstance(data, Mapping):
        raise ValueError("pack")
    family, name, toml = (data.get(key) for key in ("family", "id", "toml"))
    if not (isinstance(family, str) and isinstance(name, str) and isinstance(toml, str)) or len(toml) > MOST_TOML:
        raise ValueError("pack")
    until = withdrawn_on and withdrawn_on - timedelta(days=1)
    return DistrictPack(family, name, date.fromisoformat(str(data.get("valid_from"))), toml, until)


D = TypeVar("D", bound=Dated)


def rule_of_pack(pack: DistrictPack, make: Callable[[dict[str, Any]], D]) -> D:
    """The rule that a pack brings; `make` reads one table of its family. Raises RuleError."""
    table = pack_table(pack)
    table |= {"id": pack.id, "valid_from": pack.valid_from, "confirmed": True}
    table.setdefault("title", pack.id)
    table.setdefault("source", "")
    try:
        return make(table)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as trouble:
        raise RuleError(str(trouble)[:MOST_WHERE]) from trouble


def pack_table(pack: DistrictPack) -> dict[str, Any]:
    """What stands in a pack: one table, or a list `[[rule]]` of one. Raises RuleError."""
    if len(pack.toml) > MOST_TOML:
        raise RuleError(f"{len(pack.toml)} > {MOST_TOML}")
    try:
        table = tomllib.loads(pack.toml)
    except (ValueError, RecursionError) as trouble:  # more than TOMLDecodeError: numbers of thousands of digits
        raise RuleError(str(trouble)[:MOST_WHERE]) from trouble
    rules = table.get("rule")
    if len(table) == 1 and isinstance(rules, list) and len(rules) == 1 and isinstance(rules[0], dict):
        return dict(rules[0])  # written as in the program's own files
    return table


def wording_of_pack(pack: DistrictPack) -> dict[str, str]:
    """The texts of a pack of family `wording`, by their paths. Raises RuleError."""
    table = pack_table(pack)
    wrong = [path for path, text in table.items() if not isinstance(text, str)]
    if wrong:
        raise RuleError(wrong[0])
    return table


def lay(rules: Sequence[D], packs: Sequence[tuple[D, date | None]]) -> tuple[D, ...]:
    """Shipped rules with the district's laid over them, each from its first day until the rule of that day would end.

    `packs` in the order in which they were sent, each with the last day that it counted when it was withdrawn: a later
    one covers an earlier one. A rule whose days are cut keeps its id, so that what was decided by it is still found.
    One whose id is there already was laid before.
    """
    known = {rule.id.partition("@")[0] for rule in rules}
    laid = list(rules)
    for rule, until in packs:
        if rule.id in known:
            continue
        ends = [one.valid_until or date.max for one in laid if one.on(rule.valid_from)]
        last = min([until or date.max, rule.valid_until or date.max, *ends])
        if last < rule.valid_from:
            continue  # withdrawn before it began
        placed = replace(rule, valid_until=None if last == date.max else last)
        laid = [piece for one in laid for piece in _cut(one, placed.valid_from, last)] + [placed]
    return tuple(laid)


def _cut(rule: D, first: date, last: date) -> list[D]:
    """What is left of a rule's days outside of those."""
    end = rule.valid_until or date.max
    if end < first or last < rule.valid_from:
        return [rule]
    pieces = []
    if rule.valid_from < first:
        pieces.append(replace(rule, valid_until=first - timedelta(days=1)))
    if last < end:
        pieces.append(replace(rule, valid_from=last + timedelta(days=1)))
    return pieces
