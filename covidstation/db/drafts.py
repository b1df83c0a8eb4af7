"""A half-typed form goes in the very transaction that saves it: after a power cut it is either still half typed and
nothing is saved, or it is saved and never offered again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from covidstation.db.rows import DraftRow


@dataclass(frozen=True, slots=True)
class Settled:
    """The draft of `form` about `subject`; `rest` is what stays half typed of it, nothing when all is saved."""

    form: str
    subject: str
    rest: Mapping[str, Any] | None = None


_waiting: ContextVar[Settled | None] = ContextVar("settled draft", default=None)


@contextmanager
def settling(draft: Settled) -> Iterator[None]:
    """Every transaction that this thread writes in the block settles that draft too."""
    token = _waiting.set(draft)
    try:
        yield
    finally:
        _waiting.reset(token)


def settle(session: Session, now: datetime) -> None:
    """Called by `Database.write` before it commits."""
    draft = _waiting.get()
    if draft is None:
        return
    if draft.rest:
        row = DraftRow(
            form=draft.form, subject=draft.subject, value=dict(draft.rest), saved_at=now.replace(tzinfo=None)
        )
        session.merge(row)
        return
    row_there = session.get(DraftRow, (draft.form, draft.subject))
    if row_there is not None:
        session.delete(row_there)
