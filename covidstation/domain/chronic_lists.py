"""The chronic diseases that a station follows, by date: ICD-10, how each is judged, which underlying disease it is.

What is typed besides the list is any other code of ICD-10; `groups` says which of the 20 underlying diseases of the F0
forms (resources/rules/conditions.toml) a code belongs to, whether the list names it or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from covidstation.domain.chronic import category, normal_icd
from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table
from covidstation.domain.targets import Measure


@dataclass(frozen=True, slots=True)
class ChronicDisease:
    """One line of the list. `judged_by`: measures of which one must be known to say that it is under control."""

    code: str
    label: str
    label_en: str
    judged_by: frozenset[Measure] = frozenset()


@dataclass(frozen=True, slots=True)
class CodeSpan:
    """Codes from `first` to `last` (three letters, both included) and the underlying disease that they are."""

    first: str
    last: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicList(Dated):
    """The diseases of one time."""

    codes: tuple[ChronicDisease, ...]
    groups: tuple[CodeSpan, ...]

    def disease(self, code: str) -> ChronicDisease | None:
        """The line that names it: the code itself, else its three letters (`E11` for `E11.9`)."""
        named = {one.code: one for one in self.codes}
        return named.get(code) or named.get(category(code))

    def group_of(self, code: str) -> str:
        """The underlying disease; empty when it is none of them."""
        letters = category(code)
        return next((one.group for one in self.groups if one.first <= letters <= one.last), "")

    def judged_by(self, code: str) -> frozenset[Measure]:
        """By what it is judged; nothing for one that the list does not name."""
        found = self.disease(code)
        return found.judged_by if found else frozenset()


def read_chronic_list(table: dict[str, Any]) -> ChronicList:
    """One list from its table. Raises RuleError."""
    row = Table(table, "chronic_conditions")
    dated = row.dated()
    codes = tuple(map(_disease, row.plain_tables("codes")))
    groups = tuple(map(_span, row.plain_tables("groups")))
    row.close()
    if not codes or len({one.code for one in codes}) < len(codes):
        raise row.trouble("codes")
    return ChronicList(**dated, codes=codes, groups=groups)


def _disease(row: Table) -> ChronicDisease:
    code = row.text("code")
    try:
        measures = frozenset(Measure(name) for name in row.texts("judged_by", []))
        if normal_icd(code) != code:
            raise ValueError(code)
    except ValueError as trouble:
        raise row.trouble("code") from trouble
    label = row.text("label")
    made = ChronicDisease(code, label, row.text("label_en", label), measures)
    row.close()
    return made


def _span(row: Table) -> CodeSpan:
    made = CodeSpan(row.text("first"), row.text("last"), row.text("group"))
    row.close()
    try:
        good = normal_icd(made.first) == made.first <= made.last == normal_icd(made.last)
    except ValueError:
        good = False
    if not good:
        raise row.trouble("first")
    return made


def parse_chronic_lists(text: str) -> tuple[ChronicList, ...]:
    """The lists of the file. Raises RuleError."""
    return tuple(map(read_chronic_list, rule_tables(text)))


def chronic_list_on(lists: Iterable[ChronicList], day: date) -> ChronicList:
    """The one in force on that day; the oldest for a day before all of them. Raises RuleError when there are none."""
    known = sorted(lists, key=lambda rule: rule.valid_from)
    if known and day < known[0].valid_from:
        return known[0]
    return rule_on(known, day)


def labels_of(lists: Sequence[ChronicList]) -> Mapping[str, str]:
    """What any list ever called a code, the newest name first."""
    found: dict[str, str] = {}
    for one in sorted(lists, key=lambda rule: rule.valid_from):
        found |= {disease.code: disease.label for disease in one.codes}
    return found
