"""The clock of the notifiable-disease system: by which moment a case or a death must be entered, as dated data.

Sources: Thông tư 54/2015/TT-BYT, Quyết định 26/2023/QĐ-TTg, Thông tư 15/2026/TT-BYT, Quyết định 97/QĐ-PB; each rule in
`resources/rules/notifiable.toml` names its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from covidstation.domain.rule_sets import Dated, rule_tables
from covidstation.domain.rule_tables import Table

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
class NotifiableRule(Dated):
    """The duty to report one disease through one time. Hours count from the diagnosis, or from the death."""

    disease: str
    icd10: tuple[str, ...]
    report_class: ReportClass
    case_hours: int
    case_from: str
    death_hours: int
    death_from: str
    form: str
    weekly_grace_hours: int  # after a week that runs Monday 00h – Sunday 24h


def read_notifiable_rule(table: dict[str, Any]) -> NotifiableRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "notifiable")
    rule = NotifiableRule(
        **row.dated(),
        disease=row.text("disease"),
        icd10=tuple(row.texts("icd10")),
        report_class=row.member("report_class", ReportClass),
        case_hours=row.count("case_hours"),
        case_from=row.text("case_from"),
        death_hours=row.count("death_hours"),
        death_from=row.text("death_from"),
        form=row.text("form"),
        weekly_grace_hours=row.count("weekly_grace_hours"),
    )
    row.close()
    for name in ("case_hours", "death_hours", "weekly_grace_hours"):
        if not 0 < getattr(rule, name) <= MOST_HOURS:
            raise row.trouble(name)
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
