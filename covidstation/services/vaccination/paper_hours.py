"""The hours of rows from paper in a session that was run on screen (docs/adr/0044)."""

from __future__ import annotations

from datetime import datetime

from covidstation.db.rows import VaccinationSessionRow
from covidstation.domain.problems import Problem
from covidstation.domain.vaccination.sessions import Vial
from covidstation.services.vaccination.arrival import before_opening


def check_paper_hour(
    row: VaccinationSessionRow, at: datetime, vial: Vial | None, minutes: int, now: datetime
) -> list[Problem]:
    """What is asked back: an hour before its `vial` was opened or past its `minutes` may be meant otherwise (01:10 for
    13:10), and so may one before the session that is entered after midnight."""
    if row.on_paper:
        return []
    found = []
    if now.date() > row.day and (begun := before_opening(row, at)) is not None:
        found.append(Problem("at", "vaccine_session.paper_before_opening", {"at": f"{begun:%H:%M}"}, "warning"))
    if vial is not None and not vial.opened_at <= at <= vial.good_until(minutes):
        params = {"number": vial.label, "at": f"{vial.opened_at:%H:%M}", "until": f"{vial.good_until(minutes):%H:%M}"}
        found.append(Problem("at", "vaccine_session.paper_vial_hours", params, "warning"))
    return found
