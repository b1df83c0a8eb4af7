"""What a person's page shows of care, asked in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.care import CareRecord, care_record
from covidstation.db.queries.people import PersonPage, person_page
from covidstation.db.session import Database
from covidstation.domain.episodes import CaseOutcome, Episode
from covidstation.domain.follow_up import follow_up_rule_on
from covidstation.domain.needs import Needs
from covidstation.domain.rights import Right
from covidstation.services.access.audit import shows
from covidstation.services.care.follow_up import follow_up_rules
from covidstation.services.care.isolation import CaseRules, case_rules, needs_on
from covidstation.services.care.triage import RiskWhy, why_risk
from covidstation.services.rights import needs
from covidstation.services.rules.versions import station_catalog_of


@dataclass(frozen=True, slots=True)
class CareLook:
    """The person with all care. `open` is the illness that has not ended; `rules`, `why` and its needs are its own.

    `catalog` has the station's own versions of the rules.
    """

    page: PersonPage
    record: CareRecord
    catalog: Catalog
    open: Episode | None = None
    rules: CaseRules = field(default_factory=lambda: CaseRules(None, None))
    why: RiskWhy | None = None
    needs: Mapping[UUID, Needs] = field(default_factory=dict)
    plan_confirmed: bool = True  # whether somebody has confirmed the months after

    @property
    def first_day(self) -> int:
        """The number that the first day of the open isolation bears."""
        return self.rules.isolation.first_day_number if self.rules.isolation else 1

    @property
    def open_needs(self) -> Needs | None:
        """What the open illness still needs."""
        return self.needs.get(self.open.id) if self.open else None


@needs(Right.SEE)
@shows("person")
def look_at_care(db: Database, catalog: Catalog, person_id: UUID, today: date) -> CareLook | None:
    """All of one person; None for one who is not in the register."""
    page = person_page(db, person_id)
    if page is None:
        return None
    record, catalog = care_record(db, person_id), station_catalog_of(db, catalog)
    now = next((one for one in page.episodes if one.outcome is CaseOutcome.NO_OUTCOME), None)
    if now is None:
        return CareLook(page, record, catalog, plan_confirmed=_plan_confirmed(db, catalog, page))
    day = now.report_date or (now.isolation_start.date() if now.isolation_start else today)
    return CareLook(
        page=page,
        record=record,
        catalog=catalog,
        open=now,
        rules=case_rules(db, catalog, day),
        why=why_risk(db, catalog, now.id),
        needs=needs_on(db, catalog, [now.id], today),
    )


def _plan_confirmed(db: Database, catalog: Catalog, page: PersonPage) -> bool:
    ended = next((one.outcome_on for one in page.episodes if one.outcome_on), None)
    if ended is None:
        return True
    with db.read() as session:
        rule = follow_up_rule_on(follow_up_rules(session, catalog), ended)
    return rule is None or rule.confirmed
