"""Coded lists of the register: ethnic groups, provinces of a citizen number; what a disease or a symptom has.

Each row of a list carries its source and whether that source was seen (`confirmed`); the lists themselves are CSV files
of resources/codes, see the README there, and for what a circular may change dated lists (`domain.code_lists`).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

MAX_LIST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """One row: what is stored (`code`) and what a person reads (`label`)."""

    code: str
    label: str
    label_en: str = ""
    source: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EthnicGroup(Coded):
    """One of the 54 peoples, 55 for foreigners, 56 for unknown; `aliases` are other spellings on lists."""

    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Coded):
    """An underlying disease: item 1-20 of QĐ 4038/QĐ-BYT, annex 01, with its full wording."""

    item: int
    label_full: str
    sormas: str = ""  # the field of SORMAS that says the same or more, empty for none


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom(Coded):
    """A symptom by its SORMAS field name; a severe one is reported at once (QĐ 261/QĐ-BYT)."""

    severe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility(Coded):
    """A place of care that people are sent to; `level` is a `hospitalization.FacilityLevel`, empty where not said."""

    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit(Coded):
    """A test kit; `kind` is an `episodes.TestKind`, `maker` may be empty."""

    kind: str
    maker: str = ""


Item = TypeVar("Item", bound=Coded)


def read_rows(text: str) -> Iterable[dict[str, str]]:
    """Rows of a CSV text by column name. Raises ValueError when it is too long or a row has a wrong length."""
    if len(text) > MAX_LIST_BYTES:
        raise ValueError("list too long")
    reader = csv.reader(text.splitlines())
    head = next(reader, [])
    for row in reader:
        if len(row) != len(head):
            raise ValueError(f"row {reader.line_num}: {len(row)} of {len(head)} columns")
        yield dict(zip(head, row, strict=True))


def _flag(value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError(f"neither true nor false: {value}")
    return value == "true"


def _by_code(text: str, make: Callable[[dict[str, str]], Item]) -> Mapping[str, Item]:
    """The list in the file's order. Raises ValueError for a doubled code, KeyError for a missing column."""
    found: dict[str, Item] = {}
    for row in read_rows(text):
        if row["code"] in found:
            raise ValueError(f"code twice: {row['code']}")
        found[row["code"]] = make(row)
    return MappingProxyType(found)


def parse_ethnic_groups(text: str) -> Mapping[str, EthnicGroup]:
    """Read ethnic_groups.csv."""
    return _by_code(
        text,
        lambda row: EthnicGroup(
            code=row["code"],
            label=row["label"],
            label_en=row["label_en"],
            aliases=tuple(filter(None, row["aliases"].split("|"))),
            source=row["source"],
            confirmed=_flag(row["confirmed"]),
        ),
    )


def _coded(row: dict[str, str]) -> Coded:
    """A row whose label is the same in every language."""
    return Coded(
        code=row["code"],
        label=row["label"],
        label_en=row["label"],
        source=row["source"],
        confirmed=_flag(row["confirmed"]),
    )


def parse_citizen_provinces(text: str) -> Mapping[str, Coded]:
    """Read citizen_provinces.csv: the first three digits of a citizen number, province of birth registration."""
    return _by_code(text, _coded)


def parse_phone_prefixes(text: str) -> Mapping[str, str]:
    """Read phone_prefixes.csv: the prefixes of mobile numbers of before 2018, each with its new one."""
    return {old: known.label for old, known in _by_code(text, _coded).items()}
