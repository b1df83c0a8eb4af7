"""The lists of vaccines and their schedules, as this station has them."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.domain.rule_sets import Family
from covidstation.domain.vaccination.products import Products, products_on, read_products
from covidstation.domain.vaccination.schedule_rules import Schedule, read_schedule_rule
from covidstation.services.rules.versions import rules_in


def products_in(session: Session, catalog: Catalog, day: date) -> Products:
    """The vaccines in force on that day."""
    return products_on(rules_in(session, Family.VACCINES, catalog.vaccine_products, read_products), day)


def schedule_in(session: Session, catalog: Catalog) -> Schedule:
    """All schedules and lists of vaccines."""
    rules = rules_in(session, Family.SCHEDULE, catalog.vaccine_schedules, read_schedule_rule)
    return Schedule.of(rules, rules_in(session, Family.VACCINES, catalog.vaccine_products, read_products))
