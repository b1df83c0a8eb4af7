"""What stands between somebody and the next dose: written, changed, closed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of
from covidstation.db.queries.vaccination import SAME_IN_STANCE, stance_of, stances_of
from covidstation.db.rows import VaccineStanceRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.domain.vaccination.stances import (
    ClosedReason,
    Stance,
    StanceDraft,
    StanceKind,
    check_look,
    check_stance,
)
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.vaccination.history import person_in

_TEXTS: Final = ("reason", "product", "next_step", "note")
_SAID: Final = tuple(one.name for one in fields(StanceDraft))


@needs(Right.ENTER)
def add_stance(db: Database, draft: StanceDraft, *, by: UUID | None, by_name: str, now: datetime) -> Done[Stance]:
    """Write one. Raises Refused vaccination.stance_…; UserError people.unknown_person."""
    with db.write(by, now) as session:
        return done(write_stance(session, draft, by_name=by_name, now=now), Kind.VACCINES)


def write_stance(session: Session, draft: StanceDraft, *, by_name: str, now: datetime, anew: bool = False) -> Stance:
    """The same inside another act's transaction; `anew`: an open one of its kind is thereby said anew."""
    row = VaccineStanceRow(id=new_id(), person_id=draft.person_id)
    _fill(session, row, draft, now, anew=anew)
    row.by_name = clean(by_name)
    session.add(row)
    session.flush()
    return stance_of(row)


@needs(Right.ENTER)
def edit_stance(
    db: Database, stance_id: UUID, draft: StanceDraft, *, by: UUID | None, now: datetime, seen: Stance | None = None
) -> Done[Stance]:
    """Correct one, or say what is next; `seen` is what the form showed. What is not allowed becomes nothing milder.

    Raises as `add_stance`, and UserError vaccination.stance_unknown, stance_closed, stance_changed.
    """
    with db.write(by, now) as session:
        row = _open(session, stance_id, seen)
        _fill(session, row, replace(draft, person_id=row.person_id), now, known=stance_of(row))
        session.flush()
        return done(stance_of(row), Kind.VACCINES)


@needs(Right.ENTER)
def close_stance(
    db: Database,
    stance_id: UUID,
    reason: ClosedReason,
    *,
    by: UUID | None,
    now: datetime,
    seen: Stance | None = None,
) -> Done[Stance]:
    """It no longer stands; `seen` is what the form showed. Raises UserError vaccination.stance_unknown, stance_closed,
    stance_changed."""
    with db.write(by, now) as session:
        row = _open(session, stance_id, seen)
        row.closed_on, row.closed_reason = now.date(), reason.value
        session.flush()
        return done(stance_of(row), Kind.VACCINES)


def take_back_stance(session: Session, stance_id: UUID, now: datetime) -> None:
    """It never was so, inside another act's transaction; what it had stood for is open again."""
    row = session.scalars(select(VaccineStanceRow).where(VaccineStanceRow.id == stance_id)).first()
    if row is not None and row.closed_on is None:
        row.closed_on, row.closed_reason = now.date(), ClosedReason.MISTAKE.value


def _open(session: Session, stance_id: UUID, seen: Stance | None) -> VaccineStanceRow:
    row = session.scalars(select(VaccineStanceRow).where(VaccineStanceRow.id == stance_id)).first()
    if row is None:
        raise UserError("vaccination.stance_unknown")
    if not any(one.open for one in stances_of(session, row.person_id) if one.id == row.id):
        raise UserError("vaccination.stance_closed")
    current = stance_of(row)
    if seen is not None and any(getattr(current, name) != getattr(seen, name) for name in _SAID):
        raise UserError("vaccination.stance_changed")
    return row


def _fill(
    session: Session,
    row: VaccineStanceRow,
    draft: StanceDraft,
    now: datetime,
    *,
    known: Stance | None = None,
    anew: bool = False,
) -> None:
    """Raise Refused, or write what was said."""
    person, today = person_in(session, draft.person_id), now.date()
    texts: dict[str, Any] = {name: clean(getattr(draft, name)) for name in _TEXTS}
    draft = replace(draft, **texts)
    found = check_stance(draft, birth=birth_of(person), today=today)
    if known is not None and StanceKind.CONTRAINDICATED is known.kind is not draft.kind:
        found.append(Problem("kind", "vaccination.stance_barred"))
    if not anew and (known is None or (known.kind, known.until) != (draft.kind, draft.until)):
        found += check_look(draft, today)  # a session's word may be entered after its day
    kept = known is not None and (known.kind, known.product) == (draft.kind, draft.product)
    for one in () if anew or kept else stances_of(session, draft.person_id):
        again = one.open and one.holds(today) and (one.kind, one.product) == (draft.kind, draft.product)
        if again and one.id != row.id:
            found.append(Problem("kind", "vaccination.stance_again", {"day": f"{one.since:%d/%m/%Y}"}))
    if errors(found):
        raise Refused(errors(found))
    row.kind = draft.kind.value
    for name in SAME_IN_STANCE:
        setattr(row, name, getattr(draft, name))
