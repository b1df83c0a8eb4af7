"""Triage by the rules in force at the case's date."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.session import Database
from covidstation.domain.guidelines import Guideline, guideline_on, read_guideline
from covidstation.domain.rule_sets import Family
from covidstation.services.rules import rules_in


def guideline_in(session: Session, catalog: Catalog, day: date) -> Guideline:
    """The station's guideline in force on a case's report date. Raises RuleError when no guideline is known for it."""
    return guideline_on(rules_in(session, Family.GUIDELINE, catalog.guidelines, read_guideline), day)


def guideline_on_day(db: Database, catalog: Catalog, day: date) -> Guideline:
    """The same, for a window."""
    with db.read() as session:
        return guideline_in(session, catalog, day)
