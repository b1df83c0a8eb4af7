"""Half-typed forms: kept every few seconds, offered again on the right person, gone when saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from covidstation.db.drafts import Settled, settling
from covidstation.db.rows import DraftRow
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.services.rights import needs

__all__ = ["Draft", "Settled", "draft_of", "drafts", "drop_draft", "keep_draft", "settled"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it was left; `saved_at` is the station's wall clock."""

    form: str
    subject: str
    value: Mapping[str, Any]
    saved_at: datetime


@needs(Right.OWN)
def keep_draft(db: Database, form: str, subject: str, value: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what stands in a form. Not a record of a person yet: it makes no journal line."""
    with db.write(None, now) as session:
        row = DraftRow(form=form, subject=subject, value=dict(value), saved_at=now.replace(tzinfo=None))
        session.merge(row)


@needs(Right.OWN)
def drop_draft(db: Database, form: str, subject: str, *, now: datetime) -> None:
    """The form was saved or given up."""
    with db.write(None, now) as session:
        row = session.get(DraftRow, (form, subject))
        if row is not None:
            session.delete(row)


@needs(Right.OWN)
def drafts(db: Database, form: str) -> list[Draft]:
    """The forms of that kind that were left half typed, newest first."""
    with db.read() as session:
        rows = session.scalars(select(DraftRow).where(DraftRow.form == form).order_by(DraftRow.saved_at.desc()))
        return [Draft(row.form, row.subject, row.value, row.saved_at) for row in rows]


@needs(Right.OWN)
def draft_of(db: Database, form: str, subject: str) -> Draft | None:
    """The form of that kind about that subject, when it was left half typed."""
    with db.read() as session:
        row = session.get(DraftRow, (form, subject))
        return Draft(row.form, row.subject, row.value, row.saved_at) if row is not None else None


@needs(Right.OWN)
def settled(db: Database, draft: Settled, service: Callable[[], T]) -> T:
    """Call `service`, which saves what the draft holds: both happen in one transaction, or neither."""
    with settling(draft):
        return service()
