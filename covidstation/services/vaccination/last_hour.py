"""When a session was over, for what is written of it after its day (docs/adr/0044)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from covidstation.db.queries.vaccination import dose_stands
from covidstation.db.rows import (
    SessionPersonRow,
    SessionVialRow,
    SessionWasteRow,
    VaccinationSessionRow,
    VaccineDoseRow,
)
from covidstation.services.care.rows import wall

_LAST: Final = time(23, 59, 59)  # of a day


def hour_in(session: Session, row: VaccinationSessionRow, now: datetime) -> datetime:
    """Now; once the session's day is over, the hour of the last thing that is known of it: nothing of it came after."""
    return wall(now) if row.day == now.date() else _last_hour(session, row)


def end_hour(session: Session, row: VaccinationSessionRow, now: datetime) -> datetime:
    """When the session ends: now; once its day is over, right after the last thing that is known of it, so that no hour
    but those which the end writes is the same."""
    if row.day == now.date():
        return wall(now)
    return min(_last_hour(session, row) + timedelta(seconds=1), datetime.combine(row.day, _LAST))


def _last_hour(session: Session, row: VaccinationSessionRow) -> datetime:
    """The hour of the last thing that is known of the session, on its day: somebody came, was looked at, had the dose,
    went, a vial was opened, a dose lost. Of one with nothing in it: when it was opened, else noon."""
    seat, vial, waste, dose = SessionPersonRow, SessionVialRow, SessionWasteRow, VaccineDoseRow
    asked: tuple[Select[Any], ...] = (
        *(select(func.max(one)).where(seat.session_id == row.id) for one in (seat.come_at, seat.screened_at)),
        select(func.max(seat.left_at)).where(seat.session_id == row.id),
        select(func.max(vial.opened_at)).where(vial.session_id == row.id),
        select(func.max(waste.at)).where(waste.session_id == row.id),
        select(func.max(dose.given_at)).where(dose.session_id == row.id, dose_stands()),
    )
    known: list[datetime | None] = [row.opened_at, *(session.scalars(one).one() for one in asked)]
    here = [one for one in known if one is not None and one.date() == row.day]
    return max(here, default=datetime.combine(row.day, time(12)))
