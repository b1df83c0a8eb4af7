"""What somebody takes: a medicine from a day on, another dose of it, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of
from covidstation.db.queries.dispensing import Prescribed, handed_of, prescribed_of, prescriptions_in
from covidstation.db.queries.gone import gone_in
from covidstation.db.rows import DispensingRow, PersonRow, PrescriptionRow
from covidstation.db.session import Database
from covidstation.domain.chronic import normal_icd
from covidstation.domain.dispensing import Origin, Place, Receiver, Taken, cover, left_units, same_substance
from covidstation.domain.prescriptions import LONG, EndReason, PrescriptionDraft, check_day, check_prescription
from covidstation.domain.problems import Problem, errors, too_long
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

_TEXTS: Final = ("medicine", "strength", "form", "unit", "atc", "instruction", "prescriber", "facility")


@needs(Right.TREAT)
def prescribe(
    db: Database,
    person_id: UUID,
    draft: PrescriptionDraft,
    *,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: bool = False,
) -> Done[UUID]:
    """Somebody takes a medicine from a day on; the value is its id.

    Raises Refused with what is wrong, and, unless `sure`, dispensing.same_substance when a medicine that is taken
    already holds one of its active substances. UserError people.unknown_person, dispensing.died, dispensing.left.
    """
    with db.write(by, now) as session:
        row = prescribe_in(session, person_id, draft, by_name=by_name, now=now, sure=sure)
        return done(row.id, Kind.CARE)


def prescribe_in(
    session: Session, person_id: UUID, draft: PrescriptionDraft, *, by_name: str, now: datetime, sure: bool = False
) -> PrescriptionRow:
    """The same inside another act's transaction."""
    person = here_in(session, person_id)
    taken = [one for one in prescriptions_in(session, person_id) if one.ended_on is None]
    _refuse(draft, person, taken, now.date(), sure)
    row = _row(draft, person_id, by_name)
    session.add(row)
    return row


@needs(Right.TREAT)
def change_prescription(
    db: Database,
    prescription_id: UUID,
    draft: PrescriptionDraft,
    *,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: bool = False,
) -> Done[UUID]:
    """Another dose, from the draft's first day on: the old one ends there, and what is left of it goes on counting.

    Raises what `prescribe` raises, UserError dispensing.ended for one that is no longer taken, and Refused
    dispensing.change_early for a day before the old one began.
    """
    with db.write(by, now) as session:
        old = taken_in(session, prescription_id)
        person = here_in(session, old.person_id)
        others = [one for one in prescriptions_in(session, old.person_id) if one.ended_on is None and one.id != old.id]
        _refuse(draft, person, others, now.date(), sure)
        assert draft.started_on is not None
        if draft.started_on < old.started_on:
            day = f"{old.started_on:%d/%m/%Y}"
            raise Refused([Problem("started_on", "dispensing.change_early", {"day": day})])
        before = prescribed_of(old, handed_of(session, old.id))
        row = _row(draft, old.person_id, by_name)
        old.ended_on, old.end_reason = draft.started_on, EndReason.CHANGED.value
        session.add(row)
        _carry_over(session, before, row, draft, by_name)
        return done(row.id, Kind.CARE)


@needs(Right.TREAT)
def end_prescription(
    db: Database, prescription_id: UUID, day: date | None, reason: EndReason, *, by: UUID | None, now: datetime
) -> Done[None]:
    """It is no longer taken from that day on. Raises Refused, UserError dispensing.unknown, dispensing.ended."""
    with db.write(by, now) as session:
        row = taken_in(session, prescription_id)
        found = check_day("day", day, now.date(), None)
        if day is not None and day < row.started_on:
            found.append(Problem("day", "dispensing.end_early", {"day": f"{row.started_on:%d/%m/%Y}"}))
        if found:
            raise Refused(found)
        row.ended_on, row.end_reason = day, reason.value
        return done(None, Kind.CARE)


@needs(Right.TREAT)
def take_again(
    db: Database, prescription_id: UUID, *, by: UUID | None, now: datetime, sure: bool = False
) -> Done[None]:
    """One that was ended by mistake is taken again, as if it had not ended.

    Raises UserError dispensing.not_ended, dispensing.died, dispensing.left; unless `sure`, Refused
    dispensing.same_substance.
    """
    with db.write(by, now) as session:
        row = prescription_in(session, prescription_id)
        here_in(session, row.person_id)
        if row.ended_on is None:
            raise UserError("dispensing.not_ended")
        taken = [one for one in prescriptions_in(session, row.person_id) if one.ended_on is None]
        if (found := _same(row.substances, taken)) and not sure:
            raise Refused(found)
        row.ended_on, row.end_reason = None, ""
        return done(None, Kind.CARE)


def living_in(session: Session, person_id: UUID) -> PersonRow:
    """The person, alive. Raises UserError people.unknown_person, dispensing.died."""
    person = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
    if person is None:
        raise UserError("people.unknown_person")
    gone = gone_in(session, person)
    if gone is not None and gone.died:
        raise UserError("dispensing.died", name=person.full_name)
    return person


def here_in(session: Session, person_id: UUID) -> PersonRow:
    """The person, alive and not gone. Raises what `living_in` raises, and UserError dispensing.left."""
    person = living_in(session, person_id)
    if gone_in(session, person) is not None:
        raise UserError("dispensing.left", name=person.full_name)
    return person


def prescription_in(session: Session, prescription_id: UUID) -> PrescriptionRow:
    """Raises UserError dispensing.unknown."""
    row = session.scalars(select(PrescriptionRow).where(PrescriptionRow.id == prescription_id)).first()
    if row is None:
        raise UserError("dispensing.unknown")
    return row


def taken_in(session: Session, prescription_id: UUID) -> PrescriptionRow:
    """One that is still taken. Raises UserError dispensing.unknown, dispensing.ended."""
    row = prescription_in(session, prescription_id)
    if row.ended_on is not None:
        raise UserError("dispensing.ended", name=row.medicine, day=f"{row.ended_on:%d/%m/%Y}")
    return row


def same_medicine(row: PrescriptionRow) -> Any:
    """A question for the prescriptions of that person for the same item of the store: one dose took over another's."""
    if row.item_id is None:
        return [row.id]
    return select(PrescriptionRow.id).where(
        PrescriptionRow.person_id == row.person_id, PrescriptionRow.item_id == row.item_id
    )


def settle(session: Session, row: PrescriptionRow) -> None:
    """Write down until when the supplies that stand last; whoever changed one of them calls this in the same act."""
    session.flush()
    found = cover(prescribed_of(row, ()).regimen, prescribed_of(row, handed_of(session, row.id)).supplies)
    row.runs_out_on = found.runs_out_on if found else row.started_on
    row.handed_on = found.last_on if found else None


def _refuse(draft: PrescriptionDraft, person: PersonRow, taken: Sequence[Prescribed], today: date, sure: bool) -> None:
    birth = birth_of(person)
    found = check_prescription(draft, today, birth.earliest if birth else None)
    found += _same(draft.substances, taken)
    if errors(found) or (found and not sure):
        raise Refused(found)


def _same(substances: Sequence[str], taken: Sequence[Prescribed]) -> list[Problem]:
    """The active substances that another medicine holds already, each asked back."""
    others = [Taken(name=one.name, substances=one.substances) for one in taken]
    return [
        Problem("medicine", "dispensing.same_substance", {"substance": substance, "name": name}, "warning")
        for substance, name in same_substance(substances, others)
    ]


def _row(draft: PrescriptionDraft, person_id: UUID, by_name: str) -> PrescriptionRow:
    return PrescriptionRow(
        id=new_id(),
        person_id=person_id,
        item_id=draft.item_id,
        substances=[clean(one) for one in draft.substances if clean(one)],
        amount=draft.amount,
        times=draft.times,
        condition=normal_icd(draft.condition) if draft.condition else "",
        started_on=draft.started_on,
        runs_out_on=draft.started_on,
        by_name=clean(by_name),
        **{name: clean(getattr(draft, name)) for name in _TEXTS},
    )


def _carry_over(
    session: Session, before: Prescribed, row: PrescriptionRow, draft: PrescriptionDraft, by_name: str
) -> None:
    """What is left at home of the old dose is the first supply of the new one, when it is the same medicine."""
    assert draft.started_on is not None
    left = left_units(before.regimen, before.supplies, draft.started_on)
    same = (before.medicine, before.strength, before.form) == (row.medicine, row.strength, row.form)
    if not left or not same:
        return
    session.add(
        DispensingRow(
            id=new_id(),
            person_id=row.person_id,
            prescription_id=row.id,
            handing=new_id(),
            day=draft.started_on,
            days=draft.regimen.days(left),
            units=0,
            counted=left,
            place=Place.HOME.value,
            receiver=Receiver.SELF.value,
            origin=Origin.OWN.value,
            by_name=clean(by_name),
        )
    )
    settle(session, row)


def long_reason(reason: str) -> list[Problem]:
    """What is wrong with a written reason's length."""
    return too_long("reason", reason, LONG)
