"""The versions of a rule that a station made, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import RuleVersionRow
from covidstation.domain.rule_sets import Family


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEdition:
    """One version: its number, who made it when and why, and the rule as TOML."""

    rule_id: str
    version: int
    body: str
    confirmed: bool
    reason: str
    by_name: str
    at: datetime


def editions(session: Session, family: Family) -> tuple[RuleEdition, ...]:
    """All versions of a family's rules, newest first."""
    query = select(RuleVersionRow).where(RuleVersionRow.family == family.value).order_by(RuleVersionRow.version.desc())
    return tuple(
        RuleEdition(
            rule_id=row.rule_id,
            version=row.version,
            body=row.body,
            confirmed=row.confirmed,
            reason=row.reason,
            by_name=row.by_name,
            at=row.edited_at,
        )
        for row in session.scalars(query)
    )
