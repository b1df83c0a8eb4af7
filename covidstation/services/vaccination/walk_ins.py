"""Who stands on the paper of a session below its printed list (docs/adr/0044)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.people import PersonHit, similar_people
from covidstation.db.session import Database
from covidstation.domain.people import PersonDraft
from covidstation.domain.problems import Problem, Sure
from covidstation.domain.rights import Right
from covidstation.errors import ask_back
from covidstation.services.changes import Done, Kind, done
from covidstation.services.people import put_person
from covidstation.services.rights import needs
from covidstation.services.vaccination.arrival import here_in
from covidstation.services.vaccination.sessions import expect_in, running_in

NAMED: Final = 3  # of several


@needs(Right.ENTER)
def add_walk_in(
    db: Database,
    session_id: UUID,
    person: UUID | PersonDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: Sure = False,
) -> Done[UUID]:
    """Somebody stands on the paper below the printed list: they have the next number. A new person is written into the
    register in the same transaction. The value: who it is.

    Raises Refused with what is wrong of a new person, vaccine_session.walk_in_known (asked back); UserError
    people.unknown_person, vaccine_session.moved, unknown, closed, cancelled, not_open.
    """
    if isinstance(person, PersonDraft):
        ask_back(_check_known(db, person), sure)
    with db.write(by, now) as session:
        held = running_in(session, session_id)
        if isinstance(person, PersonDraft):
            who = put_person(session, None, person, catalog=catalog, now=now).id
        else:
            who = here_in(session, person, held.day).id
        expect_in(session, session_id, [who], by_name=by_name)
        return done(who, Kind.VACCINES, Kind.PEOPLE)


def _check_known(db: Database, draft: PersonDraft) -> list[Problem]:
    """Asked back: somebody of that name, born about then, whom no number tells apart. A second record of one person
    knows nothing of their doses."""
    hits = similar_people(db, draft.full_name, draft.birth.year if draft.birth else None)
    same = [one for one in hits if not (draft.citizen_number and one.citizen_number)]
    people = "; ".join(map(_words, same[:NAMED]))
    return [Problem("full_name", "vaccine_session.walk_in_known", {"people": people}, "warning")] if same else []


def _words(hit: PersonHit) -> str:
    return ", ".join(filter(None, (hit.full_name, hit.birth.text() if hit.birth else "", hit.hamlet)))
