"""Somebody stands at the desk of a session: all that is known of them, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.mapping import birth_of
from covidstation.db.queries.chronic_person import died_in
from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.vaccination import doses_of, stances_of
from covidstation.db.queries.vaccine_seats import SeatLine, seats_in
from covidstation.db.queries.vaccine_sessions import takes_in
from covidstation.db.rows import (
    ChronicConditionRow,
    ChronicVisitRow,
    EpisodeRow,
    HamletRow,
    PersonRow,
    VaccinationSessionRow,
)
from covidstation.db.session import Database
from covidstation.domain.chronic import ConditionStatus
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.flow import COUNTED
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.doses import Dose, DoseClass
from covidstation.domain.vaccination.fitting import fitting, fitting_drawing, of_age
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.screening import ScreeningFacts, ScreeningRule, ScreeningSheet, age_in_years
from covidstation.domain.vaccination.sessions import Drawing, Take
from covidstation.domain.vaccination.stances import Stance
from covidstation.errors import UserError
from covidstation.services.access.audit import shows
from covidstation.services.rights import needs
from covidstation.services.vaccination.history import person_in
from covidstation.services.vaccination.sessions import session_in
from covidstation.services.vaccination.standing import DeskRules, Standing, desk_rules, standing_in

ALL_DAY: Final = 24 * 60  # minutes: of a session on paper nobody wrote when a vial was opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One person at the desk. `seat` is None while they are not in the session; `age` in full years on its day."""

    session_id: UUID
    person_id: UUID
    full_name: str
    birth: PartialDate | None
    age: int | None
    sex: str
    phone: str
    hamlet: str
    address: str
    citizen_number: str
    guardians: tuple[str, ...]  # the names of the parents, where they are known
    day: date
    rule: ScreeningRule
    sheet: ScreeningSheet
    facts: ScreeningFacts
    seat: SeatLine | None
    doses: tuple[Dose, ...]
    stances: tuple[Stance, ...]  # that hold on the day
    standing: Standing  # what the schedule says of them, without the dose of this session
    products: Products
    takes: tuple[Take, ...]
    on_paper: bool

    @property
    def next_dose(self) -> tuple[DoseClass, int]:
        """Which dose it would be."""
        return self.standing.next_dose

    @property
    def fits(self) -> bool:
        """Whether the session took along a vaccine that may follow."""
        return bool(fitting(self._of_age, self.standing.wanted))

    @property
    def _of_age(self) -> tuple[Take, ...]:
        return of_age(self.standing.open_to(self.takes), self.products, self.birth, self.day)

    def clock(self, now: datetime, hour: datetime | None = None) -> tuple[datetime, int]:
        """By which hour a vial must still be good to be proposed, and for how many minutes it is: by the `hour` of the
        dose that was typed. Of a session that is over, while none is, or on paper, each with a dose left is."""
        if hour is not None and not self.on_paper:
            return hour, self.rule.vial_minutes
        if not self._is_over(now):
            return now, self.rule.vial_minutes
        return max((vial.opened_at for one in self._of_age for vial in one.opened), default=now), ALL_DAY

    def _is_over(self, now: datetime) -> bool:
        return self.on_paper or now.date() > self.day

    def drawing(self, now: datetime, hour: datetime | None = None) -> Drawing | None:
        """Where their dose comes out at that moment, or was given at that `hour`, as the injection finds it; None when
        nothing that fits is left."""
        takes, (at, minutes) = self._of_age, self.clock(now, hour)
        if hour is not None or self._is_over(now):
            takes = tuple(replace(one, waits=False) for one in takes)
        had = [one.product for one in self.doses if one.session_id != self.session_id]
        return fitting_drawing(takes, self.standing.wanted, had, self.day, at, minutes)


@needs(Right.ENTER)
@shows("vaccination")
def look_at_arrival(db: Database, person_id: UUID, *, session_id: UUID, catalog: Catalog) -> Arrival:
    """All of it. Raises UserError people.unknown_person, vaccine_session.unknown, cancelled, moved."""
    rules = desk_rules(db, catalog=catalog)
    with db.read() as session:
        row = session_in(session, session_id, closed=True)
        person = here_in(session, person_id, row.day)
        return _arrival(session, row, person, rules)


def here_in(session: Session, person_id: UUID, day: date) -> PersonRow:
    """Somebody whom the station may have vaccinated on that day: who died later had the dose. Raises UserError
    people.unknown_person, vaccine_session.moved."""
    person = person_in(session, person_id)
    died = died_in(session, person_id)
    if person.moved_to is not None or (died is not None and died < day):
        raise UserError("vaccine_session.moved", name=person.full_name)
    return person


def _arrival(session: Session, row: VaccinationSessionRow, person: PersonRow, rules: DeskRules) -> Arrival:
    rule, birth = rules.screening(row.day), birth_of(person)
    doses = doses_of(session, person.id)
    before = tuple(one for one in doses if one.session_id != row.id)
    hamlet = select(hamlet_words()).where(HamletRow.id == person.hamlet_id)
    return Arrival(
        session_id=row.id,
        person_id=person.id,
        full_name=person.full_name,
        birth=birth,
        age=age_in_years(birth, row.day),
        sex=person.sex,
        phone=person.phone,
        hamlet=session.scalars(hamlet).first() or "",
        address=person.address_detail,
        citizen_number=person.citizen_number,
        guardians=tuple(filter(None, (person.mother_name, person.father_name))),
        day=row.day,
        rule=rule,
        sheet=rule.sheet_for(birth, row.day),
        facts=facts_in(session, person, row.day),
        seat=next(iter(seats_in(session, row.id, person.id)), None),
        doses=doses,
        stances=tuple(one for one in stances_of(session, person.id) if one.holds(row.day)),
        standing=standing_in(session, person, rules.schedule, before, row.day),
        products=rules.products(row.day),
        takes=takes_in(session, row.id),
        on_paper=row.on_paper,
    )


def facts_in(session: Session, person: PersonRow, day: date) -> ScreeningFacts:
    """What the register can answer of the sheet: of that day and before."""
    followed = select(ChronicConditionRow.group_code, ChronicConditionRow.code).where(
        ChronicConditionRow.person_id == person.id, ChronicConditionRow.status == ConditionStatus.ACTIVE.value
    )
    conditions = {group or code for group, code in session.execute(followed)} | set(person.conditions)
    return ScreeningFacts(
        birth=birth_of(person),
        sex=person.sex,
        conditions=tuple(sorted(conditions)),
        pregnant=person.pregnancy == "YES",
        nursing=person.breastfeeding == "YES",
        infected_on=_infected_on(session, person.id, day),
        ill=_is_ill(session, person.id, day),
        usual_systolic=usual_systolic_in(session, person.id, day),
    )


def _began() -> ColumnElement[date]:
    return func.coalesce(EpisodeRow.onset_date, EpisodeRow.report_date)


def _infected_on(session: Session, person_id: UUID, day: date) -> date | None:
    """When the newest illness began that counts as a case, as the schedule has it."""
    counted = (EpisodeRow.person_id == person_id, EpisodeRow.classification.in_(sorted(COUNTED)), _began() <= day)
    return session.scalars(select(func.max(_began())).where(*counted)).first()


def _is_ill(session: Session, person_id: UUID, day: date) -> bool:
    """Whether an illness was open on that day, of whoever is suspected as well; of one that ended without a day nobody
    says so."""
    lasting = or_(EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value, EpisodeRow.outcome_on > day)
    no_case = EpisodeRow.classification == CaseClassification.NO_CASE.value
    found = exists().where(EpisodeRow.person_id == person_id, ~no_case, _began() <= day, lasting)
    return bool(session.scalar(select(found)))


def usual_systolic_in(session: Session, person_id: UUID, day: date) -> int | None:
    """What was measured last, by that day."""
    seen = ChronicVisitRow
    voided = select(seen.voids).where(seen.voids.is_not(None))
    query = (
        select(seen.systolic)
        .where(seen.person_id == person_id, seen.systolic.is_not(None), seen.day <= day, seen.id.not_in(voided))
        .order_by(seen.day.desc(), seen.n.desc())
    )
    return session.scalars(query.limit(1)).first()


def before_opening(row: VaccinationSessionRow, at: datetime) -> datetime | None:
    """When a session that was run on screen was opened, if that moment is before it."""
    begun = row.opened_at.replace(second=0, microsecond=0) if row.opened_at is not None else None
    if begun is None or row.on_paper or begun.date() != row.day or at >= begun:
        return None
    return begun


def at_hour(row: VaccinationSessionRow, hour: datetime | None, now: datetime) -> datetime | None:
    """The moment of an act of that session: now on its day; on another day the hour that is said, None without one."""
    if hour is not None:
        return datetime.combine(row.day, hour.time())
    return now.replace(microsecond=0, tzinfo=None) if row.day == now.date() else None
