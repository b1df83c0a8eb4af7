"""How a daily report is headed and who receives it: dated data (`resources/rules/daily_report.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from covidstation.domain.rule_sets import Dated, rule_tables
from covidstation.domain.rule_tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyForm(Dated):
    """The words around the figures. `{name}` and `{NAME}` in them stand for the station's own names."""

    symbol: str
    subject: str
    parent: str
    recipients: tuple[str, ...]


def parse_daily_forms(text: str) -> tuple[DailyForm, ...]:
    """The forms of the file. Raises RuleError."""
    return tuple(_form(table) for table in rule_tables(text))


def _form(table: dict[str, Any]) -> DailyForm:
    row = Table(table, "daily_report")
    texts: dict[str, Any] = {name: row.text(name) for name in ("symbol", "subject", "parent")}
    form = DailyForm(**row.dated(), **texts, recipients=tuple(row.texts("recipients")))
    row.close()
    return form


def filled(text: str, names: Mapping[str, str]) -> str:
    """The text with its names, in capitals where the place asks for them; one without a value drops out."""
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value).replace(f"{{{name.upper()}}}", value.upper())
    return " ".join(text.split())
