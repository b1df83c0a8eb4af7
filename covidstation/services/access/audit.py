"""Noting who saw, printed and carried away what. Changes note themselves (`db.audit`); what is looked at does it here.

Nothing that is noted here changes the register: no unsent change, no new copy needed. A full disk stops nobody from
looking or printing (`db.noting`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import wraps
from inspect import signature
from typing import Final, Literal, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import and_, select

from covidstation.db.journal import NOBODY
from covidstation.db.queries.audit import lately
from covidstation.db.rows import AuditRow, ContactRow, EpisodeRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.services.rights import needs, require

P = ParamSpec("P")
R = TypeVar("R")
AGAIN: Final = timedelta(minutes=10)
"""Looking at the same person again within this time is the same look."""
AUDITED: Final = "audited"
"""The attribute that a noted service bears, for the test that looks for forgotten ones."""
How = Literal["print", "file"]
ReportHow = Literal["print", "file", "table"]

_within: ContextVar[bool] = ContextVar("within", default=False)


@needs(Right.SEE)
def saw_person(db: Database, person_id: UUID, where: str, *, now: datetime) -> None:
    """Note that whoever unlocked the register looks at that person. `where`: person, form, paper, contact, …"""
    actor = db.actor.id if db.actor and db.actor.id else NOBODY
    entry = and_(AuditRow.subject == person_id, AuditRow.actor == actor)
    with db.read() as session:
        if lately(session, entry, action=AuditAction.SEE, now_ms=int(now.timestamp() * 1000), span=AGAIN):
            return
    db.note(AuditAction.SEE, subjects=(person_id,), detail={"where": where}, now=now)


@needs(Right.PRINT)
def note_paper(db: Database, paper_id: UUID, how: How, *, now: datetime, copies: int = 1) -> None:
    """Note, before it is done, that an issued paper is printed (again) or kept as a file."""
    action = AuditAction.PRINT if how == "print" else AuditAction.EXPORT
    db.note(action, subjects=(paper_id,), detail={"what": "paper", "n": copies}, now=now)


@needs(Right.PRINT)
def note_report(db: Database, day: str, how: ReportHow, *, now: datetime) -> None:
    """Note that the report of that day (ISO text) is printed, or kept as a PDF or a spreadsheet."""
    if how == "table":
        require(db, Right.EXPORT)
    action = AuditAction.PRINT if how == "print" else AuditAction.EXPORT
    db.note(action, detail={"what": "report_xlsx" if how == "table" else "report", "day": day}, now=now)


def shows(where: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Note each call of a service that shows one person or one issued paper, under its `@needs`, as `saw_person` does.

    Whom it shows is read from the service's own arguments: `person_id`, `episode_id`, `contact_id`, `paper_id`.
    """

    def guard(service: Callable[P, R]) -> Callable[P, R]:
        described = signature(service)

        @wraps(service)
        def noted(*args: P.args, **kwargs: P.kwargs) -> R:
            with as_one() as first:
                shown = service(*args, **kwargs)
            if first:
                given = described.bind(*args, **kwargs).arguments
                paper = given.get("paper_id")
                for one in [paper] if isinstance(paper, UUID) else _people(given["db"], given):
                    saw_person(given["db"], one, where, now=given["db"].clock())
            return shown

        noted.__dict__[AUDITED] = where
        return noted

    return guard


def prints(what: str, action: AuditAction = AuditAction.PRINT) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Note each call of a service that makes sheets or files of people, under its `@needs`.

    Whose they are is read from the service's own arguments: `episode_id`, `episode_ids`, `contact_ids`, `person_id`;
    `rows` and `lines` are counted. What is printed as a part of something else is not noted by itself.
    """

    def guard(service: Callable[P, R]) -> Callable[P, R]:
        described = signature(service)

        @wraps(service)
        def noted(*args: P.args, **kwargs: P.kwargs) -> R:
            with as_one() as first:
                made = service(*args, **kwargs)
            if first:
                given = described.bind(*args, **kwargs).arguments
                _note_sheets(given["db"], action, what, given)
            return made

        noted.__dict__[AUDITED] = what
        return noted

    return guard


@contextmanager
def as_one() -> Iterator[bool]:
    """What is printed within is a part of one thing; yields whether this is the outermost."""
    first = not _within.get()
    token = _within.set(True)
    try:
        yield first
    finally:
        _within.reset(token)


@needs(Right.PRINT)
def note_sheets(db: Database, what: str, people: Sequence[UUID]) -> None:
    """Note one thing printed about these people, from inside the service that made it."""
    db.note(AuditAction.PRINT, subjects=people, detail={"what": what})


def _note_sheets(db: Database, action: AuditAction, what: str, given: Mapping[str, object]) -> None:
    counted = next((value for name in _COUNTED if isinstance(value := given.get(name), Sequence)), None)
    detail: dict[str, str | int] = {"what": what} | ({"n": len(counted)} if counted is not None else {})
    db.note(action, subjects=_people(db, given) or (None,), detail=detail)


_COUNTED: Final = ("episode_ids", "contact_ids", "rows", "lines")


def _people(db: Database, given: Mapping[str, object]) -> list[UUID]:
    """The people behind the ids in a service's arguments, each once."""
    found: list[UUID] = []
    with db.read() as session:
        for row, one, many in ((EpisodeRow, "episode_id", "episode_ids"), (ContactRow, "contact_id", "contact_ids")):
            ids = given.get(many) or [given.get(one)]
            wanted = [value for value in ids if isinstance(value, UUID)] if isinstance(ids, Sequence) else []
            for at in range(0, len(wanted), 500):
                found += session.scalars(select(row.person_id).where(row.id.in_(wanted[at : at + 500])))
    if isinstance(person := given.get("person_id"), UUID):
        found.append(person)
    return list(dict.fromkeys(found))
