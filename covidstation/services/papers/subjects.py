"""Whom a paper speaks of: a person with an illness, or a person who is somebody's contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from covidstation.db.mapping import episode_of, test_of
from covidstation.db.rows import ContactRow, EpisodeRow, PaperRow, PaperSubjectRow, PathogenTestRow, PersonRow
from covidstation.domain.episodes import Episode, PathogenTest
from covidstation.domain.packs import OF_CONTACTS, OF_PEOPLE, PaperKind
from covidstation.errors import UserError


@dataclass(frozen=True, slots=True)
class Subject:
    """One person on a paper with the illness it speaks of."""

    person: PersonRow
    episode: EpisodeRow
    value: Episode

    @property
    def key(self) -> UUID:
        """The id by which the paper was asked for."""
        return self.episode.id

    @property
    def start(self) -> datetime | None:
        """When the isolation began."""
        return self.value.isolation_start

    @property
    def until(self) -> date | None:
        """Its last day."""
        return self.episode.isolation_until

    @property
    def days(self) -> int | None:
        """How many days it lasts."""
        return self.value.isolation_days

    @property
    def address(self) -> str:
        """Where it is, empty for the person's own address."""
        return self.value.isolation_address

    @property
    def tests(self) -> tuple[PathogenTest, ...]:
        """The tests that stand, oldest first."""
        return self.value.tests


@dataclass(frozen=True, slots=True)
class ContactSubject:
    """One person on a paper as the contact of a case; `start` to `address` are the quarantine's."""

    person: PersonRow
    contact: ContactRow
    tests: tuple[PathogenTest, ...]

    @property
    def key(self) -> UUID:
        """The id by which the paper was asked for."""
        return self.contact.id

    @property
    def start(self) -> datetime | None:
        """When the quarantine began."""
        return self.contact.quarantine_start

    @property
    def until(self) -> date | None:
        """Its last day."""
        return self.contact.quarantine_until

    @property
    def days(self) -> int | None:
        """How many days it lasts."""
        return self.contact.quarantine_days

    @property
    def address(self) -> str:
        """Where it is, empty for the person's own address."""
        return self.contact.quarantine_address


@dataclass(frozen=True, slots=True)
class PersonSubject:
    """One person on a paper that speaks of no illness: nothing isolates them."""

    person: PersonRow
    start: datetime | None = None
    until: date | None = None
    days: int | None = None
    address: str = ""
    tests: tuple[PathogenTest, ...] = ()

    @property
    def key(self) -> UUID:
        """The id by which the paper was asked for."""
        return self.person.id


AnySubject = Subject | ContactSubject | PersonSubject


def load_any(session: Session, kind: PaperKind, ids: Sequence[UUID]) -> Sequence[AnySubject]:
    """The people of a paper of that kind, in the order given: `ids` are contacts for a contact's paper, people for one
    of `OF_PEOPLE`, else illnesses.

    Raises UserError paper.no_subject, episodes.unknown, paper.unknown_contact, people.unknown_person.
    """
    if not ids:
        raise UserError("paper.no_subject")
    if kind in OF_PEOPLE:
        return load_people(session, ids)
    return load_contacts(session, ids) if kind in OF_CONTACTS else load_subjects(session, ids)


def load_subjects(session: Session, episode_ids: Sequence[UUID]) -> list[Subject]:
    """The people with these illnesses in the order given. Raises UserError episodes.unknown."""
    found = []
    for episode_id in episode_ids:
        row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
        if row is None:
            raise UserError("episodes.unknown")
        person = session.scalars(select(PersonRow).where(PersonRow.id == row.person_id)).one()
        tests = session.scalars(select(PathogenTestRow).where(PathogenTestRow.episode_id == episode_id))
        found.append(Subject(person, row, episode_of(row, tests)))
    return found


def load_people(session: Session, person_ids: Sequence[UUID]) -> list[PersonSubject]:
    """These people in the order given. Raises UserError people.unknown_person."""
    rows = {row.id: row for row in session.scalars(select(PersonRow).where(PersonRow.id.in_(person_ids)))}
    if any(one not in rows for one in person_ids):
        raise UserError("people.unknown_person")
    return [PersonSubject(rows[one]) for one in person_ids]


def load_contacts(session: Session, contact_ids: Sequence[UUID]) -> list[ContactSubject]:
    """These contacts in the order given. Raises UserError paper.unknown_contact."""
    found = []
    for contact_id in contact_ids:
        row = session.scalars(select(ContactRow).where(ContactRow.id == contact_id)).first()
        if row is None:
            raise UserError("paper.unknown_contact")
        person = session.scalars(select(PersonRow).where(PersonRow.id == row.person_id)).one()
        rows = session.scalars(select(PathogenTestRow).where(PathogenTestRow.contact_id == contact_id))
        tests = [test_of(test) for test in rows]
        voided = {test.voids for test in tests}
        valid = (test for test in tests if test.id not in voided)
        found.append(ContactSubject(person, row, tuple(sorted(valid, key=lambda one: one.sampled_on or date.min))))
    return found


def standing(session: Session, subject: AnySubject, *kinds: PaperKind) -> PaperRow | None:
    """The newest valid paper of one of these kinds for that illness or contact."""
    return session.scalars(
        select(PaperRow)
        .join(PaperSubjectRow, PaperSubjectRow.paper_id == PaperRow.id)
        .where(_about(subject), PaperRow.kind.in_([kind.value for kind in kinds]), PaperRow.voided_at.is_(None))
        .order_by(PaperRow.n.desc())
    ).first()


def _about(subject: AnySubject) -> ColumnElement[bool]:
    if isinstance(subject, Subject):
        return PaperSubjectRow.episode_id == subject.episode.id
    if isinstance(subject, ContactSubject):
        return PaperSubjectRow.contact_id == subject.contact.id
    of_none = PaperSubjectRow.episode_id.is_(None) & PaperSubjectRow.contact_id.is_(None)
    return (PaperSubjectRow.person_id == subject.person.id) & of_none
