"""What somebody takes, what was handed out of it, and who runs out when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.queries.supply_books import item_of
from covidstation.db.rows import (
    DispensingRow,
    PrescriptionRow,
    SupplyItemRow,
    SupplyLotRow,
    SupplyStockRow,
)
from covidstation.db.session import Database
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
    def handed_out(self) -> tuple[HandedOut, ...]:
        """What was really handed out or came back and stands; what another dose took over is neither."""
        return tuple(one for one in self.standing if one.units)

    @property
    def at_home(self) -> int:
        """Whole units that ever came into the house for it and did not come back."""
        return sum(one.units or one.counted or 0 for one in self.standing)

    @property
    def supplies(self) -> tuple[Supply, ...]:
        """What stands, as it counts for how long they last."""
        return tuple(one.supply for one in self.standing)


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


def taken_over(prescribed: Sequence[Prescribed]) -> frozenset[UUID]:
    """Those of one person whose rest at home another dose of the same medicine went on with."""
    heirs = {
        (one.medicine, one.strength, one.form, item.day)
        for one in prescribed
        for item in one.standing
        if not item.units
    }
    return frozenset(one.id for one in prescribed if (one.medicine, one.strength, one.form, one.ended_on) in heirs)


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
