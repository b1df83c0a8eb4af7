"""Doses that people had and what stands between them and the next one, as the register has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from covidstation.db.mapping import birth_of
from covidstation.db.queries.daily import in_chunks
from covidstation.db.rows import PersonRow, VaccinationSessionRow, VaccineDoseRow, VaccineStanceRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import VOIDED, Dose, DoseClass, DoseSource, Site, in_order
from covidstation.domain.vaccination.paper_number import around, bare_number
from covidstation.domain.vaccination.sessions import SessionPlace
from covidstation.domain.vaccination.stances import ClosedReason, Had, Stance, StanceKind, Told, settled

SAME_IN_DOSE: Final = (
    "person_id", "given_at", "product", "product_name", "number", "lot_number", "lot_id", "expiry", "volume",
    "facility", "country", "vaccinator", "certificate", "session_id", "vial_id", "drawn", "reason", "note", "voids",
)  # fmt: skip
SAME_IN_STANCE: Final = (
    "person_id", "reason", "since", "until", "product", "next_step", "due_on", "note",
)  # fmt: skip

_CLOSES: Final = ("closed_on", "closed_reason")
_SAYS: Final = ("kind", "product", *_CLOSES)


@lru_cache(maxsize=1)  # an alias takes longer to make than the question to ask
def dose_stands() -> ColumnElement[bool]:
    """A dose that no later row takes back."""
    other = aliased(VaccineDoseRow)
    voided = select(other.n).where(other.voids == VaccineDoseRow.id)
    return (VaccineDoseRow.source != VOIDED) & ~voided.exists()


def doses_of(session: Session, person_id: UUID) -> tuple[Dose, ...]:
    """The doses that stand, the oldest first."""
    query = select(VaccineDoseRow).where(VaccineDoseRow.person_id == person_id, dose_stands())
    return tuple(in_order(map(dose_of, session.scalars(query))))


class Holder(NamedTuple):
    """Somebody for whom a dose stands."""

    full_name: str
    birth: PartialDate | None
    given: PartialDate


def other_holder(session: Session, certificate: str, person_id: UUID) -> Holder | None:
    """Whoever else has a standing dose of that certificate, whichever of its doses."""
    dose, number = VaccineDoseRow, bare_number(certificate)
    query = (
        select(dose, PersonRow)
        .join(PersonRow, PersonRow.id == dose.person_id)
        .where(dose.certificate.between(*around(number)), dose.person_id != person_id, dose_stands())
    )
    for row, person in session.execute(query.order_by(dose.n)):
        if bare_number(row.certificate) == number:
            return Holder(person.full_name, birth_of(person), dose_of(row).given)
    return None


def doses_of_many(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, tuple[Dose, ...]]:
    """The same for many; whoever had none is not in it."""
    found: dict[UUID, list[Dose]] = {}
    query = select(VaccineDoseRow).where(dose_stands())
    for (row,) in in_chunks(session, query, VaccineDoseRow.person_id, ids):
        found.setdefault(row.person_id, []).append(dose_of(row))
    return {person: tuple(in_order(doses)) for person, doses in found.items()}


def stances_of(session: Session, person_id: UUID) -> tuple[Stance, ...]:
    """Everything that stood or stands between somebody and the next dose: what is open first, then the newest."""
    query = select(VaccineStanceRow).where(VaccineStanceRow.person_id == person_id)
    return settled_of(session, session.scalars(query)).get(person_id, ())


def stances_of_many(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, tuple[Stance, ...]]:
    """The same for many; of whom nothing was said is not in it."""
    rows = in_chunks(session, select(VaccineStanceRow), VaccineStanceRow.person_id, ids)
    return settled_of(session, (row for (row,) in rows))


def settled_of(session: Session, rows: Iterable[VaccineStanceRow]) -> Mapping[UUID, tuple[Stance, ...]]:
    """These rows by person, as they stand with the doses since. All rows of a person, or none."""
    told: dict[UUID, list[Told]] = {}
    for row in rows:
        told.setdefault(row.person_id, []).append(_told(row))
    asked = [person for person, found in told.items() if any(one.stance.open for one in found)]
    had = _had(session, asked)
    return {person: _sorted(settled(found, had.get(person, ()))) for person, found in told.items()}


def _told(row: VaccineStanceRow) -> Told:
    stamps = row.stamps or {}
    said, closed = (max(stamps.get(name, row.made) for name in names) for names in (_SAYS, _CLOSES))
    return Told(stance_of(row), row.made, said, closed)


def _had(session: Session, people: Sequence[UUID]) -> Mapping[UUID, list[Had]]:
    """The doses that stand, a corrected one with the stamp of the row that it corrects, whoever corrected it last."""
    dose, held = VaccineDoseRow, VaccinationSessionRow
    columns = (dose.person_id, dose.id, dose.voids, dose.source, dose.made, held.place)
    given = (dose.given_year, dose.given_month, dose.given_day)
    query = select(*columns, *given).outerjoin(held, held.id == dose.session_id)
    rows = {row.id: row for row in in_chunks(session, query, dose.person_id, people)}
    voided = {row.voids for row in rows.values()}
    found: dict[UUID, list[Had]] = {}
    for row in rows.values():
        if row.source == VOIDED or row.id in voided:
            continue
        first, seen = row, {row.id}
        while first.voids in rows and first.voids not in seen:
            first = rows[first.voids]
            seen.add(first.id)
        came = row.place is not None and row.place != SessionPlace.HOME.value
        told = PartialDate(row.given_year, row.given_month, row.given_day)
        found.setdefault(row.person_id, []).append(Had(told, first.made, came))
    return found


def _sorted(stances: Iterable[Stance]) -> tuple[Stance, ...]:
    newest = sorted(stances, key=lambda one: (one.since, one.id), reverse=True)
    return tuple(sorted(newest, key=lambda one: not one.open))


def dose_of(row: Any) -> Dose:
    """A row as a value; words of a newer version read as their nearest."""
    return Dose(
        **{name: getattr(row, name) for name in SAME_IN_DOSE},
        id=row.id,
        given=PartialDate(row.given_year, row.given_month, row.given_day),
        dose_class=DoseClass(row.dose_class),
        site=Site(row.site),
        source=DoseSource(row.source),
        rule=row.rule,
        by_name=row.by_name,
    )


def stance_of(row: VaccineStanceRow) -> Stance:
    """A row as a value."""
    return Stance(
        **{name: getattr(row, name) for name in SAME_IN_STANCE},
        id=row.id,
        kind=StanceKind(row.kind),
        by_name=row.by_name,
        closed_on=row.closed_on,
        closed_reason=ClosedReason(row.closed_reason) if row.closed_reason else None,
    )
