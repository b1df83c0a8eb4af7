"""A session as its page shows it, kept from one look to the next: after an injection one line of 600 is read again.

Of each line a mark is asked for first: the stamps of the rows it is made from. Whoever wrote, a window, the district or
a restored copy, a line whose mark is another one is read from the register, and only that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import String, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.vaccination import dose_stands
from covidstation.db.queries.vaccine_seats import SeatLine, in_order, seats_in
from covidstation.db.queries.vaccine_sessions import SessionLine, SessionSheet, session_sheet_in, sessions_in
from covidstation.db.rows import HamletRow, PersonRow, SessionPersonRow, VaccineDoseRow
from covidstation.db.session import Database

Mark = tuple[Any, ...]
_MOST_AGAIN: Final = 200  # people whose lines are read one by one; of more, all are
_KEY: Final = ("vaccine_sight",)
_HAMLET: Final = hamlet_words().label("hamlet")


@dataclass(frozen=True, slots=True)
class Sight:
    """All sessions, and the chosen one with its vials and people; without one when there is none."""

    sessions: tuple[SessionLine, ...] = ()
    sheet: SessionSheet | None = None
    lines: tuple[SeatLine, ...] = ()


@dataclass(frozen=True, slots=True)
class _Held:
    session_id: UUID
    marks: Mapping[str, Mark]
    lines: Mapping[str, SeatLine]


def session_in_sight(db: Database, choose: Callable[[tuple[SessionLine, ...]], SessionLine | None]) -> Sight:
    """All of it in one snapshot; `choose` says which session."""
    with db.read() as session:
        known = sessions_in(session)
        chosen = choose(known)
        if chosen is None:
            return Sight(known)
        return Sight(known, session_sheet_in(session, chosen.id, chosen), _lines(db, session, chosen.id))


def _lines(db: Database, session: Session, session_id: UUID) -> tuple[SeatLine, ...]:
    """What `seats_in` says, of which only the lines with another mark are read."""
    before: Any = db.answers.get(_KEY)
    marks = _marks(session, session_id)
    held = before if before is not None and before.session_id == session_id else _Held(session_id, {}, {})
    again = [person for person, mark in marks.items() if held.marks.get(person) != mark]
    if len(again) > _MOST_AGAIN:
        lines = {one.person_id.hex: one for one in seats_in(session, session_id)}
    else:
        read = seats_in(session, session_id, *map(UUID, again)) if again else ()
        lines = {person: line for person, line in held.lines.items() if person in marks}
        lines |= {one.person_id.hex: one for one in read}
    db.answers[_KEY] = _Held(session_id, marks, lines)
    return in_order(lines.values())


def _marks(session: Session, session_id: UUID) -> Mapping[str, Mark]:
    """By person: the rows that their line is made from, as far as they are written. Rows that only ever come are known
    by their number. Ids stay the letters they are kept as: 600 of them are read at each look."""
    seated, given = _mark_queries()
    found = dict[str, Mark]()
    for person, *mark in session.execute(seated, {"session": session_id}):
        found[person] = (*found.get(person, ()), *mark)
    for person, *mark in session.execute(given, {"session": session_id}):
        if person in found:
            found[person] = (*found[person], *mark)
    return found


@cache
def _mark_queries() -> tuple[Any, Any]:
    seat, dose = SessionPersonRow, VaccineDoseRow
    held: Any = bindparam("session", type_=seat.session_id.type)
    seated = (
        select(_letters(seat.person_id), seat.n, seat.rev, _text(seat), PersonRow.rev, _text(PersonRow), _HAMLET)
        .join(PersonRow, PersonRow.id == seat.person_id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .where(seat.session_id == held, seat.invited | seat.come_at.is_not(None))
        .order_by(seat.n)
    )
    given = select(_letters(dose.person_id), dose.n, dose.rev).where(dose.session_id == held, dose_stands())
    return seated, given.order_by(dose.n)


def _letters(column: Any) -> Any:
    return type_coerce(column, String).label(column.key)


def _text(row: type[SessionPersonRow] | type[PersonRow]) -> Any:
    """The stamps of its fields as they are kept: one that came late is older than the newest."""
    return type_coerce(row.stamps, String).label(f"{row.__tablename__}_stamps")
