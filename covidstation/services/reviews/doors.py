"""One door: how the knock ended, and what the family said of each of them; the way from door to door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.residence import lives_here, stand_of
from covidstation.db.queries.reviews import stands
from covidstation.db.rows import HouseholdRow, PersonRow, ReviewRow, ReviewVisitRow, VulnerabilityRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.reviews import CloseReason, DoorResult, ReviewPack, changed_answers, pack_named
from covidstation.domain.rights import Right
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.people import index_person
from covidstation.services.places import new_household
from covidstation.services.reviews.findings import close_row, open_finding
from covidstation.services.reviews.rounds import review_in
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorDraft:
    """What happened at one door. `answers`: for each person of the household the codes that were answered with yes; it
    counts where the door was done, and whoever is not named there is left as they are. Without a household the door is
    that of `person_id`, who has none so far."""

    review_id: UUID
    household_id: UUID | None = None
    person_id: UUID | None = None
    day: date | None = None
    result: DoorResult = DoorResult.DONE
    note: str = ""
    answers: Mapping[UUID, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Knocked:
    """What one door changed."""

    visit_id: UUID
    household_id: UUID
    opened: int
    closed: int


@needs(Right.ENTER)
def record_door(
    db: Database, draft: DoorDraft, *, catalog: Catalog, by: UUID | None, by_name: str, now: datetime
) -> Done[Knocked]:
    """Write one door down; a door that was written before is called on once more, and the last word stands.

    Findings that the family no longer confirms are closed with the reason; new ones begin, each with its next step.
    Somebody who had no household leads a new one from now on, in the same act.
    Raises Refused: reviews.day_missing, day_future, day_before, result_missing, a note that is too long; UserError
    reviews.unknown, reviews.ended, reviews.not_member, reviews.unknown_answer, people.no_household,
    people.unknown_person, households.not_here.
    """
    with db.write(by, now) as session:
        review = review_in(session, draft.review_id, running=True)
        day = _checked_day(draft, review, now.date())
        home = _home_of(session, draft)
        visit = ReviewVisitRow(
            id=new_id(),
            review_id=review.id,
            household_id=home,
            day=day,
            result=draft.result.value,
            note=clean(draft.note),
            by_name=clean(by_name),
        )
        session.add(visit)
        opened = closed = 0
        if draft.result is DoorResult.DONE:
            pack = pack_named(catalog.review_packs, review.pack, review.first_day)
            opened, closed = _settle_answers(session, draft, home, pack, day, clean(by_name))
        founded = draft.household_id is None
        kinds = (Kind.REVIEWS, Kind.PEOPLE, Kind.PLACES) if founded else (Kind.REVIEWS,)
        return done(Knocked(visit.id, home, opened, closed), *kinds)


def _checked_day(draft: DoorDraft, review: ReviewRow, today: date) -> date:
    found = [*too_long("note", clean(draft.note), TEXT_LIMIT)]
    if draft.result is DoorResult.NONE:
        found.append(Problem("result", "reviews.result_missing"))
    if draft.day is None:
        found.append(Problem("day", "reviews.day_missing"))
    elif draft.day > today:
        found.append(Problem("day", "reviews.day_future"))
    elif draft.day < review.first_day:
        found.append(Problem("day", "reviews.day_before", {"day": f"{review.first_day:%d/%m/%Y}"}))
    if found or draft.day is None:
        raise Refused(found)
    return draft.day


def _home_of(session: Session, draft: DoorDraft) -> UUID:
    """The household behind the door: the one that was named, the person's by now, or a new one with them as head."""
    if draft.household_id is not None:
        return _household(session, draft.household_id)
    person = session.scalars(select(PersonRow).where(PersonRow.id == draft.person_id)).first()
    if person is None:
        raise UserError("people.unknown_person")
    if person.household_id is not None and _is_there(session, person.household_id):
        return person.household_id
    if not stand_of(person).here or person.moved_to is not None:
        raise UserError("households.not_here", name=person.full_name)
    home = new_household(session, person.hamlet_id, person.full_name)
    home.address, home.head_id = person.address_detail, person.id
    person.household_id, person.relation = home.id, ""
    session.flush()
    index_person(session, person)
    return home.id


def _is_there(session: Session, household_id: UUID) -> bool:
    return session.scalars(select(HouseholdRow.n).where(HouseholdRow.id == household_id)).first() is not None


def _household(session: Session, household_id: UUID) -> UUID:
    if not _is_there(session, household_id):
        raise UserError("people.no_household")
    return household_id


def _settle_answers(
    session: Session, draft: DoorDraft, home: UUID, pack: ReviewPack, day: date, by_name: str
) -> tuple[int, int]:
    """Findings as the family tells them; how many began and how many ended."""
    here = select(PersonRow.id).where(PersonRow.household_id == home, lives_here())
    members = set(session.scalars(here))
    if draft.answers.keys() - members:
        raise UserError("reviews.not_member")
    codes = {one.code for one in pack.questions}
    if any(ticked - codes for ticked in draft.answers.values()):
        raise UserError("reviews.unknown_answer")
    opened = closed = 0
    for person, ticked in draft.answers.items():
        standing = _standing(session, person)
        begin, end = changed_answers(ticked, standing, pack.questions)
        for code in begin:
            open_finding(session, person, pack, code, day, review_id=draft.review_id, by_name=by_name)
        for code in end:
            for row in standing[code]:
                slip = row.review_id == draft.review_id and row.since == day
                reason = CloseReason.MISTAKE if slip else CloseReason.SOLVED
                close_row(row, reason, max(day, row.since), by_name)
        opened, closed = opened + len(begin), closed + len(end)
    return opened, closed


def _standing(session: Session, person_id: UUID) -> dict[str, list[VulnerabilityRow]]:
    found: dict[str, list[VulnerabilityRow]] = {}
    query = select(VulnerabilityRow).where(
        VulnerabilityRow.person_id == person_id, VulnerabilityRow.closed_on.is_(None)
    )
    for row in session.scalars(query):
        found.setdefault(row.reason, []).append(row)
    return found


@needs(Right.ENTER)
def void_door(db: Database, visit_id: UUID, *, by: UUID | None, by_name: str, now: datetime) -> Done[UUID]:
    """The knock was written at the wrong door: the one before it speaks again, and the row stays as taken back. What it
    found is put right by writing the door anew. Raises UserError reviews.unknown_visit, reviews.ended."""
    with db.write(by, now) as session:
        row = session.scalars(select(ReviewVisitRow).where(ReviewVisitRow.id == visit_id, stands())).first()
        if row is None:
            raise UserError("reviews.unknown_visit")
        review_in(session, row.review_id, running=True)
        session.add(
            ReviewVisitRow(
                id=new_id(),
                review_id=row.review_id,
                household_id=row.household_id,
                day=row.day,
                result=row.result,
                by_name=clean(by_name),
                voids=row.id,
            )
        )
        return done(visit_id, Kind.REVIEWS)


@needs(Right.ENTER)
def set_walk(db: Database, households: Sequence[UUID], *, by: UUID | None, now: datetime) -> Done[int]:
    """Number these households 1, 2, 3 … in the order in which one walks; how many got another number."""
    with db.write(by, now) as session:
        rows = {row.id: row for row in session.scalars(select(HouseholdRow).where(HouseholdRow.id.in_(households)))}
        changed = 0
        for number, household_id in enumerate(dict.fromkeys(households), start=1):
            row = rows.get(household_id)
            if row is not None and row.walk_order != number:
                row.walk_order = number
                changed += 1
        return done(changed, Kind.PLACES)
