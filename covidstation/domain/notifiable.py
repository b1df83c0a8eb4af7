"""The clock of the notifiable-disease system: by which moment a case or a death must be entered, as dated data.

Sources: Thông tư 54/2015/TT-BYT, Quyết định 26/2023/QĐ-TTg, Thông tư 15/2026/TT-BYT, Quyết định 97/QĐ-PB; each rule in
`resources/rules/notifiable.toml` names its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from covidstation.domain.rule_sets import RuleError, rule_tables

MOST_HOURS: Final = 24 * 31


class ReportClass(StrEnum):
    """The three lists of diseases."""

    DAY = "24H"
    TWO_DAYS = "48H"
    WEEKLY = "WEEKLY"


class NoticeEvent(StrEnum):
    """What the system must hear of."""

    CASE = "CASE"
    DEATH = "DEATH"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifiableRule:
    """The duty to report one disease through one time. Hours count from the diagnosis, or from the death."""

    id: str
    title: str
    valid_from: date
    valid_until: date | None = None
    source: str
    confirmed: bool
    disease: str
    icd10: tuple[str, ...]
    report_class: ReportClass
    case_hours: int
    case_from: str
    death_hours: int
    death_from: str
    form: str
    weekly_grace_hours: int = 48  # a week runs Monday 00h – Sunday 24h and is sent before Wednesday (TT 15/2026)


def read_notifiable_rule(table: Mapping[str, Any]) -> NotifiableRule:
    """One rule from its table. Raises RuleError."""
    known = {one.name for one in fields(NotifiableRule)}
    unknown = table.keys() - known
    if unknown:
        raise RuleError(f"{table.get('id', '?')}: {sorted(unknown)}")
    try:
        rule = NotifiableRule(
            **{
                **table,
                "icd10": tuple(str(code) for code in table["icd10"]),
                "report_class": ReportClass(table["report_class"]),
            }
        )
    except (KeyError, TypeError, ValueError) as trouble:
        raise RuleError(f"{table.get('id', '?')}: {trouble}") from trouble
    hours = (rule.case_hours, rule.death_hours, rule.weekly_grace_hours)
    if not all(isinstance(one, int) and 0 < one <= MOST_HOURS for one in hours):
        raise RuleError(f"{rule.id}: hours")
    return rule


def parse_notifiable_rules(text: str) -> tuple[NotifiableRule, ...]:
    """The rules of the file. Raises RuleError."""
    return tuple(read_notifiable_rule(table) for table in rule_tables(text))


def due_at(rule: NotifiableRule, event: NoticeEvent, known_at: datetime) -> datetime:
    """Until when it must be entered. `known_at`: the diagnosis, or when the death was verified."""
    if event is NoticeEvent.DEATH:
        return known_at + timedelta(hours=rule.death_hours)
    if rule.report_class is ReportClass.WEEKLY:
        day = known_at.date()
        monday = day - timedelta(days=day.weekday()) + timedelta(days=7)
        return datetime(monday.year, monday.month, monday.day) + timedelta(hours=rule.weekly_grace_hours)
    return known_at + timedelta(hours=rule.case_hours)
