"""What somebody takes, what was handed out of it, and who runs out when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from covidstation.db.mapping import birth_of
from covidstation.db.queries.places import hamlet_words, within
from covidstation.db.queries.residence import in_care, out_of_care
from covidstation.db.queries.supply_books import item_of
from covidstation.db.rows import (
    DispensingRow,
    HamletRow,
    HouseholdRow,
    PersonRow,
    PrescriptionRow,
    SupplyItemRow,
    SupplyLotRow,
    SupplyStockRow,
)
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.dispensing import Origin, Regimen, Supply
from covidstation.domain.supplies import SupplyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut:
    """One medicine of one handing-out that stands, or was taken back (`void`)."""

    id: UUID
    handing: UUID
    prescription_id: UUID
    day: date
    days: int
    units: int
    counted: int | None
    place: str
    receiver: str
    receiver_name: str
    origin: Origin
    facility: str
    reason: str
    by_name: str
    void: bool = False

    @property
    def supply(self) -> Supply:
        """As it counts for how long they last."""
        return Supply(day=self.day, units=self.units, counted=self.counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescribed:
    """One medicine of one person with everything that was handed out of it, the oldest first."""

    id: UUID
    person_id: UUID
    item_id: UUID | None
    medicine: str
    strength: str
    form: str
    unit: str
    substances: tuple[str, ...]
    regimen: Regimen
    instruction: str
    condition: str
    started_on: date
    prescriber: str
    facility: str
    ended_on: date | None
    end_reason: str
    runs_out_on: date
    handed: tuple[HandedOut, ...]

    @property
    def name(self) -> str:
        """`Amlodipin 5 mg`."""
        return f"{self.medicine} {self.strength}".strip()

    @property
    def standing(self) -> tuple[HandedOut, ...]:
        """Those that were not taken back."""
        return tuple(one for one in self.handed if not one.void)

    @property
    def supplies(self) -> tuple[Supply, ...]:
        """What stands, as it counts for how long they last."""
        return tuple(one.supply for one in self.standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningOut:
    """Somebody whose first medicine runs out on `runs_out_on`; `medicines` are those that run out in the time asked."""

    person_id: UUID
    full_name: str
    birth: PartialDate | None
    sort_key: str
    hamlet_id: UUID | None
    hamlet: str
    household_id: UUID | None
    address: str
    phone: str
    runs_out_on: date
    medicines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCarry:
    """One medicine of somebody on a round."""

    person_id: UUID
    prescription_id: UUID
    item_id: UUID | None
    name: str
    unit: str
    regimen: Regimen
    condition: str
    runs_out_on: date


def prescriptions_of(db: Database, person_id: UUID) -> tuple[Prescribed, ...]:
    """All medicines of a person: those that are taken, then those that ended, the newest first."""
    with db.read() as session:
        return prescriptions_in(session, person_id)


def prescriptions_in(session: Session, person_id: UUID) -> tuple[Prescribed, ...]:
    """The same inside another act's transaction."""
    rows = session.scalars(
        select(PrescriptionRow)
        .where(PrescriptionRow.person_id == person_id)
        .order_by(PrescriptionRow.ended_on.is_not(None), PrescriptionRow.started_on.desc(), PrescriptionRow.n.desc())
    ).all()
    given = (
        select(DispensingRow).where(DispensingRow.person_id == person_id).order_by(DispensingRow.day, DispensingRow.n)
    )
    handed = _handed(session.scalars(given).all())
    return tuple(prescribed_of(row, handed.get(row.id, ())) for row in rows)


def handed_of(session: Session, prescription_id: UUID) -> tuple[HandedOut, ...]:
    """Everything that was handed out of one prescription, the oldest first."""
    query = select(DispensingRow).where(DispensingRow.prescription_id == prescription_id)
    rows = session.scalars(query.order_by(DispensingRow.day, DispensingRow.n)).all()
    return tuple(_handed(rows).get(prescription_id, ()))


def prescribed_of(row: PrescriptionRow, handed: Sequence[HandedOut]) -> Prescribed:
    """The row as a frozen value."""
    return Prescribed(
        id=row.id,
        person_id=row.person_id,
        item_id=row.item_id,
        medicine=row.medicine,
        strength=row.strength,
        form=row.form,
        unit=row.unit,
        substances=tuple(row.substances),
        regimen=Regimen(amount=row.amount, times=row.times),
        instruction=row.instruction,
        condition=row.condition,
        started_on=row.started_on,
        prescriber=row.prescriber,
        facility=row.facility,
        ended_on=row.ended_on,
        end_reason=row.end_reason,
        runs_out_on=row.runs_out_on or row.started_on,
        handed=tuple(handed),
    )


def _handed(rows: Sequence[DispensingRow]) -> dict[UUID, list[HandedOut]]:
    voided = {row.voids for row in rows if row.voids is not None}
    found: dict[UUID, list[HandedOut]] = defaultdict(list)
    for row in rows:
        if row.voids is None:
            found[row.prescription_id].append(_handed_out(row, row.id in voided))
    return found


def _handed_out(row: DispensingRow, void: bool) -> HandedOut:
    names = (
        "id", "handing", "prescription_id", "day", "days", "units", "counted", "place", "receiver", "receiver_name",
        "facility", "reason", "by_name",
    )  # fmt: skip
    known = row.origin in set(Origin)
    origin = Origin(row.origin) if known else Origin.OWN  # a word of a newer version: not of this station's store
    return HandedOut(**{name: getattr(row, name) for name in names}, origin=origin, void=void)


def running_out(
    db: Database,
    until: date,
    *,
    hamlets: Collection[UUID | None] | None = None,
    descending: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[RunningOut, ...]:
    """Who runs out of a medicine on `until` or before, the longest first; of these hamlets only (None: of none).

    Who takes a medicine and was never handed any runs out on the day it began. The dead, those who left and those
    whom another station looks after are not among them.
    """
    found = (
        select(
            PrescriptionRow.person_id,
            func.min(PrescriptionRow.runs_out_on).label("runs_out_on"),
            func.count().label("medicines"),
        )
        .where(PrescriptionRow.ended_on.is_(None), PrescriptionRow.runs_out_on <= until)
        .group_by(PrescriptionRow.person_id)
        .subquery()
    )
    query = (
        select(
            *_WHO,
            found.c.runs_out_on,
            found.c.medicines,
            hamlet_words().label("hamlet"),
            HouseholdRow.address,
        )
        .join(found, found.c.person_id == PersonRow.id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .outerjoin(HouseholdRow, HouseholdRow.id == PersonRow.household_id)
        .where(in_care())
    )
    order = (found.c.runs_out_on, PersonRow.sort_key, PersonRow.n)
    query = query.order_by(*(column.desc() for column in order) if descending else order)
    query = query.offset(offset).limit(limit) if limit is not None else query
    if hamlets is not None:
        query = query.where(within(PersonRow.hamlet_id, hamlets))
    with db.read() as session:
        return tuple(map(_running_out, session.execute(query)))


def count_running_out(
    db: Database, days: Sequence[date], *, hamlets: Collection[UUID | None] | None = None
) -> tuple[int, ...]:
    """How many people run out on each of these days or before, of these hamlets only."""
    first = (
        select(PrescriptionRow.person_id, func.min(PrescriptionRow.runs_out_on).label("day"))
        .where(
            PrescriptionRow.ended_on.is_(None),
            PrescriptionRow.runs_out_on <= max(days),
            PrescriptionRow.person_id.not_in(out_of_care()),
        )
        .group_by(PrescriptionRow.person_id)
        .subquery()
    )
    query = select(*(func.coalesce(func.sum(case((first.c.day <= day, 1), else_=0)), 0) for day in days))
    if hamlets is not None:
        query = query.join(PersonRow, PersonRow.id == first.c.person_id).where(within(PersonRow.hamlet_id, hamlets))
    with db.read() as session:
        return tuple(session.execute(query).one())


def to_carry(db: Database, people: Collection[UUID], until: date) -> tuple[ToCarry, ...]:
    """The medicines of these people that run out on `until` or before, by the medicine's name."""
    query = select(PrescriptionRow).where(
        PrescriptionRow.person_id.in_(list(people)),
        PrescriptionRow.ended_on.is_(None),
        PrescriptionRow.runs_out_on <= until,
    )
    with db.read() as session:
        rows = session.scalars(query.order_by(PrescriptionRow.medicine, PrescriptionRow.strength, PrescriptionRow.n))
        return tuple(
            ToCarry(
                person_id=row.person_id,
                prescription_id=row.id,
                item_id=row.item_id,
                name=f"{row.medicine} {row.strength}".strip(),
                unit=row.unit,
                regimen=Regimen(amount=row.amount, times=row.times),
                condition=row.condition,
                runs_out_on=row.runs_out_on or row.started_on,
            )
            for row in rows
        )


_WHO: Final = (
    PersonRow.id,
    PersonRow.full_name,
    PersonRow.sort_key,
    PersonRow.birth_year,
    PersonRow.birth_month,
    PersonRow.birth_day,
    PersonRow.hamlet_id,
    PersonRow.household_id,
    PersonRow.address_detail,
    PersonRow.phone,
)


def _running_out(row: Any) -> RunningOut:
    return RunningOut(
        person_id=row.id,
        full_name=row.full_name,
        birth=birth_of(row),
        sort_key=row.sort_key,
        hamlet_id=row.hamlet_id,
        hamlet=row.hamlet,
        household_id=row.household_id,
        address=row.address_detail or row.address or "",
        phone=row.phone,
        runs_out_on=row.runs_out_on,
        medicines=row.medicines,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMedicine:
    """A medicine that the station's store keeps; `left` in units, whatever their expiry."""

    id: UUID
    name: str
    strength: str
    form: str
    unit: str
    substances: tuple[str, ...]
    atc: str
    title: str
    left: int


def kept_medicines(db: Database) -> tuple[KeptMedicine, ...]:
    """All that are still kept, by name."""
    left = (
        select(SupplyLotRow.item_id, func.sum(SupplyStockRow.balance).label("left"))
        .join(SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id)
        .group_by(SupplyLotRow.item_id)
        .subquery()
    )
    query = (
        select(SupplyItemRow, left.c.left)
        .outerjoin(left, left.c.item_id == SupplyItemRow.id)
        .where(SupplyItemRow.kind == SupplyKind.MEDICINE.value, SupplyItemRow.ended_on.is_(None))
        .order_by(SupplyItemRow.sort_key, SupplyItemRow.n)
    )
    with db.read() as session:
        return tuple(_kept(row.SupplyItemRow, row.left or 0) for row in session.execute(query))


def _kept(row: SupplyItemRow, left: int) -> KeptMedicine:
    names = ("id", "name", "strength", "form", "unit", "atc")
    values = {name: getattr(row, name) for name in names}
    return KeptMedicine(**values, substances=tuple(row.substances), title=item_of(row).title, left=left)
