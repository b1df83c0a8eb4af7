"""Doses that people had and what stands between them and the next one, as the register has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from covidstation.db.queries.daily import in_chunks
from covidstation.db.rows import VaccineDoseRow, VaccineStanceRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import VOIDED, Dose, DoseClass, DoseSource, Site, in_order
from covidstation.domain.vaccination.stances import ClosedReason, Stance, StanceKind

SAME_IN_DOSE: Final = (
    "person_id", "given_at", "product", "product_name", "number", "lot_number", "lot_id", "expiry", "volume",
    "facility", "country", "vaccinator", "certificate", "session_id", "vial_id", "drawn", "reason", "note", "voids",
)  # fmt: skip
SAME_IN_STANCE: Final = (
    "person_id", "reason", "since", "until", "product", "next_step", "due_on", "note",
)  # fmt: skip


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
    return _sorted(map(stance_of, session.scalars(query)))


def stances_of_many(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, tuple[Stance, ...]]:
    """The same for many; of whom nothing was said is not in it."""
    found: dict[UUID, list[Stance]] = {}
    for (row,) in in_chunks(session, select(VaccineStanceRow), VaccineStanceRow.person_id, ids):
        found.setdefault(row.person_id, []).append(stance_of(row))
    return {person: _sorted(stances) for person, stances in found.items()}


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
