"""A number that lists hide is shown to somebody who says why; the record keeps who, whose, which and why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from covidstation.db import audit
from covidstation.db.rows import PersonRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.privacy import HiddenNumber, RevealReason, reason_problems
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, done
from covidstation.services.rights import needs


@needs(Right.ENTER)
def reveal_number(
    db: Database,
    person_id: UUID,
    number: HiddenNumber,
    reason: RevealReason,
    words: str = "",
    *,
    by: UUID | None,
    now: datetime,
) -> Done[str]:
    """The whole number, noted before it is given.

    Raises Refused privacy.reason_missing; UserError people.unknown_person.
    """
    words = clean(words)
    found = reason_problems(reason, words)
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        row = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
        if row is None:
            raise UserError("people.unknown_person")
        detail = {"field": number.value, "reason": reason.value, **({"words": words} if words else {})}
        audit.note(session, AuditAction.REVEAL, subject=person_id, detail=detail)
        return done(str(getattr(row, number.value)))


@needs(Right.EXPORT)
def note_whole_numbers(
    db: Database, people: int, reason: RevealReason, words: str = "", *, by: UUID | None, now: datetime
) -> Done[None]:
    """A list of that many people leaves with whole numbers on it. Raises Refused privacy.reason_missing."""
    words = clean(words)
    found = reason_problems(reason, words)
    if found:
        raise Refused(found)
    detail: dict[str, str | int] = {"field": HiddenNumber.CITIZEN.value, "people": people, "reason": reason.value}
    if words:
        detail["words"] = words
    with db.write(by, now) as session:
        audit.note(session, AuditAction.REVEAL, detail=detail)
    return done(None)
