"""What is done with a contact (F1): tests, a changed quarantine, its end, its becoming a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.mapping import person_of
from covidstation.db.rows import ContactRow, IsolationChangeRow, PathogenTestRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.care import ContactStatus, EndOfQuarantineReason, FoundIn
from covidstation.domain.contacts import MOST_DAYS, Contact
from covidstation.domain.episodes import Episode, EpisodeDraft, PathogenTest, TestResult
from covidstation.domain.people import Person
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.quarantine import quarantine_end, rule_of
from covidstation.domain.rights import Right
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.care.contact_ends import end_in, reopen_in
from covidstation.services.changes import Done, Kind, done
from covidstation.services.contacts.register import (
    contact_in,
    contact_value,
    quarantine_rules_in,
    refuse_case,
    refuse_closed,
)
from covidstation.services.episodes import F0Draft, add_test_row, refuse_gone, refuse_same_test, register_f0
from covidstation.services.rights import needs
from covidstation.services.supplies.kits import draw_kits


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineLength:
    """Another number of days for a quarantine, and why."""

    days: int
    reason: str
    by_name: str = ""


@needs(Right.ENTER)
def add_contact_test(
    db: Database, contact_ids: Sequence[UUID], test: PathogenTest, *, by: UUID | None, now: datetime
) -> Done[tuple[UUID, ...]]:
    """The same test of one or several contacts, all or none. The value is the ids of those tests.

    With `voids` set it corrects an earlier one. A kit that the store keeps comes out of it, one for each. Raises
    Refused (also supplies.not_enough); UserError contacts.unknown, contacts.closed.
    """
    day = test.sampled_on
    if day is None:
        raise Refused([Problem("sampled_on", "contacts.test_day_missing")])
    if day > now.date():
        raise Refused([Problem("sampled_on", "contacts.future", {"day": f"{day:%d/%m/%Y}"})])
    with db.write(by, now) as session:
        rows = [_add_test(session, contact_id, test) for contact_id in contact_ids]
        draw_kits(session, rows, by=by, today=now.date())
        return done(tuple(row.id for row in rows), Kind.CONTACTS, Kind.SUPPLIES)


def _add_test(session: Session, contact_id: UUID, test: PathogenTest) -> PathogenTestRow:
    contact, _person = contact_in(session, contact_id)
    refuse_closed(contact)
    held = contact_value(session, contact).tests
    refuse_gone(test, held)
    refuse_same_test(held, test)
    return add_test_row(session, contact.person_id, None, test, contact_id=contact.id)


@needs(Right.TREAT)
def change_quarantine(
    db: Database,
    contact_id: UUID,
    length: QuarantineLength,
    *,
    catalog: Catalog,
    by: UUID | None,
    now: datetime,
) -> Done[Contact]:
    """Make a quarantine longer or shorter; what it was before is kept with the reason.

    Raises Refused (contacts.days, contacts.reason_missing, contacts.no_change); UserError contacts.unknown, .closed.
    """
    with db.write(by, now) as session:
        row, _person = contact_in(session, contact_id)
        refuse_closed(row)
        _refuse_length(row, length)
        rule = rule_of(quarantine_rules_in(session, catalog), row.quarantine_rule, row.report_date)
        if rule is None or row.last_contact_on is None:
            raise Refused([Problem("days", "contacts.no_rule", {"day": f"{row.report_date:%d/%m/%Y}"})])
        until = quarantine_end(rule, row.last_contact_on, length.days)
        session.add(
            IsolationChangeRow(
                id=new_id(),
                person_id=row.person_id,
                contact_id=row.id,
                changed_at=now.replace(microsecond=0, tzinfo=None),
                days_before=row.quarantine_days,
                days_after=length.days,
                until_before=row.quarantine_until,
                until_after=until,
                reason=clean(length.reason),
                by_name=clean(length.by_name),
            )
        )
        row.quarantine_days, row.quarantine_until = length.days, until
        session.flush()
        return done(contact_value(session, row), Kind.CONTACTS)


def _refuse_length(row: ContactRow, length: QuarantineLength) -> None:
    found = []
    if not 1 <= length.days <= MOST_DAYS:
        found.append(Problem("days", "contacts.days", {"count": str(length.days), "most": str(MOST_DAYS)}))
    elif length.days == row.quarantine_days:
        found.append(Problem("days", "contacts.no_change"))
    if not clean(length.reason):
        found.append(Problem("reason", "contacts.reason_missing"))
    found += too_long("reason", length.reason, TEXT_LIMIT)
    if found:
        raise Refused(found)


@needs(Right.TREAT)
def end_quarantines(
    db: Database,
    contact_ids: Sequence[UUID],
    *,
    day: date,
    reason: EndOfQuarantineReason = EndOfQuarantineReason.ASYMPTOMATIC,
    note: str = "",
    by: UUID | None,
    now: datetime,
) -> Done[int]:
    """End the following of these contacts, all or none. The value is how many.

    Raises Refused (contacts.end_future, .end_early, .reason_missing for OTHER without a note); UserError
    contacts.closed, contacts.test_positive (somebody who is a case by their test does not end as well).
    """
    if reason is EndOfQuarantineReason.OTHER:
        _refuse_words("note", note)
    if day > now.date():
        raise Refused([Problem("ended_on", "contacts.end_future", {"day": f"{day:%d/%m/%Y}"})])
    with db.write(by, now) as session:
        for contact_id in contact_ids:
            row, person = contact_in(session, contact_id)
            refuse_closed(row)
            _refuse_end(session, row, person, day, reason)
            _add_note(row, note)
            end_in(session, row, day, reason)
    return done(len(contact_ids), Kind.CONTACTS)


def _refuse_end(session: Session, row: ContactRow, person: PersonRow, day: date, reason: EndOfQuarantineReason) -> None:
    last = row.last_contact_on
    if last is not None and day < last:
        params = {"day": f"{day:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
        raise Refused([Problem("ended_on", "contacts.end_early", params)])
    tests = contact_value(session, row).tests
    well = reason is EndOfQuarantineReason.ASYMPTOMATIC
    if well and any(test.result is TestResult.POSITIVE for test in tests):
        raise UserError("contacts.test_positive", name=person.full_name)


@needs(Right.TREAT)
def drop_contacts(
    db: Database, contact_ids: Sequence[UUID], reason: str, *, by: UUID | None, now: datetime
) -> Done[int]:
    """They were no contacts after all. The reason is kept in the note. Raises Refused contacts.reason_missing."""
    _refuse_words("reason", reason)
    with db.write(by, now) as session:
        for contact_id in contact_ids:
            row, _person = contact_in(session, contact_id)
            refuse_closed(row)
            _add_note(row, reason)
            row.status = ContactStatus.DROPPED.value
            row.end_reason = None
            row.ended_on = now.date()
    return done(len(contact_ids), Kind.CONTACTS)


@needs(Right.TREAT)
def reopen_contact(db: Database, contact_id: UUID, reason: str, *, by: UUID | None, now: datetime) -> Done[Contact]:
    """Take back a wrong end.

    Raises Refused contacts.reason_missing; UserError contacts.open, .became_case, .is_case, .died.
    """
    _refuse_words("reason", reason)
    with db.write(by, now) as session:
        row, person = contact_in(session, contact_id)
        if row.status == ContactStatus.ACTIVE.value:
            raise UserError("contacts.open")
        if row.status == ContactStatus.CONVERTED.value:
            raise UserError("contacts.became_case")
        refuse_case(session, person)
        _add_note(row, reason)
        reopen_in(session, row)
        return done(contact_value(session, row), Kind.CONTACTS)


def _refuse_words(field: str, words: str) -> None:
    """A reason, and a short one. Raises Refused contacts.reason_missing, episodes.text_long."""
    found = too_long(field, words, TEXT_LIMIT) if clean(words) else [Problem(field, "contacts.reason_missing")]
    if found:
        raise Refused(found)


def _add_note(row: ContactRow, words: str) -> None:
    words = clean(words)
    if words:
        row.note = "\n".join(filter(None, (row.note, words)))


@needs(Right.ENTER)
def contact_becomes_case(
    db: Database,
    contact_id: UUID,
    test: PathogenTest,
    *,
    symptoms: frozenset[str] = frozenset(),
    catalog: Catalog,
    by: UUID | None,
    now: datetime,
) -> Done[Episode]:
    """An F1 becomes an F0 by a positive test; the contact keeps its history and names the illness.

    A positive test that the contact bears already on that day goes over to the illness, so that it counts once.
    Raises Refused contacts.needs_positive and those of `register_f0`; UserError contacts.closed, .became_case.
    """
    if test.result is not TestResult.POSITIVE:
        raise Refused([Problem("result", "contacts.needs_positive")])
    with db.read() as session:
        row, person_row = contact_in(session, contact_id)
        refuse_closed(row)
        contact, person = contact_value(session, row), person_of(person_row)
    held = (one for one in contact.tests if one.result is TestResult.POSITIVE and one.sampled_on == test.sampled_on)
    same = next((one for one in held if one.kind is test.kind), None)
    if same is not None:
        test = replace(test, voids=same.id)
    draft = _case_of(contact, person, test, symptoms)
    return register_f0(db, draft, catalog=catalog, by=by, now=now)


def _case_of(contact: Contact, person: Person, test: PathogenTest, symptoms: frozenset[str]) -> F0Draft:
    episode = EpisodeDraft(
        report_date=test.sampled_on,
        symptoms=symptoms,
        doses_known=contact.doses_known,
        last_dose_on=contact.last_dose_on,
        found_in=FoundIn.QUARANTINE,
        from_contact_id=contact.id,
    )
    return F0Draft(person=person, person_id=person.id, episode=episode, tests=(test,))
