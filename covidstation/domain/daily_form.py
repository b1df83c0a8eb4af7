"""How a daily report is headed and who receives it: dated data (`resources/rules/daily_report.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from covidstation.domain.rule_sets import RuleError, rule_tables


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyForm:
    """The words around the figures. `{name}` and `{NAME}` in them stand for the station's own names."""

    id: str
    title: str
    valid_from: date
    valid_until: date | None
    source: str
    confirmed: bool
    symbol: str
    subject: str
    parent: str
    recipients: tuple[str, ...]


def parse_daily_forms(text: str) -> tuple[DailyForm, ...]:
    """The forms of the file. Raises RuleError."""
    return tuple(_form(table) for table in rule_tables(text))


def _form(table: Mapping[str, Any]) -> DailyForm:
    try:
        return DailyForm(**{**table, "valid_until": table.get("valid_until"), "recipients": tuple(table["recipients"])})
    except (KeyError, TypeError) as trouble:
        raise RuleError(str(trouble)) from trouble


def filled(text: str, names: Mapping[str, str]) -> str:
    """The text with its names, in capitals where the place asks for them; one without a value drops out."""
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value).replace(f"{{{name.upper()}}}", value.upper())
    return " ".join(text.split())
