"""Whoever is to be injected at a session, with all that is judged of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from covidstation.db.queries.vaccination import doses_of
from covidstation.db.rows import PersonRow, VaccinationSessionRow
from covidstation.domain.vaccination.doses import Dose
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.sessions import observed_until
from covidstation.services.vaccination.standing import DeskRules, Standing, standing_in


@dataclass(frozen=True, slots=True)
class Case:
    """Whoever is to be injected at a session, with all that is known of them."""

    row: VaccinationSessionRow
    person: PersonRow
    rules: DeskRules
    standing: Standing
    before: tuple[Dose, ...]
    at: datetime

    @property
    def products(self) -> Products:
        """The vaccines of the session's day."""
        return self.rules.products(self.row.day)

    @property
    def until(self) -> datetime:
        """When they have sat out their time."""
        return observed_until(self.at, self.rules.screening(self.row.day).observe_minutes)


def case_in(session: Session, row: VaccinationSessionRow, person: PersonRow, rules: DeskRules, at: datetime) -> Case:
    """The same, as the register and the schedule have it at that hour. Raises UserError people.unknown_person."""
    before = doses_of(session, person.id)
    return Case(row, person, rules, standing_in(session, person, rules.schedule, before, row.day), before, at)
