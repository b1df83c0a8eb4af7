"""Calls to those who did not come: a day agreed on, to be called again, or no longer followed, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.rows import PhoneCallRow
from covidstation.db.session import Database
from covidstation.domain.care import CallResult, CallTopic
from covidstation.domain.chronic import TEXT_LIMIT, RemovedReason
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused
from covidstation.services.care.rows import wall
from covidstation.services.changes import Done, Kind, done
from covidstation.services.chronic.conditions import CHANGED, active_rows, person_in, remove_in
from covidstation.services.rights import needs

MOST_AHEAD: Final = timedelta(days=366)
_MORNING: Final = time(8)


class Reply(StrEnum):
    """How a call ended."""

    AGREED = "AGREED"  # comes on a day
    LATER = "LATER"  # to be called again
    NO_ANSWER = "NO_ANSWER"
    WRONG_NUMBER = "WRONG_NUMBER"  # still followed: somebody must go there
    LEFT = "LEFT"
    DIED = "DIED"
    PRIVATE = "PRIVATE"
    REFUSED = "REFUSED"
    OTHER = "OTHER"  # no longer followed, for a reason in words


ENDING: Final = frozenset((Reply.LEFT, Reply.DIED, Reply.PRIVATE, Reply.REFUSED, Reply.OTHER))
"""Replies after which the station no longer follows somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicCall:
    """One call. `on`: the day agreed on, or the day to call again."""

    person_id: UUID
    reply: Reply
    on: date | None = None
    note: str = ""


def check_chronic_call(draft: ChronicCall, today: date) -> list[Problem]:
    """All that is wrong with it. Fields: on, note."""
    found = too_long("note", draft.note, TEXT_LIMIT)
    if draft.reply in (Reply.AGREED, Reply.LATER):
        if draft.on is None:
            found.append(Problem("on", f"chronic.call_{draft.reply.value.lower()}_day"))
        elif draft.on < today:
            found.append(Problem("on", "chronic.call_past", {"day": f"{draft.on:%d/%m/%Y}"}))
        elif draft.on > today + MOST_AHEAD:
            found.append(Problem("on", "chronic.call_far", {"day": f"{draft.on:%d/%m/%Y}"}))
    if draft.reply is Reply.OTHER and not clean(draft.note):
        found.append(Problem("note", "chronic.removed_why"))
    return found


@needs(Right.ENTER)
def log_chronic_call(
    db: Database, draft: ChronicCall, *, catalog: Catalog, by: UUID | None, by_name: str, now: datetime
) -> Done[UUID]:
    """Keep a call and what follows from it, in one transaction: of an elder who was only to be visited at home the plan
    ends with the reason, until the next visit makes another one. Raises Refused; UserError people.unknown_person."""
    found = check_chronic_call(draft, now.date())
    if found:
        raise Refused(found)
    said = clean(draft.note)
    with db.write(by, now) as session:
        person_in(session, draft.person_id)
        reached = draft.reply not in (Reply.NO_ANSWER, Reply.WRONG_NUMBER)
        row = PhoneCallRow(
            id=new_id(),
            person_id=draft.person_id,
            at=wall(now),
            by_name=by_name,
            result=CallResult.REACHED.value if reached else draft.reply.value,
            summary=said,
            topic=CallTopic.CHRONIC.value,
            agreed_on=draft.on if draft.reply is Reply.AGREED else None,
            next_at=datetime.combine(draft.on, _MORNING) if draft.reply is Reply.LATER and draft.on else None,
            ended_why=draft.reply.value if draft.reply in ENDING else "",
        )
        session.add(row)
        if draft.reply in ENDING:
            for condition in active_rows(session, draft.person_id):
                remove_in(condition, RemovedReason(draft.reply.value), said, now.date())
    kinds = CHANGED if draft.reply in ENDING else (Kind.CHRONIC, Kind.CARE)
    return done(row.id, *kinds)
