"""Reading the record of who did what: the head of station reads all of it, everybody else what they did themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_

from covidstation.db.journal import NOBODY
from covidstation.db.queries.audit import AuditLine, AuditList, AuditWanted, all_users, audit_lines, audit_list, lately
from covidstation.db.queries.history import HistoryLine, act_changes
from covidstation.db.queries.people import find_people, get_person
from covidstation.db.queries.station import User, get_station
from covidstation.db.rows import AuditRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.domain.text import fold, words
from covidstation.i18n import date_text
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import AGAIN, prints
from covidstation.services.rights import may, needs

MOST_NAMESAKES: Final = 200
MOST_ON_PAPER: Final = 3000


@dataclass(frozen=True, slots=True)
class AuditAsked:
    """What a person wants to see. `typed` is part of a name; `person_id` goes before it."""

    person_id: UUID | None = None
    typed: str = ""
    user: UUID | None = None
    actions: tuple[AuditAction, ...] = ()
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class AuditHead:
    """What stands above the list: who may be chosen, and whom it is about."""

    users: tuple[User, ...]
    person: str
    everything: bool  # whether others' entries are shown too


@needs(Right.SEE)
def audit_head(db: Database, person_id: UUID | None) -> AuditHead:
    """For the filters of the page."""
    everything = may(db, Right.MANAGE)
    own = db.actor.id if db.actor else None
    known = tuple(one for one in all_users(db) if everything or one.id == own)
    person = get_person(db, person_id) if person_id is not None else None
    return AuditHead(known, person.full_name if person else "", everything)


@needs(Right.SEE)
def look_at_audit(db: Database, asked: AuditAsked, *, now: datetime) -> AuditList:
    """The entries that were asked for; the look itself is noted, once in ten minutes for the same person."""
    people: tuple[UUID, ...] | None = None
    if asked.person_id is not None:
        people = (asked.person_id,)
    elif asked.typed.strip():
        people = _people_called(db, asked.typed)
    wanted = AuditWanted(
        people=people, user=asked.user, actions=asked.actions, first_day=asked.first_day, last_day=asked.last_day
    )
    actor = db.actor.id if db.actor and db.actor.id else NOBODY
    if not may(db, Right.MANAGE):
        wanted = replace(wanted, user=actor)
    found = audit_list(db, wanted)
    _note_look(db, actor, asked.person_id, now)
    return found


def _people_called(db: Database, typed: str) -> tuple[UUID, ...]:
    """Who bears that name; when nobody does, whoever is found by a number or a hamlet.

    The search of the window finds the whole household of somebody too: that would not answer who looked at one person.
    """
    hits = find_people(db, typed, MOST_NAMESAKES)
    asked = fold(typed).split()
    own = [hit for hit in hits if all(any(one.startswith(part) for one in words(hit.full_name)) for part in asked)]
    return tuple(hit.id for hit in own or hits)


def _note_look(db: Database, actor: UUID, person_id: UUID | None, now: datetime) -> None:
    same = and_(AuditRow.actor == actor, AuditRow.subject.is_not_distinct_from(person_id))
    with db.read() as session:
        if lately(session, same, action=AuditAction.AUDIT, now_ms=int(now.timestamp() * 1000), span=AGAIN):
            return
    db.note(AuditAction.AUDIT, subjects=(person_id,), detail={"what": "read"}, now=now)


@needs(Right.SEE)
def audit_page(db: Database, found: AuditList, offset: int, limit: int) -> tuple[AuditLine, ...]:
    """Some of the entries, the newest first; `found` is from `look_at_audit`."""
    own = db.actor.id if db.actor and db.actor.id else NOBODY
    if not may(db, Right.MANAGE) and found.wanted.user != own:
        found = replace(found, wanted=replace(found.wanted, user=own))
    return audit_lines(db, found, offset, limit)


@needs(Right.SEE)
def what_changed(db: Database, line: AuditLine) -> tuple[HistoryLine, ...]:
    """What an entry changed, field by field with the old and the new value; nothing for one that changed nothing."""
    first: Any = line.detail.get("seq")
    if line.action != AuditAction.CHANGE.value or not isinstance(first, int):
        return ()
    return tuple(act_changes(db, first, line.subject_id))


@needs(Right.PRINT)
@prints("audit")
def audit_pdf(db: Database, rows: Sequence[tuple[str, str, str]], about: str, *, today: date) -> bytes:
    """The list on paper: when, who, what; `about` says in words what was asked for."""
    station = get_station(db)
    return render_list(
        PrintedList(
            upper="",
            station=station.name,
            title="NHẬT KÝ TRUY CẬP",
            second=f"{about}; in ngày {date_text(today)}",
            columns=(ListColumn("Lúc", 22), ListColumn("Ai", 26), ListColumn("Việc", 72)),
            rows=tuple(rows[:MOST_ON_PAPER]),
            training=station.training,
        )
    )
