"""The papers of monitoring as frozen values: the round sheet for the road, and one person's own sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from covidstation.domain.care import Round
from covidstation.domain.rule_sets import Dated, rule_tables
from covidstation.domain.rule_tables import Table

OTHER = "other"
"""The line for symptoms that have none of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One line of a person's sheet; a head has no key."""

    label: str
    key: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetForm(Dated):
    """What a guideline asks to be written down every day; `days` is how many stand on one page."""

    days: int
    advice: str
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSheetLine:
    """One person on the road: who and where, how they were last, and what this round has already (often nothing).

    `cells`: hour, temperature, SpO2, pulse, breaths, pressure, signs.
    """

    name: str
    age: str
    phone: str
    house: str
    day_number: int
    last: str = ""  # "37,2 · 97 · 84 · 18"
    last_at: str = ""  # "07:10 09/03"
    danger: bool = False  # a sign that nobody has answered
    cells: tuple[str, ...] = ("",) * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSheetGroup:
    """A hamlet, in the order of the houses."""

    title: str
    lines: tuple[RoundSheetLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSheet:
    """A round to be carried along and written into."""

    station: str
    parent: str
    day: date
    round: Round
    groups: tuple[RoundSheetGroup, ...]
    training: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfDay:
    """One column of a person's sheet: values by row key; empty ones are left to be written by hand."""

    day: date | None
    number: int  # of the isolation's day
    round: Round
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientSheet:
    """One person's sheet: the form's lines, days across, each with its morning and afternoon."""

    form: SheetForm
    station: str
    parent: str
    station_phone: str
    name: str
    birth: str
    sex: str
    address: str
    phone: str
    conditions: str
    columns: tuple[HalfDay, ...]
    training: bool = False


def parse_sheet_forms(text: str) -> tuple[SheetForm, ...]:
    """Read `resources/rules/patient_sheet.toml`. Raises RuleError."""
    return tuple(map(_read_form, rule_tables(text)))


def _read_form(table: dict[str, Any]) -> SheetForm:
    row = Table(table, "patient_sheet")
    rows = tuple(_read_row(one) for one in row.plain_tables("rows"))
    form = SheetForm(**row.dated(), days=row.count("days"), advice=row.text("advice"), rows=rows)
    row.close()
    return form


def _read_row(row: Table) -> SheetRow:
    found = SheetRow(label=row.text("label"), key=row.text("key", ""), codes=tuple(row.texts("codes", [])))
    row.close()
    return found
