"""Entering the contacts of a case (F1): a household in one step, anybody one by one, and correcting them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.contact_mapping import contact_of, fill_contact
from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of, episode_of
from covidstation.db.queries.open_contacts import tests_of_contacts
from covidstation.db.queries.station import get_setting
from covidstation.db.rows import ContactRow, EpisodeRow, PathogenTestRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.care import ContactStatus
from covidstation.domain.contacts import Contact, ContactDraft, SourceCase, check_contact, infectious_from
from covidstation.domain.episodes import CaseClassification, CaseOutcome, QuarantineType, first_positive
from covidstation.domain.people import PersonDraft
from covidstation.domain.problems import Problem, errors
from covidstation.domain.quarantine import (
    Immunity,
    QuarantineRule,
    quarantine_end,
    quarantine_of,
    quarantine_rule_on,
    read_quarantine_rule,
    rule_of,
)
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family, RuleError
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.care.doses import told_in
from covidstation.services.changes import Done, Kind, done
from covidstation.services.people import put_person
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """One contact to enter: of a known person, or of a new one (`person`)."""

    contact: ContactDraft
    person_id: UUID | None = None
    person: PersonDraft | None = None


def quarantine_rules_in(session: Session, catalog: Catalog) -> tuple[QuarantineRule, ...]:
    """The rules as the station has them, inside another act's transaction."""
    return rules_in(session, Family.QUARANTINE, catalog.quarantine_rules, read_quarantine_rule)


@needs(Right.SEE)
def quarantine_rules(db: Database, catalog: Catalog) -> tuple[QuarantineRule, ...]:
    """The same, for a window."""
    with db.read() as session:
        return quarantine_rules_in(session, catalog)


def rule_on_day(rules: Sequence[QuarantineRule], day: date) -> QuarantineRule:
    """The rule for a contact found on that day. Raises Refused contacts.no_rule."""
    try:
        return quarantine_rule_on(rules, day)
    except RuleError as trouble:
        raise Refused([Problem("report_date", "contacts.no_rule", {"day": f"{day:%d/%m/%Y}"})]) from trouble


def with_quarantine(draft: ContactDraft, rule: QuarantineRule, *, hour: int) -> ContactDraft:
    """Fill in what the rule says of the quarantine, where the form left it open."""
    if draft.last_contact_on is None or draft.report_date is None:
        return draft
    found = quarantine_of(rule, draft.immunity, draft.last_contact_on, isolate=draft.isolate)
    kind = draft.quarantine_type or (QuarantineType.NONE if found.free else QuarantineType.HOME)
    day = draft.report_date
    start = draft.quarantine_start or datetime(day.year, day.month, day.day, hour)
    return replace(
        draft,
        quarantine_type=kind,
        quarantine_start=None if kind is QuarantineType.NONE else start,
        quarantine_days=draft.quarantine_days or found.days,
        quarantine_rule=rule.id,
    )


def immunity_in(session: Session, person_id: UUID, on: date) -> Immunity:
    """What the register knows of a person's protection on that day: the book of doses, or the newest number told when
    that is more; the last recovery."""
    rows: list[EpisodeRow | ContactRow] = [
        *session.scalars(select(EpisodeRow).where(EpisodeRow.person_id == person_id)),
        *session.scalars(select(ContactRow).where(ContactRow.person_id == person_id)),
    ]
    told = [(row.report_date, row.doses_known, row.last_dose_on) for row in rows if row.doses_known is not None]
    _day, doses, last = max(told, key=lambda one: one[:2], default=(on, None, None))
    known, known_last = told_in(session, person_id, on)
    if known is not None and known >= (doses or 0):
        doses, last = known, known_last or (last if known == doses else None)
    recovered = session.scalar(
        select(func.max(EpisodeRow.outcome_on)).where(
            EpisodeRow.person_id == person_id,
            EpisodeRow.outcome == CaseOutcome.RECOVERED.value,
            EpisodeRow.outcome_on <= on,
        )
    )
    return Immunity(doses_known=doses, last_dose_on=last, recovered_on=recovered)


def source_in(session: Session, episode_id: UUID | None, rule: QuarantineRule) -> SourceCase | None:
    """The case of a contact. Raises Refused contacts.source_unknown, contacts.source_no_case."""
    if episode_id is None:
        return None
    row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
    if row is None:
        raise Refused([Problem("source", "contacts.source_unknown")])
    if row.classification == CaseClassification.NO_CASE.value:
        raise Refused([Problem("source", "contacts.source_no_case")])
    tests = session.scalars(select(PathogenTestRow).where(PathogenTestRow.episode_id == episode_id))
    positive = first_positive(episode_of(row, tests).tests)
    sampled = positive.sampled_on if positive else row.report_date
    since = infectious_from(row.onset_date, sampled, rule.infectious_days_before)
    return SourceCase(person_id=row.person_id, infectious_from=since)


@needs(Right.ENTER)
def add_contacts(
    db: Database, drafts: Sequence[NewContact], *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[tuple[UUID, ...]]:
    """Enter contacts, all or none. The value is their ids in the order given.

    Raises Refused; UserError contacts.nobody, contacts.is_case, contacts.died, contacts.twice (with the person's name).
    """
    if not drafts:
        raise UserError("contacts.nobody")
    hour = int(get_setting(db, "isolation_hour"))
    with db.write(by, now) as session:
        rules = quarantine_rules_in(session, catalog)
        found = tuple(_add(session, draft, rules, catalog, now, hour) for draft in drafts)
    return done(found, Kind.CONTACTS, Kind.PEOPLE)


def _add(
    session: Session,
    new: NewContact,
    rules: Sequence[QuarantineRule],
    catalog: Catalog,
    now: datetime,
    hour: int,
) -> UUID:
    person = _person_for(session, new, catalog, now)
    draft = replace(new.contact, report_date=new.contact.report_date or now.date())
    rule = rule_on_day(rules, draft.report_date or now.date())
    draft = with_quarantine(draft, rule, hour=hour)
    _refuse_errors(draft, person, source_in(session, draft.source_episode_id, rule), now)
    refuse_case(session, person)
    _refuse_twice(session, person, draft)
    row = ContactRow(id=new_id(), person_id=person.id, status=ContactStatus.ACTIVE.value)
    _put(row, draft, rule)
    session.add(row)
    session.flush()
    return row.id


def _person_for(session: Session, new: NewContact, catalog: Catalog, now: datetime) -> PersonRow:
    if new.person is not None:
        return put_person(session, new.person_id, new.person, catalog=catalog, now=now)
    if new.person_id is None:
        raise Refused([Problem("full_name", "contacts.choose_person")])
    row = session.scalars(select(PersonRow).where(PersonRow.id == new.person_id)).first()
    if row is None:
        raise UserError("people.unknown_person")
    return row


def _refuse_errors(draft: ContactDraft, person: PersonRow, source: SourceCase | None, now: datetime) -> None:
    problems = check_contact(draft, person_id=person.id, birth=birth_of(person), today=now.date(), source=source)
    found = errors(problems)
    if found:
        raise Refused(found)


def refuse_case(session: Session, person: PersonRow) -> None:
    """Who is ill, or has died, is nobody's contact. Raises UserError contacts.is_case, contacts.died."""
    query = select(EpisodeRow.outcome).where(
        EpisodeRow.person_id == person.id,
        EpisodeRow.outcome.in_((CaseOutcome.NO_OUTCOME.value, CaseOutcome.DECEASED.value)),
        EpisodeRow.classification != CaseClassification.NO_CASE.value,
    )
    found = set(session.scalars(query))
    if CaseOutcome.DECEASED.value in found:
        raise UserError("contacts.died", name=person.full_name)
    if found:
        raise UserError("contacts.is_case", name=person.full_name)


def _refuse_twice(session: Session, person: PersonRow, draft: ContactDraft, but: UUID | None = None) -> None:
    """The same person twice for the same case; one that was denied may be entered anew."""
    words = clean(draft.source_words).casefold()
    for row in session.scalars(select(ContactRow).where(ContactRow.person_id == person.id)):
        denied = row.status == ContactStatus.DROPPED.value and row.end_reason is None
        if row.id == but or denied or row.source_episode_id != draft.source_episode_id:
            continue
        running = row.status == ContactStatus.ACTIVE.value
        if draft.source_episode_id is not None or (running and row.source_words.casefold() == words):
            raise UserError("contacts.twice", name=person.full_name, day=f"{row.report_date:%d/%m/%Y}")


def _put(row: ContactRow, draft: ContactDraft, rule: QuarantineRule) -> None:
    """A checked draft as it is kept: texts tidy, the last day counted."""
    tidy = replace(
        draft,
        source_words=clean(draft.source_words),
        quarantine_address=clean(draft.quarantine_address),
        note=clean(draft.note),
    )
    last, days = draft.last_contact_on, draft.quarantine_days
    fill_contact(row, tidy, quarantine_end(rule, last, days) if last and days else None)


def contact_in(session: Session, contact_id: UUID) -> tuple[ContactRow, PersonRow]:
    """A contact's row with its person's. Raises UserError contacts.unknown."""
    row = session.scalars(select(ContactRow).where(ContactRow.id == contact_id)).first()
    if row is None:
        raise UserError("contacts.unknown")
    return row, session.scalars(select(PersonRow).where(PersonRow.id == row.person_id)).one()


def contact_value(session: Session, row: ContactRow) -> Contact:
    """The frozen contact of a row, with its tests that stand."""
    return contact_of(row, tests_of_contacts(session, [row.person_id]).get(row.id, ()))


def refuse_closed(row: ContactRow) -> None:
    """Raises UserError contacts.closed, contacts.became_case."""
    if row.status == ContactStatus.CONVERTED.value:
        raise UserError("contacts.became_case")
    if row.status != ContactStatus.ACTIVE.value:
        raise UserError("contacts.closed")


@needs(Right.ENTER)
def edit_contact(
    db: Database, contact_id: UUID, draft: ContactDraft, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[Contact]:
    """Correct a contact. Days left open are counted anew by the rule; the rule stays that of the day of entering.

    Raises Refused; UserError contacts.unknown, contacts.twice.
    """
    hour = int(get_setting(db, "isolation_hour"))
    with db.write(by, now) as session:
        row, person = contact_in(session, contact_id)
        day = draft.report_date or row.report_date
        rules = quarantine_rules_in(session, catalog)
        kept = rule_of(rules, row.quarantine_rule, day) if day == row.report_date else None
        rule = kept or rule_on_day(rules, day)
        draft = with_quarantine(replace(draft, report_date=day), rule, hour=hour)
        _refuse_errors(draft, person, source_in(session, draft.source_episode_id, rule), now)
        _refuse_twice(session, person, draft, but=row.id)
        _put(row, draft, rule)
        session.flush()
        return done(contact_value(session, row), Kind.CONTACTS)
