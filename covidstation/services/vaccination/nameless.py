"""Before the law takes somebody's rows: what sessions counted of them stays, and names nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.rows import (
    AdverseEventRow,
    SessionPersonRow,
    SessionTakeRow,
    SessionWasteRow,
    VaccinationSessionRow,
    VaccineDoseRow,
)
from covidstation.domain.vaccination.doses import VOIDED
from covidstation.domain.vaccination.nameless import REASON, Counted, What
from covidstation.domain.vaccination.reactions import EventEnd

_Place = tuple[UUID, UUID, UUID | None, Counted]  # session, take, vial, what


def leave_counts(session: Session, rows: Iterable[Any]) -> None:
    """Count, for each session, what goes with these rows of people: doses, who went without, reactions. They are all
    the rows of these people. A row without a take stands under its session."""
    found = list(rows)
    doses = [one for one in found if isinstance(one, VaccineDoseRow)]
    voided = {one.voids for one in doses}
    given = [
        one for one in doses if one.session_id is not None and one.source != VOIDED and one.id not in voided
    ]  # fmt: skip
    counts = Counter(_of_doses(session, given))
    counts.update(_of_seats([one for one in found if isinstance(one, SessionPersonRow)], given))
    counts.update(_of_events([one for one in found if isinstance(one, AdverseEventRow)], given))
    days = _days(session, {place[0] for place in counts})
    for (session_id, take_id, vial_id, what), count in counts.items():
        if session_id not in days:
            continue
        session.add(
            SessionWasteRow(
                id=new_id(),
                session_id=session_id,
                take_id=take_id,
                vial_id=vial_id,
                at=datetime.combine(days[session_id], datetime.min.time()),
                doses=count,
                reason=REASON,
                note=what.note,
            )
        )
    session.flush()


def _of_doses(session: Session, given: Sequence[VaccineDoseRow]) -> Iterable[_Place]:
    asked = {one.session_id for one in given}
    takes: dict[tuple[UUID, UUID | None], UUID] = {
        (row.session_id, row.lot_id): row.id
        for row in session.scalars(select(SessionTakeRow).where(SessionTakeRow.session_id.in_(asked)))
    }
    for one in given:
        assert one.session_id is not None
        take = takes.get((one.session_id, one.lot_id), one.session_id)
        yield one.session_id, take, one.vial_id, Counted(What.DOSE, one.product, one.dose_class, one.number or 0)


def _of_seats(seats: Sequence[SessionPersonRow], given: Sequence[VaccineDoseRow]) -> Iterable[_Place]:
    """Who had no dose in it: whoever had one is counted by the dose."""
    had = {(one.session_id, one.person_id) for one in given}
    for one in seats:
        if (one.invited or one.come_at is not None) and (one.session_id, one.person_id) not in had:
            came = one.come_at is not None
            counted = Counted(What.WITHOUT if came else What.AWAY, detail=one.no_dose)
            yield one.session_id, one.session_id, None, counted


def _of_events(events: Sequence[AdverseEventRow], given: Sequence[VaccineDoseRow]) -> Iterable[_Place]:
    """Reactions after these doses, as the result report counts them."""
    products = {one.id: (one.session_id, one.product) for one in given}
    for one in events:
        session_id, product = products.get(one.dose_id or one.id, (None, ""))
        if session_id is None or one.ending == EventEnd.MISTAKE.value:
            continue
        kinds = (
            [Counted(What.SEVERE, product)] if one.severe else [Counted(What.MILD, product, code) for code in one.kinds]
        )
        for counted in kinds:
            yield session_id, session_id, None, counted


def _days(session: Session, ids: set[UUID]) -> Mapping[UUID, date]:
    row = VaccinationSessionRow
    return {one.id: one.day for one in session.execute(select(row.id, row.day).where(row.id.in_(ids)))}
