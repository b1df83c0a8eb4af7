"""Lists of codes that may change, by date: underlying diseases, symptoms, places to send people to, test kits.

A code keeps its meaning for good. What a later list leaves out is no longer offered first, and stays readable wherever
it was written down: so every code that any list ever had is known on every day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final, TypeVar

from covidstation.domain.codes import Coded, Condition, Facility, Kit, Symptom
from covidstation.domain.episodes import TestKind
from covidstation.domain.hospitalization import FacilityLevel
from covidstation.domain.rule_sets import Dated, rule_tables
from covidstation.domain.rule_tables import Table

MOST_CODE: Final = 60  # letters
MOST_LABEL: Final = 200
MOST_CODES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionList(Dated):
    """The underlying diseases of one time."""

    codes: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomList(Dated):
    """The symptoms of one time."""

    codes: tuple[Symptom, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityList(Dated):
    """The places of care of one time."""

    codes: tuple[Facility, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KitList(Dated):
    """The test kits of one time."""

    codes: tuple[Kit, ...]


C = TypeVar("C", bound=Coded)
L = TypeVar("L", bound=Dated)


def read_condition_list(table: dict[str, Any]) -> ConditionList:
    """One list from its table. Raises RuleError."""
    return _read(table, "conditions", ConditionList, _condition)


def read_symptom_list(table: dict[str, Any]) -> SymptomList:
    """One list from its table. Raises RuleError."""
    return _read(table, "symptoms", SymptomList, _symptom)


def read_facility_list(table: dict[str, Any]) -> FacilityList:
    """One list from its table. Raises RuleError."""
    return _read(table, "facilities", FacilityList, _facility)


def read_kit_list(table: dict[str, Any]) -> KitList:
    """One list from its table. Raises RuleError."""
    return _read(table, "test_kits", KitList, _kit)


def _read(
    table: dict[str, Any], name: str, made: Callable[..., L], coded: Callable[[Table, dict[str, Any]], Coded]
) -> L:
    row = Table(table, name)
    dated = row.dated()
    codes = tuple(coded(one, dated) for one in _rows(row))
    row.close()
    return made(**dated, codes=codes)


def _rows(table: Table) -> list[Table]:
    rows = table.plain_tables("codes")
    codes = [one.text("code") for one in rows]
    if not 0 < len(rows) <= MOST_CODES or len(set(codes)) < len(codes):
        raise table.trouble("codes")
    return rows


def _coded(row: Table, dated: dict[str, Any]) -> dict[str, Any]:
    code, label = row.text("code"), row.text("label")
    if not (code.isascii() and code.isalnum() and len(code) <= MOST_CODE):
        raise row.trouble("code")
    if len(label) > MOST_LABEL:
        raise row.trouble("label")
    return {
        "code": code,
        "label": label,
        "label_en": row.text("label_en", label),
        "source": row.text("source", dated["source"]),
        "confirmed": row.flag("confirmed", dated["confirmed"]),
    }


def _condition(row: Table, dated: dict[str, Any]) -> Condition:
    coded = _coded(row, dated)
    made = Condition(
        **coded,
        item=row.count("item", 0),
        label_full=row.text("label_full", coded["label"]),
        sormas=row.text("sormas", ""),
    )
    row.close()
    return made


def _symptom(row: Table, dated: dict[str, Any]) -> Symptom:
    made = Symptom(**_coded(row, dated), severe=row.flag("severe", False))
    row.close()
    return made


def _facility(row: Table, dated: dict[str, Any]) -> Facility:
    made = Facility(**_coded(row, dated), level=row.text("tier", ""))
    if made.level and made.level not in set(FacilityLevel):
        raise row.trouble("tier")
    row.close()
    return made


def _kit(row: Table, dated: dict[str, Any]) -> Kit:
    made = Kit(**_coded(row, dated), kind=row.text("kind"), maker=row.text("maker", ""))
    if made.kind not in set(TestKind):
        raise row.trouble("kind")
    if len(made.maker) > MOST_LABEL:
        raise row.trouble("maker")
    row.close()
    return made


def parse_condition_lists(text: str) -> tuple[ConditionList, ...]:
    """The lists of the file. Raises RuleError."""
    return tuple(read_condition_list(table) for table in rule_tables(text))


def parse_symptom_lists(text: str) -> tuple[SymptomList, ...]:
    """The lists of the file. Raises RuleError."""
    return tuple(read_symptom_list(table) for table in rule_tables(text))


def parse_facility_lists(text: str) -> tuple[FacilityList, ...]:
    """The lists of the file. Raises RuleError."""
    return tuple(read_facility_list(table) for table in rule_tables(text))


def parse_kit_lists(text: str) -> tuple[KitList, ...]:
    """The lists of the file. Raises RuleError."""
    return tuple(read_kit_list(table) for table in rule_tables(text))


def known_codes(lists: Iterable[tuple[date, Sequence[C]]]) -> Mapping[str, C]:
    """Every code of all lists, each list given with its first day; the newest words of a code count."""
    found: dict[str, C] = {}
    for _day, codes in sorted(lists, key=lambda one: one[0]):
        found |= {one.code: one for one in codes}
    return MappingProxyType(found)


AnyLists = Sequence[ConditionList] | Sequence[SymptomList] | Sequence[FacilityList] | Sequence[KitList]


def offered(lists: AnyLists, day: date) -> tuple[list[str], list[str]]:
    """The codes to choose from on that day: those of the list in force, then those of earlier lists alone."""
    now = [one.code for rule in lists if rule.on(day) for one in rule.codes]
    before = [one.code for rule in lists if rule.valid_from <= day for one in rule.codes]
    return now, [code for code in dict.fromkeys(before) if code not in set(now)]
