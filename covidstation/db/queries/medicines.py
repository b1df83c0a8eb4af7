"""What an illness was treated with at home, and what was last measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import TreatmentRow
from covidstation.db.session import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenItem:
    """One medicine of a giving, as it was named and dosed then."""

    medicine: str
    name: str
    quantity: int
    unit: str
    dose: str
    days: int | None
    own_supply: bool = False
    from_store: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """What was given in one act; `weight` in hundreds of grams. A giving that was taken back stays, with its reason."""

    id: UUID
    person_id: UUID
    given_at: datetime
    list_id: str
    package: str
    items: tuple[GivenItem, ...]
    weight: int | None
    consent: bool
    warnings: tuple[str, ...]
    reason: str
    by_name: str
    taken_back_at: datetime | None = None
    taken_back_why: str = ""

    @property
    def until(self) -> date:
        """The last day that it is meant for."""
        days = max((item.days or 1 for item in self.items), default=1)
        return self.given_at.date() + timedelta(days=days - 1)


def given_to(db: Database, episode_id: UUID) -> tuple[Giving, ...]:
    """What was given for an illness, the newest first; those taken back stay in the list."""
    with db.read() as session:
        return givings_in(session, episode_id)


def givings_in(session: Session, episode_id: UUID) -> tuple[Giving, ...]:
    """The same inside another act's transaction."""
    query = select(TreatmentRow).where(TreatmentRow.episode_id == episode_id).order_by(TreatmentRow.n)
    rows = list(session.scalars(query))
    voids = {row.voids: row for row in rows if row.voids is not None}
    givings: dict[UUID, list[TreatmentRow]] = {}
    for row in rows:
        if row.voids is None:
            givings.setdefault(row.giving, []).append(row)
    found = [_giving(members, voids.get(members[0].id)) for members in givings.values()]
    return tuple(sorted(found, key=lambda one: one.given_at, reverse=True))


def _giving(rows: Sequence[TreatmentRow], void: TreatmentRow | None) -> Giving:
    first = rows[0]
    return Giving(
        id=first.giving,
        person_id=first.person_id,
        given_at=first.given_at,
        list_id=first.list_id,
        package=first.package,
        items=tuple(
            GivenItem(
                medicine=row.medicine,
                name=row.name,
                quantity=row.quantity,
                unit=row.unit,
                dose=row.dose,
                days=row.days,
                own_supply=row.own_supply,
                from_store=row.lot_id is not None,
            )
            for row in rows
        ),
        weight=first.weight,
        consent=any(row.consent for row in rows),
        warnings=tuple(first.warnings),
        reason=first.reason,
        by_name=first.by_name,
        taken_back_at=void.given_at if void else None,
        taken_back_why=void.reason if void else "",
    )


def last_weight_in(session: Session, person_id: UUID) -> int | None:
    """The weight that was last written down with a giving, in hundreds of grams."""
    query = (
        select(TreatmentRow.weight)
        .where(TreatmentRow.person_id == person_id, TreatmentRow.weight.is_not(None))
        .order_by(TreatmentRow.given_at.desc())
    )
    return session.scalars(query.limit(1)).first()
