"""What a person's page says beside the record: of the district, of conflicts, of records that were merged."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from covidstation.db.queries.chronic_person import chronic_record_in
from covidstation.db.queries.dispensing import Prescribed, prescriptions_in
from covidstation.db.queries.district import DistrictItem, items_about
from covidstation.db.queries.vaccination import doses_of, stances_of
from covidstation.db.queries.vaccine_events import events_of
from covidstation.db.session import Database
from covidstation.domain.chronic_visits import ChronicVisit
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.doses import Dose
from covidstation.domain.vaccination.reactions import AdverseEvent
from covidstation.domain.vaccination.stances import Stance
from covidstation.services.district.moves import Whereabouts, whereabouts
from covidstation.services.exchange.conflicts import Conflict, list_conflicts
from covidstation.services.merging import Merged, merged_behind, standing_person
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True)
class AboutPerson:
    """What a person's page says beside the record: where the person is, what the district asks or told of them, where
    both wrote different values, which records were merged into this one, what of the elders' books is theirs, which
    doses they had and how they bore them. `person` is the record that stands."""

    person: UUID
    where: Whereabouts
    items: tuple[DistrictItem, ...]
    conflicts: tuple[Conflict, ...] = ()
    merged: tuple[Merged, ...] = ()
    visits: tuple[ChronicVisit, ...] = ()
    medicines: tuple[Prescribed, ...] = ()
    doses: tuple[Dose, ...] = ()
    stances: tuple[Stance, ...] = ()
    reactions: tuple[AdverseEvent, ...] = ()


@needs(Right.SEE)
def about_person(db: Database, person_id: UUID) -> AboutPerson:
    """All of it, for a person's page."""
    person_id = standing_person(db, person_id)
    with db.read() as session:
        visits = chronic_record_in(session, person_id).visits
        medicines = prescriptions_in(session, person_id)
        doses, stances = doses_of(session, person_id), stances_of(session, person_id)
    return AboutPerson(
        person_id,
        whereabouts(db, person_id),
        items_about(db, person_id),
        tuple(list_conflicts(db, person_id=person_id)),
        tuple(merged_behind(db, person_id)),
        visits,
        medicines,
        doses,
        stances,
        events_of(db, person_id),
    )
