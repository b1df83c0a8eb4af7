"""The contacts that have not ended, with no more of each than counting and the day's work ask for; their tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from covidstation.db.mapping import test_of
from covidstation.db.moved import still_here
from covidstation.db.rows import ContactRow, PathogenTestRow
from covidstation.domain.care import ContactStatus
from covidstation.domain.contacts import Contact, ContactState, Standing, standing_of
from covidstation.domain.episodes import PathogenTest, QuarantineType
from covidstation.domain.quarantine import Quarantine, QuarantineRule, quarantine_of, rule_of

_MOST_KEYS = 500  # in one question of SQLite


@dataclass(frozen=True, slots=True)
class OpenContact:
    """A contact that has not ended: whose it is, where it stands, and whether in quarantine or watching oneself."""

    id: UUID
    person_id: UUID
    state: ContactState
    isolated: bool


def open_contacts(session: Session, rules: Sequence[QuarantineRule], *, today: date) -> list[OpenContact]:
    """All of them, those whose days end first before the others, then as they were entered."""
    people = select(ContactRow.person_id).where(ContactRow.status == ContactStatus.ACTIVE.value)
    tests = _by_contact(session.scalars(_tests().where(PathogenTestRow.person_id.in_(people))))
    found = []
    for row in session.execute(_open()):
        contact = _contact(row, tests.get(row.id, ()))
        _quarantine, standing = stand(contact, rules, today)
        isolated = contact.quarantine_type is not QuarantineType.NONE
        found.append(OpenContact(row.id, row.person_id, standing.state, isolated))
    return found


@cache  # building the statement takes longer than running it
def _open() -> Any:
    """What `stand` asks of a contact."""
    columns = (
        ContactRow.id,
        ContactRow.person_id,
        ContactRow.report_date,
        ContactRow.last_contact_on,
        ContactRow.doses_known,
        ContactRow.last_dose_on,
        ContactRow.recovered_on,
        ContactRow.quarantine_type,
        ContactRow.quarantine_until,
        ContactRow.quarantine_rule,
    )
    active = and_(ContactRow.status == ContactStatus.ACTIVE.value, still_here(ContactRow.person_id))
    return select(*columns).where(active).order_by(ContactRow.quarantine_until, ContactRow.n)


def _contact(row: Any, tests: Iterable[PathogenTest]) -> Contact:
    return Contact(
        id=row.id,
        person_id=row.person_id,
        report_date=row.report_date,
        last_contact_on=row.last_contact_on,
        doses_known=row.doses_known,
        last_dose_on=row.last_dose_on,
        recovered_on=row.recovered_on,
        quarantine_type=QuarantineType(row.quarantine_type),
        quarantine_until=row.quarantine_until,
        quarantine_rule=row.quarantine_rule,
        tests=tuple(sorted(tests, key=lambda test: test.sampled_on or date.min)),
    )


def stand(contact: Contact, rules: Sequence[QuarantineRule], today: date) -> tuple[Quarantine | None, Standing]:
    """What its rule says of a registered contact, and where it stands on that day."""
    rule = rule_of(rules, contact.quarantine_rule, contact.report_date or today)
    quarantine = None
    if rule is not None and contact.last_contact_on is not None:
        quarantine = quarantine_of(rule, contact.immunity, contact.last_contact_on, isolate=contact.isolate)
    first = rule.first_day_number if rule is not None else 0
    return quarantine, standing_of(contact, quarantine, today, first_day_number=first)


def tests_of_contacts(session: Session, person_ids: Iterable[UUID]) -> dict[UUID, list[PathogenTest]]:
    """The tests that stand, by contact, of these people."""
    rows: list[PathogenTestRow] = []
    people = list(person_ids)
    for at in range(0, len(people), _MOST_KEYS):
        few = PathogenTestRow.person_id.in_(people[at : at + _MOST_KEYS])
        rows += session.scalars(_tests().where(few))
    return _by_contact(rows)


def _by_contact(tests: Iterable[PathogenTestRow]) -> dict[UUID, list[PathogenTest]]:
    rows = list(tests)
    voided = {row.voids for row in rows if row.voids is not None}
    found: dict[UUID, list[PathogenTest]] = {}
    for row in rows:
        if row.contact_id is not None and row.id not in voided:
            found.setdefault(row.contact_id, []).append(test_of(row))
    return found


@cache
def _tests() -> Select[PathogenTestRow]:
    either = or_(PathogenTestRow.contact_id.is_not(None), PathogenTestRow.voids.is_not(None))
    return select(PathogenTestRow).where(either)
