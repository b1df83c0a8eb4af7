"""Who is in a vaccination session and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from covidstation.db.mapping import birth_of
from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.vaccination import dose_of, dose_stands
from covidstation.db.rows import HamletRow, PersonRow, SessionPersonRow, VaccineDoseRow
from covidstation.db.session import Database
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import Dose
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import Consent, NoDose, Seat, Step

_PERSON: Final = (
    PersonRow.full_name, PersonRow.birth_year, PersonRow.birth_month, PersonRow.birth_day, PersonRow.sex,
    PersonRow.phone, PersonRow.sort_key, PersonRow.hamlet_id, PersonRow.address_detail, PersonRow.citizen_number,
    PersonRow.insurance_number,
)  # fmt: skip

_SEAT: Final = tuple(getattr(SessionPersonRow, one.key) for one in SessionPersonRow.__table__.columns)
_DOSE: Final = tuple(getattr(VaccineDoseRow, one.key) for one in VaccineDoseRow.__table__.columns)
"""Columns, not rows: a session of 600 is read after each injection."""

_STEPS: Final = tuple(Step)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLine:
    """One person of a session. Times are the station's wall clock; `dose` is the one that was given in it."""

    id: UUID
    session_id: UUID
    person_id: UUID
    full_name: str
    sort_key: str
    birth: PartialDate | None
    sex: str
    phone: str
    citizen_number: str
    insurance_number: str
    hamlet_id: UUID | None
    hamlet: str
    address: str
    place_no: int | None
    seat: Seat
    vitals: Vitals
    answers: frozenset[str]
    weeks: int | None
    proposed: Outcome | None
    outcome_reason: str
    rule: str
    screened_by: str
    guardian_name: str
    guardian_relation: str
    guardian_phone: str
    no_dose_reason: str
    again_on: date | None
    stance_id: UUID | None
    dose: Dose | None
    note: str

    @property
    def step(self) -> Step:
        """Where they stand."""
        return self.seat.step


def seats(db: Database, session_id: UUID) -> tuple[SeatLine, ...]:
    """Everybody of a session, by their number on the list, then by name."""
    with db.read() as session:
        return seats_in(session, session_id)


def seats_in(session: Session, session_id: UUID, *people: UUID) -> tuple[SeatLine, ...]:
    """The same inside a transaction; of these people alone, when any are named."""
    seated, doses = _queries(some=bool(people))
    asked: dict[str, Any] = {"session": session_id} | ({"people": people} if people else {})
    given: dict[UUID, Dose] = {}
    for one in session.execute(doses, asked):
        given.setdefault(one.person_id, dose_of(one))
    return _one_each(seat_line(found, given.get(found.person_id)) for found in session.execute(seated, asked))


@cache  # making them takes longer than asking about one person
def _queries(*, some: bool) -> tuple[Any, Any]:
    """The people of a session and its doses; of `some` people alone."""
    row, dose = SessionPersonRow, VaccineDoseRow
    held: Any = bindparam("session", type_=row.session_id.type)
    people: Any = bindparam("people", type_=row.person_id.type, expanding=True)
    seated = (
        select(*_SEAT, *_PERSON, hamlet_words().label("hamlet"))
        .join(PersonRow, PersonRow.id == row.person_id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .where(row.session_id == held, row.invited | row.come_at.is_not(None))
        .order_by(row.come_at.is_(None), row.n)
    )
    doses = select(*_DOSE).where(dose.session_id == held, dose_stands()).order_by(dose.n)
    if some:
        seated, doses = seated.where(row.person_id.in_(people)), doses.where(dose.person_id.in_(people))
    return seated, doses


def _one_each(lines: Iterable[SeatLine]) -> tuple[SeatLine, ...]:
    """Two records of one person that were merged sit in one session twice: who came further speaks, of two who came as
    far the sheet that forbids more, else the row that was written first."""
    found: dict[UUID, SeatLine] = {}
    for one in lines:
        other = found.get(one.person_id)
        if other is None or _speaks(one) > _speaks(other):
            found[one.person_id] = one
    return in_order(found.values())


def _speaks(line: SeatLine) -> tuple[int, int]:
    """The row with the greater one of two speaks."""
    outcome = line.seat.outcome
    return _STEPS.index(line.step), -1 if outcome is None else outcome.weight


def in_order(lines: Iterable[SeatLine]) -> tuple[SeatLine, ...]:
    """By their number on the list, then by name."""
    return tuple(sorted(lines, key=lambda one: (one.place_no or 10**6, one.sort_key, one.id)))


def seat_line(found: Any, dose: Dose | None) -> SeatLine:
    """A row of the question above as a value."""
    row = found
    return SeatLine(
        id=row.id,
        session_id=row.session_id,
        person_id=row.person_id,
        full_name=found.full_name,
        sort_key=found.sort_key,
        birth=birth_of(found),
        sex=found.sex,
        phone=found.phone,
        citizen_number=found.citizen_number,
        insurance_number=found.insurance_number,
        hamlet_id=found.hamlet_id,
        hamlet=found.hamlet,
        address=found.address_detail,
        place_no=row.place_no,
        seat=seat_of_row(row, dose),
        vitals=Vitals(
            temperature=row.temperature,
            pulse=row.pulse,
            breaths=row.breaths,
            systolic=row.systolic,
            diastolic=row.diastolic,
        ),
        answers=frozenset(row.answers),
        weeks=row.weeks,
        proposed=Outcome(row.proposed) if row.proposed else None,
        outcome_reason=row.outcome_reason,
        rule=row.rule,
        screened_by=row.screened_by,
        guardian_name=row.guardian_name,
        guardian_relation=row.guardian_relation,
        guardian_phone=row.guardian_phone,
        no_dose_reason=row.no_dose_reason,
        again_on=row.again_on,
        stance_id=row.stance_id,
        dose=dose,
        note=row.note,
    )


def seat_of_row(row: Any, dose: Dose | None) -> Seat:
    """What the row and the dose say of where somebody stands. A dose without its hour counts from noon of its day."""
    at = dose.given_at if dose is not None else None
    if dose is not None and at is None:
        at = datetime.combine(dose.given.earliest, datetime.min.time()).replace(hour=12)
    return Seat(
        invited=row.invited,
        come_at=row.come_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        consent=Consent(row.consent),
        no_dose=NoDose(row.no_dose) if row.no_dose else None,
        injected_at=at,
        left_at=row.left_at,
    )


def counts_of(lines: Iterable[SeatLine]) -> Mapping[Step, int]:
    """How many stand where."""
    found = dict.fromkeys(Step, 0)
    for one in lines:
        found[one.step] += 1
    return found
