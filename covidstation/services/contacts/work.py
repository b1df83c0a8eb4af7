"""What waits to be done about contacts (F1): the household of a case to enter, tests, ends and papers that are due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.kept import kept
from covidstation.db.mapping import birth_of
from covidstation.db.merged import not_merged
from covidstation.db.queries.contacts import ContactLine, contacts_of_person
from covidstation.db.queries.open_contacts import OpenContact, open_contacts
from covidstation.db.queries.places import people_within
from covidstation.db.rows import ContactRow, EpisodeRow, PersonRow, VisitRow
from covidstation.db.session import Database
from covidstation.domain.care import ContactProximity, ContactRelation, ContactStatus
from covidstation.domain.contacts import ContactDraft, ContactState
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.people import Sex
from covidstation.domain.quarantine import Quarantine, QuarantineRule, quarantine_of
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.access.audit import shows
from covidstation.services.contacts.register import immunity_in, quarantine_rules, quarantine_rules_in, rule_on_day
from covidstation.services.rights import needs

NAMED = 3  # on the day's page


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """One of a case's household who could be entered, everything filled in, with what the rule says."""

    person_id: UUID
    full_name: str
    birth: PartialDate | None
    sex: Sex
    contact: ContactDraft
    quarantine: Quarantine


@dataclass(frozen=True, slots=True)
class DueContacts:
    """The contacts that ask for something today. One may stand in several lists."""

    active: int = 0
    positive: tuple[OpenContact, ...] = ()  # a positive test that has not become a case
    tests: tuple[OpenContact, ...] = ()
    may_end: tuple[OpenContact, ...] = ()
    visits: tuple[OpenContact, ...] = ()  # in quarantine at home, not seen or called today
    names: tuple[str, ...] = ()  # the first of those that press most


@dataclass(frozen=True, slots=True)
class ContactNote:
    """What a person's page says of contacts at its head: the running one of this person, and who waits at home."""

    running: ContactLine | None = None
    waits: int = 0  # of the household of the open illness, as long as nobody of it has been entered


@needs(Right.SEE)
def contact_note(db: Database, catalog: Catalog, person_id: UUID, episode_id: UUID | None, today: date) -> ContactNote:
    """That, for a person and their open illness if there is one."""
    rules = quarantine_rules(db, catalog)
    lines = contacts_of_person(db, person_id, rules, today=today)
    running = next((line for line in lines if line.contact.status is ContactStatus.ACTIVE), None)
    return ContactNote(running, household_waits(db, episode_id) if episode_id is not None else 0)


@needs(Right.SEE)
def propose_household(db: Database, episode_id: UUID, catalog: Catalog, today: date) -> tuple[Proposed, ...]:
    """The others of a case's household who are neither cases nor contacts, the oldest first.

    The last contact is taken to be the day the case was isolated (or found), not after `today`.
    Raises UserError episodes.unknown; Refused contacts.no_rule.
    """
    with db.read() as session:
        case = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
        if case is None:
            raise UserError("episodes.unknown")
        rule = rule_on_day(quarantine_rules_in(session, catalog), today)
        return tuple(_proposed(session, case, person, rule, today) for person in _free_members(session, case))


@needs(Right.SEE)
def household_waits(db: Database, episode_id: UUID) -> int:
    """How many of a case's household could be entered; 0 once somebody has been, or the case has ended."""
    with db.read() as session:
        case = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
        if case is None or case.outcome != CaseOutcome.NO_OUTCOME.value:
            return 0
        if session.scalars(select(ContactRow.id).where(ContactRow.source_episode_id == episode_id)).first():
            return 0
        return len(_free_members(session, case))


def _free_members(session: Session, case: EpisodeRow) -> list[PersonRow]:
    """Alive, no open illness, no running contact, not entered for this case before."""
    household = select(PersonRow.household_id).where(PersonRow.id == case.person_id).scalar_subquery()
    ill = select(EpisodeRow.person_id).where(
        EpisodeRow.outcome.in_((CaseOutcome.NO_OUTCOME.value, CaseOutcome.DECEASED.value)),
        EpisodeRow.classification != CaseClassification.NO_CASE.value,
        EpisodeRow.person_id == PersonRow.id,
    )
    known = select(ContactRow.person_id).where(
        ContactRow.person_id == PersonRow.id,
        (ContactRow.status == ContactStatus.ACTIVE.value) | (ContactRow.source_episode_id == case.id),
    )
    query = (
        select(PersonRow)
        .where(
            PersonRow.household_id == household,
            PersonRow.id != case.person_id,
            not_merged(),
            ~ill.exists(),
            ~known.exists(),
        )
        .order_by(PersonRow.birth_year, PersonRow.sort_key)
    )
    return list(session.scalars(query))


def _proposed(session: Session, case: EpisodeRow, person: PersonRow, rule: QuarantineRule, today: date) -> Proposed:
    begun = case.isolation_start or case.found_at
    last = min(begun.date() if begun else case.report_date, today)
    immunity = immunity_in(session, person.id, last)
    draft = ContactDraft(
        source_episode_id=case.id,
        report_date=today,
        last_contact_on=last,
        proximity=ContactProximity.SAME_ROOM,
        relation=ContactRelation.SAME_HOUSEHOLD,
        doses_known=immunity.doses_known,
        last_dose_on=immunity.last_dose_on,
        recovered_on=immunity.recovered_on,
    )
    return Proposed(
        person_id=person.id,
        full_name=person.full_name,
        birth=birth_of(person),
        sex=Sex(person.sex),
        contact=draft,
        quarantine=quarantine_of(rule, immunity, last),
    )


@needs(Right.SEE)
@shows("contact")
def known_of(db: Database, person_id: UUID, draft: ContactDraft) -> ContactDraft:
    """The draft with what the register knows of that person's doses and earlier illness."""
    with db.read() as session:
        on = draft.last_contact_on or draft.report_date or date.max
        immunity = immunity_in(session, person_id, on)
    return replace(
        draft,
        doses_known=immunity.doses_known,
        last_dose_on=immunity.last_dose_on,
        recovered_on=immunity.recovered_on,
    )


@needs(Right.SEE)
def due_contacts(
    db: Database, catalog: Catalog, today: date, *, hamlets: Collection[UUID | None] | None = None
) -> DueContacts:
    """Everything about contacts that the day asks for, those whose days end first before the others; of these hamlets
    alone, if any are named."""
    running: Sequence[OpenContact] = _running(db, catalog, today)
    with db.read() as session:
        if hamlets is not None:
            living = people_within(session, (one.person_id for one in running), hamlets)
            running = [one for one in running if one.person_id in living]
        query = select(VisitRow.contact_id).where(VisitRow.day == today, VisitRow.contact_id.is_not(None))
        seen = set(session.scalars(query))
        by_state: dict[ContactState, list[OpenContact]] = {}
        for contact in running:
            by_state.setdefault(contact.state, []).append(contact)
        pressing = (ContactState.POSITIVE, ContactState.TEST_DUE, ContactState.MAY_END)
        positive, tests, may_end = (tuple(by_state.get(state, ())) for state in pressing)
        visits = _unseen(running, seen)
        names = _names(session, (positive or tests or may_end or visits)[:NAMED])
    return DueContacts(len(running), positive, tests, may_end, visits, names)


def _running(db: Database, catalog: Catalog, today: date) -> tuple[OpenContact, ...]:
    """Who has not ended and where they stand: no check of anybody's changes that."""

    def ask() -> tuple[OpenContact, ...]:
        with db.read() as session:
            return tuple(open_contacts(session, quarantine_rules_in(session, catalog), today=today))

    return kept(db, ("open_contacts", today), ask, of=catalog)


def _names(session: Session, contacts: Sequence[OpenContact]) -> tuple[str, ...]:
    people = [contact.person_id for contact in contacts]
    rows = session.execute(select(PersonRow.id, PersonRow.full_name).where(PersonRow.id.in_(people)))
    names = {row.id: row.full_name for row in rows}
    return tuple(names[person] for person in people if person in names)


def _unseen(running: Sequence[OpenContact], seen: set[UUID | None]) -> tuple[OpenContact, ...]:
    waits = (ContactState.WATCHED, ContactState.TEST_DUE)
    return tuple(one for one in running if one.isolated and one.state in waits and one.id not in seen)
