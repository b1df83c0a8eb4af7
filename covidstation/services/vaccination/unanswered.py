"""What the register knows of somebody and their sheet does not say: it was filled in for another vaccine, or before the
register learned of it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from covidstation.db.rows import PersonRow, SessionPersonRow, VaccinationSessionRow
from covidstation.domain.problems import Problem
from covidstation.domain.vaccination.screening import Outcome, known_answers
from covidstation.services.vaccination.arrival import facts_in
from covidstation.services.vaccination.seating import Desk


def check_unanswered(
    session: Session,
    row: VaccinationSessionRow,
    person: PersonRow,
    desk: Desk,
    seat: SessionPersonRow,
    product: str,
) -> list[Problem]:
    """Asked back: what is known on the session's day to speak against that vaccine (its code) more than was decided on
    the sheet of the seat. What weighs no more changes nothing."""
    sheet, decided = desk.sheet, Outcome(seat.outcome)
    known = known_answers(sheet, facts_in(session, person, row.day), product, row.day) - set(seat.answers)
    unsaid = [
        one.short for one in sheet.questions if one.code in known and one.outcome_at(seat.weeks).weight > decided.weight
    ]
    params = {"questions": ", ".join(f"“{one}”" for one in unsaid)}
    return [Problem("answers", "vaccine_session.answer_known", params, "warning")] if unsaid else []
